/* SPDX-License-Identifier: MIT */
/* test_uv_https: the example uv_https without sockets, on fake_uv. */
#include <errno.h>
#include <string.h>

#include "fake_uv.h"
#include "live_peer.h"
#include "program.h"
#include "server_cases.h"
#include "support/check.h"
#include "support/expect.h"

TestSuite(test_uv_https, .init = server_cases_set_up,
          .fini = server_cases_tear_down);

static const server_under_test server = {
    .kit = {fake_uv_start, fake_uv_connect, fake_uv_end, fake_uv_now_ms,
            fake_uv_line},
    .arguments = "uv_https 0 @server-ecdsa.pem @server-ecdsa.key 30 127.0.0.1",
    .cut_off = "error: the transport ended",
    .left = "no close_notify",
    .late = {"no handshake", "no whole request"},
    /* 30 s for anything, as long for the end, and 2 s after it. */
    .first_ms = 30000,
    .last_ms = 62000,
    .signal_ms = 4000};

Test(test_uv_https, answers)
{
  server_answers(&server);
}

Test(test_uv_https, eof_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_EOF);
}

Test(test_uv_https, reset_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_RESET);
}

Test(test_uv_https, silence_at_every_byte)
{
  server_stands_cuts(&server, FAKE_CUT_SILENCE);
}

Test(test_uv_https, failing_writes)
{
  server_stands_failing_writes(&server);
}

Test(test_uv_https, dripping_request)
{
  server_stands_dripping(&server);
}

Test(test_uv_https, signal_at_every_byte)
{
  server_stands_signals(&server, NULL);
}

Test(test_uv_https, many_at_once)
{
  server_stands_many(&server);
}

/* What it answers to requests that are none, and whether it ends the connection. */
Test(test_uv_https, requests)
{
  static const struct {
    const char *text, *answer;
  } rows[] = {
      {"GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK"},
      {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK"},
      {"PUT / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"}};
  stls_context *clients = live_context(STLS_CLIENT);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    /* It is the server who says close_notify first. */
    const live_script script = {.text = rows[i].text, .enough = SIZE_MAX};
    live_peer *peer = live_peer_new(clients, &script);
    fake_peer fake = live_peer_as_fake(peer);
    fake_uv_start();
    fake_uv_connect(&fake, NULL);
    cr_expect_eq(program_start(server.arguments, NULL)->status, 0);
    const char *fault = fake_uv_end();
    cr_expect_null(fault, "row %zu: %s", i, fault);
    cr_expect(strncmp(live_peer_text(peer), rows[i].answer,
                      strlen(rows[i].answer)) == 0,
              "row %zu: %s", i, live_peer_text(peer));
    EXPECT_RESULT(live_peer_result(peer), STLS_CLOSED,
                  expect_label("row %zu", i));
    live_peer_free(peer);
  }
  stls_context_free(clients);
}

/* libuv would try such a connection again without end. */
Test(test_uv_https, accept_fails)
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
