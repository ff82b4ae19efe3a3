/* SPDX-License-Identifier: MIT */
/* test_observer: an observer of one object hears of each call, and changes nothing. */
#include <openssl/err.h>
#include <string.h>

#include <sanstls/observer.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(observer);

struct notes {
  size_t begun, ended, messages, freed;
  /* The last call. */
  char call[48];
  stls_call_event begin, end;
  char data[64];
  size_t pending_in;
  stls_result reentered[4];
  bool reenters, frees_at_begin, frees_at_end, raises;
};

static void reenter(stls_object *object, struct notes *notes)
{
  const stls_observer none = STLS_OBSERVER_INIT;
  char byte = 0;
  size_t n;

  notes->reentered[0] = stls_object_read(object, &byte, 1, &n);
  notes->reentered[1] = stls_object_write(object, &byte, 1, &n);
  notes->reentered[2] = stls_object_handshake(object);
  notes->reentered[3] = stls_object_set_observer(object, &none, NULL);
}

static void keep_data(struct notes *notes, const stls_call_event *event)
{
  size_t left = event->done, at = 0;
  size_t num = event->num_data + event->num_room;

  memset(notes->data, 0, sizeof notes->data);
  for (size_t i = 0; i < num && left > 0; i++) {
    const void *data =
        event->num_data > 0 ? event->data[i].data : event->room[i].data;
    size_t len = event->num_data > 0 ? event->data[i].len : event->room[i].len;
    if (len > left) len = left;
    if (len > sizeof notes->data - 1 - at) len = sizeof notes->data - 1 - at;
    memcpy(notes->data + at, data, len);
    at += len;
    left -= len;
  }
}

static void on_call(stls_object *object, const stls_call_event *event,
                    void *user_data)
{
  struct notes *notes = user_data;

  cr_expect_eq(event->size, sizeof *event);
  snprintf(notes->call, sizeof notes->call, "%s", event->call);
  *(event->has_ended ? &notes->end : &notes->begin) = *event;
  ++*(event->has_ended ? &notes->ended : &notes->begun);
  cr_expect_eq(notes->begun, notes->ended + !event->has_ended, "%s",
               event->call);
  if (event->has_ended)
    keep_data(notes, event);
  else
    notes->pending_in = stls_bio_pending(stls_object_incoming(object));
  if (notes->reenters) reenter(object, notes);
  if (notes->raises) ERR_raise(ERR_LIB_USER, 1);
  if (event->has_ended ? notes->frees_at_end : notes->frees_at_begin)
    stls_object_free(object);
}

static void on_message(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  struct notes *notes = user_data;

  (void)object;
  (void)event;
  notes->messages++;
}

static void on_freed(void *user_data)
{
  ((struct notes *)user_data)->freed++;
}

static void observe(stls_object *object, struct notes *notes)
{
  stls_observer observer = STLS_OBSERVER_INIT;

  observer.call = on_call;
  observer.message = on_message;
  observer.freed = on_freed;
  observer.user_data = notes;
  ASSERT_RETURNS(stls_object_set_observer(object, &observer, NULL), STLS_OK);
}

/* The call, its result, and that it is told once. */
#define EXPECT_TOLD(notes, expression, want, name) \
  do { \
    size_t begun_ = (notes)->begun; \
    EXPECT_RETURNS(expression, want); \
    cr_expect_eq((notes)->begun, begun_ + 1, "%s is told once", name); \
    cr_expect_str_eq((notes)->call, name); \
    cr_expect_eq((notes)->end.result, want, "%s", name); \
    cr_expect_eq((notes)->begin.result, STLS_OK, "%s", name); \
  } while (0)

Test(observer, is_told_of_reads_and_writes)
{
  pair_options options = {0};
  char label[64], out[64];
  size_t n;

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    struct notes notes = {0};
    test_pair pair = pair_open(&options);
    stls_object *client = pair.client;
    stls_span spans[] = {{"he", 2}, {"llo", 3}};
    stls_writable_span room[] = {{out, 2}, {out + 2, sizeof out - 2}};
    pair_settle(&pair);
    observe(client, &notes);
    EXPECT_TOLD(&notes, stls_object_write(client, "hello", 5, &n), STLS_OK,
                "stls_object_write");
    cr_expect(notes.begin.len == 5 && notes.begin.done == 0, "%s", label);
    cr_expect(notes.end.done == 5 && strcmp(notes.data, "hello") == 0);
    EXPECT_TOLD(&notes, stls_object_writev(client, spans, 2, &n), STLS_OK,
                "stls_object_writev");
    cr_expect(notes.end.done == 5 && strcmp(notes.data, "hello") == 0);
    EXPECT_TOLD(&notes, stls_object_read(client, out, sizeof out, &n),
                STLS_WANT_READ, "stls_object_read");
    ASSERT_RETURNS(stls_object_write(pair.server, "pong", 4, &n), STLS_OK);
    pair_move_all(&pair, pair.server, client);
    EXPECT_TOLD(&notes, stls_object_peek(client, out, sizeof out, &n), STLS_OK,
                "stls_object_peek");
    cr_expect(notes.pending_in > 4, "the observer sees what has arrived");
    EXPECT_TOLD(&notes, stls_object_readv(client, room, 2, &n), STLS_OK,
                "stls_object_readv");
    cr_expect(notes.begin.len == sizeof out && notes.end.done == 4);
    cr_expect_str_eq(notes.data, "pong", "%s", label);
    pair_free(&pair);
    cr_expect_eq(notes.freed, 1, "%s", label);
  }
}

/* Starved reads and corked writes have ways of their own. */
Test(observer, is_told_where_calls_return_early)
{
  pair_options options = {0};
  char out[64];
  size_t n, used, len;
  struct notes notes = {0};
  test_pair pair = pair_open(&options);
  stls_bio *records = stls_object_outgoing(pair.server);

  pair_settle(&pair);
  observe(pair.client, &notes);
  EXPECT_TOLD(&notes, stls_object_cork(pair.client), STLS_OK,
              "stls_object_cork");
  for (int i = 0; i < 3; i++)
    EXPECT_TOLD(&notes, stls_object_write(pair.client, "a", 1, &n), STLS_OK,
                "stls_object_write");
  EXPECT_TOLD(&notes, stls_object_flush(pair.client), STLS_OK,
              "stls_object_flush");
  ASSERT_RETURNS(stls_object_write(pair.server, "pong", 4, &n), STLS_OK);
  len = stls_bio_pending(records);
  for (size_t i = 0; i < len; i++) {
    char byte;
    ASSERT_RETURNS(stls_bio_read(records, &byte, 1, &n, NULL), STLS_OK);
    EXPECT_TOLD(&notes,
                stls_object_read_from(pair.client, &byte, 1, &used, out,
                                      sizeof out, &n),
                i + 1 < len ? STLS_WANT_READ : STLS_OK,
                "stls_object_read_from");
    cr_expect(notes.begin.records.data == &byte && used == 1);
    cr_expect_eq(notes.end.records.len, used);
    EXPECT_TOLD(&notes, stls_object_read(pair.client, out, sizeof out, &n),
                STLS_WANT_READ, "stls_object_read");
  }
  pair_free(&pair);
}

Test(observer, is_told_of_the_other_calls)
{
  pair_options options = {.version = STLS_TLS_1_3};
  struct notes client = {0}, server = {0};
  test_pair pair = pair_new(&options);

  observe(pair.client, &client);
  EXPECT_TOLD(&client, stls_object_handshake(pair.client), STLS_WANT_READ,
              "stls_object_handshake");
  cr_expect_gt(client.messages, 0, "messages are told, too");
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  pair_settle(&pair);
  observe(pair.server, &server);
  EXPECT_TOLD(&client, stls_object_key_update(pair.client, true), STLS_OK,
              "stls_object_key_update");
  cr_expect_eq(client.begin.argument, 1);
  EXPECT_TOLD(&server, stls_object_verify_client(pair.server),
              STLS_ERROR_MISUSE, "stls_object_verify_client");
  EXPECT_TOLD(&server, stls_object_set_context(pair.server, NULL),
              STLS_ERROR_MISUSE, "stls_object_set_context");
  EXPECT_TOLD(&server, stls_object_consume_control(pair.server),
              STLS_ERROR_MISUSE, "stls_object_consume_control");
  EXPECT_TOLD(&server,
              stls_object_count_data(pair.server, STLS_RECORDS_OUT, 1, 1),
              STLS_ERROR_MISUSE, "stls_object_count_data");
  cr_expect_eq(server.begin.argument, STLS_RECORDS_OUT);
  EXPECT_TOLD(&server, stls_object_receive_control(pair.server, 22, "", 0),
              STLS_ERROR_MISUSE, "stls_object_receive_control");
  EXPECT_TOLD(&client, stls_object_close_write(pair.client), STLS_OK,
              "stls_object_close_write");
  EXPECT_TOLD(&client, stls_object_unwrap(pair.client), STLS_WANT_READ,
              "stls_object_unwrap");
  cr_expect_not(client.begin.has_incoming_ended);
  stls_bio_write_eof(stls_object_incoming(pair.client));
  EXPECT_TOLD(&client, stls_object_unwrap(pair.client), STLS_ERROR_TRUNCATED,
              "stls_object_unwrap");
  cr_expect(client.begin.has_incoming_ended);
  EXPECT_TOLD(&server, stls_object_reject(pair.server, 300), STLS_ERROR_MISUSE,
              "stls_object_reject");
  cr_expect_eq(server.begin.argument, 300);
  pair_free(&pair);
}

Test(observer, can_make_no_call_and_leave_no_entry)
{
  pair_options options = {0};
  struct notes notes = {.reenters = true, .raises = true};
  test_pair pair = pair_new(&options);

  observe(pair.client, &notes);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  for (int i = 0; i < 4; i++)
    EXPECT_RESULT(notes.reentered[i], STLS_ERROR_MISUSE, expect_label("%d", i));
  cr_expect_eq(ERR_peek_error(), 0, "the queue is as it was");
  pair_transfer(&pair, pair.client, pair.server, 40000);
  pair_free(&pair);
}

Test(observer, may_free_the_object)
{
  for (int at_end = 0; at_end < 2; at_end++) {
    pair_options options = {0};
    struct notes notes = {.frees_at_begin = !at_end, .frees_at_end = at_end};
    test_pair pair = pair_new(&options);
    observe(pair.client, &notes);
    EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
    cr_expect_eq(notes.ended, 1, "the call ended, and was told of");
    cr_expect_eq(notes.freed, 1);
    pair.client = NULL;
    pair_free(&pair);
  }
}

Test(observer, can_be_replaced_and_removed)
{
  pair_options options = {0};
  struct notes first = {0}, second = {0};
  test_pair pair = pair_new(&options);
  stls_observer unset = {0}, message = STLS_OBSERVER_INIT;
  size_t begun;
  stls_error err = STLS_ERROR_INIT;

  observe(pair.client, &first);
  observe(pair.client, &second);
  cr_expect_eq(first.freed, 1);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  cr_expect(first.begun == 0 && second.begun > 0);
  expect_misuse(stls_object_set_observer(pair.client, &unset, &err), &err,
                "size");
  expect_misuse(stls_object_set_observer(NULL, NULL, &err), &err, "object");
  cr_expect_eq(second.freed, 0, "a refused one changes nothing");
  message.message = on_message;
  message.user_data = &first;
  ASSERT_RETURNS(stls_object_set_observer(pair.client, &message, NULL),
                 STLS_OK);
  begun = second.begun;
  pair_transfer(&pair, pair.client, pair.server, 100);
  cr_expect(first.begun == 0 && first.messages > 0, "only messages");
  ASSERT_RETURNS(stls_object_set_observer(pair.client, NULL, NULL), STLS_OK);
  cr_expect(second.freed == 1 && second.begun == begun);
  pair_free(&pair);
  cr_expect_eq(first.freed, 1, "of the first time");
}
