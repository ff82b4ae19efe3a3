/* SPDX-License-Identifier: MIT */
/* test_testing_world: contexts of a world: its clock, and its fixed credentials. */
#include <openssl/x509_vfy.h>
#include <string.h>

#include "seeded_pair.h"
#include "support/expect.h"

SUITE(testing_world);

#define YEAR INT64_C(31556952)

static const seeded_options plain = {.seed = 1};

static stls_result shake_hands(seeded_pair *pair)
{
  seeded_pair_make_objects(pair, NULL);
  return seeded_pair_handshake(pair);
}

static const char *describe(const stls_object *object)
{
  static char line[STLS_DESCRIPTION_SIZE];
  size_t len = 0;

  cr_assert_eq(stls_object_describe(object, line, sizeof line, &len, NULL),
               STLS_OK);
  return line;
}

Test(testing_world, describe_says_it)
{
  seeded_pair pair = seeded_pair_new(&plain);
  stls_context *context = NULL;
  stls_object *object = NULL;

  seeded_pair_make_contexts(&pair);
  ASSERT_RETURNS(shake_hands(&pair), STLS_OK);
  cr_expect(strstr(describe(pair.client.object), " insecure randomness"));
  cr_expect(strstr(describe(pair.server.object), " insecure randomness"));
  cr_assert_eq(stls_context_new_server(NULL, NULL, &context, NULL), STLS_OK);
  cr_assert_eq(stls_object_new(context, NULL, NULL, NULL, &object, NULL),
               STLS_OK);
  cr_expect_null(strstr(describe(object), "insecure"));
  stls_object_free(object);
  stls_context_free(context);
  seeded_pair_free(&pair);
}

Test(testing_world, contexts_go_by_the_clock)
{
  seeded_pair pair = seeded_pair_new(&plain);

  seeded_pair_make_contexts(&pair);
  EXPECT_RETURNS(shake_hands(&pair), STLS_OK);
  /* The certificate is valid from 2000 to 2199. */
  stls_testing_set_time(pair.client.testing, SEEDED_NOW - 40 * YEAR);
  EXPECT_RETURNS(shake_hands(&pair), STLS_ERROR_CERTIFICATE);
  stls_testing_set_time(pair.client.testing, SEEDED_NOW + 200 * YEAR);
  EXPECT_RETURNS(shake_hands(&pair), STLS_ERROR_CERTIFICATE);
  stls_testing_set_time(pair.client.testing, SEEDED_NOW);
  EXPECT_RETURNS(shake_hands(&pair), STLS_OK);
  seeded_pair_free(&pair);
}

static int64_t show_1980(void *data)
{
  (void)data;
  return 10 * YEAR;
}

Test(testing_world, a_clock_of_the_context_counts_before_the_world_s)
{
  seeded_pair pair = seeded_pair_new(&plain);

  seeded_pair_make_contexts(&pair);
  cr_assert_eq(
      stls_context_set_clock(pair.client.context, show_1980, NULL, NULL),
      STLS_OK);
  EXPECT_RETURNS(shake_hands(&pair), STLS_ERROR_CERTIFICATE);
  seeded_pair_make_contexts(&pair);
  cr_assert_eq(
      stls_context_set_clock(pair.client.context, show_1980, NULL, NULL),
      STLS_OK);
  cr_assert_eq(stls_context_set_clock(pair.client.context, NULL, NULL, NULL),
               STLS_OK);
  EXPECT_RETURNS(shake_hands(&pair), STLS_OK);
  stls_testing_set_time(pair.client.testing, STLS_CLOCK_FIRST);
  EXPECT_RETURNS(shake_hands(&pair), STLS_ERROR_CERTIFICATE);
  seeded_pair_free(&pair);
}

Test(testing_world, credentials_are_what_they_are_called)
{
  static const struct {
    const char *name;
    int verify_code;
  } rows[] = {
      {"ecdsa", X509_V_OK},
      {"rsa", X509_V_OK},
      {"ed25519", X509_V_OK},
      {"chain", X509_V_OK},
      {"expired", X509_V_ERR_CERT_HAS_EXPIRED},
      {"not-yet-valid", X509_V_ERR_CERT_NOT_YET_VALID},
      {"wrong-name", X509_V_ERR_HOSTNAME_MISMATCH},
      {"unknown-ca", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
      {"self-signed", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
      {"client", X509_V_ERR_INVALID_PURPOSE},
  };

  cr_assert_eq(stls_testing_credential_count(), sizeof rows / sizeof rows[0]);
  cr_expect_null(stls_testing_credential_name(sizeof rows / sizeof rows[0]));
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const seeded_options options = {.seed = i, .credential = rows[i].name};
    seeded_pair pair = seeded_pair_new(&options);
    stls_error err = STLS_ERROR_INIT;

    cr_expect_str_eq(stls_testing_credential_name(i), rows[i].name);
    seeded_pair_make_contexts(&pair);
    EXPECT_RESULT(
        shake_hands(&pair),
        rows[i].verify_code == X509_V_OK ? STLS_OK : STLS_ERROR_CERTIFICATE,
        rows[i].name);
    if (rows[i].verify_code != X509_V_OK)
      stls_object_error(pair.client.object, &err);
    cr_expect_eq(err.verify_code, rows[i].verify_code, "%s: %s", rows[i].name,
                 err.message);
    seeded_pair_free(&pair);
  }
}

Test(testing_world, gives_pem_for_programs_that_read_files)
{
  const char *ca = stls_testing_chain_pem("ca");

  cr_assert_not_null(ca);
  cr_expect(strstr(ca, "BEGIN CERTIFICATE"));
  cr_expect_null(stls_testing_key_pem("ca"));
  for (size_t i = 0; i < stls_testing_credential_count(); i++) {
    const char *name = stls_testing_credential_name(i);

    cr_expect(strstr(stls_testing_chain_pem(name), "BEGIN CERTIFICATE"));
    cr_expect(strstr(stls_testing_key_pem(name), "BEGIN PRIVATE KEY"));
  }
  cr_expect_null(stls_testing_chain_pem("none"));
  cr_expect_null(stls_testing_chain_pem(NULL));
  cr_expect_null(stls_testing_key_pem("none"));
  cr_expect_null(stls_testing_key_pem(NULL));
}

Test(testing_world, says_what_is_wrong_with_arguments)
{
  seeded_pair pair = seeded_pair_new(&plain);
  stls_testing *testing = pair.client.testing;
  stls_credential *credential = NULL;
  stls_context *context = NULL;
  stls_trust *trust = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(stls_testing_credential(testing, "ecdsa2", &credential, &err),
                 STLS_ERROR_INPUT);
  cr_expect_eq(err.own_reason, STLS_REASON_UNKNOWN_NAME);
  cr_expect(strstr(err.message, "\"ecdsa2\""));
  EXPECT_RETURNS(stls_testing_credential(NULL, "rsa", &credential, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_credential(testing, NULL, &credential, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_credential(testing, "rsa", NULL, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_trust(NULL, &trust, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_trust(testing, NULL, &err), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_context(NULL, STLS_CLIENT, &context, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_context(testing, STLS_CLIENT, NULL, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_testing_context(testing, (stls_role)7, &context, &err),
                 STLS_ERROR_MISUSE);
  cr_expect(credential == NULL && context == NULL && trust == NULL);
  seeded_pair_free(&pair);
}
