/* SPDX-License-Identifier: MIT */
/* verify (L3): what a handshake's check of the peer's chain found. */
#ifndef STLS_VERIFY_H
#define STLS_VERIFY_H

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdbool.h>

/* The first check that failed: X509_V_OK and -1 for none. */
struct stls_verify {
  int code;
  int depth;
};

/* Has the connection's findings written to `verify`, which starts clean and
 * must outlive the SSL. false when memory is short. */
bool stls_verify_attach(struct stls_verify *verify, SSL *ssl);

/* An SSL_verify_cb that changes no verdict and remembers the first refusal. */
int stls_verify_note(int accepted, X509_STORE_CTX *store);

/* The mode bits for SSL_set_verify, from an stls_verify_mode. */
int stls_verify_ssl_mode(int mode);

#endif
