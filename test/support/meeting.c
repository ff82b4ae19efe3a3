/* SPDX-License-Identifier: MIT */
/* meeting: a client and a server that meet several times. */
#include <config.h>

#include "meeting.h"

#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "expect.h"

meeting meeting_open(const pair_options *options)
{
  return (meeting){
      .client = pair_context(options, STLS_CLIENT),
      .server = pair_context(options, STLS_SERVER),
      .name = options->server_name == NULL ? "server.example"
                                           : options->server_name,
      .feed = options->feed,
  };
}

void meeting_close(meeting *again)
{
  stls_context_free(again->client);
  stls_context_free(again->server);
}

test_pair meeting_pair(const meeting *again, stls_session *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = again->feed, .random = 1};
  stls_error err = STLS_ERROR_INIT;

  options.server_name = again->name;
  options.session = session;
  cr_assert_eq(
      stls_object_new(again->client, NULL, NULL, &options, &pair.client, &err),
      STLS_OK, "%s", err.message);
  cr_assert_eq(
      stls_object_new(again->server, NULL, NULL, NULL, &pair.server, &err),
      STLS_OK, "%s", err.message);
  return pair;
}

test_pair meeting_meet(const meeting *again, stls_session *session)
{
  test_pair pair = meeting_pair(again, session);

  cr_assert_eq(pair_handshake(&pair), STLS_OK, "client: %s; server: %s",
               pair_message(pair.client), pair_message(pair.server));
  return pair;
}

void meeting_greet(test_pair *pair)
{
  pair_transfer(pair, pair->server, pair->client, 5);
}

stls_session *meeting_next(stls_object *client)
{
  stls_session *session = NULL;
  stls_error err = STLS_ERROR_INIT;

  cr_assert_eq(stls_object_take_session(client, &session, &err), STLS_OK, "%s",
               err.message);
  return session;
}

size_t meeting_take_all(stls_object *client)
{
  stls_session *session;
  size_t num = 0;

  while ((session = meeting_next(client)) != NULL) {
    stls_session_free(session);
    num++;
  }
  return num;
}

stls_session *meeting_session(const meeting *again)
{
  test_pair pair = meeting_meet(again, NULL);
  stls_session *session;

  meeting_greet(&pair);
  session = meeting_next(pair.client);
  cr_assert_not_null(session);
  pair_free(&pair);
  return session;
}

bool meeting_resumes(const meeting *again, stls_session *session)
{
  test_pair pair = meeting_meet(again, session);
  bool client = stls_conninfo_resumed(stls_object_conninfo(pair.client));
  bool server = stls_conninfo_resumed(stls_object_conninfo(pair.server));

  cr_expect_eq(client, server, "both sides know");
  pair_transfer(&pair, pair.client, pair.server, 100);
  pair_transfer(&pair, pair.server, pair.client, 100);
  pair_free(&pair);
  return client;
}

stls_result meeting_offer(const meeting *again, const char *name,
                          stls_session *session, stls_error *err)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *client = NULL;
  stls_result result;

  options.server_name = name;
  options.session = session;
  options.refuse_unfit_session = true;
  result = stls_object_new(again->client, NULL, NULL, &options, &client, err);
  cr_expect_eq(result == STLS_OK, client != NULL);
  stls_object_free(client);
  return result;
}

void meeting_backdate(SSL_SESSION *session, int64_t seconds)
{
#ifdef HAVE_SSL_SESSION_GET_TIME_EX
  SSL_SESSION_set_time_ex(session, (time_t)seconds);
#else
  SSL_SESSION_set_time(session, (long)seconds);
#endif
}
