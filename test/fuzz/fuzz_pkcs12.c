/* SPDX-License-Identifier: MIT */
/* fuzz_pkcs12: target: credentials in PKCS #12. */
#include <sanstls/sanstls.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  stls_passphrase passphrase = STLS_PASSPHRASE_INIT;
  stls_credential *credential = NULL;
  stls_certificate *leaf = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  passphrase.data = "secret";
  passphrase.len = strlen("secret");
  result = stls_credential_new_pkcs12(data, len, &passphrase, NULL, NULL,
                                      &credential, &err);
  fuzz_expect((result == STLS_OK) == (credential != NULL));
  fuzz_expect(result == STLS_OK || err.message[0] != '\0');
  if (credential != NULL) {
    fuzz_expect(stls_credential_certificate(credential, 0, &leaf, NULL) ==
                STLS_OK);
    fuzz_expect(leaf != NULL);
  }
  stls_certificate_free(leaf);
  stls_credential_free(credential);
  return 0;
}
