/* SPDX-License-Identifier: MIT */
/* record_engine: a record layer of its own, from exported keys. */
#include "record_engine.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "support/check.h"

enum {
  HEADER_LEN = 5,
  TAG_LEN = 16,
  EXPLICIT_LEN = 8
};

static const EVP_CIPHER *cipher_of(const stls_record_state *state)
{
  switch (state->aead) {
    case STLS_AEAD_AES_128_GCM:
      return EVP_aes_128_gcm();
    case STLS_AEAD_AES_256_GCM:
      return EVP_aes_256_gcm();
    default:
      return EVP_chacha20_poly1305();
  }
}

static bool is_new(const stls_record_state *state)
{
  return state->version == STLS_TLS_1_3;
}

static bool has_explicit(const stls_record_state *state)
{
  return !is_new(state) && state->aead != STLS_AEAD_CHACHA20_POLY1305;
}

static void put(uint8_t *out, uint64_t number, int len)
{
  for (int i = 0; i < len; i++) out[i] = (uint8_t)(number >> 8 * (len - 1 - i));
}

/* RFC 8446, 5.3; RFC 7905, 2; RFC 5288, 3. */
static void make_nonce(const stls_record_state *state, const uint8_t *explicit,
                       uint8_t *out)
{
  uint8_t seq[8];

  memcpy(out, state->iv, 12);
  if (has_explicit(state)) {
    memcpy(out + 4, explicit, EXPLICIT_LEN);
    return;
  }
  put(seq, state->seq, 8);
  for (int i = 0; i < 8; i++) out[4 + i] ^= seq[i];
}

/* RFC 8446, 5.2; RFC 5246, 6.2.3.3. */
static int make_aad(const stls_record_state *state, const uint8_t *header,
                    size_t text_len, uint8_t *out)
{
  if (is_new(state)) {
    memcpy(out, header, HEADER_LEN);
    return HEADER_LEN;
  }
  put(out, state->seq, 8);
  memcpy(out + 8, header, 3);
  put(out + 11, text_len, 2);
  return 13;
}

static EVP_CIPHER_CTX *begin(const stls_record_state *state,
                             const uint8_t *nonce, int seals)
{
  EVP_CIPHER_CTX *evp = EVP_CIPHER_CTX_new();

  cr_assert_not_null(evp);
  cr_assert_eq(
      EVP_CipherInit_ex(evp, cipher_of(state), NULL, state->key, nonce, seals),
      1);
  cr_assert_eq((size_t)EVP_CIPHER_CTX_get_key_length(evp), state->key_len);
  return evp;
}

static void count(stls_record_state *state)
{
  state->seq++;
  if (!has_explicit(state)) return;
  for (int i = 11; i >= 4 && ++state->iv[i] == 0; i--) continue;
}

size_t record_engine_seal(stls_record_state *state, int type, const void *data,
                          size_t len, size_t padding, uint8_t *out)
{
  const size_t explicit_len = has_explicit(state) ? EXPLICIT_LEN : 0;
  uint8_t *text = out + HEADER_LEN + explicit_len;
  uint8_t nonce[12], aad[13];
  size_t text_len = len;
  EVP_CIPHER_CTX *evp;
  int done, aad_len;

  cr_assert_leq(len + padding, RECORD_ENGINE_MAX - 64);
  if (len > 0) memcpy(text, data, len);
  if (is_new(state)) {
    text[text_len++] = (uint8_t)type;
    memset(text + text_len, 0, padding);
    text_len += padding;
  }
  out[0] = is_new(state) ? 23 : (uint8_t)type;
  put(out + 1, 0x0303, 2);
  put(out + 3, explicit_len + text_len + TAG_LEN, 2);
  if (explicit_len > 0) memcpy(out + HEADER_LEN, state->iv + 4, explicit_len);
  make_nonce(state, out + HEADER_LEN, nonce);
  aad_len = make_aad(state, out, text_len, aad);
  evp = begin(state, nonce, 1);
  cr_assert_eq(EVP_EncryptUpdate(evp, NULL, &done, aad, aad_len), 1);
  if (text_len > 0)
    cr_assert_eq(EVP_EncryptUpdate(evp, text, &done, text, (int)text_len), 1);
  cr_assert_eq(EVP_EncryptFinal_ex(evp, text + text_len, &done), 1);
  cr_assert_eq(
      EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, text + text_len),
      1);
  EVP_CIPHER_CTX_free(evp);
  count(state);
  return HEADER_LEN + explicit_len + text_len + TAG_LEN;
}

bool record_engine_open(stls_record_state *state, const uint8_t *record,
                        size_t record_len, uint8_t *out, size_t *out_len,
                        int *out_type)
{
  const size_t before = HEADER_LEN + (has_explicit(state) ? EXPLICIT_LEN : 0);
  uint8_t nonce[12], aad[13], tag[TAG_LEN];
  EVP_CIPHER_CTX *evp;
  size_t len;
  int done, aad_len;
  bool is_right;

  if (record_len < before + TAG_LEN) return false;
  len = record_len - before - TAG_LEN;
  memcpy(tag, record + before + len, TAG_LEN);
  make_nonce(state, record + HEADER_LEN, nonce);
  aad_len = make_aad(state, record, len, aad);
  evp = begin(state, nonce, 0);
  EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag);
  cr_assert_eq(EVP_DecryptUpdate(evp, NULL, &done, aad, aad_len), 1);
  if (len > 0) EVP_DecryptUpdate(evp, out, &done, record + before, (int)len);
  is_right = EVP_DecryptFinal_ex(evp, out + len, &done) == 1;
  EVP_CIPHER_CTX_free(evp);
  if (!is_right) return false;
  *out_type = record[0];
  if (is_new(state)) {
    while (len > 0 && out[len - 1] == 0) len--;
    *out_type = len > 0 ? out[--len] : 0;
  }
  *out_len = len;
  count(state);
  return true;
}

static void expand(const stls_record_state *state, const char *label,
                   uint8_t *out, size_t len)
{
  const char *hash = state->secret_len == 48 ? "SHA384" : "SHA256";
  uint8_t secret[STLS_RECORD_STATE_SECRET_MAX], info[64];
  const size_t label_len = 6 + strlen(label);
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  OSSL_PARAM params[5];

  memcpy(secret, state->secret, sizeof secret);
  put(info, len, 2);
  info[2] = (uint8_t)label_len;
  memcpy(info + 3, "tls13 ", 6);
  memcpy(info + 9, label, label_len - 6);
  info[3 + label_len] = 0;
  params[0] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                               (char *)(uintptr_t)hash, 0);
  params[1] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret,
                                                state->secret_len);
  params[2] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info,
                                                4 + label_len);
  params[3] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
  params[4] = OSSL_PARAM_construct_end();
  cr_assert_eq(EVP_KDF_derive(ctx, out, len, params), 1);
  EVP_KDF_CTX_free(ctx);
  EVP_KDF_free(kdf);
}

void record_engine_update(stls_record_state *state)
{
  uint8_t next[STLS_RECORD_STATE_SECRET_MAX];

  cr_assert(is_new(state));
  expand(state, "traffic upd", next, state->secret_len);
  memcpy(state->secret, next, state->secret_len);
  expand(state, "key", state->key, state->key_len);
  expand(state, "iv", state->iv, sizeof state->iv);
  state->seq = 0;
}
