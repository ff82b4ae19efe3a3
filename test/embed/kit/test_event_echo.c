/* SPDX-License-Identifier: MIT */
/* test_event_echo: the example event_echo without sockets, on fake_event. */
#include "fake_event.h"

#include "echo_cases.h"
#include "support/check.h"

TestSuite(test_event_echo, .init = echo_cases_set_up,
          .fini = echo_cases_tear_down);

static const echo_under_test server = {
    .kit = {fake_event_start, fake_event_connect, fake_event_end,
            fake_event_now_ms, fake_event_line},
    .name = "event_echo"};

Test(test_event_echo, echoes)
{
  echo_answers(&server);
}

Test(test_event_echo, answers_a_recorded_client)
{
  echo_answers_recorded(&server);
}

Test(test_event_echo, eof_at_every_byte)
{
  echo_stands_cuts(&server, FAKE_CUT_EOF);
}

Test(test_event_echo, reset_at_every_byte)
{
  echo_stands_cuts(&server, FAKE_CUT_RESET);
}

Test(test_event_echo, silence_at_every_byte)
{
  echo_stands_cuts(&server, FAKE_CUT_SILENCE);
}

Test(test_event_echo, failing_writes)
{
  echo_stands_failing_writes(&server);
}

Test(test_event_echo, signal_at_every_byte)
{
  echo_stands_signals(&server);
}
