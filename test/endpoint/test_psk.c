/* SPDX-License-Identifier: MIT */
/* test_psk: handshakes with external pre-shared keys. */
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/psk_pair.h"

SUITE(psk, .init = psk_pair_reset);

static void change_key(void)
{
  psk_pair_client.key_salt = 1;
}

static void change_identity(void)
{
  psk_pair_client.identity_salt = 1;
}

static void have_none(void)
{
  psk_pair_client.has_key = false;
}

static void be_short(void)
{
  psk_pair_client.key_len = psk_pair_server.key_len = 1;
  psk_pair_client.identity_len = psk_pair_server.identity_len = 1;
}

static void be_long(void)
{
  psk_pair_client.key_len = psk_pair_server.key_len = STLS_PSK_KEY_MAX;
  psk_pair_client.identity_len = psk_pair_server.identity_len =
      STLS_PSK_IDENTITY_MAX;
}

static void be_of_sha384(void)
{
  psk_pair_client.digest = psk_pair_server.digest = STLS_PSK_SHA384;
}

static void disagree(void)
{
  psk_pair_server.digest = STLS_PSK_SHA384;
}

/* What comes of it: in TLS 1.2, whose only suite needs the key; in TLS 1.3 with a
 * certificate to fall back to, and without. 0 with `by_key` is STLS_OK. */
struct outcome {
  stls_result result;
  bool by_key;
  /* What the server sent, -1 for none. */
  int alert;
};

static const struct row {
  const char *name;
  const char *source;
  void (*arrange)(void);
  struct outcome want_1_2, want_1_3, want_1_3_bare;
} rows[] = {
    {"the same key",
     "RFC 8446, 4.2.11; RFC 5489, 2",
     psk_pair_reset,
     {STLS_OK, true, -1},
     {STLS_OK, true, -1},
     {STLS_OK, true, -1}},
    {"shortest",
     "RFC 4279, 5.3",
     be_short,
     {STLS_OK, true, -1},
     {STLS_OK, true, -1},
     {STLS_OK, true, -1}},
    {"longest",
     "ssl.h: PSK_MAX_IDENTITY_LEN, PSK_MAX_PSK_LEN",
     be_long,
     {STLS_OK, true, -1},
     {STLS_OK, true, -1},
     {STLS_OK, true, -1}},
    {"another key",
     "RFC 4279, 2; RFC 8446, 4.2.11: abort when a binder does not validate",
     change_key,
     {STLS_ERROR_ALERT, false, 20},
     {STLS_ERROR_ALERT, false, 47},
     {STLS_ERROR_ALERT, false, 47}},
    {"an identity that is not known",
     "RFC 4279, 2; RFC 8446, 4.2.11: proceed without",
     change_identity,
     {STLS_ERROR_ALERT, false, 115},
     {STLS_OK, false, -1},
     {STLS_ERROR_ALERT, false, 40}},
    {"a client without a key",
     "RFC 8446, 4.2.11",
     have_none,
     {STLS_ERROR_TLS, false, -1},
     {STLS_OK, false, -1},
     {STLS_ERROR_ALERT, false, 40}},
    {"a key of SHA-384, which no suite was chosen for",
     "RFC 8446, 4.2.11: a compatible PSK and cipher suite",
     be_of_sha384,
     {STLS_OK, true, -1},
     {STLS_OK, false, -1},
     {STLS_ERROR_ALERT, false, 40}},
    {"two opinions of the digest",
     "RFC 8446, 4.2.11",
     disagree,
     {STLS_OK, true, -1},
     {STLS_OK, false, -1},
     {STLS_ERROR_ALERT, false, 40}},
};

static void expect_outcome(const struct row *row, const pair_options *options,
                           const struct outcome *want, const char *label)
{
  test_pair pair = pair_new(options);
  stls_result result = pair_handshake(&pair);
  stls_object *sides[] = {pair.client, pair.server};
  stls_error err = STLS_ERROR_INIT;

  cr_expect_eq(result, want->result, "%s, %s: %s; client: %s; server: %s",
               row->name, label, stls_result_name(result),
               pair_message(pair.client), pair_message(pair.server));
  cr_expect(
      result == STLS_OK || stls_object_error(pair.server, &err) != STLS_OK,
      "%s, %s: the server has let it in", row->name, label);
  /* Newer versions say decrypt_error where older ones say illegal_parameter. */
  if (want->alert >= 0)
    cr_expect(err.alert_sent == want->alert ||
                  (want->alert == 47 && err.alert_sent == 51),
              "%s, %s: %d", row->name, label, err.alert_sent);
  for (size_t i = 0; i < 2; i++) {
    const stls_conninfo *info = stls_object_conninfo(sides[i]);
    cr_expect_eq(psk_pair_is_reported(sides[i]), want->by_key, "%s, %s, %zu",
                 row->name, label, i);
    cr_expect_eq(stls_conninfo_psk(info), want->by_key, "%s", row->name);
    cr_expect_not(stls_conninfo_resumed(info), "%s, %s", row->name, label);
    cr_expect_eq(stls_conninfo_peer_verified(info),
                 i == 0 && result == STLS_OK && !want->by_key, "%s, %s, %zu",
                 row->name, label, i);
  }
  if (result == STLS_OK) {
    pair_transfer(&pair, pair.client, pair.server, 5000);
    pair_transfer(&pair, pair.server, pair.client, 5000);
  }
  pair_free(&pair);
}

Test(psk, lets_in_whoever_has_the_key)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server};
  char label[64];

  for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++)
    for (size_t i = 0; pair_row(i, &options, label); i += pair_row_step()) {
      const struct row *row = &rows[at];
      bool is_1_3 = options.version == STLS_TLS_1_3;
      psk_pair_reset();
      row->arrange();
      options.server_credential = "server-ecdsa";
      expect_outcome(row, &options, is_1_3 ? &row->want_1_3 : &row->want_1_2,
                     label);
      options.server_credential = "";
      expect_outcome(row, &options,
                     is_1_3 ? &row->want_1_3_bare : &row->want_1_2, label);
    }
}

/* --- keys of SHA-384 --- */

static void allow_sha384(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384", NULL),
      STLS_OK, "suites");
}

static void tune_client_384(stls_context *context)
{
  psk_pair_tune_client(context);
  allow_sha384(context);
}

static void tune_server_384(stls_context *context)
{
  psk_pair_tune_server(context);
  allow_sha384(context);
}

/* The legacy callback of OpenSSL, and so CPython's, knows SHA-256 only. */
Test(psk, may_be_of_sha384_when_one_side_allows_nothing_else)
{
  pair_options options = {.version = STLS_TLS_1_3};

  for (int side = 0; side < 2; side++) {
    test_pair pair;
    be_of_sha384();
    options.server_credential = side == 0 ? "" : "server-ecdsa";
    options.tune_client = side == 0 ? tune_client_384 : psk_pair_tune_client;
    options.tune_server = side == 1 ? tune_server_384 : psk_pair_tune_server;
    pair = pair_open(&options);
    cr_expect(psk_pair_is_reported(pair.client) &&
              psk_pair_is_reported(pair.server));
    cr_expect_str_eq(
        stls_conninfo_cipher_name(stls_object_conninfo(pair.client)),
        "TLS_AES_256_GCM_SHA384");
    pair_free(&pair);
  }
}

static void tune_client_p384(stls_context *context)
{
  psk_pair_tune_client(context);
  ASSERT_RESULT(stls_context_set_groups(context, "X25519:P-384", NULL), STLS_OK,
                "groups");
}

static void tune_server_p384(stls_context *context)
{
  psk_pair_tune_server(context);
  ASSERT_RESULT(stls_context_set_groups(context, "P-384", NULL), STLS_OK,
                "groups");
}

static void tune_server_p384_384(stls_context *context)
{
  tune_server_p384(context);
  allow_sha384(context);
}

/* HelloRetryRequest: libssl asks again, and must not be given a key of another
 * digest than that of the suite, which is chosen by now. */
Test(psk, survives_a_second_client_hello)
{
  pair_options options = {.tune_client = tune_client_p384,
                          .tune_server = tune_server_p384,
                          .version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);

  cr_expect_eq(psk_pair_client.asked, 2);
  cr_expect(psk_pair_is_reported(pair.client) &&
            psk_pair_is_reported(pair.server));
  pair_free(&pair);
  options.tune_server = tune_server_p384_384;
  pair = pair_open(&options);
  cr_expect_not(stls_conninfo_psk(stls_object_conninfo(pair.client)));
  cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
  cr_expect_not(stls_conninfo_psk(stls_object_conninfo(pair.server)));
  pair_free(&pair);
}

/* --- what each side is asked --- */

Test(psk, asks_with_the_hint_and_the_identity)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i += pair_row_step()) {
    test_pair pair;
    psk_pair_reset();
    pair = pair_open(&options);
    cr_expect_eq(psk_pair_client.asked, 1, "%s: %d", label,
                 psk_pair_client.asked);
    cr_expect_eq(psk_pair_server.asked, 1, "%s: %d", label,
                 psk_pair_server.asked);
    cr_expect_eq(psk_pair_client.had_hint, options.version == STLS_TLS_1_2,
                 "%s", label);
    if (psk_pair_client.had_hint)
      cr_expect_str_eq(psk_pair_client.hint, "hint");
    cr_expect_eq(psk_pair_server.heard_len, psk_pair_client.identity_len, "%s",
                 label);
    EXPECT_RESULT(psk_pair_client.set, STLS_OK, label);
    pair_free(&pair);
  }
}

Test(psk, goes_without_a_hint)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_set_server,
                          .version = STLS_TLS_1_2};
  stls_context *client = pair_context(&options, STLS_CLIENT);
  test_pair pair = pair_new(&options);

  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_ALERT,
                "the default list has no such suite");
  pair_free(&pair);
  stls_context_free(client);
}

/* Both versions are open: TLS 1.2 is chosen, after TLS 1.3 was offered. */
static void only_1_2(stls_context *context)
{
  psk_pair_tune_server(context);
  ASSERT_RESULT(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2, NULL),
      STLS_OK, "versions");
}

Test(psk, is_asked_for_each_version)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = only_1_2};
  test_pair pair = pair_open(&options);

  cr_expect_eq(psk_pair_client.asked, 2);
  cr_expect(psk_pair_client.had_hint);
  cr_expect(psk_pair_is_reported(pair.client) &&
            psk_pair_is_reported(pair.server));
  pair_free(&pair);
}
