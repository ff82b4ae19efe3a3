/* SPDX-License-Identifier: MIT */
/* test_ticket_size: client certificates that are too large for a ticket. */
#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/expect.h"
#include "support/named_cert.h"
#include "support/resumption.h"

SUITE(ticket_size, .timeout = 60);

static void with_data(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_ticket_timing(context, STLS_TICKETS_WITH_DATA, NULL),
      STLS_OK, "timing");
}

static void remember(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_options(
          context, stls_context_options(context) | STLS_OP_NO_TICKET, NULL),
      STLS_OK, "option");
}

static const struct row {
  const char *name;
  size_t filling;
  void (*tune)(stls_context *context);
  bool has_session;
} rows[] = {
    {"small", 100, NULL, true},
    {"in a ticket of one record", 14000, NULL, true},
    {"too large for that", 17000, NULL, false},
    {"below what libssl refuses", 60000, NULL, false},
    {"too large for libssl", 70000, NULL, false},
    {"the same, with data", 70000, with_data, false},
    {"small, with data", 14000, with_data, true},
    {"too large, in the server's memory", 70000, remember, true},
};

/* The client's certificate is what the server knows, with a ticket or without. */
static void expect_peer(const test_pair *pair, const char *label)
{
  const stls_conninfo *info = stls_object_conninfo(pair->server);
  stls_certificate *peer = NULL;

  cr_expect(stls_conninfo_peer_verified(info), "%s", label);
  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &peer, NULL), STLS_OK,
                label);
  cr_assert_not_null(peer, "%s", label);
  stls_certificate_free(peer);
}

/* aws-lc #2453; RFC 5077, 3.3. */
Test(ticket_size, ends_no_connection)
{
  pair_options options = {.server_verify = STLS_VERIFY_REQUIRED,
                          .tune_client = named_cert_set_large};
  char label[64];

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    named_cert_padding = rows[i].filling;
    options.tune_server = rows[i].tune;
    for (size_t row = 0; pair_row(row, &options, label); row++) {
      resumption peers;
      test_pair pair;
      stls_session *session;
      if (options.feed != FEED_WHOLE && named_cert_padding > 20000 &&
          check_quick())
        continue;
      peers = resumption_open(&options);
      pair = resumption_connect(&peers, NULL);
      pair_transfer(&pair, pair.client, pair.server, 1000);
      resumption_send_tickets(&pair);
      pair_transfer(&pair, pair.server, pair.client, 1000);
      expect_peer(&pair, rows[i].name);
      session = resumption_take_session(pair.client);
      cr_expect_eq(session != NULL, rows[i].has_session, "%s, %s", rows[i].name,
                   label);
      if (session != NULL)
        cr_expect(resumption_succeeds(&peers, session), "%s, %s", rows[i].name,
                  label);
      stls_session_free(session);
      pair_free(&pair);
      resumption_close(&peers);
    }
  }
}

static void ask_later(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "later");
}

static void present_later(stls_context *context)
{
  ask_later(context);
  named_cert_set_large(context);
}

/* RFC 8446, 4.6.2: the certificate comes after the first tickets. */
Test(ticket_size, ends_no_connection_later)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .tune_client = present_later,
                          .tune_server = ask_later};
  test_pair pair;
  stls_session *session;
  char byte;
  size_t done;

  named_cert_padding = 70000;
  pair = pair_open(&options);
  pair_settle(&pair);
  while ((session = resumption_take_session(pair.client)) != NULL)
    stls_session_free(session);
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
  for (int turn = 0; turn < 4; turn++) {
    pair_move_all(&pair, pair.server, pair.client);
    (void)!stls_object_read(pair.client, &byte, 1, &done);
    pair_move_all(&pair, pair.client, pair.server);
    (void)!stls_object_read(pair.server, &byte, 1, &done);
  }
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED,
               "%s", pair_message(pair.server));
  pair_transfer(&pair, pair.server, pair.client, 1000);
  cr_expect_null(resumption_take_session(pair.client));
  pair_free(&pair);
}
