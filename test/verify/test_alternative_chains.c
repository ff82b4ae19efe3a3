/* SPDX-License-Identifier: MIT */
/* test_alternative_chains: selection of one of several chains. */
#include <openssl/sha.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <time.h>

#include <sanstls/verify.h>

#include "support/cert_builder.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"
#include "support/verify_case.h"

SUITE(alternative_chains, .timeout = 120);

#define NUM(rows) (sizeof(rows) / sizeof(rows)[0])

enum {
  PARTIAL = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST,
  CHECKED = PARTIAL | X509_V_FLAG_CRL_CHECK
};

#define NEWER .from = "20210101000000Z"
#define NEWEST .from = "20220101000000Z"
#define OLD .until = "20200201000000Z"

static void present_leaf_of_root(stls_context *context);
static void trust_root_and_lists(stls_context *context);
static void add_list(stls_trust *trust, const crl_builder_order *order);
static void add_last_list(stls_trust *trust, const crl_builder_order *order);
static void present_crowd(stls_context *context);
static void trust_root(stls_context *context);

/* Two certificates of one CA, of which one has expired (RFC 4158, 3.5.4). */
Test(alternative_chains, take_a_valid_issuer_before_an_expired_one)
{
  static const verify_case rows[] = {
      {"the trusted one has expired", "RFC 4158, 3.5.4",
       "leaf-of-expired-middle renewed-middle", "expired-middle root",
       .built = "leaf-of-expired-middle renewed-middle root", .flags = PARTIAL},
      {"it is the other way round", "RFC 4158, 3.5.4",
       "leaf-of-expired-middle expired-middle", "renewed-middle root",
       .built = "leaf-of-expired-middle renewed-middle", .flags = PARTIAL},
      {"both are trusted", "RFC 4158, 3.5.4", "leaf-of-expired-middle",
       "expired-middle renewed-middle", .flags = PARTIAL,
       .built = "leaf-of-expired-middle renewed-middle"},
      {"both were sent", "RFC 4158, 3.5.4",
       "leaf-of-expired-middle expired-middle renewed-middle", "root",
       .built = "leaf-of-expired-middle renewed-middle root"},
      {"there is no other", "RFC 4158, 3.5.4",
       "leaf-of-expired-middle expired-middle", "root", .flags = PARTIAL,
       .built = "leaf-of-expired-middle expired-middle root",
       .refused = {X509_V_ERR_CERT_HAS_EXPIRED, 1, "expired-middle", 45}},
      {"the other is a stranger's", "RFC 4158, 3.5.4",
       "leaf middle-by-stranger", "root", .built = "leaf middle-by-stranger",
       .refused = {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1,
                   "middle-by-stranger", 48}},
  };

  verify_case_run(rows, NUM(rows));
}

/* Two CAs of one name, and no key identifier tells which it was (x509-limbo and
 * BetterTLS have such chains). */
Test(alternative_chains, take_the_other_of_the_same_name)
{
  static const verify_case rows[] = {
      {"in trust", "RFC 4158, 3.5.10", "leaf-of-twins-middle twins-middle",
       "root twin", .built = "leaf-of-twins-middle twins-middle twin"},
      {"in trust, in the other order", "RFC 4158, 3.5.10",
       "leaf-of-twins-middle twins-middle", "twin root",
       .built = "leaf-of-twins-middle twins-middle twin"},
      {"in trust, but not that one", "RFC 4158, 3.5.10",
       "leaf-of-twins-middle twins-middle", "root",
       .built = "leaf-of-twins-middle twins-middle root",
       .refused = {X509_V_ERR_CERT_SIGNATURE_FAILURE, 1, "twins-middle", 51}},
      {"sent, the wrong one first", "RFC 4158, 3.5.10",
       "no-issuer-id middle-twin middle", "root",
       .built = "no-issuer-id middle root"},
      {"sent, the right one first", "RFC 4158, 3.5.10",
       "no-issuer-id middle middle-twin", "root",
       .built = "no-issuer-id middle root"},
      {"the wrong one in trust, the right one sent", "RFC 4158, 3.5.10",
       "no-issuer-id middle", "middle-twin root", .flags = PARTIAL,
       .built = "no-issuer-id middle root"},
      {"the right one in trust, the wrong one sent", "RFC 4158, 3.5.10",
       "no-issuer-id middle-twin", "middle root", .flags = PARTIAL,
       .built = "no-issuer-id middle"},
      {"a new key, certified with the old one", "RFC 4210, 4.4",
       "leaf-of-root-new root-new-with-old", "root",
       .built = "leaf-of-root-new root-new-with-old root"},
  };

  verify_case_run(rows, NUM(rows));
}

/* Cross-certificates lead where nobody is trusted, or nothing is allowed
 * (BetterTLS, path building). */
Test(alternative_chains, go_back_from_a_dead_end)
{
  static const verify_case rows[] = {
      {"nobody is trusted there", "BetterTLS", "leaf middle-by-stranger middle",
       "root", .built = "leaf middle root"},
      {"behind two", "BetterTLS",
       "leaf-of-lower lower middle-by-stranger middle", "root",
       .built = "leaf-of-lower lower middle root"},
      {"a bridge", "BetterTLS",
       "leaf middle-by-stranger stranger-by-root root-by-stranger", "root",
       .built = "leaf middle-by-stranger stranger-by-root root"},
      {"another purpose", "BetterTLS, BAD_EKU",
       "leaf-of-mail-middle mail-middle mail-middle-for-all", "root",
       .built = "leaf-of-mail-middle mail-middle-for-all root"},
      {"no CA", "BetterTLS, MISSING_BASIC_CONSTRAINTS",
       "leaf-of-unconstrained unconstrained unconstrained-ca", "root",
       .built = "leaf-of-unconstrained unconstrained-ca root"},
      {"an excluded name", "BetterTLS, NAME_CONSTRAINTS",
       "name-excluded excludes-name excludes-nothing", "root",
       .built = "name-excluded excludes-nothing root"},
      {"a wildcard for an excluded name", "openssl#30706",
       "wildcard excludes-bar excludes-no-bar", "root",
       .built = "wildcard excludes-no-bar root", .host = "bar.www.example",
       .by = BY_SERVER},
      {"another name is no question of the path", "RFC 9525, 6.3",
       "leaf middle-by-stranger middle", "root", .built = "leaf middle root",
       .host = "other.example", .by = BY_SERVER,
       .refused = {X509_V_ERR_HOSTNAME_MISMATCH, 0, "leaf", 42}},
      {"nor is it whom the leaf is for", "RFC 5280, 4.2.1.12",
       "server-only middle-by-stranger middle", "root",
       .built = "server-only middle root", .by = BY_CLIENT,
       .refused = {X509_V_ERR_INVALID_PURPOSE, 0, "server-only", 43}},
  };

  verify_case_run(rows, NUM(rows));
}

/* Of several lists by one issuer the one with the right signature counts. */
Test(alternative_chains, take_the_list_that_its_issuer_signed)
{
  static const int forged = X509_V_ERR_CRL_SIGNATURE_FAILURE;
  static const verify_case rows[] = {
      {"a newer one is forged", "RFC 5280, 6.3.3 (g)", "leaf-of-root", "root",
       .built = "leaf-of-root root", .flags = CHECKED,
       .crls = {{.issuer = "root"}, {"root", .signer = "twin", NEWER}}},
      {"a newer one is forged, revoked", "RFC 5280, 6.3.3 (g)", "leaf-of-root",
       "root", .built = "leaf-of-root root", .flags = CHECKED,
       .refused = {X509_V_ERR_CERT_REVOKED, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", .signer = "twin", NEWER}}},
      {"the forged one revokes", "RFC 5280, 6.3.3 (g)", "leaf-of-root", "root",
       .built = "leaf-of-root root", .flags = CHECKED,
       .crls = {{.issuer = "root"},
                {"root", .signer = "twin", .revokes = "leaf-of-root", NEWER}}},
      {"an older one is forged", "RFC 5280, 6.3.3 (g)", "leaf-of-root", "root",
       .built = "leaf-of-root root", .flags = CHECKED,
       .refused = {X509_V_ERR_CERT_REVOKED, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root", NEWER},
                {"root", .signer = "twin"}}},
      {"of two good ones the newer counts", "RFC 5280, 6.3.3", "leaf-of-root",
       "root", .built = "leaf-of-root root", .flags = CHECKED,
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", NEWER},
                {"root", .signer = "twin", NEWEST}}},
      {"all are forged", "RFC 5280, 6.3.3 (g)", "leaf-of-root", "root",
       .built = "leaf-of-root root", .flags = CHECKED,
       .refused = {forged, 0, "leaf-of-root", 51},
       .crls = {{"root", .signer = "twin"},
                {"root", .signer = "stranger", NEWER}}},
      {"an expired one beside a valid one", "RFC 5280, 6.3.3", "leaf-of-root",
       "root", .built = "leaf-of-root root", .flags = CHECKED,
       .refused = {X509_V_ERR_CERT_REVOKED, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"}, {"root", OLD}}},
      {"a good one has expired, the valid one is forged", "RFC 5280, 6.3.3",
       "leaf-of-root", "root", .built = "leaf-of-root root", .flags = CHECKED,
       .refused = {forged, 0, "leaf-of-root", 51},
       .crls = {{"root", OLD}, {"root", .signer = "twin", NEWER}}},
      {"the other CA's of the same name", "RFC 5280, 6.3.3 (f)",
       "leaf-of-twins-middle twins-middle", "root twin",
       .built = "leaf-of-twins-middle twins-middle twin",
       .flags = CHECKED | X509_V_FLAG_CRL_CHECK_ALL,
       .crls = {{.issuer = "twins-middle"},
                {.issuer = "twin"},
                {"root", NEWER}}},
  };

  verify_case_run(rows, NUM(rows));
}

/* What looking costs is bounded, and what is not looked at may be the one list
 * that revokes (RFC 5280, 6.3.3): then the newest counts, as OpenSSL has it. */
Test(alternative_chains, never_take_an_older_list_for_want_of_signatures)
{
  pair_options options = {.server_credential = "",
                          .client_trust = "",
                          .tune_client = trust_root_and_lists,
                          .tune_server = present_leaf_of_root};
  test_pair pair = pair_new(&options);
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "lists");
  (void)stls_object_error(pair.client, &err);
  cr_expect_eq(err.verify_code, X509_V_ERR_CRL_SIGNATURE_FAILURE, "%ld",
               err.verify_code);
  pair_free(&pair);
  pki_free();
}

/* A peer may send what leads to trust by name in very many ways. */
Test(alternative_chains, cost_a_bounded_amount)
{
  pair_options options = {.server_credential = "",
                          .client_trust = "",
                          .tune_client = trust_root,
                          .tune_server = present_crowd};
  test_pair pair = pair_new(&options);
  stls_error err = STLS_ERROR_INIT;
  clock_t began = clock();

  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "crowd");
  (void)stls_object_error(pair.client, &err);
  cr_expect_eq(err.verify_code, X509_V_ERR_CERT_SIGNATURE_FAILURE, "%ld",
               err.verify_code);
  /* A hundred times what it takes; without bounds there is no end. */
  cr_expect_lt((double)(clock() - began) / CLOCKS_PER_SEC, 20.0);
  pair_free(&pair);
  pki_free();
}

static void present_leaf_of_root(stls_context *context)
{
  pki_present(context, "leaf-of-root");
}

/* A hundred old lists, one that revokes, and the newest is forged. */
static void trust_root_and_lists(stls_context *context)
{
  static const crl_builder_order old = {.issuer = "root"},
                                 revokes = {.issuer = "root",
                                            .revokes = "leaf-of-root",
                                            NEWER},
                                 forged = {.issuer = "root",
                                           .signer = "twin",
                                           NEWEST};
  stls_trust *trust = pki_trust_new("root");

  for (int i = 0; i < 100; i++) add_list(trust, &old);
  add_list(trust, &forged);
  add_last_list(trust, &revokes);
  ASSERT_RESULT(stls_context_set_trust(context, trust, NULL), STLS_OK, "trust");
  stls_trust_free(trust);
  ASSERT_RESULT(stls_context_set_verify_flags(context, CHECKED, NULL), STLS_OK,
                "flags");
}

static void add_list(stls_trust *trust, const crl_builder_order *order)
{
  size_t len = 0;
  unsigned char *der = crl_builder_encode(order, false, &len);

  ASSERT_RESULT(stls_trust_add_crl(trust, der, len, NULL), STLS_OK, "list");
  OPENSSL_free(der);
}

/* Sets of trust have lists of one issuer in the order of their digests. */
static void add_last_list(stls_trust *trust, const crl_builder_order *order)
{
  unsigned char digest[SHA_DIGEST_LENGTH] = {0};
  unsigned char *der = NULL;
  size_t len = 0;

  for (int i = 0; i < 1000 && digest[0] < 0xf0; i++) {
    OPENSSL_free(der);
    der = crl_builder_encode(order, false, &len);
    SHA1(der, len, digest);
  }
  cr_assert_geq(digest[0], 0xf0);
  ASSERT_RESULT(stls_trust_add_crl(trust, der, len, NULL), STLS_OK, "list");
  OPENSSL_free(der);
}

/* A leaf, and sixty CAs of one name, each of which may have issued each other
 * one, itself having been issued by the root, and the leaf. */
static void present_crowd(stls_context *context)
{
  static const cert_builder_order ca = {.name = "root",
                                        .is_ca = true,
                                        .extensions =
                                            "subjectKeyIdentifier=|"
                                            "authorityKeyIdentifier="};
  static const cert_builder_order leaf = {
      .name = "leaf", .extensions = "authorityKeyIdentifier="};
  SSL_CTX *ctx = stls_context_ssl_ctx(context);
  STACK_OF(X509) *chain = sk_X509_new_null();
  EVP_PKEY *key = cert_builder_key("P-256"),
           *leaf_key = cert_builder_key("P-256");
  X509 *cert;

  for (int i = 0; i < 60; i++)
    cr_assert_gt(sk_X509_push(chain, cert_builder_new(&ca, key, NULL, key)), 0);
  cert = cert_builder_new(&leaf, leaf_key, sk_X509_value(chain, 0), key);
  SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
  cr_assert_eq(SSL_CTX_use_cert_and_key(ctx, cert, leaf_key, chain, 1), 1);
  sk_X509_pop_free(chain, X509_free);
  X509_free(cert);
  EVP_PKEY_free(key);
  EVP_PKEY_free(leaf_key);
}

static void trust_root(stls_context *context)
{
  pki_trust(context, "root");
}
