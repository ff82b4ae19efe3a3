/* SPDX-License-Identifier: MIT */
/* state: where a connection stands, as two tables. */
#ifndef STLS_LIB_STATE_H
#define STLS_LIB_STATE_H

#include <stdbool.h>

/*
 * A connection is made, shakes hands, is open, and closes each direction by
 * itself. An endpoint that closes before it was open is abandoned. A failure is
 * final from everywhere but the ends.
 */
typedef enum stls_state {
  STLS_STATE_NEW,
  STLS_STATE_HANDSHAKING,
  STLS_STATE_OPEN,
  /* Our close_notify went out, or the peer's came in. */
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
  STLS_CALL_UNWRAP
} stls_call;
#define STLS_NUM_CALLS 5

/* What becomes of a call in a state. */
typedef enum stls_verdict {
  STLS_VERDICT_RUN,
  /* The handshake has to come first. */
  STLS_VERDICT_HANDSHAKE,
  /* There is nothing to do: STLS_OK. */
  STLS_VERDICT_DONE,
  /* The end was read: STLS_CLOSED. */
  STLS_VERDICT_END,
  STLS_VERDICT_MISUSE,
  /* The first failure is repeated. */
  STLS_VERDICT_REPEAT
} stls_verdict;

/* The state that follows. An event that cannot happen in a state leaves it. */
stls_state stls_state_next(stls_state state, stls_event event);

stls_verdict stls_state_verdict(stls_state state, stls_call call);

/* Whether a handshake has succeeded, and nothing has failed since. */
bool stls_state_is_established(stls_state state);

/* For messages, such as "the connection is closed". */
const char *stls_state_phrase(stls_state state);

#endif
