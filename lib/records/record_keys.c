/* SPDX-License-Identifier: MIT */
/* record_keys: derives the keys of records from a connection's secrets. */
#include "records/record_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "base/mem.h"

#define RANDOM_LEN ((size_t)32)
#define TLS_1_2_IV_LEN ((size_t)4)
#define LABEL "key expansion"
#define LABEL_LEN (sizeof LABEL - 1)

static bool expand_label(EVP_KDF_CTX *kdf,
                         const struct stls_record_suite *suite,
                         const uint8_t *secret, const char *label, uint8_t *out,
                         size_t out_len);
static bool expand_again(EVP_KDF_CTX *kdf, const char *label, uint8_t *out,
                         size_t out_len);
static OSSL_PARAM text(const char *name, const char *value);
static OSSL_PARAM bytes(const char *name, const void *value, size_t len);
static OSSL_PARAM properties(const struct stls_record_suite *suite);

bool stls_record_keys_derive(const struct stls_record_suite *suite,
                             const uint8_t *secret,
                             struct stls_record_key *out_key)
{
  EVP_KDF_CTX *kdf = EVP_KDF_CTX_new(suite->algorithms->tls_1_3_kdf);
  bool is_done =
      kdf != NULL &&
      expand_label(kdf, suite, secret, "key", out_key->key, suite->key_len) &&
      expand_again(kdf, "iv", out_key->iv, STLS_RECORD_IV_LEN);

  EVP_KDF_CTX_free(kdf);
  if (!is_done) stls_mem_wipe(out_key, sizeof *out_key);
  return is_done;
}

bool stls_record_keys_update(const struct stls_record_suite *suite,
                             uint8_t *secret)
{
  EVP_KDF_CTX *kdf = EVP_KDF_CTX_new(suite->algorithms->tls_1_3_kdf);
  uint8_t next[STLS_RECORD_SECRET_MAX];
  bool is_done = kdf != NULL && expand_label(kdf, suite, secret, "traffic upd",
                                             next, suite->hash_len);

  EVP_KDF_CTX_free(kdf);
  if (is_done) memcpy(secret, next, suite->hash_len);
  stls_mem_wipe(next, sizeof next);
  return is_done;
}

bool stls_record_keys_expand(const struct stls_record_suite *suite,
                             const uint8_t *master, size_t master_len,
                             const uint8_t *client_random,
                             const uint8_t *server_random,
                             struct stls_record_key *out_client,
                             struct stls_record_key *out_server)
{
  const size_t iv_len =
      suite->has_explicit_nonce ? TLS_1_2_IV_LEN : STLS_RECORD_IV_LEN;
  uint8_t block[2 * (STLS_RECORD_KEY_MAX + STLS_RECORD_IV_LEN)];
  const uint8_t *ivs = block + 2 * suite->key_len;
  uint8_t seed[LABEL_LEN + 2 * RANDOM_LEN];
  const OSSL_PARAM params[] = {text(OSSL_KDF_PARAM_DIGEST, suite->hash_name),
                               bytes(OSSL_KDF_PARAM_SECRET, master, master_len),
                               bytes(OSSL_KDF_PARAM_SEED, seed, sizeof seed),
                               properties(suite), OSSL_PARAM_construct_end()};
  EVP_KDF_CTX *kdf = EVP_KDF_CTX_new(suite->algorithms->tls_1_2_prf);
  bool is_done;

  memcpy(seed, LABEL, LABEL_LEN);
  memcpy(seed + LABEL_LEN, server_random, RANDOM_LEN);
  memcpy(seed + LABEL_LEN + RANDOM_LEN, client_random, RANDOM_LEN);
  is_done =
      kdf != NULL &&
      EVP_KDF_derive(kdf, block, 2 * (suite->key_len + iv_len), params) == 1;
  EVP_KDF_CTX_free(kdf);
  if (is_done) {
    memcpy(out_client->key, block, suite->key_len);
    memcpy(out_server->key, block + suite->key_len, suite->key_len);
    memcpy(out_client->iv, ivs, iv_len);
    memcpy(out_server->iv, ivs + iv_len, iv_len);
  }
  stls_mem_wipe(block, sizeof block);
  return is_done;
}

/* HKDF-Expand-Label with an empty context (RFC 8446, 7.1). */
static bool expand_label(EVP_KDF_CTX *kdf,
                         const struct stls_record_suite *suite,
                         const uint8_t *secret, const char *label, uint8_t *out,
                         size_t out_len)
{
  const OSSL_PARAM params[] = {
      text(OSSL_KDF_PARAM_MODE, "EXPAND_ONLY"),
      text(OSSL_KDF_PARAM_DIGEST, suite->hash_name),
      bytes(OSSL_KDF_PARAM_KEY, secret, suite->hash_len),
      bytes(OSSL_KDF_PARAM_PREFIX, "tls13 ", strlen("tls13 ")),
      bytes(OSSL_KDF_PARAM_LABEL, label, strlen(label)),
      properties(suite),
      OSSL_PARAM_construct_end()};

  return EVP_KDF_derive(kdf, out, out_len, params) == 1;
}

/* The same with all but the label as before: a digest that is named is looked up
 * each time. */
static bool expand_again(EVP_KDF_CTX *kdf, const char *label, uint8_t *out,
                         size_t out_len)
{
  const OSSL_PARAM params[] = {
      bytes(OSSL_KDF_PARAM_LABEL, label, strlen(label)),
      OSSL_PARAM_construct_end()};

  return EVP_KDF_derive(kdf, out, out_len, params) == 1;
}

/* OpenSSL only reads parameters that are passed to it, so dropping the const is
 * safe. */
static OSSL_PARAM text(const char *name, const char *value)
{
  return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)value, 0);
}

static OSSL_PARAM bytes(const char *name, const void *value, size_t len)
{
  return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)value, len);
}

/* Where the digest is fetched from; an end of the list for none. */
static OSSL_PARAM properties(const struct stls_record_suite *suite)
{
  const char *propq = suite->algorithms->propq;

  return propq == NULL ? OSSL_PARAM_construct_end()
                       : text(OSSL_KDF_PARAM_PROPERTIES, propq);
}
