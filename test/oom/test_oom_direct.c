/* SPDX-License-Identifier: MIT */
/* test_oom_direct: records that bypass libssl, under allocation failure. */
/*
 * A call that lacks memory has changed nothing, or it has ended the connection.
 * Either way, what reaches the wire is sealed under numbers that were never used:
 * an eavesdropper with the keys opens every record in its turn, before and after
 * the refusal. What was written arrives once and whole.
 */
#include <string.h>

#include "io/wire_watch.h"
#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/planted_errors.h"

SUITE(oom_direct, .timeout = 600);

enum {
  MAX_DATA = 60000
};

/* A connection, past a watch each way. */
struct scene {
  test_pair pair;
  stls_object *self;
  stls_object *peer;
  struct wire_watch from_self;
  struct wire_watch from_peer;
  /* What the peer has written, and what of it was read. */
  size_t written;
  unsigned char got[MAX_DATA];
  size_t num_got;
  /* What self has written. */
  size_t sent;
};

static const struct row {
  const char *name;
  void (*prepare)(struct scene *scene);
  stls_result (*act)(struct scene *scene);
  /* The connection fails in any case. */
  bool fails;
} * present;

static stls_role role;
static stls_protocol version;
static unsigned char data[MAX_DATA];

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_post_handshake_auth(
                     context, version == STLS_TLS_1_3, NULL),
                 STLS_OK);
  wire_keys_collect(context);
}

static void to_self(struct scene *scene)
{
  wire_watch_move(&scene->from_peer, &scene->pair, scene->peer, scene->self);
}

static void to_peer(struct scene *scene)
{
  wire_watch_move(&scene->from_self, &scene->pair, scene->self, scene->peer);
}

static void peer_writes(struct scene *scene, size_t len)
{
  size_t done;

  while (len > 0) {
    ASSERT_RETURNS(
        stls_object_write(scene->peer, data + scene->written, len, &done),
        STLS_OK);
    scene->written += done;
    len -= done;
  }
  to_self(scene);
}

static stls_result read_parts(struct scene *scene, size_t most)
{
  stls_result result = STLS_OK;

  while (result == STLS_OK) {
    const size_t room = MAX_DATA - scene->num_got;
    size_t done = 0;
    result = stls_object_read(scene->self, scene->got + scene->num_got,
                              room < most ? room : most, &done);
    scene->num_got += done;
  }
  return result;
}

/* --- what is there, and what is done --- */

static void nothing(struct scene *scene)
{
  (void)scene;
}

static void small_data(struct scene *scene)
{
  peer_writes(scene, 100);
  peer_writes(scene, 1);
}

static void large_data(struct scene *scene)
{
  peer_writes(scene, 20000);
}

static void trimmed(struct scene *scene)
{
  small_data(scene);
  stls_object_trim(scene->self);
}

static void key_update(struct scene *scene)
{
  if (version == STLS_TLS_1_3)
    ASSERT_RETURNS(stls_object_key_update(scene->peer, true), STLS_OK);
  peer_writes(scene, 300);
}

static void end_of_peer(struct scene *scene)
{
  small_data(scene);
  ASSERT_RETURNS(stls_object_close_write(scene->peer), STLS_OK);
  to_self(scene);
}

static void forged(struct scene *scene)
{
  unsigned char record[40] = {23, 3, 3, 0, 35};
  size_t done;

  small_data(scene);
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(scene->self), record,
                                sizeof record, &done, NULL),
                 STLS_OK);
}

/* One more than STLS_LIMIT_KEY_UPDATES. */
static void flood(struct scene *scene)
{
  small_data(scene);
  for (int i = 0; version == STLS_TLS_1_3 && i < 33; i++)
    ASSERT_RETURNS(stls_object_key_update(scene->peer, false), STLS_OK);
  to_self(scene);
}

static stls_result write_len(struct scene *scene, size_t len)
{
  size_t done = 0;
  stls_result result =
      stls_object_write(scene->self, data + scene->sent, len, &done);

  scene->sent += done;
  return result;
}

static stls_result write_small(struct scene *scene)
{
  stls_result result = write_len(scene, 10);

  return result == STLS_OK ? write_len(scene, 2000) : result;
}

static stls_result write_large(struct scene *scene)
{
  return write_len(scene, 20000);
}

static stls_result read_whole(struct scene *scene)
{
  return read_parts(scene, 20000);
}

static stls_result read_small(struct scene *scene)
{
  return read_parts(scene, 33);
}

static stls_result read_then_write(struct scene *scene)
{
  stls_result result = read_parts(scene, 20000);

  return result >= 0 ? write_small(scene) : result;
}

static stls_result update(struct scene *scene)
{
  stls_result result = version == STLS_TLS_1_3
                           ? stls_object_key_update(scene->self, true)
                           : STLS_OK;

  return result == STLS_OK ? write_small(scene) : result;
}

static stls_result close_write(struct scene *scene)
{
  stls_result result = write_small(scene);

  return result == STLS_OK ? stls_object_close_write(scene->self) : result;
}

static stls_result refuse(struct scene *scene)
{
  return stls_object_reject(scene->self, STLS_ALERT_ACCESS_DENIED);
}

/* A server's tickets, and its request for a certificate. */
static stls_result ask(struct scene *scene)
{
  stls_result result = version == STLS_TLS_1_3 && role == STLS_SERVER
                           ? stls_object_verify_client(scene->self)
                           : STLS_OK;

  return result == STLS_OK ? write_small(scene) : result;
}

static void asked(struct scene *scene)
{
  if (version == STLS_TLS_1_3 && role == STLS_CLIENT)
    ASSERT_RETURNS(stls_object_verify_client(scene->peer), STLS_OK);
  peer_writes(scene, 50);
}

static const struct row rows[] = {
    {"write", nothing, write_small, false},
    {"write of several records", nothing, write_large, false},
    {"read", small_data, read_whole, false},
    {"read of several records", large_data, read_whole, false},
    {"read of parts", large_data, read_small, false},
    {"read and write behind trim", trimmed, read_then_write, false},
    {"KeyUpdate", small_data, update, false},
    {"answer to KeyUpdate", key_update, read_then_write, false},
    {"peer's end", end_of_peer, read_then_write, false},
    {"close_write", nothing, close_write, false},
    {"record that is forged", forged, read_whole, true},
    {"request for a certificate", nothing, ask, false},
    {"certificate", asked, read_then_write, false},
    {"flood", flood, read_whole, true},
    {"refusal", nothing, refuse, true},
    {"refusal behind trim", trimmed, refuse, true},
};

/* --- the sweep --- */

static void open_scene(struct scene *scene)
{
  pair_options options = {.version = version,
                          .client_credential = "client-ecdsa",
                          .server_trust = "ca.pem",
                          .server_verify = version == STLS_TLS_1_3
                                               ? STLS_VERIFY_REQUIRED
                                               : STLS_VERIFY_NONE,
                          .tune_client = use_direct,
                          .tune_server = use_direct};

  memset(scene, 0, sizeof *scene);
  scene->pair = pair_open(&options);
  scene->self = role == STLS_CLIENT ? scene->pair.client : scene->pair.server;
  scene->peer = role == STLS_CLIENT ? scene->pair.server : scene->pair.client;
  wire_watch_open(&scene->from_self, scene->self);
  wire_watch_open(&scene->from_peer, scene->peer);
}

static bool has_failed(const struct scene *scene)
{
  const stls_result said = stls_object_error(scene->self, NULL);

  return said != STLS_OK && said != STLS_ERROR_MISUSE;
}

/* Nothing more goes out of a connection that has failed. */
static void expect_silence(struct scene *scene)
{
  const stls_result said = stls_object_error(scene->self, NULL);
  size_t done;

  to_peer(scene);
  EXPECT_RESULT(
      stls_object_write(scene->self, "more", 4, &done), said,
      expect_label("%s: %s", present->name, pair_message(scene->self)));
  (void)!stls_object_close_write(scene->self);
  cr_expect_eq(stls_bio_pending(stls_object_outgoing(scene->self)), 0);
}

/* What was written on either side has come to the other, once. */
static void expect_all(struct scene *scene, size_t nth)
{
  static unsigned char out[MAX_DATA];
  size_t num = 0, done;
  stls_result result;

  for (int turn = 0; turn < 5; turn++) {
    to_peer(scene);
    while ((result = stls_object_read(scene->peer, out + num, MAX_DATA - num,
                                      &done)) == STLS_OK)
      num += done;
    /* Without memory for its certificate, libssl sends none. */
    if (result == STLS_ERROR_CERTIFICATE && present->prepare == asked) return;
    cr_assert_geq(result, 0, "%s, allocation %zu: %s", present->name, nth,
                  pair_message(scene->peer));
    to_self(scene);
    result = read_parts(scene, 20000);
    cr_assert_geq(result, 0, "%s, allocation %zu: %s", present->name, nth,
                  pair_message(scene->self));
  }
  cr_expect_eq(num, scene->sent, "%s, allocation %zu: %zu of %zu",
               present->name, nth, num, scene->sent);
  cr_expect_arr_eq(out, data, num);
  cr_expect_eq(scene->num_got, scene->written, "%s, allocation %zu: %zu of %zu",
               present->name, nth, scene->num_got, scene->written);
  cr_expect_arr_eq(scene->got, data, scene->num_got);
}

static bool try_row(const void *subject, size_t nth)
{
  static struct scene scene;
  stls_result result;
  bool refused, is_repaired;

  present = subject;
  open_scene(&scene);
  present->prepare(&scene);
  oom_sweep_begin(nth);
  result = present->act(&scene);
  refused = oom_sweep_end();
  planted_errors_expect(0, present->name);
  cr_expect(refused || result >= 0 || present->fails, "%s: %s", present->name,
            pair_message(scene.self));
  /* What failed for memory alone is done again, and works. */
  is_repaired = result == STLS_ERROR_MEMORY &&
                stls_object_error(scene.self, NULL) == STLS_OK;
  for (int turn = 0; turn < 4 && result == STLS_ERROR_MEMORY &&
                     stls_object_error(scene.self, NULL) == STLS_OK;
       turn++)
    result = present->act(&scene);
  cr_expect(!is_repaired || !has_failed(&scene) || present->fails,
            "%s, allocation %zu: %s", present->name, nth,
            pair_message(scene.self));
  if (present->prepare == forged)
    EXPECT_RESULT(read_parts(&scene, 20000),
                  stls_object_error(scene.self, NULL), present->name);
  if (has_failed(&scene))
    expect_silence(&scene);
  else
    expect_all(&scene, nth);
  if (present->act == refuse)
    cr_expect_eq(scene.from_self.num_alerts, 1, "%s, allocation %zu: %zu",
                 present->name, nth, scene.from_self.num_alerts);
  wire_watch_close(&scene.from_self);
  wire_watch_close(&scene.from_peer);
  pair_free(&scene.pair);
  return refused;
}

static void sweep(void)
{
  pair_need_direct();
  pair_pattern(data, sizeof data, 0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t nth = 1; oom_sweep_try(try_row, &rows[i], nth, rows[i].name);
         nth++)
      continue;
}

Test(oom_direct, as_a_client_of_tls_1_3)
{
  role = STLS_CLIENT;
  version = STLS_TLS_1_3;
  sweep();
}

Test(oom_direct, as_a_server_of_tls_1_3)
{
  role = STLS_SERVER;
  version = STLS_TLS_1_3;
  sweep();
}

Test(oom_direct, in_tls_1_2)
{
  version = STLS_TLS_1_2;
  for (int turn = 0; turn < 2; turn++) {
    role = turn == 0 ? STLS_CLIENT : STLS_SERVER;
    sweep();
  }
}
