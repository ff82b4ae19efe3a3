/* SPDX-License-Identifier: MIT */
/* test_bio_object: changes of a queue while an object reads it. */
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/trace.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(bio_object);

static const pair_options defaults = {0};

/* What a callback is to do to its object's incoming bio. */
typedef void (*meddler)(stls_bio *incoming);
static meddler meddle;
static size_t num_meddled;
static stls_records records;

static void tune(stls_context *context);
static void on_message(stls_object *object, const stls_trace_event *event,
                       void *user_data);
static void open_and_transfer(meddler with);

static void try_to_read(stls_bio *incoming);
static void try_to_consume(stls_bio *incoming);
static void try_to_trim(stls_bio *incoming);
static void look(stls_bio *incoming);
static void change_limit(stls_bio *incoming);

static void use_direct(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                STLS_OK, "set_records");
}

Test(bio_object, refuses_to_be_read_from_a_callback)
{
  open_and_transfer(try_to_read);
}

Test(bio_object, refuses_to_be_consumed_from_a_callback)
{
  open_and_transfer(try_to_consume);
}

Test(bio_object, can_be_trimmed_from_a_callback)
{
  open_and_transfer(try_to_trim);
}

Test(bio_object, can_be_looked_at_from_a_callback)
{
  open_and_transfer(look);
}

Test(bio_object, can_be_bounded_from_a_callback)
{
  open_and_transfer(change_limit);
}

Test(bio_object, can_be_read_again_after_the_call)
{
  test_pair pair = pair_open(&defaults);
  stls_bio *in = stls_object_incoming(pair.server);
  unsigned char out[10];
  size_t done = 0;

  bytes_put(in, 10, 0);
  bytes_take(in, 5, 0);
  ASSERT_RESULT(stls_bio_consume(in, 5, NULL), STLS_OK, "consume");
  ASSERT_RESULT(stls_object_read(pair.server, out, 10, &done), STLS_WANT_READ,
                "read");
  EXPECT_RESULT(stls_bio_read(in, out, 10, &done, NULL), STLS_WANT_READ,
                "after a call");
  pair_free(&pair);
}

Test(bio_object, outlives_its_object_for_whoever_has_a_reference)
{
  test_pair pair = pair_open(&defaults);
  stls_bio *out = stls_bio_up_ref(stls_object_outgoing(pair.client));
  size_t done = 0, pending;

  ASSERT_RESULT(stls_object_write(pair.client, "late", 4, &done), STLS_OK,
                "write");
  pending = stls_bio_pending(out);
  pair_free(&pair);
  cr_expect_gt(pending, 4);
  cr_expect_eq(stls_bio_pending(out), pending);
  ASSERT_RESULT(stls_bio_consume(out, pending, NULL), STLS_OK, "consume");
  stls_bio_free(out);
}

/* The room is behind what was queued when it was reserved. */
Test(bio_object, ends_a_reservation_when_it_writes)
{
  for (int turn = 0; turn < 2; turn++) {
    const pair_options options = {
        .tune_client = turn == 0 ? pair_use_libssl_records : use_direct};
    test_pair pair;
    stls_bio *out;
    void *room;
    size_t done, pending;
    stls_error err = STLS_ERROR_INIT;
    if (turn == 1 && !pair_can_be_direct()) break;
    pair = pair_open(&options);
    pair_settle(&pair);
    out = stls_object_outgoing(pair.client);
    ASSERT_RESULT(stls_bio_reserve(out, 100, &room, &done, NULL), STLS_OK,
                  "reserve");
    ASSERT_RESULT(stls_object_write(pair.client, "soon", 4, &done), STLS_OK,
                  "write");
    pending = stls_bio_pending(out);
    expect_misuse(stls_bio_commit(out, 10, &err), &err, "nothing is reserved");
    cr_expect_eq(stls_bio_pending(out), pending);
    pair_transfer(&pair, pair.server, pair.client, 10);
    pair_free(&pair);
  }
}

/* One side's outgoing is the other's incoming: nothing has to be moved. */
Test(bio_object, joins_two_objects_directly)
{
  stls_context *client_context = pair_context(&defaults, STLS_CLIENT);
  stls_context *server_context = pair_context(&defaults, STLS_SERVER);
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_bio *up = bytes_bio(STLS_BIO_DEFAULT_LIMIT);
  stls_bio *down = bytes_bio(STLS_BIO_DEFAULT_LIMIT);
  stls_object *client = NULL, *server = NULL;
  char got[10];
  size_t done = 0;

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(client_context, down, up, &options, &client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_object_new(server_context, up, down, NULL, &server, NULL),
                STLS_OK, "server");
  for (int turn = 0; turn < 10; turn++) {
    (void)!stls_object_handshake(client);
    (void)!stls_object_handshake(server);
  }
  EXPECT_RESULT(stls_object_write(client, "directly", 8, &done), STLS_OK,
                pair_message(client));
  EXPECT_RESULT(stls_object_read(server, got, sizeof got, &done), STLS_OK,
                pair_message(server));
  cr_expect_arr_eq(got, "directly", 8);
  stls_object_free(client);
  stls_object_free(server);
  stls_bio_free(up);
  stls_bio_free(down);
  stls_context_free(client_context);
  stls_context_free(server_context);
}

static void open_and_transfer(meddler with)
{
  pair_options options = {.tune_client = tune, .tune_server = tune};
  test_pair pair;

  meddle = with;
  for (int row = 0; row < 4; row++) {
    if (row >= 2 && !pair_can_be_direct()) break;
    options.version = row % 2 == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    records = row < 2 ? STLS_RECORDS_LIBSSL : STLS_RECORDS_DIRECT;
    num_meddled = 0;
    pair = pair_open(&options);
    pair_transfer(&pair, pair.client, pair.server, 40000);
    pair_transfer(&pair, pair.server, pair.client, 40000);
    pair_free(&pair);
    cr_expect_gt(num_meddled, 5, "the callback hardly ever ran");
  }
}

static void tune(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_records(context, records, NULL), STLS_OK,
                "set_records");
  ASSERT_RESULT(stls_context_set_trace(context, on_message, NULL, NULL),
                STLS_OK, "set_trace");
}

static void on_message(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  (void)user_data;
  /* What goes out may be told of while nothing is being read. */
  if (event->flow != STLS_RECORDS_IN) return;
  meddle(stls_object_incoming(object));
  num_meddled++;
}

static void try_to_read(stls_bio *incoming)
{
  unsigned char out[10];
  size_t read = 77, before = stls_bio_pending(incoming);

  EXPECT_RESULT(stls_bio_read(incoming, out, 10, &read, NULL),
                STLS_ERROR_MISUSE, "read");
  cr_expect_eq(read, 0);
  cr_expect_eq(stls_bio_pending(incoming), before);
}

static void try_to_consume(stls_bio *incoming)
{
  size_t before = stls_bio_pending(incoming);

  EXPECT_RESULT(stls_bio_consume(incoming, before, NULL), STLS_ERROR_MISUSE,
                "consume");
  cr_expect_eq(stls_bio_pending(incoming), before);
}

static void try_to_trim(stls_bio *incoming)
{
  size_t before = stls_bio_pending(incoming);

  stls_bio_trim(incoming);
  cr_expect_eq(stls_bio_pending(incoming), before);
}

static void look(stls_bio *incoming)
{
  stls_span span = stls_bio_peek(incoming);

  cr_expect_leq(span.len, stls_bio_pending(incoming));
  cr_expect_not(stls_bio_eof(incoming));
}

static void change_limit(stls_bio *incoming)
{
  EXPECT_RESULT(stls_bio_set_limit(incoming, 200000, NULL), STLS_OK, "limit");
}

static void send_x25519(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "X25519:P-256", NULL), STLS_OK,
                "groups");
}

static void take_p256(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-256", NULL), STLS_OK,
                "groups");
}

static void limit_queues(stls_object *object, size_t limit)
{
  ASSERT_RESULT(stls_bio_set_limit(stls_object_incoming(object), limit, NULL),
                STLS_OK, "incoming");
  ASSERT_RESULT(stls_bio_set_limit(stls_object_outgoing(object), limit, NULL),
                STLS_OK, "outgoing");
}

/* With nothing in between that holds a byte; whether any moved. */
static bool pass(stls_object *from, stls_object *to)
{
  stls_span span = stls_bio_peek(stls_object_outgoing(from));
  size_t done = 0;

  if (span.len == 0 || stls_bio_write(stls_object_incoming(to), span.data,
                                      span.len, &done, NULL) != STLS_OK)
    return false;
  ASSERT_RESULT(stls_bio_consume(stls_object_outgoing(from), done, NULL),
                STLS_OK, "consume");
  return true;
}

/* RFC 8446, 4.1.4 and D.4: HelloRetryRequest, and change_cipher_spec behind it,
 * which is 6 bytes long. */
Test(bio_object, queues_of_six_bytes_are_enough)
{
  const pair_options rows[] = {
      {.version = STLS_TLS_1_2},
      {.version = STLS_TLS_1_3},
      {.version = STLS_TLS_1_3,
       .tune_client = send_x25519,
       .tune_server = take_p256},
  };

  for (size_t limit = 6; limit < 12; limit++)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      test_pair pair = pair_new(&rows[i]);
      stls_result client, server;
      bool moved;
      limit_queues(pair.client, limit);
      limit_queues(pair.server, limit);
      do {
        client = stls_object_handshake(pair.client);
        moved = pass(pair.client, pair.server);
        server = stls_object_handshake(pair.server);
        moved = pass(pair.server, pair.client) || moved;
      } while (moved);
      EXPECT_RESULT(client, STLS_OK, pair_message(pair.client));
      EXPECT_RESULT(server, STLS_OK, pair_message(pair.server));
      pair_free(&pair);
    }
}
