/* SPDX-License-Identifier: MIT */
/* record_algorithms: fetches the AEADs and KDFs of records from OpenSSL. */
#include "records/record_algorithms.h"

#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

void stls_record_algorithms_fetch(struct stls_record_algorithms *algorithms,
                                  OSSL_LIB_CTX *libctx, const char *propq)
{
  static const char *const names[STLS_RECORD_NUM_AEADS] = {
      [STLS_RECORD_AES_128_GCM] = "AES-128-GCM",
      [STLS_RECORD_AES_256_GCM] = "AES-256-GCM",
      [STLS_RECORD_CHACHA20_POLY1305] = "ChaCha20-Poly1305"};

  for (int i = 0; i < STLS_RECORD_NUM_AEADS; i++)
    algorithms->aeads[i] = EVP_CIPHER_fetch(libctx, names[i], propq);
  algorithms->tls_1_3_kdf = EVP_KDF_fetch(libctx, "TLS13-KDF", propq);
  algorithms->tls_1_2_prf = EVP_KDF_fetch(libctx, "TLS1-PRF", propq);
  algorithms->propq = propq;
}

void stls_record_algorithms_clear(struct stls_record_algorithms *algorithms)
{
  for (int i = 0; i < STLS_RECORD_NUM_AEADS; i++)
    EVP_CIPHER_free(algorithms->aeads[i]);
  EVP_KDF_free(algorithms->tls_1_3_kdf);
  EVP_KDF_free(algorithms->tls_1_2_prf);
  memset(algorithms, 0, sizeof *algorithms);
}
