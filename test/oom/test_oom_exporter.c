/* SPDX-License-Identifier: MIT */
/* test_oom_exporter: exporters under allocation failure. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/verify.h>

#include "support/cert_builder.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/resumption.h"

SUITE(oom_exporter, .timeout = 120);

/* One call on the client of an open pair, and what it gives. */
struct call {
  const char *name;
  stls_result (*run)(stls_object *object, unsigned char *out, size_t *out_len);
  stls_protocol version;
  const test_pair *pair;
};

static stls_result run_export(stls_object *object, unsigned char *out,
                              size_t *out_len)
{
  *out_len = 40;
  return stls_object_export_key(object, "EXPERIMENTAL", 12, "c", 1, out, 40,
                                NULL);
}

static stls_result run_exporter(stls_object *object, unsigned char *out,
                                size_t *out_len)
{
  return stls_object_channel_binding(object, STLS_CHANNEL_BINDING_TLS_EXPORTER,
                                     out, 64, out_len, NULL);
}

static stls_result run_end_point(stls_object *object, unsigned char *out,
                                 size_t *out_len)
{
  return stls_object_channel_binding(object,
                                     STLS_CHANNEL_BINDING_TLS_SERVER_END_POINT,
                                     out, 64, out_len, NULL);
}

static const struct call calls[] = {
    {"export on TLS 1.2", run_export, STLS_TLS_1_2, NULL},
    {"export on TLS 1.3", run_export, STLS_TLS_1_3, NULL},
    {"tls-exporter on TLS 1.2", run_exporter, STLS_TLS_1_2, NULL},
    {"tls-exporter on TLS 1.3", run_exporter, STLS_TLS_1_3, NULL},
    {"tls-server-end-point", run_end_point, STLS_TLS_1_3, NULL},
    {"tls-server-end-point of RSA-PSS", run_end_point, STLS_TLS_1_3, NULL},
};

static void present_pss(stls_context *context)
{
  const cert_builder_order order = {.name = "server.example"};
  EVP_PKEY *key = cert_builder_key("RSA-PSS-2048");
  X509 *cert = cert_builder_new(&order, key, NULL, key);

  cr_assert_eq(SSL_CTX_use_cert_and_key(stls_context_ssl_ctx(context), cert,
                                        key, NULL, 1),
               1);
  X509_free(cert);
  EVP_PKEY_free(key);
}

static void accept_any(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_insecure_verify_none(context, NULL), STLS_OK,
                "verify");
}

static bool try_call(const void *subject, size_t nth)
{
  const struct call *call = subject;
  unsigned char want[64] = {0}, got[64] = {0}, none[64] = {0};
  size_t want_len = 0, got_len = 0;
  stls_result result;
  bool refused;

  ASSERT_RESULT(call->run(call->pair->server, want, &want_len), STLS_OK,
                call->name);
  oom_sweep_begin(nth);
  result = call->run(call->pair->client, got, &got_len);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, call->name, nth);
  cr_expect_eq(memcmp(got, result == STLS_OK ? want : none, 64), 0,
               "%s: allocation %zu", call->name, nth);
  EXPECT_RESULT(stls_object_error(call->pair->client, NULL), STLS_OK,
                call->name);
  return refused;
}

Test(oom_exporter, gives_the_secret_or_nothing)
{
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    struct call call = calls[i];
    bool is_pss = strstr(call.name, "PSS") != NULL;
    pair_options options = {.version = call.version,
                            .server_credential = is_pss ? "" : NULL,
                            .tune_server = is_pss ? present_pss : NULL,
                            .tune_client = is_pss ? accept_any : NULL};
    test_pair pair = pair_open(&options);
    size_t nth = 1;

    call.pair = &pair;
    while (oom_sweep_try(try_call, &call, nth, call.name)) nth++;
    cr_expect_gt(nth, (size_t)1, "%s", call.name);
    pair_free(&pair);
  }
}

/* What a KeyUpdate is tried with. */
static const struct setup {
  stls_context *client, *server;
} * setup;

static void expect_data(test_pair *pair, const char *label, size_t nth)
{
  char out[8];
  size_t done;

  EXPECT_RESULT(stls_object_write(pair->client, "data", 4, &done), STLS_OK,
                label);
  pair_move_all(pair, pair->client, pair->server);
  EXPECT_RESULT(stls_object_read(pair->server, out, 8, &done), STLS_OK, label);
  cr_expect_eq(done, (size_t)4, "%s: allocation %zu", label, nth);
}

/* Either nothing has changed, and the same call works, or the connection is over
 * and says so. */
static bool try_key_update(const void *subject, size_t nth)
{
  test_pair pair = resumption_join(setup->client, setup->server, NULL);
  stls_result result;
  bool refused;

  (void)subject;
  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  pair_settle(&pair);
  oom_sweep_begin(nth);
  result = stls_object_key_update(pair.client, true);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "key_update", nth);
  if (stls_object_error(pair.client, NULL) == STLS_OK) {
    if (result != STLS_OK)
      EXPECT_RESULT(stls_object_key_update(pair.client, true), STLS_OK,
                    "again");
    expect_data(&pair, "key_update", nth);
  } else {
    EXPECT_RESULT(stls_object_key_update(pair.client, true), result, "failed");
  }
  stls_object_free(pair.client);
  stls_object_free(pair.server);
  return refused;
}

Test(oom_exporter, key_update_is_whole_or_the_end)
{
  pair_options options = {.version = STLS_TLS_1_3};
  struct setup made = {pair_context(&options, STLS_CLIENT),
                       pair_context(&options, STLS_SERVER)};
  size_t nth = 1;

  setup = &made;
  while (oom_sweep_try(try_key_update, &options, nth, "key_update")) nth++;
  cr_expect_gt(nth, (size_t)1);
  stls_context_free(made.client);
  stls_context_free(made.server);
}
