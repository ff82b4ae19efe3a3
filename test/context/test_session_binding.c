/* SPDX-License-Identifier: MIT */
/* test_session_binding: a session is bound to the ClientHello that its connection
 * began with. */
/*
 * The clients here change their ClientHello through the escape hatch, and offer
 * what a client of the library would not.
 */
#include <openssl/ssl.h>

#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/psk_pair.h"
#include "support/resumption.h"

SUITE(session_binding, .timeout = 120);

/* What a client says in its ClientHello; NULL and false for what it says anyway. */
struct hello {
  const char *name;
  const char *groups;
  bool lacks_ems;
};

/* How the server remembers, and whether its context is chosen. */
struct way {
  const char *name;
  bool uses_tickets;
  bool chooses;
};

static const struct way ways[] = {{"tickets", true, false},
                                  {"memory", false, false},
                                  {"tickets, chosen", true, true},
                                  {"memory, chosen", false, true}};

static void verify_none(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

static void verify_none_without(stls_context *context)
{
  verify_none(context);
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_TICKET);
}

static void remember(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_TICKET);
}

static resumption open_way(const struct way *way, const pair_options *joined)
{
  pair_options options = {.version = joined->version, .feed = joined->feed};

  options.tune_client = way->uses_tickets ? verify_none : verify_none_without;
  options.tune_server = way->uses_tickets ? NULL : remember;
  return resumption_open(&options);
}

static test_pair join(const resumption *peers, const struct way *way,
                      const struct hello *hello, SSL_SESSION *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = peers->feed, .random = 1};
  SSL *client;

  ASSERT_RESULT(
      stls_object_new(peers->client, NULL, NULL, NULL, &pair.client, NULL),
      STLS_OK, way->name);
  options.choose_context = way->chooses;
  ASSERT_RESULT(
      stls_object_new(peers->server, NULL, NULL, &options, &pair.server, NULL),
      STLS_OK, way->name);
  client = stls_object_ssl(pair.client);
  if (hello->name != NULL)
    cr_assert_eq(SSL_set_tlsext_host_name(client, hello->name), 1);
  if (hello->groups != NULL)
    cr_assert_eq(SSL_set1_groups_list(client, hello->groups), 1);
  if (hello->lacks_ems)
    SSL_set_options(client, SSL_OP_NO_EXTENDED_MASTER_SECRET);
  if (session != NULL) cr_assert_eq(SSL_set_session(client, session), 1);
  return pair;
}

/* Chooses what there is to choose. */
static stls_result shake(test_pair *pair)
{
  stls_result result = pair_handshake(pair);

  if (result != STLS_WANT_CONTEXT &&
      stls_object_handshake(pair->server) != STLS_WANT_CONTEXT)
    return result;
  ASSERT_RESULT(stls_object_set_context(pair->server, NULL), STLS_OK, "choose");
  return pair_handshake(pair);
}

/* The session of a first connection; the caller's. */
static SSL_SESSION *first_session(const resumption *peers,
                                  const struct way *way,
                                  const struct hello *hello, const char *label)
{
  test_pair pair = join(peers, way, hello, NULL);
  SSL_SESSION *session;

  ASSERT_RESULT(shake(&pair), STLS_OK, label);
  resumption_send_tickets(&pair);
  session = SSL_get1_session(stls_object_ssl(pair.client));
  pair_free(&pair);
  return session;
}

static bool is_version(stls_protocol version, unsigned versions)
{
  return (versions >> (version == STLS_TLS_1_3 ? 1 : 0) & 1U) != 0;
}

enum {
  NEITHER = 0,
  ONLY_1_3 = 2,
  BOTH = 3
};

/* In which versions the second ClientHello resumes what the first one made. */
static const struct row {
  const char *source;
  struct hello first;
  struct hello second;
  unsigned resumes;
} rows[] = {
    {"the same name", {"a.test", 0, 0}, {"a.test", 0, 0}, BOTH},
    {"RFC 4343: in capitals", {"a.test", 0, 0}, {"A.Test", 0, 0}, BOTH},
    {"RFC 6066, 3: another name", {"a.test", 0, 0}, {"b.test", 0, 0}, NEITHER},
    {"RFC 6066, 3: a name less", {"a.test", 0, 0}, {0, 0, 0}, NEITHER},
    {"RFC 6066, 3: a name more", {0, 0, 0}, {"a.test", 0, 0}, NEITHER},
    {"no name", {0, 0, 0}, {0, 0, 0}, BOTH},
    {"the same groups", {0, "P-384:P-256", 0}, {0, "P-384:P-256", 0}, BOTH},
    {"RFC 8422, 5.1.1: other groups",
     {0, "P-384:P-256", 0},
     {0, "X25519:P-256", 0},
     ONLY_1_3},
    {"RFC 7627, 5.3: without an extended master secret",
     {0, 0, true},
     {0, 0, true},
     ONLY_1_3},
    {"RFC 7627, 5.3: with one now", {0, 0, true}, {0, 0, false}, ONLY_1_3},
};

static void run_row(const struct row *row, const struct way *way,
                    const pair_options *joined, const char *label)
{
  const bool want = is_version(joined->version, row->resumes);
  resumption peers = open_way(way, joined);
  SSL_SESSION *session = first_session(&peers, way, &row->first, label);
  test_pair pair = join(&peers, way, &row->second, session);
  const stls_conninfo *info;

  EXPECT_RESULT(shake(&pair), STLS_OK, row->source);
  info = stls_object_conninfo(pair.server);
  cr_expect_eq(stls_conninfo_resumed(info), want, "%s, %s, %s", label,
               way->name, row->source);
  cr_expect_eq(stls_conninfo_resumed(stls_object_conninfo(pair.client)), want,
               "%s, %s, %s", label, way->name, row->source);
  pair_transfer(&pair, pair.client, pair.server, 10);
  pair_free(&pair);
  SSL_SESSION_free(session);
  resumption_close(&peers);
}

Test(session_binding, resumes_for_the_same_alone)
{
  pair_options joined = {0};
  char label[64];

  for (size_t r = 0; pair_row(r, &joined, label); r += pair_row_step())
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++)
      for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        run_row(&rows[i], &ways[w], &joined, label);
}

/* A server of both versions does not know the group of TLS 1.2 yet. */
Test(session_binding, looks_at_groups_where_tls_1_2_will_be)
{
  const struct hello first = {NULL, "P-384:P-256", false};
  const struct hello second = {NULL, "X25519:P-256", false};
  const pair_options old = {.version = STLS_TLS_1_2,
                            .tune_client = verify_none};
  const pair_options both = {0};

  for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
    resumption peers = resumption_open(&old);
    SSL_SESSION *session;
    test_pair pair;
    stls_context_free(peers.server);
    peers.server = pair_context(&both, STLS_SERVER);
    session = first_session(&peers, &ways[w], &first, ways[w].name);
    pair = join(&peers, &ways[w], &first, session);
    EXPECT_RESULT(shake(&pair), STLS_OK, ways[w].name);
    cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
    /* Nobody exchanged keys. */
    cr_expect_null(stls_conninfo_group_name(stls_object_conninfo(pair.server)));
    pair_free(&pair);
    pair = join(&peers, &ways[w], &second, session);
    EXPECT_RESULT(shake(&pair), STLS_OK, ways[w].name);
    cr_expect_not(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
    pair_free(&pair);
    SSL_SESSION_free(session);
    resumption_close(&peers);
  }
}

/* --- stls_context_set_require_extended_master_secret --- */

static void require(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_require_extended_master_secret(context, true, NULL),
      STLS_OK);
}

static void lack(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context),
                      SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

static void require_of_anybody(stls_context *context)
{
  require(context);
  verify_none(context);
}

/* Nobody shows a certificate. */
static void be_anonymous(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_ciphers(
                     context, "AECDH-AES256-SHA:@SECLEVEL=0", NULL),
                 STLS_OK);
}

static void require_of_nobody(stls_context *context)
{
  require_of_anybody(context);
  be_anonymous(context);
}

static void lack_of_nobody(stls_context *context)
{
  lack(context);
  be_anonymous(context);
}

static void require_by_key(stls_context *context)
{
  psk_pair_tune_client(context);
  require(context);
}

static void lack_by_key(stls_context *context)
{
  psk_pair_tune_server(context);
  lack(context);
}

/* What comes of TLS 1.2, and the alert that it ends with, -1 for none; TLS 1.3
 * needs no extension. */
static const struct demand {
  const char *name;
  pair_options options;
  bool fails;
  bool by_server;
  int alert;
} demands[] = {
    {"both have it",
     {.tune_client = require, .tune_server = require},
     false,
     false,
     -1},
    {"nobody requires it", {.tune_client = lack}, false, false, -1},
    {"a server's client lacks it",
     {.tune_client = lack, .tune_server = require},
     true,
     true,
     SSL_AD_HANDSHAKE_FAILURE},
    {"a client's server lacks it",
     {.tune_client = require, .tune_server = lack},
     true,
     false,
     SSL_AD_HANDSHAKE_FAILURE},
    {"a client's server lacks it, whoever it is",
     {.tune_client = require_of_anybody, .tune_server = lack},
     true,
     false,
     SSL_AD_HANDSHAKE_FAILURE},
    {"a client's server lacks it, which is not authenticated",
     {.tune_client = require_of_nobody, .tune_server = lack_of_nobody},
     true,
     false,
     SSL_AD_HANDSHAKE_FAILURE},
    {"a client's server lacks it, and has a key",
     {.tune_client = require_by_key, .tune_server = lack_by_key},
     true,
     false,
     SSL_AD_HANDSHAKE_FAILURE},
};

static void run_demand(const struct demand *row, const pair_options *joined,
                       const char *label)
{
  pair_options options = row->options;
  const bool fails = row->fails && joined->version == STLS_TLS_1_2;
  stls_error err = STLS_ERROR_INIT;
  stls_object *judge, *peer;
  stls_result result;
  test_pair pair;

  options.version = joined->version;
  options.feed = joined->feed;
  psk_pair_reset();
  pair = pair_new(&options);
  judge = row->by_server ? pair.server : pair.client;
  peer = row->by_server ? pair.client : pair.server;
  result = pair_handshake(&pair);
  cr_expect_eq(result == STLS_OK, !fails, "%s, %s: %s", label, row->name,
               stls_result_name(result));
  if (fails) {
    EXPECT_RESULT(stls_object_error(judge, &err), STLS_ERROR_TLS, row->name);
    cr_expect_eq(err.own_reason, STLS_REASON_EXTENDED_MASTER_SECRET_MISSING,
                 "%s, %s: %s", label, row->name, err.message);
    cr_expect_not_null(strstr(err.message, "extended master secret"), "%s, %s",
                       label, err.message);
    cr_expect_eq(stls_object_alert_sent(judge), row->alert, "%s, %s: %d", label,
                 row->name, stls_object_alert_sent(judge));
    cr_expect_eq(stls_object_alert_received(peer), row->alert, "%s, %s", label,
                 row->name);
  } else {
    cr_expect_eq(
        stls_conninfo_extended_master_secret(stls_object_conninfo(pair.server)),
        options.tune_client != lack || joined->version == STLS_TLS_1_3,
        "%s, %s", label, row->name);
  }
  pair_free(&pair);
}

Test(session_binding, requires_an_extended_master_secret)
{
  pair_options joined = {0};
  char label[64];

  for (size_t r = 0; pair_row(r, &joined, label); r += pair_row_step())
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++)
      run_demand(&demands[i], &joined, label);
}

/* With choose_context, it is the chosen context's choice. */
Test(session_binding, requires_it_in_the_chosen_context)
{
  const struct way chosen = {"chosen", true, true};
  const struct hello lacking = {NULL, NULL, true};
  const pair_options options = {.version = STLS_TLS_1_2,
                                .tune_client = verify_none};
  const pair_options strict = {.version = STLS_TLS_1_2, .tune_server = require};
  stls_context *context = pair_context(&strict, STLS_SERVER);
  resumption peers = resumption_open(&options);

  for (int is_strict = 0; is_strict < 2; is_strict++) {
    test_pair pair = join(&peers, &chosen, &lacking, NULL);
    EXPECT_RESULT(pair_handshake(&pair), STLS_WANT_READ, "client");
    EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT,
                  "server");
    ASSERT_RESULT(
        stls_object_set_context(pair.server, is_strict ? context : NULL),
        STLS_OK, "set");
    EXPECT_RESULT(pair_handshake(&pair), is_strict ? STLS_ERROR_ALERT : STLS_OK,
                  "shake");
    pair_free(&pair);
  }
  stls_context_free(context);
  resumption_close(&peers);
}

/* RFC 7627, 5.3: a client should not offer such a session: it gets none. */
Test(session_binding, gives_clients_no_session_without_it)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v], .tune_client = lack};
    resumption peers = resumption_open(&options);
    test_pair pair = resumption_connect(&peers, NULL);
    stls_session *session;
    resumption_send_tickets(&pair);
    session = resumption_take_session(pair.client);
    cr_expect_eq(session != NULL, versions[v] == STLS_TLS_1_3, "TLS 1.%zu",
                 v + 2);
    stls_session_free(session);
    pair_free(&pair);
    resumption_close(&peers);
  }
}

Test(session_binding, is_a_setting)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL),
      STLS_OK, "context");
  cr_expect_not(stls_context_require_extended_master_secret(context));
  require(context);
  cr_expect(stls_context_require_extended_master_secret(context));
  ASSERT_RESULT(stls_context_seal(context, NULL), STLS_OK, "seal");
  expect_misuse(
      stls_context_set_require_extended_master_secret(context, false, &err),
      &err, "sealed");
  expect_misuse(
      stls_context_set_require_extended_master_secret(NULL, true, &err), &err,
      "context");
  cr_expect_not(stls_context_require_extended_master_secret(NULL));
  stls_context_free(context);
}
