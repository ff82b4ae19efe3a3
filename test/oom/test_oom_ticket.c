/* SPDX-License-Identifier: MIT */
/* test_oom_ticket: issuing of tickets under allocation failure. */
#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "lib/context/context.h"
#include "lib/session/ticket_keys.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/named_cert.h"
#include "support/oom_sweep.h"
#include "support/resumption.h"

SUITE(oom_ticket, .timeout = 300);

struct setup {
  const char *name;
  resumption peers;
};

/* Up to the client's last flight, which the server has not read yet. */
static void meet_halfway(test_pair *pair)
{
  ASSERT_RESULT(stls_object_handshake(pair->client), STLS_WANT_READ, "hello");
  pair_move_all(pair, pair->client, pair->server);
  ASSERT_RESULT(stls_object_handshake(pair->server), STLS_WANT_READ, "flight");
  pair_move_all(pair, pair->server, pair->client);
  cr_assert_geq(stls_object_handshake(pair->client), STLS_OK);
  pair_move_all(pair, pair->client, pair->server);
}

/* The last flight of a client whose ticket would be too large. */
static bool try_to_finish(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  test_pair pair = resumption_pair(&setup->peers, NULL);
  stls_certificate *peer = NULL;
  stls_result result;
  bool refused;

  meet_halfway(&pair);
  oom_sweep_begin(nth);
  result = stls_object_handshake(pair.server);
  refused = oom_sweep_end();
  cr_expect(result == STLS_OK || refused, "allocation %zu: %s", nth,
            pair_message(pair.server));
  if (result == STLS_OK) {
    ASSERT_RESULT(stls_conninfo_peer_certificate(
                      stls_object_conninfo(pair.server), &peer, NULL),
                  STLS_OK, "peer");
    cr_expect_not_null(peer, "allocation %zu", nth);
    cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.server)));
  }
  stls_certificate_free(peer);
  pair_free(&pair);
  return refused;
}

Test(oom_ticket, that_would_be_too_large)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  named_cert_padding = 17000;
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .server_verify = STLS_VERIFY_REQUIRED,
                                  .tune_client = named_cert_set_large};
    struct setup setup = {v == 0 ? "TLS 1.2" : "TLS 1.3",
                          resumption_open(&options)};
    const size_t step = check_quick() ? 37 : 3;
    for (size_t nth = 1; oom_sweep_try(try_to_finish, &setup, nth, setup.name);
         nth += step)
      continue;
    resumption_close(&setup.peers);
  }
}

/* Which allocation is refused, counted from where a key for a ticket was chosen;
 * 0 for none. */
static size_t nth_of_seal;

/* The time is what a key is chosen by. */
static int64_t refuse_from_now(void *user_data)
{
  (void)user_data;
  heap_fail_at(nth_of_seal);
  return 1000;
}

static void give_with_data(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_ticket_timing(context, STLS_TICKETS_WITH_DATA, NULL),
      STLS_OK, "timing");
}

/* How often a client got fewer tickets than it was to have, or none. */
static size_t num_without;

struct sealing {
  const char *name;
  pair_options options;
  size_t num_tickets;
  resumption peers;
};

/* What the client has of the server's first data, and of its tickets. */
static void listen_to_greeting(test_pair *pair, const struct sealing *row)
{
  size_t done = 0;
  char byte;

  ASSERT_RESULT(pair_handshake(pair), STLS_OK, row->name);
  pair_move_all(pair, pair->server, pair->client);
  ASSERT_RESULT(stls_object_read(pair->client, &byte, 1, &done), STLS_OK,
                row->name);
  pair_transfer(pair, pair->client, pair->server, 100);
  pair_transfer(pair, pair->server, pair->client, 100);
  if (resumption_drop_sessions(pair->client) < row->num_tickets) num_without++;
}

/* The connection is as good as it would be with the ticket. */
static bool try_to_seal(const void *subject, size_t nth)
{
  const struct sealing *row = subject;
  test_pair pair = resumption_pair(&row->peers, NULL);
  stls_result result;
  size_t done = 0;
  bool refused;

  meet_halfway(&pair);
  nth_of_seal = nth;
  result = stls_object_handshake(pair.server);
  if (result == STLS_OK) result = stls_object_write(pair.server, "x", 1, &done);
  nth_of_seal = 0;
  refused = oom_sweep_end();
  cr_expect(result == STLS_OK || refused, "%s: allocation %zu: %s", row->name,
            nth, pair_message(pair.server));
  if (result == STLS_OK) listen_to_greeting(&pair, row);
  pair_free(&pair);
  return refused;
}

/* Before OpenSSL 3.0.6, TLS 1.3 cannot go on without. */
Test(oom_ticket, that_cannot_be_sealed)
{
  static struct sealing rows[] = {
      {"TLS 1.2", {.version = STLS_TLS_1_2}, 1, {0}},
      {"TLS 1.3", {.version = STLS_TLS_1_3}, 2, {0}},
      {"TLS 1.3, with data",
       {.version = STLS_TLS_1_3, .tune_server = give_with_data},
       2,
       {0}},
  };
  const struct stls_clock clock = {refuse_from_now, NULL};
  const bool is_old = OPENSSL_version_major() == 3 &&
                      OPENSSL_version_minor() == 0 &&
                      OPENSSL_version_patch() < 6;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const size_t max = 30;
    rows[i].peers = resumption_open(&rows[i].options);
    stls_ticket_keys_set_clock(rows[i].peers.server->ticket_keys, &clock);
    num_without = 0;
    (void)try_to_seal(&rows[i], 0);
    cr_expect_eq(num_without, (size_t)0, "%s", rows[i].name);
    for (size_t nth = 1;
         oom_sweep_try(try_to_seal, &rows[i], nth, rows[i].name) && nth < max;
         nth++)
      continue;
    cr_expect(num_without > 0 || (i > 0 && is_old), "%s", rows[i].name);
    resumption_close(&rows[i].peers);
  }
}
