/* SPDX-License-Identifier: MIT */
/* played: a recorded server, and an exact player of its client. */
#include "replay/played.h"

#include "support/expect.h"

struct stls_player_exact played;
stls_error played_err;
unsigned char played_got[1024];
size_t played_num_got;

test_steps played_server(void)
{
  test_steps steps = {.num = 0};

  steps_in(&steps, 22, HELLO, 1, "handshake client_hello");
  steps_call(&steps, "handshake", STLS_WANT_READ);
  steps_out(&steps, 22, 30, 2, "handshake server_hello");
  steps_out(&steps, 23, 40, 3, "handshake finished");
  steps_in(&steps, 23, FINISHED, 4, "handshake finished");
  steps_join(&steps);
  steps_in(&steps, 23, REQUEST, 5, "");
  steps_call(&steps, "handshake", STLS_OK);
  steps_call(&steps, "read", STLS_OK);
  steps_call(&steps, "write", STLS_OK);
  steps_out(&steps, 23, REPLY, 6, "");
  steps_in(&steps, 23, LAST, 7, "alert close_notify");
  steps_call(&steps, "read", STLS_CLOSED);
  steps_call(&steps, "close_write", STLS_OK);
  steps_out(&steps, 23, LAST, 8, "alert close_notify");
  return steps;
}

void played_new(const test_steps *steps, stls_flow way,
                const stls_player_options *options)
{
  const stls_player_options none = STLS_PLAYER_OPTIONS_INIT;

  played_num_got = 0;
  played_err = (stls_error)STLS_ERROR_INIT;
  ASSERT_RETURNS(
      stls_player_exact_init(&played, steps->steps, steps->num, way,
                             options != NULL ? options : &none, &played_err),
      STLS_OK);
}

stls_result played_take(size_t cap)
{
  stls_result result;

  do {
    size_t len = 0;
    const size_t room = sizeof played_got - played_num_got;
    result = stls_player_exact_send(&played, played_got + played_num_got,
                                    cap < room ? cap : room, &len);
    played_num_got += len;
  } while (result == STLS_OK);
  return result;
}

stls_result played_say(size_t begin, size_t end)
{
  const unsigned char *data = played.flow.streams[STLS_RECORDS_OUT].data;
  stls_result result = STLS_OK;

  for (; begin < end && result == STLS_OK; begin++)
    result = stls_player_exact_receive(&played, data + begin, 1, &played_err);
  return result;
}

stls_result played_say_bytes(const void *data, size_t len)
{
  return stls_player_exact_receive(&played, data, len, &played_err);
}

void played_expect_told(stls_result result, const char *message)
{
  EXPECT_RESULT(result, STLS_ERROR_INPUT, message);
  cr_expect_eq(played_err.own_reason, STLS_REASON_MISMATCH);
  cr_expect_str_eq(played_err.message, message);
  stls_player_exact_free(&played);
}

size_t played_piece(void)
{
  size_t len = 0;

  EXPECT_RETURNS(
      stls_player_exact_send(&played, played_got, sizeof played_got, &len),
      STLS_OK);
  return len;
}
