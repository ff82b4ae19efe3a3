/* SPDX-License-Identifier: MIT */
/* test_direct_forged: a peer that breaks the rules, with and without libssl's
 * records. */
/*
 * The peer of both worlds is forged: it seals whatever a script says, with the
 * keys of the connection, and may replay, drop, cut and change it. What libssl
 * answers is what has to be answered: RECORDS are judged alike, byte by byte.
 * What the own side sends goes past an eavesdropper who has the keys.
 */
#include <stdlib.h>
#include <string.h>

#include "direct_worlds.h"
#include "forged_peer.h"
#include "support/expect.h"
#include "wire_watch.h"

SUITE(direct_forged, .timeout = 600);

enum {
  NUM_STEPS = 60,
  READ_MAX = 20000,
  UNTOUCHED = 0xa5,
  /* From this step on the peer breaks the rules. */
  FIRST_BREACH = 14
};

/* One world: the peer, and an eavesdropper on the own side. */
struct wire {
  struct forged_peer peer;
  struct wire_watch own;
};

static struct wire wires[2];
static struct direct_world worlds[2];
static int own_side;

static void deliver(struct direct_world *world, struct wire *wire,
                    unsigned number)
{
  stls_object *self = direct_worlds_side(world, own_side);
  static const size_t mosts[] = {1, 4, 5, 23, 100, 5000, 9000, FORGED_PEER_MAX};
  const size_t most = mosts[number % 8];
  const size_t len = number / 8 % 4 == 0   ? 1
                     : number / 8 % 4 == 1 ? 29
                                           : READ_MAX;
  const size_t part = wire->peer.len < most ? wire->peer.len : most;
  size_t used = 0;

  if (number / 32 % 2 == 0) {
    world->result = stls_object_read_from(self, wire->peer.bytes, part, &used,
                                          world->out, len, &world->done);
  } else {
    const stls_result put_in = stls_bio_write(
        stls_object_incoming(self), wire->peer.bytes, part, &used, NULL);
    world->result = stls_object_read(self, world->out, len, &world->done);
    if (world->done == 0 && world->result >= 0 && put_in < 0)
      world->result = put_in;
  }
  forged_peer_take(&wire->peer, used);
}

static void use_own(struct direct_world *world, unsigned number)
{
  static unsigned char data[20000];
  stls_object *self = direct_worlds_side(world, own_side);

  switch (number % 8) {
    case 0:
      world->result = stls_object_peek(self, world->out, 100, &world->done);
      return;
    case 1:
      if (wires[0].peer.is_new)
        world->result = stls_object_key_update(self, number & 8);
      return;
    case 2:
      stls_object_trim(self);
      return;
    case 3:
      if (number / 8 % 8 == 0) world->result = stls_object_close_write(self);
      return;
    case 4:
      world->result =
          stls_object_read(self, world->out, READ_MAX, &world->done);
      return;
    default:
      pair_pattern(data, sizeof data, 0);
      world->result =
          stls_object_write(self, data, 1 + number % 20000, &world->done);
      memset(world->out, 0, sizeof world->out);
  }
}

/* Behind the data a read leaves the caller's buffer, or zeroes: nothing of what it
 * opened besides. */
static void expect_untouched(const struct direct_world *world)
{
  size_t at = world->done;

  while (at < READ_MAX && (world->out[at] == UNTOUCHED || world->out[at] == 0))
    at++;
  cr_assert_geq(at, READ_MAX, "byte %zu behind %zu", at, world->done);
}

static void step(int world, int num_step, unsigned kind, unsigned number)
{
  struct direct_world *here = &worlds[world];
  struct wire *wire = &wires[world];

  direct_worlds_enter(world);
  here->done = 0;
  here->result = STLS_OK;
  memset(here->out, UNTOUCHED, READ_MAX);
  if (kind < 4)
    forged_peer_send_lawful(&wire->peer, number);
  else if (kind < 6 && num_step >= FIRST_BREACH)
    forged_peer_send_unlawful(&wire->peer, number);
  else if (kind < 13)
    deliver(here, wire, number);
  else
    use_own(here, number);
  if (kind & 1) wire_watch_take(&wire->own, direct_worlds_side(here, own_side));
  expect_untouched(here);
}

static void open_world(int world, pair_options *options,
                       const struct direct_worlds_setting *setting)
{
  struct wire *wire = &wires[world];
  stls_object *self, *peer;

  direct_worlds_open(worlds, world, options, setting);
  self = direct_worlds_side(&worlds[world], own_side);
  peer = direct_worlds_side(&worlds[world], !own_side);
  wire_watch_open(&wire->own, self);
  pair_move_all(&worlds[world].pair, peer, self);
  forged_peer_open(&wire->peer, peer, direct_worlds_next_seq(peer));
}

/* The rest comes in, and the end of the transport behind it. */
static void end(int world)
{
  struct direct_world *here = &worlds[world];
  struct wire *wire = &wires[world];
  stls_object *self = direct_worlds_side(here, own_side);
  stls_bio *incoming = stls_object_incoming(self);
  size_t used = 0;
  int turns = 0;

  direct_worlds_enter(world);
  do {
    (void)!stls_bio_write(incoming, wire->peer.bytes, wire->peer.len, &used,
                          NULL);
    forged_peer_take(&wire->peer, used);
    if (wire->peer.len == 0) stls_bio_write_eof(incoming);
    wire_watch_take(&wire->own, self);
    here->result =
        stls_object_read(self, here->out, sizeof here->out, &here->done);
    cr_assert_lt(turns++, 2 * FORGED_PEER_MAX);
  } while (here->result == STLS_OK ||
           (here->result > STLS_OK && here->result != STLS_CLOSED &&
            (wire->peer.len > 0 || here->result == STLS_WANT_WRITE)));
  wire_watch_take(&wire->own, self);
}

static void run_script(unsigned seed, pair_options *options,
                       const struct direct_worlds_setting *setting)
{
  unsigned random = seed * 2654435761u + 99;
  const char *label = NULL;

  own_side = seed / 2 & 1;
  for (int world = 0; world < 2; world++) open_world(world, options, setting);
  for (int i = 0; i < NUM_STEPS; i++) {
    unsigned kind, number;
    random = random * 1103515245 + 12345;
    kind = random >> 28;
    random = random * 1103515245 + 12345;
    number = random >> 8;
    label = expect_label("seed %u, step %d: %u with %u", seed, i, kind, number);
    for (int world = 0; world < 2; world++) step(world, i, kind, number);
    direct_worlds_compare(worlds, label);
    cr_assert_eq(wires[0].peer.len, wires[1].peer.len, "%s", label);
  }
  label = expect_label("seed %u, end", seed);
  for (int world = 0; world < 2; world++) end(world);
  direct_worlds_compare(worlds, label);
  cr_expect_eq(wires[0].own.num_records, wires[1].own.num_records, "%s", label);
  cr_expect_eq(wires[0].own.num_messages, wires[1].own.num_messages, "%s",
               label);
  cr_expect_eq(wires[0].own.num_alerts, wires[1].own.num_alerts, "%s", label);
  for (int world = 0; world < 2; world++) {
    wire_watch_close(&wires[world].own);
    forged_peer_close(&wires[world].peer);
  }
  direct_worlds_close(worlds);
}

Test(direct_forged, is_answered_as_libssl_answers)
{
  static const char *const suites[2][4] = {
      {NULL, "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384",
       "ECDHE-RSA-CHACHA20-POLY1305"},
      {NULL, "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
       "TLS_CHACHA20_POLY1305_SHA256"}};
  static const size_t limits[] = {0, 700, 0, 1, 0, 30, 20000};
  const char *first = getenv("DIRECT_FORGED_FIRST");
  const char *num = getenv("DIRECT_FORGED_NUM");
  const unsigned start = first == NULL ? 0 : (unsigned)atoi(first);
  const unsigned num_seeds = num != NULL     ? (unsigned)atoi(num)
                             : check_quick() ? 20
                                             : 600;

  pair_need_direct();
  for (unsigned seed = start; seed < start + num_seeds; seed++) {
    pair_options options = {.version = seed & 1 ? STLS_TLS_1_3 : STLS_TLS_1_2,
                            .seed = seed};
    const struct direct_worlds_setting setting = {
        .keeps = seed % 5 == 0,
        .limit = limits[seed / 3 % 7],
        .limit_back = limits[seed / 5 % 7],
        .empty_records = seed % 3 == 0 ? 0 : 8,
        /* The other side has only shaken hands. */
        .sides = seed / 8 % 2 == 0     ? DIRECT_BOTH_SIDES
                 : (seed / 2 & 1) == 0 ? DIRECT_SERVER_ONLY
                                       : DIRECT_CLIENT_ONLY,
        .suite = suites[seed & 1][seed / 4 % 4]};
    run_script(seed, &options, &setting);
  }
}
