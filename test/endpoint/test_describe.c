/* SPDX-License-Identifier: MIT */
/* test_describe: the one-line description of a connection. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"

SUITE(describe);

static const char *describe(const stls_object *object)
{
  static char line[STLS_DESCRIPTION_SIZE];
  size_t len = 0;

  ASSERT_RESULT(stls_object_describe(object, line, sizeof line, &len, NULL),
                STLS_OK, "describe");
  cr_assert_eq(len, strlen(line));
  return line;
}

static void speak_http(stls_context *context)
{
  static const char *const names[] = {"h2"};

  ASSERT_RESULT(stls_context_set_alpn(context, names, 1, NULL), STLS_OK,
                "alpn");
}

static void expect_start(const stls_object *object, const char *want)
{
  const char *line = describe(object);
  stls_counters counters = STLS_COUNTERS_INIT;
  char end[100];

  cr_expect_eq(strncmp(line, want, strlen(want)), 0, "\"%s\" is not \"%s\"",
               line, want);
  ASSERT_RESULT(stls_object_counters(object, &counters, NULL), STLS_OK,
                "counters");
  snprintf(end, sizeof end, " in=%zu out=%zu", (size_t)counters.bytes_in,
           (size_t)counters.bytes_out);
  cr_expect_str_eq(line + strlen(want), end, "%s", line);
}

Test(describe, says_what_there_is_to_say)
{
  pair_options options = {.tune_client = speak_http,
                          .tune_server = speak_http,
                          .version = STLS_TLS_1_3};
  test_pair pair = pair_new(&options);
  char want[128];

  expect_start(pair.server, "server new");
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  snprintf(want, sizeof want,
           "client TLSv1.3 TLS_AES_128_GCM_SHA256 %s alpn=h2 "
           "sni=server.example verified open",
           pair_default_group(STLS_TLS_1_3));
  expect_start(pair.client, want);
  snprintf(want, sizeof want,
           "server TLSv1.3 TLS_AES_128_GCM_SHA256 %s alpn=h2 "
           "sni=server.example open",
           pair_default_group(STLS_TLS_1_3));
  expect_start(pair.server, want);
  pair_free(&pair);
}

Test(describe, has_a_word_for_every_situation)
{
  static const char *const words[NUM_OBJECT_STATES] = {
      [OBJECT_STATE_NEW] = " new ",
      [OBJECT_STATE_SHAKING] = " handshaking ",
      [OBJECT_STATE_OPEN] = " open ",
      [OBJECT_STATE_CLOSE_SENT] = " close-sent ",
      [OBJECT_STATE_CLOSE_RECEIVED] = " close-received ",
      [OBJECT_STATE_CLOSED] = " closed ",
      [OBJECT_STATE_ABANDONED] = " abandoned ",
      [OBJECT_STATE_FAILED] = " failed ",
  };
  object_states_contexts setup;

  object_states_open(&setup);
  for (int kind = 0; kind < NUM_OBJECT_STATES; kind++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      object_states_pair ends =
          object_states_begin(&setup, (object_state)kind, role);
      const char *line = describe(ends.self);
      cr_expect(words[kind] == NULL || strstr(line, words[kind]), "%s: %s",
                object_state_name((object_state)kind), line);
      cr_expect_eq(
          strncmp(line, role == STLS_CLIENT ? "client " : "server ", 7), 0);
      object_states_end(&ends);
    }
  object_states_close(&setup);
}

static char hostile[256];

static void speak_hostile(stls_context *context)
{
  const char *name = hostile;

  ASSERT_RESULT(stls_context_set_alpn(context, &name, 1, NULL), STLS_OK,
                "alpn");
}

/* Bytes of the peer's cannot break the line, nor make up a word of their own. */
Test(describe, is_one_printable_line)
{
  pair_options options = {.tune_client = speak_hostile,
                          .tune_server = speak_hostile};
  test_pair pair;
  const char *line;
  size_t num_spaces = 0;

  for (size_t i = 0; i < 255; i++) hostile[i] = (char)(i + 1);
  pair = pair_new(&options);
  cr_assert_eq(SSL_set_tlsext_host_name(stls_object_ssl(pair.client),
                                        "a\nb c\x1b[1m\"'\xff verified"),
               1);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  line = describe(pair.server);
  for (size_t i = 0; line[i] != '\0'; i++) {
    cr_expect(line[i] >= 0x20 && line[i] < 0x7f, "byte %d", line[i]);
    num_spaces += line[i] == ' ';
    cr_expect_null(strchr("\"'\\", line[i]), "%c", line[i]);
  }
  /* What is no DNS name is not told. */
  cr_expect_null(strstr(line, "sni="), "%s", line);
  cr_expect_eq(num_spaces, 7U, "%s", line);
  pair_free(&pair);
}

/* A name of 253 bytes, and a protocol of 255. */
Test(describe, never_needs_more_than_it_promises)
{
  pair_options options = {.tune_client = speak_hostile,
                          .tune_server = speak_hostile};
  char name[254];
  test_pair pair;

  memset(hostile, 'p', 255);
  for (size_t i = 0; i < 253; i++) name[i] = i % 64 == 63 ? '.' : 'n';
  name[253] = '\0';
  pair = pair_new(&options);
  cr_assert_eq(SSL_set_tlsext_host_name(stls_object_ssl(pair.client), name), 1);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  cr_expect_lt(strlen(describe(pair.server)), STLS_DESCRIPTION_SIZE - 200);
  cr_expect(strstr(describe(pair.server), name));
  cr_expect(strstr(describe(pair.server), hostile));
  pair_free(&pair);
}

Test(describe, cuts_nothing)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  const char *whole = describe(pair.client);
  size_t len = strlen(whole);
  stls_error err = STLS_ERROR_INIT;
  char out[400], guard = 0x55;

  for (size_t cap = 0; cap <= len + 2; cap++) {
    size_t told = 0, written = cap <= len ? 0 : len + 1;
    memset(out, guard, sizeof out);
    EXPECT_RESULT(stls_object_describe(pair.client, out, cap, &told, &err),
                  cap <= len ? STLS_ERROR_MISUSE : STLS_OK, "describe");
    cr_expect_eq(told, len);
    cr_expect_eq(memcmp(out, whole, written), 0);
    cr_expect_eq(out[written], guard);
  }
  expect_misuse(stls_object_describe(pair.client, out, sizeof out, NULL, &err),
                &err, "out_len");
  expect_misuse(stls_object_describe(pair.client, NULL, 1, &len, &err), &err,
                "out is");
  expect_misuse(stls_object_describe(NULL, out, 1, &len, &err), &err, "object");
  cr_expect_eq(len, (size_t)0);
  pair_free(&pair);
}
