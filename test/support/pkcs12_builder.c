/* SPDX-License-Identifier: MIT */
/* pkcs12_builder: contents of PKCS #12 that OpenSSL does not write, as DER. */
#include "pkcs12_builder.h"

#include <openssl/pkcs12.h>
#include <string.h>

#include "expect.h"

void pkcs12_builder_put(struct pkcs12_builder_der *out, const void *data,
                        size_t len)
{
  cr_assert_lt(out->len + len, (size_t)PKCS12_BUILDER_CAP);
  memcpy(out->data + out->len, data, len);
  out->len += len;
}

void pkcs12_builder_put_value(struct pkcs12_builder_der *out, uint8_t tag,
                              const void *data, size_t len)
{
  const uint8_t header[] = {tag, 0x82, (uint8_t)(len >> 8), (uint8_t)len};
  const uint8_t small[] = {tag, (uint8_t)len};

  if (len < 128)
    pkcs12_builder_put(out, small, sizeof small);
  else if (len < 256)
    pkcs12_builder_put(out, (const uint8_t[]){tag, 0x81, (uint8_t)len}, 3);
  else
    pkcs12_builder_put(out, header, sizeof header);
  pkcs12_builder_put(out, data, len);
}

void pkcs12_builder_key_bags(const struct pkcs12_builder_der *key,
                             bool is_locked, int depth,
                             struct pkcs12_builder_der *out)
{
  static const uint8_t oid[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x00};
  uint8_t bag = is_locked ? 2 : 1;
  struct pkcs12_builder_der value = *key;

  for (int i = 0; i <= depth; i++) {
    struct pkcs12_builder_der explicit_value = {.len = 0}, in = {.len = 0};
    pkcs12_builder_put_value(&explicit_value, 0xa0, value.data, value.len);
    pkcs12_builder_put(&in, oid, sizeof oid - 1);
    pkcs12_builder_put(&in, &bag, 1);
    pkcs12_builder_put(&in, explicit_value.data, explicit_value.len);
    explicit_value.len = value.len = 0;
    pkcs12_builder_put_value(&explicit_value, 0x30, in.data, in.len);
    pkcs12_builder_put_value(&value, 0x30, explicit_value.data,
                             explicit_value.len);
    bag = 6;
  }
  *out = value;
}

PKCS7 *pkcs12_builder_content(const struct pkcs12_builder_der *bags,
                              bool is_encrypted)
{
  PKCS7 *safe = PKCS7_new();
  PKCS7_ENC_CONTENT *content;
  unsigned char *bytes = NULL;
  int len;

  cr_assert(PKCS7_set_type(
      safe, is_encrypted ? NID_pkcs7_encrypted : NID_pkcs7_data));
  if (!is_encrypted) {
    cr_assert(ASN1_OCTET_STRING_set(safe->d.data, bags->data, (int)bags->len));
    return safe;
  }
  content = safe->d.encrypted->enc_data;
  X509_ALGOR_free(content->algorithm);
  content->algorithm = PKCS5_pbe2_set(EVP_aes_128_cbc(), 1000, NULL, 0);
  cr_assert_not_null(PKCS12_pbe_crypt(content->algorithm, "secret", 6,
                                      bags->data, (int)bags->len, &bytes, &len,
                                      1));
  content->enc_data = ASN1_OCTET_STRING_new();
  cr_assert(ASN1_OCTET_STRING_set(content->enc_data, bytes, len));
  OPENSSL_free(bytes);
  return safe;
}
