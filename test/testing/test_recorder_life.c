/* SPDX-License-Identifier: MIT */
/* test_recorder_life: when a recording may begin, and how it ends. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanstls/observer.h>
#include <sanstls/testing.h>

#include "recorded_pair.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(recorder_life);

static stls_transcript *record(stls_object *object)
{
  stls_transcript *transcript = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result = stls_transcript_record(object, NULL, &transcript, &err);

  cr_assert_eq(result, STLS_OK, "%s", err.message);
  return transcript;
}

Test(recorder_life, ends_with_the_object_or_with_the_transcript)
{
  for (int order = 0; order < 2; order++) {
    pair_options options = {0};
    test_pair pair = pair_new(&options);
    stls_transcript *transcript = record(pair.client);
    ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
    cr_expect_gt(stls_transcript_step_count(transcript), 3);
    if (order == 0) stls_transcript_free(transcript);
    pair_transfer(&pair, pair.client, pair.server, 1000);
    pair_free(&pair);
    if (order == 1) {
      free(recorded_pair_text(transcript));
      stls_transcript_free(transcript);
    }
  }
}

/* What a trace callback of the program frees. */
static stls_transcript *to_free;
static stls_object *object_to_free;

static void free_in_callback(stls_object *object, const stls_trace_event *event,
                             void *user_data)
{
  (void)event;
  (void)user_data;
  stls_transcript_free(to_free);
  to_free = NULL;
  if (object_to_free == object) stls_object_free(object);
  object_to_free = NULL;
}

static void trace(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_trace(context, free_in_callback, NULL, NULL),
                 STLS_OK);
}

Test(recorder_life, may_end_in_a_callback)
{
  for (int which = 0; which < 3; which++) {
    pair_options options = {.tune_client = trace};
    test_pair pair = pair_new(&options);
    stls_transcript *transcript = record(pair.client);
    to_free = which != 1 ? transcript : NULL;
    object_to_free = which > 0 ? pair.client : NULL;
    EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
    if (which == 1) {
      cr_expect_eq(stls_transcript_step_count(transcript), 2,
                   "the call ended before the object was freed");
      stls_transcript_free(transcript);
    }
    if (which > 0) pair.client = NULL;
    pair_free(&pair);
  }
}

Test(recorder_life, ends_where_another_observer_begins)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  stls_transcript *transcript = record(pair.client);

  ASSERT_RETURNS(stls_object_set_observer(pair.client, NULL, NULL), STLS_OK);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  cr_expect_eq(stls_transcript_step_count(transcript), 0);
  stls_transcript_free(transcript);
  pair_free(&pair);
}

Test(recorder_life, begins_before_the_first_call_only)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  stls_transcript *transcript = NULL;
  stls_transcript_options unset = {0};
  stls_error err = STLS_ERROR_INIT;
  size_t n;

  expect_misuse(stls_transcript_record(NULL, NULL, &transcript, &err), &err,
                "object");
  expect_misuse(stls_transcript_record(pair.client, NULL, NULL, &err), &err,
                "out_transcript");
  expect_misuse(stls_transcript_record(pair.client, &unset, &transcript, &err),
                &err, "size");
  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(pair.server), "a", 1, &n, NULL),
      STLS_OK);
  expect_misuse(stls_transcript_record(pair.server, NULL, &transcript, &err),
                &err, "incoming");
  ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  expect_misuse(stls_transcript_record(pair.client, NULL, &transcript, &err),
                &err, "called before");
  cr_expect_null(transcript);
  pair_free(&pair);
}

/* Without a world it has the machine's clock, and no seed. */
Test(recorder_life, needs_no_world)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  stls_transcript *transcript = record(pair.server);

  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  cr_expect_eq(stls_transcript_role(transcript), STLS_SERVER);
  cr_expect_null(stls_transcript_header(transcript, "seed"));
  cr_expect_not_null(stls_transcript_header(transcript, "time"));
  cr_expect_not_null(stls_transcript_header(transcript, "version"));
  cr_expect_not(stls_transcript_is_secret(transcript));
  cr_expect(stls_transcript_is_exact(transcript));
  stls_transcript_free(transcript);
  pair_free(&pair);
}

/* Whatever the server does with the ClientHello, the text can be read. */
Test(recorder_life, notes_the_choice_of_a_context)
{
  for (int rejects = 0; rejects < 2; rejects++) {
    pair_options options = {.choose_context = true};
    test_pair pair = pair_new(&options);
    stls_transcript *transcript = record(pair.server), *again = NULL;
    stls_error err = STLS_ERROR_INIT;
    char *text;
    ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
    pair_move_all(&pair, pair.client, pair.server);
    EXPECT_RETURNS(stls_object_handshake(pair.server), STLS_WANT_CONTEXT);
    if (rejects)
      EXPECT_RETURNS(
          stls_object_reject(pair.server, STLS_ALERT_UNRECOGNIZED_NAME),
          STLS_OK);
    else
      EXPECT_RETURNS(stls_object_set_context(pair.server, NULL), STLS_OK);
    EXPECT_RETURNS(stls_object_handshake(pair.server),
                   rejects ? STLS_ERROR_TLS : STLS_WANT_READ);
    text = recorded_pair_text(transcript);
    EXPECT_RESULT(stls_transcript_parse(text, strlen(text), NULL, &again, &err),
                  STLS_OK, err.message);
    cr_expect(strstr(text, rejects ? "; alert unrecognized_name #"
                                   : "; handshake client_hello #"),
              "%s", text);
    cr_expect(strstr(text, "call handshake want_context  ;"), "%s", text);
    free(text);
    stls_transcript_free(transcript);
    stls_transcript_free(again);
    pair_free(&pair);
  }
}

Test(recorder_life, is_saved_and_loaded)
{
  char path[] = "/tmp/test_recorder_life_XXXXXX", *text, *again;
  const int file = mkstemp(path);
  const recorded_options options = {.version = STLS_TLS_1_3,
                                    .is_recorded = true};
  recorded_pair pair = recorded_pair_run(&options);
  stls_transcript *loaded = NULL;
  stls_error err = STLS_ERROR_INIT;

  cr_assert_geq(file, 0);
  close(file);
  ASSERT_RETURNS(stls_transcript_save(pair.client, path, &err), STLS_OK);
  ASSERT_RETURNS(stls_transcript_load(path, &loaded, &err), STLS_OK);
  text = recorded_pair_text(pair.client);
  again = recorded_pair_text(loaded);
  cr_expect_str_eq(text, again);
  free(text);
  free(again);
  stls_transcript_free(loaded);
  recorded_pair_free(&pair);
  unlink(path);
  EXPECT_RETURNS(stls_transcript_load(path, &loaded, &err), STLS_ERROR_INPUT);
  cr_expect(strstr(err.message, path), "%s", err.message);
  EXPECT_RETURNS(stls_transcript_load("/", &loaded, &err), STLS_ERROR_INPUT);
}
