/* SPDX-License-Identifier: MIT */
/* player_mismatch: says where bytes are not as recorded, and how they differ. */
#ifndef STLS_LIB_PLAYER_MISMATCH_H
#define STLS_LIB_PLAYER_MISMATCH_H

#include "replay/player_flow.h"

/* All return STLS_ERROR_INPUT, with STLS_REASON_MISMATCH. `stream` is the direction `way`
 * of a flow, `offset` a place in it. */

/* At `offset` other bytes came than those recorded: `got`, at least one. Also behind the
 * last recorded byte. */
stls_result stls_player_mismatch_bytes(const struct stls_player_stream *stream,
                                       stls_flow way, size_t offset,
                                       const uint8_t *got, size_t got_len,
                                       stls_error *err);

/* The byte at `offset` is as recorded, but came before it could have. `need` is what has
 * to move in `other`, the other direction, first, of which `moved` bytes had. */
stls_result stls_player_mismatch_early(const struct stls_player_stream *stream,
                                       stls_flow way, size_t offset,
                                       const struct stls_player_stream *other,
                                       size_t moved, stls_error *err);

/* The rest from `offset` on, which is not the end, is missing; `why`, such as "the
 * program closed". */
stls_result stls_player_mismatch_missing(
    const struct stls_player_stream *stream, stls_flow way, size_t offset,
    const char *why, stls_error *err);

/* "incoming record 3 (handshake finished) of line 12", with all lines that the record came
 * in; "" if there is no byte at `offset`. */
struct stls_player_place {
  char text[128];
};
struct stls_player_place stls_player_mismatch_place(
    const struct stls_player_stream *stream, stls_flow way, size_t offset);

/* The number of leading bytes that are equal. */
size_t stls_player_mismatch_common(const uint8_t *a, const uint8_t *b,
                                   size_t len);

/* Bytes in a message: up to 8 in hexadecimal, and "..". */
struct stls_player_hex {
  char text[8 * 2 + 2 + 1];
};
struct stls_player_hex stls_player_mismatch_hex(const void *data, size_t len);

#endif
