/* SPDX-License-Identifier: MIT */
/* object_states: an endpoint in each state that a call may find it in. */
#ifndef STLS_TEST_OBJECT_STATES_H
#define STLS_TEST_OBJECT_STATES_H

#include <sanstls/sanstls.h>

typedef enum object_state {
  /* Nothing was done yet. */
  OBJECT_STATE_NEW,
  /* In the handshake: the peer's part has come; it is garbage; it is from
   * somebody who is not trusted; the transport has ended. */
  OBJECT_STATE_SHAKING,
  OBJECT_STATE_SHAKING_GARBAGE,
  OBJECT_STATE_SHAKING_UNTRUSTED,
  OBJECT_STATE_SHAKING_CUT,
  /* Established; a record waits; half a record; garbage; close_notify; a fatal
   * alert; the transport has ended; outgoing is full; the peer's message has come
   * in part (TLS 1.3); its KeyUpdate waits for an answer (TLS 1.3); some text is
   * corked; a whole record is corked, and outgoing is full; the transport takes no
   * more, and something waits in outgoing. */
  OBJECT_STATE_OPEN,
  OBJECT_STATE_DATA,
  OBJECT_STATE_HALF,
  OBJECT_STATE_GARBAGE,
  OBJECT_STATE_CLOSING,
  OBJECT_STATE_ALERT,
  OBJECT_STATE_CUT,
  OBJECT_STATE_FULL,
  OBJECT_STATE_MESSAGE,
  OBJECT_STATE_OWING,
  OBJECT_STATE_CORKED,
  OBJECT_STATE_STUFFED,
  OBJECT_STATE_OUT_ENDED,
  /* Ends of all kinds. */
  OBJECT_STATE_CLOSE_SENT,
  OBJECT_STATE_CLOSE_RECEIVED,
  OBJECT_STATE_CLOSED,
  OBJECT_STATE_ABANDONED,
  OBJECT_STATE_FAILED,
  NUM_OBJECT_STATES
} object_state;

const char *object_state_name(object_state kind);

/* What endpoints are made from: by role; for long messages between them; and for
 * those who trust nobody. */
typedef struct object_states_contexts {
  stls_protocol version;
  stls_context *contexts[2];
  stls_context *wordy[2];
  stls_context *distrusting[2];
} object_states_contexts;

void object_states_open(object_states_contexts *setup);
void object_states_open_version(object_states_contexts *setup,
                                stls_protocol version);
void object_states_close(object_states_contexts *setup);

typedef struct object_states_pair {
  stls_object *self;
  stls_object *peer;
} object_states_pair;

/* An endpoint of this role in this situation, and its peer. */
object_states_pair object_states_begin(const object_states_contexts *setup,
                                       object_state kind, stls_role role);
void object_states_end(object_states_pair *ends);

#endif
