/* SPDX-License-Identifier: MIT */
/* pkcs12_contents: the bags of a PKCS #12 (RFC 7292, 4.2), unpacked. */
#ifndef STLS_LIB_PKCS12_CONTENTS_H
#define STLS_LIB_PKCS12_CONTENTS_H

#include <openssl/pkcs12.h>

#include "util/passphrase.h"
#include "x509/pkcs12_safe_bag.h"

/* Those of private keys and of X.509 certificates, in their order, wherever they
 * lay; both are borrowed from `owned`. */
struct stls_pkcs12_contents {
  STACK_OF(stls_pkcs12_safe_bag) * owned;
  STACK_OF(stls_pkcs12_safe_bag) * keys;
  STACK_OF(stls_pkcs12_safe_bag) * certs;
};

/*
 * How a file is opened, and what messages call it. No passphrase and an empty one
 * are encoded in two ways, and nobody knows which one a writer has used: as_empty
 * says which one is taken.
 */
struct stls_pkcs12_opening {
  const char *name;
  const struct stls_x509_scope *scope;
  struct stls_asking *asking;
  bool as_empty;
};

/* Checks the MAC and opens all there is. `out` is to be freed in any case. The
 * caller guards the error queue, here and below. */
stls_result stls_pkcs12_contents_open(const struct stls_pkcs12_opening *opening,
                                      const PKCS12 *p12,
                                      struct stls_pkcs12_contents *out,
                                      stls_error *err);
void stls_pkcs12_contents_free(struct stls_pkcs12_contents *bags);

/* As OpenSSL takes it: whether there is one, or none was given. */
bool stls_pkcs12_contents_passphrase(const struct stls_pkcs12_opening *opening,
                                     const char **out_text, int *out_len);

#endif
