/* SPDX-License-Identifier: MIT */
/* aead: encrypts records by libcrypto alone: the lower bound of every stack. */
#include "aead.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum {
  RECORD_MAX = 16384,
  TAG_LEN = 16,
  NONCE_LEN = 12
};

struct aead {
  EVP_CIPHER_CTX *sealer;
  EVP_CIPHER_CTX *opener;
  int aad_len;
  /* TLS 1.3 encrypts the content type behind the content. */
  size_t extra;
  /* The last record that was sealed, by its plaintext's length. */
  struct sealed {
    uint8_t bytes[RECORD_MAX + 1];
    uint8_t tag[TAG_LEN];
  } whole, rest;
};

static const uint8_t key[32], nonce[NONCE_LEN], aad[13];
static uint8_t scratch[RECORD_MAX + 1];

static void seal_record(struct aead *aead, const uint8_t *data, size_t len,
                        struct sealed *out);
static void open_record(struct aead *aead, struct sealed *in, size_t len);

struct aead *aead_open(const struct pair_config *config)
{
  static const EVP_CIPHER *(*const ciphers[])(void) = {
      EVP_aes_128_gcm, EVP_aes_256_gcm, EVP_chacha20_poly1305};
  const EVP_CIPHER *cipher = ciphers[config->cipher]();
  struct aead *aead = calloc(1, sizeof *aead);

  bench_need(aead != NULL, "memory");
  aead->extra = config->version == TLS1_3_VERSION ? 1 : 0;
  aead->aad_len = config->version == TLS1_3_VERSION ? 5 : 13;
  aead->sealer = EVP_CIPHER_CTX_new();
  aead->opener = EVP_CIPHER_CTX_new();
  bench_need(
      EVP_EncryptInit_ex(aead->sealer, cipher, NULL, key, nonce) == 1 &&
          EVP_DecryptInit_ex(aead->opener, cipher, NULL, key, nonce) == 1,
      "EVP_EncryptInit_ex");
  return aead;
}

void aead_close(struct aead *aead)
{
  EVP_CIPHER_CTX_free(aead->sealer);
  EVP_CIPHER_CTX_free(aead->opener);
  free(aead);
}

void aead_seal(struct aead *aead, const uint8_t *data, size_t len)
{
  for (; len >= RECORD_MAX; len -= RECORD_MAX, data += RECORD_MAX)
    seal_record(aead, data, RECORD_MAX, &aead->whole);
  if (len > 0) seal_record(aead, data, len, &aead->rest);
}

void aead_unseal(struct aead *aead, size_t len)
{
  for (; len >= RECORD_MAX; len -= RECORD_MAX)
    open_record(aead, &aead->whole, RECORD_MAX);
  if (len > 0) open_record(aead, &aead->rest, len);
}

static void seal_record(struct aead *aead, const uint8_t *data, size_t len,
                        struct sealed *out)
{
  int part = 0;

  bench_need(EVP_EncryptInit_ex(aead->sealer, NULL, NULL, NULL, nonce) == 1 &&
                 EVP_EncryptUpdate(aead->sealer, NULL, &part, aad,
                                   aead->aad_len) == 1 &&
                 EVP_EncryptUpdate(aead->sealer, out->bytes, &part, data,
                                   (int)len) == 1 &&
                 (aead->extra == 0 ||
                  EVP_EncryptUpdate(aead->sealer, out->bytes + len, &part,
                                    (const uint8_t *)"\x17", 1) == 1) &&
                 EVP_EncryptFinal_ex(aead->sealer, out->bytes, &part) == 1 &&
                 EVP_CIPHER_CTX_ctrl(aead->sealer, EVP_CTRL_AEAD_GET_TAG,
                                     TAG_LEN, out->tag) == 1,
             "seal");
}

static void open_record(struct aead *aead, struct sealed *in, size_t len)
{
  int part = 0;

  bench_need(EVP_DecryptInit_ex(aead->opener, NULL, NULL, NULL, nonce) == 1 &&
                 EVP_DecryptUpdate(aead->opener, NULL, &part, aad,
                                   aead->aad_len) == 1 &&
                 EVP_DecryptUpdate(aead->opener, scratch, &part, in->bytes,
                                   (int)(len + aead->extra)) == 1 &&
                 EVP_CIPHER_CTX_ctrl(aead->opener, EVP_CTRL_AEAD_SET_TAG,
                                     TAG_LEN, in->tag) == 1 &&
                 EVP_DecryptFinal_ex(aead->opener, scratch, &part) == 1,
             "open");
}
