/* SPDX-License-Identifier: MIT */
/* verify_case: runs one case of chain verification, and checks its error. */
#include "verify_case.h"

#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "expect.h"
#include "pair.h"
#include "pki.h"

/* Of the longest chain that a row presents. */
enum {
  MAX_CHAIN = 40
};

/* Of the row under test; the tune functions have no other way to it. */
static const verify_case *current;
static bool is_backwards;

/* One way to run a row. */
struct hearing {
  const verify_case *row;
  stls_object *judge;
  stls_object *peer;
  bool by_client;
  bool is_1_3;
  char label[160];
};

static void run_as_running_openssl(const verify_case *row);
static void run_row(const verify_case *row);
static void hear(const verify_case *row, pair_options *options, bool by_client);
static void tune_peer(stls_context *context);
static void tune_judge(stls_context *context);
static void add_crls(stls_trust *trust, const crl_builder_order *crls);
static void check_accepted(const struct hearing *hearing);
static void check_refused(const struct hearing *hearing);
static void check_certificates(const struct hearing *hearing);
static void check_without_handshake(const struct hearing *hearing);
static size_t load_chain(const char *names, stls_certificate **out_chain);
static void check_answer(const struct hearing *hearing, const char *call,
                         stls_result result, const stls_error *err,
                         stls_certificate_list *path, stls_certificate *failed);
static stls_result read_once(stls_object *object);

void verify_case_run(const verify_case *rows, size_t num_rows)
{
  for (size_t i = 0; i < num_rows; i++) {
    char leaf[64];
    size_t len = strcspn(rows[i].presents, " ");
    cr_assert_lt(len, sizeof leaf);
    memcpy(leaf, rows[i].presents, len);
    leaf[len] = '\0';
    if (pki_is_possible(leaf)) run_as_running_openssl(&rows[i]);
  }
  pki_free();
}

static void run_as_running_openssl(const verify_case *row)
{
  verify_case now = *row;

  if (row->accepted_since_4_0 && OPENSSL_version_major() >= 4)
    memset(&now.refused, 0, sizeof now.refused);
  run_row(&now);
}

static void run_row(const verify_case *row)
{
  static const pair_feed feeds[] = {FEED_WHOLE, FEED_BYTES};

  for (int by_client = 0; by_client < 2; by_client++) {
    /* With short loops servers are judged in TLS 1.3 and whole pieces, clients
     * in TLS 1.2 byte by byte. */
    size_t only = by_client && !row->only_1_3 ? 3 : 0;
    if (row->by == (by_client ? BY_SERVER : BY_CLIENT)) continue;
    /* The order of lists has nothing to do with how bytes arrive. */
    for (size_t i = 0; i < 4; i++) {
      is_backwards = i % 2 == i / 2;
      pair_options options = {
          .version = i % 2 == 0 ? STLS_TLS_1_3 : STLS_TLS_1_2,
          .feed = feeds[i / 2]};
      if (check_quick() && i != only) continue;
      if (row->only_1_3 && options.version != STLS_TLS_1_3) continue;
      hear(row, &options, by_client);
    }
  }
}

static void hear(const verify_case *row, pair_options *options, bool by_client)
{
  struct hearing hearing = {.row = row, .by_client = by_client};
  test_pair pair;

  current = row;
  if (by_client) {
    options->server_trust = "";
    options->server_verify = STLS_VERIFY_REQUIRED;
  } else {
    options->client_trust = options->server_trust = "";
    options->server_credential = "";
    options->server_name = row->host;
  }
  options->tune_client = by_client ? tune_peer : tune_judge;
  options->tune_server = by_client ? tune_judge : tune_peer;
  pair = pair_new(options);
  hearing.judge = by_client ? pair.server : pair.client;
  hearing.peer = by_client ? pair.client : pair.server;
  hearing.is_1_3 = options->version == STLS_TLS_1_3;
  snprintf(hearing.label, sizeof hearing.label, "%s (%s), by %s, %s, %s",
           row->name, row->source, by_client ? "client" : "server",
           hearing.is_1_3 ? "TLS 1.3" : "TLS 1.2",
           options->feed == FEED_WHOLE ? "whole" : "bytes");
  pair_handshake(&pair);
  if (row->refused.code == X509_V_OK)
    check_accepted(&hearing);
  else
    check_refused(&hearing);
  check_certificates(&hearing);
  check_without_handshake(&hearing);
  pair_free(&pair);
}

static void tune_peer(stls_context *context)
{
  pki_present(context, current->presents);
}

static void tune_judge(stls_context *context)
{
  stls_trust *trust = pki_trust_new(current->trusts);

  add_crls(trust, current->crls);
  ASSERT_RESULT(stls_context_set_trust(context, trust, NULL), STLS_OK,
                current->name);
  stls_trust_free(trust);
  if (current->flags != 0)
    ASSERT_RESULT(stls_context_set_verify_flags(context, current->flags, NULL),
                  STLS_OK, current->name);
  if (current->max_depth > 0)
    SSL_CTX_set_verify_depth(stls_context_ssl_ctx(context),
                             current->max_depth - 1);
}

static void add_crls(stls_trust *trust, const crl_builder_order *crls)
{
  size_t num = 0, len;

  while (crls[num].issuer != NULL) num++;
  for (size_t i = 0; i < num; i++) {
    const crl_builder_order *order = &crls[is_backwards ? num - 1 - i : i];
    unsigned char *der = crl_builder_encode(order, false, &len);
    ASSERT_RESULT(stls_trust_add_crl(trust, der, len, NULL), STLS_OK,
                  current->name);
    OPENSSL_free(der);
  }
}

static void check_accepted(const struct hearing *hearing)
{
  const stls_conninfo *info = stls_object_conninfo(hearing->judge);
  const char *label = hearing->label;

  EXPECT_RESULT(stls_object_handshake(hearing->judge), STLS_OK,
                expect_label("%s: %s", label, pair_message(hearing->judge)));
  EXPECT_RESULT(stls_object_handshake(hearing->peer), STLS_OK, label);
  cr_expect(stls_conninfo_peer_verified(info), "%s", label);
  cr_expect_eq(stls_conninfo_verify_code(info), X509_V_OK, "%s", label);
  cr_expect_eq(stls_conninfo_verify_depth(info), -1, "%s", label);
}

static void check_refused(const struct hearing *hearing)
{
  const verify_case *row = hearing->row;
  const char *label = hearing->label;
  stls_error ours = STLS_ERROR_INIT, theirs = STLS_ERROR_INIT;
  const stls_conninfo *info = stls_object_conninfo(hearing->judge);

  EXPECT_RESULT(stls_object_handshake(hearing->judge), STLS_ERROR_CERTIFICATE,
                label);
  /* In TLS 1.3 a client has finished by itself, and is told by its first read. */
  if (hearing->by_client && hearing->is_1_3)
    EXPECT_RESULT(stls_object_handshake(hearing->peer), STLS_OK, label);
  EXPECT_RESULT(read_once(hearing->peer), STLS_ERROR_ALERT,
                expect_label("%s: %s", label, pair_message(hearing->peer)));
  stls_object_error(hearing->judge, &ours);
  stls_object_error(hearing->peer, &theirs);
  cr_expect_eq(ours.verify_code, row->refused.code, "%s: code %ld, %s", label,
               ours.verify_code, ours.verify_text);
  cr_expect_eq(ours.verify_depth, row->refused.depth, "%s: depth %d", label,
               ours.verify_depth);
  cr_expect_str_neq(ours.verify_text, "", "%s", label);
  cr_expect_eq(ours.alert_sent, row->refused.alert, "%s: sent %d", label,
               ours.alert_sent);
  cr_expect_eq(theirs.alert_received, row->refused.alert, "%s: received %d",
               label, theirs.alert_received);
  cr_expect_not(stls_conninfo_established(info), "%s", label);
  cr_expect_not(stls_conninfo_peer_verified(info), "%s", label);
  cr_expect_eq(stls_conninfo_verify_code(info), row->refused.code, "%s", label);
  cr_expect_eq(stls_conninfo_verify_depth(info), row->refused.depth, "%s",
               label);
  cr_expect_str_eq(stls_conninfo_verify_text(info), ours.verify_text, "%s",
                   label);
}

static void check_certificates(const struct hearing *hearing)
{
  const stls_conninfo *info = stls_object_conninfo(hearing->judge);
  const verify_case *row = hearing->row;
  const char *label = hearing->label;
  bool is_accepted = row->refused.code == X509_V_OK;
  stls_certificate *peer = NULL, *failed = NULL;
  stls_certificate_list *presented = NULL, *verified = NULL, *built = NULL;
  const char *name;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &peer, &err), 0, label);
  ASSERT_RESULT(stls_conninfo_failed_certificate(info, &failed, &err), 0,
                label);
  ASSERT_RESULT(stls_conninfo_presented_chain(info, &presented, &err), 0,
                label);
  ASSERT_RESULT(stls_conninfo_verified_chain(info, &verified, &err), 0, label);
  ASSERT_RESULT(stls_conninfo_built_chain(info, &built, &err), 0, label);
  name = pki_name(peer);
  cr_expect(strncmp(row->presents, name, strlen(name)) == 0 && name[0] != '\0',
            "%s: the peer is %s", label, name);
  name = pki_name(failed);
  cr_expect_str_eq(name, is_accepted ? "" : row->refused.failed,
                   "%s: failed is %s", label, name);
  name = pki_names(presented);
  cr_expect_str_eq(name, row->presents, "%s: presented is %s", label, name);
  name = pki_names(verified);
  cr_expect_str_eq(name, is_accepted ? row->built : "", "%s: verified is %s",
                   label, name);
  name = pki_names(built);
  cr_expect_str_eq(name, row->built, "%s: built is %s", label, name);
}

/* The verdict on the same chain without a handshake: by the judge's context, and by
 * a set of trust and the same options. */
static void check_without_handshake(const struct hearing *hearing)
{
  stls_context *context = stls_object_context(hearing->judge);
  const verify_case *row = hearing->row;
  const char *host = row->host == NULL ? "server.example" : row->host;
  stls_trust_verify_options options = STLS_TRUST_VERIFY_OPTIONS_INIT;
  stls_certificate *chain[MAX_CHAIN], *failed = NULL;
  size_t num = load_chain(row->presents, chain);
  stls_certificate_list *path = NULL;
  stls_error err = STLS_ERROR_INIT, again = STLS_ERROR_INIT;
  stls_result result;

  options.server_name = hearing->by_client ? NULL : host;
  if (hearing->by_client) options.purpose = STLS_PURPOSE_CLIENT_AUTH;
  options.verify_flags = stls_context_verify_flags(context);
  options.verify_depth = row->max_depth - 1;
  result = stls_context_verify(context, chain, num, options.server_name, &path,
                               &failed, &err);
  check_answer(hearing, "stls_context_verify", result, &err, path, failed);
  path = NULL;
  failed = NULL;
  result = stls_trust_verify(stls_context_trust(context), chain, num, &options,
                             &path, &failed, &again);
  check_answer(hearing, "stls_trust_verify", result, &again, path, failed);
  for (size_t i = 0; i < num; i++) stls_certificate_free(chain[i]);
}

static size_t load_chain(const char *names, stls_certificate **out_chain)
{
  size_t num = 0, len;
  char name[64];

  for (; *names != '\0'; names += len + (names[len] == ' ')) {
    len = strcspn(names, " ");
    cr_assert(len < sizeof name && num < (size_t)MAX_CHAIN);
    memcpy(name, names, len);
    name[len] = '\0';
    ASSERT_RESULT(
        stls_certificate_new_x509(pki_cert(name), &out_chain[num++], NULL),
        STLS_OK, name);
  }
  return num;
}

/* The error has to be that of the handshake. Frees path and certificate. */
static void check_answer(const struct hearing *hearing, const char *call,
                         stls_result result, const stls_error *err,
                         stls_certificate_list *path, stls_certificate *failed)
{
  const verify_case *row = hearing->row;
  const char *label = hearing->label, *name;
  bool is_accepted = row->refused.code == X509_V_OK;
  stls_error want = STLS_ERROR_INIT;

  stls_object_error(hearing->judge, &want);
  cr_expect_eq(result, is_accepted ? STLS_OK : STLS_ERROR_CERTIFICATE,
               "%s: %s: %s, %s", label, call, stls_result_name(result),
               err->message);
  cr_expect_eq(err->verify_code, want.verify_code, "%s: %s: %s", label, call,
               err->message);
  cr_expect_eq(err->verify_depth, want.verify_depth, "%s: %s", label, call);
  cr_expect_eq(err->reason, want.reason, "%s: %s: %s", label, call,
               err->reason_name);
  cr_expect_eq(err->own_reason, want.own_reason, "%s: %s", label, call);
  cr_expect_str_eq(err->verify_text, want.verify_text, "%s: %s", label, call);
  cr_expect_str_eq(err->message, want.message, "%s: %s", label, call);
  name = pki_names(path);
  cr_expect_str_eq(name, is_accepted ? row->built : "", "%s: %s: %s", label,
                   call, name);
  name = pki_name(failed);
  cr_expect_str_eq(name, is_accepted ? "" : row->refused.failed, "%s: %s: %s",
                   label, call, name);
}

static stls_result read_once(stls_object *object)
{
  char byte;
  size_t got;

  return stls_object_read(object, &byte, 1, &got);
}
