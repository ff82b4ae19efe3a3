/* SPDX-License-Identifier: MIT */
/* test_direct_equal: the same calls with and without libssl's records. */
/*
 * Two connections are put to the same script of calls: in one libssl protects
 * the application data, in the other the library does, on both sides or on one.
 * Results, plaintext, errors, alerts, counters, lengths and trace events have to be
 * the same after each call. The certificate is RSA's, whose signatures are all of one length.
 */
#include <stdlib.h>
#include <string.h>

#include "direct_worlds.h"
#include "support/expect.h"

SUITE(direct_equal);

static pair_feed feed;

/* Moves up to `len` bytes, however they lie in chunks. */
static size_t move(stls_object *from, stls_object *to, size_t len)
{
  stls_bio *source = stls_object_outgoing(from);
  size_t total = 0, moved = 1;

  while (total < len && moved > 0) {
    const stls_span span = stls_bio_peek(source);
    const size_t part = span.len < len - total ? span.len : len - total;
    moved = 0;
    if (part > 0)
      cr_assert_geq(stls_bio_write(stls_object_incoming(to), span.data, part,
                                   &moved, NULL),
                    0);
    ASSERT_RETURNS(stls_bio_consume(source, moved, NULL), STLS_OK);
    total += moved;
  }
  return total;
}

/* Offers what the peer has sent, up to `most` bytes, behind what was moved. */
static stls_result read_from(struct direct_world *world, stls_object *self,
                             stls_object *peer, size_t most, size_t len)
{
  static unsigned char in[DIRECT_WORLD_DATA];
  stls_bio *source = stls_object_outgoing(peer);
  stls_span spans[64];
  const size_t num_spans = stls_bio_peekv(source, spans, 64);
  size_t in_len = 0, used = 0;
  stls_result result;

  for (size_t i = 0; i < num_spans && i < 64 && in_len < most; i++) {
    size_t part = most - in_len < spans[i].len ? most - in_len : spans[i].len;
    memcpy(in + in_len, spans[i].data, part);
    in_len += part;
  }
  /* Chunks of one world are not those of the other. */
  if (num_spans > 64) in_len = 0;
  result = stls_object_read_from(self, in, in_len, &used, world->out, len,
                                 &world->done);
  ASSERT_RETURNS(stls_bio_consume(source, used, NULL), STLS_OK);
  return result;
}

/* A step: what it does, by a number, is the same for both worlds. */
static void step(struct direct_world *world, int side, unsigned kind,
                 unsigned number)
{
  static unsigned char data[DIRECT_WORLD_DATA];
  stls_object *self = direct_worlds_side(world, side),
              *peer = direct_worlds_side(world, !side);
  const size_t len = 1 + number % (number & 1 ? 300 : 20000);

  world->done = 0;
  world->result = STLS_OK;
  pair_pattern(data, len, number % 1000);
  switch (kind) {
    case 0:
    case 1:
      world->result = stls_object_write(self, data, len, &world->done);
      break;
    case 2: {
      const stls_span spans[] = {{data, len / 3}, {data, len}, {data, 7}};
      world->result = stls_object_writev(self, spans, 3, &world->done);
      break;
    }
    case 3:
    case 4:
      world->done = move(self, peer, feed == FEED_BYTES ? 1 : len);
      break;
    case 5:
      pair_move_all(&world->pair, self, peer);
      break;
    case 6:
    case 7:
      world->result = stls_object_read(self, world->out, len, &world->done);
      break;
    case 8:
      world->result = stls_object_peek(self, world->out, len, &world->done);
      break;
    case 9: {
      const stls_writable_span spans[] = {
          {world->out, len / 2}, {world->out + len / 2, len - len / 2}};
      world->result = stls_object_readv(self, spans, 2, &world->done);
      break;
    }
    case 10:
      world->result = stls_object_key_update(self, number & 1);
      break;
    case 11:
      world->result = stls_object_cork(self);
      break;
    case 12:
      world->result = stls_object_flush(self);
      break;
    case 13:
      stls_object_trim(self);
      break;
    case 14:
    case 15:
      world->result =
          read_from(world, self, peer,
                    feed == FEED_BYTES ? 1 : number * 3 % DIRECT_WORLD_DATA,
                    number & 2 ? len : 1 + len / 100);
      break;
    default:
      if (number % 16 == 0) world->result = stls_object_close_write(self);
  }
  /* Behind the data that was read, the buffer may have been written to. */
  if (kind < 6 || (kind > 9 && kind < 14) || kind > 15 || world->done == 0)
    memset(world->out, 0, sizeof world->out);
}

/* The end of a script: data that was changed on the way, a cut, an unwrap. */
static void end(struct direct_world *world, int side, unsigned number)
{
  stls_object *self = direct_worlds_side(world, side),
              *peer = direct_worlds_side(world, !side);
  stls_bio *incoming = stls_object_incoming(self);
  size_t done;

  pair_move_all(&world->pair, peer, self);
  switch (number % 4) {
    case 0:
      (void)!stls_object_write(peer, "12345", 5, &done);
      pair_move_all(&world->pair, peer, self);
      stls_bio_write_eof(incoming);
      break;
    case 1: {
      unsigned char record[] = {23, 3, 3, 0, 40, [44] = 9};
      (void)!stls_bio_write(incoming, record, sizeof record, &done, NULL);
      break;
    }
    case 2:
      (void)!stls_bio_write(incoming, "\27\3\3\0\40abc", 8, &done, NULL);
      stls_bio_write_eof(incoming);
      break;
    default:
      world->result = stls_object_unwrap(self);
      return;
  }
  do {
    world->result = stls_object_read(self, world->out, 16384, &world->done);
  } while (world->result == STLS_OK);
  world->done = 0;
}

static void run_script(pair_options *options, unsigned seed,
                       const struct direct_worlds_setting *setting)
{
  static struct direct_world worlds[2];
  const char *label = NULL;
  unsigned random = seed * 2654435761u + 1;

  feed = options->feed;
  for (int world = 0; world < 2; world++)
    direct_worlds_open(worlds, world, options, setting);
  for (int i = 0; i < 80; i++) {
    int side;
    unsigned kind, number;
    random = random * 1103515245 + 12345;
    side = random >> 30 & 1;
    kind = (random >> 20 & 0x3ff) % 17;
    number = random >> 4 & 0xffff;
    label = expect_label("seed %u, step %d: %d does %u with %u", seed, i, side,
                         kind, number);
    for (int world = 0; world < 2; world++) {
      direct_worlds_enter(world);
      step(&worlds[world], side, kind, number);
    }
    direct_worlds_compare(worlds, label);
  }
  for (int side = 0; side < 2; side++) {
    label = expect_label("seed %u, end of %d", seed, side);
    for (int world = 0; world < 2; world++) {
      direct_worlds_enter(world);
      end(&worlds[world], side, seed / 2 + (unsigned)side);
    }
    direct_worlds_compare(worlds, label);
  }
  direct_worlds_close(worlds);
}

Test(direct_equal, whatever_is_called)
{
  static const size_t limits[] = {0, 700, 0, 1, 0, 40, 20000};
  const unsigned num_seeds = check_quick() ? 12 : 240;

  pair_need_direct();
  for (unsigned seed = 0; seed < num_seeds; seed++) {
    pair_options options = {
        .version = seed & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2,
        .feed = (pair_feed)(seed / 2 % 3),
        .seed = seed,
    };
    const struct direct_worlds_setting setting = {
        .keeps = seed % 5 == 0,
        .limit = limits[seed / 3 % 7],
        .limit_back = limits[seed / 5 % 7],
        .sides = (enum direct_worlds_sides)(seed / 7 % 3),
    };
    run_script(&options, seed, &setting);
  }
}
