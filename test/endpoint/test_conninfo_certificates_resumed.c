/* SPDX-License-Identifier: MIT */
/* test_conninfo_certificates_resumed: certificates in the snapshot of a resumed
 * connection. */
#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"
#include "support/resumption.h"

SUITE(conninfo_certificates_resumed);

static const char *const whole = "leaf-of-lower lower middle";

static void present_and_trust(stls_context *context)
{
  pki_present(context, whole);
  pki_trust(context, "root");
}

/* Keeps its sessions, and gives out no more than their numbers. */
static void remember(stls_context *context)
{
  SSL_CTX *ctx = stls_context_ssl_ctx(context);

  present_and_trust(context);
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_SERVER);
}

static test_pair join(stls_context *client, stls_context *server)
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

/* The way of a session through a file. */
static SSL_SESSION *store_and_load(SSL_SESSION *session)
{
  unsigned char *der = NULL;
  int len = i2d_SSL_SESSION(session, &der);
  const unsigned char *at = der;
  SSL_SESSION *loaded;

  cr_assert_gt(len, 0);
  loaded = d2i_SSL_SESSION(NULL, &at, len);
  cr_assert_not_null(loaded);
  OPENSSL_free(der);
  SSL_SESSION_free(session);
  return loaded;
}

static void expect_resumed(const stls_object *object, const char *presented,
                           const char *label)
{
  const stls_conninfo *info = stls_object_conninfo(object);
  stls_certificate *peer = NULL, *failed = NULL;
  stls_certificate_list *lists[3] = {NULL, NULL, NULL};
  const char *got;

  cr_expect(stls_conninfo_resumed(info), "%s", label);
  cr_expect(stls_conninfo_peer_verified(info), "%s", label);
  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &peer, NULL), 0, label);
  ASSERT_RESULT(stls_conninfo_failed_certificate(info, &failed, NULL), 0,
                label);
  ASSERT_RESULT(stls_conninfo_presented_chain(info, &lists[0], NULL), 0, label);
  ASSERT_RESULT(stls_conninfo_verified_chain(info, &lists[1], NULL), 0, label);
  ASSERT_RESULT(stls_conninfo_built_chain(info, &lists[2], NULL), 0, label);
  cr_expect_str_eq(pki_name(peer), "leaf-of-lower", "%s", label);
  cr_expect_str_eq(pki_name(failed), "", "%s", label);
  got = pki_names(lists[0]);
  cr_expect_str_eq(got, presented, "%s: %s", label, got);
  cr_expect_str_eq(pki_names(lists[1]), "", "%s", label);
  cr_expect_str_eq(pki_names(lists[2]), "", "%s", label);
}

struct way {
  const char *name;
  void (*tune_server)(stls_context *context);
  bool is_stored;
  const char *client_knows;
  const char *server_knows;
};

static const struct way ways[] = {
    {"a ticket, in the client's memory", present_and_trust, false,
     "leaf-of-lower lower middle", "leaf-of-lower"},
    {"a ticket, stored by the client", present_and_trust, true, "leaf-of-lower",
     "leaf-of-lower"},
    {"the server's cache, in the client's memory", remember, false,
     "leaf-of-lower lower middle", "leaf-of-lower lower middle"},
};

static void resume(const struct way *way, stls_protocol version)
{
  pair_options options = {.tune_client = present_and_trust,
                          .tune_server = way->tune_server,
                          .server_credential = "",
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .version = version};
  stls_context *client = pair_context(&options, STLS_CLIENT);
  stls_context *server = pair_context(&options, STLS_SERVER);
  test_pair first = join(client, server), second = join(client, server);
  SSL_SESSION *session;

  ASSERT_RESULT(pair_handshake(&first), STLS_OK, way->name);
  /* Tickets come with data. */
  pair_transfer(&first, first.server, first.client, 1);
  session = SSL_get1_session(stls_object_ssl(first.client));
  if (way->is_stored) session = store_and_load(session);
  cr_assert_eq(SSL_set_session(stls_object_ssl(second.client), session), 1);
  ASSERT_RESULT(pair_handshake(&second), STLS_OK, way->name);
  expect_resumed(second.client, way->client_knows, way->name);
  expect_resumed(second.server, way->server_knows, way->name);
  SSL_SESSION_free(session);
  pair_free(&first);
  pair_free(&second);
  stls_context_free(client);
  stls_context_free(server);
}

Test(conninfo_certificates_resumed, is_what_the_session_has)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++)
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
      resume(&ways[i], versions[v]);
  pki_free();
}

/* What a client offers is of a peer that it met once, not of this one. */
Test(conninfo_certificates_resumed, is_not_whom_a_session_was_offered_for)
{
  pair_options options = {.tune_client = present_and_trust,
                          .tune_server = present_and_trust,
                          .server_credential = ""};
  stls_context *client = pair_context(&options, STLS_CLIENT);
  stls_context *server = pair_context(&options, STLS_SERVER);
  test_pair first = join(client, server), second = join(client, server);
  static const unsigned char alert[] = {21, 3, 3, 0, 2, 2, 40};
  const stls_conninfo *info;
  stls_certificate *peer = NULL;
  stls_certificate_list *presented = NULL;
  SSL_SESSION *session;
  size_t done;

  ASSERT_RESULT(pair_handshake(&first), STLS_OK, "first");
  /* Tickets come with data. */
  pair_transfer(&first, first.server, first.client, 1);
  session = SSL_get1_session(stls_object_ssl(first.client));
  cr_assert_eq(SSL_set_session(stls_object_ssl(second.client), session), 1);
  EXPECT_RESULT(stls_object_handshake(second.client), STLS_WANT_READ, "hello");
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(second.client), alert,
                               sizeof alert, &done, NULL),
                STLS_OK, "alert");
  EXPECT_RESULT(stls_object_handshake(second.client), STLS_ERROR_ALERT,
                "refused");
  info = stls_object_conninfo(second.client);
  EXPECT_RESULT(stls_conninfo_peer_certificate(info, &peer, NULL), 0, "peer");
  EXPECT_RESULT(stls_conninfo_presented_chain(info, &presented, NULL), 0,
                "list");
  cr_expect_null(peer);
  cr_expect_eq(stls_certificate_list_count(presented), (size_t)0);
  cr_expect_not(stls_conninfo_peer_verified(info));
  stls_certificate_free(peer);
  stls_certificate_list_free(presented);
  SSL_SESSION_free(session);
  pair_free(&first);
  pair_free(&second);
  stls_context_free(client);
  stls_context_free(server);
  pki_free();
}

static void verify_none(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

/* SSL_get_verify_result: a chain that did not verify is none that did, because it
 * is not looked at again. */
Test(conninfo_certificates_resumed, keeps_the_verdict)
{
  static const struct {
    const char *credential;
    long code;
  } rows[] = {
      {"server-ecdsa", X509_V_OK},
      {"server-untrusted", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
      {"server-expired", X509_V_ERR_CERT_HAS_EXPIRED},
      {"server-selfsigned", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
  };
  pair_options options = {.tune_client = verify_none};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      const char *name = rows[i].credential;
      const stls_conninfo *info;
      stls_session *session;
      resumption peers;
      test_pair pair;
      options.server_credential = name;
      peers = resumption_open(&options);
      session = resumption_new_session(&peers);
      for (int offers = 0; offers < 2; offers++) {
        pair = resumption_connect(&peers, offers == 1 ? session : NULL);
        info = stls_object_conninfo(pair.client);
        cr_expect_eq(stls_conninfo_resumed(info), offers == 1, "%s", label);
        cr_expect_eq(stls_conninfo_verify_code(info), rows[i].code,
                     "%s, %s: %ld", label, name,
                     stls_conninfo_verify_code(info));
        cr_expect_eq(SSL_get_verify_result(stls_object_ssl(pair.client)),
                     rows[i].code, "%s, %s", label, name);
        cr_expect_not(stls_conninfo_peer_verified(info), "%s, %s", label, name);
        cr_expect_eq(
            stls_conninfo_verify_code(stls_object_conninfo(pair.server)),
            X509_V_OK, "%s, %s", label, name);
        pair_free(&pair);
      }
      stls_session_free(session);
      resumption_close(&peers);
    }
}

static void use_no_tickets(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_TICKET);
}

/* SSLObject.session.id, on both sides. */
Test(conninfo_certificates_resumed, has_the_identifier_of_its_session)
{
  pair_options options = {.tune_client = use_no_tickets};
  size_t num_none = 1;
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    const uint8_t *ids[2], *want;
    size_t lens[2], want_len;
    stls_session *session;
    resumption peers;
    test_pair pair;
    if (options.version == STLS_TLS_1_3) continue;
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    want = stls_session_id(session, &want_len);
    cr_assert_eq(want_len, (size_t)32, "%s", label);
    pair = resumption_connect(&peers, session);
    ids[0] =
        stls_conninfo_session_id(stls_object_conninfo(pair.client), &lens[0]);
    ids[1] =
        stls_conninfo_session_id(stls_object_conninfo(pair.server), &lens[1]);
    for (size_t i = 0; i < 2; i++) {
      cr_assert_eq(lens[i], want_len, "%s", label);
      cr_expect_arr_eq(ids[i], want, want_len, "%s", label);
    }
    pair_free(&pair);
    stls_session_free(session);
    resumption_close(&peers);
  }
  cr_expect_null(stls_conninfo_session_id(NULL, &num_none));
  cr_expect_eq(num_none, (size_t)0);
}
