/* SPDX-License-Identifier: MIT */
/* test_credential_pem: credentials from PEM, and errors that name the cause. */
#include <stdio.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(credential_pem);

/* Files of test/data; the key may be missing. */
struct source {
  const char *name;
  const char *chain;
  const char *key;
  const char *passphrase;
  stls_result want;
  /* What the message has to contain: file, line, item. */
  const char *want_text;
  const char *want_too;
};

static const struct source sources[] = {
    {"ECDSA", "server-ecdsa.pem", "server-ecdsa.key", NULL, 0, "", ""},
    {"RSA", "server-rsa.pem", "server-rsa.key", NULL, 0, "", ""},
    {"with intermediate", "server-chain.pem", "server-chain.key", NULL, 0, "",
     ""},
    {"both in one file", "server-ecdsa-combined.pem", NULL, NULL, 0, "", ""},
    {"both in one file, encrypted", "server-ecdsa-encrypted-combined.pem", NULL,
     "secret", 0, "", ""},
    {"encrypted", "server-ecdsa.pem", "server-ecdsa-encrypted.key", "secret", 0,
     "", ""},
    {"encrypted RSA", "server-rsa.pem", "server-rsa-encrypted.key", "secret", 0,
     "", ""},
    {"a passphrase that is not needed", "server-rsa.pem", "server-rsa.key",
     "secret", 0, "", ""},
    {"wrong passphrase", "server-rsa.pem", "server-rsa-encrypted.key", "wrong",
     STLS_ERROR_INPUT, "server-rsa-encrypted.key:1: private key",
     "wrong passphrase?"},
    {"empty passphrase", "server-rsa.pem", "server-rsa-encrypted.key", "",
     STLS_ERROR_INPUT, "server-rsa-encrypted.key:1: private key",
     "wrong passphrase?"},
    {"no passphrase", "server-rsa.pem", "server-rsa-encrypted.key", NULL,
     STLS_ERROR_INPUT, "server-rsa-encrypted.key:1: private key",
     "no passphrase was given"},
    {"no such chain", "missing.pem", "server-rsa.key", NULL, STLS_ERROR_INPUT,
     "missing.pem", "No such file"},
    {"no such key", "server-rsa.pem", "missing.key", NULL, STLS_ERROR_INPUT,
     "missing.key", "No such file"},
    {"another's key", "server-rsa.pem", "server-ecdsa.key", NULL,
     STLS_ERROR_INPUT, "server-ecdsa.key: the private key does not match",
     "server-rsa.pem"},
    {"another's key of the same kind", "server-mismatched.pem",
     "server-mismatched.key", NULL, STLS_ERROR_INPUT,
     "the private key does not match", "server-mismatched.pem"},
    {"cut in the middle", "broken-cut.pem", "server-ecdsa.key", NULL,
     STLS_ERROR_INPUT, "broken-cut.pem:", "no matching END"},
    {"bad base64", "broken-base64.pem", "server-ecdsa.key", NULL,
     STLS_ERROR_INPUT, "broken-base64.pem:", "certificate 1"},
    {"bad DER", "broken-der.pem", "server-ecdsa.key", NULL, STLS_ERROR_INPUT,
     "broken-der.pem:", "certificate 1"},
    {"second certificate broken", "broken-second.pem", "server-ecdsa.key", NULL,
     STLS_ERROR_INPUT, "broken-second.pem:", "certificate 2"},
    {"no certificate in it", "broken-empty.pem", "server-ecdsa.key", NULL,
     STLS_ERROR_INPUT, "broken-empty.pem: no start line", "certificate"},
    {"no key in it", "server-ecdsa.pem", NULL, NULL, STLS_ERROR_INPUT,
     "server-ecdsa.pem: no start line", "private key"},
    {"a directory", "", "server-ecdsa.key", NULL, STLS_ERROR_INPUT, "data", ""},
};

static void expect_result(const struct source *row, const char *how,
                          const stls_pem_source *source)
{
  stls_error err = STLS_ERROR_INIT;
  stls_credential *credential = NULL;
  stls_result result =
      stls_credential_new_pem(source, NULL, NULL, &credential, &err);

  cr_expect_eq(result, row->want, "%s, %s: %s: %s", row->name, how,
               stls_result_name(result), err.message);
  if (row->want == STLS_OK) {
    cr_expect_not_null(credential);
  } else {
    cr_expect_null(credential, "%s", row->name);
    cr_expect(strstr(err.message, row->want_text), "%s, %s: \"%s\"", row->name,
              how, err.message);
    cr_expect(strstr(err.message, row->want_too), "%s, %s: \"%s\"", row->name,
              how, err.message);
  }
  stls_credential_free(credential);
}

static void set_passphrase(stls_pem_source *source, stls_passphrase *secret,
                           const char *text)
{
  secret->data = text;
  secret->len = text == NULL ? 0 : strlen(text);
  source->passphrase = secret;
}

Test(credential_pem, is_read_from_files)
{
  for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
    const struct source *row = &sources[i];
    stls_pem_source source = STLS_PEM_SOURCE_INIT;
    stls_passphrase secret = STLS_PASSPHRASE_INIT;
    source.chain_file = data_file_path(row->chain);
    if (row->key != NULL) source.key_file = data_file_path(row->key);
    set_passphrase(&source, &secret, row->passphrase);
    expect_result(row, "files", &source);
  }
}

Test(credential_pem, is_read_from_memory)
{
  for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
    struct source row = sources[i];
    stls_pem_source source = STLS_PEM_SOURCE_INIT;
    stls_passphrase secret = STLS_PASSPHRASE_INIT;
    data_file chain = {NULL, 0}, key = {NULL, 0};
    if (row.chain[0] == '\0' || strstr(row.chain, "missing") != NULL ||
        (row.key != NULL && strstr(row.key, "missing") != NULL))
      continue;
    chain = data_file_load(row.chain);
    source.chain = chain.data;
    source.chain_len = chain.len;
    if (row.key != NULL) {
      key = data_file_load(row.key);
      source.key = key.data;
      source.key_len = key.len;
    }
    set_passphrase(&source, &secret, row.passphrase);
    /* Memory has no file name. */
    row.want_text = "";
    if (strstr(row.want_too, ".pem") != NULL) row.want_too = "chain";
    expect_result(&row, "memory", &source);
    data_file_free(&chain);
    data_file_free(&key);
  }
}

Test(credential_pem, needs_its_arguments)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  stls_pem_source unsized = {0};
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  char passphrase[1025] = "";

  EXPECT_RETURNS(stls_credential_new_pem(NULL, NULL, NULL, &credential, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(
      stls_credential_new_pem(&unsized, NULL, NULL, &credential, &err),
      STLS_ERROR_MISUSE);
  EXPECT_RETURNS(
      stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
      STLS_ERROR_MISUSE);
  cr_expect(strstr(err.message, "chain"), "%s", err.message);
  source.chain_file = data_file_path("server-rsa.pem");
  source.chain = "x";
  source.chain_len = 1;
  EXPECT_RETURNS(
      stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
      STLS_ERROR_MISUSE);
  source.chain = NULL;
  source.key_file = data_file_path("server-rsa-encrypted.key");
  secret.data = passphrase;
  secret.len = sizeof passphrase;
  source.passphrase = &secret;
  EXPECT_RETURNS(
      stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
      STLS_ERROR_MISUSE);
  cr_expect(strstr(err.message, "1024"), "%s", err.message);
  secret.len = 1024;
  EXPECT_RETURNS(
      stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
      STLS_ERROR_INPUT);
  EXPECT_RETURNS(stls_credential_new_pem(&source, NULL, NULL, NULL, &err),
                 STLS_ERROR_MISUSE);
  cr_expect_null(credential);
}

Test(credential_pem, is_counted)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;

  source.chain_file = data_file_path("server-ecdsa-combined.pem");
  ASSERT_RETURNS(
      stls_credential_new_pem(&source, NULL, NULL, &credential, NULL), STLS_OK);
  cr_expect_eq(stls_credential_up_ref(credential), credential);
  stls_credential_free(credential);
  stls_credential_free(credential);
  stls_credential_free(NULL);
  cr_expect_null(stls_credential_up_ref(NULL));
}

static stls_context *replaced;

static void replace_with_weak(stls_context *context)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *weak = NULL;
  stls_error err = STLS_ERROR_INIT;

  source.chain_file = data_file_path("server-rsa-1024.pem");
  source.key_file = data_file_path("server-rsa-1024.key");
  ASSERT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &weak, &err),
                STLS_OK, err.message);
  EXPECT_RETURNS(stls_context_set_credential(context, weak, &err),
                 STLS_ERROR_INPUT);
  cr_expect(strstr(err.message, "too small"), "%s", err.message);
  stls_credential_free(weak);
  replaced = context;
}

Test(credential_pem, that_is_refused_leaves_the_one_before)
{
  pair_options options = {.server_credential = "server-rsa",
                          .tune_server = replace_with_weak};
  test_pair pair = pair_open(&options);

  cr_expect_eq(stls_object_context(pair.server), replaced);
  pair_transfer(&pair, pair.client, pair.server, 100);
  pair_free(&pair);
}
