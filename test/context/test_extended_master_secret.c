/* SPDX-License-Identifier: MIT */
/* test_extended_master_secret: contexts that require an extended master secret. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/psk_pair.h"
#include "support/resumption.h"

SUITE(extended_master_secret, .timeout = 120);

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
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
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

Test(extended_master_secret, is_required_by_the_setting)
{
  pair_options joined = {0};
  char label[64];

  for (size_t r = 0; pair_row(r, &joined, label); r += pair_row_step())
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++)
      run_demand(&demands[i], &joined, label);
}

/* With choose_context, it is the chosen context's choice. */
Test(extended_master_secret, is_required_by_the_chosen_context)
{
  const pair_options options = {
      .version = STLS_TLS_1_2, .choose_context = true, .tune_client = lack};
  const pair_options strict = {.version = STLS_TLS_1_2, .tune_server = require};
  stls_context *context = pair_context(&strict, STLS_SERVER);

  for (int is_strict = 0; is_strict < 2; is_strict++) {
    test_pair pair = pair_new(&options);
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
}

/* RFC 7627, 5.3: a client should not offer such a session: it gets none. */
Test(extended_master_secret, is_needed_for_a_clients_session)
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

Test(extended_master_secret, is_a_setting)
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
