/* SPDX-License-Identifier: MIT */
/* client_hello: parses a ClientHello (RFC 8446, 4.1.2). */
#ifndef STLS_LIB_CLIENT_HELLO_H
#define STLS_LIB_CLIENT_HELLO_H

#include <openssl/types.h>
#include <sanstls/client_hello.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/refs.h"

/* Numbers of one width, in the encoding of the message. */
struct stls_client_hello_numbers {
  const uint8_t *at;
  size_t num;
};

/* Pointers to items of different lengths. */
struct stls_client_hello_items {
  const uint8_t **at;
  size_t num;
};

struct stls_client_hello {
  stls_refs refs;
  OSSL_LIB_CTX *libctx;
  /* Owns the memory that the other members point to. */
  struct stls_arena arena;
  int legacy_version;
  stls_span random;
  stls_span session_id;
  stls_span compression_methods;
  struct stls_client_hello_numbers cipher_suites;
  struct stls_client_hello_numbers versions;
  struct stls_client_hello_numbers groups;
  struct stls_client_hello_numbers signature_algorithms;
  /* Of one byte each. */
  struct stls_client_hello_numbers point_formats;
  /* Each at its type, or group, of two bytes and its length of two. */
  struct stls_client_hello_items extensions;
  struct stls_client_hello_items key_shares;
  /* Each at its length of one byte. */
  struct stls_client_hello_items alpn;
  /* All of them together. */
  size_t extensions_len;
  const char *server_name;
};

/* RFC 8701, 2: 0x0a0a, 0x1a1a and so on. */
bool stls_client_hello_is_grease(int number);

#endif
