/* SPDX-License-Identifier: MIT */
/* test_messages_setup: messages of calls that set up a connection, as ERRORS.md has them. */
#include <errno.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "lib/base/error.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(messages_setup);

static void expect_text(const stls_error *err, stls_reason reason,
                        const char *quote)
{
  cr_expect_eq(err->own_reason, reason, "%s: %s", quote,
               stls_reason_name(err->own_reason));
  cr_expect(expect_matches(quote, err->message), "\"%s\" instead of \"%s\"",
            err->message, quote);
}

/* The text is the system's, in the locale C that tests run in. */
Test(messages_setup, of_files)
{
  static const struct {
    const char *path;
    int sys_errno;
    stls_reason reason;
    const char *quote;
  } rows[] = {
      {"no-such.pem", ENOENT, STLS_REASON_NO_SUCH_FILE,
       "FILE: No such file or directory"},
      {"trust", EISDIR, STLS_REASON_IS_DIRECTORY, "FILE: Is a directory"},
      {"ca.pem/x", ENOTDIR, STLS_REASON_NOT_DIRECTORY, "FILE: Not a directory"},
      {NULL, EACCES, STLS_REASON_PERMISSION_DENIED, "FILE: Permission denied"},
      {NULL, EMFILE, STLS_REASON_FILE_ERROR, "FILE: Too many open files"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_context *context = NULL;
    stls_error err = STLS_ERROR_INIT;
    if (rows[i].path == NULL)
      (void)stls_error_system(&err, rows[i].sys_errno, "server.key");
    else
      EXPECT_RESULT(stls_context_new_client_from_files(
                        data_file_path(rows[i].path), &context, &err),
                    STLS_ERROR_INPUT, rows[i].path);
    cr_expect_eq(err.sys_errno, rows[i].sys_errno);
    expect_text(&err, rows[i].reason, rows[i].quote);
  }
}

Test(messages_setup, of_credentials)
{
  stls_context *context = NULL;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(stls_context_new_server_from_files(
                     data_file_path("server-rsa-1024.pem"),
                     data_file_path("server-rsa-1024.key"), &context, &err),
                 STLS_ERROR_INPUT);
  expect_text(
      &err, STLS_REASON_CREDENTIAL_REFUSED,
      "FILE: credential: OpenSSL refuses its certificate or key: ee key "
      "too small (SSL routines)");
  EXPECT_RETURNS(stls_credential_new_uri("no-such-scheme:x", NULL, NULL, NULL,
                                         NULL, &credential, &err),
                 STLS_ERROR_INPUT);
  expect_text(
      &err, STLS_REASON_URI_UNUSABLE,
      "TEXT: OpenSSL has no store that opens it: TEXT (STORE routines)");
}

Test(messages_setup, of_clients)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_context *context = NULL;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_context_new_client_from_files(data_file_path("ca.pem"),
                                                    &context, &err),
                 STLS_OK);
  options.server_name = "https://server.example/";
  EXPECT_RETURNS(stls_object_new(context, NULL, NULL, &options, &object, &err),
                 STLS_ERROR_INPUT);
  expect_text(
      &err, STLS_REASON_NAME_INVALID,
      "server_name \"NAME\": it has a character that no host name may have");
  EXPECT_RETURNS(stls_context_set_ciphers(context, "AES-GCM-256", &err),
                 STLS_ERROR_INPUT);
  expect_text(&err, STLS_REASON_LIST_REFUSED,
              "ciphers \"NAME\": no cipher match (SSL routines)");
  stls_context_free(context);
}

/* How a refused list's message begins: it names the item, which OpenSSL's text behind
 * it, if there is one, does not. */
Test(messages_setup, of_lists)
{
  static const struct {
    stls_result (*set)(stls_context *context, const char *list,
                       stls_error *err);
    const char *list;
    const char *begin;
  } rows[] = {
      {stls_context_set_groups, "X25519:nope",
       "groups \"X25519:nope\": OpenSSL does not know \"nope\""},
      {stls_context_set_groups, "nope:X25519",
       "groups \"nope:X25519\": OpenSSL does not know \"nope\""},
      {stls_context_set_groups, "P-256::X25519",
       "groups \"P-256::X25519\": an item is empty"},
      {stls_context_set_ecdh_curve, "nope",
       "curve \"nope\": OpenSSL does not know \"nope\""},
      {stls_context_set_ecdh_curve, "P-256:X25519",
       "curve \"P-256:X25519\": OpenSSL knows each item, and refuses this list "
       "of them"},
      {stls_context_set_server_sigalgs, "ECDSA+SHA256:RSA+nope",
       "sigalgs \"ECDSA+SHA256:RSA+nope\": OpenSSL does not know "
       "\"RSA+nope\""},
      {stls_context_set_client_sigalgs, "nope",
       "sigalgs \"nope\": OpenSSL does not know \"nope\""},
      {stls_context_set_ciphersuites, "", "ciphersuites \"\": it is empty"},
      {stls_context_set_ciphersuites, "nope",
       "ciphersuites \"nope\": no cipher match (SSL routines)"},
  };
  stls_context *context = NULL;

  ASSERT_RETURNS(stls_context_new_client_from_files(data_file_path("ca.pem"),
                                                    &context, NULL),
                 STLS_OK);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(rows[i].set(context, rows[i].list, &err), STLS_ERROR_INPUT,
                  rows[i].list);
    cr_expect_eq(err.own_reason, STLS_REASON_LIST_REFUSED, "%s", err.message);
    cr_expect_eq(strncmp(err.message, rows[i].begin, strlen(rows[i].begin)), 0,
                 "\"%s\" instead of \"%s\"", err.message, rows[i].begin);
  }
  stls_context_free(context);
}

/* Calls that do not fit the role, or the point that the connection is at. */
Test(messages_setup, of_misuse)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_context *context = NULL;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_context_new_client_from_files(data_file_path("ca.pem"),
                                                    &context, &err),
                 STLS_OK);
  options.server_name = "server.example";
  options.choose_context = true;
  EXPECT_RETURNS(stls_object_new(context, NULL, NULL, &options, &object, &err),
                 STLS_ERROR_MISUSE);
  expect_text(&err, STLS_REASON_WRONG_ROLE,
              "choose_context is given on a client");
  EXPECT_RETURNS(stls_context_set_verify_mode(context, STLS_VERIFY_NONE, &err),
                 STLS_ERROR_MISUSE);
  expect_text(&err, STLS_REASON_WEAKENS_SECURITY,
              "mode is STLS_VERIFY_NONE on a client: see "
              "stls_context_set_insecure_verify_none");
  options.choose_context = false;
  ASSERT_RETURNS(stls_object_new(context, NULL, NULL, &options, &object, &err),
                 STLS_OK);
  EXPECT_RETURNS(stls_object_close_write(object), STLS_OK);
  EXPECT_RETURNS(stls_object_handshake(object), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_error(object, &err), STLS_ERROR_MISUSE);
  expect_text(&err, STLS_REASON_WRONG_STATE,
              "NAME: the connection was closed before it was established");
  stls_object_free(object);
  stls_context_free(context);
}
