/* SPDX-License-Identifier: MIT */
/* test_ssl_error: the first failure of a connection is its error for good. */
#include <openssl/ssl.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"

SUITE(ssl_error);

static stls_result call_read(stls_object *self)
{
  char out[100];
  size_t done;

  return stls_object_read(self, out, sizeof out, &done);
}

static stls_result call_read_from(stls_object *self)
{
  char out[100];
  size_t used, done;

  if (stls_bio_eof(stls_object_incoming(self))) return call_read(self);
  return stls_object_read_from(self, "x", 0, &used, out, sizeof out, &done);
}

static stls_result call_write(stls_object *self)
{
  size_t done;

  return stls_object_write(self, "data", 4, &done);
}

static stls_result call_key_update(stls_object *self)
{
  return stls_object_key_update(self, true);
}

static stls_result call_export(stls_object *self)
{
  char out[16];

  return stls_object_export_key(self, "x", 1, NULL, 0, out, 16, NULL);
}

static stls_result call_binding(stls_object *self)
{
  char out[64];
  size_t len;

  return stls_object_channel_binding(self, STLS_CHANNEL_BINDING_TLS_EXPORTER,
                                     out, 64, &len, NULL);
}

static const struct {
  const char *name;
  stls_result (*call)(stls_object *self);
} calls[] = {
    {"handshake", stls_object_handshake},
    {"read", call_read},
    {"read_from", call_read_from},
    {"write", call_write},
    {"cork", stls_object_cork},
    {"flush", stls_object_flush},
    {"unwrap", stls_object_unwrap},
    {"key_update", call_key_update},
    {"verify_client", stls_object_verify_client},
    {"export_key", call_export},
    {"channel_binding", call_binding},
};

/* Which situations end in a failure, and which one (cpython: whatever it was,
 * later calls say SSLEOFError). */
static const struct {
  object_state kind;
  stls_result want;
} ends[] = {
    {OBJECT_STATE_SHAKING_GARBAGE, STLS_ERROR_TLS},
    {OBJECT_STATE_SHAKING_UNTRUSTED, STLS_ERROR_CERTIFICATE},
    {OBJECT_STATE_SHAKING_CUT, STLS_ERROR_TRUNCATED},
    {OBJECT_STATE_GARBAGE, STLS_ERROR_TLS},
    {OBJECT_STATE_ALERT, STLS_ERROR_ALERT},
    {OBJECT_STATE_CUT, STLS_ERROR_TRUNCATED},
};

static void expect_for_ever(stls_object *object, stls_result want,
                            const char *label)
{
  stls_error first = STLS_ERROR_INIT, err = STLS_ERROR_INIT;
  size_t queued = stls_bio_pending(stls_object_outgoing(object));

  EXPECT_RESULT(stls_object_error(object, &first), want, label);
  for (int round = 0; round < 3; round++) {
    size_t done;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
      EXPECT_RESULT(calls[i].call(object), want, calls[i].name);
      EXPECT_RESULT(stls_object_error(object, &err), want, calls[i].name);
      cr_expect_str_eq(err.message, first.message, "%s", label);
      cr_expect_eq(err.reason, first.reason, "%s", label);
      cr_expect_eq(err.alert_sent, first.alert_sent, "%s", label);
    }
    EXPECT_RESULT(stls_object_close_write(object), STLS_OK, label);
    /* Nothing follows the alert, and new records or an end change nothing. */
    cr_expect_eq(stls_bio_pending(stls_object_outgoing(object)), queued, "%s",
                 label);
    if (round == 0)
      (void)!stls_bio_write(stls_object_incoming(object),
                            "\x15\x03\x03\x00\x02\x01\x00", 7, &done, NULL);
    else
      stls_bio_write_eof(stls_object_incoming(object));
  }
}

Test(ssl_error, is_told_by_every_call_for_ever)
{
  object_states_contexts setup;

  object_states_open(&setup);
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      object_states_pair ended =
          object_states_begin(&setup, ends[i].kind, role);
      const char *label = object_state_name(ends[i].kind);
      ASSERT_RESULT(call_read(ended.self), ends[i].want, label);
      expect_for_ever(ended.self, ends[i].want, label);
      object_states_end(&ended);
    }
  object_states_close(&setup);
}

/* A failure that a write, a close or a KeyUpdate finds is one of the connection,
 * and a misuse before or after it hides nothing. */
Test(ssl_error, outlives_misuse)
{
  object_states_contexts setup;
  stls_error err = STLS_ERROR_INIT;

  object_states_open(&setup);
  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    object_states_pair ended =
        object_states_begin(&setup, OBJECT_STATE_GARBAGE, role);
    size_t done;
    EXPECT_RESULT(stls_object_write(ended.self, NULL, 1, &done),
                  STLS_ERROR_MISUSE, "before");
    ASSERT_RESULT(call_read(ended.self), STLS_ERROR_TLS, "garbage");
    EXPECT_RESULT(stls_object_write(ended.self, NULL, 1, &done),
                  STLS_ERROR_MISUSE, "after");
    EXPECT_RESULT(stls_object_error(ended.self, &err), STLS_ERROR_TLS, "cause");
    EXPECT_RESULT(call_write(ended.self), STLS_ERROR_TLS, "cause");
    object_states_end(&ended);
  }
  object_states_close(&setup);
}

/* rustls#1707, openssl#8500: on TLS 1.3 the client is done before the server has
 * looked at its certificate. Reads and writes both end up with the alert. */
Test(ssl_error, of_a_refused_client_comes_with_its_first_read)
{
  static const struct {
    const char *credential;
    int alert;
  } rows[] = {{"", 116}, {"client-untrusted", SSL_AD_UNKNOWN_CA}};

  for (size_t i = 0; i < 2; i++) {
    pair_options options = {.version = STLS_TLS_1_3,
                            .client_credential = rows[i].credential,
                            .server_verify = STLS_VERIFY_REQUIRED};
    test_pair pair = pair_new(&options);
    size_t done;

    ASSERT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "server");
    ASSERT_RESULT(stls_object_handshake(pair.client), STLS_OK, "client");
    EXPECT_RESULT(stls_object_write(pair.client, "x", 1, &done), STLS_OK,
                  "too early to know");
    EXPECT_RESULT(call_read(pair.client), STLS_ERROR_ALERT, "read");
    cr_expect_eq(stls_object_alert_received(pair.client), rows[i].alert);
    EXPECT_RESULT(call_write(pair.client), STLS_ERROR_ALERT, "write");
    EXPECT_RESULT(call_export(pair.client), STLS_ERROR_ALERT, "export");
    pair_free(&pair);
  }
}

static stls_result close_result(object_state kind)
{
  switch (kind) {
    case OBJECT_STATE_MESSAGE:
      return STLS_WANT_READ;
    case OBJECT_STATE_STUFFED:
      return STLS_WANT_WRITE;
    case OBJECT_STATE_OUT_ENDED:
      return STLS_CLOSED;
    default:
      return STLS_OK;
  }
}

/* openssl#710, #8033 and others: never an error of its own making, never reads. */
Test(ssl_error, is_never_a_close)
{
  object_states_contexts setup;

  object_states_open(&setup);
  for (int kind = 0; kind < NUM_OBJECT_STATES; kind++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      object_states_pair ended =
          object_states_begin(&setup, (object_state)kind, role);
      size_t before = stls_bio_pending(stls_object_incoming(ended.self));
      stls_result error = stls_object_error(ended.self, NULL);
      for (int round = 0; round < 3; round++)
        EXPECT_RESULT(stls_object_close_write(ended.self),
                      close_result((object_state)kind),
                      object_state_name((object_state)kind));
      cr_expect_eq(stls_bio_pending(stls_object_incoming(ended.self)), before);
      EXPECT_RESULT(stls_object_error(ended.self, NULL), error,
                    object_state_name((object_state)kind));
      object_states_end(&ended);
    }
  object_states_close(&setup);
}

/* What arrived before it is never lost to a failure that came after it in the
 * same bytes. */
Test(ssl_error, comes_after_the_data_before_it)
{
  static const struct {
    const char *bytes;
    size_t len;
    stls_result want;
  } rows[] = {
      {"GET / HTTP/1.0", 14, STLS_ERROR_TLS},
      {"\x17\x03\x03\x00\x18no record of anybody's..", 29, STLS_ERROR_TLS},
      {"\x17\x03\x03", 3, STLS_ERROR_TRUNCATED},
      {"", 0, STLS_ERROR_TRUNCATED},
  };
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      test_pair pair = pair_open(&options);
      stls_bio *incoming = stls_object_incoming(pair.server);
      char out[100];
      size_t len, done;
      ASSERT_RESULT(stls_object_write(pair.client, "one", 3, &done), STLS_OK,
                    label);
      ASSERT_RESULT(stls_object_write(pair.client, "two", 3, &done), STLS_OK,
                    label);
      pair_move_all(&pair, pair.client, pair.server);
      ASSERT_RESULT(
          stls_bio_write(incoming, rows[i].bytes, rows[i].len, &done, NULL),
          STLS_OK, label);
      stls_bio_write_eof(incoming);
      EXPECT_RESULT(pair_drain(pair.server, out, sizeof out, &len),
                    rows[i].want, label);
      cr_expect_eq(len, (size_t)6, "%s", label);
      cr_expect_arr_eq(out, "onetwo", 6);
      pair_free(&pair);
    }
}
