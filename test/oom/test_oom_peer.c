/* SPDX-License-Identifier: MIT */
/* test_oom_peer: the peer's certificates under allocation failure. */
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/pki.h"

SUITE(oom_peer, .timeout = 120);

/* What a getter may say at all: names of support/pki.h. */
struct tale {
  const char *peer;
  const char *failed;
  const char *presented;
  const char *verified;
  const char *built;
};

struct row {
  const char *name;
  /* The role of the one who presents. */
  stls_role presenter;
  void (*present)(stls_context *context);
  /* NULL: the judge minds who comes. */
  void (*judge)(stls_context *context);
  stls_result want;
  struct tale tale;
  stls_protocol version;
  stls_context *client, *server;
};

static void present_whole(stls_context *context);
static void present_expired(stls_context *context);
static void trust_root(stls_context *context);
static void trust_anybody(stls_context *context);
static void trust_and_present(stls_context *context);
static void open_row(struct row *row, stls_protocol version);
static void close_row(struct row *row);
static test_pair bring_to_judge(const struct row *row);
static bool try_to_judge(const void *subject, size_t nth);
static void expect_verdict(const stls_conninfo *info, const struct row *row,
                           stls_result result, size_t nth);
static bool try_to_ask(const void *subject, size_t nth);
static stls_result ask(const stls_conninfo *info, struct tale *out, int which);
static void expect_part(const struct tale *got, const struct row *row,
                        int which, size_t nth);
static void expect_tale(const stls_conninfo *info, const struct row *row,
                        bool may_lack, size_t nth);

static struct row rows[] = {
    {.name = "server accepted",
     .presenter = STLS_SERVER,
     .present = present_whole,
     .want = STLS_OK,
     .tale = {"leaf", "", "leaf middle", "leaf middle root",
              "leaf middle root"}},
    {.name = "server refused",
     .presenter = STLS_SERVER,
     .present = present_expired,
     .want = STLS_ERROR_CERTIFICATE,
     .tale = {"expired", "expired", "expired middle", "",
              "expired middle root"}},
    {.name = "anybody accepted",
     .presenter = STLS_SERVER,
     .present = present_whole,
     .judge = trust_anybody,
     .want = STLS_OK,
     .tale = {"leaf", "", "leaf middle", "", "leaf middle root"}},
    {.name = "client accepted",
     .presenter = STLS_CLIENT,
     .present = present_whole,
     .want = STLS_OK,
     .tale = {"leaf", "", "leaf middle", "leaf middle root",
              "leaf middle root"}},
    {.name = "client refused",
     .presenter = STLS_CLIENT,
     .present = present_expired,
     .want = STLS_ERROR_CERTIFICATE,
     .tale = {"expired", "expired", "expired middle", "",
              "expired middle root"}},
};

/* The judge's call in which it sees the certificate: some all over it, and each
 * at its end, where the snapshot is taken. */
Test(oom_peer, tells_of_whom_it_judged_or_that_it_cannot)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  size_t tries = check_quick() ? 20 : 300;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (size_t v = 0; v < 2; v++) {
      size_t num = 1, nth = 1;
      open_row(&rows[i], versions[v]);
      while (try_to_judge(&rows[i], num)) num *= 2;
      while (oom_sweep_try(try_to_judge, &rows[i], nth, rows[i].name))
        nth += 1 + num / tries;
      for (size_t last = nth > tries / 2 ? nth - tries / 2 : 1; last < nth;
           last++)
        oom_sweep_try(try_to_judge, &rows[i], last, rows[i].name);
      close_row(&rows[i]);
    }
}

/* The getters themselves. */
Test(oom_peer, gives_all_or_nothing)
{
  size_t step = check_quick() ? 10 : 1;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    open_row(&rows[i], STLS_TLS_1_3);
    for (size_t nth = 1; oom_sweep_try(try_to_ask, &rows[i], nth, rows[i].name);
         nth += step)
      continue;
    close_row(&rows[i]);
  }
}

static void present_whole(stls_context *context)
{
  pki_trust(context, "root");
  pki_present(context, "leaf middle");
}

static void present_expired(stls_context *context)
{
  pki_trust(context, "root");
  pki_present(context, "expired middle");
}

static void trust_root(stls_context *context)
{
  pki_trust(context, "root");
}

static void trust_anybody(stls_context *context)
{
  trust_root(context);
  ASSERT_RESULT(stls_context_set_insecure_verify_none(context, NULL), STLS_OK,
                "anybody");
}

static void trust_and_present(stls_context *context)
{
  pki_trust(context, "root");
  pki_present(context, "leaf-of-root");
}

static void open_row(struct row *row, stls_protocol version)
{
  bool by_server = row->presenter == STLS_SERVER;
  pair_options options = {
      .version = version,
      .server_credential = "",
      .server_verify = by_server ? STLS_VERIFY_NONE : STLS_VERIFY_REQUIRED};

  row->version = version;
  options.tune_server = by_server ? row->present : trust_and_present;
  row->server = pair_context(&options, STLS_SERVER);
  options.tune_client = !by_server           ? row->present
                        : row->judge != NULL ? row->judge
                                             : trust_root;
  row->client = pair_context(&options, STLS_CLIENT);
}

static void close_row(struct row *row)
{
  stls_context_free(row->client);
  stls_context_free(row->server);
  pki_free();
}

static test_pair bring_to_judge(const struct row *row)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  bool by_server = row->presenter == STLS_SERVER;

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(row->client, NULL, NULL, &options, &pair.client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(
      stls_object_new(row->server, NULL, NULL, NULL, &pair.server, NULL),
      STLS_OK, "server");
  for (int flight = 0; flight < (by_server ? 1 : 2); flight++) {
    (void)!stls_object_handshake(pair.client);
    pair_move_all(&pair, pair.client, pair.server);
    if (flight == 1) break;
    (void)!stls_object_handshake(pair.server);
    pair_move_all(&pair, pair.server, pair.client);
  }
  return pair;
}

static bool try_to_judge(const void *subject, size_t nth)
{
  const struct row *row = subject;
  test_pair pair = bring_to_judge(row);
  stls_object *judge =
      row->presenter == STLS_SERVER ? pair.client : pair.server;
  const stls_conninfo *info;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_object_handshake(judge);
  refused = oom_sweep_end();
  /* Where there was no memory for what it tells, there is now. */
  if (result == STLS_ERROR_MEMORY || stls_object_conninfo(judge) == NULL)
    result = stls_object_handshake(judge);
  if (result == STLS_WANT_READ) result = pair_handshake(&pair);
  info = stls_object_conninfo(judge);
  cr_assert_not_null(info, "%s: allocation %zu: %s", row->name, nth,
                     pair_message(judge));
  if (!refused) EXPECT_RESULT(result, row->want, row->name);
  expect_verdict(info, row, result, nth);
  pair_free(&pair);
  return refused;
}

static void expect_verdict(const stls_conninfo *info, const struct row *row,
                           stls_result result, size_t nth)
{
  long code = stls_conninfo_verify_code(info);

  if (row->tale.verified[0] == '\0')
    cr_expect_not(stls_conninfo_peer_verified(info), "%s: allocation %zu",
                  row->name, nth);
  if (code == X509_V_ERR_OUT_OF_MEM && row->judge == NULL)
    EXPECT_RESULT(result, STLS_ERROR_MEMORY, row->name);
  if (result == STLS_ERROR_CERTIFICATE)
    cr_expect_neq(code, X509_V_OK, "%s: allocation %zu: refused for nothing",
                  row->name, nth);
  /* Without memory a check that comes earlier may fail. */
  if (row->want == STLS_OK ? result == STLS_OK && code == X509_V_OK
                           : code == X509_V_ERR_CERT_HAS_EXPIRED)
    expect_tale(info, row, row->tale.verified[0] == '\0', nth);
}

static bool try_to_ask(const void *subject, size_t nth)
{
  const struct row *row = subject;
  test_pair pair = bring_to_judge(row);
  stls_object *judge =
      row->presenter == STLS_SERVER ? pair.client : pair.server;
  bool refused = false;

  pair_handshake(&pair);
  for (int which = 0; which < 5; which++) {
    struct tale got = {"", "", "", "", ""};
    stls_result result;
    oom_sweep_begin(nth);
    result = ask(stls_object_conninfo(judge), &got, which);
    if (oom_sweep_end()) {
      refused = true;
      /* OpenSSL may have gone without. */
      if (result == STLS_ERROR_MEMORY) continue;
    }
    EXPECT_RESULT(result, STLS_OK, row->name);
    expect_part(&got, row, which, nth);
  }
  expect_tale(stls_object_conninfo(judge), row, false, nth);
  pair_free(&pair);
  return refused;
}

/* One of the five; what is not asked for stays "". */
static stls_result ask(const stls_conninfo *info, struct tale *out, int which)
{
  stls_certificate *certificate = NULL;
  stls_certificate_list *list = NULL;
  stls_result result = STLS_OK;

  switch (which) {
    case 0:
      result = stls_conninfo_peer_certificate(info, &certificate, NULL);
      out->peer = pki_name(certificate);
      break;
    case 1:
      result = stls_conninfo_failed_certificate(info, &certificate, NULL);
      out->failed = pki_name(certificate);
      break;
    case 2:
      result = stls_conninfo_presented_chain(info, &list, NULL);
      out->presented = pki_names(list);
      break;
    case 3:
      result = stls_conninfo_verified_chain(info, &list, NULL);
      out->verified = pki_names(list);
      break;
    default:
      result = stls_conninfo_built_chain(info, &list, NULL);
      out->built = pki_names(list);
      break;
  }
  return result;
}

/* What was lost while it was judged is not there, but nobody says "nothing". */
static void expect_tale(const stls_conninfo *info, const struct row *row,
                        bool may_lack, size_t nth)
{
  struct tale got = {"", "", "", "", ""};

  for (int which = 0; which < 5; which++) {
    stls_result result = ask(info, &got, which);
    if (may_lack && result == STLS_ERROR_MEMORY) continue;
    EXPECT_RESULT(result, STLS_OK, row->name);
    expect_part(&got, row, which, nth);
  }
}

static void expect_part(const struct tale *got, const struct row *row,
                        int which, size_t nth)
{
  const struct tale *want = &row->tale;
  const char *texts[] = {got->peer, got->failed, got->presented, got->verified,
                         got->built};
  const char *wants[] = {want->peer, want->failed, want->presented,
                         want->verified, want->built};

  cr_expect_str_eq(texts[which], wants[which],
                   "%s: allocation %zu: %d is \"%s\"", row->name, nth, which,
                   texts[which]);
}
