/* SPDX-License-Identifier: MIT */
/* peer_verify: verifies the peer's certificate chain and records the result. */
#ifndef STLS_LIB_PEER_VERIFY_H
#define STLS_LIB_PEER_VERIFY_H

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sanstls/error.h>
#include <stdbool.h>

struct stls_peer_verify {
  /* The first check that failed; X509_V_OK and -1 for none. */
  int code;
  int depth;
  /* Whether the leaf must have the owner's server_name, whether that is an
   * address, and the X509_CHECK_FLAG_* bits for the comparison. */
  bool checks_name;
  bool name_is_address;
  unsigned hostflags;
  bool name_matched;
  bool leaf_accepted;
  bool has_run;
  /* What was refused, which libssl does not keep: the peer's certificate, all
   * certificates that it presented, the chain as far as it was built, and the
   * certificate in it that failed. Owned; NULL for none. A list is also NULL
   * when memory was short. */
  X509 *refused;
  STACK_OF(X509) * presented;
  STACK_OF(X509) * built;
  X509 *failed;
};

/* Sets the initial state. */
void stls_peer_verify_init(struct stls_peer_verify *verify);
void stls_peer_verify_clear(struct stls_peer_verify *verify);

/* Clears the result before the peer is verified again. */
void stls_peer_verify_reset(struct stls_peer_verify *verify);

/* Whether a client's full handshake has made all checks that it requires. */
bool stls_peer_verify_is_complete(const struct stls_peer_verify *verify,
                                  const SSL *ssl);

/* Verifies the chain of a prepared store context whose ex_data has the SSL, as
 * libssl's callback (SSL_CTX_set_cert_verify_callback); `arg` is not used. The
 * result is the SSL's owner's. Returns 1 where the chain is accepted. */
int stls_peer_verify_run(X509_STORE_CTX *store, void *arg);

/* Makes the SSLs of an SSL_CTX verify peers here, and report to their owners.
 * `mode` is an stls_verify_mode. */
void stls_peer_verify_install(SSL_CTX *ctx, int mode);

#endif
