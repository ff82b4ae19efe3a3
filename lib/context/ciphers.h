/* SPDX-License-Identifier: MIT */
/* ciphers: sets the lists of cipher suites, groups and signature algorithms. */
#ifndef STLS_LIB_CIPHERS_H
#define STLS_LIB_CIPHERS_H

#include <openssl/ssl.h>

/* TLS 1.2: ECDHE and authenticated encryption (RFC 9325, 4.2). The cheapest
 * suites come first, including the cost of the handshake's hashes, as in TLS
 * 1.3: all of them are strong. */
#define STLS_CIPHERS_DEFAULT \
  "@SECLEVEL=2:ECDH+AESGCM+AES128:ECDH+AESGCM:ECDH+CHACHA20:!aNULL:!eNULL:" \
  "!aDSS"

/* TLS 1.0 and 1.1 have only SHA-1. */
#define STLS_CIPHERS_INSECURE \
  "@SECLEVEL=0:ECDH+AESGCM+AES128:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:" \
  "DHE+AES:RSA+AES:!aNULL:!eNULL:!aDSS:!AESCCM"

/* Set the TLS 1.2 cipher list, or the list of groups, where "DEFAULT" is this
 * library's default. Return 1, or 0 with nothing changed and the reason in the
 * error queue, which the caller guards. */
int stls_ciphers_replace(SSL_CTX *ssl_ctx, const char *list);
int stls_ciphers_set_groups(SSL_CTX *ssl_ctx, const char *list);

#endif
