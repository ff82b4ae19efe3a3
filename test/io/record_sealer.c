/* SPDX-License-Identifier: MIT */
/* record_sealer: seals the records of a peer that may write anything. */
#include "record_sealer.h"

#include <openssl/evp.h>
#include <string.h>

static size_t put_number(uint8_t *out, uint64_t number, int len);
static size_t put_header(const struct record_sealer_form *form, size_t body_len,
                         uint8_t *out);
static void encrypt(const struct wire_keys *keys, const uint8_t *nonce,
                    const uint8_t *aad, size_t aad_len, uint8_t *text,
                    size_t len);

void record_sealer_open(struct record_sealer *sealer, stls_object *side,
                        uint64_t seq)
{
  wire_keys_open(&sealer->keys, side);
  sealer->keys.seq = seq;
}

void record_sealer_close(struct record_sealer *sealer)
{
  wire_keys_close(&sealer->keys);
}

/* RFC 8446, 5.2 and 5.3; RFC 5288, 3; RFC 7905, 2. */
size_t record_sealer_seal(struct record_sealer *sealer,
                          const struct record_sealer_form *form, uint8_t *out)
{
  struct wire_keys *keys = &sealer->keys;
  const bool is_new = keys->suite.is_tls_1_3;
  const size_t explicit_len = keys->suite.has_explicit_nonce ? 8 : 0;
  size_t len = form->len, at;
  uint8_t nonce[12], aad[13], *text;

  at = put_header(form, 0, out) + explicit_len;
  text = out + at;
  if (form->len > 0) memcpy(text, form->content, form->len);
  if (is_new && !form->has_no_type) text[len++] = form->type;
  memset(text + len, 0, form->padding_len);
  len += form->padding_len;
  put_header(form, explicit_len + len + 16, out);
  memcpy(nonce, keys->key.iv, 12);
  if (explicit_len > 0) {
    put_number(out + 5, keys->seq + 1000, 8);
    memcpy(nonce + 4, out + 5, 8);
  } else {
    for (int i = 0; i < 8; i++) nonce[11 - i] ^= (uint8_t)(keys->seq >> 8 * i);
  }
  put_number(aad, keys->seq, 8);
  memcpy(aad + 8, out, 3);
  put_number(aad + 11, len, 2);
  encrypt(keys, nonce, is_new ? out : aad, is_new ? 5 : 13, text, len);
  if (form->has_wrong_tag) text[len] ^= 0x80;
  keys->seq++;
  return at + len + 16;
}

void record_sealer_update(struct record_sealer *sealer)
{
  wire_keys_update(&sealer->keys);
}

static size_t put_number(uint8_t *out, uint64_t number, int len)
{
  for (int i = 0; i < len; i++) out[i] = (uint8_t)(number >> 8 * (len - 1 - i));
  return (size_t)len;
}

static size_t put_header(const struct record_sealer_form *form, size_t body_len,
                         uint8_t *out)
{
  out[0] = form->header_type;
  put_number(out + 1, form->version, 2);
  put_number(out + 3, body_len, 2);
  return 5;
}

static void encrypt(const struct wire_keys *keys, const uint8_t *nonce,
                    const uint8_t *aad, size_t aad_len, uint8_t *text,
                    size_t len)
{
  EVP_CIPHER_CTX *evp = EVP_CIPHER_CTX_new();
  int done;

  wire_keys_must(evp != NULL);
  wire_keys_must(
      EVP_EncryptInit_ex(evp, keys->algorithms.aeads[keys->suite.aead], NULL,
                         keys->key.key, nonce) == 1 &&
      EVP_EncryptUpdate(evp, NULL, &done, aad, (int)aad_len) == 1 &&
      (len == 0 || EVP_EncryptUpdate(evp, text, &done, text, (int)len) == 1) &&
      EVP_EncryptFinal_ex(evp, text + len, &done) == 1 &&
      EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_GET_TAG, 16, text + len) == 1);
  EVP_CIPHER_CTX_free(evp);
}

struct record_sealer_form record_sealer_form_of(bool is_tls_1_3, uint8_t type,
                                                const void *content, size_t len)
{
  return (struct record_sealer_form){
      .type = type,
      .header_type = is_tls_1_3 ? SSL3_RT_APPLICATION_DATA : type,
      .version = 0x0303,
      .content = content,
      .len = len};
}
