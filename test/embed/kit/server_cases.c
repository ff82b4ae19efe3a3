/* SPDX-License-Identifier: MIT */
/* server_cases: what every server of the embeddings has to stand. */
#include "server_cases.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "live_peer.h"
#include "program.h"
#include "support/check.h"
#include "support/expect.h"

#define GREETING "Hello from libsanstls.\n"

static const live_script polite = {
    .text = "GET / HTTP/1.1\r\nHost: server.example\r\n\r\n", .enough = 1};

static stls_context *clients;

void server_cases_set_up(void)
{
  clients = live_context(STLS_CLIENT);
}

void server_cases_tear_down(void)
{
  live_tear_down(&clients);
}

static void add(const server_under_test *server, live_peer *peer,
                const fake_faults *faults)
{
  fake_peer fake = live_peer_as_fake(peer);
  server->kit.connect(&fake, faults);
}

/* Runs the server with the connections that were added. */
static const program_run *serve_added(const server_under_test *server,
                                      const char *label)
{
  const program_run *run = program_start(server->arguments, NULL);
  const char *fault = server->kit.end();
  cr_expect_null(fault, "%s: %s", label, fault);
  cr_expect_eq(run->status, 0, "%s: status %d", label, run->status);
  return run;
}

static const program_run *serve(const server_under_test *server,
                                live_peer *peer, const fake_faults *faults,
                                const char *label)
{
  server->kit.start();
  add(server, peer, faults);
  return serve_added(server, label);
}

/* A run without a fault, which says where there is something to cut. */
static live_peer *serve_whole(const server_under_test *server)
{
  live_peer *peer = live_peer_new(clients, &polite);
  serve(server, peer, NULL, "whole");
  return peer;
}

static bool is_answered(const live_peer *peer)
{
  return strstr(live_peer_text(peer), GREETING) != NULL;
}

void server_answers(const server_under_test *server)
{
  static const fake_faults shapes[] = {
      {.max_read = 0},
      {.max_read = 1},
      {.max_write = 1},
      {.max_read = 7, .read_delay_ms = 3, .write_delay_ms = 500}};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    const char *label = expect_label("shape %zu", i);
    live_peer *peer = live_peer_new(clients, &polite);
    const program_run *run = serve(server, peer, &shapes[i], label);
    cr_expect(is_answered(peer), "%s", label);
    EXPECT_RESULT(live_peer_result(peer), STLS_CLOSED, label);
    cr_expect_str_eq(run->err, "", "%s: %s", label, run->err);
    live_peer_free(peer);
  }
}

/* --- Cuts ------------------------------------------------------------------ */

/* A client that has gone is nobody to wait for, and the log says of what kind its
 * end was. */
static void judge_gone(const server_under_test *server, const live_peer *peer,
                       const program_run *run, size_t at)
{
  bool is_cut_off = strstr(run->err, server->cut_off) != NULL;
  bool has_left = strstr(run->err, server->left) != NULL;
  bool is_quiet = run->err[0] == '\0';
  cr_expect(is_cut_off || has_left || is_quiet, "cut %zu: %s", at, run->err);
  cr_expect(is_cut_off || has_left || is_answered(peer), "cut %zu: no answer",
            at);
  cr_expect_eq(server->kit.now_ms(), 0, "cut %zu: it waited", at);
}

/* Who has only ended his direction is told why the connection ends. */
static void judge_eof(const server_under_test *server, const live_peer *peer,
                      const program_run *run, size_t at)
{
  stls_result result = live_peer_result(peer);
  judge_gone(server, peer, run, at);
  cr_expect(result == STLS_ERROR_ALERT || result == STLS_CLOSED,
            "cut %zu: the client got %s", at, stls_result_name(result));
}

static bool is_called_late(const server_under_test *server,
                           const program_run *run)
{
  return strstr(run->err, server->late[0]) != NULL ||
         strstr(run->err, server->late[1]) != NULL;
}

/* A client that has said close_notify is not waited for as long. */
static void judge_silence(const server_under_test *server,
                          const live_peer *peer, const program_run *run,
                          size_t at)
{
  uint64_t now_ms = server->kit.now_ms();
  uint64_t first_ms = is_called_late(server, run) ? server->first_ms : 0;
  bool is_quiet = run->err[0] == '\0';
  (void)peer;
  cr_expect(is_called_late(server, run) || is_quiet, "cut %zu: %s", at,
            run->err);
  cr_expect(now_ms >= first_ms && now_ms <= server->last_ms,
            "cut %zu: after %u ms", at, (unsigned)now_ms);
}

void server_stands_cuts(const server_under_test *server, fake_cut cut)
{
  live_peer *whole = serve_whole(server);
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.cut = cut, .cut_at = at};
    live_peer *peer = live_peer_new(clients, &polite);
    const program_run *run =
        serve(server, peer, &faults, expect_label("cut %zu", at));
    cr_expect(strchr(run->err, '\n') == strrchr(run->err, '\n'),
              "cut %zu: more than a line: %s", at, run->err);
    if (cut == FAKE_CUT_EOF) judge_eof(server, peer, run, at);
    if (cut == FAKE_CUT_RESET) judge_gone(server, peer, run, at);
    if (cut == FAKE_CUT_SILENCE) judge_silence(server, peer, run, at);
    live_peer_free(peer);
  }
  live_peer_free(whole);
}

/* --- Writes ---------------------------------------------------------------- */

void server_stands_failing_writes(const server_under_test *server)
{
  live_peer *whole = serve_whole(server);
  size_t end = server->kit.line(0)->num_left;
  for (size_t at = 0; at < end; at += check_quick() ? 97 : 3) {
    fake_faults faults = {.is_write_failing = true, .write_fails_at = at};
    live_peer *peer = live_peer_new(clients, &polite);
    serve(server, peer, &faults, expect_label("write %zu", at));
    cr_expect_leq(server->kit.line(0)->num_left, at);
    live_peer_free(peer);
  }
  live_peer_free(whole);
}

void server_stands_slow_writes(const server_under_test *server)
{
  static const live_script reader = {
      .text = "GET /bytes/1000000 HTTP/1.1\r\nHost: a\r\n\r\n",
      .enough = 1000001};
  fake_faults slow = {.write_delay_ms = 1000};
  live_peer *peer = live_peer_new(clients, &reader);
  cr_expect_str_eq(serve(server, peer, &slow, "slow")->err, "");
  cr_expect_gt(live_peer_text_len(peer), 1000000);
  live_peer_free(peer);

  fake_faults endless = {.write_delay_ms = 1000000};
  peer = live_peer_new(clients, &polite);
  const program_run *run = serve(server, peer, &endless, "endless");
  cr_expect(is_called_late(server, run), "%s", run->err);
  cr_expect_leq(server->kit.now_ms(), server->last_ms);
  EXPECT_RETURNS(live_peer_result(peer), STLS_ERROR_TRUNCATED);
  live_peer_free(peer);
}

/* --- Time and signals ------------------------------------------------------ */

void server_stands_dripping(const server_under_test *server)
{
  fake_faults faults = {.max_read = 1, .read_delay_ms = 1000};
  live_peer *peer = live_peer_new(clients, &polite);
  const program_run *run = serve(server, peer, &faults, "drip");
  cr_expect(is_called_late(server, run), "%s", run->err);
  cr_expect_leq(server->kit.now_ms(), server->last_ms);
  live_peer_free(peer);
}

void server_stands_signals(const server_under_test *server,
                           void (*prepare)(size_t at))
{
  live_peer *whole = serve_whole(server);
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.signal = at % 2 == 0 ? SIGTERM : SIGINT,
                          .signal_at = at,
                          .max_read = at > 0 ? at : 1,
                          .write_delay_ms = 5};
    live_peer *peer = live_peer_new(clients, &polite);
    server->kit.start();
    if (prepare != NULL) prepare(at);
    add(server, peer, &faults);
    serve_added(server, expect_label("signal %zu", at));
    cr_expect_leq(server->kit.now_ms(), server->signal_ms, "signal %zu", at);
    live_peer_free(peer);
  }
  live_peer_free(whole);
}

void server_stands_many(const server_under_test *server)
{
  enum {
    MANY = 12
  };
  live_peer *peers[MANY];
  server->kit.start();
  for (size_t i = 0; i < MANY; i++) {
    fake_faults faults = {.max_read = 1 + i * 11, .write_delay_ms = 5};
    if (i % 4 == 3) faults.cut = FAKE_CUT_RESET, faults.cut_at = 50 * i;
    peers[i] = live_peer_new(clients, &polite);
    add(server, peers[i], &faults);
  }
  serve_added(server, "many");
  for (size_t i = 0; i < MANY; i++) {
    cr_expect(is_answered(peers[i]) == (i % 4 != 3), "peer %zu", i);
    live_peer_free(peers[i]);
  }
}
