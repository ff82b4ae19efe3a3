/* SPDX-License-Identifier: MIT */
/* replay_live: replays what an object did against a live peer. */
#include "replay/replay_live.h"

#include <sanstls/object.h>
#include <sanstls/testing.h>
#include <string.h>

#include "base/error.h"
#include "replay/player_driver.h"
#include "replay/player_pieces.h"

/* Both ends, the replayed one first. */
struct link {
  struct stls_player_script scripts[2];
  struct stls_player_driver ends[2];
  stls_testing *testing;
  stls_object *peer;
  const stls_replay_options *options;
  /* What the peer has sent, and whether the object knows that this is all. */
  uint64_t sent;
  bool has_end_come;
};

/* A turn moves a byte at least, so this many are a connection that does not end. */
#define TURNS_MAX UINT64_C(100000000)

static stls_result init(struct link *link, const stls_transcript *transcript,
                        const stls_transcript_step *steps, size_t num_steps,
                        stls_object *object, stls_error *err);
static void finish(struct link *link);
static stls_result run(struct link *link, stls_error *err);
static stls_result turn(struct link *link, bool *out_has_moved,
                        stls_error *err);
static size_t to_peer(struct link *link);
static size_t to_object(struct link *link);
static size_t move(stls_object *from, stls_object *to, size_t most);

stls_result stls_replay_live_run(const stls_transcript *transcript,
                                 const stls_transcript_step *steps,
                                 size_t num_steps, stls_object *object,
                                 const stls_replay_options *options,
                                 stls_error *err)
{
  struct link link;
  stls_result result;

  memset(&link, 0, sizeof link);
  link.options = options;
  result = init(&link, transcript, steps, num_steps, object, err);
  if (result == STLS_OK) result = run(&link, err);
  finish(&link);
  return result;
}

static stls_result init(struct link *link, const stls_transcript *transcript,
                        const stls_transcript_step *steps, size_t num_steps,
                        stls_object *object, stls_error *err)
{
  const stls_role role = stls_transcript_role(transcript) == STLS_CLIENT
                             ? STLS_SERVER
                             : STLS_CLIENT;
  struct stls_player_driver *ends = link->ends;
  stls_result result = stls_player_driver_admit(transcript, role, err);

  if (result == STLS_OK)
    result = stls_transcript_endpoint(transcript, role, &link->testing,
                                      &link->peer, err);
  for (int i = 0; i < 2 && result == STLS_OK; i++)
    result = stls_player_script_init(&link->scripts[i], steps, num_steps, i > 0,
                                     true, err);
  if (result != STLS_OK) return result;
  ends[0].script = &link->scripts[0];
  ends[0].object = object;
  ends[0].testing = link->options->testing;
  ends[0].act = link->options->act;
  ends[0].user_data = link->options->user_data;
  ends[1].script = &link->scripts[1];
  ends[1].object = link->peer;
  ends[1].testing = link->testing;
  stls_bio_set_limit(stls_object_incoming(link->peer), SIZE_MAX, NULL);
  stls_bio_set_limit(stls_object_outgoing(link->peer), SIZE_MAX, NULL);
  return STLS_OK;
}

static void finish(struct link *link)
{
  for (int i = 0; i < 2; i++) {
    stls_player_driver_free(&link->ends[i]);
    stls_player_script_free(&link->scripts[i]);
  }
  stls_object_free(link->peer);
  stls_testing_free(link->testing);
}

static stls_result run(struct link *link, stls_error *err)
{
  bool has_moved = true;
  stls_result result = STLS_OK;

  for (uint64_t i = 0; i < TURNS_MAX && has_moved && result == STLS_OK; i++)
    result = turn(link, &has_moved, err);
  if (result != STLS_OK) return result;
  result = stls_player_driver_finish(&link->ends[0], err);
  return result == STLS_OK ? stls_player_driver_finish(&link->ends[1], err)
                           : result;
}

/* Lets each end do what it can, and carries what it has written. */
static stls_result turn(struct link *link, bool *out_has_moved, stls_error *err)
{
  const size_t at = link->ends[0].at + link->ends[1].at;
  size_t moved;
  stls_result result = stls_player_driver_run(&link->ends[0], err);

  if (result < STLS_OK) return result;
  moved = to_peer(link);
  result = stls_player_driver_run(&link->ends[1], err);
  if (result < STLS_OK) return result;
  moved += to_object(link);
  *out_has_moved = moved > 0 || link->ends[0].at + link->ends[1].at > at;
  return STLS_OK;
}

static size_t to_peer(struct link *link)
{
  return move(link->ends[0].object, link->peer, SIZE_MAX);
}

/* By one piece. Counts the end of the transport as a byte. */
static size_t to_object(struct link *link)
{
  const stls_replay_options *options = link->options;
  stls_bio *outgoing = stls_object_outgoing(link->peer);
  const size_t pending = stls_bio_pending(outgoing);
  size_t len;

  if (pending > 0) {
    len = stls_player_pieces_next(options->pieces, options->pieces_seed,
                                  link->sent, outgoing, pending);
    len = move(link->peer, link->ends[0].object, len);
    link->sent += len;
    return len;
  }
  if (!link->ends[1].has_ended || link->has_end_come) return 0;
  stls_bio_write_eof(stls_object_incoming(link->ends[0].object));
  link->has_end_come = true;
  return 1;
}

/* Moves at most so many bytes, as far as there is room. */
static size_t move(stls_object *from, stls_object *to, size_t most)
{
  stls_bio *outgoing = stls_object_outgoing(from);
  size_t moved = 0;

  while (moved < most) {
    const stls_span span = stls_bio_peek(outgoing);
    const size_t len = span.len < most - moved ? span.len : most - moved;
    size_t written = 0;
    if (len == 0 || stls_bio_write(stls_object_incoming(to), span.data, len,
                                   &written, NULL) != STLS_OK)
      break;
    stls_bio_consume(outgoing, written, NULL);
    moved += written;
  }
  return moved;
}
