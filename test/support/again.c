/* SPDX-License-Identifier: MIT */
/* again: a pair that resumes what another began. */
#include "again.h"

#include <openssl/ssl.h>

#include "expect.h"

test_pair again_open(const pair_options *options)
{
  stls_context *client = pair_context(options, STLS_CLIENT);
  stls_context *server = pair_context(options, STLS_SERVER);
  test_pair first = again_join(client, server);
  test_pair second = again_join(client, server);
  SSL_SESSION *session;

  ASSERT_RESULT(pair_handshake(&first), STLS_OK, pair_message(first.client));
  pair_settle(&first);
  session = SSL_get1_session(stls_object_ssl(first.client));
  pair_free(&first);
  cr_assert_eq(SSL_set_session(stls_object_ssl(second.client), session), 1);
  SSL_SESSION_free(session);
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
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(client, NULL, NULL, &options, &pair.client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, NULL),
                STLS_OK, "server");
  return pair;
}
