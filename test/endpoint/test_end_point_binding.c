/* SPDX-License-Identifier: MIT */
/* test_end_point_binding: the channel binding tls-server-end-point. */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/cert_builder.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/resumption.h"

SUITE(end_point_binding);

struct data {
  stls_result result;
  unsigned char bytes[STLS_CHANNEL_BINDING_MAX];
  size_t len;
  stls_error err;
};

static struct data get(stls_object *object)
{
  struct data data = {.len = 99, .err = STLS_ERROR_INIT};

  data.result = stls_object_channel_binding(
      object, STLS_CHANNEL_BINDING_TLS_SERVER_END_POINT, data.bytes,
      sizeof data.bytes, &data.len, &data.err);
  if (data.result != STLS_OK) cr_expect_eq(data.len, (size_t)0);
  return data;
}

static void expect_data(struct data data, const void *bytes, size_t len,
                        const char *label)
{
  ASSERT_RESULT(data.result, STLS_OK, data.err.message);
  cr_assert_eq(data.len, len, "%s: %zu", label, data.len);
  cr_expect_arr_eq(data.bytes, bytes, len, "%s", label);
}

static X509 *presented;
static EVP_PKEY *presented_key;

static void present(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, "DEFAULT:@SECLEVEL=0", NULL),
      STLS_OK, "ciphers");
  cr_assert_eq(SSL_CTX_use_cert_and_key(stls_context_ssl_ctx(context),
                                        presented, presented_key, NULL, 1),
               1);
}

static void accept_any(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, "DEFAULT:@SECLEVEL=0", NULL),
      STLS_OK, "ciphers");
  ASSERT_RESULT(stls_context_set_insecure_verify_none(context, NULL), STLS_OK,
                "verify");
}

/* A signature of RSA-PSS with a mask of its own. */
static void sign_pss(X509 *cert, EVP_PKEY *key, const char *digest,
                     const char *mask)
{
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  EVP_PKEY_CTX *pkey = NULL;

  cr_assert_eq(EVP_DigestSignInit_ex(ctx, &pkey, digest, NULL, NULL, key, NULL),
               1);
  cr_assert_gt(EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING), 0);
  cr_assert_gt(EVP_PKEY_CTX_set_rsa_mgf1_md_name(pkey, mask, NULL), 0);
  cr_assert_gt(X509_sign_ctx(cert, ctx), 0);
  EVP_MD_CTX_free(ctx);
}

/* RFC 5929, 4.1. */
static const struct end_point {
  const char *name, *issuer_key, *digest, *mask;
  /* NULL where the RFC leaves it undefined. */
  const char *want;
} end_points[] = {
    {"ECDSA, SHA-256", "P-256", "SHA256", NULL, "SHA256"},
    {"ECDSA, SHA-384", "P-256", "SHA384", NULL, "SHA384"},
    {"RSA, SHA-224", "RSA-2048", "SHA224", NULL, "SHA224"},
    {"RSA, SHA-512", "RSA-2048", "SHA512", NULL, "SHA512"},
    {"RSA, SHA-1", "RSA-2048", "SHA1", NULL, "SHA256"},
    {"RSA, MD5", "RSA-2048", "MD5", NULL, "SHA256"},
    {"Ed25519", "ED25519", NULL, NULL, NULL},
    {"Ed448", "ED448", NULL, NULL, NULL},
    {"RSA-PSS", "RSA-2048", "SHA256", "SHA256", "SHA256"},
    {"RSA-PSS, SHA-512", "RSA-2048", "SHA512", "SHA512", "SHA512"},
    {"RSA-PSS, SHA-1", "RSA-2048", "SHA1", "SHA1", "SHA256"},
    {"RSA-PSS, two hash functions", "RSA-2048", "SHA384", "SHA1", NULL},
    {"RSA-PSS, two more", "RSA-2048", "SHA1", "SHA256", NULL},
};

static void expect_end_point(const struct end_point *row,
                             const pair_options *options)
{
  test_pair pair = pair_open(options);
  stls_object *sides[] = {pair.client, pair.server};
  unsigned char by_hand[EVP_MAX_MD_SIZE], *der = NULL;
  int der_len = i2d_X509(presented, &der);
  unsigned len = 0;

  cr_assert_gt(der_len, 0);
  if (row->want != NULL)
    cr_assert_eq(EVP_Digest(der, (size_t)der_len, by_hand, &len,
                            EVP_get_digestbyname(row->want), NULL),
                 1);
  OPENSSL_free(der);
  for (size_t i = 0; i < 2; i++) {
    struct data data = get(sides[i]);
    if (row->want == NULL)
      expect_misuse(data.result, &data.err, "signature");
    else
      expect_data(data, by_hand, len, row->name);
  }
  pair_free(&pair);
}

Test(end_point_binding, is_the_hash_of_the_certificate)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  pair_options options = {.server_credential = "",
                          .client_trust = "",
                          .tune_client = accept_any,
                          .tune_server = present};

  presented_key = cert_builder_key("P-256");
  for (size_t i = 0; i < sizeof end_points / sizeof end_points[0];
       i += check_quick() ? 6 : 1) {
    const struct end_point *row = &end_points[i];
    cert_builder_order order = {.name = "server.example",
                                .digest = row->digest};
    EVP_PKEY *issuer_key = cert_builder_key(row->issuer_key);
    cr_assert_not_null(issuer_key, "%s", row->name);
    presented = cert_builder_new(&order, presented_key, NULL, issuer_key);
    if (row->mask != NULL)
      sign_pss(presented, issuer_key, row->digest, row->mask);
    for (size_t j = 0; j < 2; j++) {
      options.version = versions[j];
      expect_end_point(row, &options);
    }
    X509_free(presented);
    EVP_PKEY_free(issuer_key);
  }
  EVP_PKEY_free(presented_key);
}

static void add_rsa(stls_context *context)
{
  SSL_CTX *ctx = stls_context_ssl_ctx(context);

  cr_assert_eq(
      SSL_CTX_use_certificate_chain_file(ctx, data_file_path("server-rsa.pem")),
      1);
  cr_assert_eq(SSL_CTX_use_PrivateKey_file(
                   ctx, data_file_path("server-rsa.key"), SSL_FILETYPE_PEM),
               1);
}

/* The certificate of the session is the peer's on both sides, but a server with
 * two cannot tell which that was. */
Test(end_point_binding, outlives_a_session)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (int has_two = 0; has_two < 2; has_two++) {
      X509 *cert = data_file_x509("server-ecdsa.pem");
      unsigned char by_hand[EVP_MAX_MD_SIZE];
      unsigned len = 0;
      test_pair pair;
      struct data data;

      options.tune_server = has_two ? add_rsa : NULL;
      pair = resumption_open_resumed(&options);
      cr_assert_eq(X509_digest(cert, EVP_sha256(), by_hand, &len), 1);
      expect_data(get(pair.client), by_hand, len, label);
      data = get(pair.server);
      if (has_two)
        expect_misuse(data.result, &data.err, "no certain one");
      else
        expect_data(data, by_hand, len, label);
      pair_free(&pair);
      X509_free(cert);
    }
}

/* Of two certificates, the one that this handshake showed. */
Test(end_point_binding, is_of_the_certificate_in_use)
{
  pair_options options = {.tune_server = add_rsa};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    struct data data = get(pair.client);

    expect_data(get(pair.server), data.bytes, data.len, label);
    pair_free(&pair);
  }
}
