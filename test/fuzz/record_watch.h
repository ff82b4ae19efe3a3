/* SPDX-License-Identifier: MIT */
/* record_watch: opens the records that a side of a fuzzed connection sends. */
#ifndef STLS_TEST_RECORD_WATCH_H
#define STLS_TEST_RECORD_WATCH_H

#include <openssl/ssl3.h>
#include "io/wire_keys.h"

/*
 * Each record has to open under the next number of the present key, and its
 * explicit nonce has to be one more than that of the record before: none is used
 * twice, and nothing that was sealed under another number gets out. Data has to be
 * record_watch_pattern from its beginning on, and nothing follows an alert that
 * ends the direction.
 */
struct record_watch {
  struct wire_keys keys;
  struct stls_record_protect protect;
  bool has_nonce;
  uint64_t nonce;
  uint8_t record[20000];
  size_t record_len;
  bool has_ended;
  /* What was seen: records, bytes of data, and a sum of types and lengths. */
  size_t num_records;
  size_t num_data;
  uint64_t sum;
};

/* From the end of the handshake of `sender` on. */
void record_watch_open(struct record_watch *watch, stls_object *sender);
void record_watch_close(struct record_watch *watch);

void record_watch_see(struct record_watch *watch, const uint8_t *bytes,
                      size_t len);

/* The number of the first record behind the handshake. */
uint64_t record_watch_first(const struct wire_keys *keys);

/* The byte of either stream of data at this place. */
uint8_t record_watch_pattern(size_t at);

/* The alert by which two ways to protect records are compared. A flood in TLS 1.2
 * ends with unexpected_message, but libssl can be made to send only record_overflow
 * (lib/records/README.md). */
static inline int record_watch_alert(bool is_tls_1_3, int alert)
{
  return !is_tls_1_3 && alert == TLS1_AD_RECORD_OVERFLOW
             ? SSL3_AD_UNEXPECTED_MESSAGE
             : alert;
}

#endif
