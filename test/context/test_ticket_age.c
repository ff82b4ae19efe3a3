/* SPDX-License-Identifier: MIT */
/* test_ticket_age: the age of a ticket in the ClientHello that offers it. */
/*
 * RFC 8446, 4.2.11.1: obfuscated_ticket_age is the time since the ticket came, in
 * milliseconds, and a random number that the server gave. Differences of two show
 * the time.
 */
#include <openssl/ssl.h>
#include <openssl/tls1.h>

#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/clock.h>
#include <sanstls/conninfo.h>

#include "context/clocks.h"
#include "support/expect.h"
#include "support/resumption.h"

SUITE(ticket_age, .timeout = 120);

#define TIMEOUT INT64_C(7200)

/* In the past, in the future, and now. */
static const int64_t starts[] = {1600000000, 2100000000, 1800000000};

static uint32_t number_at(const unsigned char *at, size_t len)
{
  uint32_t number = 0;

  for (size_t i = 0; i < len; i++) number = number << 8 | at[i];
  return number;
}

/* obfuscated_ticket_age of the ClientHello that waits in `outgoing`. */
static uint32_t age_in_hello(const stls_object *client)
{
  const stls_span record = stls_bio_peek(stls_object_outgoing(client));
  const unsigned char *bytes = record.data;
  stls_client_hello *hello = NULL;
  stls_span psk;
  size_t identity_len;
  uint32_t age;

  cr_assert_gt(record.len, (size_t)9);
  /* After a HelloRetryRequest a change_cipher_spec may stand in front. */
  if (bytes[0] == SSL3_RT_CHANGE_CIPHER_SPEC) bytes += 6;
  ASSERT_RETURNS(stls_client_hello_new(bytes + 5, number_at(bytes + 3, 2), NULL,
                                       &hello, NULL),
                 STLS_OK);
  cr_assert(stls_client_hello_has_extension(hello, TLSEXT_TYPE_psk, &psk));
  bytes = psk.data;
  identity_len = number_at(bytes + 2, 2);
  age = number_at(bytes + 4 + identity_len, 4);
  stls_client_hello_free(hello);
  return age;
}

static uint32_t age_told(const resumption *peers, stls_session *session,
                         int64_t now)
{
  test_pair pair;
  uint32_t age;

  pair = resumption_pair(peers, session);
  /* The clock goes on between the object and its first message. */
  clocks_client = now;
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  age = age_in_hello(pair.client);
  pair_free(&pair);
  return age;
}

Test(ticket_age, is_that_of_the_clock)
{
  const int64_t told[] = {0, 1, 2, 100, 3600, TIMEOUT};

  for (size_t s = 0; s < sizeof starts / sizeof starts[0]; s++) {
    const pair_options options = {.version = STLS_TLS_1_3,
                                  .tune_client = clocks_tune_client,
                                  .tune_server = clocks_tune_server};
    resumption peers;
    stls_session *session;
    uint32_t mask;
    clocks_set(starts[s]);
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    mask = age_told(&peers, session, starts[s]);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
      /* libssl subtracts a second, for rounding. */
      const int64_t want = told[i] > 0 ? 1000 * (told[i] - 1) : 0;
      clocks_client = starts[s];
      cr_expect_eq(age_told(&peers, session, starts[s] + told[i]) - mask,
                   (uint32_t)want, "from %lld: %lld", (long long)starts[s],
                   (long long)told[i]);
    }
    stls_session_free(session);
    resumption_close(&peers);
  }
}

static void only_p384(stls_context *context)
{
  clocks_tune_server(context);
  ASSERT_RETURNS(stls_context_set_groups(context, "P-384", NULL), STLS_OK);
}

/* The second ClientHello has an age of its own. */
Test(ticket_age, is_told_again_after_a_hello_retry_request)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_client = clocks_tune_client,
                                .tune_server = only_p384};
  resumption peers;
  stls_session *session;
  test_pair pair;
  uint32_t first;

  clocks_set(starts[0]);
  peers = resumption_open(&options);
  session = resumption_new_session(&peers);
  pair = resumption_pair(&peers, session);
  clocks_set(starts[0] + 11);
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  first = age_in_hello(pair.client);
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RETURNS(stls_object_handshake(pair.server), STLS_WANT_READ);
  pair_move_all(&pair, pair.server, pair.client);
  clocks_set(starts[0] + 21);
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  cr_expect_eq(age_in_hello(pair.client) - first, 10000U);
  EXPECT_RETURNS(pair_handshake(&pair), STLS_OK);
  cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)));
  pair_free(&pair);
  stls_session_free(session);
  resumption_close(&peers);
}
