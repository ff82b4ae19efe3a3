/* SPDX-License-Identifier: MIT */
/* test_stale_errors_setup: contexts, trust and versions, with stale entries in the
 * error queue. */
/*
 * As in test_stale_errors, each call is made with an empty queue and with entries of
 * somebody else in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/trace.h>
#include <sanstls/verify.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/planted_errors.h"

SUITE(stale_errors_setup, .timeout = 60);

enum {
  NUM_PLANTED = 4
};

/* What a row works on. */
struct bench {
  stls_context *client;
  stls_context *server;
  stls_credential *credential;
  stls_trust *trust;
};

typedef stls_result (*setup_call)(struct bench *bench, const char *arg,
                                  stls_error *err);

static stls_result load_credential(struct bench *bench, const char *name,
                                   stls_error *err);
static stls_result load_locked(struct bench *bench, const char *passphrase,
                               stls_error *err);
static stls_result add_file(struct bench *bench, const char *name,
                            stls_error *err);
static stls_result add_pem(struct bench *bench, const char *pem,
                           stls_error *err);
static stls_result add_system(struct bench *bench, const char *file,
                              stls_error *err);
static stls_result new_trust(struct bench *bench, const char *arg,
                             stls_error *err);
static stls_result new_context(struct bench *bench, const char *propq,
                               stls_error *err);
static stls_result new_default(struct bench *bench, const char *file,
                               stls_error *err);
static stls_result new_client_of(struct bench *bench, const char *ca,
                                 stls_error *err);
static stls_result new_server_of(struct bench *bench, const char *chain,
                                 stls_error *err);
static stls_result set_credential(struct bench *bench, const char *name,
                                  stls_error *err);
static stls_result set_trust(struct bench *bench, const char *arg,
                             stls_error *err);
static stls_result set_ciphers(struct bench *bench, const char *list,
                               stls_error *err);
static stls_result set_ciphersuites(struct bench *bench, const char *list,
                                    stls_error *err);
static stls_result set_groups(struct bench *bench, const char *list,
                              stls_error *err);
static stls_result set_policy(struct bench *bench, const char *arg,
                              stls_error *err);
static stls_result set_insecure(struct bench *bench, const char *arg,
                                stls_error *err);
static stls_result set_alpn(struct bench *bench, const char *name,
                            stls_error *err);
static stls_result make_object(struct bench *bench, const char *server_name,
                               stls_error *err);
static stls_result check_version(struct bench *bench, const char *arg,
                                 stls_error *err);

static const struct row {
  const char *name;
  setup_call call;
  const char *arg;
  stls_result want;
} rows[] = {
    {"a credential", load_credential, "server-ecdsa", STLS_OK},
    {"a missing file", load_credential, "no-such", STLS_ERROR_INPUT},
    {"key and certificate of two", load_credential, "server-mismatched",
     STLS_ERROR_INPUT},
    {"the passphrase", load_locked, TEST_PASSPHRASE, STLS_OK},
    {"a wrong passphrase", load_locked, "wrong", STLS_ERROR_INPUT},
    {"no passphrase", load_locked, NULL, STLS_ERROR_INPUT},
    {"a new trust", new_trust, NULL, STLS_OK},
    {"a trust file", add_file, "both-cas.pem", STLS_OK},
    {"a missing trust file", add_file, "no-such.pem", STLS_ERROR_INPUT},
    {"broken base64", add_file, "broken-base64.pem", STLS_ERROR_INPUT},
    {"broken DER", add_file, "broken-der.pem", STLS_ERROR_INPUT},
    {"a broken second", add_file, "broken-second.pem", STLS_ERROR_INPUT},
    {"a cut text", add_file, "broken-cut.pem", STLS_ERROR_INPUT},
    {"no certificate", add_pem, "hello", STLS_ERROR_INPUT},
    {"an empty certificate", add_pem,
     "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
     STLS_ERROR_INPUT},
    {"the system's trust", add_system, "ca.pem", STLS_OK},
    /* As in OpenSSL, these add nothing, which costs OpenSSL an entry each. */
    {"a missing system file", add_system, "no-such.pem", STLS_OK},
    {"a broken system file", add_system, "broken-der.pem", STLS_OK},
    {"a context", new_context, NULL, STLS_OK},
    {"a context of no provider", new_context, "provider=no-such",
     STLS_ERROR_UNSUPPORTED},
    {"a default context", new_default, "ca.pem", STLS_OK},
    {"a default context of nothing", new_default, "no-such.pem", STLS_OK},
    {"a client of a file", new_client_of, "ca.pem", STLS_OK},
    {"a client of a broken file", new_client_of, "broken-der.pem",
     STLS_ERROR_INPUT},
    {"a server of a file", new_server_of, "server-ecdsa-combined.pem", STLS_OK},
    {"a server of an encrypted key", new_server_of,
     "server-ecdsa-encrypted-combined.pem", STLS_ERROR_INPUT},
    {"set_credential", set_credential, "server-rsa", STLS_OK},
    {"a weak credential", set_credential, "server-rsa-1024", STLS_ERROR_INPUT},
    {"set_trust", set_trust, NULL, STLS_OK},
    {"ciphers", set_ciphers, "ECDHE+AESGCM", STLS_OK},
    {"unknown ciphers", set_ciphers, "nonsense", STLS_ERROR_INPUT},
    {"some unknown ciphers", set_ciphers, "nonsense:ECDHE+AESGCM", STLS_OK},
    {"ciphersuites", set_ciphersuites, "TLS_AES_128_GCM_SHA256", STLS_OK},
    {"unknown ciphersuites", set_ciphersuites, "nonsense", STLS_ERROR_INPUT},
    {"groups", set_groups, "P-256", STLS_OK},
    {"unknown groups", set_groups, "nonsense", STLS_ERROR_INPUT},
    {"all the rest", set_policy, NULL, STLS_OK},
    {"insecure", set_insecure, NULL, STLS_OK},
    {"ALPN", set_alpn, "h2", STLS_OK},
    {"an empty ALPN name", set_alpn, "", STLS_ERROR_INPUT},
    {"an object", make_object, "server.example", STLS_OK},
    {"an object for an address", make_object, "127.0.0.1", STLS_OK},
    {"an object for nonsense", make_object, "no name", STLS_ERROR_INPUT},
    {"version", check_version, NULL, STLS_OK},
};

static void open_bench(struct bench *bench);
static void close_bench(struct bench *bench);
static void run_row(const struct row *row, size_t num_planted,
                    stls_error *out_err);

Test(stale_errors_setup, is_as_it_was_after_every_call)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error clean = STLS_ERROR_INIT, dirty = STLS_ERROR_INIT;
    run_row(&rows[i], 0, &clean);
    run_row(&rows[i], NUM_PLANTED, &dirty);
    EXPECT_RESULT(dirty.result, clean.result, rows[i].name);
    cr_expect_eq(dirty.reason, clean.reason, "%s", rows[i].name);
    cr_expect_str_eq(dirty.message, clean.message, "%s", rows[i].name);
  }
}

static void run_row(const struct row *row, size_t num_planted,
                    stls_error *out_err)
{
  struct bench bench;

  open_bench(&bench);
  planted_errors_put(num_planted);
  EXPECT_RESULT(row->call(&bench, row->arg, out_err), row->want, row->name);
  EXPECT_RESULT(out_err->result, row->want < 0 ? row->want : STLS_OK,
                row->name);
  /* Frees are calls, too. */
  close_bench(&bench);
  planted_errors_expect(num_planted, row->name);
}

static void open_bench(struct bench *bench)
{
  memset(bench, 0, sizeof *bench);
  ASSERT_RESULT(stls_context_new_without_trust(STLS_CLIENT, NULL, NULL,
                                               &bench->client, NULL),
                STLS_OK, "client");
  ASSERT_RESULT(stls_context_new_without_trust(STLS_SERVER, NULL, NULL,
                                               &bench->server, NULL),
                STLS_OK, "server");
  ASSERT_RESULT(stls_trust_new(NULL, NULL, &bench->trust, NULL), STLS_OK,
                "trust");
}

static void close_bench(struct bench *bench)
{
  stls_context_free(bench->client);
  stls_context_free(bench->server);
  stls_credential_free(bench->credential);
  stls_trust_free(bench->trust);
}

static stls_result load_credential(struct bench *bench, const char *name,
                                   stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  char chain[64], key[64];

  snprintf(chain, sizeof chain, "%s.pem", name);
  snprintf(key, sizeof key, "%s.key", name);
  source.chain_file = data_file_path(chain);
  source.key_file = data_file_path(key);
  return stls_credential_new_pem(&source, NULL, NULL, &bench->credential, err);
}

static stls_result load_locked(struct bench *bench, const char *passphrase,
                               stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_passphrase secret = STLS_PASSPHRASE_INIT;

  source.chain_file = data_file_path("server-ecdsa.pem");
  source.key_file = data_file_path("server-ecdsa-encrypted.key");
  secret.data = passphrase;
  secret.len = passphrase == NULL ? 0 : strlen(passphrase);
  source.passphrase = &secret;
  return stls_credential_new_pem(&source, NULL, NULL, &bench->credential, err);
}

static stls_result new_trust(struct bench *bench, const char *arg,
                             stls_error *err)
{
  (void)arg;
  stls_trust_free(bench->trust);
  bench->trust = NULL;
  return stls_trust_new(NULL, "?provider=no-such", &bench->trust, err);
}

static stls_result add_file(struct bench *bench, const char *name,
                            stls_error *err)
{
  return stls_trust_add_file(bench->trust, data_file_path(name), err);
}

static stls_result add_pem(struct bench *bench, const char *pem,
                           stls_error *err)
{
  return stls_trust_add_pem(bench->trust, pem, strlen(pem), err);
}

static stls_result add_system(struct bench *bench, const char *file,
                              stls_error *err)
{
  cr_assert_eq(setenv("SSL_CERT_FILE", data_file_path(file), 1), 0);
  cr_assert_eq(setenv("SSL_CERT_DIR", data_file_path("no-such"), 1), 0);
  return stls_trust_add_system(bench->trust, err);
}

static stls_result new_context(struct bench *bench, const char *propq,
                               stls_error *err)
{
  stls_context_free(bench->client);
  bench->client = NULL;
  return stls_context_new_without_trust(STLS_CLIENT, NULL, propq,
                                        &bench->client, err);
}

static stls_result new_default(struct bench *bench, const char *file,
                               stls_error *err)
{
  cr_assert_eq(setenv("SSL_CERT_FILE", data_file_path(file), 1), 0);
  stls_context_free(bench->client);
  bench->client = NULL;
  return stls_context_new_client(NULL, NULL, &bench->client, err);
}

static stls_result new_client_of(struct bench *bench, const char *ca,
                                 stls_error *err)
{
  stls_context_free(bench->client);
  bench->client = NULL;
  return stls_context_new_client_from_files(data_file_path(ca), &bench->client,
                                            err);
}

static stls_result new_server_of(struct bench *bench, const char *chain,
                                 stls_error *err)
{
  stls_context_free(bench->server);
  bench->server = NULL;
  return stls_context_new_server_from_files(data_file_path(chain), NULL,
                                            &bench->server, err);
}

static stls_result set_credential(struct bench *bench, const char *name,
                                  stls_error *err)
{
  stls_result result = load_credential(bench, name, err);

  if (result != STLS_OK) return result;
  return stls_context_set_credential(bench->server, bench->credential, err);
}

static stls_result set_trust(struct bench *bench, const char *arg,
                             stls_error *err)
{
  (void)arg;
  return stls_context_set_trust(bench->client, bench->trust, err);
}

static stls_result set_ciphers(struct bench *bench, const char *list,
                               stls_error *err)
{
  return stls_context_set_ciphers(bench->client, list, err);
}

static stls_result set_ciphersuites(struct bench *bench, const char *list,
                                    stls_error *err)
{
  return stls_context_set_ciphersuites(bench->client, list, err);
}

static stls_result set_groups(struct bench *bench, const char *list,
                              stls_error *err)
{
  return stls_context_set_groups(bench->client, list, err);
}

static stls_result first_failure(const stls_result *results, size_t num)
{
  for (size_t i = 0; i < num; i++)
    if (results[i] != STLS_OK) return results[i];
  return STLS_OK;
}

static stls_result set_policy(struct bench *bench, const char *arg,
                              stls_error *err)
{
  stls_context *client = bench->client, *server = bench->server;
  const stls_result results[] = {
      stls_context_set_versions(client, STLS_TLS_1_2, STLS_TLS_1_2, err),
      stls_context_set_verify_mode(server, STLS_VERIFY_OPTIONAL, err),
      stls_context_set_check_hostname(client, err),
      stls_context_set_verify_flags(client, 0x80000, err),
      stls_context_set_limit(client, STLS_LIMIT_CERTIFICATE_BYTES, 5000, err),
      stls_context_set_trace(client, NULL, NULL, err),
      stls_context_seal(client, err),
  };

  (void)arg;
  return first_failure(results, sizeof results / sizeof results[0]);
}

static stls_result set_insecure(struct bench *bench, const char *arg,
                                stls_error *err)
{
  stls_context *client = bench->client;
  const stls_result results[] = {
      stls_context_set_insecure_versions(client, STLS_TLS_1_0, STLS_TLS_1_2,
                                         err),
      stls_context_set_insecure_hostname_any(client, err),
      stls_context_set_insecure_verify_none(client, err),
  };

  (void)arg;
  return first_failure(results, sizeof results / sizeof results[0]);
}

static stls_result set_alpn(struct bench *bench, const char *name,
                            stls_error *err)
{
  return stls_context_set_alpn(bench->client, &name, 1, err);
}

static stls_result make_object(struct bench *bench, const char *server_name,
                               stls_error *err)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_result result;

  options.server_name = server_name;
  result = stls_object_new(bench->client, NULL, NULL, &options, &object, err);
  stls_object_free(object);
  return result;
}

static stls_result check_version(struct bench *bench, const char *arg,
                                 stls_error *err)
{
  (void)bench;
  (void)arg;
  (void)stls_version_text();
  (void)stls_version_openssl_running();
  return stls_version_check(STLS_VERSION_NUMBER, err);
}
