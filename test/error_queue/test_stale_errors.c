/* SPDX-License-Identifier: MIT */
/* test_stale_errors: OpenSSL's thread error queue, before and after every call on an
 * object. */
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

SUITE(queue, .timeout = 120);

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
static struct outcome run(const scene_stage *stage, scene_kind kind,
                          stls_role role, size_t call, size_t num_planted,
                          const char *label);

/* The scenes are what they are called: a read finds what is special there. */
Test(queue, is_tested_in_all_situations)
{
  static const stls_result wants[NUM_SCENES] = {
      [SCENE_NEW] = STLS_WANT_READ,
      [SCENE_SHAKING] = STLS_WANT_READ,
      [SCENE_SHAKING_GARBAGE] = STLS_ERROR_TLS,
      [SCENE_SHAKING_UNTRUSTED] = STLS_ERROR_CERTIFICATE,
      [SCENE_SHAKING_CUT] = STLS_ERROR_TRUNCATED,
      [SCENE_OPEN] = STLS_WANT_READ,
      [SCENE_DATA] = STLS_OK,
      [SCENE_HALF] = STLS_WANT_READ,
      [SCENE_GARBAGE] = STLS_ERROR_TLS,
      [SCENE_CLOSING] = STLS_CLOSED,
      [SCENE_ALERT] = STLS_ERROR_ALERT,
      [SCENE_CUT] = STLS_ERROR_TRUNCATED,
      [SCENE_FULL] = STLS_WANT_READ,
      [SCENE_MESSAGE] = STLS_WANT_READ,
      [SCENE_OWING] = STLS_WANT_READ,
      [SCENE_CORKED] = STLS_WANT_READ,
      [SCENE_STUFFED] = STLS_WANT_READ,
      [SCENE_OUT_ENDED] = STLS_WANT_READ,
      [SCENE_CLOSE_SENT] = STLS_WANT_READ,
      [SCENE_CLOSE_RECEIVED] = STLS_CLOSED,
      [SCENE_CLOSED] = STLS_CLOSED,
      [SCENE_ABANDONED] = STLS_ERROR_MISUSE,
      [SCENE_FAILED] = STLS_ERROR_CERTIFICATE,
  };
  scene_stage stage;

  scene_stage_open(&stage);
  for (size_t i = 0; i < 2 * NUM_SCENES; i++) {
    scene_kind kind = (scene_kind)(i / 2);
    test_scene scene =
        scene_begin(&stage, kind, i % 2 == 0 ? STLS_CLIENT : STLS_SERVER);
    EXPECT_RESULT(call_read(scene.self), wants[kind], scene_name(kind));
    scene_end(&scene);
  }
  scene_stage_close(&stage);
}

Test(queue, is_as_it_was_after_every_call_on_a_client)
{
  run_calls(STLS_CLIENT);
}

Test(queue, is_as_it_was_after_every_call_on_a_server)
{
  run_calls(STLS_SERVER);
}

Test(queue, is_as_it_was_after_an_object_is_made_and_freed)
{
  scene_stage stage;
  test_scene scene;

  scene_stage_open(&stage);
  for (scene_kind kind = SCENE_NEW; kind < NUM_SCENES; kind++) {
    const char *name = scene_name(kind);
    planted_put(0);
    scene = scene_begin(&stage, kind, STLS_CLIENT);
    planted_expect(0, name);
    scene_end(&scene);
    planted_expect(0, name);
    planted_put(NUM_PLANTED);
    scene = scene_begin(&stage, kind, STLS_SERVER);
    scene_end(&scene);
    planted_expect(NUM_PLANTED, name);
  }
  scene_stage_close(&stage);
}

/* OpenSSL's queue is a ring: a full one has to come back whole, too. */
Test(queue, is_as_it_was_when_it_was_full)
{
  scene_stage stage;
  test_scene scene;

  scene_stage_open(&stage);
  planted_put(20);
  scene = scene_begin(&stage, SCENE_FAILED, STLS_CLIENT);
  scene_end(&scene);
  scene = scene_begin(&stage, SCENE_CLOSED, STLS_CLIENT);
  scene_end(&scene);
  planted_expect(20, "full");
  scene_stage_close(&stage);
}

/* A stale entry is mistaken for a fresh one where libssl has nothing to say:
 * the classic, and the reason for all this. */
Test(queue, does_not_turn_starvation_into_failure)
{
  scene_stage stage;
  test_scene scene;

  scene_stage_open(&stage);
  scene = scene_begin(&stage, SCENE_OPEN, STLS_CLIENT);
  planted_put(NUM_PLANTED);
  for (int i = 0; i < 3; i++)
    EXPECT_RESULT(call_read(scene.self), STLS_WANT_READ, "starved");
  EXPECT_RESULT(stls_object_unwrap(scene.self), STLS_WANT_READ, "unwrap");
  EXPECT_RESULT(stls_object_error(scene.self, NULL), STLS_OK, "no failure");
  planted_expect(NUM_PLANTED, "starved");
  scene_end(&scene);
  scene_stage_close(&stage);
}

static void run_calls(stls_role role)
{
  scene_stage stage;
  char label[128];
  /* Under valgrind half of them: the other half is the other role's. */
  size_t step = check_quick() ? 2 : 1;
  size_t first = role == STLS_CLIENT ? 0 : step - 1;

  scene_stage_open(&stage);
  for (size_t i = first; i < NUM_SCENES * NUM_CALLS; i += step) {
    scene_kind kind = (scene_kind)(i / NUM_CALLS);
    size_t call = i % NUM_CALLS;
    struct outcome clean, dirty;
    snprintf(label, sizeof label, "%s, %s", scene_name(kind), calls[call].name);
    clean = run(&stage, kind, role, call, 0, label);
    dirty = run(&stage, kind, role, call, NUM_PLANTED, label);
    EXPECT_RESULT(dirty.result, clean.result, label);
    EXPECT_RESULT(dirty.error, clean.error, label);
    cr_expect_str_eq(dirty.message, clean.message, "%s", label);
  }
  scene_stage_close(&stage);
}

static struct outcome run(const scene_stage *stage, scene_kind kind,
                          stls_role role, size_t call, size_t num_planted,
                          const char *label)
{
  test_scene scene = scene_begin(stage, kind, role);
  stls_error err = STLS_ERROR_INIT;
  struct outcome outcome;

  planted_put(num_planted);
  outcome.result = calls[call].call(scene.self);
  planted_expect(num_planted, label);
  outcome.error = stls_object_error(scene.self, &err);
  snprintf(outcome.message, sizeof outcome.message, "%s", err.message);
  scene_end(&scene);
  return outcome;
}
