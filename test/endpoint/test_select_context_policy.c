/* SPDX-License-Identifier: MIT */
/* test_select_context_policy: a selected context replaces the whole policy. */
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>

#include "lib/context/context.h"
#include "lib/endpoint/object.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(select_context_policy, .timeout = 60);

/* What the two contexts are, and what the handshake under the second is. */
struct row {
  const char *name;
  const char *source;
  pair_options own, chosen;
  /* Of the client: version, credential. */
  stls_protocol version;
  const char *client_credential;
  stls_result want;
  void (*expect)(const struct row *row, stls_object *server);
};

static void offer_h2(stls_context *context)
{
  static const char *const names[] = {"h2"};

  ASSERT_RESULT(stls_context_set_alpn(context, names, 1, NULL), STLS_OK, "h2");
}

static void offer_both(stls_context *context)
{
  static const char *const names[] = {"http/1.1", "h2"};

  ASSERT_RESULT(stls_context_set_alpn(context, names, 2, NULL), STLS_OK, "all");
}

static void take_aes_256(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_ciphers(context, "ECDHE-ECDSA-AES256-GCM-SHA384", NULL),
      STLS_OK, "ciphers");
}

static void take_chacha(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_ciphers(context, "ECDHE-ECDSA-CHACHA20-POLY1305", NULL),
      STLS_OK, "ciphers");
}

static void take_p_384(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-384", NULL), STLS_OK,
                "groups");
}

static void take_few_bytes(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_limit(context, STLS_LIMIT_CERTIFICATE_BYTES, 100, NULL),
      STLS_OK, "limit");
}

static void no_tickets(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_num_tickets(context, 0, NULL), STLS_OK,
                "tickets");
}

static void no_ticket_option(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context), SSL_OP_NO_TICKET);
}

static const stls_conninfo *info_of(const stls_object *object)
{
  return stls_object_conninfo(object);
}

static void expect_no_client(const struct row *row, stls_object *server)
{
  X509 *cert = SSL_get0_peer_certificate(stls_object_ssl(server));

  cr_expect_null(cert, "%s", row->name);
}

static void expect_client(const struct row *row, stls_object *server)
{
  cr_expect(stls_conninfo_peer_verified(info_of(server)), "%s", row->name);
}

static void expect_tls_1_2(const struct row *row, stls_object *server)
{
  cr_expect_eq(stls_conninfo_version(info_of(server)), STLS_TLS_1_2, "%s",
               row->name);
}

static void expect_tls_1_3(const struct row *row, stls_object *server)
{
  cr_expect_eq(stls_conninfo_version(info_of(server)), STLS_TLS_1_3, "%s",
               row->name);
}

static void expect_h2(const struct row *row, stls_object *server)
{
  const char *alpn = stls_conninfo_alpn(info_of(server), NULL);

  cr_assert_not_null(alpn, "%s", row->name);
  cr_expect_str_eq(alpn, "h2", "%s", row->name);
}

static void expect_no_alpn(const struct row *row, stls_object *server)
{
  cr_expect_null(stls_conninfo_alpn(info_of(server), NULL), "%s", row->name);
}

static void expect_rsa(const struct row *row, stls_object *server)
{
  X509 *want = data_file_x509("server-rsa.pem");

  cr_expect_eq(X509_cmp(SSL_get_certificate(stls_object_ssl(server)), want), 0,
               "%s", row->name);
  X509_free(want);
}

static void expect_chacha(const struct row *row, stls_object *server)
{
  cr_expect_str_eq(stls_conninfo_cipher_name(info_of(server)),
                   "ECDHE-ECDSA-CHACHA20-POLY1305", "%s", row->name);
}

static void expect_p_384(const struct row *row, stls_object *server)
{
  cr_expect_str_eq(stls_conninfo_group_name(info_of(server)), "secp384r1", "%s",
                   row->name);
}

static void expect_no_tickets(const struct row *row, stls_object *server)
{
  cr_expect_eq(SSL_get_num_tickets(stls_object_ssl(server)), (size_t)0, "%s",
               row->name);
}

static void expect_option(const struct row *row, stls_object *server)
{
  cr_expect(SSL_get_options(stls_object_ssl(server)) & SSL_OP_NO_TICKET, "%s",
            row->name);
}

/* SEMANTICS 1.3, "context": of all these CPython takes over the credential and
 * ALPN only. */
static const struct row rows[] = {
    {.name = "certificates are required",
     .source = "SEMANTICS 1.3: CERT_REQUIRED, no certificate was asked for",
     .chosen = {.server_verify = STLS_VERIFY_REQUIRED},
     .want = STLS_ERROR_CERTIFICATE},
    {.name = "certificates are required, and there is one",
     .source = "SEMANTICS 1.3",
     .chosen = {.server_verify = STLS_VERIFY_REQUIRED},
     .client_credential = "client-ecdsa",
     .expect = expect_client},
    {.name = "certificates are not required",
     .source = "SEMANTICS 1.3",
     .own = {.server_verify = STLS_VERIFY_REQUIRED},
     .expect = expect_no_client},
    {.name = "another trust",
     .source = "openssl, pull request 352",
     .own = {.server_verify = STLS_VERIFY_REQUIRED},
     .chosen = {.server_verify = STLS_VERIFY_REQUIRED,
                .server_trust = "untrusted-ca.pem"},
     .client_credential = "client-ecdsa",
     .want = STLS_ERROR_CERTIFICATE},
    {.name = "TLS 1.2 only",
     .source = "SEMANTICS 1.3: the connection stayed TLS 1.3",
     .chosen = {.version = STLS_TLS_1_2},
     .expect = expect_tls_1_2},
    {.name = "TLS 1.3 only",
     .source = "SEMANTICS 1.3",
     .own = {.version = STLS_TLS_1_2},
     .chosen = {.version = STLS_TLS_1_3},
     .expect = expect_tls_1_3},
    {.name = "no version in common",
     .source = "SEMANTICS 1.3",
     .chosen = {.version = STLS_TLS_1_3},
     .version = STLS_TLS_1_2,
     .want = STLS_ERROR_TLS},
    {.name = "another credential",
     .source = "RFC 6066, 3",
     .chosen = {.server_credential = "server-rsa"},
     .expect = expect_rsa},
    {.name = "ALPN",
     .source = "PITFALLS 20",
     .chosen = {.tune_server = offer_h2},
     .expect = expect_h2},
    {.name = "no ALPN",
     .source = "PITFALLS 20",
     .own = {.tune_server = offer_h2},
     .expect = expect_no_alpn},
    {.name = "ciphers",
     .source = "PITFALLS 20",
     .own = {.tune_server = take_aes_256},
     .chosen = {.tune_server = take_chacha},
     .version = STLS_TLS_1_2,
     .expect = expect_chacha},
    {.name = "groups, after a HelloRetryRequest",
     .source = "RFC 8446, 4.1.4: nobody is asked a second time",
     .chosen = {.tune_server = take_p_384, .version = STLS_TLS_1_3},
     .expect = expect_p_384},
    {.name = "bytes of certificates",
     .source = "PITFALLS 23",
     .own = {.server_verify = STLS_VERIFY_REQUIRED},
     .chosen = {.server_verify = STLS_VERIFY_REQUIRED,
                .tune_server = take_few_bytes},
     .client_credential = "client-ecdsa",
     .want = STLS_ERROR_TLS},
    {.name = "number of tickets",
     .source = "SEMANTICS 1.3: session settings",
     .chosen = {.tune_server = no_tickets},
     .expect = expect_no_tickets},
    {.name = "options",
     .source = "SEMANTICS 1.3: options",
     .chosen = {.tune_server = no_ticket_option},
     .expect = expect_option},
};

/* The rejecting side's own verdict: a client may hear of it late (RFC 8446,
 * 4.4.2.4). */
static stls_result verdict_of(test_pair *pair)
{
  stls_result result = pair_handshake(pair);
  stls_result server = stls_object_error(pair->server, NULL);

  return server != STLS_OK ? server : result;
}

/* Its versions are its own. */
static void replace_client(test_pair *pair, const struct row *row)
{
  const pair_options options = {.version = row->version,
                                .client_credential = row->client_credential,
                                .tune_client = offer_both};
  test_pair second = pair_new(&options);

  stls_object_free(pair->client);
  stls_object_free(second.server);
  pair->client = second.client;
}

Test(select_context_policy, is_that_of_the_chosen_context)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (int feed = FEED_WHOLE; feed <= FEED_RANDOM; feed++) {
      const struct row *row = &rows[i];
      pair_options options = row->own;
      stls_context *chosen = pair_context(&row->chosen, STLS_SERVER);
      test_pair pair;
      options.client_credential = row->client_credential;
      options.choose_context = true;
      options.feed = (pair_feed)feed;
      options.seed = (unsigned)i;
      options.tune_client = offer_both;
      pair = pair_new(&options);
      replace_client(&pair, row);
      (void)!pair_handshake(&pair);
      ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT,
                    row->name);
      ASSERT_RESULT(stls_object_set_context(pair.server, chosen), STLS_OK,
                    row->name);
      stls_context_free(chosen);
      EXPECT_RESULT(verdict_of(&pair), row->want, row->name);
      if (row->expect != NULL) row->expect(row, pair.server);
      pair_free(&pair);
    }
}

/* Observers: that of the object's own context sees nothing. */
static void count_event(stls_object *object, const stls_trace_event *event,
                        void *user_data)
{
  size_t *counts = user_data;

  counts[0]++;
  if (event->content_type == 22 && event->message_type == 1) counts[1]++;
  /* PITFALLS 17: no way back in. */
  EXPECT_RESULT(stls_object_set_context(object, NULL), STLS_ERROR_MISUSE, "in");
  EXPECT_RESULT(stls_object_reject(object, 40), STLS_ERROR_MISUSE, "in");
}

static stls_context *traced_context(size_t *counts)
{
  stls_context *context = NULL;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;

  source.chain_file = data_file_path("server-ecdsa.pem");
  source.key_file = data_file_path("server-ecdsa.key");
  ASSERT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &credential, NULL),
                STLS_OK, "credential");
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL),
      STLS_OK, "context");
  ASSERT_RESULT(stls_context_set_credential(context, credential, NULL), STLS_OK,
                "credential");
  ASSERT_RESULT(stls_context_set_trace(context, count_event, counts, NULL),
                STLS_OK, "trace");
  stls_credential_free(credential);
  return context;
}

Test(select_context_policy, has_the_observer_of_the_chosen_context)
{
  size_t own_counts[2] = {0}, chosen_counts[2] = {0};
  stls_context *own = traced_context(own_counts);
  stls_context *chosen = traced_context(chosen_counts);
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  pair_options options = {0};
  test_pair pair = pair_new(&options);

  stls_object_free(pair.server);
  made.choose_context = true;
  ASSERT_RESULT(stls_object_new(own, NULL, NULL, &made, &pair.server, NULL),
                STLS_OK, "server");
  (void)!pair_handshake(&pair);
  ASSERT_RESULT(stls_object_set_context(pair.server, chosen), STLS_OK, "set");
  stls_context_free(own);
  stls_context_free(chosen);
  EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  cr_expect_eq(own_counts[0], (size_t)0);
  cr_expect_eq(chosen_counts[1], (size_t)1, "it sees the ClientHello");
  pair_free(&pair);
}

/* Those that libssl does not know of, too. */
Test(select_context_policy, has_the_limits_of_the_chosen_context)
{
  pair_options options = {.choose_context = true};
  stls_context *chosen = pair_context(&options, STLS_SERVER);
  test_pair pair = pair_new(&options);

  (void)!pair_handshake(&pair);
  ASSERT_RESULT(stls_object_set_context(pair.server, chosen), STLS_OK, "set");
  cr_expect_eq(pair.server->io.limits, chosen->limits);
  stls_context_free(chosen);
  pair_free(&pair);
}
