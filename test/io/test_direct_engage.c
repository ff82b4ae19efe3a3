/* SPDX-License-Identifier: MIT */
/* test_direct_engage: direct records count from where libssl stopped. */
/*
 * Whatever came before: tickets of any number, sent with the handshake or with the
 * first data; a pre-shared key; a session that was resumed. An eavesdropper with
 * the keys sees that no number is left out or used twice, and a peer with libssl's
 * records opens all of them.
 */
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <string.h>

#include "support/expect.h"
#include "support/psk_pair.h"
#include "support/resumption.h"
#include "wire_watch.h"

SUITE(direct_engage, .timeout = 300);

/* Which sides are direct; the other has libssl's records. */
enum sides {
  CLIENT = 1,
  SERVER = 2,
  BOTH = 3
};

static enum sides sides;
static size_t num_tickets;
static stls_ticket_timing timing;
static bool has_psk;

static void set_context(stls_context *context)
{
  const bool is_client = stls_context_role(context) == STLS_CLIENT;
  const bool is_direct = sides & (is_client ? CLIENT : SERVER);

  ASSERT_RETURNS(
      stls_context_set_records(
          context, is_direct ? STLS_RECORDS_DIRECT : STLS_RECORDS_LIBSSL, NULL),
      STLS_OK);
  wire_keys_collect(context);
  if (has_psk)
    (is_client ? psk_pair_tune_client : psk_pair_tune_server)(context);
  if (is_client) return;
  ASSERT_RETURNS(stls_context_set_num_tickets(context, num_tickets, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_ticket_timing(context, timing, NULL),
                 STLS_OK);
}

struct wire {
  struct wire_watch from_client;
  struct wire_watch from_server;
};

static void move(struct wire *wire, test_pair *pair)
{
  wire_watch_move(&wire->from_client, pair, pair->client, pair->server);
  wire_watch_move(&wire->from_server, pair, pair->server, pair->client);
}

static void send_text(struct wire *wire, test_pair *pair, stls_object *from)
{
  stls_object *to = from == pair->client ? pair->server : pair->client;
  char out[100];
  size_t done;

  ASSERT_RESULT(stls_object_write(from, "a text", 6, &done), STLS_OK,
                pair_message(from));
  move(wire, pair);
  ASSERT_RESULT(stls_object_read(to, out, sizeof out, &done), STLS_OK,
                pair_message(to));
  cr_assert_eq(done, 6);
  cr_assert_arr_eq(out, "a text", 6);
}

static void close_both(struct wire *wire, test_pair *pair)
{
  char byte;
  size_t done;

  ASSERT_RETURNS(stls_object_close_write(pair->client), STLS_OK);
  move(wire, pair);
  ASSERT_RETURNS(stls_object_read(pair->server, &byte, 1, &done), STLS_CLOSED);
  ASSERT_RETURNS(stls_object_close_write(pair->server), STLS_OK);
  move(wire, pair);
  ASSERT_RETURNS(stls_object_read(pair->client, &byte, 1, &done), STLS_CLOSED);
}

/* Data, and messages of libssl's on both sides before and behind it. */
static void converse(test_pair *pair, bool server_is_first)
{
  static struct wire wire;
  stls_object *first = server_is_first ? pair->server : pair->client;
  stls_object *second = server_is_first ? pair->client : pair->server;
  const bool is_tls_1_3 =
      stls_conninfo_version(stls_object_conninfo(first)) == STLS_TLS_1_3;

  cr_assert_eq(stls_conninfo_direct_records(stls_object_conninfo(pair->client)),
               (sides & CLIENT) != 0);
  cr_assert_eq(stls_conninfo_direct_records(stls_object_conninfo(pair->server)),
               (sides & SERVER) != 0);
  wire_watch_open(&wire.from_client, pair->client);
  wire_watch_open(&wire.from_server, pair->server);
  send_text(&wire, pair, first);
  send_text(&wire, pair, second);
  if (is_tls_1_3) {
    ASSERT_RETURNS(stls_object_key_update(second, false), STLS_OK);
    send_text(&wire, pair, second);
    ASSERT_RETURNS(stls_object_key_update(first, true), STLS_OK);
  }
  send_text(&wire, pair, first);
  send_text(&wire, pair, second);
  close_both(&wire, pair);
  cr_expect_eq(wire.from_client.num_alerts, 1);
  cr_expect_eq(wire.from_server.num_alerts, 1);
  wire_watch_close(&wire.from_client);
  wire_watch_close(&wire.from_server);
}

static void try_all(bool resumes)
{
  pair_options options = {.tune_client = set_context,
                          .tune_server = set_context};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (int i = 0; i < 6; i++) {
      test_pair pair;
      sides = (enum sides)(CLIENT + i % 3);
      pair = resumes ? resumption_open_resumed(&options) : pair_open(&options);
      converse(&pair, i / 3 == 1);
      pair_free(&pair);
    }
}

Test(direct_engage, behind_any_number_of_tickets)
{
  static const size_t nums[] = {0, 1, 2, 3, 7};

  pair_need_direct();
  for (size_t i = 0; i < sizeof nums / sizeof *nums; i++)
    for (int when = 0; when <= STLS_TICKETS_NEVER; when++) {
      num_tickets = nums[i];
      timing = (stls_ticket_timing)when;
      try_all(false);
    }
}

Test(direct_engage, behind_a_resumed_handshake)
{
  pair_need_direct();
  num_tickets = 2;
  for (int when = 0; when < STLS_TICKETS_NEVER; when++) {
    timing = (stls_ticket_timing)when;
    try_all(true);
  }
}

Test(direct_engage, behind_a_pre_shared_key)
{
  pair_need_direct();
  psk_pair_reset();
  has_psk = true;
  num_tickets = 2;
  try_all(false);
}
