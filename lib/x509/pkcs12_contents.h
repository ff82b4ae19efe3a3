/* SPDX-License-Identifier: MIT */
/* pkcs12_contents: verifies the MAC of a PKCS #12 and decrypts its safe
 * bags. */
#ifndef STLS_LIB_PKCS12_CONTENTS_H
#define STLS_LIB_PKCS12_CONTENTS_H

#include <openssl/pkcs12.h>

#include "util/passphrase.h"
#include "x509/pkcs12_safe_bag.h"

/* The bags with private keys and with X.509 certificates, in the order of the
 * file, whatever bag they are nested in. `keys` and `certs` borrow from
 * `owned`. */
struct stls_pkcs12_contents {
  STACK_OF(stls_pkcs12_safe_bag) * owned;
  STACK_OF(stls_pkcs12_safe_bag) * keys;
  STACK_OF(stls_pkcs12_safe_bag) * certs;
};

/*
 * How a PKCS #12 is decrypted, and its name in error messages. An absent
 * passphrase and an empty one have different encodings, and a reader cannot
 * tell which of them the writer used: as_empty chooses the empty one.
 */
struct stls_pkcs12_opening {
  const char *name;
  const struct stls_x509_scope *scope;
  struct stls_passphrase_prompt *prompt;
  bool as_empty;
};

/* Verifies the MAC and decrypts all contents. The caller frees `out` in any
 * case. STLS_ERROR_INPUT; STLS_ERROR_MEMORY. The caller guards the error queue,
 * here and below. */
stls_result stls_pkcs12_contents_open(const struct stls_pkcs12_opening *opening,
                                      const PKCS12 *p12,
                                      struct stls_pkcs12_contents *out,
                                      stls_error *err);
void stls_pkcs12_contents_free(struct stls_pkcs12_contents *bags);

/* The passphrase in the form that OpenSSL expects. true when there is one, or
 * when the caller configured none. */
bool stls_pkcs12_contents_passphrase(const struct stls_pkcs12_opening *opening,
                                     const char **out_text, int *out_len);

#endif
