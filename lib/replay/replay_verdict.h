/* SPDX-License-Identifier: MIT */
/* replay_verdict: judges what a call did in a replay. */
#ifndef STLS_LIB_REPLAY_VERDICT_H
#define STLS_LIB_REPLAY_VERDICT_H

#include "replay/player_flow.h"
#include "replay/replay_call.h"

/* All return STLS_OK, or STLS_ERROR_INPUT with STLS_REASON_MISMATCH; or STLS_ERROR_MEMORY,
 * also where the object had none, and this was not recorded. */

/* Whether the call of a step, which ended with `got`, did what was recorded: result and
 * plaintext. `place` is the record that it took last, or "". */
stls_result stls_replay_verdict_compare(const stls_object *object,
                                        const stls_transcript_step *step,
                                        const struct stls_replay_call *made,
                                        stls_result got, const char *place,
                                        stls_error *err);

/* Whether `begin` to `end` of the stream is what `outgoing` has behind its first `skip`
 * bytes: what the call of the step has written. */
stls_result stls_replay_verdict_records(const struct stls_player_stream *stream,
                                        size_t begin, size_t end,
                                        const stls_bio *outgoing, size_t skip,
                                        const stls_transcript_step *step,
                                        const char *place, stls_error *err);

/* Whether the call's contract knows the result, and the first failure, which is kept in
 * *in_out_failure, is final. */
stls_result stls_replay_verdict_admit(const stls_transcript_step *step,
                                      stls_result got,
                                      stls_result *in_out_failure,
                                      stls_error *err);

/* "line 12: call read: expected ok, got closed behind PLACE", and why the object
 * failed. */
stls_result stls_replay_verdict_result(const stls_object *object,
                                       const stls_transcript_step *step,
                                       stls_result want, stls_result got,
                                       const char *place, stls_error *err);

#endif
