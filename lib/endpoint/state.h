/* SPDX-License-Identifier: MIT */
/* state: defines the states of a connection and what each call does in them. */
#ifndef STLS_LIB_STATE_H
#define STLS_LIB_STATE_H

#include <stdbool.h>

/* A connection is new, runs its handshake, is open, and closes each direction
 * separately. An endpoint that closes before it was open is abandoned. A
 * failure is final in every state but the closed and abandoned ones. */
typedef enum stls_state {
  STLS_STATE_NEW,
  STLS_STATE_HANDSHAKING,
  STLS_STATE_OPEN,
  /* Our close_notify was sent, or the peer's was received. */
  STLS_STATE_CLOSE_SENT,
  STLS_STATE_CLOSE_RECEIVED,
  STLS_STATE_CLOSED,
  STLS_STATE_ABANDONED,
  STLS_STATE_FAILED
} stls_state;
#define STLS_NUM_STATES 8

typedef enum stls_event {
  STLS_EVENT_STARTED,
  STLS_EVENT_ESTABLISHED,
  STLS_EVENT_CLOSE_SENT,
  STLS_EVENT_CLOSE_RECEIVED,
  STLS_EVENT_FAILED
} stls_event;
#define STLS_NUM_EVENTS 5

typedef enum stls_call {
  STLS_CALL_HANDSHAKE,
  STLS_CALL_READ,
  STLS_CALL_WRITE,
  STLS_CALL_CLOSE_WRITE,
  STLS_CALL_UNWRAP,
  STLS_CALL_REJECT
} stls_call;
#define STLS_NUM_CALLS 6

/* What a call does in a state. */
typedef enum stls_verdict {
  STLS_VERDICT_RUN,
  /* The handshake must run first. */
  STLS_VERDICT_HANDSHAKE,
  /* Nothing to do: STLS_OK. */
  STLS_VERDICT_DONE,
  /* The peer's close_notify was read: STLS_CLOSED. */
  STLS_VERDICT_END,
  STLS_VERDICT_MISUSE,
  /* The first failure is returned again. */
  STLS_VERDICT_REPEAT
} stls_verdict;

/* The next state. An event that cannot happen in a state does not change it. */
stls_state stls_state_next(stls_state state, stls_event event);

/* What stls_state_verdict reads. */
extern const stls_verdict stls_state_verdicts[STLS_NUM_STATES][STLS_NUM_CALLS];

static inline stls_verdict stls_state_verdict(stls_state state, stls_call call)
{
  return stls_state_verdicts[state][call];
}

/* Whether the handshake has succeeded and the connection has not failed
 * since. */
bool stls_state_is_established(stls_state state);

/* A text for messages, such as "the connection is closed". */
const char *stls_state_phrase(stls_state state);

#endif
