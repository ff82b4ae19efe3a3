/* SPDX-License-Identifier: MIT */
/* world: the state of a walk: both sides, what is known of them, the fault. */
#include "world.h"

#include <stdarg.h>

void world_fault(struct world *world, const char *format, ...)
{
  va_list args;
  char text[800], step[80] = "the end";

  if (world_has_fault(world)) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (world->step < world->script->num_steps)
    script_describe(&world->script->steps[world->step], step, sizeof step);
  snprintf(world->fault, sizeof world->fault, "step %zu (%s), %s: %s",
           world->step, step, world->call, text);
}

uint64_t world_taken(const struct world_side *side)
{
  return side->delivered.total - stls_bio_pending(side->in);
}

uint64_t world_put(const struct world_side *side)
{
  return side->carried.total + stls_bio_pending(side->out) - side->plain_out;
}

bool world_is_over(const struct world_side *side)
{
  return side->failed != STLS_OK || side->abandoned ||
         (side->object == NULL && side->ssl == NULL);
}

void world_deliver(struct world_side *side, const void *bytes, size_t len)
{
  stream_follow(&side->delivered, bytes, len);
}

void world_carry(struct world_side *side, const void *bytes, size_t len)
{
  stream_follow(&side->carried, bytes, len);
}

void world_end(struct world_side *side)
{
  stls_bio_write_eof(side->in);
  side->ended = true;
}
