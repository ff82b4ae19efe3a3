/* SPDX-License-Identifier: MIT */
/* test_record_bypass: whose records a connection uses, by its context. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/trace.h>
#include <string.h>

#include "lib/context/context.h"
#include "records/provider_copy.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(record_bypass);

/* Who protects the records of a connection. */
enum owner {
  LIBSSL,
  DIRECT,
  /* What STLS_RECORDS_AUTO means for a context up to that version. */
  AUTO_1_2,
  AUTO_1_3
};

/* What is done to a context, in order. */
enum step {
  DONE,
  SET_AUTO,
  SET_LIBSSL,
  SET_DIRECT,
  SET_1_2,
  SET_1_3,
  SET_BOTH,
  SET_SHA384,
  SET_KEYLOG,
  /* Through stls_context_ssl_ctx. */
  LOG_KEYS,
  PAD_RECORDS,
  RENEGOTIATE
};

enum {
  MAX_STEPS = 4
};

struct row {
  const char *label;
  enum step steps[MAX_STEPS];
  /* Of the peer. */
  stls_protocol peer_max;
  enum owner owner;
};

static const struct row rows[] = {
    {"nothing set", {DONE}, STLS_TLS_1_3, AUTO_1_3},
    {"AUTO again", {SET_DIRECT, SET_AUTO}, STLS_TLS_1_3, AUTO_1_3},
    {"1.2 only", {SET_1_2}, STLS_TLS_1_3, AUTO_1_2},
    {"1.3 only", {SET_1_3}, STLS_TLS_1_3, AUTO_1_3},
    {"AUTO, 1.2", {SET_AUTO, SET_1_2}, STLS_TLS_1_3, AUTO_1_2},
    {"1.2, both", {SET_1_2, SET_AUTO, SET_BOTH}, STLS_TLS_1_3, AUTO_1_3},
    /* The choice is the context's. */
    {"a peer of 1.2", {DONE}, STLS_TLS_1_2, AUTO_1_3},
    {"DIRECT", {SET_DIRECT}, STLS_TLS_1_3, DIRECT},
    {"DIRECT, a peer of 1.2", {SET_DIRECT}, STLS_TLS_1_2, DIRECT},
    {"DIRECT, 1.2", {SET_DIRECT, SET_1_2}, STLS_TLS_1_3, DIRECT},
    {"1.2, DIRECT", {SET_1_2, SET_DIRECT, SET_BOTH}, STLS_TLS_1_3, DIRECT},
    {"DIRECT, SHA-384", {SET_DIRECT, SET_SHA384}, STLS_TLS_1_3, DIRECT},
    {"LIBSSL", {SET_LIBSSL}, STLS_TLS_1_3, LIBSSL},
    {"LIBSSL, 1.2", {SET_1_2, SET_LIBSSL}, STLS_TLS_1_3, LIBSSL},
    /* Who logs the keys sees the same connection as without. */
    {"key log", {SET_KEYLOG}, STLS_TLS_1_3, AUTO_1_3},
    {"key log, 1.2", {SET_KEYLOG, SET_1_2}, STLS_TLS_1_3, AUTO_1_2},
    {"key log, DIRECT", {SET_KEYLOG, SET_DIRECT}, STLS_TLS_1_3, DIRECT},
    {"key log, LIBSSL", {SET_LIBSSL, SET_KEYLOG}, STLS_TLS_1_3, LIBSSL},
    {"libssl's key log", {LOG_KEYS, SET_DIRECT}, STLS_TLS_1_3, LIBSSL},
    {"its key log, 1.2", {LOG_KEYS, SET_DIRECT, SET_1_2}, STLS_TLS_1_3, DIRECT},
    {"both key logs", {LOG_KEYS, SET_KEYLOG, SET_DIRECT}, STLS_TLS_1_3, DIRECT},
    {"padding", {SET_DIRECT, PAD_RECORDS}, STLS_TLS_1_3, LIBSSL},
    {"padded 384", {SET_DIRECT, PAD_RECORDS, SET_SHA384}, STLS_TLS_1_3, LIBSSL},
    /* Only TLS 1.3 has it. */
    {"padding, 1.2", {SET_DIRECT, PAD_RECORDS, SET_1_2}, STLS_TLS_1_3, DIRECT},
    {"renegotiation", {SET_DIRECT, RENEGOTIATE, SET_1_2}, STLS_TLS_1_3, LIBSSL},
    {"none in 1.3", {SET_DIRECT, RENEGOTIATE}, STLS_TLS_1_3, DIRECT}};

static const struct row *present;
static size_t num_lines;
static stls_protocol client_version;

/* By the OpenSSL that runs. */
static bool auto_is_direct(stls_protocol max_version)
{
#ifdef STLS_DIRECT_RECORDS_BY_DEFAULT
  return max_version > 0;
#else
  return max_version < STLS_TLS_1_3 || OPENSSL_version_major() > 3 ||
         OPENSSL_version_minor() >= 4;
#endif
}

static bool is_direct(enum owner owner)
{
  if (owner == AUTO_1_2) return auto_is_direct(STLS_TLS_1_2);
  if (owner == AUTO_1_3) return auto_is_direct(STLS_TLS_1_3);
  return owner == DIRECT;
}

static void set_records(stls_context *context, stls_records records)
{
  ASSERT_RETURNS(stls_context_set_records(context, records, NULL), STLS_OK);
}

static void set_versions(stls_context *context, stls_protocol min,
                         stls_protocol max)
{
  ASSERT_RETURNS(stls_context_set_versions(context, min, max, NULL), STLS_OK);
}

static void count_line(stls_object *object, const char *line, size_t line_len,
                       void *user_data)
{
  (void)object, (void)line, (void)line_len, (void)user_data;
  num_lines++;
}

static void count_line_of_libssl(const SSL *ssl, const char *line)
{
  (void)ssl, (void)line;
  num_lines++;
}

static void pad_records(stls_context *context)
{
  SSL_CTX *ssl_ctx = stls_context_ssl_ctx(context);

  set_records(context, STLS_RECORDS_DIRECT);
  cr_assert_eq(SSL_CTX_set_block_padding(ssl_ctx, 256), 1);
}

static void set_sha384(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384", NULL),
      STLS_OK);
}

static void take_step(stls_context *context, enum step step)
{
  SSL_CTX *ssl_ctx = stls_context_ssl_ctx(context);

  if (step == SET_AUTO) set_records(context, STLS_RECORDS_AUTO);
  if (step == SET_LIBSSL) set_records(context, STLS_RECORDS_LIBSSL);
  if (step == SET_DIRECT) set_records(context, STLS_RECORDS_DIRECT);
  if (step == SET_1_2) set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2);
  if (step == SET_1_3) set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3);
  if (step == SET_BOTH) set_versions(context, STLS_TLS_1_2, STLS_TLS_1_3);
  if (step == SET_SHA384) set_sha384(context);
  if (step == SET_KEYLOG)
    ASSERT_RETURNS(
        stls_context_set_insecure_keylog(context, count_line, NULL, NULL),
        STLS_OK);
  if (step == LOG_KEYS)
    SSL_CTX_set_keylog_callback(ssl_ctx, count_line_of_libssl);
  if (step == PAD_RECORDS) pad_records(context);
  if (step == RENEGOTIATE)
    SSL_CTX_clear_options(ssl_ctx, SSL_OP_NO_RENEGOTIATION);
}

static void tune_self(stls_context *context)
{
  for (int i = 0; i < MAX_STEPS; i++) take_step(context, present->steps[i]);
}

static void tune_peer(stls_context *context)
{
  pair_use_libssl_records(context);
  set_versions(context, STLS_TLS_1_2, present->peer_max);
}

static void expect_owner(bool is_client)
{
  pair_options options = {.tune_client = is_client ? tune_self : tune_peer,
                          .tune_server = is_client ? tune_peer : tune_self};
  test_pair pair;
  const stls_object *self;

  num_lines = 0;
  pair = pair_open(&options);
  self = is_client ? pair.client : pair.server;
  cr_expect_eq(stls_conninfo_direct_records(stls_object_conninfo(self)),
               is_direct(present->owner), "%s, %s", present->label,
               is_client ? "client" : "server");
  cr_expect_eq(num_lines > 0, strstr(present->label, "key log") != NULL,
               "%s: %zu", present->label, num_lines);
  pair_settle(&pair);
  pair_transfer(&pair, pair.client, pair.server, 20000);
  pair_transfer(&pair, pair.server, pair.client, 20000);
  pair_free(&pair);
}

Test(record_bypass, is_chosen_by_the_context)
{
  pair_need_direct();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    present = &rows[i];
    expect_owner(true);
    expect_owner(false);
  }
}

/* SSL_CTX_set_block_padding hides the length of what is sent. */
Test(record_bypass, padding_is_kept)
{
  pair_options options = {.version = STLS_TLS_1_3, .tune_client = pad_records};
  size_t done = 0;
  test_pair pair;

  pair_need_direct();
  pair = pair_open(&options);
  ASSERT_RETURNS(stls_object_write(pair.client, "text", 4, &done), STLS_OK);
  cr_expect_geq(stls_bio_pending(stls_object_outgoing(pair.client)), 256);
  pair_free(&pair);
}

/* Whether a client of this context has direct records; `late` is set between the
 * making of the object and its handshake. */
static bool unsealed_is_direct(const char *propq, stls_records records,
                               stls_records late)
{
  const pair_options options = {.tune_server = pair_use_libssl_records};
  stls_context *server = pair_context(&options, STLS_SERVER), *client = NULL;
  stls_error err = STLS_ERROR_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  bool is_direct;

  ASSERT_RESULT(stls_context_new_insecure_client(NULL, propq, &client, &err),
                STLS_OK, err.message);
  if (records != STLS_RECORDS_AUTO) set_records(client, records);
  if (client_version != 0) set_versions(client, client_version, client_version);
  ASSERT_RESULT(stls_object_new(client, NULL, NULL, NULL, &pair.client, &err),
                STLS_OK, err.message);
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, &err),
                STLS_OK, err.message);
  if (late != records) set_records(client, late);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  is_direct = stls_conninfo_direct_records(stls_object_conninfo(pair.client));
  pair_transfer(&pair, pair.client, pair.server, 100);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return is_direct;
}

Test(record_bypass, is_chosen_when_an_object_is_made)
{
  static const stls_records libssl = STLS_RECORDS_LIBSSL,
                            direct = STLS_RECORDS_DIRECT;
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  pair_need_direct();
  for (int i = 0; i < 2; i++) {
    client_version = versions[i];
    cr_expect(unsealed_is_direct(NULL, direct, direct));
    cr_expect_not(unsealed_is_direct(NULL, libssl, direct), "row %d", i);
    cr_expect_not(unsealed_is_direct(NULL, direct, libssl), "row %d", i);
  }
}

/* NIST SP 800-38D, 8.2: a FIPS module makes its nonces itself. */
Test(record_bypass, is_not_chosen_with_fips)
{
  static const stls_records libssl = STLS_RECORDS_LIBSSL,
                            direct = STLS_RECORDS_DIRECT,
                            automatic = STLS_RECORDS_AUTO;

  pair_need_direct();
  /* Where AUTO means libssl with TLS 1.3, only TLS 1.2 shows the difference. */
  for (int i = 0; i < 2; i++) {
    const enum owner owner = i == 0 ? AUTO_1_3 : AUTO_1_2;
    client_version = i == 0 ? 0 : STLS_TLS_1_2;
    cr_expect_eq(unsealed_is_direct(NULL, automatic, automatic),
                 is_direct(owner));
    cr_expect_eq(unsealed_is_direct("provider=default", automatic, automatic),
                 is_direct(owner));
    cr_expect_not(unsealed_is_direct("?fips=yes", automatic, automatic));
    cr_expect(unsealed_is_direct("?fips=yes", direct, direct));
    cr_expect_not(unsealed_is_direct("?fips=yes", libssl, libssl));
  }
}

/* fips_module(7): a library context that has the module alone asks nowhere. */
Test(record_bypass, is_not_chosen_with_a_fips_module)
{
  static const char *const names[] = {"other", "fips"};
  const pair_options options = {.tune_server = pair_use_libssl_records};

  pair_need_direct();
  for (int i = 0; i < 2; i++) {
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    stls_context *server = pair_context(&options, STLS_SERVER), *client = NULL;
    test_pair pair = {.feed = FEED_WHOLE};
    OSSL_PROVIDER *provider = provider_copy_load(libctx, names[i]);
    ASSERT_RETURNS(
        stls_context_new_insecure_client(libctx, NULL, &client, NULL), STLS_OK);
    set_versions(client, STLS_TLS_1_2, STLS_TLS_1_2);
    ASSERT_RETURNS(
        stls_object_new(client, NULL, NULL, NULL, &pair.client, NULL), STLS_OK);
    ASSERT_RETURNS(
        stls_object_new(server, NULL, NULL, NULL, &pair.server, NULL), STLS_OK);
    ASSERT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(pair.client));
    cr_expect_eq(pair_is_direct(pair.client), i == 0 && is_direct(AUTO_1_2),
                 "%s", names[i]);
    pair_free(&pair);
    stls_context_free(client);
    stls_context_free(server);
    OSSL_PROVIDER_unload(provider);
    OSSL_LIB_CTX_free(libctx);
  }
}

/* The library context asks for FIPS before the context is sealed. */
Test(record_bypass, is_final_when_the_context_is_sealed)
{
  pair_need_direct();
  for (int i = 0; i < 4; i++) {
    const bool asks = (i & 1) != 0;
    const enum owner owner = i & 2 ? AUTO_1_2 : AUTO_1_3;
    OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
    stls_context *context = NULL;
    SSL_CTX *ssl_ctx;
    ASSERT_RETURNS(stls_context_new_without_trust(STLS_CLIENT, libctx, NULL,
                                                  &context, NULL),
                   STLS_OK);
    ssl_ctx = stls_context_ssl_ctx(context);
    set_records(context, STLS_RECORDS_AUTO);
    set_versions(context, STLS_TLS_1_2, i & 2 ? STLS_TLS_1_2 : STLS_TLS_1_3);
    if (asks) cr_assert_eq(EVP_default_properties_enable_fips(libctx, 1), 1);
    ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
    if (!asks) cr_assert_eq(EVP_default_properties_enable_fips(libctx, 1), 1);
    cr_expect_eq(context->bypasses_libssl, !asks && is_direct(owner), "row %d",
                 i);
    cr_expect_eq(SSL_CTX_get_keylog_callback(ssl_ctx) != NULL,
                 !asks && owner == AUTO_1_3 && is_direct(AUTO_1_3), "row %d",
                 i);
    stls_context_free(context);
    OSSL_LIB_CTX_free(libctx);
  }
}

/* libssl takes data with the client's Finished. */
static void read_ahead(stls_context *context)
{
  SSL_CTX_set_read_ahead(stls_context_ssl_ctx(context), 1);
  set_records(context, STLS_RECORDS_DIRECT);
}

Test(record_bypass, nothing_is_left_in_libssl)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  pair_need_direct();
  for (int i = 0; i < 2; i++) {
    pair_options options = {.version = versions[i],
                            .tune_client = pair_use_libssl_records,
                            .tune_server = read_ahead};
    test_pair pair = pair_open(&options);
    cr_expect_not(pair_is_direct(pair.server), "row %d", i);
    pair_free(&pair);
  }
}
