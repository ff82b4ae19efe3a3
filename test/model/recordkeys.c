/* SPDX-License-Identifier: MIT */
/* recordkeys: opens and seals the records of one direction of TLS 1.3. */
#include "recordkeys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stdlib.h>
#include <string.h>

enum {
  HEADER_LEN = 5,
  TAG_LEN = 16
};

static void expand(const uint8_t *secret, const char *label, uint8_t *out,
                   size_t out_len);
static void make_nonce(const struct recordkeys *keys, uint64_t number,
                       uint8_t *nonce);

void recordkeys_set(struct recordkeys *keys, const uint8_t *secret)
{
  memmove(keys->secret, secret, sizeof keys->secret);
  expand(keys->secret, "key", keys->key, sizeof keys->key);
  expand(keys->secret, "iv", keys->iv, sizeof keys->iv);
  keys->opened = keys->sealed = 0;
}

void recordkeys_update(struct recordkeys *keys)
{
  uint8_t next[RECORDKEYS_SECRET_LEN];

  expand(keys->secret, "traffic upd", next, sizeof next);
  recordkeys_set(keys, next);
}

bool recordkeys_open(struct recordkeys *keys, const uint8_t *record, size_t len,
                     uint8_t *out, size_t *out_len, uint8_t *out_type)
{
  EVP_CIPHER_CTX *ctx;
  uint8_t nonce[12], tag[TAG_LEN];
  int body = (int)len - HEADER_LEN - TAG_LEN, done = 0, rest = 0;
  bool is_right;

  if (body <= 0) return false;
  ctx = EVP_CIPHER_CTX_new();
  make_nonce(keys, keys->opened++, nonce);
  memcpy(tag, record + len - TAG_LEN, sizeof tag);
  is_right =
      EVP_DecryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, keys->key, nonce) == 1 &&
      EVP_DecryptUpdate(ctx, NULL, &done, record, HEADER_LEN) == 1 &&
      EVP_DecryptUpdate(ctx, out, &done, record + HEADER_LEN, body) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) == 1 &&
      EVP_DecryptFinal_ex(ctx, out + done, &rest) == 1;
  EVP_CIPHER_CTX_free(ctx);
  if (!is_right) return false;
  while (body > 0 && out[body - 1] == 0) body--;
  if (body == 0) return false;
  *out_type = out[body - 1];
  *out_len = (size_t)body - 1;
  return true;
}

size_t recordkeys_seal(struct recordkeys *keys, uint8_t type,
                       const uint8_t *data, size_t len, size_t padding,
                       uint8_t *out)
{
  uint8_t inner[RECORDKEYS_MAX_RECORD] = {0}, nonce[12];
  size_t inner_len, body;
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
  int done = 0, rest = 0;

  if (padding > 16384 - len) padding = 16384 - len;
  inner_len = len + 1 + padding;
  body = inner_len + TAG_LEN;
  memcpy(inner, data, len);
  inner[len] = type;
  memcpy(out, (const uint8_t[]){23, 3, 3}, 3);
  out[3] = (uint8_t)(body >> 8);
  out[4] = (uint8_t)body;
  make_nonce(keys, keys->sealed++, nonce);
  if (EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, keys->key, nonce) != 1 ||
      EVP_EncryptUpdate(ctx, NULL, &done, out, HEADER_LEN) != 1 ||
      EVP_EncryptUpdate(ctx, out + HEADER_LEN, &done, inner, (int)inner_len) !=
          1 ||
      EVP_EncryptFinal_ex(ctx, out + HEADER_LEN + done, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
                          out + HEADER_LEN + inner_len) != 1)
    abort();
  EVP_CIPHER_CTX_free(ctx);
  return HEADER_LEN + body;
}

/* HKDF-Expand-Label with an empty context (RFC 8446, 7.1). */
static void expand(const uint8_t *secret, const char *label, uint8_t *out,
                   size_t out_len)
{
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
  EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                       (char[]){"SHA256"}, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret,
                                        RECORDKEYS_SECRET_LEN),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PREFIX,
                                        (char[]){"tls13 "}, 6),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_LABEL, (void *)label,
                                        strlen(label)),
      OSSL_PARAM_construct_end()};

  if (EVP_KDF_derive(ctx, out, out_len, params) != 1) abort();
  EVP_KDF_CTX_free(ctx);
  EVP_KDF_free(kdf);
}

static void make_nonce(const struct recordkeys *keys, uint64_t number,
                       uint8_t *nonce)
{
  memcpy(nonce, keys->iv, sizeof keys->iv);
  for (size_t i = 0; i < 8; i++) nonce[11 - i] ^= (uint8_t)(number >> (8 * i));
}
