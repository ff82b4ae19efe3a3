/* SPDX-License-Identifier: MIT */
/* test_exporter: exported keying material of both ends of a connection. */
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"
#include "support/resumption.h"

SUITE(exporter);

enum {
  LEN = 48
};

struct secret {
  unsigned char bytes[LEN];
};

static const char label[] = "EXPERIMENTAL test";

static void without_master_secret(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context),
                      SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

static struct secret export(stls_object *object, const char *name,
                            const void *context, size_t context_len)
{
  struct secret secret = {{0}};
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_object_export_key(object, name, strlen(name), context,
                                       context_len, secret.bytes, LEN, &err),
                STLS_OK, err.message);
  return secret;
}

static bool is_same(struct secret a, struct secret b)
{
  return memcmp(a.bytes, b.bytes, LEN) == 0;
}

/* RFC 5705, 4 and RFC 8446, 7.5: the same on both sides, and bound to label and
 * context. A NULL context is an empty one on TLS 1.3 only. */
static void expect_agreement(const test_pair *pair, bool is_1_3,
                             const char *row)
{
  static const struct {
    const char *label, *context;
    size_t len;
  } rows[] = {
      {label, NULL, 0},
      {label, "", 0},
      {label, "c", 1},
      {label, "d", 1},
      {label, "\0\0", 2},
      {label, "\0", 1},
      {"EXPERIMENTAL other", NULL, 0},
  };
  enum {
    NUM = sizeof rows / sizeof rows[0]
  };
  struct secret own[NUM];

  for (size_t i = 0; i < NUM; i++) {
    own[i] = export(pair->client, rows[i].label, rows[i].context, rows[i].len);
    cr_expect(is_same(own[i], export(pair->server, rows[i].label,
                                     rows[i].context, rows[i].len)),
              "%s: row %zu differs between the sides", row, i);
    for (size_t j = 0; j < i; j++) {
      bool are_one = is_1_3 && i == 1 && j == 0;
      cr_expect_eq(is_same(own[i], own[j]), are_one, "%s: rows %zu and %zu",
                   row, i, j);
    }
  }
}

Test(exporter, agrees_on_both_sides)
{
  pair_options options = {0};
  char row[64];

  for (size_t i = 0; pair_row(i, &options, row); i += pair_row_step()) {
    bool is_1_3 = options.version == STLS_TLS_1_3;
    test_pair pair = pair_open(&options), other;
    struct secret before = export(pair.client, label, NULL, 0);

    expect_agreement(&pair, is_1_3, row);
    pair_transfer(&pair, pair.client, pair.server, 3000);
    cr_expect(is_same(before, export(pair.server, label, NULL, 0)), "%s", row);
    other = resumption_open_resumed(&options);
    expect_agreement(&other, is_1_3, row);
    cr_expect_not(is_same(before, export(other.server, label, NULL, 0)),
                  "%s: another connection has other secrets", row);
    pair_free(&other);
    pair_free(&pair);
  }
}

/* The keys of a connection do not depend on how far it has been closed. */
Test(exporter, works_until_the_object_is_freed)
{
  pair_options options = {0};
  char row[64];

  for (size_t i = 0; pair_row(i, &options, row); i += pair_row_step()) {
    test_pair pair = pair_open(&options);
    struct secret open = export(pair.client, label, "x", 1);

    ASSERT_RESULT(stls_object_close_write(pair.client), STLS_OK, row);
    cr_expect(is_same(open, export(pair.client, label, "x", 1)), "%s", row);
    pair_move_all(&pair, pair.client, pair.server);
    EXPECT_RESULT(stls_object_unwrap(pair.server), STLS_OK, row);
    cr_expect(is_same(open, export(pair.server, label, "x", 1)), "%s", row);
    pair_free(&pair);
  }
}

/* RFC 5705, 4, computed by hand: PRF(master_secret, label, client_random +
 * server_random + length + context). */
Test(exporter, is_the_prf_of_tls_1_2)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  SSL *ssl = stls_object_ssl(pair.client);
  unsigned char master[48], randoms[64], by_hand[LEN];
  struct secret secret = export(pair.client, label, "abc", 3);
  EVP_PKEY_CTX *prf = EVP_PKEY_CTX_new_from_name(NULL, "TLS1-PRF", NULL);
  size_t len = LEN;

  cr_assert_eq(SSL_SESSION_get_master_key(SSL_get0_session(ssl), master, 48),
               (size_t)48);
  SSL_get_client_random(ssl, randoms, 32);
  SSL_get_server_random(ssl, randoms + 32, 32);
  cr_assert_eq(EVP_PKEY_derive_init(prf), 1);
  cr_assert_gt(EVP_PKEY_CTX_set_tls1_prf_md(prf, EVP_sha256()), 0);
  cr_assert_gt(EVP_PKEY_CTX_set1_tls1_prf_secret(prf, master, 48), 0);
  cr_assert_gt(EVP_PKEY_CTX_add1_tls1_prf_seed(
                   prf, (const unsigned char *)label, sizeof label - 1),
               0);
  cr_assert_gt(EVP_PKEY_CTX_add1_tls1_prf_seed(prf, randoms, 64), 0);
  cr_assert_gt(
      EVP_PKEY_CTX_add1_tls1_prf_seed(prf, (const unsigned char *)"\0\3abc", 5),
      0);
  cr_assert_eq(EVP_PKEY_derive(prf, by_hand, &len), 1);
  cr_expect_arr_eq(secret.bytes, by_hand, LEN);
  EVP_PKEY_CTX_free(prf);
  pair_free(&pair);
}

/* RFC 7627, 5.4. */
Test(exporter, has_no_secret_without_extended_master_secret)
{
  pair_options options = {.tune_server = without_master_secret};
  char row[64];

  for (size_t i = 0; pair_row(i, &options, row); i += pair_row_step()) {
    test_pair pair = pair_open(&options);
    bool is_1_3 = options.version == STLS_TLS_1_3;
    unsigned char out[LEN] = {7};
    stls_error err = STLS_ERROR_INIT;
    stls_result result =
        stls_object_export_key(pair.client, label, 5, NULL, 0, out, LEN, &err);

    EXPECT_RESULT(result, is_1_3 ? STLS_OK : STLS_ERROR_MISUSE, row);
    if (!is_1_3) expect_misuse(result, &err, "extended master secret");
    pair_transfer(&pair, pair.client, pair.server, 100);
    pair_free(&pair);
  }
}

Test(exporter, names_what_is_wrong_with_its_arguments)
{
  static const char big[70000];
  static const struct {
    const char *label;
    size_t label_len;
    const char *context;
    size_t context_len;
    size_t out_len;
    const char *word;
  } rows[] = {
      {NULL, 4, NULL, 0, 16, "label is NULL"},
      {big, 250, NULL, 0, 16, "label is longer"},
      {"x", 1, NULL, 1, 16, "context is NULL"},
      {"x", 1, big, 65536, 16, "context is longer"},
      {"x", 1, NULL, 0, 0, "out is empty"},
      {"x", 1, NULL, 0, 8161, "out_len"},
      {"client finished", 15, NULL, 0, 16, "reserved"},
      {"server finished", 15, NULL, 0, 16, "reserved"},
      {"master secret", 13, NULL, 0, 16, "reserved"},
      {"extended master secret", 22, NULL, 0, 16, "reserved"},
      {"key expansion", 13, NULL, 0, 16, "reserved"},
      {"key expansions", 14, NULL, 0, 16, "reserved"},
  };
  static unsigned char out[STLS_EXPORT_KEY_MAX + 1];
  pair_options options = {0};
  char row[64];

  for (size_t i = 0; pair_row(i, &options, row); i += 3) {
    test_pair pair = pair_open(&options);
    for (size_t j = 0; j < sizeof rows / sizeof rows[0]; j++) {
      stls_error err = STLS_ERROR_INIT;
      expect_misuse(
          stls_object_export_key(pair.client, rows[j].label, rows[j].label_len,
                                 rows[j].context, rows[j].context_len, out,
                                 rows[j].out_len, &err),
          &err, rows[j].word);
    }
    EXPECT_RESULT(
        stls_object_export_key(pair.client, big, 249, big, i == 0 ? 709 : 65535,
                               out, STLS_EXPORT_KEY_MAX, NULL),
        STLS_OK, row);
    EXPECT_RESULT(
        stls_object_export_key(pair.client, "x", 1, NULL, 0, NULL, 9, NULL),
        STLS_ERROR_MISUSE, row);
    EXPECT_RESULT(stls_object_error(pair.client, NULL), STLS_OK, row);
    pair_free(&pair);
  }
  EXPECT_RESULT(stls_object_export_key(NULL, "x", 1, NULL, 0, out, 9, NULL),
                STLS_ERROR_MISUSE, "NULL");
}

/* An empty label is one like any other: not that of a context, nor of nothing. */
Test(exporter, takes_an_empty_label)
{
  pair_options options = {0};
  char row[64];

  for (size_t i = 0; pair_row(i, &options, row); i += pair_row_step()) {
    test_pair pair = pair_open(&options);
    unsigned char empty[LEN], null[LEN], peer[LEN], with[LEN], other[LEN];
    EXPECT_RESULT(
        stls_object_export_key(pair.client, "", 0, NULL, 0, empty, LEN, NULL),
        STLS_OK, row);
    EXPECT_RESULT(
        stls_object_export_key(pair.client, NULL, 0, NULL, 0, null, LEN, NULL),
        STLS_OK, row);
    EXPECT_RESULT(
        stls_object_export_key(pair.server, "", 0, NULL, 0, peer, LEN, NULL),
        STLS_OK, row);
    EXPECT_RESULT(
        stls_object_export_key(pair.server, "", 0, "x", 1, with, LEN, NULL),
        STLS_OK, row);
    EXPECT_RESULT(
        stls_object_export_key(pair.server, "x", 1, NULL, 0, other, LEN, NULL),
        STLS_OK, row);
    cr_expect_arr_eq(empty, null, LEN, "%s", row);
    cr_expect_arr_eq(empty, peer, LEN, "%s", row);
    cr_expect_neq(memcmp(empty, with, LEN), 0, "%s", row);
    cr_expect_neq(memcmp(empty, other, LEN), 0, "%s", row);
    cr_expect_neq(memcmp(with, other, LEN), 0, "%s", row);
    /* The same as SSL_export_keying_material gives. */
    cr_assert_eq(SSL_export_keying_material(stls_object_ssl(pair.client), peer,
                                            LEN, "", 0, NULL, 0, 0),
                 1);
    cr_expect_arr_eq(empty, peer, LEN, "%s", row);
    pair_free(&pair);
  }
}

/* Before the handshake is done there is nothing, and after a failure its
 * cause. */
Test(exporter, is_for_established_connections)
{
  object_states_contexts setup;

  object_states_open(&setup);
  for (int kind = 0; kind < NUM_OBJECT_STATES; kind++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      object_states_pair ended =
          object_states_begin(&setup, (object_state)kind, role);
      bool is_new =
          kind <= OBJECT_STATE_SHAKING_CUT || kind == OBJECT_STATE_ABANDONED;
      stls_result cause = stls_object_error(ended.self, NULL);
      unsigned char out[LEN];
      stls_error err = STLS_ERROR_INIT;
      stls_result result =
          stls_object_export_key(ended.self, "x", 1, NULL, 0, out, LEN, &err);
      EXPECT_RESULT(result,
                    is_new                        ? STLS_ERROR_MISUSE
                    : kind == OBJECT_STATE_FAILED ? cause
                                                  : STLS_OK,
                    object_state_name((object_state)kind));
      EXPECT_RESULT(err.result, result, object_state_name((object_state)kind));
      cr_expect(kind != OBJECT_STATE_FAILED || cause == STLS_ERROR_CERTIFICATE);
      object_states_end(&ended);
    }
  object_states_close(&setup);
}

static void export_now(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  unsigned char out[LEN];
  stls_error err = STLS_ERROR_INIT;

  (void)event;
  expect_misuse(stls_object_export_key(object, "x", 1, NULL, 0, out, LEN, &err),
                &err, "callback");
  ++*(int *)user_data;
}

static int num_traced;

static void traced(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_trace(context, export_now, &num_traced, NULL),
                STLS_OK, "trace");
}

Test(exporter, is_refused_in_a_callback)
{
  pair_options options = {.tune_client = traced};
  test_pair pair = pair_open(&options);

  cr_expect_gt(num_traced, 0);
  pair_free(&pair);
}
