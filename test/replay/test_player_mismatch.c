/* SPDX-License-Identifier: MIT */
/* test_player_mismatch: what a program does wrong is told, each with its message. */
#include <string.h>

#include "replay/played.h"
#include "support/expect.h"

SUITE(player_mismatch, .timeout = 60);

Test(player_mismatch, other_bytes)
{
  test_steps steps = played_server();
  unsigned char reply[REPLY];

  played_new(&steps, STLS_RECORDS_IN, NULL);
  played_take(1000);
  EXPECT_RETURNS(played_say(0, FLIGHT), STLS_OK);
  played_take(1000);
  memcpy(reply, played.flow.streams[STLS_RECORDS_OUT].data + FLIGHT, REPLY);
  reply[17] ^= 1;
  played_expect_told(played_say_bytes(reply, REPLY),
                     "line 10: outgoing record 3, offset 17: expected "
                     "1213141516171819.., got 1313141516171819..");
}

Test(player_mismatch, another_record)
{
  test_steps steps = played_server();

  played_new(&steps, STLS_RECORDS_IN, NULL);
  played_take(1000);
  played_expect_told(
      played_say_bytes("\x15\x03\x03\x00\x02\x02\x28", 7),
      "line 3: outgoing record 1 (handshake server_hello), offset 0: "
      "expected 1603030019020304.., got 15030300020228 (alert "
      "handshake_failure)");
}

Test(player_mismatch, another_message)
{
  test_steps steps = {.num = 0};
  unsigned char hello[30];

  steps_call(&steps, "handshake", STLS_WANT_READ);
  steps_out(&steps, 22, 30, 2, "handshake server_hello");
  played_new(&steps, STLS_RECORDS_IN, NULL);
  memcpy(hello, played.flow.streams[STLS_RECORDS_OUT].data, sizeof hello);
  hello[5] = 11;
  played_expect_told(
      played_say_bytes(hello, sizeof hello),
      "line 2: outgoing record 1 (handshake server_hello), offset 5: "
      "expected 0203040506070809.., got 0b03040506070809.. (handshake "
      "certificate)");
}

Test(player_mismatch, too_early)
{
  test_steps steps = played_server();

  played_new(&steps, STLS_RECORDS_IN, NULL);
  cr_expect_eq(played_piece(), HELLO);
  played_expect_told(
      played_say(0, ALL_OUT),
      "line 10: outgoing record 3 came too early: before incoming "
      "record 2 (handshake finished) of line 5 was sent");
}

Test(player_mismatch, too_much)
{
  test_steps steps = played_server();

  played_new(&steps, STLS_RECORDS_IN, NULL);
  played_take(1000);
  EXPECT_RETURNS(played_say(0, FLIGHT), STLS_OK);
  played_take(1000);
  EXPECT_RETURNS(played_say(FLIGHT, FLIGHT + REPLY), STLS_OK);
  played_take(1000);
  EXPECT_RETURNS(played_say(FLIGHT + REPLY, ALL_OUT), STLS_OK);
  played_expect_told(
      played_say_bytes("\x17\x03\x03\x01", 4),
      "line 14: behind outgoing record 4 (alert close_notify), the last "
      "one: expected nothing, got 17030301 (application_data)");
}

Test(player_mismatch, anything_where_nothing_was)
{
  test_steps steps = {.num = 0};

  steps_in(&steps, 22, HELLO, 1, "handshake client_hello");
  played_new(&steps, STLS_RECORDS_IN, NULL);
  played_expect_told(played_say_bytes("hi", 2),
                     "expected no outgoing records, got 6869 (unknown)");
}

Test(player_mismatch, closes_early)
{
  test_steps steps = played_server();

  played_new(&steps, STLS_RECORDS_IN, NULL);
  played_take(1000);
  EXPECT_RETURNS(played_say(0, FLIGHT - 10), STLS_OK);
  played_expect_told(
      stls_player_exact_receive_eof(&played, &played_err),
      "line 4: the program closed too early: outgoing record 2 "
      "(handshake finished) is missing from offset 30 on, and 69 bytes "
      "in all");
}

Test(player_mismatch, does_not_say_all)
{
  test_steps steps = played_server();

  played_new(&steps, STLS_RECORDS_IN, NULL);
  played_take(1000);
  EXPECT_RETURNS(played_say(0, FLIGHT), STLS_OK);
  played_take(1000);
  played_expect_told(
      stls_player_exact_finish(&played, false, &played_err),
      "line 10: not received: outgoing record 3 is missing from offset 0 "
      "on, and 59 bytes in all");
}

Test(player_mismatch, does_not_hear_all)
{
  test_steps steps = {.num = 0};

  steps_in(&steps, 23, REQUEST, 1, "");
  steps_in(&steps, 23, REQUEST, 2, "");
  played_new(&steps, STLS_RECORDS_IN, NULL);
  cr_expect_eq(played_piece(), REQUEST);
  played_expect_told(
      stls_player_exact_finish(&played, true, &played_err),
      "line 2: not sent before the program closed: incoming record 2 is "
      "missing from offset 0 on, and 25 bytes in all");
}
