/* SPDX-License-Identifier: MIT */
/* test_ticket_rotation: rotation of the library's own ticket keys. */
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "lib/context/context.h"
#include "lib/session/session.h"
#include "lib/session/ticket_keys.h"
#include "support/expect.h"
#include "support/resumption.h"

SUITE(ticket_rotation, .timeout = 60);

#define HOUR ((int64_t)3600)
#define START ((int64_t)1000)

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

/* The time, which no test waits for. */
static atomic_llong hands;

static int64_t show(void *user_data)
{
  (void)user_data;
  return START + atomic_load(&hands);
}

static resumption open_at(stls_protocol version, int64_t time,
                          void (*tune)(stls_context *context))
{
  const pair_options options = {.version = version, .tune_server = tune};
  const struct stls_clock clock = {show, NULL};
  resumption peers = resumption_open(&options);

  atomic_store(&hands, time);
  stls_ticket_keys_set_clock(peers.server->ticket_keys, &clock);
  return peers;
}

/* The name of the key that sealed a ticket stands in front. */
static void copy_name(const stls_session *session, unsigned char out[16])
{
  const unsigned char *ticket;
  size_t len;

  SSL_SESSION_get0_ticket(session->ssl_session, &ticket, &len);
  cr_assert_gt(len, (size_t)16);
  memcpy(out, ticket, 16);
}

/* RFC 9325, 3.4: keys are changed regularly, and destroyed. */
Test(ticket_rotation, ends_keys_in_time)
{
  static const struct {
    int64_t later;
    bool resumes;
    bool is_renewed;
  } rows[] = {
      {0, true, false},         {12 * HOUR - 1, true, false},
      {12 * HOUR, true, true},  {24 * HOUR - 1, true, true},
      {24 * HOUR, false, true}, {10000 * HOUR, false, true},
  };

  for (size_t v = 0; v < 2; v++)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      resumption peers = open_at(versions[v], 1000, NULL);
      stls_session *session = resumption_new_session(&peers), *next;
      unsigned char before[16], after[16];
      copy_name(session, before);
      atomic_fetch_add(&hands, rows[i].later);
      cr_expect_eq(resumption_succeeds(&peers, session), rows[i].resumes,
                   "TLS 1.%zu, row %zu", v + 2, i);
      next = resumption_new_session(&peers);
      copy_name(next, after);
      cr_expect_eq(memcmp(before, after, 16) != 0, rows[i].is_renewed,
                   "TLS 1.%zu, row %zu", v + 2, i);
      stls_session_free(session);
      stls_session_free(next);
      resumption_close(&peers);
    }
}

/* A key opens until 24 hours after it was made, however late the next one came. */
Test(ticket_rotation, ends_keys_of_idle_servers)
{
  for (size_t v = 0; v < 2; v++) {
    resumption peers = open_at(versions[v], 0, NULL);
    stls_session *session = resumption_new_session(&peers);
    atomic_store(&hands, 24 * HOUR - 1);
    cr_expect(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    atomic_store(&hands, 24 * HOUR);
    cr_expect_not(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* Two overlap, and no more: the one before the last opens nothing, also where all
 * of them were in use. */
Test(ticket_rotation, keeps_two_keys)
{
  for (size_t v = 0; v < 2; v++) {
    resumption peers = open_at(versions[v], 0, NULL);
    stls_session *sessions[4];
    for (size_t i = 0; i < 4; i++) {
      sessions[i] = resumption_new_session(&peers);
      for (size_t j = 0; j <= i; j++)
        cr_expect_eq(resumption_succeeds(&peers, sessions[j]), j + 1 >= i,
                     "TLS 1.%zu: %zu after %zu", v + 2, j, i);
      atomic_fetch_add(&hands, 13 * HOUR);
    }
    for (size_t i = 0; i < 4; i++) stls_session_free(sessions[i]);
    resumption_close(&peers);
  }
}

/* A ticket under the second key brings one under the first. */
Test(ticket_rotation, renews_tickets)
{
  for (size_t v = 0; v < 2; v++) {
    resumption peers = open_at(versions[v], 0, NULL);
    stls_session *session = resumption_new_session(&peers), *next;
    for (int turn = 0; turn < 4; turn++) {
      test_pair pair;
      atomic_fetch_add(&hands, 13 * HOUR);
      pair = resumption_connect(&peers, session);
      cr_expect(stls_conninfo_resumed(stls_object_conninfo(pair.server)),
                "TLS 1.%zu, turn %d", v + 2, turn);
      resumption_send_tickets(&pair);
      next = resumption_take_session(pair.client);
      cr_assert_not_null(next, "TLS 1.%zu, turn %d", v + 2, turn);
      stls_session_free(session);
      session = next;
      pair_free(&pair);
    }
    stls_session_free(session);
    resumption_close(&peers);
  }
}

static void set_key(stls_context *context)
{
  static const unsigned char key[STLS_TICKET_KEY_LEN] = "a user's own";

  ASSERT_RESULT(stls_context_set_ticket_keys(context, key, sizeof key, NULL),
                STLS_OK, "key");
}

Test(ticket_rotation, leaves_keys_alone_that_were_set)
{
  for (size_t v = 0; v < 2; v++) {
    resumption peers = open_at(versions[v], 0, set_key);
    stls_session *session = resumption_new_session(&peers);
    unsigned char name[16];
    copy_name(session, name);
    cr_expect_arr_eq(name, "a user's own\0\0\0", 16);
    atomic_fetch_add(&hands, 100000 * HOUR);
    cr_expect(resumption_succeeds(&peers, session), "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
}

/* No two contexts have the same. */
Test(ticket_rotation, begins_with_keys_of_each_contexts_own)
{
  unsigned char names[2][16];

  for (int i = 0; i < 2; i++) {
    resumption peers = open_at(STLS_TLS_1_3, 0, NULL);
    stls_session *session = resumption_new_session(&peers);
    copy_name(session, names[i]);
    stls_session_free(session);
    resumption_close(&peers);
  }
  cr_expect_neq(memcmp(names[0], names[1], 16), 0);
}

/* Whoever comes while a key is changed gets one or the other, whole. */
static void *choose_often(void *arg)
{
  stls_ticket_keys *ring = arg;
  size_t num_wrong = 0;

  for (int i = 0; i < 2000; i++) {
    struct stls_ticket_keys_key first, peers;
    bool is_first = false;
    atomic_fetch_add(&hands, HOUR / 8);
    if (!stls_ticket_keys_find(ring, NULL, &first, &is_first) || !is_first)
      num_wrong++;
    if (stls_ticket_keys_find(ring, first.name, &peers, &is_first) &&
        memcmp(&first, &peers, sizeof first) != 0)
      num_wrong++;
  }
  return num_wrong == 0 ? NULL : ring;
}

Test(ticket_rotation, happens_while_other_threads_are_at_work)
{
  resumption peers = open_at(STLS_TLS_1_3, 0, NULL);
  pthread_t threads[4];
  void *wrong;

  for (size_t i = 0; i < 4; i++)
    cr_assert_eq(pthread_create(&threads[i], NULL, choose_often,
                                peers.server->ticket_keys),
                 0);
  for (size_t i = 0; i < 4; i++) {
    cr_assert_eq(pthread_join(threads[i], &wrong), 0);
    cr_expect_null(wrong);
  }
  resumption_close(&peers);
}
