/* SPDX-License-Identifier: MIT */
/* ciphers: lists of cipher suites and groups, in OpenSSL's notation. */
#ifndef STLS_LIB_CIPHERS_H
#define STLS_LIB_CIPHERS_H

#include <openssl/ssl.h>

/* Set a TLS 1.2 cipher list or a list of groups, "DEFAULT" being this library's:
 * 1, or 0 with nothing changed and the cause in the error queue, which the caller
 * guards. */
int stls_ciphers_replace(SSL_CTX *ssl_ctx, const char *list);
int stls_ciphers_set_groups(SSL_CTX *ssl_ctx, const char *list);

#endif
