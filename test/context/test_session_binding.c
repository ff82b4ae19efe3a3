/* SPDX-License-Identifier: MIT */
/* test_session_binding: a session is bound to the ClientHello that its connection
 * began with. */
/*
 * The clients here change their ClientHello through the escape hatch, and offer
 * what a client of the library would not.
 */
#include <openssl/ssl.h>

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "support/check.h"
#include "support/expect.h"
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
      for (size_t i = 0; i < sizeof rows / sizeof rows[0];
           i += check_quick() ? 3 : 1)
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
