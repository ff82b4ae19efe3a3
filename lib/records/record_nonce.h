/* SPDX-License-Identifier: MIT */
/* record_nonce: computes the nonce and the additional data of a record. */
#ifndef STLS_LIB_RECORD_NONCE_H
#define STLS_LIB_RECORD_NONCE_H

#include <string.h>

#include "records/record_keys.h"
#include "wire/record_header.h"

/* The nonce of GCM begins with bytes that are the same for all records (RFC 5288, 3);
 * in TLS 1.3 because a record number has 8 bytes (RFC 8446, 5.3). The others are the
 * explicit nonce of TLS 1.2. */
#define STLS_RECORD_NONCE_FIXED_LEN ((size_t)4)
#define STLS_RECORD_NONCE_EXPLICIT_LEN ((size_t)8)

/* TLS 1.2: sequence number, type, version, length (RFC 5246, 6.2.3.3). TLS 1.3: the
 * record's header. */
struct stls_record_nonce_aad {
  uint8_t bytes[13];
  size_t len;
};

/* Big endian, written out so that compilers find a single move. */
static inline void stls_record_nonce_put_64(uint8_t *out, uint64_t value)
{
  out[0] = (uint8_t)(value >> 56);
  out[1] = (uint8_t)(value >> 48);
  out[2] = (uint8_t)(value >> 40);
  out[3] = (uint8_t)(value >> 32);
  out[4] = (uint8_t)(value >> 24);
  out[5] = (uint8_t)(value >> 16);
  out[6] = (uint8_t)(value >> 8);
  out[7] = (uint8_t)value;
}

static inline uint64_t stls_record_nonce_get_64(const uint8_t *in)
{
  return (uint64_t)in[0] << 56 | (uint64_t)in[1] << 48 | (uint64_t)in[2] << 40 |
         (uint64_t)in[3] << 32 | (uint64_t)in[4] << 24 | (uint64_t)in[5] << 16 |
         (uint64_t)in[6] << 8 | in[7];
}

/* Stores the nonce of a record, STLS_RECORD_IV_LEN bytes. `explicit_nonce` is where
 * the record has it, and ignored where the suite has none. */
static inline void stls_record_nonce_make(const struct stls_record_suite *suite,
                                          const struct stls_record_key *key,
                                          uint64_t seq,
                                          const uint8_t *explicit_nonce,
                                          uint8_t *out)
{
  uint8_t *last = out + STLS_RECORD_NONCE_FIXED_LEN;

  memcpy(out, key->iv, STLS_RECORD_IV_LEN);
  if (suite->has_explicit_nonce)
    memcpy(last, explicit_nonce, STLS_RECORD_NONCE_EXPLICIT_LEN);
  else
    stls_record_nonce_put_64(last, stls_record_nonce_get_64(last) ^ seq);
}

/* `plain_len`: what is encrypted, without the tag. */
static inline void stls_record_nonce_make_aad(
    const struct stls_record_suite *suite, uint64_t seq, const uint8_t *header,
    size_t plain_len, struct stls_record_nonce_aad *out)
{
  if (suite->is_tls_1_3) {
    memcpy(out->bytes, header, STLS_RECORD_HEADER_LEN);
    out->len = STLS_RECORD_HEADER_LEN;
    return;
  }
  stls_record_nonce_put_64(out->bytes, seq);
  memcpy(out->bytes + 8, header, 3);
  out->bytes[11] = (uint8_t)(plain_len >> 8);
  out->bytes[12] = (uint8_t)plain_len;
  out->len = sizeof out->bytes;
}

#endif
