/* SPDX-License-Identifier: MIT */
/* finish: ends a walk, and checks that both sides know the outcome. */
#include "finish.h"

#include "actions.h"
#include "moves.h"
#include "openssl_peer.h"

enum {
  /* More turns than byte-wise feeds through the smallest queue need. */
  MAX_TURNS = 2000000
};

static bool is_cut(const struct world *world);
static void check_quiet(struct world *world);
static void check_side(struct world_side *side);
static void close_both(struct world *world);
static void check_closed(struct world_side *side);
static void cut_both(struct world *world);

void finish_quiesce(struct world *world)
{
  int idle = 0, turn = 0;

  while (idle < 2 && !world_has_fault(world)) {
    size_t moved = 0;
    for (unsigned i = 0; i < 2; i++) {
      moves_drive(&world->sides[i]);
      moved += moves_drain(&world->sides[i]);
    }
    idle = moved > 0 ? 0 : idle + 1;
    if (++turn > MAX_TURNS) world_fault(world, "it never comes to rest");
  }
}

void finish_run(struct world *world)
{
  finish_quiesce(world);
  if (world_has_fault(world)) return;
  if (is_cut(world)) {
    cut_both(world);
    return;
  }
  check_quiet(world);
  if (!world_has_fault(world)) close_both(world);
}

/* Whether the connection cannot come to a clean end any more. */
static bool is_cut(const struct world *world)
{
  for (unsigned i = 0; i < 2; i++) {
    const struct world_side *side = &world->sides[i];
    if (world_is_over(side) || side->ended || side->out_ended) return true;
    if (side->damaged && world_setting(world, SET_DAMAGE) != 0) return true;
  }
  return false;
}

/* Everything has arrived, and nobody waits for anything. */
static void check_quiet(struct world *world)
{
  const struct world_side *client = &world->sides[CLIENT];
  const struct world_side *server = &world->sides[SERVER];

  world->call = "quiet";
  for (unsigned i = 0; i < 2; i++) check_side(&world->sides[i]);
  if (server->object != NULL && !client->close_sent &&
      stls_object_client_auth(server->object) == STLS_CLIENT_AUTH_REQUESTED)
    world_fault(world,
                "the client was asked for its certificate, and does not "
                "answer; it got %u requests",
                client->seen.requests_in);
}

static void check_side(struct world_side *side)
{
  const struct world_side *peer = world_peer(side);

  if (!side->established)
    world_fault(side->world, "deadlock: the %s waits in its handshake",
                side->index == CLIENT ? "client" : "server");
  if (side->received != peer->sent)
    world_fault(side->world, "deadlock: the %s has read %ju of %ju bytes",
                side->index == CLIENT ? "client" : "server",
                (uintmax_t)side->received, (uintmax_t)peer->sent);
  /* Behind its close_notify OpenSSL still answers KeyUpdates, for nobody. */
  if (stls_bio_pending(side->pipe) > 0 && !peer->close_read)
    world_fault(side->world, "deadlock: %zu bytes do not arrive",
                stls_bio_pending(side->pipe));
}

static void close_both(struct world *world)
{
  for (unsigned i = 0; i < 2; i++) {
    struct world_side *side = &world->sides[i];
    if (side->ssl != NULL)
      openssl_peer_shut(side);
    else if (side->object != NULL && actions_close_write(side) != STLS_OK)
      world_fault(world, "an idle connection cannot be closed");
    if (world_has_fault(world)) return;
  }
  finish_quiesce(world);
  /* An observer may have freed one of them. */
  if (is_cut(world)) {
    cut_both(world);
    return;
  }
  for (unsigned i = 0; i < 2 && !world_has_fault(world); i++)
    check_closed(&world->sides[i]);
}

static void check_closed(struct world_side *side)
{
  const struct world_side *peer = world_peer(side);
  size_t behind;

  /* OpenSSL that waits for a renegotiation neither reads nor writes data. */
  if (side->ssl != NULL && SSL_in_init(side->ssl)) return;
  if (peer->ssl != NULL && SSL_in_init(peer->ssl)) return;
  if (!side->close_read) world_fault(side->world, "close_notify is not read");
  if (side->object == NULL || world_has_fault(side->world)) return;
  if (actions_unwrap(side) != STLS_OK)
    world_fault(side->world, "closed both ways, and not unwrapped");
  if (stls_object_wants(side->object) != 0)
    world_fault(side->world, "closed both ways, and wants %#x",
                stls_object_wants(side->object));
  behind = stls_bio_pending(side->in) + stls_bio_pending(peer->pipe);
  if (peer->object != NULL && behind != peer->plain_out)
    world_fault(side->world, "%zu bytes behind close_notify, %ju of them text",
                behind, (uintmax_t)peer->plain_out);
}

/* A side that has not seen the end by now sees that of the transport. */
static void cut_both(struct world *world)
{
  for (unsigned i = 0; i < 2; i++) world_end(&world->sides[i]);
  finish_quiesce(world);
  for (unsigned i = 0; i < 2 && !world_has_fault(world); i++) {
    struct world_side *side = &world->sides[i];
    world->call = "cut";
    if (side->object == NULL || side->abandoned || side->failed != STLS_OK)
      continue;
    if (!side->close_read)
      world_fault(world, "the transport has ended, and the %s does not say so",
                  side->index == CLIENT ? "client" : "server");
  }
}
