/* SPDX-License-Identifier: MIT */
/* test_testing_clock: worlds by the system's clock, and what recordings note of it. */
#include <time.h>

#include "lib/testing/random_provider.h"
#include "recorded_pair.h"
#include "support/expect.h"

SUITE(testing_clock, .timeout = 60);

static int64_t now(void)
{
  return (int64_t)time(NULL);
}

/* Returns when the system's clock shows another second than `before`. */
static void wait_for_second_behind(int64_t before)
{
  const struct timespec moment = {0, 5000000};

  for (int i = 0; now() <= before; i++) {
    cr_assert_lt(i, 1000);
    nanosleep(&moment, NULL);
  }
}

static void expect_system_time(const stls_testing *testing)
{
  const int64_t before = now(), shown = stls_testing_time(testing);

  cr_expect(shown >= before && shown <= now());
}

Test(testing_clock, zero_is_the_system_s)
{
  stls_testing *testing = NULL;

  ASSERT_RETURNS(stls_testing_new(1, 0, &testing, NULL), STLS_OK);
  expect_system_time(testing);
  stls_testing_set_time(testing, SEEDED_NOW);
  cr_expect_eq(stls_testing_time(testing), SEEDED_NOW);
  stls_testing_set_time(testing, 0);
  expect_system_time(testing);
  stls_testing_free(testing);
  ASSERT_RETURNS(stls_testing_new_random(0, &testing, NULL), STLS_OK);
  expect_system_time(testing);
  stls_testing_free(testing);
}

/* --- a second that ends within a call --- */

static stls_testing *observed;
static int64_t first_seen;

static void let_a_second_pass(stls_object *object,
                              const stls_trace_event *event, void *user_data)
{
  (void)object;
  (void)event;
  (void)user_data;
  if (first_seen != 0) return;
  first_seen = stls_testing_time(observed);
  wait_for_second_behind(first_seen);
  cr_expect_eq(stls_testing_time(observed), first_seen);
}

/* The tickets of a server have the time of the call that makes them. */
static stls_transcript *record_server(stls_protocol version)
{
  const seeded_options seeded = {.seed = 3, .version = version};
  seeded_pair pair = seeded_pair_new(&seeded);
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *transcript = NULL;

  observed = pair.server.testing;
  first_seen = 0;
  stls_testing_set_time(observed, 0);
  seeded_pair_make_contexts(&pair);
  ASSERT_RETURNS(stls_context_set_trace(pair.server.context, let_a_second_pass,
                                        NULL, NULL),
                 STLS_OK);
  seeded_pair_make_objects(&pair, NULL);
  options.testing = observed;
  ASSERT_RETURNS(
      stls_transcript_record(pair.server.object, &options, &transcript, NULL),
      STLS_OK);
  ASSERT_RETURNS(seeded_pair_handshake(&pair), STLS_OK);
  cr_expect_neq(first_seen, 0);
  cr_expect_gt(stls_testing_time(observed), first_seen);
  seeded_pair_free(&pair);
  return transcript;
}

static int64_t first_time_of(const stls_transcript *transcript)
{
  for (size_t i = 0; i < stls_transcript_step_count(transcript); i++) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    ASSERT_RETURNS(stls_transcript_step_at(transcript, i, &step, NULL),
                   STLS_OK);
    if (step.kind == STLS_STEP_TIME) return step.number;
  }
  return 0;
}

static void replay_by_the_noted_time(const stls_transcript *transcript)
{
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_transcript_endpoint(transcript, STLS_SERVER,
                                         &options.testing, &object, &err),
                STLS_OK, err.message);
  cr_expect_eq(stls_testing_time(options.testing),
               stls_transcript_time(transcript));
  EXPECT_RESULT(stls_replay(transcript, object, &options, &err), STLS_OK,
                err.message);
  cr_expect_geq(stls_testing_time(options.testing),
                first_time_of(transcript));
  stls_object_free(object);
  stls_testing_free(options.testing);
}

Test(testing_clock, a_recorded_call_sees_one_time)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t i = 0; i < 2; i++) {
    stls_transcript *transcript = record_server(versions[i]);
    const int64_t noted = first_time_of(transcript);
    cr_expect_geq(stls_transcript_time(transcript), now() - 60);
    cr_expect_gt(noted, stls_transcript_time(transcript));
    replay_by_the_noted_time(transcript);
    stls_transcript_free(transcript);
  }
}

/* By several objects, and within each other's calls. */
Test(testing_clock, goes_on_when_all_have_released_it)
{
  stls_testing *testing = NULL;
  int64_t held;

  ASSERT_RETURNS(stls_testing_new(1, 0, &testing, NULL), STLS_OK);
  held = stls_random_provider_hold_time(testing);
  cr_expect_eq(stls_random_provider_hold_time(testing), held);
  stls_random_provider_release_time(testing);
  cr_expect_eq(stls_testing_time(testing), held);
  stls_testing_set_time(testing, SEEDED_NOW);
  cr_expect_eq(stls_testing_time(testing), SEEDED_NOW);
  stls_testing_set_time(testing, 0);
  stls_random_provider_release_time(testing);
  expect_system_time(testing);
  stls_testing_free(testing);
}
