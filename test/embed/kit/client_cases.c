/* SPDX-License-Identifier: MIT */
/* client_cases: what every client of the embeddings has to stand. */
#include "client_cases.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "live_peer.h"
#include "program.h"
#include "support/check.h"
#include "support/expect.h"

static const live_script polite = {.text = CLIENT_ANSWER, .cue = "\r\n\r\n"};

static stls_context *servers;

void client_cases_set_up(void)
{
  servers = live_context(STLS_SERVER);
}

void client_cases_tear_down(void)
{
  live_tear_down(&servers);
}

/* What it prints is the answer, as far as it goes. */
static const program_run *fetch(const client_under_test *client,
                                live_peer *peer, const fake_faults *faults,
                                const char *label)
{
  fake_peer fake = live_peer_as_fake(peer);
  client->kit.start();
  client->kit.connect(&fake, faults);
  const program_run *run = program_start(client->arguments, NULL);
  const char *fault = client->kit.end();
  cr_expect_null(fault, "%s: %s", label, fault);
  cr_expect(strncmp(run->out, client->printed, run->out_len) == 0, "%s: %s",
            label, run->out);
  cr_expect_leq(client->kit.now_ms(), client->patience_ms + client->linger_ms,
                "%s: after %u ms", label, (unsigned)client->kit.now_ms());
  return run;
}

static bool has_printed_all(const client_under_test *client,
                            const program_run *run)
{
  return run->out_len == strlen(client->printed);
}

void client_fetches(const client_under_test *client)
{
  static const fake_faults shapes[] = {
      {.max_read = 0},
      {.max_read = 1},
      {.max_write = 1},
      {.max_read = 7, .read_delay_ms = 3, .write_delay_ms = 500}};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    live_peer *peer = live_peer_new(servers, &polite);
    const program_run *run = fetch(client, peer, &shapes[i], "fetches");
    cr_expect_eq(run->status, 0, "shape %zu: %s", i, run->err);
    cr_expect_str_eq(run->out, client->printed, "shape %zu", i);
    EXPECT_RETURNS(live_peer_result(peer), STLS_CLOSED);
    live_peer_free(peer);
  }
}

/* Signatures, and with them the whole, differ by some bytes. */
static void judge_cut(const client_under_test *client, const program_run *run,
                      size_t at, size_t end, int status)
{
  bool may_be_complete = has_printed_all(client, run);
  bool must_be_complete = may_be_complete;
  if (client->needs_close_notify) {
    may_be_complete = may_be_complete && at + 8 > end;
    must_be_complete = may_be_complete && at > end + 8;
  }
  bool is_complete = run->status == 0;
  cr_expect(is_complete ? may_be_complete : !must_be_complete,
            "cut %zu of %zu: status %d, %s", at, end, run->status, run->err);
  cr_expect(is_complete || run->status == status, "cut %zu: status %d, %s", at,
            run->status, run->err);
}

void client_stands_cuts(const client_under_test *client, fake_cut cut)
{
  int status = cut == FAKE_CUT_SILENCE ? client->late : client->truncated;
  live_peer *whole = live_peer_new(servers, &polite);
  fetch(client, whole, NULL, "whole");
  size_t end = client->kit.line(0)->num_arrived;
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.cut = cut, .cut_at = at};
    live_peer *peer = live_peer_new(servers, &polite);
    const program_run *run =
        fetch(client, peer, &faults, expect_label("cut %zu", at));
    judge_cut(client, run, at, end, status);
    live_peer_free(peer);
  }
  live_peer_free(whole);
}

/* The server hears a part, and the client may still hear the server. */
void client_stands_failing_writes(const client_under_test *client)
{
  live_peer *whole = live_peer_new(servers, &polite);
  fetch(client, whole, NULL, "whole");
  size_t end = client->kit.line(0)->num_left;
  for (size_t at = 0; at < end; at += check_quick() ? 41 : 1) {
    fake_faults faults = {.is_write_failing = true, .write_fails_at = at};
    live_peer *peer = live_peer_new(servers, &polite);
    const program_run *run =
        fetch(client, peer, &faults, expect_label("write %zu", at));
    cr_expect_eq(run->status == 0, has_printed_all(client, run),
                 "write %zu: status %d", at, run->status);
    live_peer_free(peer);
  }
  live_peer_free(whole);
}

void client_gives_up(const client_under_test *client)
{
  static const fake_faults shapes[] = {{.write_delay_ms = 1000000},
                                       {.max_read = 1, .read_delay_ms = 1000}};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    live_peer *peer = live_peer_new(servers, &polite);
    const program_run *run =
        fetch(client, peer, &shapes[i], expect_label("shape %zu", i));
    cr_expect_eq(run->status, client->late, "shape %zu: %s", i, run->err);
    live_peer_free(peer);
  }
}

void client_stands_interruptions(const client_under_test *client, int number)
{
  live_peer *whole = live_peer_new(servers, &polite);
  fetch(client, whole, NULL, "whole");
  for (size_t at = 0; at != SIZE_MAX; at = live_peer_next_cut(whole, at)) {
    fake_faults faults = {.signal = number,
                          .signal_at = at,
                          .max_read = at > 0 ? at : 1,
                          .write_delay_ms = 5};
    live_peer *peer = live_peer_new(servers, &polite);
    const program_run *run =
        fetch(client, peer, &faults, expect_label("signal %zu", at));
    cr_expect_eq(run->status, 0, "signal %zu: %s", at, run->err);
    live_peer_free(peer);
  }
  live_peer_free(whole);
}

void client_stands_rudeness(const client_under_test *client)
{
  live_script script = polite;
  script.is_rude = true;
  live_peer *peer = live_peer_new(servers, &script);
  cr_expect_eq(fetch(client, peer, NULL, "complete")->status,
               client->needs_close_notify ? client->truncated : 0);
  live_peer_free(peer);
  script.text = "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nHello";
  peer = live_peer_new(servers, &script);
  cr_expect_eq(fetch(client, peer, NULL, "incomplete")->status,
               client->truncated);
  live_peer_free(peer);
}

void client_is_refused(const client_under_test *client)
{
  fake_faults faults = {.open_errno = ECONNREFUSED};
  live_peer *peer = live_peer_new(servers, &polite);
  const program_run *run = fetch(client, peer, &faults, "refused");
  cr_expect_eq(run->status, client->no_connection);
  cr_expect_not_null(strstr(run->err, "refused"), "%s", run->err);
  live_peer_free(peer);
}

void client_fetches_many(const client_under_test *client, const char *arguments)
{
  enum {
    MANY = 10
  };
  live_peer *peers[MANY];
  for (size_t i = 0; i < MANY; i++) {
    fake_faults faults = {.max_read = 1 + i * 13, .write_delay_ms = 5};
    peers[i] = live_peer_new(servers, &polite);
    fake_peer fake = live_peer_as_fake(peers[i]);
    client->kit.connect(&fake, &faults);
  }
  const program_run *run = program_start(arguments, NULL);
  const char *fault = client->kit.end();
  cr_expect_null(fault, "%s", fault);
  cr_expect_eq(run->status, 0, "%s", run->err);
  for (size_t i = 0; i < MANY; i++) live_peer_free(peers[i]);
}
