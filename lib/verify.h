/* SPDX-License-Identifier: MIT */
/* verify (L3): what a handshake's check of the peer's chain found. */
#ifndef STLS_VERIFY_H
#define STLS_VERIFY_H

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sanstls/error.h>
#include <stdbool.h>

struct stls_verify {
  /* The first check that failed: X509_V_OK and -1 for none. */
  int code;
  int depth;
  /* Whom the leaf has to name, borrowed; NULL for anybody. */
  const char *name;
  bool name_is_address;
  /* Borrowed; NULL for OpenSSL's default. */
  OSSL_LIB_CTX *libctx;
  const char *propq;
  /* X509_CHECK_FLAG_* bits. */
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
void stls_verify_init(struct stls_verify *verify);

/* Has the connection's findings written to `verify`, which starts clean and
 * must outlive the SSL, as the library context and the properties must that
 * verification uses. false when memory is short. */
bool stls_verify_attach(struct stls_verify *verify, SSL *ssl,
                        OSSL_LIB_CTX *libctx, const char *propq);
void stls_verify_clear(struct stls_verify *verify);

/* Forgets what was found, before the peer is verified once more. */
void stls_verify_restart(struct stls_verify *verify);

/* Requires that the peer's certificate names `name`, a DNS name without
 * trailing dot or an address in text, by X509_CHECK_FLAG_* bits.
 * STLS_ERROR_INPUT where OpenSSL takes the name for none, STLS_ERROR_MEMORY. The
 * caller guards the error queue. */
stls_result stls_verify_expect(struct stls_verify *verify, SSL *ssl,
                               const char *name, bool is_address,
                               unsigned hostflags, stls_error *err);

/* Whether a client's full handshake looked at everything that it requires. */
bool stls_verify_is_complete(const struct stls_verify *verify, const SSL *ssl);

/* Has the context's SSLs report to what is attached to them; `mode` is an
 * stls_verify_mode. */
void stls_verify_install(SSL_CTX *ctx, int mode);

#endif
