/* SPDX-License-Identifier: MIT */
/* test_session_codec: encoded sessions, and bytes that are refused. */
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "lib/session/session.h"
#include "support/expect.h"
#include "support/resumption.h"

SUITE(session_codec, .timeout = 120);

/* In memory of just that size, so that sanitizers see an overrun; the caller's. */
static unsigned char *write_down(const stls_session *session, size_t *out_len)
{
  stls_error err = STLS_ERROR_INIT;
  unsigned char *bytes;
  size_t len = 0;

  ASSERT_RESULT(stls_session_serialize(session, NULL, 0, &len, &err), STLS_OK,
                "length");
  bytes = malloc(len);
  cr_assert_not_null(bytes);
  ASSERT_RESULT(stls_session_serialize(session, bytes, len, out_len, &err),
                STLS_OK, "bytes");
  cr_assert_eq(*out_len, len);
  return bytes;
}

static stls_result read_back(const unsigned char *bytes, size_t len,
                             stls_session **out_session)
{
  unsigned char *exact = malloc(len > 0 ? len : 1);
  stls_result result;

  cr_assert_not_null(exact);
  memcpy(exact, bytes, len);
  result =
      stls_session_new_serialized(exact, len, NULL, NULL, out_session, NULL);
  free(exact);
  return result;
}

/* The checksum that the form has, made anew. */
static void sum_up(unsigned char *bytes, size_t len)
{
  uint64_t sum = 0xcbf29ce484222325U;

  for (size_t i = 0; i + 8 < len; i++) sum = (sum ^ bytes[i]) * 0x100000001b3U;
  for (size_t i = 0; i < 8; i++)
    bytes[len - 1 - i] = (unsigned char)(sum >> (8 * i));
}

static const struct row {
  const char *name;
  pair_options options;
} rows[] = {
    {"TLS 1.2", {.version = STLS_TLS_1_2}},
    {"TLS 1.3", {.version = STLS_TLS_1_3}},
    {"TLS 1.3, both verified",
     {.version = STLS_TLS_1_3,
      .client_credential = "client-ecdsa",
      .server_verify = STLS_VERIFY_REQUIRED}},
    {"an address", {.version = STLS_TLS_1_3, .server_name = "127.0.0.1"}},
};

/* The contexts are made anew: another process has others. */
Test(session_codec, resumes_elsewhere)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    resumption peers = resumption_open(&rows[i].options);
    stls_session *session = resumption_new_session(&peers), *copy = NULL;
    size_t len;
    unsigned char *bytes = write_down(session, &len);
    stls_context_free(peers.client);
    peers.client = pair_context(&rows[i].options, STLS_CLIENT);
    ASSERT_RESULT(read_back(bytes, len, &copy), STLS_OK, rows[i].name);
    cr_expect(stls_session_equal(copy, session), "%s", rows[i].name);
    cr_expect_eq(stls_session_time(copy), stls_session_time(session));
    cr_expect_eq(stls_session_timeout(copy), stls_session_timeout(session));
    cr_expect_eq(stls_session_ticket_lifetime_hint(copy),
                 stls_session_ticket_lifetime_hint(session));
    cr_expect_eq(stls_session_version(copy), stls_session_version(session));
    cr_expect_str_eq(stls_session_cipher_name(copy),
                     stls_session_cipher_name(session));
    cr_expect_str_eq(stls_session_server_name(copy), peers.name);
    cr_expect_eq(copy->lifetime.authenticated_at,
                 session->lifetime.authenticated_at);
    cr_expect_eq(copy->lifetime.expires_at, session->lifetime.expires_at);
    cr_expect(stls_session_peer_verified(copy));
    cr_expect(resumption_succeeds(&peers, copy), "%s", rows[i].name);
    stls_session_free(session);
    stls_session_free(copy);
    free(bytes);
    resumption_close(&peers);
  }
}

static void verify_none(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

/* What is refused in one process is refused in another. */
Test(session_codec, keeps_its_policy)
{
  const pair_options lax = {.tune_client = verify_none};
  const pair_options strict = {0};
  resumption peers = resumption_open(&lax);
  stls_session *session = resumption_new_session(&peers), *copy = NULL;
  stls_error err = STLS_ERROR_INIT;
  size_t len;
  unsigned char *bytes = write_down(session, &len);

  ASSERT_RESULT(read_back(bytes, len, &copy), STLS_OK, "read");
  cr_expect_not(stls_session_peer_verified(copy));
  EXPECT_RESULT(resumption_offer(&peers, peers.name, copy, &err), STLS_OK,
                "lax");
  stls_context_free(peers.client);
  peers.client = pair_context(&strict, STLS_CLIENT);
  EXPECT_RESULT(resumption_offer(&peers, peers.name, copy, &err),
                STLS_ERROR_INPUT, "strict");
  stls_session_free(session);
  stls_session_free(copy);
  /* Nor does it help to say that it was verified. */
  bytes[8] |= 1;
  sum_up(bytes, len);
  copy = NULL;
  ASSERT_RESULT(read_back(bytes, len, &copy), STLS_OK, "read");
  EXPECT_RESULT(resumption_offer(&peers, peers.name, copy, &err),
                STLS_ERROR_INPUT, "strict");
  stls_session_free(copy);
  free(bytes);
  resumption_close(&peers);
}

Test(session_codec, is_refused_when_cut_or_changed)
{
  for (size_t i = 0; i < 2; i++) {
    resumption peers = resumption_open(&rows[i].options);
    stls_session *session = resumption_new_session(&peers), *copy = NULL;
    size_t len;
    unsigned char *bytes = write_down(session, &len);
    unsigned char *longer = malloc(len + 1);
    for (size_t cut = 0; cut < len; cut++)
      EXPECT_RESULT(read_back(bytes, cut, &copy), STLS_ERROR_INPUT, "cut");
    for (size_t at = 0; at < len; at++)
      for (int bit = 0; bit < 8; bit++) {
        bytes[at] ^= (unsigned char)(1 << bit);
        EXPECT_RESULT(read_back(bytes, len, &copy), STLS_ERROR_INPUT, "bit");
        bytes[at] ^= (unsigned char)(1 << bit);
      }
    cr_assert_not_null(longer);
    memcpy(longer, bytes, len);
    longer[len] = 0;
    EXPECT_RESULT(read_back(longer, len + 1, &copy), STLS_ERROR_INPUT, "more");
    cr_expect_null(copy);
    free(longer);
    free(bytes);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* With the checksum put right, as somebody would who means it: it is refused, or
 * it is a session that can be offered without harm. */
Test(session_codec, survives_what_is_forged)
{
  resumption peers = resumption_open(&rows[1].options);
  stls_session *session = resumption_new_session(&peers);
  size_t len, num_read = 0;
  unsigned char *bytes = write_down(session, &len);
  const size_t step = check_quick() ? 37 : 1;

  for (size_t at = 0; at + 8 < len; at += step)
    for (int bit = 0; bit < 8; bit++) {
      stls_session *copy = NULL;
      stls_result result;
      bytes[at] ^= (unsigned char)(1 << bit);
      sum_up(bytes, len);
      result = read_back(bytes, len, &copy);
      cr_expect(result == STLS_OK || result == STLS_ERROR_INPUT, "%zu: %s", at,
                stls_result_name(result));
      if (result == STLS_OK) {
        num_read++;
        (void)stls_session_is_resumable(copy);
        (void)stls_session_cipher_name(copy);
        if (bit == 0 &&
            resumption_offer(&peers, peers.name, copy, NULL) == STLS_OK) {
          test_pair pair = resumption_pair(&peers, copy);
          (void)pair_handshake(&pair);
          pair_free(&pair);
        }
        stls_session_free(copy);
      }
      bytes[at] ^= (unsigned char)(1 << bit);
    }
  cr_expect_gt(num_read, 0);
  free(bytes);
  stls_session_free(session);
  resumption_close(&peers);
}

/* What is wrong, at which byte, and what is said of it. */
static const struct fault {
  const char *word;
  size_t at;
  unsigned char value;
} faults[] = {
    {"first bytes", 0, 'X'}, {"older form", 7, 1}, {"not known", 7, 3},
    {"flags", 8, 0x84},      {"name", 8, 1},       {"name", 26, 0},
};

Test(session_codec, says_what_is_wrong)
{
  resumption peers = resumption_open(&rows[1].options);
  stls_session *session = resumption_new_session(&peers), *copy = NULL;
  stls_error err = STLS_ERROR_INIT;
  size_t len;
  unsigned char *bytes = write_down(session, &len);

  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    unsigned char before = bytes[faults[i].at];
    bytes[faults[i].at] = faults[i].value;
    sum_up(bytes, len);
    EXPECT_RESULT(
        stls_session_new_serialized(bytes, len, NULL, NULL, &copy, &err),
        STLS_ERROR_INPUT, faults[i].word);
    cr_expect(strstr(err.message, faults[i].word) != NULL, "%s: %s",
              faults[i].word, err.message);
    bytes[faults[i].at] = before;
  }
  free(bytes);
  stls_session_free(session);
  resumption_close(&peers);
}

Test(session_codec, refuses_misuse)
{
  resumption peers = resumption_open(&rows[1].options);
  stls_session *session = resumption_new_session(&peers), *copy = NULL;
  stls_error err = STLS_ERROR_INIT;
  unsigned char small[10];
  size_t len = 1;

  expect_misuse(stls_session_serialize(NULL, NULL, 0, &len, &err), &err,
                "session");
  cr_expect_eq(len, 0);
  expect_misuse(stls_session_serialize(session, NULL, 0, NULL, &err), &err,
                "out_len");
  expect_misuse(stls_session_serialize(session, NULL, 5, &len, &err), &err,
                "out is NULL");
  expect_misuse(
      stls_session_serialize(session, small, sizeof small, &len, &err), &err,
      "out_cap");
  cr_expect_gt(len, sizeof small);
  expect_misuse(stls_session_new_serialized(NULL, 1, NULL, NULL, &copy, &err),
                &err, "data");
  expect_misuse(
      stls_session_new_serialized(small, sizeof small, NULL, NULL, NULL, &err),
      &err, "out_session");
  stls_session_free(session);
  resumption_close(&peers);
}
