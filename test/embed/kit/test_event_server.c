/* SPDX-License-Identifier: MIT */
/* test_event_server: event_server without sockets, on fake_event. */
#include <errno.h>
#include <string.h>

#include "fake_event.h"
#include "live_peer.h"
#include "program.h"
#include "server_cases.h"
#include "support/check.h"

TestSuite(test_event_server, .init = server_cases_set_up,
          .fini = server_cases_tear_down);

static const server_under_test server = {
    .kit = {fake_event_start, fake_event_connect, fake_event_end,
            fake_event_now_ms, fake_event_line},
    .arguments =
        "event_server --port 0 --cert @server-ecdsa.pem --key "
        "@server-ecdsa.key",
    .cut_off = "STLS_ERROR_TRUNCATED",
    .left = "left without close_notify",
    .late = {"the request took too long", "nothing moved for too long"},
    /* 20 s for a request, 30 s for anything, and then as long for close_notify. */
    .first_ms = 20000,
    .last_ms = 60000,
    .signal_ms = 20};

Test(test_event_server, answers)
{
  server_answers(&server);
}

Test(test_event_server, eof_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_EOF);
}

Test(test_event_server, reset_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_RESET);
}

Test(test_event_server, silence_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_SILENCE);
}

Test(test_event_server, failing_writes)
{
  server_stands_failing_writes(&server);
}

Test(test_event_server, slow_writes)
{
  server_stands_slow_writes(&server);
}

Test(test_event_server, dripping_request)
{
  server_stands_dripping(&server);
}

Test(test_event_server, signal_at_every_byte)
{
  server_stands_signals(&server, NULL);
}

Test(test_event_server, many_at_once)
{
  server_stands_many(&server);
}

/* It tries again after a second, and takes the next one. */
Test(test_event_server, accept_fails)
{
  fake_peer nobody = {.data = NULL};
  fake_faults faults = {.open_errno = EMFILE};
  fake_event_start();
  fake_event_connect(&nobody, &faults);
  const program_run *run = program_start(server.arguments, NULL);
  cr_expect_null(fake_event_end());
  cr_expect_eq(run->status, 0);
  cr_expect_not_null(strstr(run->err, "accept"));
  cr_expect_eq(fake_event_now_ms(), 1000);
}
