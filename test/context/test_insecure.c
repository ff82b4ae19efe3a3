/* SPDX-License-Identifier: MIT */
/* test_insecure: behaviour that needs a setter with insecure in its name. */
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sanstls/sanstls.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(insecure);

static void old_versions(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_context_set_insecure_versions(context, STLS_TLS_1_0,
                                                   STLS_TLS_1_0, &err),
                STLS_OK, err.message);
}

Test(insecure, speaks_old_versions_only_when_made_insecure)
{
  pair_options options = {.tune_client = old_versions};
  test_pair pair = pair_new(&options);

  cr_expect_lt(pair_handshake(&pair), 0);
  pair_free(&pair);

  options.tune_server = old_versions;
  pair = pair_open(&options);
  cr_expect_eq(stls_conninfo_version(stls_object_conninfo(pair.server)),
               STLS_TLS_1_0);
  pair_transfer(&pair, pair.client, pair.server, 40000);
  pair_free(&pair);
}

static void any_certificate(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

Test(insecure, accepts_anything_only_when_made_insecure)
{
  pair_options options = {.server_credential = "server-untrusted",
                          .tune_client = any_certificate};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    const stls_conninfo *info = stls_object_conninfo(pair.client);
    stls_error err = STLS_ERROR_INIT;
    stls_certificate *peer = NULL;
    size_t len = 0;
    char byte;

    cr_expect_not(stls_conninfo_peer_verified(info), "%s", label);
    cr_expect_eq(stls_conninfo_verify_code(info),
                 X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "%s", label);
    EXPECT_RETURNS(stls_conninfo_peer_certificate(info, &peer, NULL), STLS_OK);
    cr_expect_not_null(peer, "%s: an unverified certificate can be had", label);
    stls_certificate_free(peer);
    pair_settle(&pair);
    stls_bio_write_eof(stls_object_incoming(pair.client));
    EXPECT_RETURNS(stls_object_read(pair.client, &byte, 1, &len),
                   STLS_ERROR_TRUNCATED);
    stls_object_error(pair.client, &err);
    cr_expect_eq(err.verify_code, X509_V_OK, "%s: it failed for another reason",
                 label);
    pair_free(&pair);
  }
}

static void anonymous(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, "aNULL:@SECLEVEL=0", &err),
      STLS_OK, err.message);
}

static void anonymous_under_any_name(stls_context *context)
{
  anonymous(context);
  ASSERT_RETURNS(stls_context_set_insecure_hostname_any(context, NULL),
                 STLS_OK);
}

static void anonymous_and_unverified(stls_context *context)
{
  anonymous(context);
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

/* Anonymous suites let a server do without; a client that requires a
 * certificate does not. */
Test(insecure, without_certificate_is_for_clients_that_require_none)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .server_credential = "",
                          .tune_client = anonymous_under_any_name,
                          .tune_server = anonymous};
  test_pair pair = pair_new(&options);

  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE,
                pair_message(pair.client));
  cr_expect_not(stls_conninfo_established(stls_object_conninfo(pair.client)));
  pair_free(&pair);

  options.tune_client = anonymous_and_unverified;
  pair = pair_open(&options);
  cr_expect_not(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
  pair_free(&pair);
}

static void any_name(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_hostname_any(context, NULL),
                 STLS_OK);
}

Test(insecure, accepts_any_name_only_when_made_insecure)
{
  pair_options options = {.server_credential = "server-wrongname",
                          .tune_client = any_name};
  test_pair pair = pair_open(&options);

  cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
  pair_free(&pair);

  options.server_credential = "server-untrusted";
  pair = pair_new(&options);
  EXPECT_RETURNS(pair_handshake(&pair), STLS_ERROR_CERTIFICATE);
  pair_free(&pair);
}

/* Whether a suite that only old versions need is there. */
static bool has_sha1(SSL_CTX *ssl_ctx)
{
  STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ssl_ctx);

  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++)
    if (strcmp(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(ciphers, i)),
               "AES128-SHA") == 0)
      return true;
  return false;
}

Test(insecure, gives_up_old_versions_and_what_they_needed_together)
{
  stls_context *context = NULL;
  SSL_CTX *ssl_ctx;

  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &context, NULL),
      STLS_OK);
  ssl_ctx = stls_context_ssl_ctx(context);
  cr_expect_not(has_sha1(ssl_ctx));
  ASSERT_RETURNS(stls_context_set_insecure_versions(context, STLS_TLS_1_0,
                                                    STLS_TLS_1_3, NULL),
                 STLS_OK);
  cr_expect_eq(SSL_CTX_get_security_level(ssl_ctx), 0);
  cr_expect(has_sha1(ssl_ctx));
  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_3, NULL),
      STLS_OK);
  cr_expect_eq(SSL_CTX_get_security_level(ssl_ctx), 2);
  cr_expect_not(has_sha1(ssl_ctx));
  ASSERT_RETURNS(stls_context_set_insecure_versions(context, STLS_TLS_1_0,
                                                    STLS_TLS_1_3, NULL),
                 STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_ciphers(context, "ECDHE+AESGCM:@SECLEVEL=3", NULL),
      STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_3, NULL),
      STLS_OK);
  cr_expect_eq(SSL_CTX_get_security_level(ssl_ctx), 3, "a stricter one stays");
  stls_context_free(context);
}
