/* SPDX-License-Identifier: MIT */
/* test_uv_echo: the example uv_echo without sockets, on fake_uv. */
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "fake_uv.h"
#include "live_peer.h"
#include "program.h"
#include "support/check.h"
#include "support/expect.h"

#define TEXT "What comes back is what was sent.\n"

static const char server[] =
    "uv_echo 0 @server-ecdsa.pem @server-ecdsa.key 30 127.0.0.1";
static const live_script script = {.text = TEXT, .enough = sizeof TEXT - 1};

static stls_context *clients;

static void set_up(void)
{
  clients = live_context(STLS_CLIENT);
}

static void tear_down(void)
{
  stls_context_free(clients);
  program_forget();
  check_leaks();
}

TestSuite(test_uv_echo, .init = set_up, .fini = tear_down);

/* What has come back is a part of what was sent. */
static live_peer *serve(const fake_faults *faults, const char *label)
{
  live_peer *peer = live_peer_new(clients, &script);
  fake_peer fake = live_peer_as_fake(peer);
  fake_uv_start();
  fake_uv_connect(&fake, faults);
  const program_run *run = program_start(server, NULL);
  const char *fault = fake_uv_end();
  cr_expect_null(fault, "%s: %s", label, fault);
  cr_expect_eq(run->status, 0, "%s: status %d", label, run->status);
  cr_expect(strncmp(live_peer_text(peer), TEXT, live_peer_text_len(peer)) == 0,
            "%s: %s", label, live_peer_text(peer));
  return peer;
}

Test(test_uv_echo, echoes)
{
  static const fake_faults shapes[] = {
      {.max_read = 0},
      {.max_read = 1},
      {.max_read = 7, .read_delay_ms = 3, .write_delay_ms = 500}};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    live_peer *peer = serve(&shapes[i], "echoes");
    cr_expect_str_eq(live_peer_text(peer), TEXT, "shape %zu", i);
    EXPECT_RETURNS(live_peer_result(peer), STLS_CLOSED);
    live_peer_free(peer);
  }
}

/* 30 s for the handshake and between data, as long for the end, and 2 s after it. */
static void sweep_cuts(fake_cut cut, uint64_t last_ms)
{
  live_peer *whole = serve(NULL, "whole");
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.cut = cut, .cut_at = at};
    live_peer_free(serve(&faults, expect_label("cut %zu", at)));
    cr_expect_leq(fake_uv_now_ms(), last_ms, "cut %zu: %u ms", at,
                  (unsigned)fake_uv_now_ms());
  }
  live_peer_free(whole);
}

Test(test_uv_echo, eof_at_every_byte)
{
  sweep_cuts(FAKE_CUT_EOF, 0);
}

Test(test_uv_echo, reset_at_every_byte)
{
  sweep_cuts(FAKE_CUT_RESET, 0);
}

Test(test_uv_echo, silence_at_every_byte)
{
  sweep_cuts(FAKE_CUT_SILENCE, 62000);
}

Test(test_uv_echo, failing_writes)
{
  live_peer_free(serve(NULL, "whole"));
  size_t end = fake_uv_line(0)->num_left;
  for (size_t at = 0; at < end; at += check_quick() ? 97 : 3) {
    fake_faults faults = {.is_write_failing = true, .write_fails_at = at};
    live_peer_free(serve(&faults, expect_label("write %zu", at)));
  }
}

/* Who is connected has a moment for close_notify. */
Test(test_uv_echo, signal_at_every_byte)
{
  live_peer *whole = serve(NULL, "whole");
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.signal = at % 2 == 0 ? SIGTERM : SIGINT,
                          .signal_at = at,
                          .max_read = at > 0 ? at : 1,
                          .write_delay_ms = 5};
    live_peer_free(serve(&faults, expect_label("signal %zu", at)));
    cr_expect_leq(fake_uv_now_ms(), 4000, "signal %zu", at);
  }
  live_peer_free(whole);
}
