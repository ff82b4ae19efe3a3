/* SPDX-License-Identifier: MIT */
/* fuzz_pkcs7: target: bundles in PKCS #7. */
#include <sanstls/sanstls.h>
#include <string.h>

#include "fuzz.h"

/* The key of server-chain.pem, which seeds have. */
static const uint8_t key[] = {
    0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20, 0x83, 0xa7, 0x22, 0x33,
    0xc9, 0x60, 0x71, 0xb4, 0x89, 0x81, 0xcf, 0x3a, 0x22, 0x51, 0x6b,
    0xb8, 0xb0, 0xee, 0xa2, 0x96, 0xe3, 0xb8, 0x89, 0x3e, 0xf6, 0x57,
    0x9a, 0x9a, 0x59, 0x34, 0x4d, 0x50, 0xa0, 0x0a, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0xa1, 0x44, 0x03, 0x42,
    0x00, 0x04, 0x4b, 0x36, 0x64, 0x1d, 0xf9, 0x12, 0x34, 0xcc, 0xe8,
    0x7f, 0xd1, 0xeb, 0xb6, 0xa1, 0x28, 0xbe, 0x71, 0xb0, 0x35, 0xaf,
    0x59, 0xff, 0x20, 0xd9, 0x04, 0x48, 0x23, 0x4e, 0xce, 0x6a, 0xe5,
    0x8e, 0x4e, 0x29, 0xf2, 0xfb, 0x20, 0x7d, 0xa1, 0xd8, 0xc8, 0x0b,
    0xa1, 0xac, 0x70, 0xf0, 0x0b, 0xd0, 0xc9, 0x89, 0x83, 0x67, 0x95,
    0x67, 0x3c, 0x80, 0x69, 0x01, 0xb9, 0x26, 0xf6, 0x5f, 0xf4, 0x3b};

typedef stls_result adder(stls_trust *trust, const void *data, size_t len,
                          stls_error *err);

static void touch_anchors(const stls_trust *trust)
{
  stls_certificate_list *list = NULL;
  stls_result result = stls_trust_ca_certificates(trust, &list, NULL);

  fuzz_expect(result == STLS_OK || result == STLS_ERROR_INPUT);
  for (size_t i = 0; i < stls_certificate_list_count(list); i++) {
    size_t len = 0;
    const uint8_t *der =
        stls_certificate_der(stls_certificate_list_at(list, i), &len);
    fuzz_touch(der, len);
  }
  stls_certificate_list_free(list);
}

static void try_trust(adder *add, const uint8_t *data, size_t len)
{
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_trust *trust = NULL;
  stls_result result;

  fuzz_expect(stls_trust_new(NULL, NULL, &trust, NULL) == STLS_OK);
  result = add(trust, data, len, &err);
  fuzz_expect(result == STLS_OK || err.message[0] != '\0');
  fuzz_expect(stls_trust_count(trust, &counts, NULL) == STLS_OK);
  fuzz_expect((result == STLS_OK) == (counts.x509 + counts.crl > 0));
  touch_anchors(trust);
  stls_trust_free(trust);
}

static void try_chain(const uint8_t *data, size_t len)
{
  stls_der_source source = STLS_DER_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_certificate *leaf = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  source.chain = data;
  source.chain_len = len;
  source.key = key;
  source.key_len = sizeof key;
  result = stls_credential_new_der(&source, NULL, NULL, &credential, &err);
  fuzz_expect((result == STLS_OK) == (credential != NULL));
  fuzz_expect(result == STLS_OK || err.message[0] != '\0');
  if (credential != NULL)
    fuzz_expect(stls_credential_certificate(credential, 0, &leaf, NULL) !=
                STLS_ERROR_MISUSE);
  stls_certificate_free(leaf);
  stls_credential_free(credential);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  try_trust(stls_trust_add_der, data, len);
  try_trust(stls_trust_add_crl, data, len);
  try_trust(stls_trust_add_pem, data, len);
  try_chain(data, len);
  return 0;
}
