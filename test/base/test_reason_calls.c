/* SPDX-License-Identifier: MIT */
/* test_reason_calls: the reason that each kind of misuse returns. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/verify.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"

SUITE(reason_calls);

static void expect_reason(const char *name, stls_result result,
                          const stls_error *err, stls_result want,
                          stls_reason reason)
{
  EXPECT_RESULT(result, want, name);
  EXPECT_RESULT(err->result, want, name);
  cr_expect_eq(err->own_reason, reason, "%s: %s instead of %s: %s", name,
               stls_reason_name(err->own_reason), stls_reason_name(reason),
               err->message);
}

/* --- files of trust, and what is in them --- */

static stls_result trust_file(stls_trust *trust, const char *path,
                              stls_error *err)
{
  return stls_trust_add_file(trust, path, err);
}

static stls_result trust_crl(stls_trust *trust, const char *path,
                             stls_error *err)
{
  return stls_trust_add_crl_file(trust, path, err);
}

static stls_result trust_dir(stls_trust *trust, const char *path,
                             stls_error *err)
{
  return stls_trust_add_directory(trust, path, err);
}

static stls_result trust_der(stls_trust *trust, const char *path,
                             stls_error *err)
{
  data_file file = data_file_load(path);
  stls_result result = stls_trust_add_der(trust, file.data, file.len, err);

  data_file_free(&file);
  return result;
}

static const struct {
  stls_result (*add)(stls_trust *trust, const char *path, stls_error *err);
  const char *path;
  stls_reason reason;
  int sys_errno;
} trusts[] = {
    {trust_file, "no-such.pem", STLS_REASON_NO_SUCH_FILE, ENOENT},
    {trust_file, "trust", STLS_REASON_IS_DIRECTORY, EISDIR},
    {trust_file, "ca.pem/x", STLS_REASON_NOT_DIRECTORY, ENOTDIR},
    {trust_file, "ca.key", STLS_REASON_NO_PEM_BLOCK, 0},
    {trust_file, "credential/leaf.der", STLS_REASON_DER_GIVEN, 0},
    {trust_file, "broken-cut.pem", STLS_REASON_PEM_BROKEN, 0},
    {trust_file, "broken-der.pem", STLS_REASON_CERTIFICATE_BROKEN, 0},
    {trust_crl, "ca.pem", STLS_REASON_NO_PEM_BLOCK, 0},
    {trust_crl, "trust/broken.crl", STLS_REASON_CRL_BROKEN, 0},
    {trust_dir, "no-such", STLS_REASON_NO_SUCH_FILE, ENOENT},
    {trust_dir, "ca.pem", STLS_REASON_NOT_DIRECTORY, ENOTDIR},
    {trust_dir, "trust/hashed-none", STLS_REASON_NO_HASHED_FILE, 0},
    {trust_der, "ca.pem", STLS_REASON_PEM_GIVEN, 0},
    {trust_der, "credential/key-ec.der", STLS_REASON_CERTIFICATE_BROKEN, 0},
};

Test(reason_calls, of_trust)
{
  stls_trust *trust = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK);
  for (size_t i = 0; i < sizeof trusts / sizeof trusts[0]; i++) {
    const char *path = trusts[i].path;
    expect_reason(
        path,
        trusts[i].add(trust,
                      trusts[i].add == trust_der ? path : data_file_path(path),
                      &err),
        &err, STLS_ERROR_INPUT, trusts[i].reason);
    cr_expect_eq(err.sys_errno, trusts[i].sys_errno, "%s: errno %d", path,
                 err.sys_errno);
  }
  expect_reason("empty", stls_trust_add_pem(trust, "", 0, &err), &err,
                STLS_ERROR_INPUT, STLS_REASON_EMPTY);
  expect_reason("empty", stls_trust_add_der(trust, "", 0, &err), &err,
                STLS_ERROR_INPUT, STLS_REASON_EMPTY);
  expect_reason("NULL", stls_trust_add_file(NULL, "x", &err), &err,
                STLS_ERROR_MISUSE, STLS_REASON_NULL_ARGUMENT);
  stls_trust_free(trust);
}

/* --- credentials --- */

static const struct {
  const char *chain;
  const char *key;
  const char *passphrase;
  stls_reason reason;
} credentials[] = {
    {"no-such.pem", NULL, NULL, STLS_REASON_NO_SUCH_FILE},
    {"server-ecdsa.pem", "no-such.key", NULL, STLS_REASON_NO_SUCH_FILE},
    {"server-ecdsa.key", NULL, NULL, STLS_REASON_NO_PEM_BLOCK},
    {"server-ecdsa.pem", NULL, NULL, STLS_REASON_NO_PEM_BLOCK},
    {"server-ecdsa.pem", "server-rsa.key", NULL, STLS_REASON_KEY_MISMATCH},
    {"credential/chain-reversed.pem", "server-chain.key", NULL,
     STLS_REASON_LEAF_NOT_FIRST},
    {"server-ecdsa.pem", "server-ecdsa-encrypted.key", NULL,
     STLS_REASON_NO_PASSPHRASE},
    {"server-ecdsa.pem", "server-ecdsa-encrypted.key", "wrong",
     STLS_REASON_WRONG_PASSPHRASE},
    {"broken-cut.pem", "server-ecdsa.key", NULL, STLS_REASON_PEM_BROKEN},
    {"broken-der.pem", "server-ecdsa.key", NULL,
     STLS_REASON_CERTIFICATE_BROKEN},
};

Test(reason_calls, of_credentials)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++) {
    stls_pem_source source = STLS_PEM_SOURCE_INIT;
    stls_passphrase passphrase = STLS_PASSPHRASE_INIT;
    source.chain_file = data_file_path(credentials[i].chain);
    if (credentials[i].key != NULL)
      source.key_file = data_file_path(credentials[i].key);
    if (credentials[i].passphrase != NULL) {
      passphrase.data = credentials[i].passphrase;
      passphrase.len = strlen(credentials[i].passphrase);
      source.passphrase = &passphrase;
    }
    expect_reason(
        credentials[i].chain,
        stls_credential_new_pem(&source, NULL, NULL, &credential, &err), &err,
        STLS_ERROR_INPUT, credentials[i].reason);
  }
  expect_reason(
      "nokey.p12",
      stls_credential_new_pkcs12_file(
          data_file_path("credential/nokey.p12"),
          &(stls_passphrase){sizeof(stls_passphrase), "secret", 6, NULL, NULL},
          NULL, NULL, &credential, &err),
      &err, STLS_ERROR_INPUT, STLS_REASON_NO_PRIVATE_KEY);
  expect_reason(
      "no p12",
      stls_credential_new_pkcs12("x", 1, NULL, NULL, NULL, &credential, &err),
      &err, STLS_ERROR_INPUT, STLS_REASON_PKCS12_BROKEN);
  cr_expect_null(credential);
}

/* --- contexts --- */

Test(reason_calls, of_contexts)
{
  stls_context *client = NULL, *server = NULL, *none = NULL;
  stls_error err = STLS_ERROR_INIT;
  const char *const empty[] = {""};

  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, NULL),
      STLS_OK);
  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK);
#define EXPECT(call, want, reason) \
  expect_reason(#call, (call), &err, (want), STLS_REASON_##reason)
  EXPECT(stls_context_new_without_trust((stls_role)9, NULL, NULL, &none, &err),
         STLS_ERROR_MISUSE, UNKNOWN_VALUE);
  EXPECT(stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, NULL, &err),
         STLS_ERROR_MISUSE, NULL_ARGUMENT);
  EXPECT(stls_context_set_versions(client, STLS_TLS_1_3, STLS_TLS_1_2, &err),
         STLS_ERROR_MISUSE, OUT_OF_RANGE);
  EXPECT(stls_context_set_versions(client, STLS_TLS_1_0, STLS_TLS_1_2, &err),
         STLS_ERROR_MISUSE, WEAKENS_SECURITY);
  EXPECT(stls_context_set_ciphers(client, "NO-SUCH", &err), STLS_ERROR_INPUT,
         LIST_REFUSED);
  EXPECT(stls_context_set_ciphers(client, "NULL", &err), STLS_ERROR_INPUT,
         WEAKENS_SECURITY);
  EXPECT(stls_context_set_ciphers(client, NULL, &err), STLS_ERROR_MISUSE,
         NULL_ARGUMENT);
  EXPECT(stls_context_set_verify_mode(client, STLS_VERIFY_NONE, &err),
         STLS_ERROR_MISUSE, WEAKENS_SECURITY);
  EXPECT(stls_context_set_alpn(client, empty, 1, &err), STLS_ERROR_INPUT,
         MALFORMED);
  EXPECT(stls_context_set_limit(client, (stls_limit)99, 1, &err),
         STLS_ERROR_MISUSE, UNKNOWN_VALUE);
  EXPECT(stls_context_set_limit(client, STLS_LIMIT_KEY_UPDATES, 0, &err),
         STLS_ERROR_MISUSE, OUT_OF_RANGE);
  EXPECT(stls_context_set_dh_params(client, "x", 1, &err), STLS_ERROR_MISUSE,
         WRONG_ROLE);
  EXPECT(stls_context_set_dh_params(server, "x", 1, &err), STLS_ERROR_INPUT,
         NO_PEM_BLOCK);
  ASSERT_RETURNS(stls_context_seal(client, NULL), STLS_OK);
  EXPECT(stls_context_set_check_hostname(client, &err), STLS_ERROR_MISUSE,
         SEALED);
  stls_context_free(client);
  stls_context_free(server);
}

/* --- objects --- */

Test(reason_calls, of_new_objects)
{
  pair_options pair = {0};
  stls_context *client = pair_context(&pair, STLS_CLIENT);
  stls_context *server = pair_context(&pair, STLS_SERVER);
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT, unsized = {0};
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_bio *bio = NULL;

  ASSERT_RETURNS(stls_bio_new(&bio, NULL), STLS_OK);
  options.server_name = "a..b";
  EXPECT(stls_object_new(client, NULL, NULL, NULL, &object, &err),
         STLS_ERROR_MISUSE, NO_SERVER_NAME);
  EXPECT(stls_object_new(client, NULL, NULL, &options, &object, &err),
         STLS_ERROR_INPUT, NAME_INVALID);
  EXPECT(stls_object_new(server, NULL, NULL, &options, &object, &err),
         STLS_ERROR_MISUSE, WRONG_ROLE);
  EXPECT(stls_object_new(server, bio, bio, NULL, &object, &err),
         STLS_ERROR_MISUSE, CONFLICT);
  EXPECT(stls_object_new(server, NULL, NULL, &unsized, &object, &err),
         STLS_ERROR_MISUSE, SIZE_NOT_SET);
  stls_bio_free(bio);
  stls_context_free(client);
  stls_context_free(server);
}

static stls_result write_null(stls_object *object)
{
  size_t done;

  return stls_object_write(object, NULL, 1, &done);
}

static stls_result write_late(stls_object *object)
{
  size_t done;

  (void)!stls_object_close_write(object);
  return stls_object_write(object, "x", 1, &done);
}

static stls_result verify_client(stls_object *object)
{
  return stls_object_verify_client(object);
}

static stls_result update_keys(stls_object *object)
{
  return stls_object_key_update(object, false);
}

static stls_result choose(stls_object *object)
{
  return stls_object_set_context(object, NULL);
}

/* What an object remembers of a call that was not legal. */
Test(reason_calls, of_calls_on_objects)
{
  static const struct {
    stls_protocol version;
    stls_role role;
    stls_result (*call)(stls_object *object);
    stls_reason reason;
  } rows[] = {
      {STLS_TLS_1_2, STLS_CLIENT, write_null, STLS_REASON_NULL_ARGUMENT},
      {STLS_TLS_1_3, STLS_SERVER, write_null, STLS_REASON_NULL_ARGUMENT},
      {STLS_TLS_1_2, STLS_SERVER, write_late, STLS_REASON_WRONG_STATE},
      {STLS_TLS_1_3, STLS_CLIENT, write_late, STLS_REASON_WRONG_STATE},
      {STLS_TLS_1_3, STLS_CLIENT, verify_client, STLS_REASON_WRONG_ROLE},
      {STLS_TLS_1_2, STLS_SERVER, verify_client, STLS_REASON_WRONG_VERSION},
      {STLS_TLS_1_3, STLS_SERVER, verify_client, STLS_REASON_CONFLICT},
      {STLS_TLS_1_2, STLS_CLIENT, update_keys, STLS_REASON_WRONG_VERSION},
      {STLS_TLS_1_2, STLS_SERVER, update_keys, STLS_REASON_WRONG_VERSION},
      {STLS_TLS_1_3, STLS_SERVER, choose, STLS_REASON_NOT_WANTED},
      {STLS_TLS_1_3, STLS_CLIENT, choose, STLS_REASON_NOT_WANTED},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (pair_feed feed = FEED_WHOLE; feed <= FEED_BYTES; feed++) {
      pair_options options = {.version = rows[i].version, .feed = feed};
      test_pair pair = pair_open(&options);
      stls_object *self =
          rows[i].role == STLS_CLIENT ? pair.client : pair.server;
      stls_error err = STLS_ERROR_INIT;
      char label[32];
      stls_result result = rows[i].call(self);
      stls_object_error(self, &err);
      snprintf(label, sizeof label, "row %zu", i);
      expect_reason(label, result, &err, STLS_ERROR_MISUSE, rows[i].reason);
      pair_free(&pair);
    }
}

/* What the application answers, and what it finds too much. */
Test(reason_calls, of_connections_that_the_application_ends)
{
  pair_options options = {.choose_context = true};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options);
    stls_error err = STLS_ERROR_INIT;
    stls_result result = STLS_WANT_READ;
    for (int i = 0; i < PAIR_TURNS && result == STLS_WANT_READ; i++) {
      (void)!stls_object_handshake(pair.client);
      pair_move(&pair, pair.client, pair.server);
      result = stls_object_handshake(pair.server);
    }
    ASSERT_RESULT(result, STLS_WANT_CONTEXT, label);
    ASSERT_RESULT(stls_object_reject(pair.server, 112), STLS_OK, label);
    result = stls_object_error(pair.server, &err);
    expect_reason(label, result, &err, STLS_ERROR_TLS, STLS_REASON_REJECTED);
    pair_free(&pair);
  }
}

/* --- queues and texts --- */

Test(reason_calls, of_queues_and_texts)
{
  stls_error err = STLS_ERROR_INIT;
  stls_bio *bio = NULL;
  char out[4];
  int64_t seconds;
  size_t len;

  ASSERT_RETURNS(stls_bio_new(&bio, NULL), STLS_OK);
  EXPECT(stls_bio_consume(bio, 1, &err), STLS_ERROR_MISUSE, OUT_OF_RANGE);
  EXPECT(stls_bio_commit(bio, 1, &err), STLS_ERROR_MISUSE, NOT_RESERVED);
  EXPECT(stls_bio_set_limit(bio, 0, &err), STLS_ERROR_MISUSE, OUT_OF_RANGE);
  EXPECT(stls_bio_write(bio, NULL, 1, &len, &err), STLS_ERROR_MISUSE,
         NULL_ARGUMENT);
  stls_bio_write_eof(bio);
  EXPECT(stls_bio_write(bio, "x", 1, &len, &err), STLS_ERROR_MISUSE,
         END_WRITTEN);
  stls_bio_free(bio);
  EXPECT(stls_timestamp_parse("yesterday", &seconds, &err), STLS_ERROR_INPUT,
         MALFORMED);
  EXPECT(stls_timestamp_format(0, out, sizeof out, &len, &err),
         STLS_ERROR_MISUSE, OUTPUT_TOO_SMALL);
  EXPECT(stls_pem_decode_certificate("x", 1, NULL, 0, &len, &err),
         STLS_ERROR_INPUT, PEM_BROKEN);
}
