/* SPDX-License-Identifier: MIT */
/* record_forger: records of a TLS 1.3 peer that libssl would never write. */
#include "record_forger.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/ciphers.h>

#include "expect.h"

/* What the key log told (RFC 8446, 5.2, 5.3 and 7.3). */
struct forger {
  unsigned char secret[EVP_MAX_MD_SIZE];
  size_t secret_len;
  unsigned char key[16];
  unsigned char iv[12];
  uint64_t sequence;
};

static struct forger forger;

static void expand(const char *label, unsigned char *out, size_t out_len)
{
  EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
  EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                       (char[]){"SHA256"}, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, forger.secret,
                                        forger.secret_len),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PREFIX,
                                        (char[]){"tls13 "}, 6),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_LABEL, (void *)label,
                                        strlen(label)),
      OSSL_PARAM_construct_end()};

  cr_assert_eq(EVP_KDF_derive(ctx, out, out_len, params), 1);
  EVP_KDF_CTX_free(ctx);
  EVP_KDF_free(kdf);
}

static void take_keys(void)
{
  expand("key", forger.key, sizeof forger.key);
  expand("iv", forger.iv, sizeof forger.iv);
  forger.sequence = 0;
}

static void unbounded(stls_bio *bio)
{
  ASSERT_RETURNS(stls_bio_set_limit(bio, SIZE_MAX, NULL), STLS_OK);
}

/* The secret that follows, after a KeyUpdate (RFC 8446, 7.2). */
static void update_keys(void)
{
  unsigned char next[EVP_MAX_MD_SIZE];

  expand("traffic upd", next, forger.secret_len);
  memcpy(forger.secret, next, forger.secret_len);
  take_keys();
}

static void log_key(const SSL *ssl, const char *line)
{
  char hex[2 * EVP_MAX_MD_SIZE + 1];

  (void)ssl;
  if (sscanf(line, "CLIENT_TRAFFIC_SECRET_0 %*64s %128s", hex) != 1) return;
  forger.secret_len = strlen(hex) / 2;
  for (size_t i = 0; i < forger.secret_len; i++) {
    unsigned byte;
    sscanf(hex + 2 * i, "%2x", &byte);
    forger.secret[i] = (unsigned char)byte;
  }
  take_keys();
}

void record_forger_send(stls_object *server, unsigned char type,
                        const void *data, size_t len)
{
  unsigned char record[300] = {23, 3, 3}, nonce[12], inner[200];
  EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
  size_t written;
  int done;

  memcpy(inner, data, len);
  inner[len] = type;
  record[4] = (unsigned char)(len + 1 + 16);
  memcpy(nonce, forger.iv, sizeof nonce);
  for (size_t i = 0; i < 8; i++)
    nonce[11 - i] ^= (unsigned char)(forger.sequence >> (8 * i));
  EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, forger.key, nonce);
  EVP_EncryptUpdate(ctx, NULL, &done, record, 5);
  EVP_EncryptUpdate(ctx, record + 5, &done, inner, (int)len + 1);
  EVP_EncryptFinal_ex(ctx, record + 5 + done, &done);
  EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, record + 5 + len + 1);
  EVP_CIPHER_CTX_free(ctx);
  forger.sequence++;
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(server), record,
                                5 + len + 1 + 16, &written, NULL),
                 STLS_OK);
}

void record_forger_next_keys(void)
{
  update_keys();
}

void record_forger_send_key_update(stls_object *server)
{
  record_forger_send(server, 22, "\x18\x00\x00\x01\x01", 5);
  update_keys();
}

static void forgeable(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256", NULL),
      STLS_OK);
  SSL_CTX_set_keylog_callback(stls_context_ssl_ctx(context), log_key);
}

test_pair record_forger_open(void (*tune_server)(stls_context *))
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .tune_client = forgeable,
                          .tune_server = tune_server};
  test_pair pair = pair_open(&options);
  stls_bio *out = stls_object_outgoing(pair.server);

  unbounded(stls_object_incoming(pair.server));
  unbounded(out);
  ASSERT_RETURNS(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  return pair;
}
