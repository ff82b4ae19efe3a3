/* SPDX-License-Identifier: MIT */
/* test_misuse: wrong arguments are named, and change nothing. */
#include <sanstls/conninfo.h>
#include <sanstls/version.h>
#include <stdint.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(misuse);

static void expect_object_named(stls_object *object, stls_result result,
                                const char *word)
{
  stls_error err = STLS_ERROR_INIT;

  stls_object_error(object, &err);
  expect_misuse(result, &err, word);
}

Test(misuse, of_object_creation_is_refused)
{
  pair_options pair = {0};
  stls_context *client = pair_context(&pair, STLS_CLIENT);
  stls_context *server = pair_context(&pair, STLS_SERVER);
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object_options unsized = {.server_name = "server.example"};
  stls_object *object = NULL;
  stls_bio *bio = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_bio_new(&bio, NULL), STLS_OK);
  options.server_name = "server.example";
  expect_misuse(stls_object_new(NULL, NULL, NULL, &options, &object, &err),
                &err, "context");
  expect_misuse(stls_object_new(client, NULL, NULL, &options, NULL, &err), &err,
                "out_object");
  expect_misuse(stls_object_new(client, bio, bio, &options, &object, &err),
                &err, "same bio");
  expect_misuse(stls_object_new(client, NULL, NULL, &unsized, &object, &err),
                &err, "size");
  expect_misuse(stls_object_new(client, NULL, NULL, NULL, &object, &err), &err,
                "server_name");
  expect_misuse(stls_object_new(server, NULL, NULL, &options, &object, &err),
                &err, "server_name");
  cr_expect_null(object);
  EXPECT_RESULT(stls_object_new(client, NULL, NULL, NULL, &object, NULL),
                STLS_ERROR_MISUSE, "err may be NULL");
  stls_bio_free(bio);
  stls_context_free(client);
  stls_context_free(server);
}

Test(misuse, of_a_server_name_quotes_it)
{
  static const char *const names[] = {
      "",          ".",   ".example",     "a..b",    "127.1",        "[::1]",
      "1.2.3.4.5", "a b", "\xfc.example", "-a.test", "exam\nple.org"};
  pair_options pair = {0};
  stls_context *client = pair_context(&pair, STLS_CLIENT);

  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
    stls_object *object = NULL;
    stls_error err = STLS_ERROR_INIT;
    options.server_name = names[i];
    /* Without libidn2 nothing beyond ASCII is looked at. */
    EXPECT_RESULT(
        stls_object_new(client, NULL, NULL, &options, &object, &err),
        names[i][0] == '\xfc' && !stls_feature_available(STLS_FEATURE_IDN)
            ? STLS_ERROR_UNSUPPORTED
            : STLS_ERROR_INPUT,
        names[i]);
    cr_expect(strstr(err.message, expect_quoted(names[i])), "\"%s\"",
              err.message);
    cr_expect_null(object);
  }
  stls_context_free(client);
}

Test(misuse, of_calls_on_an_object_names_the_argument)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_object *object = pair.client;
  const stls_writable_span no_room = {NULL, 3};
  const stls_span no_span = {NULL, 3};
  const stls_span huge[] = {{"a", SIZE_MAX}, {"b", 1}};
  char byte = 0;
  size_t n = 9, m = 9;

  expect_object_named(object, stls_object_read(object, &byte, 1, NULL),
                      "out_read");
  expect_object_named(object, stls_object_read(object, NULL, 1, &n), "NULL");
  cr_expect_eq(n, (size_t)0, "counts are written on every result");
  expect_object_named(object, stls_object_readv(object, NULL, 1, &n), "spans");
  expect_object_named(object, stls_object_readv(object, &no_room, 1, &n),
                      "a span to read");
  expect_object_named(object, stls_object_write(object, &byte, 1, NULL),
                      "out_written");
  expect_object_named(object, stls_object_write(object, NULL, 1, &n), "NULL");
  expect_object_named(object, stls_object_writev(object, NULL, 1, &n), "spans");
  expect_object_named(object, stls_object_writev(object, &no_span, 1, &n),
                      "NULL");
  expect_object_named(object, stls_object_writev(object, huge, 2, &n),
                      "overflow");
  expect_object_named(
      object, stls_object_read_from(object, NULL, 1, &m, &byte, 1, &n), "in");
  expect_object_named(
      object, stls_object_read_from(object, &byte, 1, NULL, &byte, 1, &n),
      "out_used");
  expect_object_named(
      object, stls_object_read_from(object, &byte, 1, &m, &byte, 1, NULL),
      "out_read");
  cr_expect_eq(m, (size_t)0);
  pair_transfer(&pair, pair.client, pair.server, 1000);
  pair_transfer(&pair, pair.server, pair.client, 1000);
  stls_bio_write_eof(stls_object_incoming(object));
  expect_object_named(object,
                      stls_object_read_from(object, &byte, 1, &m, &byte, 1, &n),
                      "incoming");
  pair_free(&pair);
}

Test(misuse, of_no_object_is_only_a_result)
{
  char byte;
  size_t n = 9, m = 9;

  EXPECT_RETURNS(stls_object_handshake(NULL), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_read(NULL, &byte, 1, &n), STLS_ERROR_MISUSE);
  cr_expect_eq(n, (size_t)0);
  EXPECT_RETURNS(stls_object_readv(NULL, NULL, 0, &n), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_read_from(NULL, &byte, 1, &m, &byte, 1, &n),
                 STLS_ERROR_MISUSE);
  cr_expect_eq(m, (size_t)0);
  EXPECT_RETURNS(stls_object_write(NULL, &byte, 1, &n), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_writev(NULL, NULL, 0, &n), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_cork(NULL), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_flush(NULL), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_close_write(NULL), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_unwrap(NULL), STLS_ERROR_MISUSE);
  cr_expect_eq(stls_object_wants(NULL), 0U);
  cr_expect_eq(stls_object_pending(NULL), (size_t)0);
  cr_expect_eq(stls_object_corked(NULL), (size_t)0);
  EXPECT_RETURNS(stls_object_error(NULL, NULL), STLS_OK);
  cr_expect_null(stls_object_conninfo(NULL));
  cr_expect_null(stls_object_incoming(NULL));
  cr_expect_null(stls_object_outgoing(NULL));
  cr_expect_null(stls_object_context(NULL));
  cr_expect_null(stls_object_user_data(NULL));
  cr_expect_null(stls_object_ssl(NULL));
  stls_object_free(NULL);
}

Test(misuse, is_forgotten_when_the_connection_fails)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  stls_error err = STLS_ERROR_INIT;
  char byte;
  size_t n;

  ASSERT_RETURNS(stls_object_read(pair.client, NULL, 1, &n), STLS_ERROR_MISUSE);
  stls_bio_write_eof(stls_object_incoming(pair.client));
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RETURNS(stls_object_read(pair.client, &byte, 1, &n),
                 STLS_ERROR_TRUNCATED);
  ASSERT_RETURNS(stls_object_read(pair.client, NULL, 1, &n), STLS_ERROR_MISUSE);
  EXPECT_RESULT(stls_object_error(pair.client, &err), STLS_ERROR_TRUNCATED,
                "the first failure stays");
  pair_free(&pair);
}

/* A program built when the struct was shorter gets no more than it has. */
Test(misuse, of_a_short_error_struct_is_impossible)
{
  struct {
    stls_error err;
    unsigned char canary[64];
  } memory;
  size_t short_size = offsetof(stls_error, message) + 8;

  memset(&memory, 0xa5, sizeof memory);
  memory.err.size = short_size;
  ASSERT_RETURNS(stls_bio_new(NULL, &memory.err), STLS_ERROR_MISUSE);
  cr_expect_eq(memory.err.size, short_size);
  EXPECT_RETURNS(memory.err.result, STLS_ERROR_MISUSE);
  /* Half a message would be a text without its end. */
  for (size_t i = offsetof(stls_error, message); i < sizeof memory; i++)
    cr_assert_eq(((unsigned char *)&memory)[i], 0xa5, "byte %zu", i);
}
