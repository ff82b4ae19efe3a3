/* SPDX-License-Identifier: MIT */
/* test_uv_echo: the example uv_echo without sockets, on fake_uv. */
#include "fake_uv.h"

#include "echo_cases.h"
#include "support/check.h"

TestSuite(test_uv_echo, .init = echo_cases_set_up,
          .fini = echo_cases_tear_down);

static const echo_under_test server = {
    .kit = {fake_uv_start, fake_uv_connect, fake_uv_end, fake_uv_now_ms,
            fake_uv_line},
    .name = "uv_echo"};

Test(test_uv_echo, echoes)
{
  echo_answers(&server);
}

Test(test_uv_echo, answers_a_recorded_client)
{
  echo_answers_recorded(&server);
}

Test(test_uv_echo, eof_at_every_byte)
{
  echo_stands_cuts(&server, FAKE_CUT_EOF);
}

Test(test_uv_echo, reset_at_every_byte)
{
  echo_stands_cuts(&server, FAKE_CUT_RESET);
}

Test(test_uv_echo, silence_at_every_byte)
{
  echo_stands_cuts(&server, FAKE_CUT_SILENCE);
}

Test(test_uv_echo, failing_writes)
{
  echo_stands_failing_writes(&server);
}

Test(test_uv_echo, signal_at_every_byte)
{
  echo_stands_signals(&server);
}
