/* SPDX-License-Identifier: MIT */
/* record_engine: a record layer of its own, from exported keys. */
#ifndef STLS_TEST_RECORD_ENGINE_H
#define STLS_TEST_RECORD_ENGINE_H

#include <sanstls/handover.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* It knows nothing of the library but stls_record_state, and calls EVP only: what it
 * seals and opens proves that a state is complete. */

/* More than any record needs. */
#define RECORD_ENGINE_MAX 20000

/* Seals `len` bytes as one record, and counts the state up. `padding` zeroes are
 * added in TLS 1.3. Returns the length; `out` has RECORD_ENGINE_MAX bytes. */
size_t record_engine_seal(stls_record_state *state, int type, const void *data,
                          size_t len, size_t padding, uint8_t *out);

/* Opens one whole record, and counts the state up. Returns false, and does not
 * count, where it was not sealed with this state. */
bool record_engine_open(stls_record_state *state, const uint8_t *record,
                        size_t record_len, uint8_t *out, size_t *out_len,
                        int *out_type);

/* Goes on to the key behind a KeyUpdate, by the secret alone (RFC 8446, 7.2), as
 * another process does. */
void record_engine_update(stls_record_state *state);

#endif
