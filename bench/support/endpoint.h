/* SPDX-License-Identifier: MIT */
/* endpoint: is one end of a connection, in several variants. */
#ifndef STLS_BENCH_ENDPOINT_H
#define STLS_BENCH_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pair.h"

/* How a program holds its ends. Contexts are made once and shared, as those of
 * pair.h are; every function ends the program when it cannot. */
struct endpoint_kind {
  const char *name;
  /* OpenSSL's own kinds: what is added to SSL_CTX_new's modes. */
  long modes;
  void *(*open_context)(const struct endpoint_kind *kind, stls_role role,
                        const struct pair_config *config);
  void (*close_context)(void *context);
  void *(*open)(void *context, stls_role role);
  void (*close)(void *end);
  /* Whether the handshake is done. */
  bool (*handshake)(void *end);
  /* One record at most. */
  void (*write)(void *end, const uint8_t *data, size_t len);
  /* Reads all there is; how much that was. */
  size_t (*read)(void *end);
  /* Moves records from what the end has written, and to what it reads. What
   * `take` returns is for the transport to carry: its memory is not the end's. */
  size_t (*take)(void *end, uint8_t *out, size_t max);
  void (*give)(void *end, const uint8_t *records, size_t len);
  /* Gives back what is not needed while nothing comes; NULL: there is no such
   * thing, or nobody calls it. */
  void (*trim)(void *end);
};

/* This library. */
extern const struct endpoint_kind endpoint_library;
/* The same with STLS_RECORDS_DIRECT. */
extern const struct endpoint_kind endpoint_library_direct;
/* As endpoint_library; before a trim the application takes the sessions that wait. */
extern const struct endpoint_kind endpoint_library_taken;
/* BIO_s_mem with BIO_read and BIO_write, in OpenSSL's default mode. */
extern const struct endpoint_kind endpoint_naive;
/* The same with SSL_MODE_RELEASE_BUFFERS. */
extern const struct endpoint_kind endpoint_naive_release;
/* A BIO_METHOD of one's own that keeps nothing: what is left is the SSL itself. */
extern const struct endpoint_kind endpoint_custom;
extern const struct endpoint_kind endpoint_custom_release;

#endif
