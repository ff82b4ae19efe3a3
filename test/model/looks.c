/* SPDX-License-Identifier: MIT */
/* looks: performs the steps that change nothing: exports, bindings, misuse. */
#include "looks.h"

#include <openssl/err.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "facts.h"
#include "judge.h"
#include "sessions.h"

static void export_secret(struct world_side *side);
static stls_result export_here(struct world_side *side, uint8_t *out,
                               size_t len);
static void bind_channel(struct world_side *side, uint32_t which);
static stls_result bind_here(struct world_side *side, uint32_t which,
                             uint8_t *out, size_t *out_len);
static void misuse(struct world_side *side, uint32_t which);
static stls_result call_wrongly(struct world_side *side, uint32_t which);

void looks_do(struct world_side *side, const struct script_step *step)
{
  switch (step->action) {
    case DO_SESSION:
      sessions_take(side, step->b % 3 == 0);
      break;
    case DO_EXPORT:
      if (step->b < 8)
        export_secret(side);
      else
        bind_channel(side, step->b % 3);
      break;
    case DO_FACTS:
      facts_check(side);
      break;
    case DO_MISUSE:
      misuse(side, step->b);
      break;
    default:
      break;
  }
}

/* Both ends derive the same. */
static void export_secret(struct world_side *side)
{
  static const char label[] = "EXPERIMENTAL walk";
  struct world_side *peer = world_peer(side);
  uint8_t here[32], there[32];
  bool is_same = true;

  if (export_here(side, here, sizeof here) != STLS_OK) return;
  if (peer->object != NULL && peer->established && peer->failed == STLS_OK) {
    is_same = export_here(peer, there, sizeof there) == STLS_OK &&
              memcmp(here, there, sizeof here) == 0;
  } else if (peer->ssl != NULL && peer->established &&
             !SSL_in_init(peer->ssl)) {
    is_same = SSL_export_keying_material(peer->ssl, there, sizeof there, label,
                                         sizeof label - 1, NULL, 0, 0) == 1 &&
              memcmp(here, there, sizeof here) == 0;
    ERR_clear_error();
  }
  if (!is_same) world_fault(side->world, "both ends export other secrets");
}

static stls_result export_here(struct world_side *side, uint8_t *out,
                               size_t len)
{
  static const char label[] = "EXPERIMENTAL walk";
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  struct judge judge;

  judge_begin(&judge, side, CALL_LOOK, "export_key", 0);
  result = stls_object_export_key(side->object, label, sizeof label - 1, NULL,
                                  0, out, len, &err);
  judge_end(&judge, STLS_OK, 0);
  if (side->failed != STLS_OK && result != side->failed)
    world_fault(side->world, "%s after %s", stls_result_name(result),
                stls_result_name(side->failed));
  if (side->failed == STLS_OK && side->established && result != STLS_OK)
    world_fault(side->world, "%s: %s", stls_result_name(result), err.message);
  if (!side->established && side->failed == STLS_OK &&
      result != STLS_ERROR_MISUSE)
    world_fault(side->world, "%s without a handshake",
                stls_result_name(result));
  return result;
}

/* Both ends find the same, or that there is none. */
static void bind_channel(struct world_side *side, uint32_t which)
{
  struct world_side *peer = world_peer(side);
  uint8_t here[STLS_CHANNEL_BINDING_MAX], there[STLS_CHANNEL_BINDING_MAX];
  size_t here_len = 0, there_len = 0;
  stls_result result = bind_here(side, which, here, &here_len);

  if (peer->object == NULL || !peer->established || !side->established ||
      peer->failed != STLS_OK || side->failed != STLS_OK)
    return;
  if (bind_here(peer, which, there, &there_len) != result ||
      here_len != there_len || memcmp(here, there, here_len) != 0)
    world_fault(side->world, "both ends have other channel bindings");
}

static stls_result bind_here(struct world_side *side, uint32_t which,
                             uint8_t *out, size_t *out_len)
{
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, CALL_LOOK, "channel_binding", 0);
  result =
      stls_object_channel_binding(side->object, (stls_channel_binding)which,
                                  out, STLS_CHANNEL_BINDING_MAX, out_len, NULL);
  judge_end(&judge, STLS_OK, 0);
  return result;
}

static void misuse(struct world_side *side, uint32_t which)
{
  struct judge judge;
  stls_result result;

  judge_begin(&judge, side, CALL_LOOK, "misuse", 0);
  result = call_wrongly(side, which);
  judge_end(&judge, STLS_OK, 0);
  /* The exporter tells of a failed connection first. */
  if (result != STLS_ERROR_MISUSE && (which < 13 || result != side->failed))
    world_fault(side->world, "misuse %u says %s", (unsigned)which,
                stls_result_name(result));
}

static stls_result call_wrongly(struct world_side *side, uint32_t which)
{
  stls_object *object = side->object;
  size_t done = 0;
  uint8_t byte = 0;
  void *room = NULL;

  switch (which) {
    case 0:
      return stls_object_read(object, NULL, 1, &done);
    case 1:
      return stls_object_read(object, &byte, 1, NULL);
    case 2:
      return stls_object_write(object, NULL, 1, &done);
    case 3:
      return stls_object_write(object, &byte, 1, NULL);
    case 4:
      return stls_object_readv(object, NULL, 1, &done);
    case 5:
      return stls_object_writev(object, NULL, 1, &done);
    case 6:
      return stls_object_handshake(NULL);
    case 7:
      return stls_bio_consume(side->in, stls_bio_pending(side->in) + 1, NULL);
    case 8:
      return stls_bio_reserve(side->in, 0, &room, &done, NULL);
    case 9:
      return stls_bio_set_limit(side->out, 0, NULL);
    case 10:
      return stls_bio_commit(side->in, SIZE_MAX, NULL);
    case 11:
      return stls_object_counters(object, NULL, NULL);
    case 12:
      return stls_object_describe(object, NULL, 10, &(size_t){0}, NULL);
    default:
      return stls_object_export_key(object, NULL, 5, NULL, 0, &byte, 1, NULL);
  }
}
