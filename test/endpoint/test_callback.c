/* SPDX-License-Identifier: MIT */
/* test_callback: the message callback, and calls that it makes on the object. */
#include <openssl/err.h>
#include <string.h>

#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(callback);

/* What an observer did and heard. */
struct notes {
  int events;
  int handshake_in;
  int handshake_out;
  char first_out[32];
  char last_in[32];
  bool reenter;
  bool drain;
  bool free_object;
  bool raise;
  stls_object *other;
  stls_result reentered[6];
};

static struct notes client_notes;

static void reenter(stls_object *object, struct notes *notes)
{
  char byte = 0;
  size_t n;

  notes->reentered[0] = stls_object_handshake(object);
  notes->reentered[1] = stls_object_read(object, &byte, 1, &n);
  notes->reentered[2] = stls_object_write(object, &byte, 1, &n);
  notes->reentered[3] = stls_object_close_write(object);
  notes->reentered[4] = stls_object_unwrap(object);
  notes->reentered[5] = stls_object_flush(object);
}

static void observe(stls_object *object, const stls_trace_event *event,
                    void *user_data)
{
  struct notes *notes = user_data;

  notes->events++;
  if (event->content_type == 22 && event->flow == STLS_RECORDS_OUT &&
      notes->handshake_out++ == 0)
    strncpy(notes->first_out, stls_trace_message_name(event), 31);
  if (event->content_type == 22 && event->flow == STLS_RECORDS_IN) {
    notes->handshake_in++;
    strncpy(notes->last_in, stls_trace_message_name(event), 31);
  }
  if (notes->reenter) reenter(object, notes);
  if (notes->drain) {
    stls_bio *in = stls_object_incoming(object);
    notes->reentered[0] = stls_bio_consume(in, stls_bio_pending(in), NULL);
    stls_bio_trim(in);
  }
  if (notes->raise) ERR_raise(ERR_LIB_USER, 1);
  if (notes->other != NULL)
    notes->reentered[0] = stls_object_handshake(notes->other);
  if (notes->free_object) stls_object_free(object);
}

static void watch(stls_context *context)
{
  memset(&client_notes, 0, sizeof client_notes);
  ASSERT_RETURNS(stls_context_set_trace(context, observe, &client_notes, NULL),
                 STLS_OK);
}

Test(callback, sees_the_messages_by_name)
{
  pair_options options = {.tune_client = watch};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    bool is_1_3 = options.version == STLS_TLS_1_3;
    cr_expect_str_eq(client_notes.first_out, "client_hello", "%s", label);
    cr_expect_str_eq(client_notes.last_in, "finished", "%s", label);
    cr_expect_eq(client_notes.handshake_in, is_1_3 ? 5 : 6, "%s: %d", label,
                 client_notes.handshake_in);
    cr_expect_eq(client_notes.handshake_out, is_1_3 ? 2 : 3, "%s: %d", label,
                 client_notes.handshake_out);
    pair_free(&pair);
  }
}

Test(callback, is_refused_when_it_drives_its_object)
{
  pair_options options = {.tune_client = watch};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    stls_error err = STLS_ERROR_INIT;
    client_notes.reenter = true;
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK,
                  expect_label("%s: nothing changed", label));
    for (int i = 0; i < 6; i++)
      EXPECT_RESULT(client_notes.reentered[i], STLS_ERROR_MISUSE,
                    expect_label("%s, %d", label, i));
    stls_object_error(pair.client, &err);
    cr_expect(strstr(err.message, "callback"), "%s", err.message);
    client_notes.reenter = false;
    pair_transfer(&pair, pair.client, pair.server, 1000);
    pair_free(&pair);
  }
}

Test(callback, cannot_take_the_bytes_that_are_being_read)
{
  pair_options options = {.tune_client = watch};
  test_pair pair = pair_new(&options);

  ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RETURNS(stls_object_handshake(pair.server), STLS_WANT_READ);
  pair_move_all(&pair, pair.server, pair.client);
  client_notes.drain = true;
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_OK);
  EXPECT_RETURNS(client_notes.reentered[0], STLS_ERROR_MISUSE);
  pair_free(&pair);
}

Test(callback, may_free_its_object_which_lives_until_the_call_returns)
{
  pair_options options = {.tune_client = watch};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    client_notes.free_object = true;
    EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, label);
    cr_expect_gt(client_notes.events, 1, "%s: it went on to its end", label);
    pair.client = NULL;
    pair_free(&pair);
  }
}

Test(callback, hears_alerts)
{
  pair_options options = {.server_credential = "server-untrusted",
                          .tune_client = watch};
  test_pair pair = pair_new(&options);
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(pair_handshake(&pair), STLS_ERROR_CERTIFICATE);
  cr_expect_gt(client_notes.events, 0);
  stls_object_error(pair.client, &err);
  cr_expect_eq(err.alert_sent, 48);
  cr_expect_eq(err.alert_received, -1);
  pair_free(&pair);
}

Test(callback, may_leave_errors_of_openssl_behind)
{
  pair_options options = {.tune_client = watch};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    client_notes.raise = true;
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK,
                  expect_label("%s: %s", label, pair_message(pair.client)));
    pair_transfer(&pair, pair.server, pair.client, 1000);
    cr_expect_eq(ERR_peek_error(), 0UL, "%s", label);
    pair_free(&pair);
  }
}

/* Two objects on one incoming make no sense; they must not make a mess. */
Test(callback, cannot_have_another_object_read_the_same_bytes)
{
  pair_options options = {.tune_client = watch};
  stls_context *context = pair_context(&options, STLS_SERVER);
  test_pair pair = pair_new(&options);
  stls_object *other = NULL;

  ASSERT_RETURNS(stls_object_new(context, stls_object_incoming(pair.client),
                                 NULL, NULL, &other, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RETURNS(stls_object_handshake(pair.server), STLS_WANT_READ);
  pair_move_all(&pair, pair.server, pair.client);
  client_notes.other = other;
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_OK);
  EXPECT_RETURNS(client_notes.reentered[0], STLS_ERROR_MISUSE);
  stls_object_free(other);
  stls_context_free(context);
  pair_free(&pair);
}
