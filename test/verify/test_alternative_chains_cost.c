/* SPDX-License-Identifier: MIT */
/* test_alternative_chains_cost: public-key operations of a search among several
 * chains. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rsa.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include <sanstls/verify.h>

#include "support/cert_builder.h"
#include "support/crl_builder.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"

SUITE(alternative_chains_cost, .timeout = 120);

enum {
  FLAGS = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST |
          X509_V_FLAG_CRL_CHECK,
  NUM_MIDDLES = 8,
  NUM_LISTS = 40
};

/* What a peer has made up. Its key may be slow: of up to 3072 bits OpenSSL takes
 * any exponent (OPENSSL_RSA_SMALL_MODULUS_BITS in <openssl/rsa.h>). */
static struct {
  EVP_PKEY *key, *leaf_key;
  BIGNUM *modulus;
  X509 *middles[NUM_MIDDLES], *leaf;
} hostile;

static int num_used;

/* As OpenSSL's own. */
static int count(int len, const unsigned char *from, unsigned char *to,
                 RSA *rsa, int padding)
{
  if (hostile.modulus != NULL && BN_cmp(RSA_get0_n(rsa), hostile.modulus) == 0)
    num_used++;
  return RSA_meth_get_pub_dec(RSA_PKCS1_OpenSSL())(len, from, to, rsa, padding);
}

static void make_hostile(void)
{
  static const cert_builder_order middle = {.name = "middle",
                                            .subject = "middle",
                                            .is_ca = true},
                                  leaf = {.name = "leaf"};

  hostile.key = cert_builder_key("RSA-2048");
  hostile.leaf_key = cert_builder_key("P-256");
  cr_assert_eq(EVP_PKEY_get_bn_param(hostile.key, "n", &hostile.modulus), 1);
  /* It says that the root has issued it, which has not. */
  for (int i = 0; i < NUM_MIDDLES; i++)
    hostile.middles[i] = cert_builder_new(
        &middle, hostile.key, pki_cert("root"), pki_key("stranger"));
  hostile.leaf = cert_builder_new(&leaf, hostile.leaf_key, hostile.middles[0],
                                  hostile.key);
}

static void free_hostile(void)
{
  for (int i = 0; i < NUM_MIDDLES; i++) X509_free(hostile.middles[i]);
  X509_free(hostile.leaf);
  EVP_PKEY_free(hostile.key);
  EVP_PKEY_free(hostile.leaf_key);
  BN_free(hostile.modulus);
}

static void present(stls_context *context)
{
  SSL_CTX *ctx = stls_context_ssl_ctx(context);
  STACK_OF(X509) *chain = sk_X509_new_null();

  for (int i = 0; i < NUM_MIDDLES; i++)
    cr_assert_gt(sk_X509_push(chain, hostile.middles[i]), 0);
  SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
  cr_assert_eq(
      SSL_CTX_use_cert_and_key(ctx, hostile.leaf, hostile.leaf_key, chain, 1),
      1);
  sk_X509_free(chain);
}

/* The root, and many lists with the name of an intermediate, whose signatures
 * its key has to be used for. */
static void trust(stls_context *context)
{
  stls_trust *anchors = pki_trust_new("root");

  for (unsigned i = 0; i < NUM_LISTS; i++) {
    char from[24];
    const crl_builder_order order = {
        .issuer = "middle", .signer = "rsa", .from = from};
    size_t len = 0;
    unsigned char *der;
    snprintf(from, sizeof from, "202001010000%02uZ", i);
    der = crl_builder_encode(&order, false, &len);
    ASSERT_RESULT(stls_trust_add_crl(anchors, der, len, NULL), STLS_OK, "list");
    OPENSSL_free(der);
  }
  ASSERT_RESULT(stls_context_set_trust(context, anchors, NULL), STLS_OK,
                "trust");
  stls_trust_free(anchors);
  ASSERT_RESULT(stls_context_set_verify_flags(context, FLAGS, NULL), STLS_OK,
                "flags");
}

/* Once by OpenSSL's own verification, whichever paths and lists there are. */
Test(alternative_chains_cost, use_no_key_that_a_peer_made_up)
{
  RSA_METHOD *method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
  pair_options options = {.server_credential = "",
                          .client_trust = "",
                          .tune_client = trust,
                          .tune_server = present};
  stls_error err = STLS_ERROR_INIT;
  test_pair pair;

  cr_assert_eq(RSA_meth_set_pub_dec(method, count), 1);
  RSA_set_default_method(method);
  make_hostile();
  /* So it is counted. */
  cr_expect_eq(X509_verify(hostile.leaf, X509_get0_pubkey(hostile.middles[0])),
               1);
  cr_expect_eq(num_used, 1);
  num_used = 0;
  pair = pair_new(&options);
  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "handshake");
  (void)stls_object_error(pair.client, &err);
  cr_expect_eq(err.verify_code, X509_V_ERR_CRL_SIGNATURE_FAILURE, "%ld: %s",
               err.verify_code, err.message);
  cr_expect_eq(num_used, 1, "%d", num_used);
  pair_free(&pair);
  free_hostile();
  pki_free();
  RSA_set_default_method(RSA_PKCS1_OpenSSL());
  RSA_meth_free(method);
}
