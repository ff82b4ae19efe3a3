/* SPDX-License-Identifier: MIT */
/* fuzz_pem: target: PEM certificates and sets of anchors. */
#include <sanstls/sanstls.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void try_decode(const uint8_t *data, size_t len)
{
  size_t der_len = 0, pem_len = 0, again_len = 0;
  uint8_t *der, *again;
  char *pem;

  if (stls_pem_decode_certificate(data, len, NULL, 0, &der_len, NULL) !=
      STLS_OK) {
    fuzz_expect(der_len == 0);
    return;
  }
  fuzz_expect(der_len > 0);
  der = malloc(der_len);
  fuzz_expect(stls_pem_decode_certificate(data, len, der, der_len, &der_len,
                                          NULL) == STLS_OK);
  fuzz_expect(stls_pem_encode_certificate(der, der_len, NULL, 0, &pem_len,
                                          NULL) == STLS_OK);
  pem = malloc(pem_len + 1);
  again = malloc(der_len);
  fuzz_expect(stls_pem_encode_certificate(der, der_len, pem, pem_len + 1,
                                          &pem_len, NULL) == STLS_OK);
  fuzz_expect(stls_pem_decode_certificate(pem, pem_len, again, der_len,
                                          &again_len, NULL) == STLS_OK);
  fuzz_expect(again_len == der_len && memcmp(again, der, der_len) == 0);
  free(again);
  free(pem);
  free(der);
}

static void try_trust(const uint8_t *data, size_t len)
{
  stls_trust_counts before = STLS_TRUST_COUNTS_INIT;
  stls_trust_counts after = STLS_TRUST_COUNTS_INIT;
  stls_trust *trust = NULL;
  stls_result result;

  fuzz_expect(stls_trust_new(NULL, NULL, &trust, NULL) == STLS_OK);
  fuzz_expect(stls_trust_count(trust, &before, NULL) == STLS_OK);
  result = stls_trust_add_pem(trust, data, len, NULL);
  fuzz_expect(stls_trust_count(trust, &after, NULL) == STLS_OK);
  fuzz_expect((result == STLS_OK) ==
              (after.x509 + after.crl > before.x509 + before.crl));
  stls_trust_free(trust);
}

static void try_credential(const uint8_t *data, size_t len)
{
  stls_passphrase passphrase = STLS_PASSPHRASE_INIT;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;

  passphrase.data = "secret";
  passphrase.len = strlen("secret");
  source.chain = data;
  source.chain_len = len;
  source.passphrase = &passphrase;
  fuzz_expect(
      (stls_credential_new_pem(&source, NULL, NULL, &credential, NULL) ==
       STLS_OK) == (credential != NULL));
  stls_credential_free(credential);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  try_decode(data, len);
  try_trust(data, len);
  try_credential(data, len);
  return 0;
}
