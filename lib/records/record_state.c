/* SPDX-License-Identifier: MIT */
/* record_state: wipes the state of a direction, and writes it for Linux. */
#include <sanstls/handover.h>
#include <string.h>

#include "base/byte_reader.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/out_buffer.h"
#include "base/sized_struct.h"
#include "records/record_state.h"

#define SALT_LEN ((size_t)4)

STLS_SIZED_STRUCT(layout, stls_record_state,
                  STLS_SIZED_END(stls_record_state, version),
                  STLS_SIZED_END(stls_record_state, aead),
                  STLS_SIZED_END(stls_record_state, key_len),
                  STLS_SIZED_END(stls_record_state, key),
                  STLS_SIZED_END(stls_record_state, iv),
                  STLS_SIZED_END(stls_record_state, seq),
                  STLS_SIZED_END(stls_record_state, max_records),
                  STLS_SIZED_END(stls_record_state, secret_len),
                  STLS_SIZED_END(stls_record_state, secret));

static size_t key_len_of(stls_aead aead);
static size_t write_info(const stls_record_state *state, uint8_t *out);

const stls_sized_struct *stls_record_state_layout(void)
{
  return &layout;
}

void stls_record_state_wipe(stls_record_state *state)
{
  if (state == NULL || state->size <= sizeof state->size ||
      state->size > STLS_SIZED_STRUCT_MAX)
    return;
  stls_mem_wipe((uint8_t *)state + sizeof state->size,
                state->size - sizeof state->size);
}

stls_result stls_record_state_crypto_info(const stls_record_state *state,
                                          void *out, size_t out_cap,
                                          size_t *out_len, stls_error *err)
{
  stls_record_state own = STLS_RECORD_STATE_INIT;
  uint8_t info[STLS_CRYPTO_INFO_MAX];
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);
  size_t len;

  if (result == STLS_OK)
    result = stls_sized_struct_read(&layout, state, "state", &own, err);
  if (result != STLS_OK) return result;
  if (key_len_of(own.aead) == 0 || own.key_len != key_len_of(own.aead)) {
    result = stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                             "aead %d with a key of %zu bytes is not known",
                             (int)own.aead, own.key_len);
  } else {
    len = write_info(&own, info);
    result = stls_out_buffer_put(info, len, out, out_cap, out_len, err);
    stls_mem_wipe(info, sizeof info);
  }
  stls_mem_wipe(&own, sizeof own);
  return result;
}

static size_t key_len_of(stls_aead aead)
{
  switch (aead) {
    case STLS_AEAD_AES_128_GCM:
      return 16;
    case STLS_AEAD_AES_256_GCM:
    case STLS_AEAD_CHACHA20_POLY1305:
      return 32;
    default:
      return 0;
  }
}

/* Version and cipher are in the byte order of the machine, the record's number is
 * in that of the network. ChaCha20-Poly1305 has no salt. */
static size_t write_info(const stls_record_state *state, uint8_t *out)
{
  const size_t salt_len =
      state->aead == STLS_AEAD_CHACHA20_POLY1305 ? 0 : SALT_LEN;
  const size_t iv_len = sizeof state->iv - salt_len;
  const uint16_t head[] = {(uint16_t)state->version, (uint16_t)state->aead};
  uint8_t *at = out;

  memcpy(at, head, sizeof head);
  at += sizeof head;
  memcpy(at, state->iv + salt_len, iv_len);
  at += iv_len;
  memcpy(at, state->key, state->key_len);
  at += state->key_len;
  memcpy(at, state->iv, salt_len);
  at += salt_len;
  at = stls_byte_reader_put(at, state->seq, 8);
  return (size_t)(at - out);
}
