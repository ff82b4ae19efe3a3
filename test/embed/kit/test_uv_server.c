/* SPDX-License-Identifier: MIT */
/* test_uv_server: uv_server without sockets, on fake_uv. */
#include <errno.h>
#include <string.h>

#include "fake_uv.h"
#include "live_peer.h"
#include "program.h"
#include "server_cases.h"
#include "support/check.h"

TestSuite(test_uv_server, .init = server_cases_set_up,
          .fini = server_cases_tear_down);

static const server_under_test server = {
    .kit = {fake_uv_start, fake_uv_connect, fake_uv_end, fake_uv_now_ms,
            fake_uv_line},
    .arguments =
        "uv_server --port 0 --cert @server-ecdsa.pem --key @server-ecdsa.key",
    .cut_off = "STLS_ERROR_TRUNCATED",
    .left = "left without close_notify",
    .late = {"the request took too long", "nothing moved for too long"},
    /* 20 s for a request, 30 s for anything, and then as long for close_notify. */
    .first_ms = 20000,
    .last_ms = 60000,
    .signal_ms = 20};

Test(test_uv_server, answers)
{
  server_answers(&server);
}

Test(test_uv_server, eof_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_EOF);
}

Test(test_uv_server, reset_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_RESET);
}

Test(test_uv_server, silence_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_SILENCE);
}

Test(test_uv_server, failing_writes)
{
  server_stands_failing_writes(&server);
}

Test(test_uv_server, slow_writes)
{
  server_stands_slow_writes(&server);
}

Test(test_uv_server, dripping_request)
{
  server_stands_dripping(&server);
}

/* In half of the runs libuv's close callbacks come in the other order. */
static void change_order(size_t at)
{
  if (at % 3 == 0) fake_uv_close_in_order();
}

Test(test_uv_server, signal_at_every_byte)
{
  server_stands_signals(&server, change_order);
}

Test(test_uv_server, many_at_once)
{
  server_stands_many(&server);
}

/* No peer is asked: there is no connection. */
Test(test_uv_server, accept_fails)
{
  fake_peer nobody = {.data = NULL};
  fake_faults faults = {.open_errno = EMFILE};
  fake_uv_start();
  fake_uv_connect(&nobody, &faults);
  const program_run *run = program_start(server.arguments, NULL);
  cr_expect_null(fake_uv_end());
  cr_expect_neq(run->status, 0);
  cr_expect_not_null(strstr(run->err, "accept"));
}
