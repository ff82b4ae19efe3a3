/* SPDX-License-Identifier: MIT */
/* resumed_pair: a pair that resumes what another began. */
#include "resumed_pair.h"

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "expect.h"

test_pair again_open(const pair_options *options)
{
  stls_context *client = pair_context(options, STLS_CLIENT);
  stls_context *server = pair_context(options, STLS_SERVER);
  test_pair first = again_join(client, server), second;
  stls_session *session;

  ASSERT_RESULT(pair_handshake(&first), STLS_OK, pair_message(first.client));
  session = again_session(&first);
  pair_free(&first);
  second = again_rejoin(client, server, session);
  stls_session_free(session);
  second.feed = options->feed;
  ASSERT_RESULT(pair_handshake(&second), STLS_OK, pair_message(second.client));
  cr_assert(stls_conninfo_resumed(stls_object_conninfo(second.client)));
  cr_assert(stls_conninfo_resumed(stls_object_conninfo(second.server)));
  stls_context_free(client);
  stls_context_free(server);
  return second;
}

test_pair again_join(stls_context *client, stls_context *server)
{
  return again_rejoin(client, server, NULL);
}

test_pair again_rejoin(stls_context *client, stls_context *server,
                       stls_session *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  stls_error err = STLS_ERROR_INIT;

  options.server_name = "server.example";
  options.session = session;
  cr_assert_eq(
      stls_object_new(client, NULL, NULL, &options, &pair.client, &err),
      STLS_OK, "%s", err.message);
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, NULL),
                STLS_OK, "server");
  return pair;
}

stls_session *again_session(test_pair *pair)
{
  stls_session *session = NULL;

  pair_transfer(pair, pair->server, pair->client, 1);
  ASSERT_RESULT(stls_object_take_session(pair->client, &session, NULL), STLS_OK,
                "session");
  return session;
}
