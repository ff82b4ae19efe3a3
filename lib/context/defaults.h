/* SPDX-License-Identifier: MIT */
/* defaults: how a new context is set. */
#ifndef STLS_LIB_DEFAULTS_H
#define STLS_LIB_DEFAULTS_H

#include "context/context.h"

/* TLS 1.2: ephemeral keys on curves, and authenticated encryption (RFC 9325,
 * 4.2). The suites that cost least, hashes of the handshake included, come first,
 * as in TLS 1.3: no attack on any of them is within reach. */
#define STLS_DEFAULT_CIPHERS \
  "@SECLEVEL=2:ECDH+AESGCM+AES128:ECDH+AESGCM:ECDH+CHACHA20:!aNULL:!eNULL:" \
  "!aDSS"

/* TLS 1.0 and 1.1 know nothing but SHA-1. */
#define STLS_INSECURE_CIPHERS \
  "@SECLEVEL=0:ECDH+AESGCM+AES128:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:" \
  "DHE+AES:RSA+AES:!aNULL:!eNULL:!aDSS:!AESCCM"

/* Gives a fresh SSL_CTX this library's defaults. The caller guards the error
 * queue. */
stls_result stls_defaults_set(stls_context *context, stls_error *err);

#endif
