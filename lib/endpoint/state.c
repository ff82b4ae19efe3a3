/* SPDX-License-Identifier: MIT */
/* state: defines the states of a connection and what each call does in them. */
#include "endpoint/state.h"

/* clang-format off */
#define NEW STLS_STATE_NEW
#define HANDSHAKING STLS_STATE_HANDSHAKING
#define OPEN STLS_STATE_OPEN
#define SENT STLS_STATE_CLOSE_SENT
#define RECEIVED STLS_STATE_CLOSE_RECEIVED
#define CLOSED STLS_STATE_CLOSED
#define ABANDONED STLS_STATE_ABANDONED
#define FAILED STLS_STATE_FAILED

static const stls_state next[STLS_NUM_STATES][STLS_NUM_EVENTS] = {
  /*               started      established  close sent  close received failed */
  [NEW]         = {HANDSHAKING, NEW,         ABANDONED,  NEW,           FAILED},
  [HANDSHAKING] = {HANDSHAKING, OPEN,        ABANDONED,  HANDSHAKING,   FAILED},
  [OPEN]        = {OPEN,        OPEN,        SENT,       RECEIVED,      FAILED},
  [SENT]        = {SENT,        SENT,        SENT,       CLOSED,        FAILED},
  [RECEIVED]    = {RECEIVED,    RECEIVED,    CLOSED,     RECEIVED,      FAILED},
  [CLOSED]      = {CLOSED,      CLOSED,      CLOSED,     CLOSED,        CLOSED},
  [ABANDONED]   = {ABANDONED,   ABANDONED,   ABANDONED,  ABANDONED,     ABANDONED},
  [FAILED]      = {FAILED,      FAILED,      FAILED,     FAILED,        FAILED},
};

#define RUN STLS_VERDICT_RUN
#define FIRST STLS_VERDICT_HANDSHAKE
#define DONE STLS_VERDICT_DONE
#define END STLS_VERDICT_END
#define MISUSE STLS_VERDICT_MISUSE
#define REPEAT STLS_VERDICT_REPEAT

const stls_verdict stls_state_verdicts[STLS_NUM_STATES][STLS_NUM_CALLS] = {
  /*               handshake  read    write   close_write unwrap  reject */
  [NEW]         = {RUN,       FIRST,  FIRST,  RUN,        MISUSE, MISUSE},
  [HANDSHAKING] = {RUN,       FIRST,  FIRST,  RUN,        MISUSE, MISUSE},
  [OPEN]        = {DONE,      RUN,    RUN,    RUN,        RUN,    RUN},
  [SENT]        = {DONE,      RUN,    MISUSE, DONE,       RUN,    RUN},
  [RECEIVED]    = {DONE,      END,    RUN,    RUN,        RUN,    RUN},
  [CLOSED]      = {DONE,      END,    MISUSE, DONE,       DONE,   MISUSE},
  [ABANDONED]   = {MISUSE,    MISUSE, MISUSE, DONE,       MISUSE, MISUSE},
  [FAILED]      = {REPEAT,    REPEAT, REPEAT, DONE,       REPEAT, REPEAT},
};
/* clang-format on */

static const char *const phrases[STLS_NUM_STATES] = {
    [NEW] = "the handshake has not begun",
    [HANDSHAKING] = "the handshake is not done",
    [OPEN] = "the connection is open",
    [SENT] = "the connection was closed for writing",
    [RECEIVED] = "the connection was closed by the peer",
    [CLOSED] = "the connection is closed",
    [ABANDONED] = "the connection was closed before it was established",
    [FAILED] = "the connection has failed",
};

stls_state stls_state_next(stls_state state, stls_event event)
{
  return next[state][event];
}

bool stls_state_is_established(stls_state state)
{
  return stls_state_verdicts[state][STLS_CALL_HANDSHAKE] == DONE;
}

const char *stls_state_phrase(stls_state state)
{
  return phrases[state];
}
