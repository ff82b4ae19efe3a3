/* SPDX-License-Identifier: MIT */
/* peer_verify: what a handshake's check of the peer's chain found. */
#ifndef STLS_LIB_PEER_VERIFY_H
#define STLS_LIB_PEER_VERIFY_H

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sanstls/error.h>
#include <stdbool.h>

struct stls_peer_verify {
  /* The first check that failed: X509_V_OK and -1 for none. */
  int code;
  int depth;
  /* Whether the leaf has to name the owner's server_name, which is an address,
   * and by which X509_CHECK_FLAG_* bits. */
  bool checks_name;
  bool name_is_address;
  unsigned hostflags;
  bool name_matched;
  bool leaf_accepted;
  bool has_run;
  /* What was refused, which libssl forgets: the peer's certificate, all that it
   * presented, the path as far as it came, and the one certificate in it. Owned;
   * NULL for none. A list is also NULL when memory was short. */
  X509 *refused;
  STACK_OF(X509) * presented;
  STACK_OF(X509) * built;
  X509 *failed;
};

/* No findings. */
void stls_peer_verify_init(struct stls_peer_verify *verify);
void stls_peer_verify_clear(struct stls_peer_verify *verify);

/* Forgets what was found, before the peer is verified once more. */
void stls_peer_verify_reset(struct stls_peer_verify *verify);

/* Requires that the peer's certificate names `name`, which is the server_name of
 * the SSL's owner: a DNS name without trailing dot or an address in text; by
 * X509_CHECK_FLAG_* bits.
 * STLS_ERROR_INPUT where OpenSSL takes the name for none, STLS_ERROR_MEMORY. The
 * caller guards the error queue. */
stls_result stls_peer_verify_set_name(struct stls_peer_verify *verify, SSL *ssl,
                                      const char *name, bool is_address,
                                      unsigned hostflags, stls_error *err);

/* Whether a client's full handshake looked at everything that it requires. */
bool stls_peer_verify_is_complete(const struct stls_peer_verify *verify,
                                  const SSL *ssl);

/* Has the context's SSLs report to their owners; `mode` is an
 * stls_verify_mode. */
void stls_peer_verify_install(SSL_CTX *ctx, int mode);

#endif
