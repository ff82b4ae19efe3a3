/* SPDX-License-Identifier: MIT */
/* test_dh_params: the group of a server's ephemeral Diffie-Hellman keys. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(dh_params);

#define DIR "credential/"
#define DHE "DHE-RSA-AES128-GCM-SHA256"

static const struct row {
  const char *source;
  const char *name;
  stls_result want;
  const char *text;
} rows[] = {
    {"CPython, load_dh_params", DIR "dh-2048.pem", STLS_OK, ""},
    {"PKCS #3", DIR "dh-2048.der", STLS_OK, ""},
    {"X9.42", DIR "dhx-2048.pem", STLS_OK, ""},
    {"SSL_CTX_set_security_level(3)", DIR "dh-1024.pem", STLS_ERROR_INPUT,
     "dh-1024.pem:1: DH parameters: dh key too small"},
    {"CPython, NO_START_LINE", "server-rsa.pem", STLS_ERROR_INPUT,
     "server-rsa.pem: no start line"},
    {"CPython, NO_START_LINE", "broken-empty.pem", STLS_ERROR_INPUT,
     "broken-empty.pem: no start line"},
    {"PEM", DIR "dh-cut.pem", STLS_ERROR_INPUT,
     "dh-cut.pem:2: the block \"DH PARAMETERS\" has no matching END"},
    {"PEM", DIR "dh-broken.pem", STLS_ERROR_INPUT,
     "dh-broken.pem:2: DH parameters"},
    {"RFC 1421", DIR "dh-encrypted.pem", STLS_ERROR_INPUT,
     "dh-encrypted.pem:1: DH parameters"},
    {"DER of another kind", DIR "leaf.der", STLS_ERROR_INPUT,
     "leaf.der: DH parameters"},
    {"DER of another kind", DIR "key-ec.der", STLS_ERROR_INPUT,
     "key-ec.der: DH parameters"},
    {"CPython, FileNotFoundError", "missing.pem", STLS_ERROR_INPUT,
     "missing.pem: No such file"},
};

static stls_context *new_server(void);
static void use_dhe(stls_context *context);
static void use_params(stls_context *context);

Test(dh_params, are_read)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_context *server = new_server();
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(stls_context_set_dh_params_file(
                      server, data_file_path(rows[i].name), &err),
                  rows[i].want, rows[i].name);
    cr_expect(strstr(err.message, rows[i].text), "%s: \"%s\"", rows[i].name,
              err.message);
    if (strcmp(rows[i].name, "missing.pem") != 0) {
      data_file file = data_file_load(rows[i].name);
      EXPECT_RESULT(
          stls_context_set_dh_params(server, file.data, file.len, &err),
          rows[i].want, rows[i].name);
      data_file_free(&file);
    }
    stls_context_free(server);
  }
}

Test(dh_params, need_their_arguments)
{
  stls_context *server = new_server(), *client = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, NULL),
      STLS_OK, "client");
  expect_misuse(stls_context_set_dh_params(NULL, "x", 1, &err), &err,
                "context");
  expect_misuse(stls_context_set_dh_params(server, NULL, 1, &err), &err,
                "data is NULL");
  expect_misuse(stls_context_set_dh_params_file(server, NULL, &err), &err,
                "path is NULL");
  expect_misuse(stls_context_set_dh_params_file(
                    client, data_file_path(DIR "dh-2048.pem"), &err),
                &err, "server");
  ASSERT_RESULT(stls_context_seal(server, NULL), STLS_OK, "seal");
  expect_misuse(stls_context_set_dh_params_file(
                    server, data_file_path(DIR "dh-2048.pem"), &err),
                &err, "sealed");
  expect_misuse(stls_context_set_dh_params(server, NULL, 0, &err), &err,
                "sealed");
  expect_misuse(stls_context_set_dh_params(client, NULL, 0, &err), &err,
                "server");
  stls_context_free(server);
  stls_context_free(client);
}

Test(dh_params, are_refused_when_cut)
{
  data_file file = data_file_load(DIR "dh-2048.der");
  stls_context *server = new_server();

  for (size_t len = 0; len <= file.len + 1; len++)
    EXPECT_RESULT(stls_context_set_dh_params(server, file.data, len, NULL),
                  len == file.len ? STLS_OK : STLS_ERROR_INPUT, "cut");
  data_file_free(&file);
  stls_context_free(server);
}

/* The client sees the server's group: its size tells. */
Test(dh_params, are_used)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .server_credential = "server-rsa",
                          .tune_client = use_dhe,
                          .tune_server = use_params};
  test_pair pair = pair_open(&options);
  EVP_PKEY *share = NULL;

  cr_expect_str_eq(stls_conninfo_cipher_name(stls_object_conninfo(pair.client)),
                   DHE);
  cr_assert_eq(SSL_get_peer_tmp_key(stls_object_ssl(pair.client), &share), 1);
  cr_expect_eq(EVP_PKEY_get_bits(share), 2048);
  EVP_PKEY_free(share);
  pair_transfer(&pair, pair.client, pair.server, 100);
  pair_free(&pair);
}

Test(dh_params, are_needed)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .server_credential = "server-rsa",
                          .tune_client = use_dhe,
                          .tune_server = use_dhe};
  test_pair pair = pair_new(&options);

  cr_expect_lt(pair_handshake(&pair), 0);
  cr_expect(strstr(pair_message(pair.server), "no shared cipher"), "%s",
            pair_message(pair.server));
  pair_free(&pair);
}

static void use_then_fail(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;

  use_params(context);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].want != STLS_OK)
      EXPECT_RESULT(stls_context_set_dh_params_file(
                        context, data_file_path(rows[i].name), &err),
                    rows[i].want, rows[i].name);
}

Test(dh_params, stay_when_others_are_refused)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .server_credential = "server-rsa",
                          .tune_client = use_dhe,
                          .tune_server = use_then_fail};
  test_pair pair = pair_open(&options);

  cr_expect_str_eq(stls_conninfo_cipher_name(stls_object_conninfo(pair.server)),
                   DHE);
  pair_free(&pair);
}

/* What was refused before is refused afterwards, too. */
static void take_back(stls_context *context)
{
  use_params(context);
  ASSERT_RETURNS(stls_context_set_dh_params(context, NULL, 0, NULL), STLS_OK);
  EXPECT_RESULT(stls_context_set_dh_params_file(
                    context, data_file_path(DIR "dh-1024.pem"), NULL),
                STLS_ERROR_INPUT, "too small");
}

static void take_back_and_use(stls_context *context)
{
  take_back(context);
  use_params(context);
}

Test(dh_params, are_taken_back)
{
  pair_options options = {.version = STLS_TLS_1_2,
                          .server_credential = "server-rsa",
                          .tune_client = use_dhe,
                          .tune_server = take_back};
  test_pair pair = pair_new(&options);

  cr_expect_lt(pair_handshake(&pair), 0);
  cr_expect(strstr(pair_message(pair.server), "no shared cipher"), "%s",
            pair_message(pair.server));
  pair_free(&pair);
  options.tune_server = take_back_and_use;
  pair = pair_open(&options);
  cr_expect_str_eq(stls_conninfo_cipher_name(stls_object_conninfo(pair.server)),
                   DHE);
  pair_free(&pair);
}

static stls_context *new_server(void)
{
  stls_context *server = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  return server;
}

static void use_dhe(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_ciphers(context, DHE, NULL), STLS_OK, DHE);
}

static void use_params(stls_context *context)
{
  use_dhe(context);
  ASSERT_RESULT(stls_context_set_dh_params_file(
                    context, data_file_path(DIR "dh-2048.pem"), NULL),
                STLS_OK, "parameters");
}
