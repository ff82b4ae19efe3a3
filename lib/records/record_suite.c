/* SPDX-License-Identifier: MIT */
/* record_suite: the algorithms that protect the records of a cipher suite. */
#include "records/record_suite.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/version.h"
#include "wire/record_header.h"

static bool find_aead(const SSL_CIPHER *cipher,
                      enum stls_record_aead *out_aead);
static bool takes_invocation(enum stls_record_aead aead,
                             const EVP_CIPHER *cipher);

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
  suite.overhead = STLS_RECORD_HEADER_LEN + STLS_RECORD_TAG_LEN;
  if (suite.is_tls_1_3) suite.overhead += 1;
  if (suite.has_explicit_nonce) suite.overhead += 8;
  suite.key_len = suite.aead == STLS_RECORD_AES_128_GCM ? 16 : 32;
  hash = SSL_CIPHER_get_handshake_digest(cipher);
  kdf = suite.is_tls_1_3 ? algorithms->tls_1_3_kdf : algorithms->tls_1_2_prf;
  if (hash == NULL || kdf == NULL || algorithms->aeads[suite.aead] == NULL)
    return false;
  suite.opens_by_invocation =
      takes_invocation(suite.aead, algorithms->aeads[suite.aead]);
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

/* Before 3.2, EVP_DecryptInit_ex2 asks the cipher for the length of a nonce each
 * time, by all its parameters: a third of what a small record costs. */
static bool takes_invocation(enum stls_record_aead aead,
                             const EVP_CIPHER *cipher)
{
  const OSSL_PARAM *params = EVP_CIPHER_settable_ctx_params(cipher);

  return aead != STLS_RECORD_CHACHA20_POLY1305 &&
         !stls_version_openssl_at_least(3, 2) &&
         OSSL_PARAM_locate_const(
             params, OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED) != NULL &&
         OSSL_PARAM_locate_const(
             params, OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV) != NULL;
}
