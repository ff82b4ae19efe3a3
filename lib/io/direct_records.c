/* SPDX-License-Identifier: MIT */
/* direct_records: keys, counters and buffers of records that libssl does not
 * see. */
#include "io/direct_records.h"

#include <string.h>

#include "base/byte_reader.h"
#include "base/mem.h"
#include "wire/record_header.h"

#define RANDOM_LEN ((size_t)32)
#define EXPLICIT_NONCE_LEN ((size_t)8)
/* A handshake header, the hash, the inner type and the tag (RFC 8446, 4.4.4). */
#define FINISHED_BODY_LEN(hash_len) ((size_t)4 + (hash_len) + 1 + 16)

static bool is_padded(const struct stls_record_suite *suite,
                      const struct stls_direct_finished *finished);
static void note_record(const uint8_t *record, size_t body_len,
                        struct stls_direct_finished *finished,
                        bool is_behind_change);
static bool take_secrets(struct stls_direct_records *direct,
                         const struct stls_record_secrets *secrets);
static bool expand_master(struct stls_direct_records *direct, const SSL *ssl);

struct stls_direct_records *stls_direct_records_new(
    const SSL *ssl, const struct stls_direct_start *start)
{
  const SSL_SESSION *session = SSL_get_session(ssl);
  struct stls_record_suite suite;
  struct stls_direct_records *direct;

  if (!stls_record_suite_find(&suite, start->algorithms,
                              SSL_get_current_cipher(ssl), SSL_version(ssl)) ||
      session == NULL || SSL_SESSION_get_max_fragment_length(session) != 0 ||
      (suite.is_tls_1_3 && is_padded(&suite, &start->finished)))
    return NULL;
  direct = stls_mem_zalloc(sizeof *direct);
  if (direct == NULL) return NULL;
  direct->suite = suite;
  direct->is_client = SSL_is_server(ssl) == 0;
  for (int flow = 0; flow < 2; flow++)
    direct->flows[flow].wire = direct->flows[flow].inner = start->records[flow];
  direct->flows[STLS_RECORDS_OUT].nonce = start->finished.nonce;
  if (!suite.is_tls_1_3 || take_secrets(direct, start->secrets)) return direct;
  stls_direct_records_free(direct);
  return NULL;
}

void stls_direct_records_free(struct stls_direct_records *direct)
{
  if (direct == NULL) return;
  for (int flow = 0; flow < 2; flow++)
    stls_record_protect_clear(&direct->flows[flow].protect);
  stls_direct_records_drop_plain(direct);
  stls_direct_records_drop_partial(direct);
  stls_mem_free(direct->shown);
  stls_chunk_queue_clear(&direct->written);
  stls_control_queue_clear(&direct->control);
  stls_mem_free_clear(direct, sizeof *direct);
}

void stls_direct_records_trim(struct stls_direct_records *direct)
{
  for (int flow = 0; flow < 2; flow++)
    stls_record_protect_clear(&direct->flows[flow].protect);
  if (stls_direct_records_pending(direct) == 0)
    stls_direct_records_drop_plain(direct);
  if (direct->partial_len == 0) stls_direct_records_drop_partial(direct);
  stls_chunk_queue_trim(&direct->written);
}

bool stls_direct_records_derive(struct stls_direct_records *direct,
                                const SSL *ssl)
{
  struct stls_direct_flow *in = &direct->flows[STLS_RECORDS_IN];
  struct stls_direct_flow *out = &direct->flows[STLS_RECORDS_OUT];

  if (!direct->has_keys)
    direct->has_keys =
        direct->suite.is_tls_1_3
            ? stls_record_keys_derive(&direct->suite, in->secret, &in->key) &&
                  stls_record_keys_derive(&direct->suite, out->secret,
                                          &out->key)
            : expand_master(direct, ssl);
  return direct->has_keys;
}

bool stls_direct_records_update(struct stls_direct_records *direct,
                                stls_flow flow)
{
  struct stls_direct_flow *it = &direct->flows[flow];

  stls_record_protect_clear(&it->protect);
  it->wire = it->inner = 0;
  /* Ours counts once the KeyUpdate was sent. */
  it->has_new_key = it->is_exported && flow == STLS_RECORDS_IN;
  return stls_record_keys_update(&direct->suite, it->secret) &&
         stls_record_keys_derive(&direct->suite, it->secret, &it->key);
}

bool stls_direct_records_follow(struct stls_direct_records *direct,
                                stls_flow flow, const uint8_t *content,
                                size_t len)
{
  struct stls_direct_message *message = &direct->flows[flow].message;
  bool saw_key_update = false;

  message->is_bare = false;
  while (len > 0) {
    size_t part;
    if (message->left == 0) {
      message->header[message->header_len++] = *content++;
      len--;
      if (message->header_len < sizeof message->header) continue;
      message->header_len = 0;
      message->left = (size_t)message->header[1] << 16 |
                      (size_t)message->header[2] << 8 | message->header[3];
      message->is_bare =
          message->left == 0 && len == 0 && direct->suite.is_tls_1_3;
    }
    part = len < message->left ? len : message->left;
    message->left -= part;
    content += part;
    len -= part;
    /* TLS 1.2 has no such message, and libssl may ignore one. Without a body it
     * is refused. */
    if (part > 0 && message->left == 0 &&
        message->header[0] == SSL3_MT_KEY_UPDATE && direct->suite.is_tls_1_3)
      saw_key_update = true;
  }
  return saw_key_update;
}

uint8_t *stls_direct_records_plain(struct stls_direct_records *direct)
{
  if (direct->plain == NULL)
    direct->plain = stls_mem_alloc(STLS_DIRECT_RECORDS_RECORD_MAX);
  return direct->plain;
}

uint8_t *stls_direct_records_partial(struct stls_direct_records *direct)
{
  if (direct->partial == NULL)
    direct->partial = stls_mem_alloc(STLS_DIRECT_RECORDS_RECORD_MAX);
  return direct->partial;
}

void stls_direct_records_drop_plain(struct stls_direct_records *direct)
{
  if (direct->plain != NULL) stls_mem_wipe(direct->plain, direct->plain_end);
  stls_mem_free(direct->plain);
  direct->plain = NULL;
  direct->plain_start = direct->plain_end = 0;
}

void stls_direct_records_drop_partial(struct stls_direct_records *direct)
{
  stls_mem_free(direct->partial);
  direct->partial = NULL;
  direct->partial_len = 0;
}

void stls_direct_records_note_finished(
    const uint8_t *records, size_t len,
    struct stls_direct_finished *in_out_finished)
{
  bool is_behind_change = false;
  size_t record_len = 0;

  while (len >= STLS_RECORD_HEADER_LEN &&
         stls_record_header_parse(records, STLS_RECORD_HEADER_LEN,
                                  &record_len) == STLS_RECORD_HEADER_VALID &&
         record_len <= len) {
    note_record(records, record_len - STLS_RECORD_HEADER_LEN, in_out_finished,
                is_behind_change);
    is_behind_change = records[0] == SSL3_RT_CHANGE_CIPHER_SPEC;
    records += record_len;
    len -= record_len;
  }
}

/* In TLS 1.2 the Finished is the record behind ChangeCipherSpec, in the same flight.
 * In TLS 1.3 its length tells: libssl puts each message into a record of its own,
 * and pads all of them or none. */
static void note_record(const uint8_t *record, size_t body_len,
                        struct stls_direct_finished *finished,
                        bool is_behind_change)
{
  const uint8_t *nonce = record + STLS_RECORD_HEADER_LEN;

  if (record[0] == SSL3_RT_APPLICATION_DATA) {
    finished->is_bare_32 |= body_len == FINISHED_BODY_LEN(32);
    finished->is_bare_48 |= body_len == FINISHED_BODY_LEN(48);
  }
  if (!is_behind_change || record[0] != SSL3_RT_HANDSHAKE ||
      body_len < EXPLICIT_NONCE_LEN)
    return;
  finished->nonce = 0;
  for (size_t i = 0; i < EXPLICIT_NONCE_LEN; i++)
    finished->nonce = finished->nonce << 8 | nonce[i];
}

/* SSL_CTX_set_block_padding, or RecordPadding of openssl.cnf: libssl has no getter
 * for it. */
static bool is_padded(const struct stls_record_suite *suite,
                      const struct stls_direct_finished *finished)
{
  return !(suite->hash_len == 32 ? finished->is_bare_32 : finished->is_bare_48);
}

static bool take_secrets(struct stls_direct_records *direct,
                         const struct stls_record_secrets *secrets)
{
  const size_t len = direct->suite.hash_len;
  const stls_flow client =
      direct->is_client ? STLS_RECORDS_OUT : STLS_RECORDS_IN;
  const stls_flow server =
      direct->is_client ? STLS_RECORDS_IN : STLS_RECORDS_OUT;

  if (secrets == NULL || !stls_record_secrets_are_complete(secrets, len))
    return false;
  memcpy(direct->flows[client].secret, secrets->client, len);
  memcpy(direct->flows[server].secret, secrets->server, len);
  return true;
}

static bool expand_master(struct stls_direct_records *direct, const SSL *ssl)
{
  struct stls_record_key *in = &direct->flows[STLS_RECORDS_IN].key;
  struct stls_record_key *out = &direct->flows[STLS_RECORDS_OUT].key;
  uint8_t master[SSL_MAX_MASTER_KEY_LENGTH];
  uint8_t client_random[RANDOM_LEN], server_random[RANDOM_LEN];
  size_t len =
      SSL_SESSION_get_master_key(SSL_get_session(ssl), master, sizeof master);
  bool is_done;

  SSL_get_client_random(ssl, client_random, RANDOM_LEN);
  SSL_get_server_random(ssl, server_random, RANDOM_LEN);
  is_done = stls_record_keys_expand(&direct->suite, master, len, client_random,
                                    server_random, direct->is_client ? out : in,
                                    direct->is_client ? in : out);
  stls_mem_wipe(master, sizeof master);
  return is_done;
}
