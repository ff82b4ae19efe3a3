/* SPDX-License-Identifier: MIT */
/* sha256: computes SHA-256 in a library context. */
#include "base/sha256.h"

#include <openssl/evp.h>

bool stls_sha256(OSSL_LIB_CTX *libctx, const char *propq, const void *data,
                 size_t len, unsigned char out[STLS_SHA256_LEN])
{
  return EVP_Q_digest(libctx, "SHA256", propq, data, len, out, NULL) == 1;
}

bool stls_sha256_with(const EVP_MD *sha256, const void *data, size_t len,
                      unsigned char out[STLS_SHA256_LEN])
{
  return EVP_Digest(data, len, out, NULL, sha256, NULL) == 1;
}
