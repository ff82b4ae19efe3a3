/* SPDX-License-Identifier: MIT */
/* test_wants: stls_object_wants predicts the results of calls. */
/*
 * Every situation, in both roles and versions; each call on a fresh object, as a
 * call changes what is wanted. DESIGN, 6: `wants` answers "what may I do now?".
 */
#include <stdio.h>
#include <string.h>

#include <sanstls/trace.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"

SUITE(wants);

/* What a call does to an object, as far as it can be seen. */
struct effect {
  stls_result result;
  /* It took records, gave some, or told something for the first time. */
  bool moved;
};

typedef stls_result (*object_call)(stls_object *self);

static unsigned char data[16384];

static stls_result call_read(stls_object *self)
{
  size_t read;

  return stls_object_read(self, data, sizeof data, &read);
}

static stls_result call_peek(stls_object *self)
{
  size_t read;

  return stls_object_peek(self, data, sizeof data, &read);
}

static stls_result call_write(stls_object *self)
{
  size_t written;

  return stls_object_write(self, data, sizeof data, &written);
}

static stls_result call_write_byte(stls_object *self)
{
  size_t written;

  return stls_object_write(self, data, 1, &written);
}

static struct effect apply(stls_object *self, object_call call)
{
  size_t in = stls_bio_pending(stls_object_incoming(self));
  size_t out = stls_bio_pending(stls_object_outgoing(self));
  stls_result error = stls_object_error(self, NULL);
  bool has_failed = error != STLS_OK && error != STLS_ERROR_MISUSE;
  struct effect effect = {call(self), false};

  effect.moved =
      stls_bio_pending(stls_object_incoming(self)) != in ||
      stls_bio_pending(stls_object_outgoing(self)) != out ||
      (!has_failed && effect.result < 0 && effect.result != STLS_ERROR_MISUSE);
  return effect;
}

/* A fresh object in the situation, and what the call does to it. */
static struct effect try(const object_states_contexts *setup, object_state kind,
                         stls_role role, object_call call)
{
  object_states_pair ends = object_states_begin(setup, kind, role);
  struct effect effect = apply(ends.self, call);

  object_states_end(&ends);
  return effect;
}

static void expect_writes(const object_states_contexts *setup,
                          object_state kind, stls_role role, unsigned wants,
                          const char *label)
{
  struct effect whole = try(setup, kind, role, call_write);
  struct effect byte = try(setup, kind, role, call_write_byte);

  if (wants & STLS_INTEREST_PLAINTEXT_IN) {
    EXPECT_RESULT(whole.result, STLS_OK, label);
    EXPECT_RESULT(byte.result, STLS_OK, label);
  } else if ((wants & STLS_INTEREST_HANDSHAKE) == 0) {
    cr_expect_neq(whole.result, STLS_OK, "%s: write", label);
  }
}

static void expect_reads(const object_states_contexts *setup, object_state kind,
                         stls_role role, unsigned wants, const char *label)
{
  static const object_call calls[] = {call_read, call_peek};

  for (size_t i = 0; i < 2; i++) {
    struct effect effect = try(setup, kind, role, calls[i]);
    if (wants & STLS_INTEREST_PLAINTEXT_OUT)
      cr_expect(effect.moved || effect.result == STLS_OK,
                "%s: read %zu does nothing", label, i);
    else if ((wants & STLS_INTEREST_HANDSHAKE) == 0)
      cr_expect(!effect.moved && effect.result != STLS_OK, "%s: read %zu: %s",
                label, i, stls_result_name(effect.result));
  }
}

static void expect_handshakes(const object_states_contexts *setup,
                              object_state kind, stls_role role, unsigned wants,
                              const char *label)
{
  struct effect effect = try(setup, kind, role, stls_object_handshake);

  cr_expect_eq(effect.moved, (wants & STLS_INTEREST_HANDSHAKE) != 0,
               "%s: a handshake call: %s", label,
               stls_result_name(effect.result));
}

static void expect_records(const object_states_pair *ends, object_state kind,
                           unsigned wants, const char *label)
{
  stls_bio *in = stls_object_incoming(ends->self);
  size_t out = stls_bio_pending(stls_object_outgoing(ends->self));
  size_t done, before;
  bool is_taken;

  cr_expect_eq((wants & STLS_INTEREST_RECORDS_OUT) != 0,
               out > 0 && kind != OBJECT_STATE_OUT_ENDED, "%s: records out",
               label);
  is_taken = stls_bio_write(in, "\x17", 1, &done, NULL) == STLS_OK;
  /* The end was written, or it is full. */
  if (!is_taken && (wants & STLS_INTEREST_RECORDS_IN) == 0) return;
  if (wants & STLS_INTEREST_RECORDS_IN) {
    cr_expect(is_taken, "%s: records in", label);
    return;
  }
  before = stls_bio_pending(in);
  (void)!call_read(ends->self);
  (void)!stls_object_handshake(ends->self);
  cr_expect_eq(stls_bio_pending(in), before, "%s: records in", label);
}

Test(wants, is_what_the_calls_then_do)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  /* With short loops each of the four comes with every fourth ends or so. */
  for (size_t i = 0; i < 4 * NUM_OBJECT_STATES; i += check_quick() ? 3 : 1) {
    stls_role role = i % 2 == 0 ? STLS_CLIENT : STLS_SERVER;
    object_state kind = (object_state)(i / 4);
    object_states_contexts setup;
    object_states_pair ends;
    unsigned wants;
    char label[64];
    object_states_open_version(&setup, versions[i / 2 % 2]);
    snprintf(label, sizeof label, "%s, %s, 1.%zu", object_state_name(kind),
             i % 2 == 0 ? "client" : "server", 2 + i / 2 % 2);
    ends = object_states_begin(&setup, kind, role);
    wants = stls_object_wants(ends.self);
    expect_writes(&setup, kind, role, wants, label);
    expect_reads(&setup, kind, role, wants, label);
    expect_handshakes(&setup, kind, role, wants, label);
    expect_records(&ends, kind, wants, label);
    object_states_end(&ends);
    object_states_close(&setup);
  }
}

Test(wants, nothing_of_a_server_that_nobody_spoke_to)
{
  pair_options options = {0};

  for (int chooses = 0; chooses < 2; chooses++) {
    test_pair pair;
    options.choose_context = chooses == 1;
    pair = pair_new(&options);
    for (int round = 0; round < 3; round++) {
      cr_expect_eq(stls_object_wants(pair.server),
                   (unsigned)STLS_INTEREST_RECORDS_IN, "%d", round);
      EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "none");
    }
    pair_free(&pair);
  }
}

/* A write waits for all of a message, of which one record more may not be the
 * end. */
Test(wants, no_plaintext_within_a_message)
{
  object_states_contexts setup;
  unsigned char rest[4000];
  size_t done, len;

  object_states_open(&setup);
  for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
    object_states_pair ends =
        object_states_begin(&setup, OBJECT_STATE_MESSAGE, role);
    stls_bio *in = stls_object_incoming(ends.self);
    int records = 0;
    ASSERT_RESULT(stls_bio_read(stls_object_outgoing(ends.peer), rest,
                                sizeof rest, &len, NULL),
                  STLS_OK, "rest");
    for (size_t at = 0; at < len; records++) {
      size_t record = 5 + ((size_t)rest[at + 3] << 8 | rest[at + 4]);
      ASSERT_RESULT(stls_bio_write(in, rest + at, record, &done, NULL), STLS_OK,
                    "record");
      if (stls_object_wants(ends.self) & STLS_INTEREST_PLAINTEXT_IN)
        EXPECT_RESULT(call_write_byte(ends.self), STLS_OK, "write");
      cr_expect(stls_object_wants(ends.self) & STLS_INTEREST_PLAINTEXT_OUT);
      (void)!call_read(ends.self);
      at += record;
    }
    cr_expect_gt(records, 1);
    cr_expect(stls_object_wants(ends.self) & STLS_INTEREST_PLAINTEXT_IN);
    EXPECT_RESULT(call_write_byte(ends.self), STLS_OK, "write");
    object_states_end(&ends);
  }
  object_states_close(&setup);
}

/* A context is chosen before anything else happens. */
Test(wants, a_context_and_nothing_else)
{
  pair_options options = {.choose_context = true};
  test_pair pair = pair_new(&options);
  struct effect effect;

  ASSERT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "hello");
  cr_expect_eq(stls_object_wants(pair.server), (unsigned)STLS_INTEREST_CONTEXT);
  effect = apply(pair.server, call_read);
  cr_expect(!effect.moved && effect.result == STLS_WANT_CONTEXT);
  effect = apply(pair.server, call_write);
  cr_expect(!effect.moved && effect.result == STLS_WANT_CONTEXT);
  pair_free(&pair);
}

static unsigned seen;

static void look(stls_object *object, const stls_trace_event *event,
                 void *user_data)
{
  (void)event;
  (void)user_data;
  seen |= stls_object_wants(object);
  EXPECT_RESULT(stls_object_handshake(object), STLS_ERROR_MISUSE, "callback");
}

static void looking(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_trace(context, look, NULL, NULL), STLS_OK,
                "trace");
}

/* In a callback every call is refused; the queues can be worked on. */
Test(wants, no_call_in_a_callback)
{
  pair_options options = {.tune_client = looking, .tune_server = looking};
  test_pair pair = pair_open(&options);

  pair_transfer(&pair, pair.client, pair.server, 1000);
  cr_expect_neq(seen, 0U);
  cr_expect_eq(
      seen & ~(unsigned)(STLS_INTEREST_RECORDS_IN | STLS_INTEREST_RECORDS_OUT),
      0U);
  pair_free(&pair);
}
