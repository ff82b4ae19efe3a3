/* SPDX-License-Identifier: MIT */
/* wire_watch: opens the records of one direction as an eavesdropper with keys. */
#include "wire_watch.h"

#include <openssl/ssl.h>
#include <string.h>

#include "support/expect.h"

static void see(struct wire_watch *watch, const uint8_t *bytes, size_t len);
static void open_record(struct wire_watch *watch);
static bool try_open(struct wire_watch *watch, uint64_t seq, uint8_t *plain,
                     size_t *out_len, uint8_t *out_type);

void wire_watch_open(struct wire_watch *watch, stls_object *sender)
{
  memset(watch, 0, sizeof *watch);
  wire_keys_open(&watch->keys, sender);
}

void wire_watch_close(struct wire_watch *watch)
{
  cr_expect_eq(watch->record_len, 0, "a part of a record is left");
  stls_record_protect_clear(&watch->protect);
  wire_keys_close(&watch->keys);
}

size_t wire_watch_move(struct wire_watch *watch, test_pair *pair,
                       stls_object *from, stls_object *to)
{
  size_t total = 0, moved;

  do {
    const stls_bio *outgoing = stls_object_outgoing(from);
    const size_t pending = stls_bio_pending(outgoing);
    uint8_t *copy = malloc(pending + 1);
    stls_span spans[64];
    size_t len = 0, num = stls_bio_peekv(outgoing, spans, 64);
    cr_assert_not_null(copy);
    for (size_t i = 0; i < num && i < 64; i++) {
      memcpy(copy + len, spans[i].data, spans[i].len);
      len += spans[i].len;
    }
    moved = pair_move(pair, from, to);
    cr_assert_leq(moved, len);
    if (watch != NULL) see(watch, copy, moved);
    free(copy);
    total += moved;
  } while (moved > 0);
  return total;
}

size_t wire_watch_take(struct wire_watch *watch, stls_object *from)
{
  stls_bio *outgoing = stls_object_outgoing(from);
  size_t total = 0, len;
  uint8_t piece[1000];

  while (stls_bio_read(outgoing, piece, sizeof piece, &len, NULL) == STLS_OK &&
         len > 0) {
    see(watch, piece, len);
    total += len;
  }
  return total;
}

static void see(struct wire_watch *watch, const uint8_t *bytes, size_t len)
{
  for (size_t i = 0; i < len; i++) {
    watch->record[watch->record_len++] = bytes[i];
    if (watch->record_len >= 5 &&
        watch->record_len ==
            5 + (size_t)(watch->record[3] << 8 | watch->record[4])) {
      open_record(watch);
      watch->record_len = 0;
    }
    cr_assert_lt(watch->record_len, sizeof watch->record);
  }
}

static void open_record(struct wire_watch *watch)
{
  static uint8_t plain[20000];
  /* The first records may have gone past before. */
  const uint64_t last = watch->has_seq ? watch->keys.seq : 8;
  uint64_t seq = watch->has_seq ? watch->keys.seq : 0, nonce = 0;
  size_t len = 0;
  uint8_t type = 0;
  bool is_open = false;

  for (; !is_open && seq <= last; seq++)
    is_open = try_open(watch, seq, plain, &len, &type);
  cr_assert(is_open, "record %zu is not the one with number %zu",
            watch->num_records, (size_t)watch->keys.seq);
  watch->has_seq = true;
  watch->keys.seq = seq;
  watch->num_records++;
  if (watch->keys.suite.has_explicit_nonce) {
    for (int i = 0; i < 8; i++) nonce = nonce << 8 | watch->record[5 + i];
    if (watch->has_nonce) cr_assert_eq(nonce, watch->nonce + 1);
    watch->nonce = nonce;
    watch->has_nonce = true;
  }
  if (type == SSL3_RT_HANDSHAKE) watch->num_messages++;
  if (type == SSL3_RT_ALERT) watch->num_alerts++;
  if (type != SSL3_RT_HANDSHAKE || !wire_keys_follow(&watch->keys, plain, len))
    return;
  watch->num_key_updates++;
  stls_record_protect_clear(&watch->protect);
}

static bool try_open(struct wire_watch *watch, uint64_t seq, uint8_t *plain,
                     size_t *out_len, uint8_t *out_type)
{
  const stls_span record = {watch->record, watch->record_len};

  return stls_record_protect_open(&watch->protect, &watch->keys.suite,
                                  &watch->keys.key, seq, &record, record.len,
                                  plain, 20000, out_len,
                                  out_type) == STLS_RECORD_OPENED;
}
