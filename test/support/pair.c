/* SPDX-License-Identifier: MIT */
/* pair: two endpoints joined in memory, and how bytes are cut between them. */
#include "pair.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/verify.h>

#include "data_files.h"
#include "expect.h"
#include "runner/tape.h"

static stls_object *open_side(const pair_options *options, stls_role role);
static void set_credential(stls_context *context, const char *name);
static void set_trust(stls_context *context, const char *file);
static const char *or_default(const char *value, const char *fallback);
static bool shake_side(test_pair *pair, stls_object *self, stls_object *peer,
                       stls_result *result);

test_pair pair_new(const pair_options *options)
{
  test_pair pair = {.feed = options->feed,
                    .random = options->seed * 2654435761U + 1};

  pair.client = open_side(options, STLS_CLIENT);
  pair.server = open_side(options, STLS_SERVER);
  pair_tape(&pair);
  return pair;
}

void pair_tape(const test_pair *pair)
{
  tape_object(pair->client, NULL, pair->server, NULL);
  tape_object(pair->server, NULL, pair->client, NULL);
}

void pair_free(test_pair *pair)
{
  stls_object_free(pair->client);
  stls_object_free(pair->server);
  pair->client = pair->server = NULL;
}

stls_context *pair_context(const pair_options *options, stls_role role)
{
  bool is_client = role == STLS_CLIENT;
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;
  void (*tune)(stls_context *) =
      is_client ? options->tune_client : options->tune_server;

  ASSERT_RESULT(
      stls_context_new_without_trust(role, NULL, NULL, &context, &err), STLS_OK,
      err.message);
  set_credential(context, is_client ? or_default(options->client_credential, "")
                                    : or_default(options->server_credential,
                                                 "server-ecdsa"));
  set_trust(context, is_client ? or_default(options->client_trust, "ca.pem")
                               : or_default(options->server_trust, "ca.pem"));
  if (!is_client)
    ASSERT_RESULT(
        stls_context_set_verify_mode(context, options->server_verify, &err),
        STLS_OK, err.message);
  if (options->version != 0)
    ASSERT_RESULT(stls_context_set_versions(context, options->version,
                                            options->version, &err),
                  STLS_OK, err.message);
  if (tune != NULL) tune(context);
  ASSERT_RETURNS(stls_context_seal(context, &err), STLS_OK);
  return context;
}

stls_result pair_handshake(test_pair *pair)
{
  stls_result client = STLS_WANT_READ, server = STLS_WANT_READ;
  bool moved = true;

  for (size_t turn = 0; moved; turn++) {
    cr_assert_lt(turn, (size_t)PAIR_TURNS, "the handshake hangs");
    moved = shake_side(pair, pair->client, pair->server, &client);
    moved = shake_side(pair, pair->server, pair->client, &server) || moved;
  }
  if (client < 0) return client;
  if (server < 0) return server;
  return client == STLS_OK ? server : client;
}

test_pair pair_open(const pair_options *options)
{
  test_pair pair = pair_new(options);
  stls_result result = pair_handshake(&pair);

  ASSERT_RESULT(
      result, STLS_OK,
      expect_label("handshake: %s; client: %s; server: %s",
                   stls_result_name(result), pair_message(pair.client),
                   pair_message(pair.server)));
  return pair;
}

size_t pair_cut(test_pair *pair, size_t pending)
{
  size_t len;

  switch (pair->feed) {
    case FEED_BYTES:
      return pending < 1 ? pending : 1;
    case FEED_RANDOM:
      pair->random = pair->random * 1664525U + 1013904223U;
      len = 1 +
            (pair->random >> 8) % ((pair->random >> 4) % 8 == 0 ? 40000 : 700);
      return pending < len ? pending : len;
    default:
      return pending;
  }
}

size_t pair_move(test_pair *pair, stls_object *from, stls_object *to)
{
  stls_bio *source = stls_object_outgoing(from);
  stls_span span = stls_bio_peek(source);
  size_t len = pair_cut(pair, span.len);
  size_t moved = 0;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  if (len == 0) return 0;
  result =
      stls_bio_write(stls_object_incoming(to), span.data, len, &moved, &err);
  cr_assert(result == STLS_OK || result == STLS_WANT_WRITE, "%s", err.message);
  ASSERT_RESULT(stls_bio_consume(source, moved, &err), STLS_OK, err.message);
  return moved;
}

void pair_move_all(test_pair *pair, stls_object *from, stls_object *to)
{
  while (pair_move(pair, from, to) > 0) continue;
}

void pair_settle(test_pair *pair)
{
  stls_object *sides[] = {pair->client, pair->server};
  size_t got;
  char byte;

  pair_move_all(pair, pair->server, pair->client);
  pair_move_all(pair, pair->client, pair->server);
  for (size_t i = 0; i < 2; i++)
    ASSERT_RETURNS(stls_object_read(sides[i], &byte, 1, &got), STLS_WANT_READ);
}

void pair_transfer(test_pair *pair, stls_object *from, stls_object *to,
                   size_t len)
{
  unsigned char out[5000], in[4000], want[4000];
  size_t sent = 0, received = 0;

  for (size_t turn = 0; received < len; turn++) {
    size_t part = len - sent < sizeof out ? len - sent : sizeof out;
    size_t done = 0;
    stls_result result;

    cr_assert_lt(turn, (size_t)PAIR_TURNS, "the transfer hangs");
    pair_pattern(out, part, sent);
    result = stls_object_write(from, out, part, &done);
    cr_assert(result == STLS_OK || result == STLS_WANT_WRITE, "write: %s: %s",
              stls_result_name(result), pair_message(from));
    sent += done;
    pair_move(pair, from, to);
    while ((result = stls_object_read(to, in, sizeof in, &done)) == STLS_OK) {
      pair_pattern(want, done, received);
      cr_assert_arr_eq(in, want, done, "at byte %zu", received);
      received += done;
    }
    ASSERT_RESULT(result, STLS_WANT_READ,
                  expect_label("read: %s: %s", stls_result_name(result),
                               pair_message(to)));
  }
  cr_assert_eq(received, len);
}

stls_result pair_drain(stls_object *object, char *out, size_t cap,
                       size_t *out_len)
{
  stls_result result;
  size_t got = 0;

  *out_len = 0;
  do {
    result = stls_object_read(object, out + *out_len, cap - *out_len, &got);
    *out_len += got;
  } while (result == STLS_OK && got > 0);
  return result;
}

void pair_pattern(unsigned char *out, size_t len, size_t offset)
{
  for (size_t i = 0; i < len; i++) out[i] = (unsigned char)((offset + i) % 251);
}

bool pair_row(size_t row, pair_options *options, char *label)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  static const char *const feeds[] = {"whole", "bytes", "random"};

  if (row >= 6) return false;
  options->version = versions[row / 3];
  options->feed = (pair_feed)(row % 3);
  options->seed = (unsigned)row + 1;
  snprintf(label, 64, "TLS 1.%d, %s", row / 3 == 0 ? 2 : 3, feeds[row % 3]);
  return true;
}

size_t pair_row_step(void)
{
  return check_quick() ? 4 : 1;
}

const char *pair_default_group(int version)
{
  const bool has_hybrid =
      OPENSSL_version_major() > 3 ||
      (OPENSSL_version_major() == 3 && OPENSSL_version_minor() >= 5);

  return version == STLS_TLS_1_3 && has_hybrid ? "X25519MLKEM768" : "x25519";
}

const char *pair_message(const stls_object *object)
{
  static char messages[4][400];
  static unsigned next;
  stls_error err = STLS_ERROR_INIT;
  char *out = messages[next++ % 4];
  stls_result result = stls_object_error(object, &err);

  snprintf(out, sizeof messages[0], "%s: %s", stls_result_name(result),
           err.message);
  return out;
}

static stls_object *open_side(const pair_options *options, stls_role role)
{
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_context *context = pair_context(options, role);
  stls_error err = STLS_ERROR_INIT;
  stls_object *object = NULL;

  if (role == STLS_CLIENT)
    made.server_name = or_default(options->server_name, "server.example");
  else
    made.choose_context = options->choose_context;
  made.user_data =
      role == STLS_CLIENT ? options->client_data : options->server_data;
  ASSERT_RESULT(stls_object_new(context, NULL, NULL, &made, &object, &err),
                STLS_OK, err.message);
  stls_context_free(context);
  return object;
}

static void set_credential(stls_context *context, const char *name)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  char chain[64], key[64];

  if (name[0] == '\0') return;
  snprintf(chain, sizeof chain, "%s.pem", name);
  snprintf(key, sizeof key, "%s.key", name);
  source.chain_file = data_file_path(chain);
  source.key_file = data_file_path(key);
  ASSERT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
                STLS_OK, err.message);
  ASSERT_RESULT(stls_context_set_credential(context, credential, &err), STLS_OK,
                err.message);
  stls_credential_free(credential);
}

void pair_warm_up(void)
{
  const int versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    pair_options options = {.version = versions[v]};
    test_pair pair = pair_open(&options);
    pair_transfer(&pair, pair.client, pair.server, 1000);
    pair_free(&pair);
  }
}

static void set_trust(stls_context *context, const char *file)
{
  stls_error err = STLS_ERROR_INIT;
  stls_trust *trust = NULL;

  if (file[0] == '\0') return;
  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, &err), STLS_OK);
  ASSERT_RESULT(stls_trust_add_file(trust, data_file_path(file), &err), STLS_OK,
                err.message);
  ASSERT_RETURNS(stls_context_set_trust(context, trust, &err), STLS_OK);
  stls_trust_free(trust);
}

static const char *or_default(const char *value, const char *fallback)
{
  return value == NULL ? fallback : value;
}

/* Whether anything moved. A failed side still gives away its alert. */
static bool shake_side(test_pair *pair, stls_object *self, stls_object *peer,
                       stls_result *result)
{
  size_t before = stls_bio_pending(stls_object_incoming(self));
  bool was_waiting = *result > 0;

  if (was_waiting) *result = stls_object_handshake(self);
  return pair_move(pair, self, peer) > 0 || (was_waiting && *result <= 0) ||
         (was_waiting &&
          stls_bio_pending(stls_object_incoming(self)) != before);
}

bool pair_is_direct(const stls_object *object)
{
  return stls_conninfo_direct_records(stls_object_conninfo(object));
}

bool pair_can_be_direct(void)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  ASSERT_RETURNS(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK);
  result = stls_context_set_records(context, STLS_RECORDS_DIRECT, &err);
  stls_context_free(context);
  if (result != STLS_OK)
    EXPECT_RESULT(result, STLS_ERROR_UNSUPPORTED, err.message);
  return result == STLS_OK;
}

void pair_need_direct(void)
{
  if (!pair_can_be_direct())
    cr_skip_test("built with --disable-direct-records");
}

void pair_use_libssl_records(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_LIBSSL, NULL),
                 STLS_OK);
}
