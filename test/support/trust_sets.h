/* SPDX-License-Identifier: MIT */
/* trust_sets: trust stores made for a test, and counts of their contents. */
#ifndef STLS_TEST_TRUST_SETS_H
#define STLS_TEST_TRUST_SETS_H

#include <sanstls/context.h>
#include <sanstls/trust.h>
#include <stdbool.h>
#include <stddef.h>

/* An empty set; the caller's. */
stls_trust *trust_sets_new(void);

/* A set with the PEM files of test/data that are named, separated by spaces. */
stls_trust *trust_sets_load(const char *files);

/* Adds them, which has to work. */
void trust_sets_add(stls_trust *trust, const char *files);

/* What a certificate's trust settings say of a purpose. */
typedef enum trust_sets_setting {
  TRUST_SETS_TRUSTED,
  TRUST_SETS_REJECTED
} trust_sets_setting;

/* Has a context trust the certificate of one file for a purpose, or never for it
 * (openssl x509 -addtrust, -addreject). */
void trust_sets_set_purpose(stls_context *context, const char *file,
                            int purpose, trust_sets_setting setting);

/* Whether it has so many certificates, CRLs, and CAs. */
bool trust_sets_have(const stls_trust *trust, size_t x509, size_t crl,
                     size_t x509_ca);

/* The same as text, "x509 2, crl 1, x509_ca 2", in a static buffer. */
const char *trust_sets_text(const stls_trust *trust);

#endif
