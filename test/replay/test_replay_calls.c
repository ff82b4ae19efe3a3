/* SPDX-License-Identifier: MIT */
/* test_replay_calls: every call that is recorded can be made again. */
#include <sanstls/player.h>
#include <string.h>

#include "replay/program.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(replay_calls, .timeout = 600);

enum {
  DATA = 40000
};

/* The recorded end, and its peer, which is only driven as needed. */
struct scene {
  stls_object *self;
  stls_object *peer;
  stls_testing *testing;
  bool is_1_3;
};

static unsigned char data[DATA];
static unsigned char room[DATA];
static stls_error err;

static void carry(stls_object *from, stls_object *to, size_t most)
{
  stls_bio *outgoing = stls_object_outgoing(from);
  unsigned char moved[DATA + 4000];
  size_t len = 0;
  size_t written;

  if (stls_bio_read(outgoing, moved, most < sizeof moved ? most : sizeof moved,
                    &len, NULL) != STLS_OK)
    return;
  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(to), moved, len, &written, NULL),
      STLS_OK);
  cr_assert_eq(written, len);
}

static void shake(struct scene *scene)
{
  for (int i = 0; i < 4; i++) {
    (void)!stls_object_handshake(scene->self);
    carry(scene->self, scene->peer, SIZE_MAX);
    (void)!stls_object_handshake(scene->peer);
    carry(scene->peer, scene->self, SIZE_MAX);
  }
  ASSERT_RETURNS(stls_object_handshake(scene->self), STLS_OK);
  ASSERT_RETURNS(stls_object_handshake(scene->peer), STLS_OK);
}

static void peer_says(struct scene *scene, size_t len)
{
  size_t done;

  ASSERT_RETURNS(stls_object_write(scene->peer, data, len, &done), STLS_OK);
  cr_assert_eq(done, len);
}

static void peer_hears(struct scene *scene)
{
  size_t done;

  carry(scene->self, scene->peer, SIZE_MAX);
  while (stls_object_read(scene->peer, room, sizeof room, &done) == STLS_OK)
    continue;
}

/* --- the calls --- */

static void read_from(struct scene *scene)
{
  unsigned char in[DATA];
  stls_bio *outgoing;
  size_t in_len = 0;
  size_t at = 0;
  size_t used;
  size_t done;

  shake(scene);
  outgoing = stls_object_outgoing(scene->peer);
  peer_says(scene, 500);
  peer_says(scene, 20000);
  ASSERT_RETURNS(stls_bio_read(outgoing, in, sizeof in, &in_len, NULL),
                 STLS_OK);
  while (at < in_len) {
    size_t part = in_len - at < 7000 ? in_len - at : 7000;
    (void)!stls_object_read_from(scene->self, in + at, part, &used, room, 3000,
                                 &done);
    at += used;
  }
  while (stls_object_read(scene->self, room, 3000, &done) == STLS_OK) continue;
}

static void vectors(struct scene *scene)
{
  const stls_span out[] = {
      {data, 10}, {data + 10, 20000}, {data, 0}, {data, 3}};
  const stls_writable_span in[] = {{room, 5}, {room + 5, 1000}};
  size_t done;

  shake(scene);
  EXPECT_RETURNS(stls_object_writev(scene->self, out, 4, &done), STLS_OK);
  cr_expect_eq(done, 20013);
  peer_hears(scene);
  peer_says(scene, 700);
  carry(scene->peer, scene->self, SIZE_MAX);
  EXPECT_RETURNS(stls_object_readv(scene->self, in, 2, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_readv(scene->self, in, 2, &done), STLS_WANT_READ);
}

static void corked(struct scene *scene)
{
  size_t done;

  shake(scene);
  EXPECT_RETURNS(stls_object_cork(scene->self), STLS_OK);
  for (int i = 0; i < 3; i++)
    EXPECT_RETURNS(stls_object_write(scene->self, data, 7000, &done), STLS_OK);
  peer_hears(scene);
  EXPECT_RETURNS(stls_object_flush(scene->self), STLS_OK);
  peer_hears(scene);
  EXPECT_RETURNS(stls_object_cork(scene->self), STLS_OK);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 70, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_close_write(scene->self), STLS_OK);
  peer_hears(scene);
}

static void peeks(struct scene *scene)
{
  size_t done;

  shake(scene);
  EXPECT_RETURNS(stls_object_peek(scene->self, room, 10, &done),
                 STLS_WANT_READ);
  peer_says(scene, 300);
  carry(scene->peer, scene->self, SIZE_MAX);
  EXPECT_RETURNS(stls_object_peek(scene->self, room, 10, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_peek(scene->self, room, 1000, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 299, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_peek(scene->self, room, 1000, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 1000, &done), STLS_OK);
}

static void unwraps(struct scene *scene)
{
  shake(scene);
  EXPECT_RETURNS(stls_object_unwrap(scene->self), STLS_WANT_READ);
  peer_hears(scene);
  EXPECT_RETURNS(stls_object_close_write(scene->peer), STLS_OK);
  carry(scene->peer, scene->self, SIZE_MAX);
  EXPECT_RETURNS(stls_object_unwrap(scene->self), STLS_OK);
}

static void keeps(struct scene *scene)
{
  size_t done;

  shake(scene);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 3000, &done), STLS_OK);
  carry(scene->self, scene->peer, 1000);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 30, &done), STLS_OK);
  peer_says(scene, 10);
  carry(scene->peer, scene->self, SIZE_MAX);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 100, &done), STLS_OK);
  carry(scene->self, scene->peer, 2000);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 100, &done),
                 STLS_WANT_READ);
  peer_hears(scene);
  EXPECT_RETURNS(stls_object_close_write(scene->self), STLS_OK);
}

static void limited(struct scene *scene)
{
  size_t done;

  shake(scene);
  EXPECT_RETURNS(
      stls_bio_set_limit(stls_object_outgoing(scene->self), 2000, NULL),
      STLS_OK);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 30000, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 30000, &done),
                 STLS_WANT_WRITE);
  peer_hears(scene);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 300, &done), STLS_OK);
  peer_hears(scene);
}

static void transport_ends(struct scene *scene)
{
  size_t done;

  shake(scene);
  peer_says(scene, 10);
  carry(scene->peer, scene->self, SIZE_MAX);
  stls_bio_write_eof(stls_object_incoming(scene->self));
  EXPECT_RETURNS(stls_object_read(scene->self, room, 100, &done), STLS_OK);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 100, &done),
                 STLS_ERROR_TRUNCATED);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 100, &done),
                 STLS_ERROR_TRUNCATED);
}

static void transport_takes_no_more(struct scene *scene)
{
  size_t done;

  shake(scene);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 300, &done), STLS_OK);
  carry(scene->self, scene->peer, 100);
  stls_bio_write_eof(stls_object_outgoing(scene->self));
  EXPECT_RETURNS(stls_object_write(scene->self, data, 300, &done), STLS_CLOSED);
  peer_says(scene, 10);
  carry(scene->peer, scene->self, SIZE_MAX);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 100, &done), STLS_OK);
}

static void misused(struct scene *scene)
{
  size_t done;

  shake(scene);
  EXPECT_RETURNS(stls_object_key_update(scene->self, true),
                 scene->is_1_3 ? STLS_OK : STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_key_update(scene->self, false),
                 scene->is_1_3 ? STLS_OK : STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_close_write(scene->self), STLS_OK);
  EXPECT_RETURNS(stls_object_write(scene->self, data, 5, &done),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_read(scene->self, room, 0, &done), STLS_OK);
}

static const struct row {
  const char *name;
  void (*act)(struct scene *scene);
} rows[] = {{"read_from", read_from},
            {"vectors", vectors},
            {"corked", corked},
            {"peeks", peeks},
            {"unwraps", unwraps},
            {"keeps", keeps},
            {"limited", limited},
            {"transport_ends", transport_ends},
            {"transport_takes_no_more", transport_takes_no_more},
            {"misused", misused}};

/* --- recorded and replayed --- */

static stls_transcript *record(const program_case *setup, const struct row *row)
{
  const stls_role other =
      setup->role == STLS_CLIENT ? STLS_SERVER : STLS_CLIENT;
  program self = program_new(setup, setup->role, 1);
  program peer = program_new(setup, other, 2);
  struct scene scene = {self.object, peer.object, self.testing,
                        setup->version == STLS_TLS_1_3};
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *transcript;

  pair_pattern(data, sizeof data, 0);
  options.testing = self.testing;
  options.peer = peer.object;
  options.peer_testing = peer.testing;
  ASSERT_RETURNS(
      stls_transcript_record(self.object, &options, &transcript, NULL),
      STLS_OK);
  row->act(&scene);
  program_free(&self);
  program_free(&peer);
  return transcript;
}

Test(replay_calls, as_recorded)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      stls_transcript *transcript = record(&setup, &rows[i]);
      for (int pieces = 0; pieces <= STLS_PIECES_SEEDED; pieces++) {
        program self = program_new(&setup, setup.role, 1);
        stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
        options.pieces = (stls_pieces)pieces;
        err = (stls_error)STLS_ERROR_INIT;
        EXPECT_RESULT(stls_replay(transcript, self.object, &options, &err),
                      STLS_OK,
                      expect_label("%s, %s, %d: %s", program_case_name(&setup),
                                   rows[i].name, pieces, err.message));
        program_free(&self);
      }
      stls_transcript_free(transcript);
    }
}

Test(replay_calls, with_a_live_peer)
{
  program_case setup;

  for (size_t nth = 0; program_case_at(nth, false, &setup); nth++)
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      stls_transcript *transcript = record(&setup, &rows[i]);
      program self = program_new(&setup, setup.role, 9);
      stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
      options.mode = STLS_REPLAY_LIVE;
      err = (stls_error)STLS_ERROR_INIT;
      EXPECT_RESULT(stls_replay(transcript, self.object, &options, &err),
                    STLS_OK,
                    expect_label("%s, %s: %s", program_case_name(&setup),
                                 rows[i].name, err.message));
      program_free(&self);
      stls_transcript_free(transcript);
    }
}
