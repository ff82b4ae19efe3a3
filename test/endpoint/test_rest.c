/* SPDX-License-Identifier: MIT */
/* test_rest: what an established connection does not hold. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(rest);

static void keep_buffers(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL),
                STLS_OK, "keep");
}

static void trim_both(const test_pair *pair)
{
  stls_object_trim(pair->client);
  stls_object_trim(pair->server);
}

static bool has_key(const stls_object *object, bool is_peer)
{
  SSL *ssl = stls_object_ssl(object);
  unsigned char *encoded = NULL;
  EVP_PKEY *key = NULL;
  size_t len;

  if ((is_peer ? SSL_get_peer_tmp_key(ssl, &key)
               : SSL_get_tmp_key(ssl, &key)) != 1)
    return false;
  /* An empty key can be asked, too. */
  (void)EVP_PKEY_get_bits(key);
  (void)EVP_PKEY_get_size(key);
  len = EVP_PKEY_get1_encoded_public_key(key, &encoded);
  OPENSSL_free(encoded);
  EVP_PKEY_free(key);
  ERR_clear_error();
  return len > 0;
}

/* RFC 8446, 4.6: nothing that follows the handshake exchanges keys. Without this,
 * libssl 3.5 holds 14 KB of ML-KEM-768 for each idle pair. */
static void goes_on_without_key_exchange(test_pair *pair)
{
  unsigned char ours[32], theirs[32];

  for (int is_peer = 0; is_peer < 2; is_peer++) {
    cr_expect_not(has_key(pair->client, is_peer));
    cr_expect_not(has_key(pair->server, is_peer));
  }
  cr_expect_neq(SSL_get_negotiated_group(stls_object_ssl(pair->client)), 0);
  ASSERT_RETURNS(stls_object_key_update(pair->client, true), STLS_OK);
  pair_transfer(pair, pair->client, pair->server, 1000);
  pair_transfer(pair, pair->server, pair->client, 1000);
  trim_both(pair);
  ASSERT_RETURNS(stls_object_export_key(pair->client, "EXPERIMENTAL", 12, NULL,
                                        0, ours, 32, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_object_export_key(pair->server, "EXPERIMENTAL", 12, NULL,
                                        0, theirs, 32, NULL),
                 STLS_OK);
  cr_expect_arr_eq(ours, theirs, 32);
  ASSERT_RETURNS(stls_object_close_write(pair->client), STLS_OK);
}

/* The end of the handshake does it, or, where buffers are kept, the trim. */
Test(rest, forgets_the_key_exchange)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);

  pair_settle(&pair);
  goes_on_without_key_exchange(&pair);
  pair_free(&pair);
  options.tune_client = options.tune_server = keep_buffers;
  pair = pair_open(&options);
  pair_settle(&pair);
  cr_expect(has_key(pair.client, false));
  cr_expect(has_key(pair.server, true));
  trim_both(&pair);
  goes_on_without_key_exchange(&pair);
  pair_free(&pair);
}

/* In TLS 1.2 they stay, as SSL_get_peer_tmp_key finds them without a trim. */
Test(rest, keeps_the_key_exchange_of_tls_1_2)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);

  trim_both(&pair);
  cr_expect(has_key(pair.client, true));
  pair_free(&pair);
}

static void use_direct_records(stls_context *context)
{
  if (pair_can_be_direct())
    ASSERT_RESULT(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                  STLS_OK, "direct");
}

static void keep_and_use_direct_records(stls_context *context)
{
  keep_buffers(context);
  use_direct_records(context);
}

static bool has_bios(const stls_object *object)
{
  SSL *ssl = stls_object_ssl(object);

  return SSL_get_rbio(ssl) != NULL || SSL_get_wbio(ssl) != NULL;
}

static void expect_bios(const test_pair *pair, bool has, const char *label)
{
  cr_expect_eq(has_bios(pair->client), has, "%s: client", label);
  cr_expect_eq(has_bios(pair->server), has, "%s: server", label);
}

/* Data that passes libssl by needs no BIOs. They are there again for what libssl
 * has to read and write, unless buffers are kept. */
Test(rest, needs_no_bios)
{
  pair_options options = {0};
  char label[64];

  for (int keeps = 0; keeps < 2; keeps++) {
    options.tune_client = options.tune_server =
        keeps ? keep_and_use_direct_records : use_direct_records;
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_open(&options);
      const bool has = keeps || !pair_is_direct(pair.client);
      pair_settle(&pair);
      expect_bios(&pair, has, label);
      pair_transfer(&pair, pair.client, pair.server, 100);
      pair_transfer(&pair, pair.server, pair.client, 20000);
      if (options.version == STLS_TLS_1_3)
        ASSERT_RETURNS(stls_object_key_update(pair.client, true), STLS_OK);
      pair_transfer(&pair, pair.client, pair.server, 100);
      pair_transfer(&pair, pair.server, pair.client, 100);
      expect_bios(&pair, has, label);
      ASSERT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
      pair_move_all(&pair, pair.client, pair.server);
      EXPECT_RESULT(stls_object_read(pair.server, label, 1, &(size_t){0}),
                    STLS_CLOSED, label);
      pair_free(&pair);
    }
  }
}
