/* SPDX-License-Identifier: MIT */
/* cert_builder: certificates built from a description, valid or flawed. */
#ifndef STLS_TEST_CERT_BUILDER_H
#define STLS_TEST_CERT_BUILDER_H

#include <openssl/x509.h>
#include <stdbool.h>

/* What is done to a certificate after it was signed. */
typedef enum cert_builder_flaw {
  CERT_FLAW_NONE,
  /* The last byte of the signature is another one. */
  CERT_FLAW_SIGNATURE,
  /* The signature algorithm is not the one that was signed. */
  CERT_FLAW_ALGORITHM,
  /* The version says 2, in spite of the extensions. */
  CERT_FLAW_VERSION,
  /* The public key is of a kind that nobody knows. */
  CERT_FLAW_KEY
} cert_builder_flaw;

/* Zero is the default everywhere: a leaf that is fine on both sides. */
typedef struct cert_builder_order {
  const char *name;
  /* The subject's common name: `name` unless given; "" for an empty subject. */
  const char *subject;
  /* The order whose key signs; NULL for its own. */
  const char *issuer;
  /* "P-256" unless given; "explicit-P-256", "RSA-2048", "RSA-PSS-2048" or any
   * algorithm that needs no parameters, such as "ED25519". */
  const char *key;
  /* "SHA256" unless given, for keys that need a digest. */
  const char *digest;
  bool is_ca;
  /* In OpenSSL's notation (x509v3_config(5)), "name=value|name=value": in place
   * of the default of that name, or in addition; an empty value leaves it out.
   * "none" leaves all of them out. */
  const char *extensions;
  /* From 2020 to the end of 2199 unless given, as YYYYMMDDhhmmssZ. */
  const char *from;
  const char *until;
  /* 3 unless given. */
  long version;
  cert_builder_flaw flaw;
} cert_builder_order;

/* A certificate for `key` with a serial number of its own, without names and
 * extensions; `from` and `until` are as in the order, or NULL. */
X509 *cert_builder_begin(EVP_PKEY *key, const char *from, const char *until);

/* Adds one extension, "name=value" in OpenSSL's notation. */
void cert_builder_add_extension(X509 *cert, X509 *issuer,
                                const char *extension);

/* A key of that kind; NULL when this OpenSSL does not know the kind. */
EVP_PKEY *cert_builder_key(const char *kind);

/* Whether it knows the kind; no key is generated for it. */
bool cert_builder_key_is_possible(const char *kind);

/* A certificate for `key`, signed by `issuer_key`; `issuer` is NULL when it
 * signs itself. What cannot be made fails the test. */
X509 *cert_builder_new(const cert_builder_order *order, EVP_PKEY *key,
                       X509 *issuer, EVP_PKEY *issuer_key);

#endif
