/* SPDX-License-Identifier: MIT */
/* trusts: sets of trust made for a test, and how much is in them. */
#ifndef STLS_TEST_TRUSTS_H
#define STLS_TEST_TRUSTS_H

#include <sanstls/trust.h>
#include <stdbool.h>
#include <stddef.h>

/* An empty set; the caller's. */
stls_trust *trusts_new(void);

/* A set with the PEM files of test/data that are named, separated by spaces. */
stls_trust *trusts_load(const char *files);

/* Adds them, which has to work. */
void trusts_add(stls_trust *trust, const char *files);

/* Whether it has so many certificates, CRLs, and CAs. */
bool trusts_have(const stls_trust *trust, size_t x509, size_t crl,
                 size_t x509_ca);

/* The same as text, "x509 2, crl 1, x509_ca 2", in a static buffer. */
const char *trusts_text(const stls_trust *trust);

#endif
