/* SPDX-License-Identifier: MIT */
/* alpn: encodes and decodes ALPN lists (RFC 7301), and selects a protocol. */
#ifndef STLS_LIB_ALPN_H
#define STLS_LIB_ALPN_H

#include <openssl/ssl.h>
#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A ProtocolNameList without its length prefix. */
struct stls_alpn {
  uint8_t *wire;
  unsigned wire_len;
  /* A server refuses a client that shares no protocol with it. */
  bool is_strict;
};

/* Encodes names; none give NULL. *out_wire is the caller's, from
 * stls_mem_alloc. */
stls_result stls_alpn_encode(const char *const *names, size_t num_names,
                             uint8_t **out_wire, unsigned *out_len,
                             stls_error *err);

/* An SSL_CTX_alpn_select_cb_func: the server's order decides. `arg` is the
 * server's struct stls_alpn. */
int stls_alpn_select(SSL *ssl, const unsigned char **out,
                     unsigned char *out_len, const unsigned char *offered,
                     unsigned offered_len, void *arg);

#endif
