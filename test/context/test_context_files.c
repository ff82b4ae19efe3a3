/* SPDX-License-Identifier: MIT */
/* test_context_files: contexts from files, and errors that name the file. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(context_files, .timeout = 60);

/* One server context; the files are of test/data. */
struct server_row {
  const char *name;
  const char *chain;
  /* NULL: it is in the chain's file. */
  const char *key;
  stls_reason want;
  /* What the message contains: the file, and the cause. */
  const char *file;
  const char *text;
};

static const struct server_row servers[] = {
    {"key apart", "server-ecdsa.pem", "server-ecdsa.key", STLS_REASON_NONE, "",
     ""},
    {"key in the same file", "server-ecdsa-combined.pem", NULL,
     STLS_REASON_NONE, "", ""},
    {"the same file twice", "server-ecdsa-combined.pem",
     "server-ecdsa-combined.pem", STLS_REASON_NONE, "", ""},
    {"with an intermediate", "server-chain.pem", "server-chain.key",
     STLS_REASON_NONE, "", ""},
    {"RSA", "server-rsa.pem", "server-rsa.key", STLS_REASON_NONE, "", ""},
    {"no such chain", "no-such.pem", "server-ecdsa.key",
     STLS_REASON_NO_SUCH_FILE, "no-such.pem", "No such file"},
    {"no such key", "server-ecdsa.pem", "no-such.key", STLS_REASON_NO_SUCH_FILE,
     "no-such.key", "No such file"},
    {"a directory", "trust", "server-ecdsa.key", STLS_REASON_IS_DIRECTORY,
     "trust", "directory"},
    {"an encrypted key", "server-ecdsa.pem", "server-ecdsa-encrypted.key",
     STLS_REASON_NO_PASSPHRASE, "server-ecdsa-encrypted.key",
     "stls_credential_new_pem and a passphrase"},
    {"an encrypted key in the same file", "server-ecdsa-encrypted-combined.pem",
     NULL, STLS_REASON_NO_PASSPHRASE, "server-ecdsa-encrypted-combined.pem",
     "stls_credential_new_pem and a passphrase"},
    {"another's key", "server-rsa.pem", "server-ecdsa.key",
     STLS_REASON_KEY_MISMATCH, "server-ecdsa.key", "server-rsa.pem"},
    {"another's key of the same type", "server-mismatched.pem",
     "server-mismatched.key", STLS_REASON_KEY_MISMATCH, "server-mismatched.key",
     "server-mismatched.pem"},
    {"no key in it", "server-ecdsa.pem", NULL, STLS_REASON_NO_PEM_BLOCK,
     "server-ecdsa.pem", "private key"},
    {"no certificate in it", "server-ecdsa.key", "server-ecdsa.key",
     STLS_REASON_NO_PEM_BLOCK, "server-ecdsa.key", "certificate"},
    {"a broken certificate", "broken-der.pem", "server-ecdsa.key",
     STLS_REASON_CERTIFICATE_BROKEN, "broken-der.pem", "certificate 1"},
    {"DER", "credential/leaf.der", "server-ecdsa.key", STLS_REASON_DER_GIVEN,
     "leaf.der", "DER"},
    {"too weak", "server-rsa-1024.pem", "server-rsa-1024.key",
     STLS_REASON_CREDENTIAL_REFUSED, "server-rsa-1024.pem", "too small"},
};

/* One client context. */
struct client_row {
  const char *name;
  const char *ca;
  stls_reason want;
  const char *text;
};

static const struct client_row clients[] = {
    {"a CA", "ca.pem", STLS_REASON_NONE, ""},
    {"several", "both-cas.pem", STLS_REASON_NONE, ""},
    {"the server's own", "server-ecdsa.pem", STLS_REASON_NONE, ""},
    {"with CRLs", "trust/mixed.pem", STLS_REASON_NONE, ""},
    {"no such file", "no-such.pem", STLS_REASON_NO_SUCH_FILE, "No such file"},
    {"a directory", "trust", STLS_REASON_IS_DIRECTORY, "directory"},
    {"no certificate in it", "server-ecdsa.key", STLS_REASON_NO_PEM_BLOCK,
     "certificate"},
    {"CRLs alone", "trust/root.crl", STLS_REASON_NO_CERTIFICATE,
     "no certificate"},
    {"a broken second", "broken-second.pem", STLS_REASON_CERTIFICATE_BROKEN,
     "certificate 2"},
    {"DER", "trust/root.der", STLS_REASON_DER_GIVEN, "DER"},
};

/* How a server's and a client's context come together. */
struct shake_row {
  const char *chain, *key;
  /* NULL: SSL_CERT_FILE is ca.pem. */
  const char *ca;
  stls_result want;
};

static const struct shake_row shakes[] = {
    {"server-ecdsa.pem", "server-ecdsa.key", "ca.pem", STLS_OK},
    {"server-ecdsa-combined.pem", NULL, "ca.pem", STLS_OK},
    {"server-chain.pem", "server-chain.key", "ca.pem", STLS_OK},
    {"server-rsa.pem", "server-rsa.key", "both-cas.pem", STLS_OK},
    /* X509_V_FLAG_PARTIAL_CHAIN: the server's own certificate is an anchor. */
    {"server-ecdsa.pem", "server-ecdsa.key", "server-ecdsa.pem", STLS_OK},
    {"server-ecdsa.pem", "server-ecdsa.key", NULL, STLS_OK},
    {"server-ecdsa.pem", "server-ecdsa.key", "trust/root.pem",
     STLS_ERROR_CERTIFICATE},
    {"server-untrusted.pem", "server-untrusted.key", "ca.pem",
     STLS_ERROR_CERTIFICATE},
    {"server-untrusted.pem", "server-untrusted.key", NULL,
     STLS_ERROR_CERTIFICATE},
};

static const char *path_or_null(const char *name);
static stls_result make_server(const char *chain, const char *key,
                               stls_context **out_context, stls_error *err);
static void expect_error(const char *name, const stls_error *err,
                         stls_reason reason, const char *file,
                         const char *text);
static void shake(const struct shake_row *row, const pair_options *options,
                  const char *label);

Test(context_files, are_read_for_a_server)
{
  for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
    const struct server_row *row = &servers[i];
    stls_error err = STLS_ERROR_INIT;
    stls_context *context = NULL;
    bool is_good = row->want == STLS_REASON_NONE;
    EXPECT_RESULT(make_server(row->chain, row->key, &context, &err),
                  is_good ? STLS_OK : STLS_ERROR_INPUT, row->name);
    cr_expect_eq(context != NULL, is_good, "%s", row->name);
    if (!is_good) {
      expect_error(row->name, &err, row->want, row->file, row->text);
      EXPECT_RESULT(make_server(row->chain, row->key, &context, NULL),
                    STLS_ERROR_INPUT, row->name);
    }
    stls_context_free(context);
  }
}

Test(context_files, are_read_for_a_client)
{
  for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
    const struct client_row *row = &clients[i];
    stls_error err = STLS_ERROR_INIT;
    stls_context *context = NULL;
    bool is_good = row->want == STLS_REASON_NONE;
    EXPECT_RESULT(stls_context_new_client_from_files(data_file_path(row->ca),
                                                     &context, &err),
                  is_good ? STLS_OK : STLS_ERROR_INPUT, row->name);
    cr_expect_eq(context != NULL, is_good, "%s", row->name);
    if (!is_good) expect_error(row->name, &err, row->want, row->ca, row->text);
    stls_context_free(context);
  }
}

/* SEMANTICS: create_default_context, 3.13, with and without cafile. */
Test(context_files, give_the_defaults)
{
  const char *const cas[] = {"ca.pem", NULL};
  stls_context *context = NULL;

  setenv("SSL_CERT_FILE", data_file_path("ca.pem"), 1);
  for (size_t i = 0; i < 2; i++) {
    ASSERT_RETURNS(stls_context_new_client_from_files(path_or_null(cas[i]),
                                                      &context, NULL),
                   STLS_OK);
    cr_expect_eq(stls_context_role(context), STLS_CLIENT);
    cr_expect_eq(stls_context_verify_flags(context), 0x88020UL);
    cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_REQUIRED);
    cr_expect(stls_context_check_hostname(context));
    cr_expect_not(stls_context_is_sealed(context));
    stls_context_free(context);
  }
  ASSERT_RETURNS(
      make_server("server-ecdsa.pem", "server-ecdsa.key", &context, NULL),
      STLS_OK);
  cr_expect_eq(stls_context_role(context), STLS_SERVER);
  cr_expect_eq(stls_context_verify_flags(context), 0x88020UL);
  cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_NONE);
  cr_expect_null(stls_context_trust(context));
  cr_expect_not(stls_context_is_sealed(context));
  stls_context_free(context);
}

Test(context_files, need_their_arguments)
{
  const char *chain = data_file_path("server-ecdsa-combined.pem");
  const char *ca = data_file_path("ca.pem");
  stls_context *before = NULL, *context;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_context_new_client_from_files(ca, &before, NULL),
                 STLS_OK);
  context = before;
  expect_misuse(stls_context_new_server_from_files(NULL, chain, &context, &err),
                &err, "chain_path is NULL");
  expect_misuse(stls_context_new_server_from_files(chain, NULL, NULL, &err),
                &err, "out_context is NULL");
  expect_misuse(stls_context_new_client_from_files(ca, NULL, &err), &err,
                "out_context is NULL");
  expect_misuse(stls_context_new_client_from_files(NULL, NULL, &err), &err,
                "out_context is NULL");
  EXPECT_RETURNS(make_server("no-such.pem", NULL, &context, NULL),
                 STLS_ERROR_INPUT);
  EXPECT_RETURNS(
      make_server("server-rsa-1024.pem", "server-rsa-1024.key", &context, NULL),
      STLS_ERROR_INPUT);
  EXPECT_RETURNS(stls_context_new_client_from_files(
                     data_file_path("no-such.pem"), &context, NULL),
                 STLS_ERROR_INPUT);
  cr_expect_eq(context, before);
  stls_context_free(before);
}

Test(context_files, serve_and_trust)
{
  char label[64];

  setenv("SSL_CERT_FILE", data_file_path("ca.pem"), 1);
  setenv("SSL_CERT_DIR", "/no-such-directory", 1);
  for (size_t i = 0; i < sizeof shakes / sizeof shakes[0]; i++) {
    pair_options options = {0};
    for (size_t row = 0; pair_row(row, &options, label); row++)
      shake(&shakes[i], &options, label);
  }
}

/* A message has 320 bytes: a long path does not push the cause out of it. */
Test(context_files, with_long_paths_say_why)
{
  char path[1024] = "/";
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  while (strlen(path) < 600) strcat(path, "./././././");
  strcat(path, data_file_path("server-ecdsa-encrypted-combined.pem"));
  EXPECT_RETURNS(stls_context_new_server_from_files(path, NULL, &context, &err),
                 STLS_ERROR_INPUT);
  cr_expect_eq(err.own_reason, STLS_REASON_NO_PASSPHRASE, "%s", err.message);
  cr_expect(strstr(err.message, "a passphrase"), "%s", err.message);
}

static const char *path_or_null(const char *name)
{
  return name == NULL ? NULL : data_file_path(name);
}

static stls_result make_server(const char *chain, const char *key,
                               stls_context **out_context, stls_error *err)
{
  return stls_context_new_server_from_files(
      path_or_null(chain), path_or_null(key), out_context, err);
}

static void expect_error(const char *name, const stls_error *err,
                         stls_reason reason, const char *file, const char *text)
{
  EXPECT_RESULT(err->result, STLS_ERROR_INPUT, name);
  cr_expect_eq(err->own_reason, reason, "%s: %s instead of %s", name,
               stls_reason_name(err->own_reason), stls_reason_name(reason));
  cr_expect(strstr(err->message, file) && strstr(err->message, text),
            "%s: \"%s\" does not have %s and %s", name, err->message, file,
            text);
}

static void shake(const struct shake_row *row, const pair_options *options,
                  const char *label)
{
  stls_object_options client = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = options->feed};
  stls_context *contexts[2] = {NULL, NULL};

  ASSERT_RESULT(stls_context_new_client_from_files(path_or_null(row->ca),
                                                   &contexts[0], NULL),
                STLS_OK, label);
  ASSERT_RESULT(make_server(row->chain, row->key, &contexts[1], NULL), STLS_OK,
                label);
  for (size_t i = 0; i < 2; i++)
    ASSERT_RESULT(stls_context_set_versions(contexts[i], options->version,
                                            options->version, NULL),
                  STLS_OK, label);
  client.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(contexts[0], NULL, NULL, &client, &pair.client, NULL),
      STLS_OK, label);
  ASSERT_RESULT(
      stls_object_new(contexts[1], NULL, NULL, NULL, &pair.server, NULL),
      STLS_OK, label);
  EXPECT_RESULT(pair_handshake(&pair), row->want,
                expect_label("%s, %s", row->chain, label));
  cr_expect_eq(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)),
               row->want == STLS_OK, "%s, %s", row->chain, label);
  if (row->want == STLS_OK)
    pair_transfer(&pair, pair.client, pair.server, 1000);
  pair_free(&pair);
  for (size_t i = 0; i < 2; i++) stls_context_free(contexts[i]);
}
