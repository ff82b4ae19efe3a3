/* SPDX-License-Identifier: MIT */
/* ciphers: lists of cipher suites and groups, in OpenSSL's notation. */
#ifndef STLS_LIB_CIPHERS_H
#define STLS_LIB_CIPHERS_H

#include <openssl/ssl.h>

/* TLS 1.2: ephemeral keys on curves, and authenticated encryption (RFC 9325,
 * 4.2). The suites that cost least, hashes of the handshake included, come first,
 * as in TLS 1.3: no attack on any of them is within reach. */
#define STLS_CIPHERS_DEFAULT \
  "@SECLEVEL=2:ECDH+AESGCM+AES128:ECDH+AESGCM:ECDH+CHACHA20:!aNULL:!eNULL:" \
  "!aDSS"

/* TLS 1.0 and 1.1 know nothing but SHA-1. */
#define STLS_CIPHERS_INSECURE \
  "@SECLEVEL=0:ECDH+AESGCM+AES128:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:" \
  "DHE+AES:RSA+AES:!aNULL:!eNULL:!aDSS:!AESCCM"

/* Set a TLS 1.2 cipher list or a list of groups, "DEFAULT" being this library's:
 * 1, or 0 with nothing changed and the cause in the error queue, which the caller
 * guards. */
int stls_ciphers_replace(SSL_CTX *ssl_ctx, const char *list);
int stls_ciphers_set_groups(SSL_CTX *ssl_ctx, const char *list);

#endif
