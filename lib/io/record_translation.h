/* SPDX-License-Identifier: MIT */
/* record_translation: exchanges control records between libssl and the peer. */
#ifndef STLS_LIB_RECORD_TRANSLATION_H
#define STLS_LIB_RECORD_TRANSLATION_H

#include "io/direct_records.h"

/*
 * Once application data bypasses libssl, libssl and the peer number records
 * differently. What one of them seals the other cannot open: it is opened with
 * the sender's number, and sealed again with the receiver's. A record that libssl
 * sealed must never reach the peer as it is, because it can share a nonce with
 * another record: nothing but stls_record_translation_send reads
 * direct->written.
 *
 * The keys were derived; the caller guards the error queue.
 */

/* Appends what libssl wrote to `outgoing`, with the peer's numbers, and removes
 * it. A KeyUpdate changes our key behind it. *out_len is the number of bytes
 * queued. false when memory is short: the connection cannot go on then. */
bool stls_record_translation_send(struct stls_direct_records *direct,
                                  struct stls_chunk_queue *outgoing,
                                  size_t *out_len);

/* Seals content from the peer for libssl, with the padding that the peer gave it.
 * `out` has room for the record that it came in. false when memory is short. */
bool stls_record_translation_show(struct stls_direct_records *direct,
                                  const struct stls_record_content *content,
                                  uint8_t *out);

/* Makes a record that libssl refuses as it would refuse this one, which the peer
 * did not seal. The bytes as they came could be a copy of an earlier record,
 * which libssl would accept under its number. `out` has room for record_len
 * bytes. false when memory is short. */
bool stls_record_translation_show_forged(struct stls_direct_records *direct,
                                         uint8_t type, const stls_span *pieces,
                                         size_t record_len, uint8_t *out);

/* Appends a record with this content to `queue`, under our next number; or, where
 * another engine has our key, to direct->control, for that engine to seal. *out_len
 * is the length of the record. false when memory is short; nothing has changed
 * then. */
bool stls_record_translation_seal(struct stls_direct_records *direct,
                                  const struct stls_record_content *content,
                                  struct stls_chunk_queue *queue,
                                  size_t *out_len);

#endif
