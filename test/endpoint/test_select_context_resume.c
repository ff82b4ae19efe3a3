/* SPDX-License-Identifier: MIT */
/* test_select_context_resume: resumption with a selected context. */
#include <openssl/ssl.h>

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(select_context_resume);

/* One connection from `client` to an object of `own`, for which `chosen` is
 * chosen; *session is offered, and replaced by the new one. Returns whether it
 * was resumed. */
static bool connect_once(stls_context *client, stls_context *own,
                         stls_context *chosen, SSL_SESSION **session)
{
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  bool resumed;

  made.server_name = "server.example";
  ASSERT_RESULT(stls_object_new(client, NULL, NULL, &made, &pair.client, NULL),
                STLS_OK, "client");
  made.server_name = NULL;
  made.choose_context = true;
  ASSERT_RESULT(stls_object_new(own, NULL, NULL, &made, &pair.server, NULL),
                STLS_OK, "server");
  if (*session != NULL)
    cr_assert_eq(SSL_set_session(stls_object_ssl(pair.client), *session), 1);
  (void)!pair_handshake(&pair);
  cr_expect_eq(stls_client_hello_offers_resumption(
                   stls_object_client_hello(pair.server)),
               *session != NULL);
  ASSERT_RESULT(stls_object_set_context(pair.server, chosen), STLS_OK, "set");
  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  pair_transfer(&pair, pair.server, pair.client, 1);
  resumed = stls_conninfo_resumed(stls_object_conninfo(pair.server));
  SSL_SESSION_free(*session);
  *session = SSL_get1_session(stls_object_ssl(pair.client));
  pair_free(&pair);
  return resumed;
}

/* PITFALLS 21, CVE-2025-23419: with SSL_set_SSL_CTX a session that one server
 * name made is good for another one. */
Test(select_context_resume, resumes_sessions_of_the_chosen_context_only)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t i = 0; i < 2; i++) {
    pair_options options = {.version = versions[i]};
    pair_options strict = {.version = versions[i],
                           .server_verify = STLS_VERIFY_REQUIRED,
                           .client_credential = "client-ecdsa"};
    stls_context *client = pair_context(&strict, STLS_CLIENT);
    stls_context *own = pair_context(&options, STLS_SERVER);
    stls_context *twin = pair_context(&options, STLS_SERVER);
    stls_context *other = pair_context(&strict, STLS_SERVER);
    SSL_SESSION *session = NULL;
    cr_expect_not(connect_once(client, own, twin, &session));
    cr_expect(connect_once(client, own, twin, &session), "the same");
    cr_expect_not(connect_once(client, own, NULL, &session), "the own");
    cr_expect(connect_once(client, twin, own, &session), "now chosen");
    cr_expect_not(connect_once(client, own, other, &session), "stricter");
    cr_expect(connect_once(client, own, other, &session), "stricter again");
    SSL_SESSION_free(session);
    stls_context_free(client);
    stls_context_free(own);
    stls_context_free(twin);
    stls_context_free(other);
  }
}
