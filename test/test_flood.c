/* SPDX-License-Identifier: MIT */
/* test_flood: a peer that keeps an endpoint busy without saying anything. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "support/check.h"
#include "support/pair.h"

SUITE(flood);

static void many_key_updates(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_limit(context, STLS_LIMIT_KEY_UPDATES, 100000, NULL),
      STLS_OK);
}

static void unbounded(stls_bio *bio)
{
  cr_assert_eq(stls_bio_set_limit(bio, SIZE_MAX, NULL), STLS_OK);
}

/*
 * Records of a TLS 1.3 peer that libssl would never write: sealed by hand with
 * the traffic secret that the key log tells (RFC 8446, 5.2, 5.3 and 7.3).
 */
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

/* Puts one sealed record into the server's incoming. */
static void forge(stls_object *server, unsigned char type, const void *data,
                  size_t len)
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
  cr_assert_eq(stls_bio_write(stls_object_incoming(server), record,
                              5 + len + 1 + 16, &written, NULL),
               STLS_OK);
}

static void forge_key_update(stls_object *server)
{
  forge(server, 22, "\x18\x00\x00\x01\x01", 5);
  update_keys();
}

static void forgeable(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256", NULL),
      STLS_OK);
  SSL_CTX_set_keylog_callback(stls_context_ssl_ctx(context), log_key);
}

/* A server whose client's records are forged from here on. */
static test_pair open_forged(void (*tune_server)(stls_context *))
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .tune_client = forgeable,
                          .tune_server = tune_server};
  test_pair pair = pair_open(&options);
  stls_bio *out = stls_object_outgoing(pair.server);

  unbounded(stls_object_incoming(pair.server));
  unbounded(out);
  cr_assert_eq(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  return pair;
}

static stls_result read_byte(stls_object *object)
{
  char byte;
  size_t got;

  return stls_object_read(object, &byte, 1, &got);
}

Test(flood, of_key_updates_ends_the_connection)
{
  test_pair pair = open_forged(NULL);
  stls_error err = STLS_ERROR_INIT;

  for (int i = 0; i < 2000; i++) forge_key_update(pair.server);
  cr_expect_eq(read_byte(pair.server), STLS_ERROR_TLS);
  cr_expect_leq(stls_bio_pending(stls_object_outgoing(pair.server)),
                (size_t)(33 * 27));
  stls_object_error(pair.server, &err);
  cr_expect(strstr(err.message, "KeyUpdate"), "%s", err.message);
  pair_free(&pair);
}

Test(flood, of_key_updates_up_to_the_limit_is_answered)
{
  test_pair pair = open_forged(NULL);

  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 32; i++) forge_key_update(pair.server);
    cr_expect_eq(read_byte(pair.server), STLS_WANT_READ);
    /* Data is progress, and the count begins anew. */
    forge(pair.server, 23, "x", 1);
    cr_expect_eq(read_byte(pair.server), STLS_OK);
  }
  pair_free(&pair);
}

/* 2,000 in one feed, allowed by a user: answers wait for their turn. */
Test(flood, of_key_updates_never_makes_outgoing_grow)
{
  test_pair pair = open_forged(many_key_updates);
  stls_bio *out = stls_object_outgoing(pair.server);
  size_t answered = 0, waits = 0, done;
  stls_result result;

  for (int i = 0; i < 2000; i++) forge_key_update(pair.server);
  while ((result = read_byte(pair.server)) == STLS_WANT_WRITE) {
    cr_assert_lt(waits++, (size_t)100);
    cr_expect_leq(stls_bio_pending(out), (size_t)(16384 + 100));
    cr_expect_eq(read_byte(pair.server), STLS_WANT_WRITE);
    cr_expect_not(stls_object_wants(pair.server) & STLS_WANTS_PLAINTEXT_OUT);
    answered += stls_bio_pending(out);
    cr_assert_eq(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  }
  cr_expect_eq(result, STLS_WANT_READ, "%s", pair_message(pair.server));
  cr_expect_gt(waits, (size_t)0);
  /* libssl may owe the last answer until there is data to send (RFC 8446,
   * 4.6.3 allows it). */
  cr_assert_eq(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  answered += stls_bio_pending(out);
  cr_expect_eq(answered, (size_t)(2000 * 27 + 23), "%zu", answered);
  pair_free(&pair);
}

/* One byte after each keeps the count at zero: the room in outgoing decides. */
Test(flood, of_key_updates_between_data_is_bounded_too)
{
  test_pair pair = open_forged(NULL);
  stls_bio *out = stls_object_outgoing(pair.server);
  static char in[4000];
  size_t got, total = 0, waits = 0;
  stls_result result;

  for (int i = 0; i < 2000; i++) {
    forge_key_update(pair.server);
    forge(pair.server, 23, "x", 1);
  }
  while ((result = stls_object_read(pair.server, in, sizeof in, &got)) !=
         STLS_WANT_READ) {
    cr_assert_lt(waits++, (size_t)100);
    cr_assert(result == STLS_OK || result == STLS_WANT_WRITE);
    cr_expect_leq(stls_bio_pending(out), (size_t)(16384 + 100));
    total += got;
    cr_assert_eq(stls_bio_consume(out, stls_bio_pending(out), NULL), STLS_OK);
  }
  cr_expect_eq(total, (size_t)2000);
  pair_free(&pair);
}

/* A backlog of the application's own must not stop reads: two peers that both
 * write much would wait for each other. */
Test(flood, is_not_what_a_full_outgoing_is_taken_for)
{
  static unsigned char data[300000];
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    char in[100];
    size_t done;
    pair_move_all(&pair, pair.server, pair.client);
    while (stls_object_write(pair.server, data, sizeof data, &done) == STLS_OK)
      continue;
    cr_assert_eq(stls_object_write(pair.client, "hello", 5, &done), STLS_OK);
    pair_move_all(&pair, pair.client, pair.server);
    cr_expect_eq(stls_object_read(pair.server, in, sizeof in, &done), STLS_OK,
                 "%s", label);
    cr_expect_eq(done, (size_t)5, "%s", label);
    pair_free(&pair);
  }
}

Test(flood, of_empty_records_ends_the_connection)
{
  test_pair pair = open_forged(NULL);
  stls_error err = STLS_ERROR_INIT;

  for (int i = 0; i < 100; i++) forge(pair.server, 23, "", 0);
  cr_expect_eq(read_byte(pair.server), STLS_ERROR_TLS);
  cr_expect_gt(stls_bio_pending(stls_object_incoming(pair.server)),
               (size_t)(60 * 22), "it stops there");
  stls_object_error(pair.server, &err);
  cr_expect_str_neq(err.message, "");
  pair_free(&pair);
}

static void few_empty_records(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_limit(context, STLS_LIMIT_EMPTY_RECORDS, 3, NULL),
      STLS_OK);
}

Test(flood, of_empty_records_has_a_limit_that_can_be_lowered)
{
  test_pair pair = open_forged(few_empty_records);
  stls_error err = STLS_ERROR_INIT;

  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < 3; i++) forge(pair.server, 23, "", 0);
    cr_expect_eq(read_byte(pair.server), STLS_WANT_READ);
    forge(pair.server, 23, "x", 1);
    cr_expect_eq(read_byte(pair.server), STLS_OK);
  }
  for (int i = 0; i < 4; i++) forge(pair.server, 23, "", 0);
  cr_expect_eq(read_byte(pair.server), STLS_ERROR_TLS);
  stls_object_error(pair.server, &err);
  cr_expect(strstr(err.message, "empty records"), "%s", err.message);
  pair_free(&pair);
}

/* A server that asks to renegotiate over and over: refused each time, and not
 * for ever. */
Test(flood, of_renegotiations_ends_the_connection)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  SSL *server = stls_object_ssl(pair.server);
  stls_error err = STLS_ERROR_INIT;
  size_t done;

  SSL_clear_options(server, SSL_OP_NO_RENEGOTIATION);
  for (int i = 0; i < 4; i++) {
    cr_assert_eq(SSL_renegotiate(server), 1);
    cr_assert_eq(stls_object_write(pair.server, "x", 1, &done), STLS_OK, "%s",
                 pair_message(pair.server));
    pair_move_all(&pair, pair.server, pair.client);
    cr_expect_eq(read_byte(pair.client), STLS_OK, "%d: %s", i,
                 pair_message(pair.client));
  }
  cr_assert_eq(SSL_renegotiate(server), 1);
  cr_assert_eq(stls_object_write(pair.server, "x", 1, &done), STLS_OK);
  pair_move_all(&pair, pair.server, pair.client);
  cr_expect_eq(read_byte(pair.client), STLS_ERROR_TLS);
  stls_object_error(pair.client, &err);
  cr_expect(strstr(err.message, "renegotiate"), "%s", err.message);
  pair_free(&pair);
}

Test(flood, by_a_client_that_renegotiates_is_refused)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  SSL *client = stls_object_ssl(pair.client);
  stls_error err = STLS_ERROR_INIT;
  size_t done;

  SSL_clear_options(client, SSL_OP_NO_RENEGOTIATION);
  cr_assert_eq(SSL_renegotiate(client), 1);
  cr_expect_leq(stls_object_write(pair.client, "x", 1, &done), STLS_WANT_READ);
  pair_move_all(&pair, pair.client, pair.server);
  cr_expect_eq(read_byte(pair.server), STLS_WANT_READ, "%s",
               pair_message(pair.server));
  stls_object_error(pair.server, &err);
  pair_move_all(&pair, pair.server, pair.client);
  cr_expect_lt(read_byte(pair.client), 0, "%s", pair_message(pair.client));
  pair_free(&pair);
}

static void short_chains(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_limit(context, STLS_LIMIT_CERTIFICATE_BYTES, 200, NULL),
      STLS_OK);
}

Test(flood, of_certificates_is_refused)
{
  pair_options options = {.tune_client = short_chains};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    cr_expect_eq(pair_handshake(&pair), STLS_ERROR_TLS, "%s", label);
    pair_free(&pair);
  }
}
