/* SPDX-License-Identifier: MIT */
/* record_suite: the algorithms that protect the records of a cipher suite. */
#include "records/record_suite.h"

#include <openssl/evp.h>

static bool find_aead(const SSL_CIPHER *cipher,
                      enum stls_record_aead *out_aead);

bool stls_record_suite_find(struct stls_record_suite *out_suite,
                            const struct stls_record_algorithms *algorithms,
                            const SSL_CIPHER *cipher, int version)
{
  struct stls_record_suite suite = {.algorithms = algorithms};
  const EVP_MD *hash;
  const EVP_KDF *kdf;

  if (cipher == NULL || !find_aead(cipher, &suite.aead)) return false;
  if (version != TLS1_2_VERSION && version != TLS1_3_VERSION) return false;
  suite.is_tls_1_3 = version == TLS1_3_VERSION;
  suite.has_explicit_nonce =
      !suite.is_tls_1_3 && suite.aead != STLS_RECORD_CHACHA20_POLY1305;
  suite.key_len = suite.aead == STLS_RECORD_AES_128_GCM ? 16 : 32;
  hash = SSL_CIPHER_get_handshake_digest(cipher);
  kdf = suite.is_tls_1_3 ? algorithms->tls_1_3_kdf : algorithms->tls_1_2_prf;
  if (hash == NULL || kdf == NULL || algorithms->aeads[suite.aead] == NULL)
    return false;
  suite.hash_len = (size_t)EVP_MD_get_size(hash);
  suite.hash_name = EVP_MD_get0_name(hash);
  if (suite.hash_len > STLS_RECORD_SECRET_MAX) return false;
  *out_suite = suite;
  return true;
}

static bool find_aead(const SSL_CIPHER *cipher, enum stls_record_aead *out_aead)
{
  switch (SSL_CIPHER_get_cipher_nid(cipher)) {
    case NID_aes_128_gcm:
      *out_aead = STLS_RECORD_AES_128_GCM;
      return true;
    case NID_aes_256_gcm:
      *out_aead = STLS_RECORD_AES_256_GCM;
      return true;
    case NID_chacha20_poly1305:
      *out_aead = STLS_RECORD_CHACHA20_POLY1305;
      return true;
    default:
      return false;
  }
}
