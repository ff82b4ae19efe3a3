/* SPDX-License-Identifier: MIT */
/* test_state: every cell of the state tables, derived a second time. */
/*
 * The library has tables; this says the same in rules, as the header words
 * them, so that a slip in either shows.
 */
#include <string.h>

#include "lib/endpoint/state.h"
#include "support/check.h"

SUITE(state);

static const char *const state_names[STLS_NUM_STATES] = {
    "new",    "handshaking", "open",  "close sent", "close received",
    "closed", "abandoned",   "failed"};
static const char *const event_names[STLS_NUM_EVENTS] = {
    "started", "established", "close sent", "close received", "failed"};
static const char *const call_names[STLS_NUM_CALLS] = {
    "handshake", "read", "write", "close_write", "unwrap", "reject"};

static bool is_early(stls_state state);
static bool is_final(stls_state state);
static bool has_sent_close(stls_state state);
static bool has_received_close(stls_state state);
static stls_state want_next(stls_state state, stls_event event);
static stls_verdict want_verdict(stls_state state, stls_call call);

Test(state, follows_events)
{
  for (int state = 0; state < STLS_NUM_STATES; state++)
    for (int event = 0; event < STLS_NUM_EVENTS; event++) {
      stls_state got = stls_state_next((stls_state)state, (stls_event)event);
      stls_state want = want_next((stls_state)state, (stls_event)event);
      cr_expect_eq(got, want, "%s, %s: %s, not %s", state_names[state],
                   event_names[event], state_names[got], state_names[want]);
    }
}

Test(state, judges_calls)
{
  for (int state = 0; state < STLS_NUM_STATES; state++)
    for (int call = 0; call < STLS_NUM_CALLS; call++) {
      stls_verdict got = stls_state_verdict((stls_state)state, (stls_call)call);
      stls_verdict want = want_verdict((stls_state)state, (stls_call)call);
      cr_expect_eq(got, want, "%s in state %s: verdict %d, not %d",
                   call_names[call], state_names[state], (int)got, (int)want);
    }
}

Test(state, never_leaves_an_end)
{
  static const stls_state ends[] = {STLS_STATE_CLOSED, STLS_STATE_ABANDONED,
                                    STLS_STATE_FAILED};

  for (size_t i = 0; i < 3; i++)
    for (int event = 0; event < STLS_NUM_EVENTS; event++)
      cr_expect_eq(stls_state_next(ends[i], (stls_event)event), ends[i],
                   "%s, %s", state_names[ends[i]], event_names[event]);
}

Test(state, fails_from_everywhere_but_the_ends)
{
  for (int state = 0; state < STLS_NUM_STATES; state++)
    if (!is_final((stls_state)state))
      cr_expect_eq(stls_state_next((stls_state)state, STLS_EVENT_FAILED),
                   STLS_STATE_FAILED, "%s", state_names[state]);
}

/* Whatever happens in whatever order, a direction that was closed stays so. */
Test(state, never_opens_a_closed_direction_again)
{
  for (int from = 0; from < STLS_NUM_STATES; from++)
    for (int event = 0; event < STLS_NUM_EVENTS; event++) {
      stls_state before = (stls_state)from;
      stls_state after = stls_state_next(before, (stls_event)event);
      if (after == STLS_STATE_FAILED) continue;
      cr_expect(!has_sent_close(before) || has_sent_close(after), "%s, %s",
                state_names[before], event_names[event]);
      cr_expect(!has_received_close(before) || has_received_close(after),
                "%s, %s", state_names[before], event_names[event]);
    }
}

Test(state, reaches_every_state_from_the_first)
{
  bool reached[STLS_NUM_STATES] = {[STLS_STATE_NEW] = true};

  for (int round = 0; round < STLS_NUM_STATES; round++)
    for (int state = 0; state < STLS_NUM_STATES; state++)
      for (int event = 0; reached[state] && event < STLS_NUM_EVENTS; event++)
        reached[stls_state_next((stls_state)state, (stls_event)event)] = true;
  for (int state = 0; state < STLS_NUM_STATES; state++)
    cr_expect(reached[state], "%s", state_names[state]);
}

/* Nothing else remembers it. */
Test(state, knows_who_is_established)
{
  for (int state = 0; state < STLS_NUM_STATES; state++)
    cr_expect_eq(stls_state_is_established((stls_state)state),
                 !is_early((stls_state)state) &&
                     state != STLS_STATE_ABANDONED &&
                     state != STLS_STATE_FAILED,
                 "%s", state_names[state]);
}

Test(state, has_a_phrase_of_its_own)
{
  for (int state = 0; state < STLS_NUM_STATES; state++) {
    const char *phrase = stls_state_phrase((stls_state)state);
    cr_assert_not_null(phrase, "%s", state_names[state]);
    cr_expect_str_not_empty(phrase, "%s", state_names[state]);
    for (int other = 0; other < state; other++)
      cr_expect_str_neq(phrase, stls_state_phrase((stls_state)other),
                        "%s and %s", state_names[state], state_names[other]);
  }
}

static stls_state want_next(stls_state state, stls_event event)
{
  if (is_final(state)) return state;
  switch (event) {
    case STLS_EVENT_FAILED:
      return STLS_STATE_FAILED;
    case STLS_EVENT_STARTED:
      return state == STLS_STATE_NEW ? STLS_STATE_HANDSHAKING : state;
    case STLS_EVENT_ESTABLISHED:
      return state == STLS_STATE_HANDSHAKING ? STLS_STATE_OPEN : state;
    case STLS_EVENT_CLOSE_SENT:
      if (is_early(state)) return STLS_STATE_ABANDONED;
      return has_received_close(state) ? STLS_STATE_CLOSED
                                       : STLS_STATE_CLOSE_SENT;
    default:
      /* Before the connection is open there is no direction to close. */
      if (is_early(state)) return state;
      return has_sent_close(state) ? STLS_STATE_CLOSED
                                   : STLS_STATE_CLOSE_RECEIVED;
  }
}

static stls_verdict want_verdict(stls_state state, stls_call call)
{
  /* Closing is always legal, so that nobody has to ask before. */
  if (call == STLS_CALL_CLOSE_WRITE)
    return is_final(state) || has_sent_close(state) ? STLS_VERDICT_DONE
                                                    : STLS_VERDICT_RUN;
  if (state == STLS_STATE_FAILED) return STLS_VERDICT_REPEAT;
  if (state == STLS_STATE_ABANDONED) return STLS_VERDICT_MISUSE;
  switch (call) {
    case STLS_CALL_HANDSHAKE:
      return is_early(state) ? STLS_VERDICT_RUN : STLS_VERDICT_DONE;
    case STLS_CALL_READ:
      if (is_early(state)) return STLS_VERDICT_HANDSHAKE;
      return has_received_close(state) ? STLS_VERDICT_END : STLS_VERDICT_RUN;
    case STLS_CALL_WRITE:
      if (is_early(state)) return STLS_VERDICT_HANDSHAKE;
      return has_sent_close(state) ? STLS_VERDICT_MISUSE : STLS_VERDICT_RUN;
    case STLS_CALL_REJECT:
      return is_early(state) || is_final(state) ? STLS_VERDICT_MISUSE
                                                : STLS_VERDICT_RUN;
    default:
      if (is_early(state)) return STLS_VERDICT_MISUSE;
      return state == STLS_STATE_CLOSED ? STLS_VERDICT_DONE : STLS_VERDICT_RUN;
  }
}

static bool is_early(stls_state state)
{
  return state == STLS_STATE_NEW || state == STLS_STATE_HANDSHAKING;
}

static bool is_final(stls_state state)
{
  return state == STLS_STATE_CLOSED || state == STLS_STATE_ABANDONED ||
         state == STLS_STATE_FAILED;
}

static bool has_sent_close(stls_state state)
{
  return state == STLS_STATE_CLOSE_SENT || state == STLS_STATE_CLOSED;
}

static bool has_received_close(stls_state state)
{
  return state == STLS_STATE_CLOSE_RECEIVED || state == STLS_STATE_CLOSED;
}
