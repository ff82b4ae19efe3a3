/* SPDX-License-Identifier: MIT */
/* test_player_driver: two ends do what a script says, and what differs is told. */
#include "replay/player_driver.h"

#include <string.h>

#include "replay/steps.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(player_driver, .timeout = 120);

/* Both ends of a connection: first the recorded one. */
struct play {
  test_pair pair;
  stls_object *objects[2];
  struct stls_player_script scripts[2];
  struct stls_player_driver drivers[2];
  stls_error err;
};

/* Each end has its own steps, which are the same unless something is to differ. */
static void begin(struct play *play, const pair_options *options,
                  stls_role role, const test_steps *own,
                  const test_steps *peers)
{
  memset(play, 0, sizeof *play);
  play->err = (stls_error)STLS_ERROR_INIT;
  play->pair = pair_new(options);
  play->objects[0] =
      role == STLS_CLIENT ? play->pair.client : play->pair.server;
  play->objects[1] =
      role == STLS_CLIENT ? play->pair.server : play->pair.client;
  for (int i = 0; i < 2; i++) {
    const test_steps *steps = i == 0 ? own : peers;
    ASSERT_RETURNS(stls_player_script_init(&play->scripts[i], steps->steps,
                                           steps->num, i == 1, false, NULL),
                   STLS_OK);
    play->drivers[i].script = &play->scripts[i];
    play->drivers[i].object = play->objects[i];
  }
}

static void end(struct play *play)
{
  for (int i = 0; i < 2; i++) {
    stls_player_driver_free(&play->drivers[i]);
    stls_player_script_free(&play->scripts[i]);
  }
  pair_free(&play->pair);
}

/* One turn of an end: true if it went on, or something of it moved. */
static bool turn(struct play *play, int i, stls_result *out_result)
{
  struct stls_player_driver *driver = &play->drivers[i];
  stls_bio *outgoing = stls_object_outgoing(play->objects[i]);
  const size_t at = driver->at;
  bool has_moved;

  *out_result = stls_player_driver_run(driver, &play->err);
  has_moved =
      pair_move(&play->pair, play->objects[i], play->objects[1 - i]) > 0;
  if (driver->has_ended && stls_bio_pending(outgoing) == 0)
    stls_bio_write_eof(stls_object_incoming(play->objects[1 - i]));
  return has_moved || driver->at > at;
}

/* Until nothing moves, or an end has failed; then whether both are done. */
static stls_result run(struct play *play)
{
  bool has_moved = true;

  for (int turns = 0; has_moved; turns++) {
    stls_result results[2];
    cr_assert_lt(turns, PAIR_TURNS);
    has_moved = turn(play, 0, &results[0]);
    if (results[0] < STLS_OK) return results[0];
    has_moved = turn(play, 1, &results[1]) || has_moved;
    if (results[1] < STLS_OK) return results[1];
  }
  for (int i = 0; i < 2; i++) {
    stls_result result =
        stls_player_driver_finish(&play->drivers[i], &play->err);
    if (result != STLS_OK) return result;
  }
  return STLS_OK;
}

static test_steps connection(stls_protocol version)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_OK);
  steps_text(&steps, "write", "question");
  steps_text(&steps, "read", "ans");
  steps_text(&steps, "read", "wer");
  if (version == STLS_TLS_1_3) steps_number(&steps, "key_update", STLS_OK, 1);
  steps_call(&steps, "cork", STLS_OK);
  steps_text(&steps, "write", "more ");
  steps_text(&steps, "write", "questions");
  steps_call(&steps, "flush", STLS_OK);
  steps_call(&steps, "close_write", STLS_OK);
  steps_text(&steps, "read", "last words");
  steps_call(&steps, "read", STLS_CLOSED);
  return steps;
}

Test(player_driver, both_ends)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      test_steps steps = connection(options.version);
      struct play play;
      begin(&play, &options, (stls_role)role, &steps, &steps);
      EXPECT_RESULT(run(&play), STLS_OK,
                    expect_label("%s, %d: %s", label, role, play.err.message));
      end(&play);
    }
}

/* --- what differs --- */

/* The two ends were not recorded together. */
static void expect_told(const test_steps *own, const test_steps *peers,
                        const char *message)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (int i = 0; i < 4; i++) {
    pair_options options = {.version = versions[i % 2]};
    struct play play;
    begin(&play, &options, i < 2 ? STLS_CLIENT : STLS_SERVER, own, peers);
    EXPECT_RESULT(run(&play), STLS_ERROR_INPUT, message);
    cr_expect_eq(play.err.own_reason, STLS_REASON_MISMATCH);
    cr_expect_str_eq(play.err.message, message);
    end(&play);
  }
}

static test_steps reading(const char *first, const char *second)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "handshake", STLS_OK);
  steps_text(&steps, "read", first);
  if (second != NULL) steps_text(&steps, "read", second);
  return steps;
}

Test(player_driver, other_plaintext)
{
  test_steps own = reading("abc", "defg");
  test_steps peers = reading("abc", "deFg");

  expect_told(
      &own, &peers,
      "line 3: call read: plaintext, offset 2: expected 6667, got 4667");
}

Test(player_driver, less_plaintext)
{
  test_steps own = reading("abc", "defg");
  test_steps peers = reading("abc", "de");

  expect_told(
      &own, &peers,
      "line 3: call read: plaintext, offset 2: expected 6667, got no more");
}

Test(player_driver, more_plaintext)
{
  test_steps own = reading("abc", NULL);
  test_steps peers = reading("abc", "de");

  expect_told(&own, &peers, "expected no more plaintext, got 6465");
}

Test(player_driver, closes_instead)
{
  test_steps own = reading("abc", "defg");
  test_steps peers = reading("abc", NULL);

  steps_call(&peers, "read", STLS_CLOSED);
  expect_told(&own, &peers, "line 3: call read: expected ok, got closed");
}

Test(player_driver, does_not_close)
{
  test_steps own = reading("abc", NULL);
  test_steps peers = reading("abc", NULL);

  steps_call(&own, "read", STLS_CLOSED);
  expect_told(&own, &peers,
              "line 3: call read: expected closed of a read, got no end");
}

Test(player_driver, speaks_instead_of_closing)
{
  test_steps own = reading("abc", NULL);
  test_steps peers = reading("abc", "d");

  steps_call(&own, "read", STLS_CLOSED);
  expect_told(&own, &peers, "expected no more plaintext, got 64");
}

Test(player_driver, transport_ends)
{
  test_steps own = reading("abc", "defg");
  test_steps peers = reading("abc", NULL);

  steps_other(&peers, STLS_STEP_EOF_IN, 0);
  expect_told(&own, &peers,
              "line 3: call read: expected ok, got error_truncated: the "
              "transport ended without close_notify");
}

Test(player_driver, waits_for_a_handshake)
{
  test_steps own = {.num = 0};
  test_steps peers = {.num = 0};

  steps_call(&own, "handshake", STLS_OK);
  steps_call(&own, "read", STLS_ERROR_TLS);
  steps_call(&peers, "handshake", STLS_OK);
  expect_told(&own, &peers,
              "line 2: call read: expected error_tls of a read, got no end");
}

/* --- ends that are not plain --- */

Test(player_driver, refused_certificate)
{
  for (int i = 0; i < 2; i++) {
    pair_options options = {.version = i == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3,
                            .client_trust = "untrusted-ca.pem"};
    for (int role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      const stls_result result =
          role == STLS_CLIENT ? STLS_ERROR_CERTIFICATE : STLS_ERROR_ALERT;
      test_steps steps = {.num = 0};
      struct play play;
      steps_call(&steps, "handshake", STLS_WANT_READ);
      steps_call(&steps, "handshake", result);
      begin(&play, &options, (stls_role)role, &steps, &steps);
      EXPECT_RESULT(run(&play), STLS_OK, play.err.message);
      end(&play);
    }
  }
}

Test(player_driver, truncation)
{
  for (int i = 0; i < 4; i++) {
    pair_options options = {.version = i % 2 ? STLS_TLS_1_2 : STLS_TLS_1_3};
    test_steps steps = reading("abc", NULL);
    struct play play;
    steps_other(&steps, STLS_STEP_EOF_IN, 0);
    steps_call(&steps, "read", STLS_ERROR_TRUNCATED);
    begin(&play, &options, i < 2 ? STLS_CLIENT : STLS_SERVER, &steps, &steps);
    EXPECT_RESULT(run(&play), STLS_OK, play.err.message);
    end(&play);
  }
}

Test(player_driver, unwrap)
{
  for (int i = 0; i < 4; i++) {
    pair_options options = {.version = i % 2 ? STLS_TLS_1_2 : STLS_TLS_1_3};
    test_steps steps = reading("abc", NULL);
    struct play play;
    steps_call(&steps, "unwrap", STLS_WANT_READ);
    steps_call(&steps, "unwrap", STLS_OK);
    begin(&play, &options, i < 2 ? STLS_CLIENT : STLS_SERVER, &steps, &steps);
    EXPECT_RESULT(run(&play), STLS_OK, play.err.message);
    end(&play);
  }
}
