/* SPDX-License-Identifier: MIT */
/* direct_records: keys, counters and buffers of records that libssl does not
 * see. */
#ifndef STLS_LIB_DIRECT_RECORDS_H
#define STLS_LIB_DIRECT_RECORDS_H

#include <openssl/ssl.h>
#include <sanstls/trace.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/chunk_queue.h"
#include "io/control_queue.h"
#include "records/record_protect.h"
#include "records/record_secrets.h"

/* The longest record, its header included, that record_header accepts. */
#define STLS_DIRECT_RECORDS_RECORD_MAX ((size_t)5 + 16384 + 2048)

/* The handshake messages in the records of a direction. Zeroes: none has begun. */
struct stls_direct_message {
  uint8_t header[4];
  uint8_t header_len;
  /* The last record ended with a message that is only a header. libssl handles
   * that with the next record: until then it refuses data (RFC 8446, 5.1). */
  bool is_bare;
  size_t left;
};

/* One direction. Its records have two numbers: the peer's, and libssl's, which
 * counts only the records that libssl reads or writes. */
struct stls_direct_flow {
  struct stls_record_key key;
  /* TLS 1.3: the traffic secret of the key. */
  uint8_t secret[STLS_RECORD_SECRET_MAX];
  /* Under the peer's number. */
  struct stls_record_protect protect;
  uint64_t wire;
  uint64_t inner;
  /* The explicit nonce of record 0; that of record n is n more. */
  uint64_t nonce;
  struct stls_direct_message message;
  /* Another engine has the key, and counts `wire`. */
  bool is_exported;
  /* A KeyUpdate has changed the key, and that engine does not have it yet. */
  bool has_new_key;
};

struct stls_direct_records {
  struct stls_record_suite suite;
  bool is_client;
  /* The keys were derived: by the first use. */
  bool has_keys;
  /* By stls_flow. */
  struct stls_direct_flow flows[2];
  /* What libssl wrote, which only record_translation reads. Empty between
   * calls. */
  struct stls_chunk_queue written;
  /* What another engine is to send, if it has our key. */
  struct stls_control_queue control;
  /* libssl may have a reply to a KeyUpdate to send before data. */
  bool owes_reply;
  /* Bytes that libssl is to be shown, which are not in the input any more; NULL for
   * none. A KeyUpdate ends in them. */
  uint8_t *shown;
  size_t shown_len;
  bool updates_key;
  /* Opened data of a record that the caller's buffer has no room for: [start,
   * end). NULL while there is none. */
  uint8_t *plain;
  size_t plain_start;
  size_t plain_end;
  /* The first bytes of a record that does not lie in one piece. */
  uint8_t *partial;
  size_t partial_len;
};

/* What our Finished shows on the wire. */
struct stls_direct_finished {
  /* TLS 1.2: its explicit nonce. */
  uint64_t nonce;
  /* TLS 1.3: a record that may be it has no padding, with a hash of 32 bytes or of
   * 48. */
  bool is_bare_32;
  bool is_bare_48;
};

/* What is known of a connection when its handshake has ended. */
struct stls_direct_start {
  const struct stls_record_algorithms *algorithms;
  /* TLS 1.3: NULL where none were collected. */
  const struct stls_record_secrets *secrets;
  /* Records under the present keys so far, by stls_flow. */
  uint64_t records[2];
  struct stls_direct_finished finished;
};

/* Returns NULL where records cannot be protected here: another cipher suite,
 * fragments of a negotiated length, padding that libssl was told to add, no
 * secrets, or no memory. */
struct stls_direct_records *stls_direct_records_new(
    const SSL *ssl, const struct stls_direct_start *start);

/* Wipes and frees. Accepts NULL. */
void stls_direct_records_free(struct stls_direct_records *direct);

/* Frees buffers that are empty, and the EVP contexts; they are made again when
 * needed. */
void stls_direct_records_trim(struct stls_direct_records *direct);

/* Derives the keys unless that was done. The caller guards the error queue. false
 * when memory is short. */
bool stls_direct_records_derive(struct stls_direct_records *direct,
                                const SSL *ssl);

/* Whether a record of this direction can be protected without the caller having
 * to guard the error queue. */
static inline bool stls_direct_records_is_ready(
    const struct stls_direct_records *direct, stls_flow flow)
{
  return direct->flows[flow].protect.evp != NULL;
}

/* Goes on to the key that follows a KeyUpdate, with both numbers 0. The caller
 * guards the error queue. false when memory is short: the direction is then not
 * usable any more. */
bool stls_direct_records_update(struct stls_direct_records *direct,
                                stls_flow flow);

/* Follows the content of a handshake record. Returns whether a KeyUpdate ended in
 * it: a record can begin within a message (RFC 8446, 5.1). */
bool stls_direct_records_follow(struct stls_direct_records *direct,
                                stls_flow flow, const uint8_t *content,
                                size_t len);

/* Whether the peer has begun a handshake message and not ended it. */
static inline bool stls_direct_records_is_mid_message(
    const struct stls_direct_records *direct)
{
  const struct stls_direct_message *message =
      &direct->flows[STLS_RECORDS_IN].message;

  return message->header_len > 0 || message->left > 0 || message->is_bare;
}

/* Whether another engine has something to do before the protocol goes on: to send
 * a record, or to take the key behind our KeyUpdate. */
static inline bool stls_direct_records_is_congested(
    const struct stls_direct_records *direct)
{
  return direct->control.head != NULL ||
         direct->flows[STLS_RECORDS_OUT].has_new_key;
}

static inline size_t stls_direct_records_pending(
    const struct stls_direct_records *direct)
{
  return direct->plain_end - direct->plain_start;
}

/* Return the buffer for opened data, of STLS_DIRECT_RECORDS_RECORD_MAX bytes, and
 * the same for a record's first bytes; NULL when memory is short. */
uint8_t *stls_direct_records_plain(struct stls_direct_records *direct);
uint8_t *stls_direct_records_partial(struct stls_direct_records *direct);

/* How many bytes are missing of the record whose first bytes are in `partial`, or of
 * its header while that is not complete. */
static inline size_t stls_direct_records_partial_missing(
    const struct stls_direct_records *direct)
{
  const size_t header_len = 5;
  size_t end = header_len;

  if (direct->partial_len >= header_len)
    end += (size_t)direct->partial[3] << 8 | direct->partial[4];
  return end - direct->partial_len;
}

/* Wipes and frees the buffer for opened data. */
void stls_direct_records_drop_plain(struct stls_direct_records *direct);
void stls_direct_records_drop_partial(struct stls_direct_records *direct);

/* Looks for our Finished in what libssl wrote during a handshake, and adds what it
 * shows. */
void stls_direct_records_note_finished(
    const uint8_t *records, size_t len,
    struct stls_direct_finished *in_out_finished);

#endif
