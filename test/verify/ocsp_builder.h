/* SPDX-License-Identifier: MIT */
/* ocsp_builder: OCSP responses built from a description. */
#ifndef STLS_TEST_OCSP_BUILDER_H
#define STLS_TEST_OCSP_BUILDER_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first moment that the builder's responses count, and the last one, unless told
 * otherwise: 2030-01-01, and a week later. */
#define OCSP_BUILDER_BEGIN INT64_C(1893456000)
#define OCSP_BUILDER_END (OCSP_BUILDER_BEGIN + 7 * 86400)

/* Zero is the default everywhere: "leaf" of support/pki.h is good, says its issuer. */
typedef struct ocsp_builder_order {
  const char *cert;
  /* Who issued it, as the response says: "middle" unless given. */
  const char *issuer;
  /* Whose key signs: the issuer's unless given. Its certificate is in the response,
   * unless it is the issuer or left out. */
  const char *signer;
  bool omits_signer;
  /* V_OCSP_CERTSTATUS_ and so on. */
  int status;
  /* In seconds since the epoch. */
  int64_t from;
  int64_t until;
  bool omits_until;
  /* Of the signature, and of the name and key of the issuer. */
  const EVP_MD *digest;
  const EVP_MD *id_digest;
  /* A status of the certificate "leaf-of-root" stands in front. */
  bool has_another;
  /* OCSP_RESPONSE_STATUS_: another one has no content. */
  int response_status;
  /* A byte of the signature is another one. */
  bool is_forged;
} ocsp_builder_order;

/* The DER; the caller's, by OPENSSL_free. What cannot be made fails the test. */
unsigned char *ocsp_builder_new(const ocsp_builder_order *order,
                                size_t *out_len);

#endif
