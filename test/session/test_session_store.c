/* SPDX-License-Identifier: MIT */
/* test_session_store: the sessions that a server with a clock stores itself. */
/*
 * What OpenSSL's cache does for a server without a clock (SSL_CTX_set_session_cache_mode
 * and SSL_CTX_sess_set_cache_size) holds for the store, too.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "lib/session/session_store.h"
#include "context/clocks.h"
#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/resumption.h"

SUITE(session_store, .timeout = 60);

#define NOW INT64_C(1600000000)

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

static void store(stls_context *context)
{
  clocks_use_no_tickets(context);
  clocks_tune_server(context);
}

static void store_two(stls_context *context)
{
  store(context);
  SSL_CTX_sess_set_cache_size(stls_context_ssl_ctx(context), 2);
  ASSERT_RETURNS(stls_context_set_num_tickets(context, 1, NULL), STLS_OK);
}

static void remember(stls_context *context)
{
  clocks_use_no_tickets(context);
  clocks_tune_client(context);
}

static stls_session_stats stats_of(const resumption *peers)
{
  stls_session_stats stats = STLS_SESSION_STATS_INIT;

  ASSERT_RETURNS(stls_context_session_stats(peers->server, &stats, NULL),
                 STLS_OK);
  return stats;
}

Test(session_store, drops_the_oldest)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.version = versions[v],
                                  .tune_client = remember,
                                  .tune_server = store_two};
    stls_session *sessions[3];
    resumption peers;
    stls_session_stats stats;
    clocks_set(NOW);
    peers = resumption_open(&options);
    for (size_t i = 0; i < 3; i++) sessions[i] = resumption_new_session(&peers);
    stats = stats_of(&peers);
    cr_expect_eq(stats.number, 2, "%zu", stats.number);
    cr_expect_eq(stats.cache_full, 1, "%zu", stats.cache_full);
    cr_expect_eq(stats.misses, 0, "%zu", stats.misses);
    cr_expect_eq(resumption_succeeds(&peers, sessions[2]), true);
    cr_expect_not(resumption_succeeds(&peers, sessions[0]));
    stats = stats_of(&peers);
    cr_expect_eq(stats.misses, 1, "%zu", stats.misses);
    cr_expect_eq(stats.hits, 1, "%zu", stats.hits);
    for (size_t i = 0; i < 3; i++) stls_session_free(sessions[i]);
    resumption_close(&peers);
  }
}

/* RFC 5246, 7.2.2: after a fatal alert a session is not resumed. */
Test(session_store, forgets_what_has_failed)
{
  for (int fails = 0; fails < 2; fails++) {
    const pair_options options = {
        .version = STLS_TLS_1_2, .tune_client = remember, .tune_server = store};
    static const unsigned char broken[] = {23, 3, 3, 0, 30, 1, 2, 3, 4, 5, 6, 7,
                                           8,  9, 1, 2, 3,  4, 5, 6, 7, 8, 9, 1,
                                           2,  3, 4, 5, 6,  7, 8, 9, 1, 2, 3};
    stls_session *session;
    resumption peers;
    test_pair pair;
    char byte;
    size_t n;
    clocks_set(NOW);
    peers = resumption_open(&options);
    pair = resumption_connect(&peers, NULL);
    session = resumption_fetch_session(&pair);
    cr_assert_not_null(session);
    cr_expect_eq(stats_of(&peers).number, 1);
    if (fails) {
      ASSERT_RETURNS(stls_bio_write(stls_object_incoming(pair.server), broken,
                                    sizeof broken, &n, NULL),
                     STLS_OK);
      EXPECT_RETURNS(stls_object_read(pair.server, &byte, 1, &n),
                     STLS_ERROR_TLS);
    }
    cr_expect_eq(stats_of(&peers).number, fails ? 0 : 1);
    pair_free(&pair);
    cr_expect_eq(resumption_succeeds(&peers, session), !fails);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* Its sessions end with the clock, and the system's cache begins empty. */
Test(session_store, ends_with_the_clock)
{
  const pair_options options = {.version = STLS_TLS_1_2,
                                .tune_client = remember,
                                .tune_server = clocks_use_no_tickets};
  stls_context *server = NULL;
  resumption peers;
  int64_t now = NOW;

  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_context_set_clock(server, clocks_show, &now, NULL), 0);
  cr_expect_neq(SSL_CTX_get_session_cache_mode(stls_context_ssl_ctx(server)) &
                    SSL_SESS_CACHE_NO_INTERNAL,
                0);
  ASSERT_RETURNS(stls_context_set_clock(server, NULL, NULL, NULL), STLS_OK);
  cr_expect_eq(SSL_CTX_get_session_cache_mode(stls_context_ssl_ctx(server)),
               SSL_SESS_CACHE_SERVER);
  stls_context_free(server);
  clocks_set(NOW);
  peers = resumption_open(&options);
  for (int i = 0; i < 3; i++) {
    test_pair pair = resumption_connect(&peers, NULL);
    pair_free(&pair);
  }
  cr_expect_eq(SSL_CTX_sess_number(stls_context_ssl_ctx(peers.server)), 3);
  cr_expect_eq(stats_of(&peers).number, 3);
  resumption_close(&peers);
}

/* --- The store alone --- */

static SSL_SESSION *new_session(unsigned char first, int64_t made, long timeout)
{
  SSL_SESSION *session = SSL_SESSION_new();
  unsigned char id[32] = {first, 1, 2, 3};

  cr_assert_not_null(session);
  cr_assert_eq(SSL_SESSION_set1_id(session, id, sizeof id), 1);
  resumption_set_time(session, made);
  SSL_SESSION_set_timeout(session, timeout);
  return session;
}

static bool has(stls_session_store *sessions, unsigned char first, int64_t now)
{
  const unsigned char id[32] = {first, 1, 2, 3};
  SSL_SESSION *found = stls_session_store_find(sessions, id, sizeof id, now);
  bool is_found = found != NULL;

  SSL_SESSION_free(found);
  return is_found;
}

Test(session_store, keeps_sessions_for_their_time)
{
  stls_session_store *sessions = stls_session_store_new();
  SSL_SESSION *session = new_session(7, NOW, 100);

  cr_assert_not_null(sessions);
  stls_session_store_put(sessions, session, 0);
  stls_session_store_put(sessions, session, 0);
  cr_expect_eq(stls_session_store_count(sessions).number, 1);
  cr_expect_not(has(sessions, 8, NOW));
  cr_expect(has(sessions, 7, NOW - 60));
  cr_expect(has(sessions, 7, NOW + 100));
  cr_expect_not(has(sessions, 7, NOW + 101));
  cr_expect_eq(stls_session_store_count(sessions).timeouts, 1);
  cr_expect_eq(stls_session_store_count(sessions).number, 0);
  stls_session_store_put(sessions, session, 0);
  cr_expect_not(has(sessions, 7, NOW - 61));
  stls_session_store_put(sessions, session, 1);
  stls_session_store_remove(sessions, session);
  stls_session_store_remove(sessions, session);
  cr_expect_not(has(sessions, 7, NOW));
  SSL_SESSION_free(session);
  stls_session_store_free(sessions);
  stls_session_store_free(NULL);
}

/* Identifiers that share a place, dropped from both ends and the middle. */
Test(session_store, keeps_many)
{
  stls_session_store *sessions = stls_session_store_new();
  SSL_SESSION *made[256];

  cr_assert_not_null(sessions);
  for (size_t i = 0; i < 256; i++) {
    made[i] = new_session((unsigned char)i, NOW, 100);
    stls_session_store_put(sessions, made[i], 200);
  }
  cr_expect_eq(stls_session_store_count(sessions).number, 200);
  cr_expect_eq(stls_session_store_count(sessions).cache_full, 56);
  for (size_t i = 0; i < 256; i++)
    cr_expect_eq(has(sessions, (unsigned char)i, NOW), i >= 56, "%zu", i);
  for (size_t i = 56; i < 256; i += 3)
    stls_session_store_remove(sessions, made[i]);
  for (size_t i = 56; i < 256; i++)
    cr_expect_eq(has(sessions, (unsigned char)i, NOW), (i - 56) % 3 != 0, "%zu",
                 i);
  for (size_t i = 0; i < 256; i++) SSL_SESSION_free(made[i]);
  stls_session_store_free(sessions);
}

static bool try_to_store(const void *subject, size_t nth)
{
  SSL_SESSION *session = new_session(9, NOW, 100);
  const unsigned char id[32] = {9, 1, 2, 3};
  stls_session_store *sessions;
  SSL_SESSION *found = NULL;
  bool refused;

  (void)subject;
  oom_sweep_begin(nth);
  sessions = stls_session_store_new();
  if (sessions != NULL) {
    stls_session_store_put(sessions, session, 1);
    found = stls_session_store_find(sessions, id, sizeof id, NOW);
  }
  refused = oom_sweep_end();
  cr_expect(refused || found != NULL, "%zu", nth);
  SSL_SESSION_free(found);
  SSL_SESSION_free(session);
  stls_session_store_free(sessions);
  ERR_clear_error();
  return refused;
}

Test(session_store, does_without_memory)
{
  for (size_t nth = 1; oom_sweep_try(try_to_store, NULL, nth, "store"); nth++)
    continue;
}
