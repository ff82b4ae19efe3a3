/* SPDX-License-Identifier: MIT */
/* recordkeys: opens and seals the records of one direction of TLS 1.3. */
#ifndef STLS_MODEL_RECORDKEYS_H
#define STLS_MODEL_RECORDKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  RECORDKEYS_SECRET_LEN = 32,
  /* What a record has at most, header and tag included (RFC 8446, 5.2). */
  RECORDKEYS_MAX_RECORD = 5 + 16384 + 256
};

/* TLS_AES_128_GCM_SHA256. Records that come and records that go are counted apart,
 * under the same keys. */
struct recordkeys {
  uint8_t secret[RECORDKEYS_SECRET_LEN];
  uint8_t key[16];
  uint8_t iv[12];
  uint64_t opened;
  uint64_t sealed;
};

void recordkeys_set(struct recordkeys *keys, const uint8_t *secret);

/* To those that follow a KeyUpdate (RFC 8446, 7.2). */
void recordkeys_update(struct recordkeys *keys);

/* Opens a whole record: its content in `out`, without padding, its type in
 * *out_type; false where it is not what was sealed. */
bool recordkeys_open(struct recordkeys *keys, const uint8_t *record, size_t len,
                     uint8_t *out, size_t *out_len, uint8_t *out_type);

/* Seals `len` bytes and so much padding into a record; returns its length. */
size_t recordkeys_seal(struct recordkeys *keys, uint8_t type,
                       const uint8_t *data, size_t len, size_t padding,
                       uint8_t *out);

#endif
