/* SPDX-License-Identifier: MIT */
/* test_direct_secrets: connections whose key log was replaced. */
/*
 * The secrets of TLS 1.3 come by libssl's key log, which the application can replace
 * through stls_context_ssl_ctx or stls_object_ssl. Without all of them libssl protects
 * the records, and the connection is as good as any. TLS 1.2 needs no key log.
 */
#include <openssl/ssl.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(direct_secrets);

enum tampering {
  /* What the library set is called with every line, or twice with each. */
  PASS_ALL,
  PASS_TWICE,
  /* There is no callback any more, or one that is not the library's. */
  REMOVE,
  KEEP_ALL,
  KEEP_CLIENT,
  KEEP_SERVER,
  /* The server's secret of application data is changed. */
  CUT,
  CUT_HALF,
  EXTEND,
  DOUBLE,
  NO_HEX,
  NO_SPACE,
  NUM_TAMPERINGS
};

static enum tampering tampering;
static SSL_CTX_keylog_cb_func original;

/* A line with another secret, made of `hex`. */
static void pass_changed(const SSL *ssl, const char *line)
{
  char changed[512];
  const size_t start = (size_t)(strrchr(line, ' ') + 1 - line);
  const size_t len = strlen(line + start);

  cr_assert_lt(start + 2 * len, sizeof changed);
  strcpy(changed, line);
  if (tampering == CUT) changed[start + len - 2] = '\0';
  if (tampering == CUT_HALF) changed[start + len - 1] = '\0';
  if (tampering == EXTEND) strcat(changed, "00");
  if (tampering == DOUBLE) strcat(changed, line + start);
  if (tampering == NO_HEX) changed[start + len / 2] = 'g';
  if (tampering == NO_SPACE)
    while (strchr(changed, ' ') != NULL) *strchr(changed, ' ') = '_';
  original(ssl, changed);
}

static void tamper(const SSL *ssl, const char *line)
{
  const bool is_client = strstr(line, "CLIENT_TRAFFIC_SECRET_0") != NULL;
  const bool is_server = strstr(line, "SERVER_TRAFFIC_SECRET_0") != NULL;

  if (original == NULL || tampering == KEEP_ALL ||
      (is_client && tampering == KEEP_CLIENT) ||
      (is_server && tampering == KEEP_SERVER))
    return;
  if (is_server && tampering >= CUT) {
    pass_changed(ssl, line);
    return;
  }
  original(ssl, line);
  if (tampering == PASS_TWICE) original(ssl, line);
}

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
}

static void expect_way(stls_protocol version, stls_role role, const char *label)
{
  const pair_options options = {
      .version = version, .tune_client = use_direct, .tune_server = use_direct};
  const bool is_whole = tampering == PASS_ALL || tampering == PASS_TWICE;
  test_pair pair = pair_new(&options);
  stls_object *self = role == STLS_CLIENT ? pair.client : pair.server;
  stls_object *peer = role == STLS_CLIENT ? pair.server : pair.client;
  SSL_CTX *ssl_ctx = stls_context_ssl_ctx(stls_object_context(self));

  original = SSL_CTX_get_keylog_callback(ssl_ctx);
  SSL_CTX_set_keylog_callback(ssl_ctx, tampering == REMOVE ? NULL : tamper);
  cr_assert_eq(original != NULL, version == STLS_TLS_1_3, "%s", label);
  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(self));
  cr_expect_eq(pair_is_direct(self), is_whole || version == STLS_TLS_1_2, "%s",
               label);
  cr_expect(pair_is_direct(peer), "%s", label);
  pair_settle(&pair);
  for (int turn = 0; turn < 2; turn++) {
    pair_transfer(&pair, self, peer, 20000);
    pair_transfer(&pair, peer, self, 20000);
    if (version == STLS_TLS_1_3)
      ASSERT_RETURNS(stls_object_key_update(turn == 0 ? self : peer, true),
                     STLS_OK);
  }
  pair_transfer(&pair, self, peer, 10);
  ASSERT_RETURNS(stls_object_close_write(self), STLS_OK);
  ASSERT_RETURNS(stls_object_close_write(peer), STLS_OK);
  pair_free(&pair);
}

Test(direct_secrets, are_all_there_or_libssl_goes_on)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  pair_need_direct();
  for (int i = 0; i < NUM_TAMPERINGS; i++)
    for (int v = 0; v < 2; v++)
      for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
        tampering = (enum tampering)i;
        expect_way(versions[v], role,
                   expect_label("tampering %d, version %d, %s", i, v,
                                role == STLS_CLIENT ? "client" : "server"));
      }
}
