/* SPDX-License-Identifier: MIT */
/* test_stale_errors: calls on an object keep the error queue, and ignore stale
 * entries. */
/*
 * Each call is made twice in the same situation: once with an empty queue,
 * which has to be empty afterwards, and once with entries of somebody else,
 * which have to be there afterwards and must not change what comes of the call.
 */
#include <stdio.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/object_states.h"
#include "support/planted_errors.h"

SUITE(stale_errors, .timeout = 120);

enum {
  NUM_PLANTED = 4
};

/* What a call comes to: its result, and what the object says about it. */
struct outcome {
  stls_result result;
  stls_result error;
  char message[400];
};

typedef stls_result (*object_call)(stls_object *self);

static stls_result call_read(stls_object *self)
{
  char out[100];
  size_t read;

  return stls_object_read(self, out, sizeof out, &read);
}

static stls_result call_readv(stls_object *self)
{
  char out[100];
  const stls_writable_span rooms[] = {{out, 3}, {out + 3, 97}};
  size_t read;

  return stls_object_readv(self, rooms, 2, &read);
}

static stls_result call_read_from(stls_object *self)
{
  char out[100];
  size_t used, read;

  return stls_object_read_from(self,
                               "\x17\x03\x03\x00\x13"
                               "no real record here",
                               24, &used, out, sizeof out, &read);
}

static stls_result call_write(stls_object *self)
{
  size_t written;

  return stls_object_write(self, "data", 4, &written);
}

static stls_result call_writev(stls_object *self)
{
  const stls_span spans[] = {{"da", 2}, {"ta", 2}};
  size_t written;

  return stls_object_writev(self, spans, 2, &written);
}

static stls_result call_corked(stls_object *self)
{
  stls_result result = stls_object_cork(self);
  size_t written;

  if (result == STLS_OK) result = stls_object_write(self, "x", 1, &written);
  if (result == STLS_OK) result = stls_object_flush(self);
  return result;
}

static stls_result call_key_update(stls_object *self)
{
  return stls_object_key_update(self, true);
}

static stls_result call_export(stls_object *self)
{
  char out[32];

  return stls_object_export_key(self, "x", 1, NULL, 0, out, sizeof out, NULL);
}

/* All types; the last one's result. */
static stls_result call_binding(stls_object *self)
{
  stls_result result = STLS_OK;
  char out[STLS_CHANNEL_BINDING_MAX];
  size_t len;

  for (int type = 0; type < 3; type++)
    result = stls_object_channel_binding(self, (stls_channel_binding)type, out,
                                         sizeof out, &len, NULL);
  return result;
}

/* Everything that only looks. */
static stls_result call_getters(stls_object *self)
{
  const stls_conninfo *info = stls_object_conninfo(self);
  stls_error err = STLS_ERROR_INIT;
  stls_certificate *certificates[2] = {NULL, NULL};
  stls_certificate_list *lists[3] = {NULL, NULL, NULL};
  stls_session *session = NULL;

  (void)stls_object_wants(self);
  (void)stls_object_pending(self);
  (void)stls_object_corked(self);
  (void)stls_object_ssl(self);
  (void)!stls_object_describe(self, NULL, 0, &(size_t){0}, NULL);
  (void)stls_object_shared_cipher_count(self);
  (void)stls_object_client_auth_conninfo(self);
  (void)stls_conninfo_verify_text(info);
  (void)stls_conninfo_version_name(info);
  (void)!stls_object_take_session(self, &session, &err);
  stls_session_free(session);
  (void)!stls_conninfo_peer_certificate(info, &certificates[0], &err);
  (void)!stls_conninfo_failed_certificate(info, &certificates[1], &err);
  (void)!stls_conninfo_presented_chain(info, &lists[0], &err);
  (void)!stls_conninfo_verified_chain(info, &lists[1], &err);
  (void)!stls_conninfo_built_chain(info, &lists[2], &err);
  for (size_t i = 0; i < 2; i++) stls_certificate_free(certificates[i]);
  for (size_t i = 0; i < 3; i++) stls_certificate_list_free(lists[i]);
  return stls_object_error(self, &err);
}

static stls_result call_bios(stls_object *self)
{
  stls_bio *bio = stls_object_outgoing(self);
  size_t len;
  void *room;
  char byte;

  (void)!stls_bio_read(bio, &byte, 1, &len, NULL);
  (void)!stls_bio_write(bio, &byte, 1, &len, NULL);
  (void)!stls_bio_reserve(bio, 1, &room, &len, NULL);
  (void)!stls_bio_commit(bio, 0, NULL);
  stls_bio_trim(bio);
  stls_bio_write_eof(bio);
  return stls_bio_consume(bio, SIZE_MAX, NULL);
}

static const struct {
  const char *name;
  object_call call;
} calls[] = {
    {"handshake", stls_object_handshake},
    {"read", call_read},
    {"readv", call_readv},
    {"read_from", call_read_from},
    {"write", call_write},
    {"writev", call_writev},
    {"cork, write, flush", call_corked},
    {"close_write", stls_object_close_write},
    {"unwrap", stls_object_unwrap},
    {"key_update", call_key_update},
    {"verify_client", stls_object_verify_client},
    {"export_key", call_export},
    {"channel_binding", call_binding},
    {"getters", call_getters},
    {"bios", call_bios},
};
enum {
  NUM_CALLS = sizeof calls / sizeof calls[0]
};

static void run_calls(stls_role role);
static struct outcome run(const object_states_contexts *setup,
                          object_state kind, stls_role role, size_t call,
                          size_t num_planted, const char *label);

/* The scenes are what they are called: a read finds what is special there. */
Test(stale_errors, is_tested_in_all_situations)
{
  static const stls_result wants[NUM_OBJECT_STATES] = {
      [OBJECT_STATE_NEW] = STLS_WANT_READ,
      [OBJECT_STATE_SHAKING] = STLS_WANT_READ,
      [OBJECT_STATE_SHAKING_GARBAGE] = STLS_ERROR_TLS,
      [OBJECT_STATE_SHAKING_UNTRUSTED] = STLS_ERROR_CERTIFICATE,
      [OBJECT_STATE_SHAKING_CUT] = STLS_ERROR_TRUNCATED,
      [OBJECT_STATE_OPEN] = STLS_WANT_READ,
      [OBJECT_STATE_DATA] = STLS_OK,
      [OBJECT_STATE_HALF] = STLS_WANT_READ,
      [OBJECT_STATE_GARBAGE] = STLS_ERROR_TLS,
      [OBJECT_STATE_CLOSING] = STLS_CLOSED,
      [OBJECT_STATE_ALERT] = STLS_ERROR_ALERT,
      [OBJECT_STATE_CUT] = STLS_ERROR_TRUNCATED,
      [OBJECT_STATE_FULL] = STLS_WANT_READ,
      [OBJECT_STATE_MESSAGE] = STLS_WANT_READ,
      [OBJECT_STATE_OWING] = STLS_WANT_READ,
      [OBJECT_STATE_CORKED] = STLS_WANT_READ,
      [OBJECT_STATE_STUFFED] = STLS_WANT_READ,
      [OBJECT_STATE_OUT_ENDED] = STLS_WANT_READ,
      [OBJECT_STATE_CLOSE_SENT] = STLS_WANT_READ,
      [OBJECT_STATE_CLOSE_RECEIVED] = STLS_CLOSED,
      [OBJECT_STATE_CLOSED] = STLS_CLOSED,
      [OBJECT_STATE_ABANDONED] = STLS_ERROR_MISUSE,
      [OBJECT_STATE_FAILED] = STLS_ERROR_CERTIFICATE,
  };
  object_states_contexts setup;

  object_states_open(&setup);
  for (size_t i = 0; i < 2 * NUM_OBJECT_STATES; i++) {
    object_state kind = (object_state)(i / 2);
    object_states_pair ends = object_states_begin(
        &setup, kind, i % 2 == 0 ? STLS_CLIENT : STLS_SERVER);
    EXPECT_RESULT(call_read(ends.self), wants[kind], object_state_name(kind));
    object_states_end(&ends);
  }
  object_states_close(&setup);
}

Test(stale_errors, is_as_it_was_after_every_call_on_a_client)
{
  run_calls(STLS_CLIENT);
}

Test(stale_errors, is_as_it_was_after_every_call_on_a_server)
{
  run_calls(STLS_SERVER);
}

Test(stale_errors, is_as_it_was_after_an_object_is_made_and_freed)
{
  object_states_contexts setup;
  object_states_pair ends;

  object_states_open(&setup);
  for (object_state kind = OBJECT_STATE_NEW; kind < NUM_OBJECT_STATES; kind++) {
    const char *name = object_state_name(kind);
    planted_errors_put(0);
    ends = object_states_begin(&setup, kind, STLS_CLIENT);
    planted_errors_expect(0, name);
    object_states_end(&ends);
    planted_errors_expect(0, name);
    planted_errors_put(NUM_PLANTED);
    ends = object_states_begin(&setup, kind, STLS_SERVER);
    object_states_end(&ends);
    planted_errors_expect(NUM_PLANTED, name);
  }
  object_states_close(&setup);
}

/* OpenSSL's queue is a ring: a full one has to come back whole, too. */
Test(stale_errors, is_as_it_was_when_it_was_full)
{
  object_states_contexts setup;
  object_states_pair ends;

  object_states_open(&setup);
  planted_errors_put(20);
  ends = object_states_begin(&setup, OBJECT_STATE_FAILED, STLS_CLIENT);
  object_states_end(&ends);
  ends = object_states_begin(&setup, OBJECT_STATE_CLOSED, STLS_CLIENT);
  object_states_end(&ends);
  planted_errors_expect(20, "full");
  object_states_close(&setup);
}

/* A stale entry is mistaken for a fresh one where libssl has nothing to say:
 * the classic, and the reason for all this. */
Test(stale_errors, does_not_turn_starvation_into_failure)
{
  object_states_contexts setup;
  object_states_pair ends;

  object_states_open(&setup);
  ends = object_states_begin(&setup, OBJECT_STATE_OPEN, STLS_CLIENT);
  planted_errors_put(NUM_PLANTED);
  for (int i = 0; i < 3; i++)
    EXPECT_RESULT(call_read(ends.self), STLS_WANT_READ, "starved");
  EXPECT_RESULT(stls_object_unwrap(ends.self), STLS_WANT_READ, "unwrap");
  EXPECT_RESULT(stls_object_error(ends.self, NULL), STLS_OK, "no failure");
  planted_errors_expect(NUM_PLANTED, "starved");
  object_states_end(&ends);
  object_states_close(&setup);
}

static void run_calls(stls_role role)
{
  object_states_contexts setup;
  char label[128];
  /* Under valgrind half of them: the other half is the other role's. */
  size_t step = check_quick() ? 2 : 1;
  size_t first = role == STLS_CLIENT ? 0 : step - 1;

  object_states_open(&setup);
  for (size_t i = first; i < NUM_OBJECT_STATES * NUM_CALLS; i += step) {
    object_state kind = (object_state)(i / NUM_CALLS);
    size_t call = i % NUM_CALLS;
    struct outcome clean, dirty;
    snprintf(label, sizeof label, "%s, %s", object_state_name(kind),
             calls[call].name);
    clean = run(&setup, kind, role, call, 0, label);
    dirty = run(&setup, kind, role, call, NUM_PLANTED, label);
    EXPECT_RESULT(dirty.result, clean.result, label);
    EXPECT_RESULT(dirty.error, clean.error, label);
    cr_expect_str_eq(dirty.message, clean.message, "%s", label);
  }
  object_states_close(&setup);
}

static struct outcome run(const object_states_contexts *setup,
                          object_state kind, stls_role role, size_t call,
                          size_t num_planted, const char *label)
{
  object_states_pair ends = object_states_begin(setup, kind, role);
  stls_error err = STLS_ERROR_INIT;
  struct outcome outcome;

  planted_errors_put(num_planted);
  outcome.result = calls[call].call(ends.self);
  planted_errors_expect(num_planted, label);
  outcome.error = stls_object_error(ends.self, &err);
  snprintf(outcome.message, sizeof outcome.message, "%s", err.message);
  object_states_end(&ends);
  return outcome;
}
