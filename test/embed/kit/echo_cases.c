/* SPDX-License-Identifier: MIT */
/* echo_cases: what every echo server of the embeddings has to stand. */
#include "echo_cases.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "live_peer.h"
#include "player_peer.h"
#include "program.h"
#include "support/check.h"
#include "support/data_files.h"
#include "support/expect.h"

#define TEXT "What comes back is what was sent.\n"

static const live_script script = {.text = TEXT, .enough = sizeof TEXT - 1};

static stls_context *clients;

void echo_cases_set_up(void)
{
  clients = live_context(STLS_CLIENT);
}

void echo_cases_tear_down(void)
{
  live_tear_down(&clients);
}

static void serve(const echo_under_test *server, const fake_peer *peer,
                  const fake_faults *faults, const char *files,
                  const char *label)
{
  char arguments[256];
  snprintf(arguments, sizeof arguments, "%s 0 %s 30 127.0.0.1", server->name,
           files);
  server->kit.start();
  server->kit.connect(peer, faults);
  const program_run *run = program_start(arguments, NULL);
  const char *fault = server->kit.end();
  cr_expect_null(fault, "%s: %s", label, fault);
  cr_expect_eq(run->status, 0, "%s: status %d", label, run->status);
}

/* What has come back is a part of what was sent. */
static live_peer *serve_live(const echo_under_test *server,
                             const fake_faults *faults, const char *label)
{
  live_peer *peer = live_peer_new(clients, &script);
  fake_peer fake = live_peer_as_fake(peer);
  serve(server, &fake, faults, "@server-ecdsa.pem @server-ecdsa.key", label);
  cr_expect(strncmp(live_peer_text(peer), TEXT, live_peer_text_len(peer)) == 0,
            "%s: %s", label, live_peer_text(peer));
  return peer;
}

void echo_answers(const echo_under_test *server)
{
  static const fake_faults shapes[] = {
      {.max_read = 0},
      {.max_read = 1},
      {.max_write = 1},
      {.max_read = 7, .read_delay_ms = 3, .write_delay_ms = 500}};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    live_peer *peer = serve_live(server, &shapes[i], "answers");
    cr_expect_str_eq(live_peer_text(peer), TEXT, "shape %zu", i);
    EXPECT_RETURNS(live_peer_result(peer), STLS_CLOSED);
    live_peer_free(peer);
  }
}

/* 30 s for the handshake and between data, as long for the end, and 2 s after it. */
void echo_stands_cuts(const echo_under_test *server, fake_cut cut)
{
  uint64_t last_ms = cut == FAKE_CUT_SILENCE ? 62000 : 0;
  live_peer *whole = serve_live(server, NULL, "whole");
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.cut = cut, .cut_at = at};
    live_peer_free(serve_live(server, &faults, expect_label("cut %zu", at)));
    cr_expect_leq(server->kit.now_ms(), last_ms, "cut %zu: %u ms", at,
                  (unsigned)server->kit.now_ms());
  }
  live_peer_free(whole);
}

void echo_stands_failing_writes(const echo_under_test *server)
{
  live_peer_free(serve_live(server, NULL, "whole"));
  size_t end = server->kit.line(0)->num_left;
  for (size_t at = 0; at < end; at += check_quick() ? 97 : 3) {
    fake_faults faults = {.is_write_failing = true, .write_fails_at = at};
    live_peer_free(serve_live(server, &faults, expect_label("write %zu", at)));
  }
}

/* Who is connected has a moment for close_notify. */
void echo_stands_signals(const echo_under_test *server)
{
  live_peer *whole = serve_live(server, NULL, "whole");
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.signal = at % 2 == 0 ? SIGTERM : SIGINT,
                          .signal_at = at,
                          .max_read = at > 0 ? at : 1,
                          .write_delay_ms = 5};
    live_peer_free(serve_live(server, &faults, expect_label("signal %zu", at)));
    cr_expect_leq(server->kit.now_ms(), 4000, "signal %zu", at);
  }
  live_peer_free(whole);
}

/* --- recorded clients ------------------------------------------------------- */

static void save(const char *path, const char *text)
{
  FILE *file = fopen(path, "w");
  cr_assert(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* The pieces are not as recorded, and so the records of an echo are not. */
void echo_answers_recorded(const echo_under_test *server)
{
  static const fake_faults shapes[] = {{.max_read = 0},
                                       {.max_read = 1, .max_write = 1},
                                       {.max_read = 100, .write_delay_ms = 5}};
  char folder[] = "/tmp/echo_cases.XXXXXX";
  char chain[64], key[64], files[160];
  cr_assert_not_null(mkdtemp(folder));
  snprintf(chain, sizeof chain, "%s/chain", folder);
  snprintf(key, sizeof key, "%s/key", folder);
  snprintf(files, sizeof files, "%s %s", chain, key);
  save(chain, stls_testing_chain_pem("ecdsa"));
  save(key, stls_testing_key_pem("ecdsa"));
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    stls_player *player =
        player_load(data_file_path("transcripts/3.0/tls13-echo-client.txt"),
                    STLS_CLIENT, &err);
    cr_assert_not_null(player, "%s", err.message);
    fake_peer peer = player_peer(player);
    serve(server, &peer, &shapes[i], files, "recorded");
    EXPECT_RESULT(stls_player_finish(player, &err), STLS_OK,
                  expect_label("shape %zu: %s", i, err.message));
    stls_player_free(player);
  }
  unlink(chain);
  unlink(key);
  rmdir(folder);
}
