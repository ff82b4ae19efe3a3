/* SPDX-License-Identifier: MIT */
/* player_live: plays one end of a recorded connection as a connection of its own. */
#include "replay/player_live.h"

#include <sanstls/object.h>
#include <sanstls/testing.h>

#include "base/error.h"
#include "base/mem.h"
#include "replay/player_driver.h"
#include "replay/player_pieces.h"
#include "replay/step_list.h"

struct stls_player_live {
  stls_testing *testing;
  stls_object *object;
  struct stls_player_script script;
  struct stls_player_driver driver;
  struct stls_player_ending end;
  uint64_t sent;
  /* What is left of the piece that is being sent. */
  size_t piece_left;
};

static stls_result init(struct stls_player_live *live,
                        const stls_transcript *transcript, stls_role role,
                        stls_error *err);
static size_t next_piece(const struct stls_player_live *live, size_t pending);

stls_result stls_player_live_new(const stls_transcript *transcript,
                                 stls_role role,
                                 const stls_player_options *options,
                                 struct stls_player_live **out_live,
                                 stls_error *err)
{
  struct stls_player_live *live = stls_mem_zalloc(sizeof *live);
  stls_result result;

  if (live == NULL) return stls_error_memory(err);
  live->end.options = *options;
  result = init(live, transcript, role, err);
  if (result != STLS_OK) {
    stls_player_live_free(live);
    return result;
  }
  *out_live = live;
  return STLS_OK;
}

void stls_player_live_free(struct stls_player_live *live)
{
  stls_player_driver_free(&live->driver);
  stls_player_script_free(&live->script);
  stls_object_free(live->object);
  stls_testing_free(live->testing);
  stls_mem_free(live);
}

stls_result stls_player_live_send(struct stls_player_live *live, void *out,
                                  size_t out_cap, size_t *out_len,
                                  stls_error *err)
{
  stls_bio *outgoing = stls_object_outgoing(live->object);
  const uint64_t limit = stls_player_ending_limit(&live->end, UINT64_MAX);
  stls_result result = STLS_OK;
  size_t len;

  if (live->sent == limit || live->end.has_come)
    return stls_player_ending_come(&live->end, true);
  result = stls_player_driver_run(&live->driver, err);
  if (result < STLS_OK) return result;
  len = stls_bio_pending(outgoing);
  if (len == 0 && (result == STLS_OK || live->driver.has_ended))
    return stls_player_ending_come(&live->end, false);
  if (len == 0) return STLS_WANT_READ;
  if (live->piece_left == 0) live->piece_left = next_piece(live, len);
  if (len > live->piece_left) len = live->piece_left;
  if (len > out_cap) len = out_cap;
  if (len > limit - live->sent) len = (size_t)(limit - live->sent);
  result = stls_bio_read(outgoing, out, len, out_len, err);
  live->sent += *out_len;
  live->piece_left -= *out_len;
  return result;
}

stls_result stls_player_live_receive(struct stls_player_live *live,
                                     const void *data, size_t len,
                                     stls_error *err)
{
  size_t written;
  stls_result result = stls_player_ending_admit(&live->end, len, err);

  if (result != STLS_OK || live->end.is_cut) return result;
  if (live->driver.is_deaf && live->script.is_peer) return STLS_CLOSED;
  result = stls_bio_write(stls_object_incoming(live->object), data, len,
                          &written, err);
  if (result != STLS_OK) return result;
  result = stls_player_driver_run(&live->driver, err);
  return result < STLS_OK ? result : STLS_OK;
}

stls_result stls_player_live_receive_eof(struct stls_player_live *live,
                                         stls_error *err)
{
  stls_result result;

  stls_bio_write_eof(stls_object_incoming(live->object));
  if (live->end.is_cut) return STLS_OK;
  result = stls_player_driver_run(&live->driver, err);
  return result < STLS_OK ? result : STLS_OK;
}

stls_result stls_player_live_finish(const struct stls_player_live *live,
                                    bool has_program_closed, stls_error *err)
{
  const size_t left = stls_bio_pending(stls_object_outgoing(live->object));
  stls_result result;

  if (live->end.is_cut) return STLS_OK;
  result = stls_player_driver_finish(&live->driver, err);
  if (result != STLS_OK || left == 0 || has_program_closed) return result;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                         "%zu bytes of records were not sent", left);
}

const struct stls_player_ending *stls_player_live_ending(
    const struct stls_player_live *live)
{
  return &live->end;
}

static stls_result init(struct stls_player_live *live,
                        const stls_transcript *transcript, stls_role role,
                        stls_error *err)
{
  struct stls_step_list list;
  stls_result result = stls_player_driver_admit(transcript, role, err);

  if (result == STLS_OK)
    result = stls_transcript_endpoint(transcript, role, &live->testing,
                                      &live->object, err);
  if (result == STLS_OK) result = stls_step_list_init(&list, transcript, err);
  if (result != STLS_OK) return result;
  result = stls_player_script_init(&live->script, list.steps, list.num,
                                   role != stls_transcript_role(transcript),
                                   false, err);
  stls_step_list_free(&list);
  if (result != STLS_OK) return result;
  live->driver.script = &live->script;
  live->driver.object = live->object;
  live->driver.testing = live->testing;
  live->driver.program = live->end.options.testing;
  stls_bio_set_limit(stls_object_incoming(live->object), SIZE_MAX, NULL);
  stls_bio_set_limit(stls_object_outgoing(live->object), SIZE_MAX, NULL);
  return STLS_OK;
}

static size_t next_piece(const struct stls_player_live *live, size_t pending)
{
  const stls_player_options *options = &live->end.options;

  return stls_player_pieces_next(options->pieces, options->pieces_seed,
                                 live->sent, stls_object_outgoing(live->object),
                                 pending);
}
