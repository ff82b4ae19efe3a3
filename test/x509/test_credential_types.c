/* SPDX-License-Identifier: MIT */
/* test_credential_types: several credentials on one context, one for each type of
 * key. */
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#include <sanstls/ciphers.h>

#include "support/cert_builder.h"
#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(credential_types);

static const credential_load rsa = {
    "", "RSA", LOAD_PEM, "server-rsa.pem", "server-rsa.key", NULL, STLS_OK,
    1,  NULL,  NULL};
static const credential_load ecdsa = {
    "", "ECDSA", LOAD_PKCS12, "credential/chain.p12", NULL, "secret", STLS_OK,
    2,  NULL,    NULL};
static const credential_load weak = {"",
                                     "weak RSA",
                                     LOAD_PEM,
                                     "server-rsa-1024.pem",
                                     "server-rsa-1024.key",
                                     NULL,
                                     STLS_OK,
                                     1,
                                     NULL,
                                     NULL};

static void set(stls_context *context, const credential_load *row,
                stls_result want)
{
  stls_credential *credential = NULL;

  ASSERT_RESULT(credential_load_run(row, &credential, NULL), STLS_OK,
                row->name);
  EXPECT_RESULT(stls_context_set_credential(context, credential, NULL), want,
                row->name);
  stls_credential_free(credential);
}

static void set_both(stls_context *context)
{
  set(context, &rsa, STLS_OK);
  set(context, &ecdsa, STLS_OK);
}

/* The third one is of a type that is there, and refused. */
static void set_both_and_fail(stls_context *context)
{
  set(context, &ecdsa, STLS_OK);
  set(context, &rsa, STLS_OK);
  set(context, &weak, STLS_ERROR_INPUT);
}

static void accept_rsa_only(stls_context *context)
{
  cr_assert_eq(SSL_CTX_set1_sigalgs_list(stls_context_ssl_ctx(context),
                                         "rsa_pss_rsae_sha256"),
               1);
  ASSERT_RESULT(
      stls_context_set_ciphers(context, "ECDHE-RSA-AES128-GCM-SHA256", NULL),
      STLS_OK, "ciphers");
}

static void accept_ecdsa_only(stls_context *context)
{
  cr_assert_eq(
      SSL_CTX_set1_sigalgs_list(stls_context_ssl_ctx(context), "ECDSA+SHA256"),
      1);
  ASSERT_RESULT(
      stls_context_set_ciphers(context, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL),
      STLS_OK, "ciphers");
}

static const struct row {
  const char *name;
  stls_protocol version;
  void (*tune_client)(stls_context *context);
  void (*tune_server)(stls_context *context);
  int want;
} rows[] = {
    {"TLS 1.2, RSA", STLS_TLS_1_2, accept_rsa_only, set_both, EVP_PKEY_RSA},
    {"TLS 1.2, ECDSA", STLS_TLS_1_2, accept_ecdsa_only, set_both, EVP_PKEY_EC},
    {"TLS 1.3, RSA", STLS_TLS_1_3, accept_rsa_only, set_both, EVP_PKEY_RSA},
    {"TLS 1.3, ECDSA", STLS_TLS_1_3, accept_ecdsa_only, set_both, EVP_PKEY_EC},
    {"TLS 1.2, RSA, a third failed", STLS_TLS_1_2, accept_rsa_only,
     set_both_and_fail, EVP_PKEY_RSA},
    {"TLS 1.2, ECDSA, a third failed", STLS_TLS_1_2, accept_ecdsa_only,
     set_both_and_fail, EVP_PKEY_EC},
    {"TLS 1.3, RSA, a third failed", STLS_TLS_1_3, accept_rsa_only,
     set_both_and_fail, EVP_PKEY_RSA},
    {"TLS 1.3, ECDSA, a third failed", STLS_TLS_1_3, accept_ecdsa_only,
     set_both_and_fail, EVP_PKEY_EC},
};

Test(credential_types, serve_each_client_its_own)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options options = {.version = rows[i].version,
                            .server_credential = "",
                            .tune_client = rows[i].tune_client,
                            .tune_server = rows[i].tune_server};
    test_pair pair = pair_new(&options);
    X509 *peer;
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK, rows[i].name);
    peer = SSL_get0_peer_certificate(stls_object_ssl(pair.client));
    cr_assert_not_null(peer, "%s", rows[i].name);
    cr_expect_eq(EVP_PKEY_get_base_id(X509_get0_pubkey(peer)), rows[i].want,
                 "%s", rows[i].name);
    pair_free(&pair);
  }
}

static void set_rsa(stls_context *context)
{
  set(context, &rsa, STLS_OK);
}

/* That the clients above accept nothing else. */
Test(credential_types, are_needed_for_each_client)
{
  pair_options options = {.server_credential = "",
                          .tune_client = accept_ecdsa_only,
                          .tune_server = set_rsa};

  for (int i = 0; i < 2; i++) {
    test_pair pair;
    options.version = i == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
    pair = pair_new(&options);
    cr_expect_lt(pair_handshake(&pair), 0);
    pair_free(&pair);
  }
}

/* What RFC 8422, 5.1.1 leaves of the curves, with RFC 7027 and RFC 8734. */
static const struct curve {
  const char *name;
  /* What the message contains; NULL where it is taken. */
  const char *want;
} curves[] = {
    {"P-256", NULL},
    {"P-384", NULL},
    {"P-521", NULL},
    {"brainpoolP256r1", NULL},
    {"brainpoolP512r1", NULL},
    {"secp256k1", "no curve \"secp256k1\""},
    {"prime239v1", "no curve \"prime239v1\""},
    {"brainpoolP384t1", "no curve \"brainpoolP384t1\""},
    {"sect283k1", "no curve \"sect283k1\""},
    {"explicit-P-256", "explicit parameters"},
};

static stls_credential *make_on(const struct curve *curve)
{
  const cert_builder_order order = {.name = "localhost"};
  EVP_PKEY *key = strchr(curve->name, '-') == NULL
                      ? EVP_EC_gen(curve->name)
                      : cert_builder_key(curve->name);
  X509 *x509;
  stls_credential *credential = NULL;

  /* A build of OpenSSL may be without it. */
  if (key == NULL) return NULL;
  x509 = cert_builder_new(&order, key, NULL, key);
  ASSERT_RESULT(
      stls_credential_new_x509(x509, NULL, key, NULL, NULL, &credential, NULL),
      STLS_OK, curve->name);
  X509_free(x509);
  EVP_PKEY_free(key);
  return credential;
}

Test(credential_types, are_on_curves_that_tls_has)
{
  for (size_t i = 0; i < 2 * sizeof curves / sizeof curves[0]; i++) {
    const struct curve *curve = &curves[i / 2];
    stls_credential *credential = make_on(curve);
    stls_context *context = NULL;
    stls_error err = STLS_ERROR_INIT;
    if (credential == NULL) continue;
    ASSERT_RESULT(
        stls_context_new_without_trust(i % 2 == 0 ? STLS_CLIENT : STLS_SERVER,
                                       NULL, NULL, &context, NULL),
        STLS_OK, "context");
    set(context, &ecdsa, STLS_OK);
    EXPECT_RESULT(stls_context_set_credential(context, credential, &err),
                  curve->want == NULL ? STLS_OK : STLS_ERROR_INPUT,
                  curve->name);
    if (curve->want != NULL) {
      cr_expect(strstr(err.message, curve->want), "%s", err.message);
      /* The one before is there still. */
      cr_expect_eq(
          EVP_PKEY_get_security_bits(X509_get0_pubkey(
              SSL_CTX_get0_certificate(stls_context_ssl_ctx(context)))),
          128);
    }
    stls_context_free(context);
    stls_credential_free(credential);
  }
}
