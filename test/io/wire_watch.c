/* SPDX-License-Identifier: MIT */
/* wire_watch: opens the records of one direction as an eavesdropper with keys. */
#include "wire_watch.h"

#include <openssl/ssl.h>
#include <sanstls/trace.h>
#include <string.h>

#include "support/expect.h"

static struct stls_record_secrets collected;

static void on_line(stls_object *object, const char *line, size_t len,
                    void *user_data);
static void use_master_secret(struct wire_watch *watch, const SSL *ssl);
static void see(struct wire_watch *watch, const uint8_t *bytes, size_t len);
static void open_record(struct wire_watch *watch);
static bool ends_key_update(struct wire_watch *watch, const uint8_t *content,
                            size_t len);
static bool try_open(struct wire_watch *watch, uint64_t seq, uint8_t *plain,
                     size_t *out_len, uint8_t *out_type);

void wire_watch_collect(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_insecure_keylog(context, on_line, NULL, NULL),
                 STLS_OK);
}

void wire_watch_open(struct wire_watch *watch, stls_object *sender)
{
  const SSL *ssl = stls_object_ssl(sender);
  const bool is_client = !SSL_is_server(ssl);

  memset(watch, 0, sizeof *watch);
  stls_record_algorithms_fetch(&watch->algorithms, NULL, NULL);
  cr_assert(stls_record_suite_find(&watch->suite, &watch->algorithms,
                                   SSL_get_current_cipher(ssl),
                                   SSL_version(ssl)));
  if (!watch->suite.is_tls_1_3) {
    use_master_secret(watch, ssl);
    return;
  }
  cr_assert(
      stls_record_secrets_are_complete(&collected, watch->suite.hash_len));
  memcpy(watch->secret, is_client ? collected.client : collected.server,
         STLS_RECORD_SECRET_MAX);
  cr_assert(stls_record_keys_derive(&watch->suite, watch->secret, &watch->key));
}

void wire_watch_close(struct wire_watch *watch)
{
  cr_expect_eq(watch->record_len, 0, "a part of a record is left");
  stls_record_protect_clear(&watch->protect);
  stls_record_algorithms_clear(&watch->algorithms);
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

static void on_line(stls_object *object, const char *line, size_t len,
                    void *user_data)
{
  (void)object;
  (void)len;
  (void)user_data;
  stls_record_secrets_note(&collected, line);
}

static void use_master_secret(struct wire_watch *watch, const SSL *ssl)
{
  struct stls_record_key client, server;
  uint8_t master[48], client_random[32], server_random[32];

  cr_assert_eq(
      SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof master),
      48);
  SSL_get_client_random(ssl, client_random, 32);
  SSL_get_server_random(ssl, server_random, 32);
  cr_assert(stls_record_keys_expand(&watch->suite, master, 48, client_random,
                                    server_random, &client, &server));
  watch->key = SSL_is_server(ssl) ? server : client;
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
  const uint64_t last = watch->has_seq ? watch->seq : 8;
  uint64_t seq = watch->has_seq ? watch->seq : 0, nonce = 0;
  size_t len = 0;
  uint8_t type = 0;
  bool is_open = false;

  for (; !is_open && seq <= last; seq++)
    is_open = try_open(watch, seq, plain, &len, &type);
  cr_assert(is_open, "record %zu is not the one with number %zu",
            watch->num_records, (size_t)watch->seq);
  watch->has_seq = true;
  watch->seq = seq;
  watch->num_records++;
  if (watch->suite.has_explicit_nonce) {
    for (int i = 0; i < 8; i++) nonce = nonce << 8 | watch->record[5 + i];
    if (watch->has_nonce) cr_assert_eq(nonce, watch->nonce + 1);
    watch->nonce = nonce;
    watch->has_nonce = true;
  }
  if (type == SSL3_RT_HANDSHAKE) watch->num_messages++;
  if (type == SSL3_RT_ALERT) watch->num_alerts++;
  if (type != SSL3_RT_HANDSHAKE || !ends_key_update(watch, plain, len)) return;
  watch->num_key_updates++;
  stls_record_protect_clear(&watch->protect);
  cr_assert(stls_record_keys_update(&watch->suite, watch->secret));
  cr_assert(stls_record_keys_derive(&watch->suite, watch->secret, &watch->key));
  watch->seq = 0;
}

/* Messages may take several records, or share one (RFC 8446, 5.1). */
static bool ends_key_update(struct wire_watch *watch, const uint8_t *content,
                            size_t len)
{
  bool ends = false;

  for (size_t i = 0; i < len; i++) {
    if (watch->header_len < 4) {
      watch->header[watch->header_len++] = content[i];
      if (watch->header_len < 4) continue;
      watch->left = (size_t)(watch->header[1] << 16 | watch->header[2] << 8 |
                             watch->header[3]);
    } else {
      watch->left--;
    }
    if (watch->left > 0) continue;
    watch->header_len = 0;
    ends = watch->header[0] == SSL3_MT_KEY_UPDATE;
  }
  return ends;
}

static bool try_open(struct wire_watch *watch, uint64_t seq, uint8_t *plain,
                     size_t *out_len, uint8_t *out_type)
{
  return stls_record_protect_open(&watch->protect, &watch->suite, &watch->key,
                                  seq, watch->record, watch->record_len, plain,
                                  20000, out_len,
                                  out_type) == STLS_RECORD_OPENED;
}
