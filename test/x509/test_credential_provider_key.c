/* SPDX-License-Identifier: MIT */
/* test_credential_provider_key: keys that a provider does not export (CPython
 * #116971). */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "runner/seed.h"
#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/opaque_provider.h"
#include "support/pair.h"

SUITE(credential_provider_key);

static EVP_PKEY *read_key(const char *name)
{
  data_file file = data_file_load(name);
  const unsigned char *at = (const unsigned char *)file.data;
  EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)file.len);

  cr_assert_not_null(key);
  data_file_free(&file);
  return key;
}

static X509 *read_leaf(OSSL_LIB_CTX *libctx)
{
  data_file file = data_file_load("credential/leaf.der");
  const unsigned char *at = (const unsigned char *)file.data;
  X509 *leaf = X509_new_ex(libctx, "provider=default");

  cr_assert_not_null(d2i_X509(&leaf, &at, (long)file.len));
  data_file_free(&file);
  return leaf;
}

static stls_result shake(stls_credential *credential, OSSL_LIB_CTX *libctx)
{
  pair_options options = {.client_trust = "both-cas.pem"};
  stls_object_options with = STLS_OBJECT_OPTIONS_INIT;
  stls_context *client = pair_context(&options, STLS_CLIENT), *server = NULL;
  test_pair pair = {.feed = FEED_WHOLE};
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, libctx, NULL, &server, NULL),
      STLS_OK, "server");
  ASSERT_RESULT(stls_context_set_credential(server, credential, &err), STLS_OK,
                err.message);
  with.server_name = "server.example";
  ASSERT_RESULT(stls_object_new(client, NULL, NULL, &with, &pair.client, NULL),
                STLS_OK, "client");
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, NULL),
                STLS_OK, "server");
  result = pair_handshake(&pair);
  EXPECT_RESULT(result, STLS_OK,
                expect_label("%s; %s", pair_message(pair.client),
                             pair_message(pair.server)));
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return result;
}

Test(credential_provider_key, sign_where_they_are)
{
  stls_testing *world = seed_world_new();
  OSSL_LIB_CTX *libctx = stls_testing_libctx(world);
  EVP_PKEY *real = read_key("credential/key-ec.der");
  EVP_PKEY *key = opaque_provider_open(libctx, real);
  X509 *leaf = read_leaf(libctx), *issuer;
  STACK_OF(X509) *chain = sk_X509_new_null();
  data_file file = data_file_load("credential/issuer.der");
  const unsigned char *at = (const unsigned char *)file.data;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  issuer = d2i_X509(NULL, &at, (long)file.len);
  cr_assert_gt(sk_X509_push(chain, issuer), 0);
  ASSERT_RESULT(stls_credential_new_x509(leaf, chain, key, libctx, NULL,
                                         &credential, &err),
                STLS_OK, err.message);
  EXPECT_RESULT(shake(credential, libctx), STLS_OK, "handshake");
  cr_expect_gt(opaque_provider_num_signatures(), 0);
  stls_credential_free(credential);
  sk_X509_pop_free(chain, X509_free);
  X509_free(leaf);
  EVP_PKEY_free(key);
  EVP_PKEY_free(real);
  data_file_free(&file);
  opaque_provider_close();
  stls_testing_free(world);
}

Test(credential_provider_key, are_compared_by_what_they_show)
{
  stls_testing *world = seed_world_new();
  OSSL_LIB_CTX *libctx = stls_testing_libctx(world);
  EVP_PKEY *real = EVP_EC_gen("P-256");
  EVP_PKEY *key = opaque_provider_open(libctx, real);
  X509 *leaf = read_leaf(libctx);
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_credential_new_x509(leaf, NULL, key, libctx, NULL,
                                         &credential, &err),
                STLS_ERROR_INPUT, "another's");
  cr_expect(strstr(err.message, "does not match"), "%s", err.message);
  X509_free(leaf);
  EVP_PKEY_free(key);
  EVP_PKEY_free(real);
  opaque_provider_close();
  stls_testing_free(world);
}
