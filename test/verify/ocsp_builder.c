/* SPDX-License-Identifier: MIT */
/* ocsp_builder: OCSP responses built from a description. */
#include "ocsp_builder.h"

#include <openssl/ocsp.h>

#include "support/check.h"
#include "support/pki.h"

static void add_status(OCSP_BASICRESP *basic, const ocsp_builder_order *order,
                       const char *cert, const char *issuer);
static void sign(OCSP_BASICRESP *basic, const ocsp_builder_order *order,
                 const char *issuer);
static unsigned char *encode(int status, OCSP_BASICRESP *basic,
                             size_t *out_len);

unsigned char *ocsp_builder_new(const ocsp_builder_order *order,
                                size_t *out_len)
{
  const char *issuer = order->issuer ? order->issuer : "middle";
  OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
  unsigned char *der;

  cr_assert_not_null(basic);
  if (order->has_another) add_status(basic, order, "leaf-of-root", "root");
  add_status(basic, order, order->cert ? order->cert : "leaf", issuer);
  sign(basic, order, issuer);
  der = encode(order->response_status, basic, out_len);
  OCSP_BASICRESP_free(basic);
  return der;
}

static void add_status(OCSP_BASICRESP *basic, const ocsp_builder_order *order,
                       const char *cert, const char *issuer)
{
  const bool is_revoked = order->status == V_OCSP_CERTSTATUS_REVOKED;
  OCSP_CERTID *id =
      OCSP_cert_to_id(order->id_digest ? order->id_digest : EVP_sha1(),
                      pki_cert(cert), pki_cert(issuer));
  const int64_t from = order->from ? order->from : OCSP_BUILDER_BEGIN;
  const int64_t until = order->until ? order->until : OCSP_BUILDER_END;
  ASN1_TIME *this_update = ASN1_GENERALIZEDTIME_set(NULL, (time_t)from);
  ASN1_TIME *next_update = ASN1_GENERALIZEDTIME_set(NULL, (time_t)until);

  cr_assert_not_null(OCSP_basic_add1_status(
      basic, id, order->status, OCSP_REVOKED_STATUS_UNSPECIFIED,
      is_revoked ? this_update : NULL, this_update,
      order->omits_until ? NULL : next_update));
  ASN1_TIME_free(this_update);
  ASN1_TIME_free(next_update);
  OCSP_CERTID_free(id);
}

static void sign(OCSP_BASICRESP *basic, const ocsp_builder_order *order,
                 const char *issuer)
{
  const char *signer = order->signer ? order->signer : issuer;
  /* OpenSSL adds the signer's certificate itself. */
  const unsigned long flags =
      order->signer == NULL || order->omits_signer ? OCSP_NOCERTS : 0;

  cr_assert_eq(OCSP_basic_sign(basic, pki_cert(signer), pki_key(signer),
                               order->digest ? order->digest : EVP_sha256(),
                               NULL, flags),
               1);
  if (order->is_forged) {
    ASN1_OCTET_STRING *signature =
        (ASN1_OCTET_STRING *)OCSP_resp_get0_signature(basic);
    unsigned char *bytes = (unsigned char *)ASN1_STRING_get0_data(signature);
    bytes[ASN1_STRING_length(signature) - 1] ^= 1;
  }
}

static unsigned char *encode(int status, OCSP_BASICRESP *basic, size_t *out_len)
{
  const bool is_good = status == OCSP_RESPONSE_STATUS_SUCCESSFUL;
  OCSP_RESPONSE *response =
      OCSP_response_create(status, is_good ? basic : NULL);
  unsigned char *der = NULL;
  int len;

  cr_assert_not_null(response);
  len = i2d_OCSP_RESPONSE(response, &der);
  cr_assert_gt(len, 0);
  OCSP_RESPONSE_free(response);
  *out_len = (size_t)len;
  return der;
}
