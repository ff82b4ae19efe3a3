/* SPDX-License-Identifier: MIT */
/* resumption: a client and a server that connect repeatedly, and resume sessions. */
#include <config.h>

#include "resumption.h"

#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "expect.h"

resumption resumption_open(const pair_options *options)
{
  return (resumption){
      .client = pair_context(options, STLS_CLIENT),
      .server = pair_context(options, STLS_SERVER),
      .name = options->server_name == NULL ? "server.example"
                                           : options->server_name,
      .feed = options->feed,
  };
}

void resumption_close(resumption *peers)
{
  stls_context_free(peers->client);
  stls_context_free(peers->server);
}

test_pair resumption_pair(const resumption *peers, stls_session *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = peers->feed, .random = 1};
  stls_error err = STLS_ERROR_INIT;

  options.server_name = peers->name;
  options.session = session;
  ASSERT_RESULT(
      stls_object_new(peers->client, NULL, NULL, &options, &pair.client, &err),
      STLS_OK, err.message);
  ASSERT_RESULT(
      stls_object_new(peers->server, NULL, NULL, NULL, &pair.server, &err),
      STLS_OK, err.message);
  pair_tape(&pair);
  return pair;
}

test_pair resumption_join(stls_context *client, stls_context *server,
                          stls_session *session)
{
  resumption peers = {client, server, "server.example", FEED_WHOLE};

  return resumption_pair(&peers, session);
}

test_pair resumption_open_resumed(const pair_options *options)
{
  resumption peers = resumption_open(options);
  test_pair first, second;
  stls_session *session;

  peers.feed = FEED_WHOLE;
  first = resumption_connect(&peers, NULL);
  session = resumption_fetch_session(&first);
  pair_free(&first);
  peers.feed = options->feed;
  second = resumption_connect(&peers, session);
  stls_session_free(session);
  cr_assert(stls_conninfo_resumed(stls_object_conninfo(second.client)));
  cr_assert(stls_conninfo_resumed(stls_object_conninfo(second.server)));
  resumption_close(&peers);
  return second;
}

test_pair resumption_connect(const resumption *peers, stls_session *session)
{
  test_pair pair = resumption_pair(peers, session);

  ASSERT_RESULT(
      pair_handshake(&pair), STLS_OK,
      expect_label("client: %s; server: %s", pair_message(pair.client),
                   pair_message(pair.server)));
  return pair;
}

void resumption_send_tickets(test_pair *pair)
{
  pair_transfer(pair, pair->server, pair->client, 5);
}

stls_session *resumption_fetch_session(test_pair *pair)
{
  resumption_send_tickets(pair);
  return resumption_take_session(pair->client);
}

stls_session *resumption_take_session(stls_object *client)
{
  stls_session *session = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_object_take_session(client, &session, &err), STLS_OK,
                err.message);
  return session;
}

size_t resumption_drop_sessions(stls_object *client)
{
  stls_session *session;
  size_t num = 0;

  while ((session = resumption_take_session(client)) != NULL) {
    stls_session_free(session);
    num++;
  }
  return num;
}

stls_session *resumption_new_session(const resumption *peers)
{
  test_pair pair = resumption_connect(peers, NULL);
  stls_session *session;

  session = resumption_fetch_session(&pair);
  cr_assert_not_null(session);
  pair_free(&pair);
  return session;
}

bool resumption_succeeds(const resumption *peers, stls_session *session)
{
  test_pair pair = resumption_connect(peers, session);
  bool client = stls_conninfo_resumed(stls_object_conninfo(pair.client));
  bool server = stls_conninfo_resumed(stls_object_conninfo(pair.server));

  cr_expect_eq(client, server, "both sides know");
  pair_transfer(&pair, pair.client, pair.server, 100);
  pair_transfer(&pair, pair.server, pair.client, 100);
  pair_free(&pair);
  return client;
}

stls_result resumption_offer(const resumption *peers, const char *name,
                             stls_session *session, stls_error *err)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *client = NULL;
  stls_result result;

  options.server_name = name;
  options.session = session;
  options.refuse_unfit_session = true;
  result = stls_object_new(peers->client, NULL, NULL, &options, &client, err);
  cr_expect_eq(result == STLS_OK, client != NULL);
  stls_object_free(client);
  return result;
}

void resumption_set_time(SSL_SESSION *session, int64_t seconds)
{
#ifdef HAVE_SSL_SESSION_GET_TIME_EX
  SSL_SESSION_set_time_ex(session, (time_t)seconds);
#else
  SSL_SESSION_set_time(session, (long)seconds);
#endif
}
