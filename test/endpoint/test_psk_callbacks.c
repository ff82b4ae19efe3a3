/* SPDX-License-Identifier: MIT */
/* test_psk_callbacks: wrong answers of PSK callbacks, and their use of the object. */
#include <openssl/err.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/planted_errors.h"
#include "support/psk_pair.h"

SUITE(psk_callbacks, .init = psk_pair_reset);

/* CPython turns each of these into an empty key, and its user sees
 * PSK_IDENTITY_NOT_FOUND (cpython, Modules/_ssl.c: psk_client_callback). */
static const struct row {
  const char *name;
  const char *source;
  size_t identity_len;
  size_t key_len;
  int digest;
  stls_result set;
  const char *word;
} rows[] = {
    {"identity too long", "ssl.h: PSK_MAX_IDENTITY_LEN",
     STLS_PSK_IDENTITY_MAX + 1, 32, STLS_PSK_SHA256, STLS_ERROR_INPUT,
     "identity"},
    {"no identity", "RFC 8446, 4.2.11: identity<1..2^16-1>", 0, 32,
     STLS_PSK_SHA256, STLS_OK, "identity"},
    {"key too long", "ssl.h: PSK_MAX_PSK_LEN", 20, STLS_PSK_KEY_MAX + 1,
     STLS_PSK_SHA256, STLS_ERROR_INPUT, "key has not 1 to 512"},
    {"no key", "RFC 4279, 5.3", 20, 0, STLS_PSK_SHA256, STLS_OK, "no key"},
    {"no such digest", "psk.h", 20, 32, 7, STLS_ERROR_INPUT, "digest"},
};

static void expect_failure(const struct row *row, stls_role role,
                           pair_options *options, const char *label)
{
  test_pair pair = pair_new(options);
  psk_pair_keys *keys =
      role == STLS_CLIENT ? &psk_pair_client : &psk_pair_server;
  stls_object *self = role == STLS_CLIENT ? pair.client : pair.server;
  stls_object *peer = role == STLS_CLIENT ? pair.server : pair.client;
  stls_error err = STLS_ERROR_INIT;

  keys->key_len = row->key_len;
  keys->digest = (stls_psk_digest)row->digest;
  if (role == STLS_CLIENT) keys->identity_len = row->identity_len;
  cr_expect_lt(pair_handshake(&pair), 0, "%s, %s", row->name, label);
  EXPECT_RESULT(stls_object_error(self, &err), STLS_ERROR_INPUT, row->name);
  cr_expect(strstr(err.message, row->word), "%s, %s: %s", row->name, label,
            err.message);
  EXPECT_RESULT(keys->set, row->set, row->name);
  EXPECT_RESULT(stls_object_handshake(self), STLS_ERROR_INPUT, "again");
  cr_expect_not(stls_conninfo_established(stls_object_conninfo(self)));
  cr_expect_not(stls_conninfo_established(stls_object_conninfo(peer)));
  pair_free(&pair);
}

Test(psk_callbacks, that_are_wrong_fail_the_handshake_and_say_so)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server};
  char label[64];

  for (size_t at = 0; at < sizeof rows / sizeof rows[0]; at++)
    for (size_t i = 0; pair_row(i, &options, label); i++)
      for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
        if (role == STLS_SERVER && rows[at].identity_len != 20) continue;
        psk_pair_reset();
        expect_failure(&rows[at], (stls_role)role, &options, label);
      }
}

static const char empty_key[] = "0123456789abcdef";
static bool asked_for_nobody;

static bool name_nobody(stls_object *object, const char *hint, stls_psk *psk,
                        void *user_data)
{
  (void)object;
  (void)hint;
  (void)user_data;
  EXPECT_RESULT(stls_psk_set_identity(psk, NULL, 1), STLS_ERROR_MISUSE, "NULL");
  return stls_psk_set_identity(psk, NULL, 0) == STLS_OK &&
         stls_psk_set_key(psk, empty_key, 16) == STLS_OK;
}

static bool know_nobody(stls_object *object, const uint8_t *identity,
                        size_t identity_len, stls_psk *psk, void *user_data)
{
  (void)object;
  (void)identity;
  (void)user_data;
  asked_for_nobody = identity_len == 0;
  return asked_for_nobody && stls_psk_set_key(psk, empty_key, 16) == STLS_OK;
}

static void tune_nobody_client(stls_context *context)
{
  psk_pair_tune_client(context);
  ASSERT_RESULT(stls_context_set_psk_client(context, name_nobody, NULL, NULL),
                STLS_OK, "look-up");
}

static void tune_nobody_server(stls_context *context)
{
  psk_pair_tune_server(context);
  ASSERT_RESULT(
      stls_context_set_psk_server(context, know_nobody, NULL, NULL, NULL),
      STLS_OK, "look-up");
}

/* RFC 4279, 5.1: psk_identity<0..2^16-1>, CPython's lambda hint: (None, psk); RFC
 * 8446, 4.2.11: identity<1..2^16-1>. */
Test(psk_callbacks, without_an_identity_are_for_tls_1_2)
{
  pair_options options = {.tune_client = tune_nobody_client,
                          .tune_server = tune_nobody_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    const bool is_old = options.version == STLS_TLS_1_2;
    test_pair pair = pair_new(&options);
    const stls_object *sides[] = {pair.client, pair.server};
    asked_for_nobody = false;
    EXPECT_RESULT(pair_handshake(&pair), is_old ? STLS_OK : STLS_ERROR_INPUT,
                  pair_message(pair.client));
    cr_expect_eq(asked_for_nobody, is_old, "%s", label);
    if (!is_old)
      cr_expect(strstr(pair_message(pair.client), "it is empty"), "%s",
                pair_message(pair.client));
    for (size_t side = 0; is_old && side < 2; side++) {
      const stls_conninfo *info = stls_object_conninfo(sides[side]);
      size_t len = 1;
      cr_expect(stls_conninfo_psk(info), "%s", label);
      cr_expect_not_null(stls_conninfo_psk_identity(info, &len), "%s", label);
      cr_expect_eq(len, (size_t)0, "%s", label);
    }
    pair_free(&pair);
  }
}

static bool name_with_zero(stls_object *object, const char *hint, stls_psk *psk,
                           void *user_data)
{
  (void)object;
  (void)hint;
  (void)user_data;
  return stls_psk_set_identity(psk, "user\0admin", 10) == STLS_OK &&
         stls_psk_set_key(psk, "0123456789abcdef", 16) == STLS_OK;
}

static void tune_zero(stls_context *context)
{
  psk_pair_tune_client(context);
  ASSERT_RESULT(
      stls_context_set_psk_client(context, name_with_zero, NULL, NULL), STLS_OK,
      "look-up");
}

/* libssl would send what is before the zero byte: somebody else's name. */
Test(psk_callbacks, with_a_zero_byte_are_sent_whole_or_not_at_all)
{
  pair_options options = {.tune_client = tune_zero,
                          .tune_server = psk_pair_tune_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair = pair_new(&options);
    stls_result result = pair_handshake(&pair);
    if (options.version == STLS_TLS_1_2) {
      EXPECT_RESULT(result, STLS_ERROR_INPUT, label);
      cr_expect(strstr(pair_message(pair.client), "zero byte"), "%s", label);
      cr_expect_eq(psk_pair_server.asked, 0, "%s", label);
    } else {
      EXPECT_RESULT(result, STLS_OK, label);
      cr_expect_eq(psk_pair_server.heard_len, 10U, "%s", label);
      cr_expect_arr_eq(psk_pair_server.identity, "user\0admin", 10, "%s",
                       label);
    }
    psk_pair_server.asked = 0;
    pair_free(&pair);
  }
}

/* A setter that failed is remembered, also when the look-up then says no. */
static bool fail_and_deny(stls_object *object, const uint8_t *identity,
                          size_t identity_len, stls_psk *psk, void *user_data)
{
  (void)object;
  (void)identity;
  (void)identity_len;
  (void)user_data;
  EXPECT_RESULT(stls_psk_set_key(psk, "", 0), STLS_ERROR_INPUT, "empty");
  EXPECT_RESULT(stls_psk_set_key(psk, NULL, 5), STLS_ERROR_MISUSE, "NULL");
  EXPECT_RESULT(stls_psk_set_key(NULL, "k", 1), STLS_ERROR_MISUSE, "psk");
  EXPECT_RESULT(stls_psk_set_identity(NULL, "i", 1), STLS_ERROR_MISUSE, "psk");
  EXPECT_RESULT(stls_psk_set_digest(NULL, STLS_PSK_SHA256), STLS_ERROR_MISUSE,
                "psk");
  return false;
}

static void tune_deny(stls_context *context)
{
  psk_pair_tune_server(context);
  ASSERT_RESULT(
      stls_context_set_psk_server(context, fail_and_deny, NULL, NULL, NULL),
      STLS_OK, "look-up");
}

Test(psk_callbacks, that_failed_are_not_taken_for_no)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = tune_deny};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair = pair_new(&options);
    cr_expect_lt(pair_handshake(&pair), 0, "%s", label);
    EXPECT_RESULT(stls_object_error(pair.server, NULL), STLS_ERROR_INPUT,
                  label);
    pair_free(&pair);
  }
}

/* --- what a look-up may do to the object at work --- */

static int num_refused;

static void drive(stls_object *object)
{
  char byte = 0;
  size_t n;

  num_refused += stls_object_handshake(object) == STLS_ERROR_MISUSE;
  num_refused += stls_object_read(object, &byte, 1, &n) == STLS_ERROR_MISUSE;
  num_refused += stls_object_write(object, &byte, 1, &n) == STLS_ERROR_MISUSE;
  ERR_raise(ERR_LIB_USER, 1);
}

Test(psk_callbacks, cannot_drive_the_object_at_work)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair;
    psk_pair_client.before_answer = psk_pair_server.before_answer = drive;
    num_refused = 0;
    pair = pair_open(&options);
    cr_expect_eq(num_refused, 6, "%s: %d", label, num_refused);
    cr_expect(psk_pair_is_reported(pair.server), "%s", label);
    cr_expect_eq(ERR_peek_error(), 0UL, "%s", label);
    pair_free(&pair);
  }
}

Test(psk_callbacks, may_free_the_object_which_lives_until_the_call_returns)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server,
                          .version = STLS_TLS_1_3};
  test_pair pair = pair_new(&options);

  psk_pair_client.before_answer = stls_object_free;
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "client");
  pair.client = NULL;
  pair_free(&pair);
}

Test(psk_callbacks, leave_a_stale_queue_as_it_is)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = psk_pair_tune_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++)
    for (int wrong = 0; wrong < 2; wrong++) {
      test_pair pair = pair_new(&options);
      psk_pair_client.key_len = wrong ? STLS_PSK_KEY_MAX + 1 : 32;
      planted_errors_put(4);
      cr_expect_eq(pair_handshake(&pair) == STLS_OK, wrong == 0, "%s", label);
      planted_errors_expect(4, label);
      pair_free(&pair);
    }
}
