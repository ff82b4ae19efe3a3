/* SPDX-License-Identifier: MIT */
/* pkcs7_bundle: decodes certificates and CRLs from certs-only PKCS #7. */
#include "x509/pkcs7_bundle.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

bool stls_pkcs7_bundle_is_block(const struct stls_pem_reader_block *block)
{
  return stls_pem_reader_is(block, PEM_STRING_PKCS7) ||
         stls_pem_reader_is(block, PEM_STRING_PKCS7_SIGNED) ||
         stls_pem_reader_is(block, PEM_STRING_CMS);
}

/* Looks for a SEQUENCE of definite or indefinite length that begins with
 * id-signedData (RFC 5652, 5.1). */
bool stls_pkcs7_bundle_is_der(const void *data, size_t len)
{
  static const uint8_t oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                0xf7, 0x0d, 0x01, 0x07, 0x02};
  const uint8_t *bytes = data;
  size_t header;

  if (len < 2 || bytes[0] != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
    return false;
  header = 2 + (bytes[1] > 0x80 ? (size_t)(bytes[1] & 0x7f) : 0);
  return len >= header + sizeof oid &&
         memcmp(bytes + header, oid, sizeof oid) == 0;
}

bool stls_pkcs7_bundle_is_in_text(const void *data, size_t len)
{
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;

  if (stls_pkcs7_bundle_is_der(data, len)) return true;
  stls_pem_reader_walk_init(&walk, data, len);
  while (stls_pem_reader_next(&walk, &block) == STLS_PEM_READER_BLOCK)
    if (stls_pkcs7_bundle_is_block(&block)) return true;
  return false;
}

PKCS7 *stls_pkcs7_bundle_decode(const uint8_t *der, size_t len,
                                const char **out_fault)
{
  const unsigned char *at = der;
  PKCS7 *bundle = len > LONG_MAX ? NULL : d2i_PKCS7(NULL, &at, (long)len);

  *out_fault = "";
  if (bundle == NULL) return NULL;
  if (at != der + len)
    *out_fault = ": there is something behind it";
  else if (!PKCS7_type_is_signed(bundle) || bundle->d.sign == NULL)
    *out_fault = ": it is no SignedData";
  else if (sk_PKCS7_SIGNER_INFO_num(bundle->d.sign->signer_info) > 0)
    *out_fault = ": it is a signed message, and no bundle of certificates";
  if (**out_fault == '\0') return bundle;
  PKCS7_free(bundle);
  return NULL;
}

int stls_pkcs7_bundle_num_certs(const PKCS7 *bundle)
{
  int num = sk_X509_num(bundle->d.sign->cert);

  return num > 0 ? num : 0;
}

int stls_pkcs7_bundle_num_crls(const PKCS7 *bundle)
{
  int num = sk_X509_CRL_num(bundle->d.sign->crl);

  return num > 0 ? num : 0;
}

size_t stls_pkcs7_bundle_cert(const PKCS7 *bundle, int index,
                              unsigned char **out_der)
{
  int len = i2d_X509(sk_X509_value(bundle->d.sign->cert, index), out_der);

  return len > 0 ? (size_t)len : 0;
}

size_t stls_pkcs7_bundle_crl(const PKCS7 *bundle, int index,
                             unsigned char **out_der)
{
  int len =
      i2d_X509_CRL(sk_X509_CRL_value(bundle->d.sign->crl, index), out_der);

  return len > 0 ? (size_t)len : 0;
}
