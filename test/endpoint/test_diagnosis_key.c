/* SPDX-License-Identifier: MIT */
/* test_diagnosis_key: peers whose certificate or key is broken. */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/verify.h>

#include "support/cert_builder.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(diagnosis_key);

/* The key that signs, and what its certificate says of it. */
static EVP_PKEY *key;
static X509 *broken;

typedef enum flaw {
  /* RSA keys that decode: the modulus 0, for which OpenSSL 3.0 says that memory
   * ran out, and 1; an exponent of 0. */
  FLAW_MODULUS_0,
  FLAW_MODULUS_1,
  FLAW_EXPONENT_0,
  /* A key that does not decode. */
  FLAW_CUT,
  NUM_FLAWS
} flaw;

static const struct {
  const char *name;
  const unsigned char spki[8];
  size_t len;
} flaws[NUM_FLAWS] = {
    {"modulus 0", {0x30, 6, 2, 1, 0, 2, 1, 3}, 8},
    {"modulus 1", {0x30, 6, 2, 1, 1, 2, 1, 3}, 8},
    {"exponent 0", {0x30, 6, 2, 1, 35, 2, 1, 0}, 8},
    {"cut off", {0x30, 6, 2, 1, 35}, 5},
};

static X509 *self_signed(void)
{
  cert_builder_order order = {.name = "broken", .key = "RSA-2048"};

  if (key == NULL) key = cert_builder_key("RSA-2048");
  return cert_builder_new(&order, key, NULL, key);
}

static void spoil(X509 *x509, flaw kind)
{
  unsigned char *spki = OPENSSL_memdup(flaws[kind].spki, flaws[kind].len);

  cr_assert_eq(X509_PUBKEY_set0_param(
                   X509_get_X509_PUBKEY(x509), OBJ_nid2obj(NID_rsaEncryption),
                   V_ASN1_NULL, NULL, spki, (int)flaws[kind].len),
               1);
  cr_assert_gt(X509_sign(x509, key, EVP_sha256()), 0);
}

static void tolerate(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_security_level(context, 0, NULL),
                 STLS_OK);
}

/* libssl would not take it: it is spoilt when it has. */
static void present(stls_context *context)
{
  SSL_CTX *ctx = stls_context_ssl_ctx(context);

  tolerate(context);
  broken = self_signed();
  cr_assert_eq(SSL_CTX_use_cert_and_key(ctx, broken, key, NULL, 1), 1);
  X509_free(broken);
}

static void trust_all(stls_context *context)
{
  tolerate(context);
  if (stls_context_role(context) == STLS_CLIENT)
    ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL),
                   STLS_OK);
}

static int accept_all(X509_STORE_CTX *store, void *arg)
{
  (void)store;
  (void)arg;
  return 1;
}

/* A pair of which one side presents a key with a flaw, and the other asks for
 * nothing but its signature. */
static test_pair open_pair(pair_options options, bool of_client, flaw kind)
{
  test_pair pair;

  if (of_client) {
    options.tune_client = present;
    options.tune_server = trust_all;
    options.server_verify = STLS_VERIFY_REQUIRED;
  } else {
    options.server_credential = "";
    options.tune_server = present;
    options.tune_client = trust_all;
  }
  pair = pair_new(&options);
  if (of_client)
    SSL_CTX_set_cert_verify_callback(
        SSL_get_SSL_CTX(stls_object_ssl(pair.server)), accept_all, NULL);
  spoil(broken, kind);
  return pair;
}

Test(diagnosis_key, is_no_lack_of_memory)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (int of_client = 0; of_client < 2; of_client++)
      for (int kind = 0; kind < FLAW_CUT; kind++) {
        test_pair pair = open_pair(options, of_client, (flaw)kind);
        stls_error err = STLS_ERROR_INIT;
        pair_handshake(&pair);
        EXPECT_RESULT(
            stls_object_error(of_client ? pair.server : pair.client, &err),
            STLS_ERROR_TLS, flaws[kind].name);
        cr_expect_eq(err.own_reason, STLS_REASON_NONE, "%s, %s",
                     flaws[kind].name, label);
        cr_expect_str_eq(err.reason_mnemonic, "BAD_SIGNATURE", "%s, %s: %s",
                         flaws[kind].name, label, err.message);
        cr_expect_eq(err.alert_sent, SSL_AD_DECRYPT_ERROR, "%s, %s",
                     flaws[kind].name, label);
        pair_free(&pair);
      }
  EVP_PKEY_free(key);
}

Test(diagnosis_key, says_that_it_cannot_be_read)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (int of_client = 0; of_client < 2; of_client++) {
      test_pair pair = open_pair(options, of_client, FLAW_CUT);
      stls_error err = STLS_ERROR_INIT;
      pair_handshake(&pair);
      EXPECT_RESULT(
          stls_object_error(of_client ? pair.server : pair.client, &err),
          STLS_ERROR_TLS, label);
      cr_expect_eq(err.own_reason, STLS_REASON_CERTIFICATE_BROKEN, "%s: %s",
                   label, err.message);
      cr_expect(strstr(err.message, "the peer's certificate cannot be read: "),
                "%s: %s", label, err.message);
      pair_free(&pair);
    }
  EVP_PKEY_free(key);
}

/* Moves what `from` has to say; the certificate in it is no DER any more. */
static void move_spoilt(stls_object *from, stls_object *to, X509 *cert)
{
  static unsigned char bytes[20000];
  unsigned char *der = NULL, *at = bytes;
  int der_len = i2d_X509(cert, &der);
  size_t len = 0, written;

  ASSERT_RESULT(stls_bio_read(stls_object_outgoing(from), bytes, sizeof bytes,
                              &len, NULL),
                STLS_OK, "read");
  while (at < bytes + len - der_len && memcmp(at, der, (size_t)der_len) != 0)
    at++;
  cr_assert_eq(memcmp(at, der, (size_t)der_len), 0);
  /* The tag of what is signed. */
  at[4] ^= 0x01;
  OPENSSL_free(der);
  ASSERT_RESULT(
      stls_bio_write(stls_object_incoming(to), bytes, len, &written, NULL),
      STLS_OK, "write");
  cr_assert_eq(written, len);
}

/* libssl ends with "ASN1 lib", which says nothing. On TLS 1.3 a certificate is
 * out of reach. */
Test(diagnosis_key, keeps_where_a_certificate_is_broken)
{
  for (int of_client = 0; of_client < 2; of_client++) {
    pair_options options = {.version = STLS_TLS_1_2,
                            .client_credential = "client-ecdsa",
                            .server_verify = STLS_VERIFY_REQUIRED};
    test_pair pair = pair_new(&options);
    stls_object *from = of_client ? pair.client : pair.server;
    stls_object *to = of_client ? pair.server : pair.client;
    stls_error err = STLS_ERROR_INIT;
    (void)!stls_object_handshake(pair.client);
    pair_move_all(&pair, pair.client, pair.server);
    (void)!stls_object_handshake(pair.server);
    if (of_client) {
      pair_move_all(&pair, pair.server, pair.client);
      (void)!stls_object_handshake(pair.client);
    }
    move_spoilt(from, to, SSL_get_certificate(stls_object_ssl(from)));
    EXPECT_RESULT(stls_object_handshake(to), STLS_ERROR_TLS, "spoilt");
    stls_object_error(to, &err);
    cr_expect_eq(err.own_reason, STLS_REASON_CERTIFICATE_BROKEN);
    cr_expect_str_eq(err.lib_mnemonic, "ASN1", "%s", err.message);
    cr_expect_str_eq(err.reason_mnemonic, "WRONG_TAG", "%s", err.message);
    cr_expect(strstr(err.message, "cannot be read: wrong tag"), "%s",
              err.message);
    pair_free(&pair);
  }
}

/* A certificate that the broken one has signed, before it was broken. */
static void present_signed(stls_context *context)
{
  cert_builder_order order = {
      .name = "leaf", .key = "RSA-2048", .issuer = "broken"};
  X509 *leaf = cert_builder_new(&order, key, broken, key);
  EVP_MD_CTX *signer = EVP_MD_CTX_new();
  EVP_PKEY_CTX *padding;

  tolerate(context);
  /* With the padding for which OpenSSL 3.0 wants memory. */
  cr_assert_eq(EVP_DigestSignInit(signer, &padding, EVP_sha256(), NULL, key),
               1);
  cr_assert_gt(EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING), 0);
  cr_assert_gt(X509_sign_ctx(leaf, signer), 0);
  EVP_MD_CTX_free(signer);
  cr_assert_eq(SSL_CTX_use_cert_and_key(stls_context_ssl_ctx(context), leaf,
                                        key, NULL, 1),
               1);
  X509_free(leaf);
}

static void trust_broken(stls_context *context)
{
  stls_trust *trust = NULL;
  unsigned char *der = NULL;
  int len;

  tolerate(context);
  spoil(broken, FLAW_MODULUS_0);
  len = i2d_X509(broken, &der);
  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK);
  ASSERT_RETURNS(stls_trust_add_der(trust, der, (size_t)len, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_trust(context, trust, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_insecure_hostname_any(context, NULL),
                 STLS_OK);
  stls_trust_free(trust);
  OPENSSL_free(der);
}

/* That of a trusted certificate makes the signature wrong. */
Test(diagnosis_key, of_an_issuer_is_no_lack_of_memory)
{
  pair_options options = {.server_credential = "",
                          .tune_server = present_signed,
                          .tune_client = trust_broken};
  stls_context *server, *client;
  stls_object *ends[2] = {NULL, NULL};
  stls_error err = STLS_ERROR_INIT;
  cert_builder_order order = {
      .name = "broken", .key = "RSA-2048", .is_ca = true};
  test_pair pair;

  key = cert_builder_key("RSA-2048");
  broken = cert_builder_new(&order, key, NULL, key);
  server = pair_context(&options, STLS_SERVER);
  client = pair_context(&options, STLS_CLIENT);
  ASSERT_RETURNS(stls_object_new(client, NULL, NULL, NULL, &ends[0], NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_object_new(server, NULL, NULL, NULL, &ends[1], NULL),
                 STLS_OK);
  pair = (test_pair){.client = ends[0], .server = ends[1]};
  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "issuer");
  stls_object_error(pair.client, &err);
  cr_expect_eq(err.verify_code, X509_V_ERR_CERT_SIGNATURE_FAILURE, "%s",
               err.message);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  X509_free(broken);
  EVP_PKEY_free(key);
}
