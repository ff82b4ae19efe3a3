/* SPDX-License-Identifier: MIT */
/* reframe: seals OpenSSL's records again, with other boundaries and padding. */
#include "reframe.h"

#include <openssl/ssl3.h>
#include <stdlib.h>
#include <string.h>

#include "recordkeys.h"

enum {
  CUT = 1,
  SHARE = 2,
  PAD = 4,
  HEADER_LEN = 5,
  MESSAGE_HEADER_LEN = 4,
  MAX_MESSAGES = 300000,
  /* Fewer than STLS_LIMIT_EMPTY_RECORDS. */
  MAX_EMPTY = 8
};

struct reframe {
  uint32_t how;
  bool is_server;
  rng *random;
  /* A record as far as it is here. */
  uint8_t record[RECORDKEYS_MAX_RECORD];
  size_t record_len;
  /* Handshake bytes that wait for their flight to end, and where in them the
   * message begins that is not all here. */
  uint8_t *messages;
  size_t messages_len;
  size_t message_at;
  /* Secrets of the handshake and of the connection, once they are known. */
  uint8_t secrets[2][RECORDKEYS_SECRET_LEN];
  bool is_known[2];
  struct recordkeys keys;
  bool has_keys;
  bool is_shaking;
  /* TLS 1.2: what follows cannot be opened. */
  bool is_opaque;
  unsigned num_empty;
};

static void take_record(struct reframe *reframe, stls_bio *out);
static bool open_record(struct reframe *reframe, uint8_t *content,
                        size_t *out_len, uint8_t *out_type);
static void take_messages(struct reframe *reframe, stls_bio *out,
                          const uint8_t *bytes, size_t len);
static void end_message(struct reframe *reframe, stls_bio *out, int type);
static size_t pick_part(struct reframe *reframe, size_t at);
static void put_record(struct reframe *reframe, stls_bio *out, uint8_t type,
                       const uint8_t *data, size_t len);
static void put_empty(struct reframe *reframe, stls_bio *out);
static void send_bytes(stls_bio *out, const uint8_t *bytes, size_t len);

struct reframe *reframe_new(uint32_t how, bool is_server, rng *random)
{
  struct reframe *reframe = calloc(1, sizeof *reframe);

  if (reframe == NULL) abort();
  reframe->how = how;
  reframe->is_server = is_server;
  reframe->random = random;
  reframe->messages = how == 0 ? NULL : malloc(MAX_MESSAGES);
  reframe->is_opaque = reframe->messages == NULL;
  return reframe;
}

void reframe_free(struct reframe *reframe)
{
  if (reframe == NULL) return;
  free(reframe->messages);
  free(reframe);
}

void reframe_put(struct reframe *reframe, stls_bio *out, const void *bytes,
                 size_t len)
{
  const uint8_t *at = bytes;

  if (reframe->is_opaque && reframe->record_len == 0) {
    send_bytes(out, bytes, len);
    return;
  }
  for (size_t i = 0; i < len; i++) {
    size_t whole = HEADER_LEN;
    reframe->record[reframe->record_len++] = at[i];
    if (reframe->record_len < HEADER_LEN) continue;
    whole += (size_t)reframe->record[3] << 8 | (size_t)reframe->record[4];
    if (whole > sizeof reframe->record) abort();
    if (reframe->record_len == whole) take_record(reframe, out);
  }
}

/* Writes the waiting messages in records of the wanted form. */
void reframe_flush(struct reframe *reframe, stls_bio *out)
{
  size_t at = 0;

  while (at < reframe->messages_len) {
    size_t part = pick_part(reframe, at);
    put_record(reframe, out, SSL3_RT_HANDSHAKE, reframe->messages + at, part);
    at += part;
  }
  reframe->messages_len = reframe->message_at = 0;
}

void reframe_learn(const SSL *ssl, const char *line)
{
  struct reframe *reframe = SSL_get_app_data(ssl);
  char label[48], hex[2 * RECORDKEYS_SECRET_LEN + 1];
  const char *side = reframe->is_server ? "SERVER_" : "CLIENT_";
  int which;

  if (sscanf(line, "%47s %*64s %64s", label, hex) != 2 ||
      strncmp(label, side, 7) != 0)
    return;
  if (strcmp(label + 7, "HANDSHAKE_TRAFFIC_SECRET") == 0)
    which = 0;
  else if (strcmp(label + 7, "TRAFFIC_SECRET_0") == 0)
    which = 1;
  else
    return;
  for (size_t i = 0; i < RECORDKEYS_SECRET_LEN; i++) {
    unsigned byte = 0;
    sscanf(hex + 2 * i, "%2x", &byte);
    reframe->secrets[which][i] = (uint8_t)byte;
  }
  reframe->is_known[which] = true;
}

static void take_record(struct reframe *reframe, stls_bio *out)
{
  uint8_t content[RECORDKEYS_MAX_RECORD], type = reframe->record[0];
  size_t len = reframe->record_len - HEADER_LEN;

  reframe->record_len = 0;
  if (!reframe->is_opaque && type == SSL3_RT_APPLICATION_DATA) {
    if (open_record(reframe, content, &len, &type)) {
      if (type == SSL3_RT_HANDSHAKE) {
        take_messages(reframe, out, content, len);
        return;
      }
      reframe_flush(reframe, out);
      put_record(reframe, out, type, content, len);
      if (type == SSL3_RT_APPLICATION_DATA) reframe->num_empty = 0;
      put_empty(reframe, out);
      return;
    }
    reframe->is_opaque = true;
  }
  if (!reframe->is_opaque && type == SSL3_RT_HANDSHAKE) {
    take_messages(reframe, out, reframe->record + HEADER_LEN, len);
    return;
  }
  reframe_flush(reframe, out);
  send_bytes(out, reframe->record, HEADER_LEN + len);
  /* Of TLS 1.2; or the middlebox is to see one (RFC 8446, D.4). */
  if (type == SSL3_RT_CHANGE_CIPHER_SPEC && !reframe->is_known[0])
    reframe->is_opaque = true;
}

static bool open_record(struct reframe *reframe, uint8_t *content,
                        size_t *out_len, uint8_t *out_type)
{
  size_t len = HEADER_LEN +
               ((size_t)reframe->record[3] << 8 | (size_t)reframe->record[4]);

  if (!reframe->has_keys && reframe->is_known[0]) {
    recordkeys_set(&reframe->keys, reframe->secrets[0]);
    reframe->has_keys = reframe->is_shaking = true;
  }
  return reframe->has_keys && recordkeys_open(&reframe->keys, reframe->record,
                                              len, content, out_len, out_type);
}

static void take_messages(struct reframe *reframe, stls_bio *out,
                          const uint8_t *bytes, size_t len)
{
  if (len > MAX_MESSAGES - reframe->messages_len) abort();
  for (size_t i = 0; i < len; i++) {
    const uint8_t *message = reframe->messages + reframe->message_at;
    size_t have, whole;
    reframe->messages[reframe->messages_len++] = bytes[i];
    have = reframe->messages_len - reframe->message_at;
    if (have < MESSAGE_HEADER_LEN) continue;
    whole = MESSAGE_HEADER_LEN + ((size_t)message[1] << 16 |
                                  (size_t)message[2] << 8 | (size_t)message[3]);
    if (have == whole) end_message(reframe, out, message[0]);
  }
}

/* A message after which keys may change ends its record (RFC 8446, 5.1). */
static void end_message(struct reframe *reframe, stls_bio *out, int type)
{
  bool ends_record = type == SSL3_MT_FINISHED || type == SSL3_MT_KEY_UPDATE;

  reframe->message_at = reframe->messages_len;
  if (!ends_record && (reframe->how & SHARE) != 0) return;
  reframe_flush(reframe, out);
  if (!reframe->has_keys) return;
  if (type == SSL3_MT_KEY_UPDATE) recordkeys_update(&reframe->keys);
  if (type == SSL3_MT_FINISHED && reframe->is_shaking) {
    recordkeys_set(&reframe->keys, reframe->secrets[1]);
    reframe->is_shaking = false;
  }
}

/* Most parts are of a size that gives a message a few records. */
static size_t pick_part(struct reframe *reframe, size_t at)
{
  size_t left = reframe->messages_len - at, part = 16384;

  if ((reframe->how & CUT) != 0)
    part = 1 +
           rng_below(reframe->random, rng_one_in(reframe->random, 4) ? 8 : 400);
  return part < left ? part : left;
}

static void put_record(struct reframe *reframe, stls_bio *out, uint8_t type,
                       const uint8_t *data, size_t len)
{
  uint8_t record[RECORDKEYS_MAX_RECORD] = {type, 3, 3};
  size_t padding = 0;

  if (!reframe->has_keys) {
    record[3] = (uint8_t)(len >> 8);
    record[4] = (uint8_t)len;
    memcpy(record + HEADER_LEN, data, len);
    send_bytes(out, record, HEADER_LEN + len);
    return;
  }
  if ((reframe->how & PAD) != 0) padding = rng_size(reframe->random, 16384);
  len = recordkeys_seal(&reframe->keys, type, data, len, padding, record);
  send_bytes(out, record, len);
}

/* RFC 8446, 5.1: of application data there may be empty records. */
static void put_empty(struct reframe *reframe, stls_bio *out)
{
  if ((reframe->how & PAD) == 0 || reframe->is_shaking ||
      reframe->num_empty >= MAX_EMPTY || !rng_one_in(reframe->random, 4))
    return;
  reframe->num_empty++;
  put_record(reframe, out, SSL3_RT_APPLICATION_DATA, (const uint8_t *)"", 0);
}

static void send_bytes(stls_bio *out, const uint8_t *bytes, size_t len)
{
  size_t written = 0;

  if (stls_bio_write(out, bytes, len, &written, NULL) != STLS_OK ||
      written != len)
    abort();
}
