/* SPDX-License-Identifier: MIT */
/* test_oom_object: connections under allocation failure. */
#include <stdio.h>
#include <string.h>

#include <sanstls/ciphers.h>

#include "lib/bio/mem_bio_probe.h"
#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(oom_object, .timeout = 120);

/* What both sides are made from, in one version. */
struct setup {
  stls_context *client, *server;
};

/* One connection. Memory is refused during its objects' calls only, and once:
 * what was refused in vain is asked for again. */
struct play {
  stls_object *client, *server;
  /* The first final failure, or STLS_OK. */
  stls_result failure;
};

static struct setup open_theatre(stls_protocol version,
                                 void (*tune_server)(stls_context *));
static void close_theatre(struct setup *setup);
static bool try_to_make(const void *subject, size_t nth);
static bool try_to_play(const void *subject, size_t nth);
static struct play open_play(const struct setup *setup);
static void shake(struct play *play);
static void transfer(struct play *play, stls_object *from, stls_object *to,
                     size_t len);
static void close_both(struct play *play);
static void expect_fate(const struct play *play, bool refused, size_t nth);
static void note(struct play *play, stls_object *object, stls_result result);
static size_t count_play(const struct setup *setup);

/* How an object is made. */
static const struct row {
  const char *name;
  const char *server_name;
  stls_role role;
  bool has_bios;
  const struct setup *setup;
} rows[] = {
    {"client", "server.example", STLS_CLIENT, false, NULL},
    {"client of an address", "127.0.0.1", STLS_CLIENT, false, NULL},
    {"client between bios", "server.example", STLS_CLIENT, true, NULL},
    {"server", NULL, STLS_SERVER, false, NULL},
};

Test(oom_object, makes_objects_whole_or_not_at_all)
{
  struct setup setup = open_theatre(STLS_TLS_1_3, NULL);

  /* A self-test that fails has a way around it, which would hide what else is
   * done only once. */
  (void)stls_mem_bio_probe_can_repoint();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct row row = rows[i];
    row.setup = &setup;
    for (size_t nth = 1; oom_sweep_try(try_to_make, &row, nth, row.name); nth++)
      continue;
  }
  close_theatre(&setup);
}

/* What a peer without TLS sends is quoted, or there is no memory for that. */
static bool try_to_meet_a_stranger(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_object *server = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  size_t written;
  bool refused;

  ASSERT_RETURNS(
      stls_object_new(setup->server, NULL, NULL, NULL, &server, NULL), STLS_OK);
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(server), "GET / HTTP/1.1",
                                14, &written, NULL),
                 STLS_OK);
  oom_sweep_begin(nth);
  result = stls_object_handshake(server);
  refused = oom_sweep_end();
  if (result == STLS_ERROR_MEMORY) result = stls_object_handshake(server);
  if (result != STLS_ERROR_MEMORY)
    EXPECT_RESULT(result, STLS_ERROR_TLS, "stranger");
  stls_object_error(server, &err);
  /* OpenSSL may have taken its failure for another one. */
  if (err.own_reason == STLS_REASON_PEER_NOT_TLS)
    cr_expect_eq(strncmp(err.message, "the peer speaks no TLS", 22), 0,
                 "%zu: %s", nth, err.message);
  cr_expect(refused || strstr(err.message, "\"GET / HTTP/1.1\""), "%s",
            err.message);
  stls_object_free(server);
  return refused;
}

Test(oom_object, meets_a_stranger)
{
  struct setup setup = open_theatre(STLS_TLS_1_3, NULL);

  (void)stls_mem_bio_probe_can_repoint();
  for (size_t nth = 1;
       oom_sweep_try(try_to_meet_a_stranger, &setup, nth, "stranger"); nth++)
    continue;
  close_theatre(&setup);
}

static void sweep_version(stls_protocol version,
                          void (*tune_server)(stls_context *),
                          const char *label)
{
  struct setup setup = open_theatre(version, tune_server);
  size_t num = count_play(&setup);
  size_t step = 1 + num / (check_quick() ? 12 : 500);

  for (size_t nth = 1; nth <= num; nth += step)
    (void)oom_sweep_try(try_to_play, &setup, nth, label);
  close_theatre(&setup);
}

Test(oom_object, fails_cleanly_or_not_at_all_on_tls_1_2)
{
  sweep_version(STLS_TLS_1_2, NULL, "TLS 1.2");
}

Test(oom_object, fails_cleanly_or_not_at_all_on_tls_1_3)
{
  sweep_version(STLS_TLS_1_3, NULL, "TLS 1.3");
}

static void want_p384(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-384", NULL), STLS_OK,
                "groups");
}

/* The second ClientHello is compared with the first. */
Test(oom_object, fails_cleanly_or_not_at_all_after_a_retry)
{
  sweep_version(STLS_TLS_1_3, want_p384, "HelloRetryRequest");
}

static bool try_to_make(const void *subject, size_t nth)
{
  const struct row *row = subject;
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_bio *in = row->has_bios ? bytes_bio(1000) : NULL;
  stls_bio *out = row->has_bios ? bytes_bio(1000) : NULL;
  stls_context *context =
      row->role == STLS_CLIENT ? row->setup->client : row->setup->server;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  options.server_name = row->server_name;
  oom_sweep_begin(nth);
  result = stls_object_new(context, in, out, &options, &object, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, row->name, nth);
  EXPECT_RESULT(err.result, result, row->name);
  cr_expect(result == STLS_OK || result == STLS_ERROR_MEMORY, "%s: %s",
            row->name, stls_result_name(result));
  cr_expect_eq(object != NULL, result == STLS_OK, "%s", row->name);
  if (object != NULL && row->has_bios)
    cr_expect(stls_object_incoming(object) == in &&
                  stls_object_outgoing(object) == out,
              "%s", row->name);
  stls_object_free(object);
  stls_bio_free(in);
  stls_bio_free(out);
  return refused;
}

static bool try_to_play(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  struct play play = open_play(setup);
  bool refused;

  oom_sweep_begin(nth);
  heap_hold(true);
  shake(&play);
  transfer(&play, play.client, play.server, 20000);
  transfer(&play, play.server, play.client, 3000);
  close_both(&play);
  refused = oom_sweep_end();
  expect_fate(&play, refused, nth);
  stls_object_trim(play.client);
  stls_object_trim(play.server);
  stls_object_free(play.client);
  stls_object_free(play.server);
  if (!refused) return refused;
  /* The contexts have not suffered. */
  play = open_play(setup);
  shake(&play);
  EXPECT_RESULT(play.failure, STLS_OK, "the next handshake");
  stls_object_free(play.client);
  stls_object_free(play.server);
  return refused;
}

static void expect_fate(const struct play *play, bool refused, size_t nth)
{
  bool is_fine = play->failure == STLS_OK;

  if (refused)
    is_fine = is_fine || play->failure == STLS_ERROR_MEMORY ||
              play->failure == STLS_ERROR_TLS ||
              play->failure == STLS_ERROR_CERTIFICATE;
  cr_expect(is_fine, "allocation %zu: %s; client: %s; server: %s", nth,
            stls_result_name(play->failure), pair_message(play->client),
            pair_message(play->server));
  oom_sweep_expect(refused, STLS_OK, STLS_OK, "play", nth);
}

/* A result that is neither progress nor waiting: final, unless it was the
 * library's own lack of memory, which the next call does not have. */
static void note(struct play *play, stls_object *object, stls_result result)
{
  stls_result said = stls_object_error(object, NULL);

  if (result >= 0) return;
  if (result == STLS_ERROR_MEMORY && said != result) return;
  EXPECT_RESULT(said, result, "stls_object_error");
  if (play->failure == STLS_OK) play->failure = result;
}

static stls_result shake_one(struct play *play, stls_object *self,
                             stls_object *peer)
{
  stls_result result;

  heap_hold(false);
  result = stls_object_handshake(self);
  heap_hold(true);
  note(play, self, result);
  bytes_move(stls_object_outgoing(self), stls_object_incoming(peer));
  return result;
}

static void shake(struct play *play)
{
  stls_result client = STLS_WANT_READ, server = STLS_WANT_READ;

  for (int turn = 0; turn < 10; turn++) {
    client = shake_one(play, play->client, play->server);
    server = shake_one(play, play->server, play->client);
    if (play->failure != STLS_OK) return;
  }
  EXPECT_RESULT(client, STLS_OK, "client");
  EXPECT_RESULT(server, STLS_OK, "server");
}

/* What arrives is right, even where not all does. */
static void transfer(struct play *play, stls_object *from, stls_object *to,
                     size_t len)
{
  static unsigned char out[20000], in[20000];
  size_t sent = 0, received = 0, done = 0;
  stls_result result;

  pair_pattern(out, len, 0);
  for (int turn = 0; turn < 30 && play->failure == STLS_OK; turn++) {
    heap_hold(false);
    result = stls_object_write(from, out + sent, len - sent, &done);
    heap_hold(true);
    sent += done;
    note(play, from, result);
    bytes_move(stls_object_outgoing(from), stls_object_incoming(to));
    heap_hold(false);
    result = stls_object_read(to, in + received, len - received, &done);
    heap_hold(true);
    received += done;
    note(play, to, result);
    bytes_move(stls_object_outgoing(to), stls_object_incoming(from));
  }
  cr_expect_arr_eq(in, out, received, "of %zu bytes", received);
  if (play->failure == STLS_OK) cr_expect_eq(received, len);
}

static void close_both(struct play *play)
{
  stls_object *sides[] = {play->client, play->server};

  for (size_t i = 0; i < 4; i++) {
    stls_result result;
    heap_hold(false);
    result = i < 2 ? stls_object_close_write(sides[i % 2])
                   : stls_object_unwrap(sides[i % 2]);
    heap_hold(true);
    if (play->failure == STLS_OK) note(play, sides[i % 2], result);
    bytes_move(stls_object_outgoing(sides[i % 2]),
               stls_object_incoming(sides[1 - i % 2]));
  }
}

static struct setup open_theatre(stls_protocol version,
                                 void (*tune_server)(stls_context *))
{
  const pair_options options = {.version = version,
                                .tune_server = tune_server,
                                .server_verify = STLS_VERIFY_REQUIRED,
                                .client_credential = "client-ecdsa"};
  struct setup setup = {pair_context(&options, STLS_CLIENT),
                        pair_context(&options, STLS_SERVER)};

  return setup;
}

static void close_theatre(struct setup *setup)
{
  stls_context_free(setup->client);
  stls_context_free(setup->server);
}

static struct play open_play(const struct setup *setup)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  struct play play = {NULL, NULL, STLS_OK};

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(setup->client, NULL, NULL, &options, &play.client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(
      stls_object_new(setup->server, NULL, NULL, NULL, &play.server, NULL),
      STLS_OK, "server");
  return play;
}

/* The allocations of the objects' calls in one play, when all are warm. */
static size_t count_play(const struct setup *setup)
{
  size_t low = 1, high = 1;

  while (try_to_play(setup, high)) high *= 2;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (try_to_play(setup, middle))
      low = middle + 1;
    else
      high = middle;
  }
  return low - 1;
}
