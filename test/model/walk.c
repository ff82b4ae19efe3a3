/* SPDX-License-Identifier: MIT */
/* walk: runs one script from its settings to its end. */
#include "walk.h"

#include <openssl/err.h>
#include <stdlib.h>

#include <sanstls/conninfo.h>

#include "actions.h"
#include "finish.h"
#include "moves.h"
#include "openssl_peer.h"
#include "sides.h"

static void begin(struct world *world);
static void do_step(struct world *world, const struct script_step *step);
static void keep_session(struct world *world);
static void count(const struct world *world, struct walk_tally *tally);

bool walk_has_fault(const struct script *script, struct walk_tally *tally,
                    char *fault, size_t cap)
{
  struct world *world = calloc(1, sizeof *world);
  bool has_fault;

  if (world == NULL) abort();
  rng_seed_openssl(script->seed);
  world->script = script;
  world->random = ~script->seed;
  sides_open(world);
  if (!world_has_fault(world)) begin(world);
  for (size_t i = 0; i < script->num_steps && !world_has_fault(world); i++) {
    world->step = i;
    do_step(world, &script->steps[i]);
  }
  if (!world_has_fault(world)) {
    world->step = script->num_steps;
    finish_run(world);
  }
  count(world, tally);
  sides_close(world);
  has_fault = world_has_fault(world);
  snprintf(fault, cap, "%s", world->fault);
  free(world);
  ERR_clear_error();
  return has_fault;
}

/* The connection, or, to resume, the one before it and then the connection. */
static void begin(struct world *world)
{
  const struct script_step byte = {DO_WRITE, SERVER, 1, 0};

  sides_connect(world);
  if (world_setting(world, SET_RESUME) == 0 || world_has_fault(world)) return;
  moves_settle(world);
  do_step(world, &byte);
  finish_quiesce(world);
  if (!world_has_fault(world)) keep_session(world);
  sides_disconnect(world);
  if (!world_has_fault(world)) sides_connect(world);
}

static void do_step(struct world *world, const struct script_step *step)
{
  struct world_side *side = &world->sides[step->side];

  if (step->action >= DO_MOVE)
    moves_do(side, step);
  else if (side->ssl != NULL)
    openssl_peer_do(side, step);
  else
    actions_do(side, step);
}

static void keep_session(struct world *world)
{
  const struct script_step take = {DO_SESSION, CLIENT, 0,
                                   (uint32_t)(world->script->seed % 3)};
  struct world_side *client = &world->sides[CLIENT];

  if (client->ssl != NULL)
    client->ssl_session = SSL_get1_session(client->ssl);
  else
    do_step(world, &take);
}

static void count(const struct world *world, struct walk_tally *tally)
{
  tally->walks++;
  for (unsigned i = 0; i < 2; i++) {
    const struct world_side *side = &world->sides[i];
    tally->handshakes += side->established;
    tally->failures += side->failed != STLS_OK;
    tally->closed += side->close_read && side->close_sent;
    tally->bytes += side->received;
    tally->key_updates += side->seen.key_updates_out;
    tally->requests += side->seen.requests_in;
    if (side->object != NULL)
      tally->resumed +=
          stls_conninfo_resumed(stls_object_conninfo(side->object));
  }
}
