/* SPDX-License-Identifier: MIT */
/* record_watch: opens the records that a side of a fuzzed connection sends. */
#include "record_watch.h"

#include <openssl/ssl.h>
#include <string.h>

#include "fuzz.h"

static void open_record(struct record_watch *watch);
static void check_nonce(struct record_watch *watch);
static void take_content(struct record_watch *watch, uint8_t type,
                         const uint8_t *content, size_t len);

void record_watch_open(struct record_watch *watch, stls_object *sender)
{
  memset(watch, 0, sizeof *watch);
  wire_keys_open(&watch->keys, sender);
  watch->keys.seq = record_watch_first(&watch->keys);
}

void record_watch_close(struct record_watch *watch)
{
  stls_record_protect_clear(&watch->protect);
  wire_keys_close(&watch->keys);
}

FUZZ_UNSEEN void record_watch_see(struct record_watch *watch,
                                  const uint8_t *bytes, size_t len)
{
  for (size_t i = 0; i < len; i++) {
    fuzz_expect(watch->record_len < sizeof watch->record);
    watch->record[watch->record_len++] = bytes[i];
    if (watch->record_len < 5 ||
        watch->record_len <
            5 + (size_t)(watch->record[3] << 8 | watch->record[4]))
      continue;
    open_record(watch);
    watch->record_len = 0;
  }
}

/* In TLS 1.2 Finished has number 0. */
uint64_t record_watch_first(const struct wire_keys *keys)
{
  return keys->suite.is_tls_1_3 ? 0 : 1;
}

FUZZ_UNSEEN uint8_t record_watch_pattern(size_t at)
{
  return (uint8_t)(at * 31 + (at >> 8) * 7 + 1);
}

static void open_record(struct record_watch *watch)
{
  static uint8_t plain[20000];
  const stls_span record = {watch->record, watch->record_len};
  size_t len = 0;
  uint8_t type = 0;

  fuzz_expect(!watch->has_ended);
  fuzz_expect(stls_record_protect_open(
                  &watch->protect, &watch->keys.suite, &watch->keys.key,
                  watch->keys.seq, &record, watch->record_len, plain,
                  sizeof plain, &len, &type) == STLS_RECORD_OPENED);
  watch->keys.seq++;
  watch->num_records++;
  if (watch->keys.suite.has_explicit_nonce) check_nonce(watch);
  take_content(watch, type, plain, len);
  if (type == SSL3_RT_HANDSHAKE && wire_keys_follow(&watch->keys, plain, len))
    stls_record_protect_clear(&watch->protect);
}

/* RFC 5288, 3. */
static void check_nonce(struct record_watch *watch)
{
  uint64_t nonce = 0;

  for (int i = 0; i < 8; i++) nonce = nonce << 8 | watch->record[5 + i];
  fuzz_expect(!watch->has_nonce || nonce == watch->nonce + 1);
  watch->nonce = nonce;
  watch->has_nonce = true;
}

FUZZ_UNSEEN static void take_content(struct record_watch *watch, uint8_t type,
                                     const uint8_t *content, size_t len)
{
  watch->sum = (watch->sum * 31 + type) * 65599 + len;
  if (type == SSL3_RT_APPLICATION_DATA)
    for (size_t i = 0; i < len; i++)
      fuzz_expect(content[i] == record_watch_pattern(watch->num_data++));
  if (type != SSL3_RT_ALERT) return;
  fuzz_expect(len == 2);
  watch->sum = watch->sum * 31 + (uint64_t)record_watch_alert(
                                     watch->keys.suite.is_tls_1_3, content[1]);
  /* RFC 8446, 6.1: close_notify; and whatever is fatal. */
  watch->has_ended = content[0] == SSL3_AL_FATAL || content[1] == 0;
}
