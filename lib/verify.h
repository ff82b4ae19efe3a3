/* SPDX-License-Identifier: MIT */
/* verify (L3): what a handshake's check of the peer's chain found. */
#ifndef STLS_VERIFY_H
#define STLS_VERIFY_H

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdbool.h>

struct stls_verify {
  /* The first check that failed: X509_V_OK and -1 for none. */
  int code;
  int depth;
  /* Whom the leaf has to name, borrowed; NULL for anybody. */
  const char *name;
  bool name_is_address;
  bool name_matched;
  bool leaf_accepted;
  /* The peer's certificate where it was refused: libssl forgets it. Owned. */
  X509 *refused;
};

/* Has the connection's findings written to `verify`, which starts clean and
 * must outlive the SSL. false when memory is short. */
bool stls_verify_attach(struct stls_verify *verify, SSL *ssl);
void stls_verify_clear(struct stls_verify *verify);

/* Requires that the peer's certificate names `name`, a DNS name without
 * trailing dot or an address in text. false when memory is short. */
bool stls_verify_expect(struct stls_verify *verify, SSL *ssl, const char *name,
                        bool is_address);

/* Whether a client's full handshake looked at everything that it requires. */
bool stls_verify_is_complete(const struct stls_verify *verify, const SSL *ssl);

/* An SSL_verify_cb that remembers the first refusal, and checks the name. */
int stls_verify_note(int accepted, X509_STORE_CTX *store);

/* The mode bits for SSL_set_verify, from an stls_verify_mode. */
int stls_verify_ssl_mode(int mode);

#endif
