/* SPDX-License-Identifier: MIT */
/* test_handshake: results of handshakes, by both sides' configuration. */
#include <openssl/x509_vfy.h>
#include <sanstls/sanstls.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(handshake);

Test(handshake, succeeds_over_every_version_and_feed)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    const stls_conninfo *info = stls_object_conninfo(pair.client);

    cr_expect_eq(stls_conninfo_version(info), (int)options.version, "%s",
                 label);
    cr_expect(stls_conninfo_peer_verified(info), "%s", label);
    EXPECT_RESULT(stls_object_handshake(pair.client), STLS_OK, label);
    EXPECT_RESULT(stls_object_handshake(pair.server), STLS_OK, label);
    pair_transfer(&pair, pair.client, pair.server, 40000);
    pair_transfer(&pair, pair.server, pair.client, 40000);
    pair_free(&pair);
  }
}

static void partial_chains(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_verify_flags(
          context, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_X509_STRICT, NULL),
      STLS_OK);
}

/* One configuration of both sides, and how its handshake has to end. */
struct meeting {
  const char *name;
  pair_options options;
  /* What the side that ends it reports, and the alert that it sends. */
  stls_result want_client;
  stls_result want_server;
  int want_alert;
  long want_code;
  int want_depth;
};

static const struct meeting meetings[] = {
    {"a DNS name", {.server_name = "server.example"}, 0, 0, -1, 0, -1},
    {"case does not matter",
     {.server_name = "SERVER.Example"},
     0,
     0,
     -1,
     0,
     -1},
    {"a trailing dot is no part of the name",
     {.server_name = "server.example."},
     0,
     0,
     -1,
     0,
     -1},
    {"a wildcard", {.server_name = "any.wild.example"}, 0, 0, -1, 0, -1},
    {"a wildcard stands for one label",
     {.server_name = "a.b.wild.example"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     42,
     X509_V_ERR_HOSTNAME_MISMATCH,
     0},
    {"an IPv4 address", {.server_name = "127.0.0.1"}, 0, 0, -1, 0, -1},
    {"an IPv6 address", {.server_name = "::1"}, 0, 0, -1, 0, -1},
    {"another IPv6 spelling",
     {.server_name = "0:0:0:0:0:0:0:1"},
     0,
     0,
     -1,
     0,
     -1},
    {"another address",
     {.server_name = "127.0.0.2"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     42,
     X509_V_ERR_IP_ADDRESS_MISMATCH,
     0},
    {"RSA", {.server_credential = "server-rsa"}, 0, 0, -1, 0, -1},
    {"an intermediate", {.server_credential = "server-chain"}, 0, 0, -1, 0, -1},
    {"another name",
     {.server_credential = "server-wrongname"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     42,
     X509_V_ERR_HOSTNAME_MISMATCH,
     0},
    {"expired",
     {.server_credential = "server-expired"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     45,
     X509_V_ERR_CERT_HAS_EXPIRED,
     0},
    {"not yet valid",
     {.server_credential = "server-notyet"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     42,
     X509_V_ERR_CERT_NOT_YET_VALID,
     0},
    {"untrusted",
     {.server_credential = "server-untrusted"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     48,
     X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     0},
    {"self-signed",
     {.server_credential = "server-selfsigned"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     48,
     X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
     0},
    {"no trust at all",
     {.client_trust = ""},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     48,
     X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     0},
    {"self-signed and trusted",
     {.server_credential = "server-selfsigned",
      .client_trust = "server-selfsigned.pem"},
     0,
     0,
     -1,
     0,
     -1},
    {"trusted by itself, but not as an end of chains",
     {.client_trust = "server-ecdsa.pem"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     48,
     X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     0},
    {"trusted by itself, as a partial chain",
     {.client_trust = "server-ecdsa.pem", .tune_client = partial_chains},
     0,
     0,
     -1,
     0,
     -1},
    {"trusted by itself under another name",
     {.client_trust = "server-ecdsa.pem",
      .tune_client = partial_chains,
      .server_name = "other.example"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     42,
     X509_V_ERR_HOSTNAME_MISMATCH,
     0},
    {"a client's certificate is no server's",
     {.server_credential = "client-ecdsa"},
     STLS_ERROR_CERTIFICATE,
     STLS_ERROR_ALERT,
     43,
     X509_V_ERR_INVALID_PURPOSE,
     0},
    {"a client certificate is asked for and given",
     {.client_credential = "client-ecdsa",
      .server_verify = STLS_VERIFY_REQUIRED},
     0,
     0,
     -1,
     0,
     -1},
    {"a client certificate is welcome and missing",
     {.server_verify = STLS_VERIFY_OPTIONAL},
     0,
     0,
     -1,
     0,
     -1},
};

/* A client may have finished by itself when the server refuses it: TLS 1.3
 * tells it with the first read. */
static stls_result read_once(stls_object *object)
{
  char byte;
  size_t got;

  return stls_object_read(object, &byte, 1, &got);
}

static void check_failure(const struct meeting *want, const char *label,
                          test_pair *pair)
{
  bool client_refuses = want->want_client == STLS_ERROR_CERTIFICATE;
  stls_object *refuser = client_refuses || want->want_client == STLS_ERROR_TLS
                             ? pair->client
                             : pair->server;
  stls_object *refused = refuser == pair->client ? pair->server : pair->client;
  stls_error ours = STLS_ERROR_INIT, theirs = STLS_ERROR_INIT;
  const stls_conninfo *info = stls_object_conninfo(refuser);

  stls_object_error(refuser, &ours);
  stls_object_error(refused, &theirs);
  cr_expect_eq(ours.alert_sent, want->want_alert, "%s, %s: sent %d (%s)",
               want->name, label, ours.alert_sent, ours.message);
  cr_expect_eq(theirs.alert_received, want->want_alert, "%s, %s: received %d",
               want->name, label, theirs.alert_received);
  cr_expect_eq(ours.verify_code, want->want_code, "%s, %s: code %ld",
               want->name, label, ours.verify_code);
  cr_expect_eq(ours.verify_depth, want->want_depth, "%s, %s: depth %d",
               want->name, label, ours.verify_depth);
  cr_expect_eq(stls_conninfo_verify_code(info), want->want_code, "%s, %s",
               want->name, label);
  cr_expect_not(stls_conninfo_established(info), "%s, %s", want->name, label);
  cr_expect_not(stls_conninfo_peer_verified(info), "%s, %s", want->name, label);
  cr_expect_eq(stls_object_handshake(refuser), ours.result, "%s, %s: again",
               want->name, label);
  cr_expect_eq(read_once(refuser), ours.result, "%s, %s: again", want->name,
               label);
  if (want->want_client == STLS_ERROR_CERTIFICATE) {
    stls_certificate *peer = NULL;
    EXPECT_RETURNS(stls_conninfo_peer_certificate(info, &peer, NULL), STLS_OK);
    cr_expect_not_null(peer, "%s, %s: who was refused is known", want->name,
                       label);
    stls_certificate_free(peer);
  }
}

Test(handshake, ends_as_both_configurations_say)
{
  char label[64];

  for (size_t i = 0; i < sizeof meetings / sizeof meetings[0]; i++) {
    pair_options options = meetings[i].options;
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      const struct meeting *want = &meetings[i];
      test_pair pair = pair_new(&options);
      stls_result client, server;

      pair_handshake(&pair);
      client = stls_object_handshake(pair.client);
      server = stls_object_handshake(pair.server);
      cr_expect_eq(client, want->want_client, "%s, %s: client: %s", want->name,
                   label, pair_message(pair.client));
      cr_expect_eq(server, want->want_server, "%s, %s: server: %s", want->name,
                   label, pair_message(pair.server));
      if (want->want_alert >= 0) check_failure(want, label, &pair);
      pair_free(&pair);
    }
  }
}

/* In TLS 1.3 the client is established before the server has judged it. */
static void expect_client_refused(pair_options *options, int want_alert_1_2,
                                  int want_alert_1_3)
{
  char label[64];

  for (size_t row = 0; pair_row(row, options, label); row++) {
    bool is_1_3 = options->version == STLS_TLS_1_3;
    test_pair pair = pair_new(options);
    stls_error err = STLS_ERROR_INIT;
    stls_result result = pair_handshake(&pair);

    EXPECT_RESULT(stls_object_handshake(pair.server), STLS_ERROR_CERTIFICATE,
                  expect_label("%s: %s", label, pair_message(pair.server)));
    cr_expect_eq(result, is_1_3 ? STLS_ERROR_CERTIFICATE : STLS_ERROR_ALERT,
                 "%s: %s", label, stls_result_name(result));
    EXPECT_RESULT(read_once(pair.client), STLS_ERROR_ALERT, label);
    stls_object_error(pair.client, &err);
    cr_expect_eq(err.alert_received, is_1_3 ? want_alert_1_3 : want_alert_1_2,
                 "%s: alert %d", label, err.alert_received);
    pair_free(&pair);
  }
}

Test(handshake, refuses_a_client_without_certificate)
{
  pair_options options = {.server_verify = STLS_VERIFY_REQUIRED};

  expect_client_refused(&options, 40, 116);
}

Test(handshake, refuses_an_untrusted_client)
{
  pair_options options = {.client_credential = "client-untrusted",
                          .server_verify = STLS_VERIFY_REQUIRED};

  expect_client_refused(&options, 48, 48);
}

Test(handshake, refuses_a_bad_certificate_also_where_none_is_required)
{
  pair_options options = {.client_credential = "client-untrusted",
                          .server_verify = STLS_VERIFY_OPTIONAL};

  expect_client_refused(&options, 48, 48);
}

/* OpenSSL takes TLS 1.3 for disabled on such a server (protocol_version), and
 * TLS 1.2 for lacking a cipher suite (handshake_failure). */
Test(handshake, fails_on_a_server_without_certificate)
{
  pair_options options = {.server_credential = ""};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    stls_error err = STLS_ERROR_INIT;

    EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_ALERT, label);
    EXPECT_RESULT(stls_object_error(pair.server, &err), STLS_ERROR_TLS, label);
    cr_expect_eq(err.alert_sent, options.version == STLS_TLS_1_3 ? 70 : 40,
                 "%s: %d", label, err.alert_sent);
    pair_free(&pair);
  }
}

/* OpenSSL asks the verify callback about the policy, too. */
static void notify_policy(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_verify_flags(
          context, X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_NOTIFY_POLICY, NULL),
      STLS_OK);
}

Test(handshake, may_check_policies)
{
  pair_options options = {.tune_client = notify_policy};
  test_pair pair = pair_open(&options);

  cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
  pair_free(&pair);
}

static void only_1_2(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2, NULL), 0);
}

static void only_1_3(stls_context *context)
{
  cr_assert_eq(
      stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3, NULL), 0);
}

Test(handshake, fails_without_a_common_version)
{
  pair_options options = {.tune_client = only_1_2, .tune_server = only_1_3};
  test_pair pair = pair_new(&options);
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(pair_handshake(&pair), STLS_ERROR_ALERT);
  stls_object_error(pair.client, &err);
  cr_expect_eq(err.alert_received, 70);
  EXPECT_RETURNS(stls_object_error(pair.server, &err), STLS_ERROR_TLS);
  cr_expect_str_neq(err.reason_name, "");
  pair_free(&pair);
}
