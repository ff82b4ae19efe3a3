/* SPDX-License-Identifier: MIT */
/* test_player_exact: recorded bytes are sent in time, and what comes is compared. */
#include <string.h>

#include "replay/played.h"
#include "support/expect.h"

SUITE(player_exact, .timeout = 60);

static void expect_sent_all(void)
{
  cr_expect_eq(played_num_got, ALL_IN);
  cr_expect_arr_eq(played_got, played.flow.streams[STLS_RECORDS_IN].data,
                   played_num_got);
}

Test(player_exact, says_and_hears_all)
{
  static const size_t caps[] = {1, 7, 1000};

  for (int pieces = 0; pieces <= STLS_PIECES_SEEDED; pieces++)
    for (size_t i = 0; i < 3; i++) {
      test_steps steps = played_server();
      stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
      options.pieces = (stls_pieces)pieces;
      played_new(&steps, STLS_RECORDS_IN, &options);
      cr_expect_eq(stls_player_exact_total(&played), ALL_IN);
      EXPECT_RETURNS(played_take(caps[i]), STLS_WANT_READ);
      cr_expect_eq(played_num_got, HELLO);
      EXPECT_RETURNS(played_say(0, FLIGHT - 1), STLS_OK);
      EXPECT_RETURNS(played_take(caps[i]), STLS_WANT_READ);
      cr_expect_eq(played_num_got, HELLO);
      EXPECT_RETURNS(played_say(FLIGHT - 1, FLIGHT), STLS_OK);
      EXPECT_RETURNS(played_take(caps[i]), STLS_WANT_READ);
      EXPECT_RETURNS(played_say(FLIGHT, FLIGHT + REPLY), STLS_OK);
      EXPECT_RETURNS(played_take(caps[i]), STLS_WANT_READ);
      expect_sent_all();
      cr_expect_not(played.end.has_come);
      EXPECT_RETURNS(played_say(FLIGHT + REPLY, ALL_OUT), STLS_OK);
      EXPECT_RETURNS(played_take(caps[i]), STLS_CLOSED);
      EXPECT_RETURNS(played_take(caps[i]), STLS_CLOSED);
      EXPECT_RETURNS(stls_player_exact_receive_eof(&played, &played_err),
                     STLS_OK);
      EXPECT_RETURNS(stls_player_exact_finish(&played, true, &played_err),
                     STLS_OK);
      stls_player_exact_free(&played);
    }
}

Test(player_exact, plays_the_recorded_end)
{
  test_steps steps = played_server();
  const unsigned char *in;

  played_new(&steps, STLS_RECORDS_OUT, NULL);
  in = played.flow.streams[STLS_RECORDS_IN].data;
  EXPECT_RETURNS(played_take(1000), STLS_WANT_READ);
  cr_expect_eq(played_num_got, 0);
  EXPECT_RETURNS(played_say_bytes(in, HELLO), STLS_OK);
  EXPECT_RETURNS(played_take(1000), STLS_WANT_READ);
  cr_expect_eq(played_num_got, FLIGHT);
  EXPECT_RETURNS(played_say_bytes(in + HELLO, ALL_IN - HELLO), STLS_OK);
  EXPECT_RETURNS(played_take(1000), STLS_CLOSED);
  cr_expect_eq(played_num_got, ALL_OUT);
  EXPECT_RETURNS(stls_player_exact_finish(&played, false, &played_err),
                 STLS_OK);
  stls_player_exact_free(&played);
}

/* --- pieces --- */

Test(player_exact, sends_in_pieces)
{
  static const size_t lens[][2] = {[STLS_PIECES_RECORDED] = {45, 24},
                                   [STLS_PIECES_WHOLE] = {45, 24},
                                   [STLS_PIECES_RECORDS] = {20, 24},
                                   [STLS_PIECES_BYTES] = {1, 1}};

  for (int pieces = 0; pieces <= STLS_PIECES_BYTES; pieces++) {
    test_steps steps = played_server();
    stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
    options.pieces = (stls_pieces)pieces;
    played_new(&steps, STLS_RECORDS_IN, &options);
    EXPECT_RETURNS(played_take(1000), STLS_WANT_READ);
    EXPECT_RETURNS(played_say(0, FLIGHT), STLS_OK);
    cr_expect_eq(played_piece(), lens[pieces][0], "%d", pieces);
    EXPECT_RETURNS(played_take(1000), STLS_WANT_READ);
    EXPECT_RETURNS(played_say(FLIGHT, FLIGHT + REPLY), STLS_OK);
    cr_expect_eq(played_piece(), lens[pieces][1], "%d", pieces);
    stls_player_exact_free(&played);
  }
}

Test(player_exact, rest_of_a_piece_comes_next)
{
  test_steps steps = played_server();
  size_t len = 0;

  played_new(&steps, STLS_RECORDS_IN, NULL);
  EXPECT_RETURNS(stls_player_exact_send(&played, played_got, 30, &len),
                 STLS_OK);
  cr_expect_eq(len, 30);
  EXPECT_RETURNS(stls_player_exact_send(&played, played_got, 30, &len),
                 STLS_OK);
  cr_expect_eq(len, HELLO - 30);
  stls_player_exact_free(&played);
}

/* --- ends --- */

/* Every cut, in every way: the player says so many bytes and ends at once, and takes
 * what the program had to say, or something else. */
Test(player_exact, every_cut)
{
  static const unsigned char alert[] = {21, 3, 3, 0, 2, 1, 0};

  for (int end = STLS_END_EOF; end <= STLS_END_STALL; end++)
    for (size_t cut = 0; cut < ALL_IN; cut++) {
      test_steps steps = played_server();
      stls_player_options options = STLS_PLAYER_OPTIONS_INIT;
      stls_result last = end == STLS_END_STALL ? STLS_WANT_READ : STLS_CLOSED;
      size_t said = 0;
      options.end = (stls_player_end)end;
      options.cut_at = cut;
      played_new(&steps, STLS_RECORDS_IN, &options);
      for (int turn = 0; turn < 9 && !played.end.has_come; turn++) {
        const size_t most = played_num_got < HELLO ? 0
                            : played_num_got < HELLO + FINISHED
                                ? FLIGHT
                                : FLIGHT + REPLY;
        EXPECT_RETURNS(played_say(said, most), STLS_OK);
        if (said < most) said = most;
        if (played_take(1000) == STLS_CLOSED) break;
      }
      cr_assert(played.end.has_come && played.end.is_cut);
      EXPECT_RETURNS(played_take(1000), last);
      cr_expect_eq(played_num_got, cut);
      EXPECT_RETURNS(played_say_bytes(alert, sizeof alert), STLS_OK);
      EXPECT_RETURNS(stls_player_exact_receive_eof(&played, &played_err),
                     STLS_OK);
      EXPECT_RETURNS(stls_player_exact_finish(&played, true, &played_err),
                     STLS_OK);
      stls_player_exact_free(&played);
    }
}

static void cut_in_flight(size_t said)
{
  test_steps steps = played_server();
  stls_player_options options = STLS_PLAYER_OPTIONS_INIT;

  options.end = STLS_END_EOF;
  options.cut_at = HELLO;
  played_new(&steps, STLS_RECORDS_IN, &options);
  size_t len = 0;
  EXPECT_RETURNS(
      stls_player_exact_send(&played, played_got, sizeof played_got, &len),
      STLS_OK);
  EXPECT_RETURNS(played_say(0, said), STLS_OK);
  EXPECT_RETURNS(played_take(1000), STLS_CLOSED);
}

/* A record that was begun before the cut is as recorded to its end. */
Test(player_exact, no_other_bytes_within_a_record)
{
  cut_in_flight(10);
  EXPECT_RETURNS(played_say(10, 20), STLS_OK);
  played_expect_told(
      played_say_bytes("\x15\x03\x03", 3),
      "line 3: outgoing record 1 (handshake server_hello), offset 20: "
      "expected 1112131415161718.., got 150303");
}

Test(player_exact, other_records_behind_a_cut)
{
  cut_in_flight(30);
  EXPECT_RETURNS(played_say(30, 40), STLS_OK);
  EXPECT_RETURNS(played_say_bytes("\x15\x03\x03", 3), STLS_OK);
  EXPECT_RETURNS(played_say_bytes("anything", 8), STLS_OK);
  stls_player_exact_free(&played);
}

Test(player_exact, end_closes_both_ways)
{
  test_steps steps = played_server();
  stls_player_options options = STLS_PLAYER_OPTIONS_INIT;

  options.end = STLS_END_EOF;
  options.cut_at = 20;
  options.is_half_close = false;
  played_new(&steps, STLS_RECORDS_IN, &options);
  EXPECT_RETURNS(played_take(1000), STLS_CLOSED);
  played_expect_told(
      played_say_bytes("x", 1),
      "the program sent 1 bytes behind the end of the connection");
}

Test(player_exact, ends_where_it_was_recorded)
{
  test_steps steps = {.num = 0};

  steps_in(&steps, 22, HELLO, 1, "handshake client_hello");
  steps_other(&steps, STLS_STEP_EOF_IN, 0);
  steps_call(&steps, "handshake", STLS_ERROR_TRUNCATED);
  steps_out(&steps, 21, 7, 2, "alert internal_error");
  played_new(&steps, STLS_RECORDS_IN, NULL);
  EXPECT_RETURNS(played_take(1000), STLS_CLOSED);
  cr_expect_eq(played_num_got, HELLO);
  EXPECT_RETURNS(played_say(0, 7), STLS_OK);
  EXPECT_RETURNS(stls_player_exact_finish(&played, false, &played_err),
                 STLS_OK);
  stls_player_exact_free(&played);
}

Test(player_exact, takes_no_more_than_the_recorded_transport)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "write", STLS_OK);
  steps_out(&steps, 23, 60, 1, "");
  steps_other(&steps, STLS_STEP_KEPT, 20);
  steps_other(&steps, STLS_STEP_EOF_OUT, 0);
  steps_call(&steps, "write", STLS_CLOSED);
  played_new(&steps, STLS_RECORDS_IN, NULL);
  EXPECT_RETURNS(played_say(0, 30), STLS_OK);
  EXPECT_RETURNS(
      played_say_bytes(played.flow.streams[STLS_RECORDS_OUT].data + 30, 30),
      STLS_CLOSED);
  cr_expect_eq(played.heard, 40);
  EXPECT_RETURNS(played_say_bytes("x", 1), STLS_CLOSED);
  EXPECT_RETURNS(played_take(1000), STLS_CLOSED);
  EXPECT_RETURNS(stls_player_exact_finish(&played, false, &played_err),
                 STLS_OK);
  stls_player_exact_free(&played);
}

/* Who closes first need not wait for the other's close_notify, but for all else. */
Test(player_exact, close_notify_need_not_be_read)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "close_write", STLS_OK);
  steps_out(&steps, 23, LAST, 1, "alert close_notify");
  steps_in(&steps, 23, REQUEST, 2, "");
  steps_in(&steps, 23, LAST, 3, "alert close_notify");
  played_new(&steps, STLS_RECORDS_IN, NULL);
  EXPECT_RETURNS(played_say(0, LAST), STLS_OK);
  cr_expect_eq(played_piece(), REQUEST);
  EXPECT_RETURNS(stls_player_exact_receive_eof(&played, &played_err), STLS_OK);
  EXPECT_RETURNS(stls_player_exact_finish(&played, true, &played_err), STLS_OK);
  played_expect_told(
      stls_player_exact_finish(&played, false, &played_err),
      "line 4: not sent: incoming record 2 (alert close_notify) is "
      "missing from offset 0 on, and 24 bytes in all");
}
