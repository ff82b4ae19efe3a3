/* SPDX-License-Identifier: MIT */
/* player: plays recorded connections to the code under test. */
#include <sanstls/player.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sized_struct.h"
#include "replay/player_exact.h"
#include "replay/player_live.h"
#include "replay/step_list.h"

STLS_SIZED_STRUCT(options_layout, stls_player_options,
                  STLS_SIZED_END(stls_player_options, pieces),
                  STLS_SIZED_END(stls_player_options, pieces_seed),
                  STLS_SIZED_END(stls_player_options, end),
                  STLS_SIZED_END(stls_player_options, cut_at),
                  STLS_SIZED_END(stls_player_options, is_half_close),
                  STLS_SIZED_END(stls_player_options, is_live),
                  STLS_SIZED_END(stls_player_options, testing));

struct stls_player {
  struct stls_player_exact exact;
  /* NULL if recorded bytes are played. */
  struct stls_player_live *live;
  bool has_program_closed;
  /* The first failure; its result is STLS_OK if there is none. */
  stls_error failure;
};

static stls_result check(const stls_transcript *transcript, stls_role role,
                         const stls_player_options *given, stls_player **out,
                         stls_player_options *options, stls_error *err);
static stls_result init(stls_player *player, const stls_transcript *transcript,
                        stls_role role, const stls_player_options *options,
                        stls_error *err);
static stls_result keep(stls_player *player, stls_result result,
                        stls_error *err);
static const struct stls_player_ending *ending(const stls_player *player);

stls_result stls_player_new(const stls_transcript *transcript, stls_role role,
                            const stls_player_options *options,
                            stls_player **out_player, stls_error *err)
{
  stls_player_options own = STLS_PLAYER_OPTIONS_INIT;
  stls_result result = check(transcript, role, options, out_player, &own, err);
  stls_player *player;

  if (result != STLS_OK) return result;
  player = stls_mem_zalloc(sizeof *player);
  if (player == NULL) return stls_error_memory(err);
  player->failure = (stls_error)STLS_ERROR_INIT;
  result = init(player, transcript, role, &own, err);
  if (result != STLS_OK) {
    stls_mem_free(player);
    return result;
  }
  *out_player = player;
  return STLS_OK;
}

void stls_player_free(stls_player *player)
{
  if (player == NULL) return;
  if (player->live != NULL)
    stls_player_live_free(player->live);
  else
    stls_player_exact_free(&player->exact);
  stls_mem_free(player);
}

stls_result stls_player_send(stls_player *player, void *out, size_t out_len,
                             size_t *out_sent)
{
  if (out_sent != NULL) *out_sent = 0;
  if (player == NULL || out == NULL || out_sent == NULL || out_len == 0)
    return STLS_ERROR_MISUSE;
  if (player->failure.result != STLS_OK) return player->failure.result;
  if (player->live == NULL)
    return stls_player_exact_send(&player->exact, out, out_len, out_sent);
  return keep(player,
              stls_player_live_send(player->live, out, out_len, out_sent,
                                    &player->failure),
              NULL);
}

stls_result stls_player_receive(stls_player *player, const void *data,
                                size_t len, stls_error *err)
{
  stls_result result;

  if (player == NULL) return stls_error_null(err, "player");
  if (data == NULL && len > 0) return stls_error_null(err, "data");
  if (player->failure.result != STLS_OK || len == 0)
    return keep(player, player->failure.result, err);
  if (player->live != NULL)
    result =
        stls_player_live_receive(player->live, data, len, &player->failure);
  else
    result =
        stls_player_exact_receive(&player->exact, data, len, &player->failure);
  return keep(player, result, err);
}

void stls_player_receive_eof(stls_player *player)
{
  stls_result result;

  if (player == NULL || player->has_program_closed) return;
  player->has_program_closed = true;
  if (player->failure.result != STLS_OK) return;
  if (player->live != NULL)
    result = stls_player_live_receive_eof(player->live, &player->failure);
  else
    result = stls_player_exact_receive_eof(&player->exact, &player->failure);
  (void)keep(player, result, NULL);
}

stls_result stls_player_finish(stls_player *player, stls_error *err)
{
  if (player == NULL) return stls_error_null(err, "player");
  if (player->failure.result != STLS_OK)
    return keep(player, player->failure.result, err);
  if (player->live != NULL)
    return stls_player_live_finish(player->live, player->has_program_closed,
                                   err);
  return stls_player_exact_finish(&player->exact, player->has_program_closed,
                                  err);
}

bool stls_player_is_exact(const stls_player *player)
{
  return player != NULL && player->live == NULL;
}

bool stls_player_is_stalled(const stls_player *player)
{
  return player != NULL && ending(player)->has_come &&
         ending(player)->options.end == STLS_END_STALL;
}

bool stls_player_is_reset(const stls_player *player)
{
  return player != NULL && ending(player)->has_come &&
         ending(player)->options.end == STLS_END_RESET;
}

uint64_t stls_player_total(const stls_player *player)
{
  return stls_player_is_exact(player) ? stls_player_exact_total(&player->exact)
                                      : 0;
}

static stls_result check(const stls_transcript *transcript, stls_role role,
                         const stls_player_options *given, stls_player **out,
                         stls_player_options *options, stls_error *err)
{
  if (transcript == NULL) return stls_error_null(err, "transcript");
  if (out == NULL) return stls_error_null(err, "out_player");
  if (role != STLS_CLIENT && role != STLS_SERVER)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "role %d is not a stls_role", (int)role);
  if (given != NULL) {
    stls_result result =
        stls_sized_struct_read(&options_layout, given, "options", options, err);
    if (result != STLS_OK) return result;
  }
  if ((unsigned)options->pieces > STLS_PIECES_SEEDED)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "pieces %d is not a stls_pieces",
                           (int)options->pieces);
  if ((unsigned)options->end > STLS_END_STALL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "end %d is not a stls_player_end",
                           (int)options->end);
  return STLS_OK;
}

static stls_result init(stls_player *player, const stls_transcript *transcript,
                        stls_role role, const stls_player_options *options,
                        stls_error *err)
{
  struct stls_step_list list;
  stls_flow way;
  stls_result result;

  if (options->is_live || !stls_transcript_is_exact(transcript))
    return stls_player_live_new(transcript, role, options, &player->live, err);
  way = role == stls_transcript_role(transcript) ? STLS_RECORDS_OUT
                                                 : STLS_RECORDS_IN;
  result = stls_step_list_init(&list, transcript, err);
  if (result != STLS_OK) return result;
  result = stls_player_exact_init(&player->exact, list.steps, list.num, way,
                                  options, err);
  stls_step_list_free(&list);
  return result;
}

/* The functions write the player's failure; the caller gets a copy. A result that is no
 * failure has written nothing. */
static stls_result keep(stls_player *player, stls_result result,
                        stls_error *err)
{
  if (result < STLS_OK) stls_error_store(err, &player->failure);
  return result;
}

static const struct stls_player_ending *ending(const stls_player *player)
{
  return player->live != NULL ? stls_player_live_ending(player->live)
                              : &player->exact.end;
}
