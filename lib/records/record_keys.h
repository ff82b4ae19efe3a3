/* SPDX-License-Identifier: MIT */
/* record_keys: derives the keys of records from a connection's secrets. */
#ifndef STLS_LIB_RECORD_KEYS_H
#define STLS_LIB_RECORD_KEYS_H

#include "records/record_suite.h"

/* The key and the IV of one direction. A TLS 1.2 suite with an explicit nonce
 * has an IV of 4 bytes, at the front. Holders wipe it. */
struct stls_record_key {
  uint8_t key[STLS_RECORD_KEY_MAX];
  uint8_t iv[STLS_RECORD_IV_LEN];
};

/* All return false when memory is short; the caller guards the error queue. */

/* Derives the key of a TLS 1.3 traffic secret of suite->hash_len bytes (RFC 8446,
 * 7.3). */
bool stls_record_keys_derive(const struct stls_record_suite *suite,
                             const uint8_t *secret,
                             struct stls_record_key *out_key);

/* Replaces a TLS 1.3 traffic secret by the one that follows a KeyUpdate (RFC
 * 8446, 7.2). On failure it stays. */
bool stls_record_keys_update(const struct stls_record_suite *suite,
                             uint8_t *secret);

/* Derives both keys of a TLS 1.2 connection (RFC 5246, 6.3). The randoms have 32
 * bytes. */
bool stls_record_keys_expand(const struct stls_record_suite *suite,
                             const uint8_t *master, size_t master_len,
                             const uint8_t *client_random,
                             const uint8_t *server_random,
                             struct stls_record_key *out_client,
                             struct stls_record_key *out_server);

#endif
