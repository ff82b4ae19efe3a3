/* SPDX-License-Identifier: MIT */
/* replay_call: makes a recorded call on another object. */
#ifndef STLS_LIB_REPLAY_CALL_H
#define STLS_LIB_REPLAY_CALL_H

#include <sanstls/transcript.h>
#include <stdbool.h>

#include "testing/call_name.h"

/* What calls differ in for a replay. */
typedef enum stls_replay_call_kind {
  /* It is not known: the application makes it. */
  STLS_REPLAY_CALL_OTHER = 0,
  /* They take records, and continue from where they stopped. */
  STLS_REPLAY_CALL_HANDSHAKE,
  STLS_REPLAY_CALL_READ,
  STLS_REPLAY_CALL_PEEK,
  STLS_REPLAY_CALL_WRITE,
  STLS_REPLAY_CALL_CLOSE_WRITE,
  STLS_REPLAY_CALL_UNWRAP,
  STLS_REPLAY_CALL_KEY_UPDATE,
  /* Anything else that one knows how to make. */
  STLS_REPLAY_CALL_PLAIN
} stls_replay_call_kind;

/* Of a step that is a call. */
stls_replay_call_kind stls_replay_call_kind_of(
    const stls_transcript_step *step);

/* How much memory for plaintext the call needs: of a read its room, of a write its
 * data. Both are no longer than what can make a difference. */
size_t stls_replay_call_room(const stls_transcript_step *step);

/* The memory of a call, and how far it has come; a call that waited may be made again.
 * Starts as zeroes. */
struct stls_replay_call {
  uint8_t *data;
  size_t len;
  /* What it has taken or returned so far. */
  size_t done;
};

/* Prepares the call of a step: a write has the step's data, and zeroes behind it.
 *
 * STLS_OK. STLS_ERROR_MEMORY. */
stls_result stls_replay_call_init(struct stls_replay_call *call,
                                  const stls_transcript_step *step,
                                  stls_error *err);
void stls_replay_call_free(struct stls_replay_call *call);

/* Makes the call, whose kind is not OTHER, on `object`, and returns its result, which
 * does not count what it did before. `records` are what stls_object_read_from is given;
 * what it took is removed. */
stls_result stls_replay_call_make(struct stls_replay_call *call,
                                  const stls_transcript_step *step,
                                  stls_object *object, stls_span *records);

/* The name of a result in transcripts: "want_read". */
struct stls_replay_result_name {
  char text[STLS_CALL_NAME_RESULT_SIZE];
};
struct stls_replay_result_name stls_replay_call_result_name(stls_result result);

#endif
