/* SPDX-License-Identifier: MIT */
/* test_oom_context: setters of a context under allocation failure. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "lib/verify/trust_store.h"
#include "context/clocks.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/trust_sets.h"

SUITE(oom_context, .timeout = 120);

/* Two contexts that shake hands. */
struct bench {
  stls_context *client, *server;
};

/* What they are made with, and what can be set instead; loaded once. */
static struct shop {
  stls_credential *credential, *other_credential;
  stls_trust *trust, *other_trust;
} shop;

typedef stls_result (*setter)(struct bench *bench, stls_error *err);

static stls_result set_credential(struct bench *bench, stls_error *err);
static stls_result set_trust(struct bench *bench, stls_error *err);
static stls_result set_versions(struct bench *bench, stls_error *err);
static stls_result set_insecure_versions(struct bench *bench, stls_error *err);
static stls_result set_ciphers(struct bench *bench, stls_error *err);
static stls_result set_ciphersuites(struct bench *bench, stls_error *err);
static stls_result set_groups(struct bench *bench, stls_error *err);
static stls_result set_verify_mode(struct bench *bench, stls_error *err);
static stls_result set_verify_none(struct bench *bench, stls_error *err);
static stls_result set_check_hostname(struct bench *bench, stls_error *err);
static stls_result set_verify_flags(struct bench *bench, stls_error *err);
static stls_result set_client_alpn(struct bench *bench, stls_error *err);
static stls_result set_server_alpn(struct bench *bench, stls_error *err);
static stls_result set_clocks(struct bench *bench, stls_error *err);

static const struct row {
  const char *name;
  setter set;
  /* What is to be set beforehand, if anything. */
  setter prepare;
} rows[] = {
    {"credential", set_credential, NULL},
    {"trust", set_trust, NULL},
    {"versions", set_versions, NULL},
    {"insecure versions", set_insecure_versions, NULL},
    {"ciphers", set_ciphers, NULL},
    {"ciphersuites", set_ciphersuites, NULL},
    {"groups", set_groups, NULL},
    {"verify mode", set_verify_mode, NULL},
    {"verify none", set_verify_none, NULL},
    {"check hostname", set_check_hostname, set_verify_none},
    {"verify flags", set_verify_flags, NULL},
    {"client's ALPN", set_client_alpn, NULL},
    {"server's ALPN", set_server_alpn, NULL},
    {"clocks", set_clocks, NULL},
};

/* Everything that can be seen of a bench: its settings, and what comes of a
 * handshake. */
struct picture {
  char text[2000];
};

static struct bench open_bench(const struct row *row);
static void close_bench(struct bench *bench);
static struct picture take_picture(const struct bench *bench);
static size_t picture_context(const stls_context *context, char *out,
                              size_t size);
static void picture_handshake(const struct bench *bench, char *out,
                              size_t size);
static void open_shop(void);
static void close_shop(void);
static stls_credential *load_credential(const char *name);
static void sweep_row(const struct row *row);
static bool try_to_set(const void *subject, size_t nth);
static bool try_to_refuse(const void *subject, size_t nth);

Test(oom_context, changes_nothing_when_a_setter_fails)
{
  open_shop();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) sweep_row(&rows[i]);
  close_shop();
}

/* The message of a refused list is made with trials, which need memory, too. */
Test(oom_context, changes_nothing_when_a_list_is_refused)
{
  for (size_t nth = 1; oom_sweep_try(try_to_refuse, NULL, nth, "refused");
       nth++)
    continue;
}

static bool try_to_refuse(const void *subject, size_t nth)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  (void)subject;
  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK);
  oom_sweep_begin(nth);
  result = stls_context_set_groups(context, "P-256:nope", &err);
  refused = oom_sweep_end();
  cr_expect(
      result == STLS_ERROR_INPUT || (refused && result == STLS_ERROR_MEMORY),
      "allocation %zu: %s", nth, stls_result_name(result));
  EXPECT_RESULT(err.result, result, "refused");
  cr_expect_null(stls_context_group_list(context));
  stls_context_free(context);
  return refused;
}

/* What a row was like before and after, for its tries. */
static struct picture before_row, after_row;

static void sweep_row(const struct row *row)
{
  const size_t step = check_quick() ? 7 : 1;
  struct bench bench = open_bench(row);

  before_row = take_picture(&bench);
  ASSERT_RESULT(row->set(&bench, NULL), STLS_OK, row->name);
  after_row = take_picture(&bench);
  close_bench(&bench);
  for (size_t nth = 1; oom_sweep_try(try_to_set, row, nth, row->name);
       nth += step)
    continue;
}

static bool try_to_set(const void *subject, size_t nth)
{
  const struct row *row = subject;
  struct bench bench = open_bench(row);
  stls_error err = STLS_ERROR_INIT;
  struct picture picture;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = row->set(&bench, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, row->name, nth);
  EXPECT_RESULT(err.result, result, row->name);
  picture = take_picture(&bench);
  cr_expect_str_eq(
      picture.text, result == STLS_OK ? after_row.text : before_row.text,
      "%s: allocation %zu: after %s", row->name, nth, stls_result_name(result));
  close_bench(&bench);
  return refused;
}

static struct bench open_bench(const struct row *row)
{
  static const char *const names[] = {"one", "two"};
  struct bench bench = {NULL, NULL};
  stls_context **roles[] = {&bench.client, &bench.server};

  for (size_t i = 0; i < 2; i++) {
    ASSERT_RESULT(
        stls_context_new_without_trust(i == 0 ? STLS_CLIENT : STLS_SERVER, NULL,
                                       NULL, roles[i], NULL),
        STLS_OK, "new");
    ASSERT_RESULT(stls_context_set_trust(*roles[i], shop.trust, NULL), STLS_OK,
                  "trust");
    ASSERT_RESULT(stls_context_set_alpn(*roles[i], names, 2, NULL), STLS_OK,
                  "ALPN");
  }
  ASSERT_RESULT(
      stls_context_set_credential(bench.server, shop.credential, NULL), STLS_OK,
      "credential");
  if (row->prepare != NULL)
    ASSERT_RESULT(row->prepare(&bench, NULL), STLS_OK, row->name);
  return bench;
}

static void close_bench(struct bench *bench)
{
  stls_context_free(bench->client);
  stls_context_free(bench->server);
}

static struct picture take_picture(const struct bench *bench)
{
  struct picture picture;
  size_t len = 0;

  len += picture_context(bench->client, picture.text, sizeof picture.text);
  len += picture_context(bench->server, picture.text + len,
                         sizeof picture.text - len);
  picture_handshake(bench, picture.text + len, sizeof picture.text - len);
  return picture;
}

static size_t picture_context(const stls_context *context, char *out,
                              size_t size)
{
  SSL_CTX *ctx = stls_context_ssl_ctx(context);
  STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);
  const X509_STORE *store = SSL_CTX_get_cert_store(ctx);
  unsigned sum = 0;

  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++)
    sum =
        sum * 31 + SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(ciphers, i));
  return (size_t)snprintf(
      out, size,
      "%x..%x (%lx..%lx), verify %d (%d), name %d, flags %lx, limit %zu, "
      "level %d, %d ciphers (%x), trust %c\n",
      (unsigned)stls_context_min_version(context),
      (unsigned)stls_context_max_version(context),
      (unsigned long)SSL_CTX_get_min_proto_version(ctx),
      (unsigned long)SSL_CTX_get_max_proto_version(ctx),
      (int)stls_context_verify_mode(context), SSL_CTX_get_verify_mode(ctx),
      stls_context_check_hostname(context), stls_context_verify_flags(context),
      stls_context_limit(context, STLS_LIMIT_CERTIFICATE_BYTES),
      SSL_CTX_get_security_level(ctx), sk_SSL_CIPHER_num(ciphers), sum,
      store == stls_trust_store(shop.trust)         ? '1'
      : store == stls_trust_store(shop.other_trust) ? '2'
                                                    : '?');
}

static void picture_handshake(const struct bench *bench, char *out, size_t size)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  const stls_conninfo *info;
  const char *alpn;
  stls_result result;
  stls_certificate *peer = NULL;
  size_t der_len = 0;
  unsigned context_len = 0;
  const unsigned char *context;

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(bench->client, NULL, NULL, &options, &pair.client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(
      stls_object_new(bench->server, NULL, NULL, NULL, &pair.server, NULL),
      STLS_OK, "server");
  result = pair_handshake(&pair);
  info = stls_object_conninfo(pair.client);
  alpn = stls_conninfo_alpn(info, NULL);
  (void)!stls_conninfo_peer_certificate(info, &peer, NULL);
  (void)stls_certificate_der(peer, &der_len);
  context = SSL_SESSION_get0_id_context(
      SSL_get_session(stls_object_ssl(pair.server)), &context_len);
  snprintf(out, size,
           "%s: %s %s %s, ALPN %s, certificate %zu, verified %d, session of "
           "%02x%02x\n",
           stls_result_name(result), stls_conninfo_version_name(info),
           stls_conninfo_cipher_name(info), stls_conninfo_group_name(info),
           alpn ? alpn : "none", der_len, stls_conninfo_peer_verified(info),
           context_len > 0 ? context[0] : 0, context_len > 1 ? context[1] : 0);
  stls_certificate_free(peer);
  pair_free(&pair);
}

static void open_shop(void)
{
  shop.credential = load_credential("server-ecdsa");
  shop.other_credential = load_credential("server-rsa");
  shop.trust = trust_sets_load("ca.pem");
  shop.other_trust = trust_sets_load("both-cas.pem");
}

static void close_shop(void)
{
  stls_credential_free(shop.credential);
  stls_credential_free(shop.other_credential);
  stls_trust_free(shop.trust);
  stls_trust_free(shop.other_trust);
}

static stls_credential *load_credential(const char *name)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  char chain[64], key[64];

  snprintf(chain, sizeof chain, "%s.pem", name);
  snprintf(key, sizeof key, "%s.key", name);
  source.chain_file = data_file_path(chain);
  source.key_file = data_file_path(key);
  ASSERT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &credential, NULL),
                STLS_OK, name);
  return credential;
}

static stls_result set_credential(struct bench *bench, stls_error *err)
{
  return stls_context_set_credential(bench->server, shop.other_credential, err);
}

static stls_result set_trust(struct bench *bench, stls_error *err)
{
  return stls_context_set_trust(bench->client, shop.other_trust, err);
}

static stls_result set_versions(struct bench *bench, stls_error *err)
{
  return stls_context_set_versions(bench->client, STLS_TLS_1_2, STLS_TLS_1_2,
                                   err);
}

static stls_result set_insecure_versions(struct bench *bench, stls_error *err)
{
  return stls_context_set_insecure_versions(bench->client, STLS_TLS_1_0,
                                            STLS_TLS_1_2, err);
}

static stls_result set_ciphers(struct bench *bench, stls_error *err)
{
  return stls_context_set_ciphers(bench->client, "ECDHE+CHACHA20", err);
}

static stls_result set_ciphersuites(struct bench *bench, stls_error *err)
{
  return stls_context_set_ciphersuites(bench->client, "TLS_AES_128_GCM_SHA256",
                                       err);
}

static stls_result set_groups(struct bench *bench, stls_error *err)
{
  return stls_context_set_groups(bench->client, "P-384", err);
}

static stls_result set_verify_mode(struct bench *bench, stls_error *err)
{
  return stls_context_set_verify_mode(bench->server, STLS_VERIFY_OPTIONAL, err);
}

static stls_result set_verify_none(struct bench *bench, stls_error *err)
{
  return stls_context_set_insecure_verify_none(bench->client, err);
}

static stls_result set_check_hostname(struct bench *bench, stls_error *err)
{
  return stls_context_set_check_hostname(bench->client, err);
}

static stls_result set_verify_flags(struct bench *bench, stls_error *err)
{
  return stls_context_set_verify_flags(bench->server, X509_V_FLAG_X509_STRICT,
                                       err);
}

static stls_result set_client_alpn(struct bench *bench, stls_error *err)
{
  static const char *const names[] = {"two"};

  return stls_context_set_alpn(bench->client, names, 1, err);
}

static stls_result set_server_alpn(struct bench *bench, stls_error *err)
{
  static const char *const names[] = {"two"};

  return stls_context_set_alpn(bench->server, names, 1, err);
}

/* A server stores its sessions itself then. By the client's clock the server's
 * certificate has expired. */
static stls_result set_clocks(struct bench *bench, stls_error *err)
{
  stls_result result =
      stls_context_set_clock(bench->server, clocks_show, &clocks_server, err);

  clocks_client = STLS_CLOCK_LAST;
  return result != STLS_OK ? result
                           : stls_context_set_clock(bench->client, clocks_show,
                                                    &clocks_client, err);
}
