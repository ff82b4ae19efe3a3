/* SPDX-License-Identifier: MIT */
/* seeded_pair: both ends of a connection, each in a testing world of its own. */
#include "seeded_pair.h"

#include <stdlib.h>
#include <string.h>

#include "runner/tape.h"
#include "support/bytes.h"
#include "support/expect.h"

#define OK(call) \
  do { \
    stls_error err = STLS_ERROR_INIT; \
    stls_result got_ = (call); \
    cr_assert_eq(got_, STLS_OK, "%s: %s: %s", #call, stls_result_name(got_), \
                 err.message); \
  } while (0)

static void make_end(seeded_end *end, uint64_t seed)
{
  OK(stls_testing_new(seed, SEEDED_NOW, &end->testing, &err));
}

seeded_pair seeded_pair_new(const seeded_options *options)
{
  seeded_pair pair = {options, {0}, {0}};

  make_end(&pair.client, options->seed);
  make_end(&pair.server, options->seed + 1);
  return pair;
}

static void free_connection(seeded_end *end)
{
  stls_object_free(end->object);
  stls_context_free(end->context);
  end->object = NULL;
  end->context = NULL;
}

static void free_end(seeded_end *end)
{
  free_connection(end);
  stls_testing_free(end->testing);
  free(end->sent.data);
}

void seeded_pair_free(seeded_pair *pair)
{
  free_end(&pair->client);
  free_end(&pair->server);
}

static void set_both(seeded_pair *pair, seeded_end *end, const char *groups)
{
  const seeded_options *options = pair->options;

  if (options->version != 0)
    OK(stls_context_set_versions(end->context, options->version,
                                 options->version, &err));
  if (groups != NULL) OK(stls_context_set_groups(end->context, groups, &err));
  OK(stls_context_set_records(end->context, options->records, &err));
}

static void set_credential(seeded_end *end, const char *name)
{
  stls_credential *credential = NULL;

  OK(stls_testing_credential(end->testing, name, &credential, &err));
  OK(stls_context_set_credential(end->context, credential, &err));
  stls_credential_free(credential);
}

static void demand_certificate(seeded_end *end)
{
  stls_trust *trust = NULL;

  OK(stls_testing_trust(end->testing, &trust, &err));
  OK(stls_context_set_trust(end->context, trust, &err));
  OK(stls_context_set_verify_mode(end->context, STLS_VERIFY_REQUIRED, &err));
  stls_trust_free(trust);
}

void seeded_pair_make_contexts(seeded_pair *pair)
{
  const seeded_options *options = pair->options;
  seeded_end *client = &pair->client, *server = &pair->server;

  free_connection(client);
  free_connection(server);
  OK(stls_testing_context(client->testing, STLS_CLIENT, &client->context,
                          &err));
  OK(stls_testing_context(server->testing, STLS_SERVER, &server->context,
                          &err));
  set_both(pair, client, options->client_groups);
  set_both(pair, server, options->server_groups);
  if (options->credential != NULL) set_credential(server, options->credential);
  if (options->has_no_tickets)
    OK(stls_context_set_num_tickets(server->context, 0, &err));
  if (options->has_client_certificate) {
    set_credential(client, "client");
    demand_certificate(server);
  }
}

void seeded_pair_make_objects(seeded_pair *pair, stls_session *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;

  options.server_name = "localhost";
  options.session = session;
  stls_object_free(pair->client.object);
  stls_object_free(pair->server.object);
  OK(stls_object_new(pair->client.context, NULL, NULL, &options,
                     &pair->client.object, &err));
  OK(stls_object_new(pair->server.context, NULL, NULL, NULL,
                     &pair->server.object, &err));
  tape_object(pair->client.object, pair->client.testing, pair->server.object,
              pair->server.testing);
  tape_object(pair->server.object, pair->server.testing, pair->client.object,
              pair->client.testing);
}

static void note(seeded_log *log, stls_span sent)
{
  log->data = bytes_append(log->data, &log->len, sent.data, sent.len);
}

/* One piece; false if there is none. */
static bool move_piece(seeded_pair *pair, seeded_end *from, seeded_end *to)
{
  stls_span sent = stls_bio_peek(stls_object_outgoing(from->object));
  size_t taken = 0;

  if (sent.len == 0) return false;
  if (pair->options->piece != 0 && sent.len > pair->options->piece)
    sent.len = pair->options->piece;
  note(&from->sent, sent);
  OK(stls_bio_write(stls_object_incoming(to->object), sent.data, sent.len,
                    &taken, &err));
  OK(stls_bio_consume(stls_object_outgoing(from->object), taken, &err));
  return true;
}

stls_result seeded_pair_handshake(seeded_pair *pair)
{
  seeded_end *client = &pair->client, *server = &pair->server;
  stls_result of_client, of_server;
  bool has_moved;

  do {
    of_client = stls_object_handshake(client->object);
    has_moved = move_piece(pair, client, server);
    of_server = stls_object_handshake(server->object);
    has_moved = move_piece(pair, server, client) || has_moved;
  } while (has_moved);
  return of_client != STLS_OK ? of_client : of_server;
}

/* Reads what `to` gets, as it arrives, to the last result. */
static stls_result deliver(seeded_pair *pair, seeded_end *from, seeded_end *to,
                           size_t *out_len)
{
  static char data[16384];
  stls_result result;
  size_t len = 0;

  *out_len = 0;
  do {
    do {
      result = stls_object_read(to->object, data, sizeof data, &len);
      *out_len += len;
    } while (result == STLS_OK);
  } while (move_piece(pair, from, to));
  return result;
}

static void send_data(seeded_pair *pair, seeded_end *from, seeded_end *to,
                      size_t len)
{
  static const char data[20000] = "data";
  size_t written = 0, arrived = 0;

  OK(stls_object_write(from->object, data, len, &written));
  cr_assert_eq(written, len);
  EXPECT_RETURNS(deliver(pair, from, to, &arrived), STLS_WANT_READ);
  cr_assert_eq(arrived, len);
}

static void close_both(seeded_pair *pair)
{
  seeded_end *client = &pair->client, *server = &pair->server;
  size_t len = 0;

  OK(stls_object_close_write(client->object));
  EXPECT_RETURNS(deliver(pair, client, server, &len), STLS_CLOSED);
  OK(stls_object_close_write(server->object));
  EXPECT_RETURNS(deliver(pair, server, client, &len), STLS_CLOSED);
}

static void connect_both(seeded_pair *pair, stls_session *offered,
                         stls_session **out_session)
{
  seeded_end *client = &pair->client, *server = &pair->server;

  seeded_pair_make_objects(pair, offered);
  ASSERT_RETURNS(seeded_pair_handshake(pair), STLS_OK);
  send_data(pair, client, server, 20000);
  send_data(pair, server, client, 4);
  if (pair->options->has_key_update) {
    OK(stls_object_key_update(client->object, true));
    send_data(pair, client, server, 5);
    send_data(pair, server, client, 6);
  }
  if (out_session != NULL)
    OK(stls_object_take_session(client->object, out_session, &err));
  close_both(pair);
}

void seeded_pair_run(seeded_pair *pair)
{
  stls_session *session = NULL;

  pair->client.sent.len = 0;
  pair->server.sent.len = 0;
  seeded_pair_make_contexts(pair);
  connect_both(pair, NULL, pair->options->resumes ? &session : NULL);
  if (session == NULL) return;
  connect_both(pair, session, NULL);
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair->client.object)));
  stls_session_free(session);
}

static bool is_same_log(const seeded_log *one, const seeded_log *two)
{
  return one->len == two->len && memcmp(one->data, two->data, one->len) == 0;
}

bool seeded_pair_is_same(const seeded_pair *one, const seeded_pair *two)
{
  return is_same_log(&one->client.sent, &two->client.sent) &&
         is_same_log(&one->server.sent, &two->server.sent);
}
