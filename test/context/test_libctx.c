/* SPDX-License-Identifier: MIT */
/* test_libctx: every object is made in the caller's OSSL_LIB_CTX. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "runner/seed.h"
#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(libctx);

static stls_object *new_side(OSSL_LIB_CTX *libctx, const char *propq,
                             stls_role role, const char *encrypted)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  stls_credential *credential = NULL;
  stls_context *context = NULL;
  stls_object *object = NULL;
  stls_trust *trust = NULL;
  stls_error err = STLS_ERROR_INIT;

  source.chain_file = data_file_path("server-ecdsa.pem");
  source.key_file = data_file_path(encrypted);
  secret.data = TEST_PASSPHRASE;
  secret.len = strlen(TEST_PASSPHRASE);
  source.passphrase = &secret;
  ASSERT_RESULT(
      stls_credential_new_pem(&source, libctx, propq, &credential, &err),
      STLS_OK, err.message);
  ASSERT_RESULT(stls_trust_new(libctx, propq, &trust, &err), STLS_OK,
                err.message);
  ASSERT_RESULT(stls_trust_add_file(trust, data_file_path("ca.pem"), &err),
                STLS_OK, err.message);
  ASSERT_RESULT(
      stls_context_new_without_trust(role, libctx, propq, &context, &err),
      STLS_OK, err.message);
  ASSERT_RESULT(stls_context_set_credential(context, credential, &err), STLS_OK,
                err.message);
  ASSERT_RETURNS(stls_context_set_trust(context, trust, &err), STLS_OK);
  if (role == STLS_CLIENT) options.server_name = "server.example";
  ASSERT_RESULT(stls_object_new(context, NULL, NULL, &options, &object, &err),
                STLS_OK, err.message);
  stls_credential_free(credential);
  stls_trust_free(trust);
  stls_context_free(context);
  return object;
}

/* With the default library context unable to fetch anything, whatever still
 * asked it would fail. */
Test(libctx, of_the_caller_is_the_only_one_used)
{
  stls_testing *world = seed_world_new();
  OSSL_LIB_CTX *libctx = stls_testing_libctx(world);
  test_pair pair = {.feed = FEED_WHOLE};

  cr_assert_eq(EVP_set_default_properties(NULL, "provider=nobody"), 1);
  pair.client =
      new_side(libctx, NULL, STLS_CLIENT, "server-ecdsa-encrypted.key");
  pair.server =
      new_side(libctx, NULL, STLS_SERVER, "server-ecdsa-encrypted.key");
  EXPECT_RESULT(pair_handshake(&pair), STLS_OK,
                expect_label("%s; %s", pair_message(pair.client),
                             pair_message(pair.server)));
  pair_transfer(&pair, pair.client, pair.server, 100);
  pair_free(&pair);
  stls_testing_free(world);
}

static stls_object *meet_again(stls_object *before, const char *server_name,
                               stls_session *session)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  options.server_name = server_name;
  options.session = session;
  ASSERT_RESULT(stls_object_new(stls_object_context(before), NULL, NULL,
                                &options, &object, &err),
                STLS_OK, err.message);
  return object;
}

/* Tickets of keys that were set, and sessions as bytes. */
Test(libctx, of_the_caller_is_what_sessions_use)
{
  static const unsigned char key[STLS_TICKET_KEY_LEN] = "name";
  stls_testing *world = seed_world_new();
  OSSL_LIB_CTX *libctx = stls_testing_libctx(world);
  stls_session *session = NULL, *copy = NULL;
  unsigned char form[4000];
  stls_error err = STLS_ERROR_INIT;
  test_pair first = {.feed = FEED_WHOLE}, second = {.feed = FEED_WHOLE};
  size_t len;

  cr_assert_eq(EVP_set_default_properties(NULL, "provider=nobody"), 1);
  first.client =
      new_side(libctx, NULL, STLS_CLIENT, "server-ecdsa-encrypted.key");
  first.server =
      new_side(libctx, NULL, STLS_SERVER, "server-ecdsa-encrypted.key");
  ASSERT_RESULT(stls_context_set_ticket_keys(stls_object_context(first.server),
                                             key, sizeof key, &err),
                STLS_OK, err.message);
  ASSERT_RESULT(pair_handshake(&first), STLS_OK, pair_message(first.client));
  pair_transfer(&first, first.server, first.client, 1);
  ASSERT_RESULT(stls_object_take_session(first.client, &session, &err), STLS_OK,
                err.message);
  cr_assert_not_null(session);
  ASSERT_RESULT(stls_session_serialize(session, form, sizeof form, &len, &err),
                STLS_OK, err.message);
  ASSERT_RESULT(
      stls_session_new_serialized(form, len, libctx, NULL, &copy, &err),
      STLS_OK, err.message);
  second.client = meet_again(first.client, "server.example", copy);
  second.server = meet_again(first.server, NULL, NULL);
  ASSERT_RESULT(pair_handshake(&second), STLS_OK, pair_message(second.client));
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(second.client)));
  cr_expect(stls_conninfo_peer_verified(stls_object_conninfo(second.client)));
  stls_session_free(session);
  stls_session_free(copy);
  pair_free(&first);
  pair_free(&second);
  stls_testing_free(world);
}

static const credential_load loads[] = {
    {"", "PEM", LOAD_PEM, "server-ecdsa.pem", "server-ecdsa-encrypted.key",
     "secret", STLS_OK, 1, NULL, NULL},
    {"", "DER", LOAD_DER, "credential/chain.der",
     "credential/key-encrypted.der", "secret", STLS_OK, 2, NULL, NULL},
    {"", "PKCS #12", LOAD_PKCS12, "credential/chain.p12", NULL, "secret",
     STLS_OK, 2, NULL, NULL},
    {"", "triple DES", LOAD_PKCS12_FILE, "credential/chain-3des.p12", NULL,
     "secret", STLS_OK, 2, NULL, NULL},
    {"", "URI", LOAD_URI, "credential/all-encrypted.pem", NULL, "secret",
     STLS_OK, 2, NULL, NULL},
};

Test(libctx, of_the_caller_is_what_loaders_use)
{
  stls_testing *world = seed_world_new();
  OSSL_LIB_CTX *libctx = stls_testing_libctx(world);
  stls_passphrase secret = STLS_PASSPHRASE_INIT;

  secret.data = TEST_PASSPHRASE;
  secret.len = strlen(TEST_PASSPHRASE);
  cr_assert_eq(EVP_set_default_properties(NULL, "provider=nobody"), 1);
  for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
    stls_credential *credential = NULL;
    stls_context *server = NULL;
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(
        credential_load_with(&loads[i], &secret, libctx, &credential, &err),
        STLS_OK, err.message);
    ASSERT_RESULT(stls_context_new_without_trust(STLS_SERVER, libctx, NULL,
                                                 &server, NULL),
                  STLS_OK, "server");
    EXPECT_RESULT(stls_context_set_credential(server, credential, &err),
                  STLS_OK, err.message);
    EXPECT_RESULT(stls_context_set_dh_params_file(
                      server, data_file_path("credential/dh-2048.pem"), &err),
                  STLS_OK, err.message);
    cr_expect_eq(credential_load_count(credential), loads[i].num_certificates);
    stls_credential_free(credential);
    stls_context_free(server);
  }
  stls_testing_free(world);
}

/* The legacy provider, where somebody has loaded it. */
Test(libctx, may_have_the_legacy_provider)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(libctx, "legacy");
  OSSL_PROVIDER *standard = OSSL_PROVIDER_load(libctx, "default");
  credential_load row = loads[2];
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (legacy == NULL) cr_skip_test("no legacy provider");
  secret.data = TEST_PASSPHRASE;
  secret.len = strlen(TEST_PASSPHRASE);
  row.chain = "credential/chain-legacy.p12";
  EXPECT_RESULT(credential_load_with(&row, &secret, libctx, &credential, &err),
                STLS_OK, err.message);
  stls_credential_free(credential);
  OSSL_PROVIDER_unload(legacy);
  OSSL_PROVIDER_unload(standard);
  OSSL_LIB_CTX_free(libctx);
}

/* A query that nothing satisfies shows that it is passed on. */
Test(libctx, is_asked_with_the_property_query)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_context_new_without_trust(
                    STLS_CLIENT, NULL, "provider=nobody", &context, &err),
                STLS_ERROR_UNSUPPORTED, err.message);
  cr_expect_null(context);
}
