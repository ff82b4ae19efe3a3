/* SPDX-License-Identifier: MIT */
/* test_key_update: key updates of TLS 1.3. */
#include <string.h>

#include <sanstls/trace.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"
#include "support/record_forger.h"

SUITE(key_update);

static int seen[2];

static void see(stls_object *object, const stls_trace_event *event,
                void *user_data)
{
  (void)object;
  (void)user_data;
  if (event->content_type == 22 && event->message_type == 24)
    seen[event->flow]++;
}

static void traced(stls_context *context)
{
  seen[0] = seen[1] = 0;
  ASSERT_RESULT(stls_context_set_trace(context, see, NULL, NULL), STLS_OK,
                "trace");
}

static void expect_seen(int in, int out, const char *label)
{
  cr_expect_eq(seen[STLS_RECORDS_IN], in, "%s: %d in", label,
               seen[STLS_RECORDS_IN]);
  cr_expect_eq(seen[STLS_RECORDS_OUT], out, "%s: %d out", label,
               seen[STLS_RECORDS_OUT]);
}

/* RFC 8446, 4.6.3: it goes out with the call, and is answered where that was
 * asked for. */
static void update_side(stls_role role, bool requests, pair_options *options,
                        const char *label)
{
  bool is_client = role == STLS_CLIENT;
  test_pair pair;
  stls_object *self, *peer;

  options->tune_client = is_client ? traced : NULL;
  options->tune_server = is_client ? NULL : traced;
  pair = pair_open(options);
  self = is_client ? pair.client : pair.server;
  peer = is_client ? pair.server : pair.client;
  for (int round = 1; round <= 3; round++) {
    size_t before = stls_bio_pending(stls_object_outgoing(self));
    ASSERT_RESULT(stls_object_key_update(self, requests), STLS_OK, label);
    cr_expect_gt(stls_bio_pending(stls_object_outgoing(self)), before, "%s",
                 label);
    expect_seen(requests ? round - 1 : 0, round, label);
    pair_transfer(&pair, self, peer, 20000);
    pair_transfer(&pair, peer, self, 20000);
    expect_seen(requests ? round : 0, round, label);
  }
  pair_free(&pair);
}

Test(key_update, goes_out_with_the_call)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++)
    for (int requests = 0; requests < 2; requests++) {
      update_side(STLS_CLIENT, requests, &options, label);
      update_side(STLS_SERVER, requests, &options, label);
    }
}

Test(key_update, crosses_the_peers)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);

  ASSERT_RESULT(stls_object_key_update(pair.client, true), STLS_OK, "client");
  ASSERT_RESULT(stls_object_key_update(pair.server, true), STLS_OK, "server");
  pair_transfer(&pair, pair.client, pair.server, 1000);
  pair_transfer(&pair, pair.server, pair.client, 1000);
  pair_transfer(&pair, pair.client, pair.server, 1000);
  pair_free(&pair);
}

Test(key_update, is_refused_on_tls_1_2)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_object_key_update(pair.client, true), STLS_ERROR_MISUSE,
                "1.2");
  stls_object_error(pair.client, &err);
  cr_expect(strstr(err.message, "TLS 1.3"), "%s", err.message);
  pair_transfer(&pair, pair.client, pair.server, 1000);
  pair_free(&pair);
}

static stls_result expected(object_state kind)
{
  switch (kind) {
    case OBJECT_STATE_OPEN:
    case OBJECT_STATE_DATA:
    case OBJECT_STATE_HALF:
    case OBJECT_STATE_GARBAGE:
    case OBJECT_STATE_CLOSING:
    case OBJECT_STATE_ALERT:
    case OBJECT_STATE_CUT:
    case OBJECT_STATE_OWING:
    case OBJECT_STATE_CORKED:
    case OBJECT_STATE_STUFFED:
    case OBJECT_STATE_FULL: /* for a full record, and not quite at its limit */
    case OBJECT_STATE_CLOSE_RECEIVED:
      return STLS_OK;
    case OBJECT_STATE_MESSAGE:
      return STLS_WANT_READ;
    case OBJECT_STATE_OUT_ENDED:
      return STLS_CLOSED;
    case OBJECT_STATE_FAILED:
      return STLS_ERROR_CERTIFICATE;
    default:
      return STLS_ERROR_MISUSE;
  }
}

Test(key_update, is_for_a_direction_that_is_open)
{
  object_states_contexts setup;

  object_states_open(&setup);
  for (int kind = 0; kind < NUM_OBJECT_STATES; kind++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      object_states_pair ends =
          object_states_begin(&setup, (object_state)kind, role);
      EXPECT_RESULT(stls_object_key_update(ends.self, false),
                    expected((object_state)kind),
                    object_state_name((object_state)kind));
      object_states_end(&ends);
    }
  object_states_close(&setup);
  EXPECT_RESULT(stls_object_key_update(NULL, false), STLS_ERROR_MISUSE, "NULL");
}

/* openssl#8677: a write that stopped half-way, for which our limit is the
 * reason, is no obstacle, and is gone on with under the new keys. */
Test(key_update, between_the_pieces_of_a_write)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);
  static unsigned char data[100000], got[100000];
  size_t sent = 0, received = 0, done;
  int updates = 0;

  pair_settle(&pair);
  pair_pattern(data, sizeof data, 0);
  ASSERT_RESULT(
      stls_bio_set_limit(stls_object_outgoing(pair.client), 20000, NULL),
      STLS_OK, "limit");
  while (received < sizeof data) {
    stls_result result;
    (void)!stls_object_write(pair.client, data + sent, sizeof data - sent,
                             &done);
    sent += done;
    result = stls_object_key_update(pair.client, true);
    cr_assert(result == STLS_OK || result == STLS_WANT_WRITE);
    updates += result == STLS_OK;
    pair_move_all(&pair, pair.client, pair.server);
    (void)!stls_object_read(pair.server, got + received, sizeof got - received,
                            &done);
    received += done;
    pair_move_all(&pair, pair.server, pair.client);
    EXPECT_RESULT(stls_object_read(pair.client, got, 0, &done), STLS_OK, "0");
  }
  cr_expect_gt(updates, 2);
  cr_expect_arr_eq(got, data, sizeof data);
  pair_free(&pair);
}

/* A full outgoing takes none, and the same call works when it is drained. */
Test(key_update, waits_for_room)
{
  pair_options options = {.version = STLS_TLS_1_3, .tune_client = traced};
  test_pair pair = pair_open(&options);
  stls_bio *outgoing = stls_object_outgoing(pair.client);
  size_t done;
  char byte;

  ASSERT_RESULT(stls_object_write(pair.client, "x", 1, &done), STLS_OK, "x");
  ASSERT_RESULT(stls_bio_set_limit(outgoing, 1, NULL), STLS_OK, "limit");
  EXPECT_RESULT(stls_object_key_update(pair.client, false), STLS_WANT_WRITE,
                "full");
  expect_seen(0, 0, "full");
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(stls_object_key_update(pair.client, false), STLS_OK, "empty");
  expect_seen(0, 1, "empty");
  ASSERT_RESULT(stls_object_read(pair.server, &byte, 1, &done), STLS_OK, "x");
  pair_transfer(&pair, pair.client, pair.server, 5000);
  pair_free(&pair);
}

/* What is corked is sealed later, with the new keys. */
Test(key_update, comes_before_what_is_corked)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair = pair_open(&options);
  char out[10];
  size_t done;

  ASSERT_RESULT(stls_object_cork(pair.client), STLS_OK, "cork");
  ASSERT_RESULT(stls_object_write(pair.client, "held", 4, &done), STLS_OK, "w");
  EXPECT_RESULT(stls_object_key_update(pair.client, false), STLS_OK, "update");
  cr_expect_eq(stls_object_corked(pair.client), (size_t)4);
  ASSERT_RESULT(stls_object_flush(pair.client), STLS_OK, "flush");
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(stls_object_read(pair.server, out, 10, &done), STLS_OK,
                pair_message(pair.server));
  cr_expect_eq(done, (size_t)4);
  pair_free(&pair);
}

/* Half a KeyUpdate has come: libssl sends nothing before it has the rest. */
Test(key_update, waits_for_the_rest_of_the_peers_message)
{
  test_pair pair = record_forger_open(NULL);
  size_t done;
  char byte;

  record_forger_send(pair.server, 22, "\x18\x00\x00\x01", 4);
  EXPECT_RESULT(stls_object_read(pair.server, &byte, 1, &done), STLS_WANT_READ,
                "half");
  EXPECT_RESULT(stls_object_key_update(pair.server, false), STLS_WANT_READ,
                "half");
  EXPECT_RESULT(stls_object_error(pair.server, NULL), STLS_OK, "half");
  record_forger_send(pair.server, 22, "\x00", 1);
  EXPECT_RESULT(stls_object_key_update(pair.server, false), STLS_OK,
                pair_message(pair.server));
  pair_free(&pair);
}

static void update_now(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  (void)event;
  (void)user_data;
  EXPECT_RESULT(stls_object_key_update(object, true), STLS_ERROR_MISUSE,
                "callback");
  seen[0]++;
}

static void updating(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_trace(context, update_now, NULL, NULL),
                STLS_OK, "trace");
}

Test(key_update, is_refused_in_a_callback)
{
  pair_options options = {.tune_client = updating};
  test_pair pair = pair_open(&options);

  pair_transfer(&pair, pair.client, pair.server, 5);
  cr_expect_gt(seen[0], 0);
  pair_free(&pair);
}
