/* SPDX-License-Identifier: MIT */
/* test_clock_sessions: sessions and tickets by the clocks of their contexts. */
/*
 * RFC 8446, 4.6.1: a ticket's lifetime counts from its issuance, and is at most
 * seven days; 4.2.11.1: a client tells the age of its ticket.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>

#include <sanstls/clock.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "context/clocks.h"
#include "support/expect.h"
#include "support/resumption.h"

SUITE(clock_sessions, .timeout = 120);

#define DAY INT64_C(86400)
#define TIMEOUT INT64_C(7200)

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

/* In the past, in the future, and beyond 2038: in each the certificates of
 * test/data are valid. A 32-bit `long` of OpenSSL 3.0 ends there. */
static const int64_t starts[] = {1600000000, 2100000000, 4200000000};

static size_t num_starts(void)
{
  return sizeof(long) == 4 ? 2 : 3;
}

static int64_t session_timeout;

static void set_timeout(stls_context *context)
{
  if (session_timeout != 0)
    ASSERT_RETURNS(
        stls_context_set_session_timeout(context, session_timeout, NULL),
        STLS_OK);
}

static void tune_client(stls_context *context)
{
  clocks_tune_client(context);
  set_timeout(context);
}

static void tune_server(stls_context *context)
{
  clocks_tune_server(context);
  set_timeout(context);
}

static void tune_client_without(stls_context *context)
{
  tune_client(context);
  clocks_use_no_tickets(context);
}

static void tune_server_without(stls_context *context)
{
  tune_server(context);
  clocks_use_no_tickets(context);
}

static pair_options options_of(stls_protocol version, bool is_stored)
{
  return (pair_options){
      .version = version,
      .tune_client = is_stored ? tune_client_without : tune_client,
      .tune_server = is_stored ? tune_server_without : tune_server};
}

static size_t timeouts_of(const resumption *peers)
{
  stls_session_stats stats = STLS_SESSION_STATS_INIT;

  ASSERT_RETURNS(stls_context_session_stats(peers->server, &stats, NULL),
                 STLS_OK);
  return stats.timeouts;
}

/* --- Ages --- */

static const struct age {
  int64_t seconds;
  bool lasts;
} ages[] = {
    {0, true},           {1, true},         {TIMEOUT / 2, true},
    {TIMEOUT - 1, true}, {TIMEOUT, true},   {TIMEOUT + 1, false},
    {DAY, false},        {30 * DAY, false}, {-1, true},
    {-59, true},         {-61, false},      {-DAY, false},
};

/* Whose clock moves. */
typedef enum mover {
  BOTH,
  ONLY_CLIENT,
  ONLY_SERVER,
  NUM_MOVERS
} mover;

/* Who stores the session, and whose clock moves, from when. */
struct journey {
  const char *name;
  bool is_stored;
  mover who;
  int64_t start;
};

static void run_age(const struct journey *journey, const pair_options *joined,
                    const struct age *age)
{
  pair_options options = options_of(joined->version, journey->is_stored);
  char label[160];
  resumption peers;
  stls_session *session;
  size_t timeouts;

  snprintf(label, sizeof label, "%s, %s, from %lld, clock of %d, after %lld s",
           journey->name, journey->is_stored ? "stored" : "ticket",
           (long long)journey->start, (int)journey->who,
           (long long)age->seconds);
  options.feed = joined->feed;
  clocks_set(journey->start);
  peers = resumption_open(&options);
  session = resumption_new_session(&peers);
  cr_expect_eq(stls_session_time(session), journey->start, "%s", label);
  cr_expect_eq(stls_session_timeout(session), TIMEOUT, "%s", label);
  if (journey->who != ONLY_SERVER) clocks_client += age->seconds;
  if (journey->who != ONLY_CLIENT) clocks_server += age->seconds;
  timeouts = timeouts_of(&peers);
  cr_expect_eq(stls_session_is_resumable(session),
               age->lasts || journey->who == ONLY_SERVER, "%s", label);
  cr_expect_eq(resumption_succeeds(&peers, session), age->lasts, "%s", label);
  if (journey->who == ONLY_SERVER && age->seconds == TIMEOUT + 1)
    cr_expect_eq(timeouts_of(&peers), timeouts + 1, "%s", label);
  stls_session_free(session);
  resumption_close(&peers);
}

Test(clock_sessions, last_as_long_as_their_timeout)
{
  pair_options joined = {0};
  char name[64];

  for (size_t row = 0; pair_row(row, &joined, name); row += pair_row_step())
    for (int is_stored = 0; is_stored < 2; is_stored++)
      for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        const struct journey journey = {name, is_stored != 0,
                                        (mover)((row + i) % NUM_MOVERS),
                                        starts[i % num_starts()]};
        run_age(&journey, &joined, &ages[i]);
      }
}

/* Each mover with each age, in whole pieces. */
Test(clock_sessions, last_by_either_clock)
{
  for (size_t row = 0; row < 4; row++)
    for (int m = 0; m < NUM_MOVERS; m++)
      for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        const pair_options joined = {.version = versions[row % 2]};
        const struct journey journey = {row % 2 == 0 ? "TLS 1.2" : "TLS 1.3",
                                        row / 2 != 0, (mover)m, starts[0]};
        run_age(&journey, &joined, &ages[i]);
      }
}

/* A session that is handed on is not prolonged: of TLS 1.2 by a new ticket under
 * another key, and not by any of TLS 1.3 beyond the maximal age. */
Test(clock_sessions, are_not_prolonged_beyond_the_maximal_age)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = options_of(versions[v], false);
    resumption peers;
    stls_session *session;
    int64_t age = 0;
    session_timeout = 7 * DAY;
    clocks_set(starts[0]);
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    for (bool resumed = true; resumed && age < 30 * DAY;) {
      test_pair pair;
      stls_session *next;
      age += 6 * 3600;
      clocks_set(starts[0] + age);
      pair = resumption_connect(&peers, session);
      resumed = stls_conninfo_resumed(stls_object_conninfo(pair.server));
      cr_expect_eq(resumed, age <= 7 * DAY, "TLS 1.%zu: %lld", v + 2,
                   (long long)age);
      resumption_send_tickets(&pair);
      while ((next = resumption_take_session(pair.client)) != NULL) {
        stls_session_free(session);
        session = next;
      }
      pair_free(&pair);
    }
    cr_expect_gt(age, 7 * DAY, "TLS 1.%zu", v + 2);
    stls_session_free(session);
    resumption_close(&peers);
  }
  session_timeout = 0;
}

/* --- Ticket keys --- */

static const struct turn {
  int64_t hours;
  bool lasts;
} turns[] = {{0, true}, {11, true}, {13, true}, {23, true}, {25, false}};

Test(clock_sessions, end_with_the_keys_of_their_tickets)
{
  for (size_t v = 0; v < 2; v++)
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
      const pair_options options = options_of(versions[v], false);
      resumption peers;
      stls_session *session;
      session_timeout = 7 * DAY;
      clocks_set(starts[0]);
      peers = resumption_open(&options);
      session = resumption_new_session(&peers);
      clocks_set(starts[0] + turns[i].hours * 3600);
      cr_expect_eq(resumption_succeeds(&peers, session), turns[i].lasts,
                   "TLS 1.%zu, %lld h", v + 2, (long long)turns[i].hours);
      stls_session_free(session);
      resumption_close(&peers);
    }
  session_timeout = 0;
}

/* A clock that was in the future does not keep its key until then. */
Test(clock_sessions, have_new_keys_after_the_clock_was_set_back)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = options_of(versions[v], false);
    stls_session *sessions[2];
    resumption peers;
    session_timeout = 7 * DAY;
    clocks_set(starts[0] + 1000 * DAY);
    peers = resumption_open(&options);
    sessions[0] = resumption_new_session(&peers);
    clocks_set(starts[0]);
    sessions[1] = resumption_new_session(&peers);
    cr_expect(resumption_succeeds(&peers, sessions[1]), "TLS 1.%zu", v + 2);
    clocks_set(starts[0] + DAY + 3600);
    cr_expect_not(resumption_succeeds(&peers, sessions[1]), "TLS 1.%zu", v + 2);
    clocks_set(starts[0] + 1000 * DAY);
    cr_expect_not(resumption_succeeds(&peers, sessions[0]), "TLS 1.%zu", v + 2);
    for (size_t i = 0; i < 2; i++) stls_session_free(sessions[i]);
    resumption_close(&peers);
  }
  session_timeout = 0;
}

/* --- What belongs to no context --- */

/* A session keeps the clock that it was made by; one that was read has the
 * system's, until a context with a clock is asked. */
Test(clock_sessions, are_asked_by_their_own_clock)
{
  for (size_t v = 0; v < 2; v++) {
    const pair_options options = options_of(versions[v], false);
    stls_session *session, *copy = NULL;
    unsigned char form[8000];
    resumption peers;
    size_t len;
    clocks_set(starts[0]);
    peers = resumption_open(&options);
    session = resumption_new_session(&peers);
    ASSERT_RETURNS(
        stls_session_serialize(session, form, sizeof form, &len, NULL),
        STLS_OK);
    ASSERT_RETURNS(
        stls_session_new_serialized(form, len, NULL, NULL, &copy, NULL),
        STLS_OK);
    cr_expect_eq(stls_session_time(copy), starts[0]);
    cr_expect(stls_session_is_resumable(session));
    cr_expect_not(stls_session_is_resumable(copy));
    EXPECT_RETURNS(stls_session_check(copy, peers.client, peers.name, NULL),
                   STLS_OK);
    cr_expect(resumption_succeeds(&peers, copy), "TLS 1.%zu", v + 2);
    clocks_client += TIMEOUT + 1;
    cr_expect_not(stls_session_is_resumable(session));
    EXPECT_RETURNS(stls_session_check(copy, peers.client, peers.name, NULL),
                   STLS_ERROR_INPUT);
    stls_session_free(session);
    stls_session_free(copy);
    resumption_close(&peers);
  }
}

/* A context without a clock does not know one that another has. */
Test(clock_sessions, are_not_of_a_context_without_clock)
{
  for (size_t v = 0; v < 2; v++) {
    pair_options options = options_of(versions[v], false);
    stls_session *session;
    resumption peers, plain;
    clocks_set(starts[0]);
    peers = resumption_open(&options);
    options.tune_client = NULL;
    plain = resumption_open(&options);
    session = resumption_new_session(&peers);
    EXPECT_RETURNS(resumption_offer(&plain, plain.name, session, NULL),
                   STLS_ERROR_INPUT);
    EXPECT_RETURNS(resumption_offer(&peers, peers.name, session, NULL),
                   STLS_OK);
    stls_session_free(session);
    resumption_close(&peers);
    resumption_close(&plain);
  }
}

static int64_t show_and_soil(void *user_data)
{
  ERR_raise(ERR_LIB_USER, 1);
  return clocks_show(user_data);
}

static void soil(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_clock(context, show_and_soil, &clocks_client, NULL),
      STLS_OK);
}

/* What a clock leaves in the error queue is no failure of anything. */
Test(clock_sessions, do_without_entries_of_the_clock)
{
  pair_options options = {.tune_client = soil, .tune_server = soil};
  char label[64];

  clocks_set(starts[0]);
  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = resumption_open_resumed(&options);
    cr_expect_eq(ERR_peek_error(), 0, "%s", label);
    pair_free(&pair);
  }
}
