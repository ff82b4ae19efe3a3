/* SPDX-License-Identifier: MIT */
/* trust_sets: sets of trust made for a test, and how much is in them. */
#ifndef STLS_TEST_TRUST_SETS_H
#define STLS_TEST_TRUST_SETS_H

#include <sanstls/context.h>
#include <sanstls/trust.h>
#include <stdbool.h>
#include <stddef.h>

/* An empty set; the caller's. */
stls_trust *trusts_new(void);

/* A set with the PEM files of test/data that are named, separated by spaces. */
stls_trust *trusts_load(const char *files);

/* Adds them, which has to work. */
void trusts_add(stls_trust *trust, const char *files);

/* What a certificate's trust settings say of a purpose. */
typedef enum trusts_setting {
  TRUSTS_TRUSTED,
  TRUSTS_REJECTED
} trusts_setting;

/* Has a context trust the certificate of one file for a purpose, or never for it
 * (openssl x509 -addtrust, -addreject). */
void trusts_set_purpose(stls_context *context, const char *file, int purpose,
                        trusts_setting setting);

/* Whether it has so many certificates, CRLs, and CAs. */
bool trusts_have(const stls_trust *trust, size_t x509, size_t crl,
                 size_t x509_ca);

/* The same as text, "x509 2, crl 1, x509_ca 2", in a static buffer. */
const char *trusts_text(const stls_trust *trust);

#endif
