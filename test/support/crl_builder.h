/* SPDX-License-Identifier: MIT */
/* crl_builder: certificate revocation lists built from a description. */
#ifndef STLS_TEST_CRL_BUILDER_H
#define STLS_TEST_CRL_BUILDER_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

/* Zero is the default everywhere: a complete list without entries. */
typedef struct crl_builder_order {
  /* The certificate of support/pki.h that issues it. */
  const char *issuer;
  /* Whose key signs; the issuer's unless given. */
  const char *signer;
  /* Names of support/pki.h, separated by spaces. */
  const char *revokes;
  /* In OpenSSL's notation (x509v3_config(5)), "name=value|name=value". */
  const char *extensions;
  /* From 2020 to the end of 2199 unless given, as YYYYMMDDhhmmssZ. */
  const char *from;
  const char *until;
} crl_builder_order;

/* The list; the caller's. What cannot be made fails the test. */
X509_CRL *crl_builder_new(const crl_builder_order *order);

/* The same in PEM or DER form; the caller's, by OPENSSL_free. */
unsigned char *crl_builder_encode(const crl_builder_order *order, bool as_pem,
                                  size_t *out_len);

#endif
