/* SPDX-License-Identifier: MIT */
/* test_oom_verify: peer verification under allocation failure. */
/*
 * One allocation is refused in the very call that judges the peer. OpenSSL does
 * not check all of its own for success there, so each has its turn.
 */
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/bytes.h"
#include "support/crl_builder.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/pki.h"

SUITE(oom_verify, .timeout = 120);

/* Whom nobody should trust, and who judges. */
struct row {
  const char *name;
  pair_options options;
  stls_role judge;
  stls_context *client, *server;
};

static void trust_root(stls_context *context);
static void trust_lists(stls_context *context);
static void present_wildcard(stls_context *context);
static void present_revoked(stls_context *context);
static void sweep_row(struct row *row, size_t quick_tries, size_t tries);
static bool try_to_get_in(const void *subject, size_t nth);
static bool try_to_say(const void *subject, size_t nth);
static void bring_to_judge(stls_object *judge, stls_object *peer,
                           size_t flights);

Test(oom_verify, lets_no_wrong_name_in)
{
  struct row row = {.name = "wrong name", .judge = STLS_CLIENT};

  row.options.server_credential = "server-wrongname";
  sweep_row(&row, 20, 4000);
}

Test(oom_verify, lets_no_wrong_address_in)
{
  struct row row = {.name = "wrong address", .judge = STLS_CLIENT};

  row.options.server_name = "127.0.0.2";
  sweep_row(&row, 20, 4000);
}

Test(oom_verify, lets_no_untrusted_server_in)
{
  struct row row = {.name = "untrusted server", .judge = STLS_CLIENT};

  row.options.server_credential = "server-untrusted";
  sweep_row(&row, 10, 1000);
}

/* A message that decodes the certificate does without where memory is short. */
Test(oom_verify, is_explained_as_far_as_memory_goes)
{
  static const char *const credentials[] = {
      "server-wrongname", "server-untrusted", "server-expired", "server-notyet",
      "server-selfsigned"};

  for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++) {
    pair_options options = {.server_credential = credentials[i]};
    test_pair pair = pair_new(&options);
    size_t nth = 1, step = check_quick() ? 31 : 1;
    EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "handshake");
    while (oom_sweep_try(try_to_say, pair.client, nth, credentials[i]))
      nth += step;
    cr_expect_gt(nth, (size_t)5, "%s", credentials[i]);
    pair_free(&pair);
  }
}

Test(oom_verify, lets_no_expired_server_in)
{
  struct row row = {.name = "expired server", .judge = STLS_CLIENT};

  row.options.server_credential = "server-expired";
  sweep_row(&row, 10, 1000);
}

Test(oom_verify, lets_no_untrusted_client_in)
{
  struct row row = {.name = "untrusted client", .judge = STLS_SERVER};

  row.options.server_verify = STLS_VERIFY_REQUIRED;
  row.options.client_credential = "client-untrusted";
  sweep_row(&row, 10, 1000);
}

Test(oom_verify, lets_no_client_in_without_a_certificate)
{
  struct row row = {.name = "anonymous client", .judge = STLS_SERVER};

  row.options.server_verify = STLS_VERIFY_REQUIRED;
  sweep_row(&row, 10, 1000);
}

Test(oom_verify, lets_no_excluded_name_in)
{
  struct row row = {.name = "excluded name", .judge = STLS_CLIENT};

  row.options.server_name = "bar.www.example";
  row.options.server_credential = row.options.client_trust = "";
  row.options.tune_client = trust_root;
  row.options.tune_server = present_wildcard;
  sweep_row(&row, 10, 1000);
  pki_free();
}

/* There are two paths and two lists, and both times the second is the one. */
Test(oom_verify, lets_nobody_in_by_another_path)
{
  struct row row = {.name = "another path", .judge = STLS_CLIENT};

  row.options.server_credential = row.options.client_trust = "";
  row.options.tune_client = trust_lists;
  row.options.tune_server = present_revoked;
  sweep_row(&row, 10, 2000);
  pki_free();
}

static void trust_root(stls_context *context)
{
  pki_trust(context, "root");
}

static void trust_lists(stls_context *context)
{
  static const crl_builder_order lists[] = {
      {.issuer = "middle", .revokes = "no-issuer-id"},
      {.issuer = "middle", .signer = "twin", .from = "20210101000000Z"}};
  stls_trust *trust = pki_trust_new("root");

  for (size_t i = 0; i < 2; i++) {
    size_t len;
    unsigned char *der = crl_builder_encode(&lists[i], false, &len);
    ASSERT_RESULT(stls_trust_add_crl(trust, der, len, NULL), STLS_OK, "CRL");
    OPENSSL_free(der);
  }
  ASSERT_RESULT(stls_context_set_trust(context, trust, NULL), STLS_OK, "trust");
  ASSERT_RESULT(
      stls_context_set_verify_flags(context, X509_V_FLAG_CRL_CHECK, NULL),
      STLS_OK, "flags");
  stls_trust_free(trust);
}

static void present_wildcard(stls_context *context)
{
  pki_present(context, "wildcard excludes-bar");
}

static void present_revoked(stls_context *context)
{
  pki_present(context, "no-issuer-id middle-twin middle");
}

/* For both versions; about so many tries each. */
static void sweep_row(struct row *row, size_t quick_tries, size_t tries)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  if (check_quick()) tries = quick_tries;
  for (size_t i = 0; i < 2; i++) {
    size_t num = 1, step;
    row->options.version = versions[i];
    row->client = pair_context(&row->options, STLS_CLIENT);
    row->server = pair_context(&row->options, STLS_SERVER);
    while (try_to_get_in(row, num)) num *= 2;
    step = 1 + num / tries;
    for (size_t nth = 1; oom_sweep_try(try_to_get_in, row, nth, row->name);
         nth += step)
      continue;
    stls_context_free(row->client);
    stls_context_free(row->server);
  }
}

static bool try_to_get_in(const void *subject, size_t nth)
{
  const struct row *row = subject;
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *client = NULL, *server = NULL, *judge, *peer;
  char byte;
  size_t done = 0;
  bool refused;

  options.server_name =
      row->options.server_name ? row->options.server_name : "server.example";
  ASSERT_RESULT(
      stls_object_new(row->client, NULL, NULL, &options, &client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_object_new(row->server, NULL, NULL, NULL, &server, NULL),
                STLS_OK, "server");
  judge = row->judge == STLS_CLIENT ? client : server;
  peer = row->judge == STLS_CLIENT ? server : client;
  bring_to_judge(judge, peer, row->judge == STLS_CLIENT ? 1 : 2);
  oom_sweep_begin(nth);
  cr_expect_neq(stls_object_handshake(judge), STLS_OK,
                "%s: allocation %zu: it was let in", row->name, nth);
  refused = oom_sweep_end();
  /* Whatever comes, it stays outside. */
  bring_to_judge(judge, peer, 3);
  cr_expect_neq(stls_object_handshake(judge), STLS_OK,
                "%s: allocation %zu: it was let in later", row->name, nth);
  cr_expect_neq(stls_object_write(judge, "secret", 6, &done), STLS_OK, "%s",
                row->name);
  cr_expect_neq(stls_object_read(judge, &byte, 1, &done), STLS_OK, "%s",
                row->name);
  cr_expect_not(stls_conninfo_peer_verified(stls_object_conninfo(judge)),
                "%s: allocation %zu", row->name, nth);
  stls_object_free(client);
  stls_object_free(server);
  return refused;
}

/* Until the peer has sent so many flights, the last of which waits. */
static void bring_to_judge(stls_object *judge, stls_object *peer,
                           size_t flights)
{
  size_t num = 0;

  for (int turn = 0; turn < 4 && num < flights; turn++) {
    (void)!stls_object_handshake(judge);
    bytes_move(stls_object_outgoing(judge), stls_object_incoming(peer));
    (void)!stls_object_handshake(peer);
    num += stls_bio_pending(stls_object_outgoing(peer)) > 0;
    bytes_move(stls_object_outgoing(peer), stls_object_incoming(judge));
  }
}

static bool try_to_say(const void *subject, size_t nth)
{
  stls_error whole = STLS_ERROR_INIT, err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;
  size_t len;

  stls_object_error(subject, &whole);
  oom_sweep_begin(nth);
  result = stls_object_error(subject, &err);
  refused = oom_sweep_end();
  EXPECT_RESULT(result, STLS_ERROR_CERTIFICATE, "error");
  cr_expect_eq(err.verify_code, whole.verify_code);
  len = strcspn(whole.message, ";");
  cr_expect_eq(strncmp(err.message, whole.message, len), 0, "%s", err.message);
  cr_expect(err.message[len] == '\0' || strcmp(err.message, whole.message) == 0,
            "%s", err.message);
  return refused;
}
