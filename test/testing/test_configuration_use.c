/* SPDX-License-Identifier: MIT */
/* test_configuration_use: what cannot be made, and that what is made works. */
#include <stdio.h>
#include <string.h>

#include "description.h"
#include "seeded_pair.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(configuration_use);

#define PSK_KEY \
  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
#define NAME "server-name: localhost\n"

/* --- what cannot be made --- */

static void expect_refusal(stls_role role, const char *text, stls_result result,
                           const char *message)
{
  stls_testing *testing = description_world();
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(description_apply(testing, role, text, &object, &err), result,
                text);
  cr_expect(strstr(err.message, message) == err.message, "%s: \"%s\"", text,
            err.message);
  cr_expect_null(object);
  stls_testing_free(testing);
}

Test(configuration_use, refuses_what_it_cannot_make)
{
  expect_refusal(STLS_SERVER, "credential: custom 0011\n",
                 STLS_ERROR_UNSUPPORTED, "credential: a replay cannot make");
  expect_refusal(STLS_CLIENT, "trust: custom\n" NAME, STLS_ERROR_UNSUPPORTED,
                 "trust: a replay cannot make");
  expect_refusal(STLS_CLIENT, "session: custom\n" NAME, STLS_ERROR_UNSUPPORTED,
                 "session: a replay cannot make");
}

Test(configuration_use, refuses_other_forms)
{
  static const char *const server[] = {
      "versions: TLSv1.2",
      "versions: TLSv1.2 TLSv9",
      "versions: TLSv1.2 TLSv1.3 ",
      "security-level: x",
      "security-level: +1",
      "options: 5",
      "options: 0x5x",
      "ciphers: nope",
      "groups: nope",
      "alpn: a%2",
      "alpn: a%41",
      "alpn: a ",
      "alpn-policy: maybe",
      "trust: yes",
      "credential: nope",
      "credential: ecdsa  rsa",
      "verify-mode: 1",
      "ticket-keys: 0g",
      "ticket-keys: 000",
      "ticket-keys: 00AB",
      "psk: somebody",
      "psk: somebody 00 sha1",
      "records: some",
      "choose-context: no",
      "limit.tickets: ",
  };

  for (size_t i = 0; i < sizeof server / sizeof server[0]; i++) {
    char text[64], name[64];
    stls_testing *testing = description_world();
    stls_object *object = NULL;
    stls_error err = STLS_ERROR_INIT;
    stls_result result;

    snprintf(text, sizeof text, "%s\n", server[i]);
    snprintf(name, sizeof name, "%.*s: ", (int)strcspn(server[i], ":"),
             server[i]);
    result = description_apply(testing, STLS_SERVER, text, &object, &err);
    cr_expect(result == STLS_ERROR_INPUT || result == STLS_ERROR_MISUSE, "%s%s",
              text, stls_result_name(result));
    cr_expect(strstr(err.message, name) == err.message, "%s%s", text,
              err.message);
    stls_object_free(object);
    stls_testing_free(testing);
  }
}

Test(configuration_use, says_custom_of_what_is_not_of_the_library)
{
  stls_testing *testing = description_world();
  stls_context *context = NULL;
  stls_credential *credential = NULL;
  stls_trust *trust = NULL;
  stls_object *object = NULL;
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  OSSL_LIB_CTX *libctx = stls_testing_libctx(testing);
  const char *text;

  options.server_name = "localhost";
  source.chain_file = data_file_path("client-ecdsa.pem");
  source.key_file = data_file_path("client-ecdsa.key");
  cr_assert_eq(stls_testing_context(testing, STLS_CLIENT, &context, NULL),
               STLS_OK);
  cr_assert_eq(
      stls_credential_new_pem(&source, libctx, NULL, &credential, NULL),
      STLS_OK);
  cr_assert_eq(stls_context_set_credential(context, credential, NULL), STLS_OK);
  cr_assert_eq(stls_trust_new(libctx, NULL, &trust, NULL), STLS_OK);
  cr_assert_eq(stls_trust_add_file(trust, data_file_path("ca.pem"), NULL),
               STLS_OK);
  cr_assert_eq(stls_context_set_trust(context, trust, NULL), STLS_OK);
  cr_assert_eq(stls_object_new(context, NULL, NULL, &options, &object, NULL),
               STLS_OK);
  text = description_of(object);
  cr_expect(strstr(text, "trust: custom\n"), "%s", text);
  cr_expect(strstr(text, "credential: custom "), "%s", text);
  cr_expect_eq(strcspn(strstr(text, "credential: custom ") + 19, "\n"), 64u);
  stls_object_free(object);
  stls_trust_free(trust);
  stls_credential_free(credential);
  stls_context_free(context);
  stls_testing_free(testing);
}

/* --- what is made works --- */

static stls_session *take_session(seeded_pair *pair, stls_protocol version)
{
  stls_session *session = NULL;
  seeded_options options = {.seed = 1, .version = version};

  *pair = seeded_pair_new(&options);
  seeded_pair_make_contexts(pair);
  seeded_pair_make_objects(pair, NULL);
  cr_assert_eq(seeded_pair_handshake(pair), STLS_OK);
  (void)pair_drain(pair->client.object, (char[16]){0}, 16, &(size_t){0});
  cr_assert_eq(stls_object_take_session(pair->client.object, &session, NULL),
               STLS_OK);
  return session;
}

Test(configuration_use, an_offered_session_is_described)
{
  seeded_pair pair;
  stls_session *session = take_session(&pair, STLS_TLS_1_2);
  uint8_t data[4096];
  size_t len = 0;
  char text[8192] = NAME "session: ";
  const char *got;

  cr_assert_not_null(session);
  seeded_pair_make_objects(&pair, session);
  got = description_of(pair.client.object);
  cr_expect(strstr(got, "session: custom\n"), "%s", got);
  cr_assert_eq(stls_session_serialize(session, data, sizeof data, &len, NULL),
               STLS_OK);
  for (size_t i = 0; i < len; i++)
    snprintf(text + strlen(text), 3, "%02x", data[i]);
  strcat(text, "\n");
  description_expect_identity(STLS_CLIENT, text);
  stls_session_free(session);
  seeded_pair_free(&pair);
}

static void replace_objects(seeded_pair *pair, const char *client,
                            const char *server)
{
  stls_object_free(pair->client.object);
  stls_object_free(pair->server.object);
  pair->client.object = pair->server.object = NULL;
  EXPECT_RESULT(description_apply(pair->client.testing, STLS_CLIENT, client,
                                  &pair->client.object, NULL),
                STLS_OK, client);
  EXPECT_RESULT(description_apply(pair->server.testing, STLS_SERVER, server,
                                  &pair->server.object, NULL),
                STLS_OK, server);
}

Test(configuration_use, made_endpoints_connect)
{
  static const struct {
    const char *client, *server;
    stls_result result;
  } pairs[] = {
      {NAME, "", STLS_OK},
      {"versions: TLSv1.2 TLSv1.2\n" NAME, "credential: rsa\n", STLS_OK},
      {"versions: TLSv1.3 TLSv1.3\npsk: somebody " PSK_KEY "\n" NAME,
       "psk: somebody " PSK_KEY "\n", STLS_OK},
      {"psk: somebody " PSK_KEY " sha384\n"
       "ciphersuites: TLS_AES_256_GCM_SHA384\n" NAME,
       "psk: somebody " PSK_KEY " sha384\n", STLS_OK},
      {"versions: TLSv1.2 TLSv1.2\nciphers: PSK-AES128-GCM-SHA256\n"
       "psk: somebody " PSK_KEY "\n" NAME,
       "ciphers: PSK-AES128-GCM-SHA256\npsk: somebody " PSK_KEY "\n", STLS_OK},
      {"credential: client\n" NAME, "trust: ca\nverify-mode: required\n",
       STLS_OK},
      {NAME, "credential: wrong-name\n", STLS_ERROR_CERTIFICATE},
      {"trust: none\n" NAME, "", STLS_ERROR_CERTIFICATE},
  };
  const seeded_options options = {.seed = 1};
  seeded_pair pair = seeded_pair_new(&options);

  for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
    replace_objects(&pair, pairs[i].client, pairs[i].server);
    EXPECT_RESULT(seeded_pair_handshake(&pair), pairs[i].result,
                  expect_label("%s|%s", pairs[i].client, pairs[i].server));
  }
  seeded_pair_free(&pair);
}
