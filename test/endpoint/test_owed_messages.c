/* SPDX-License-Identifier: MIT */
/* test_owed_messages: promised messages are sent, whatever libssl owes first. */
/*
 * The answer to a KeyUpdate goes out with libssl's next write (RFC 8446, 4.6.3),
 * which is then all that this write does: a request for a certificate, or keys of
 * our own, would wait for a write after it.
 */
#include <stdio.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(owed_messages);

typedef stls_result (*object_call)(stls_object *self);

static stls_result update(stls_object *self);
static stls_result request(stls_object *self);
static stls_result write_byte(stls_object *self);

/* The messages that go out with the call, the owed KeyUpdate aside. */
static const struct row {
  const char *name;
  object_call call;
  /* Of the client too. */
  bool is_for_clients;
  const char *sends;
} rows[] = {
    {"key_update", update, true, "key_update"},
    {"key_update, asking", request, true, "key_update"},
    {"verify_client", stls_object_verify_client, false, "certificate_request"},
    {"close_write", stls_object_close_write, true, "close_notify"},
    {"unwrap", stls_object_unwrap, true, "close_notify"},
    {"write", write_byte, true, ""},
};

static char sent[200];

static void see(stls_object *object, const stls_trace_event *event,
                void *user_data)
{
  (void)user_data;
  if (event->flow != STLS_RECORDS_OUT ||
      event->content_type == STLS_CONTENT_HEADER ||
      event->content_type == STLS_CONTENT_INNER_TYPE)
    return;
  if (stls_object_conninfo(object) == NULL) return;
  strcat(sent, stls_trace_message_name(event));
  strcat(sent, ";");
}

static void offer(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "late authentication");
}

static void offer_and_trace(stls_context *context)
{
  offer(context);
  ASSERT_RESULT(stls_context_set_trace(context, see, NULL, NULL), STLS_OK,
                "trace");
}

/* How often a message stands among those that were sent. */
static int count(const char *name)
{
  char word[64];
  int num = 0;

  snprintf(word, sizeof word, "%s;", name);
  for (const char *at = sent; (at = strstr(at, word)) != NULL; at++) num++;
  return num;
}

static stls_result drain(stls_object *object)
{
  stls_result result;
  size_t done;
  char byte;

  do result = stls_object_read(object, &byte, 1, &done);
  while (result == STLS_OK);
  return result;
}

static void check_row(const struct row *row, stls_role role, pair_feed feed)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .feed = feed,
                          .client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED};
  bool is_client = role == STLS_CLIENT;
  int is_update = strcmp(row->sends, "key_update") == 0;
  stls_object *self, *peer;
  test_pair pair;

  options.tune_client = is_client ? offer_and_trace : offer;
  options.tune_server = is_client ? offer : offer_and_trace;
  pair = pair_open(&options);
  self = is_client ? pair.client : pair.server;
  peer = is_client ? pair.server : pair.client;
  pair_transfer(&pair, pair.server, pair.client, 10);
  pair_settle(&pair);
  sent[0] = '\0';
  ASSERT_RESULT(stls_object_key_update(peer, true), STLS_OK, row->name);
  ASSERT_RESULT(write_byte(peer), STLS_OK, row->name);
  while (pair_move(&pair, peer, self) > 0)
    ASSERT_RESULT(drain(self), STLS_WANT_READ, row->name);
  EXPECT_RESULT(row->call(self),
                row->call == stls_object_unwrap ? STLS_WANT_READ : STLS_OK,
                row->name);
  if (row->sends[0] != '\0')
    cr_expect_eq(count(row->sends), 1 + is_update, "%s: sent %s", row->name,
                 sent);
  while (pair_move(&pair, self, peer) > 0)
    cr_expect_geq(drain(peer), 0, "%s: %s", row->name, pair_message(peer));
  pair_free(&pair);
}

Test(owed_messages, comes_first_and_what_was_promised_with_it)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (pair_feed feed = FEED_WHOLE; feed <= FEED_BYTES; feed++)
      for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++)
        if (role == STLS_SERVER || rows[i].is_for_clients)
          check_row(&rows[i], role, feed);
}

/* The client is asked at once, and its answer comes. */
Test(owed_messages, does_not_keep_a_client_from_being_asked)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .tune_client = offer,
                          .tune_server = offer};
  test_pair pair = pair_open(&options);

  pair_settle(&pair);
  ASSERT_RESULT(stls_object_key_update(pair.client, true), STLS_OK, "update");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(drain(pair.server), STLS_WANT_READ, "update");
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RESULT(drain(pair.client), STLS_WANT_READ, "answer");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(drain(pair.server), STLS_WANT_READ, "answer");
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  pair_transfer(&pair, pair.client, pair.server, 1000);
  pair_transfer(&pair, pair.server, pair.client, 1000);
  pair_free(&pair);
}

/* What is refused sends nothing, be it owed. */
Test(owed_messages, does_not_go_out_with_a_refusal)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .server_verify = STLS_VERIFY_OPTIONAL};
  test_pair pair = pair_open(&options);
  stls_bio *out = stls_object_outgoing(pair.server);
  stls_error err = STLS_ERROR_INIT;

  pair_settle(&pair);
  ASSERT_RESULT(stls_object_key_update(pair.client, true), STLS_OK, "update");
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RESULT(drain(pair.server), STLS_WANT_READ, "update");
  EXPECT_RESULT(stls_object_verify_client(pair.server), STLS_ERROR_MISUSE,
                "not offered");
  stls_object_error(pair.server, &err);
  cr_expect(strstr(err.message, "did not offer"), "%s", err.message);
  cr_expect_eq(stls_bio_pending(out), (size_t)0);
  pair_free(&pair);
}

static stls_result update(stls_object *self)
{
  return stls_object_key_update(self, false);
}

static stls_result request(stls_object *self)
{
  return stls_object_key_update(self, true);
}

static stls_result write_byte(stls_object *self)
{
  size_t done;

  return stls_object_write(self, "x", 1, &done);
}
