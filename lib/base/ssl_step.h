/* SPDX-License-Identifier: MIT */
/* ssl_step: the step of the handshake that libssl is in. */
#ifndef STLS_BASE_SSL_STEP_H
#define STLS_BASE_SSL_STEP_H

#include <openssl/ssl.h>
#include <stdbool.h>

/*
 * By the name that SSL_state_string() has for it, such as "TRSC". The numbers of
 * OSSL_HANDSHAKE_STATE differ between 3.0 and 3.5, and a program that was built
 * with one runs with the other.
 */
bool stls_ssl_step_is(const SSL *ssl, const char *name);

#endif
