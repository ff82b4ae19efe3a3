/* SPDX-License-Identifier: MIT */
/* pkcs12_safe_bags: the bags of a PKCS #12 (RFC 7292, 4.2), unpacked. */
#ifndef STLS_LIB_PKCS12_SAFE_BAGS_H
#define STLS_LIB_PKCS12_SAFE_BAGS_H

#include <openssl/pkcs12.h>

#include "util/passphrase.h"
#include "x509/pkcs12_safe_bag.h"

/* Those of private keys and of X.509 certificates, in their order, wherever they
 * lay; both are borrowed from `owned`. */
struct stls_safebags {
  STACK_OF(stls_safebag) * owned;
  STACK_OF(stls_safebag) * keys;
  STACK_OF(stls_safebag) * certs;
};

/*
 * How a file is opened, and what messages call it. No passphrase and an empty one
 * are encoded in two ways, and nobody knows which one a writer has used: as_empty
 * says which one is taken.
 */
struct stls_safebags_opening {
  const char *name;
  const struct stls_x509pem_scope *scope;
  struct stls_asking *asking;
  bool as_empty;
};

/* Checks the MAC and opens all there is. `out` is to be freed in any case. The
 * caller guards the error queue, here and below. */
stls_result stls_safebags_open(const struct stls_safebags_opening *opening,
                               const PKCS12 *p12, struct stls_safebags *out,
                               stls_error *err);
void stls_safebags_free(struct stls_safebags *bags);

/* As OpenSSL takes it: whether there is one, or none was given. */
bool stls_safebags_passphrase(const struct stls_safebags_opening *opening,
                              const char **out_text, int *out_len);

#endif
