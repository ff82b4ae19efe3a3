/* SPDX-License-Identifier: MIT */
/* replay: replays transcripts against endpoints made as they describe. */
#include <stdio.h>

#include "command/command.h"

static const stls_pieces all_pieces[] = {STLS_PIECES_RECORDED,
                                         STLS_PIECES_WHOLE, STLS_PIECES_RECORDS,
                                         STLS_PIECES_BYTES, STLS_PIECES_SEEDED};

static int replay_file(const char *path, const struct options *options);
static stls_result replay_once(const stls_transcript *transcript,
                               const stls_replay_options *replay,
                               stls_error *err);

int replay_command(const struct options *options)
{
  int worst = COMMAND_DONE;

  for (size_t i = 0; i < options->num_words; i++) {
    int status = replay_file(options->words[i], options);
    if (status > worst) worst = status;
  }
  return worst;
}

static int replay_file(const char *path, const struct options *options)
{
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *transcript = NULL;
  stls_result result = stls_transcript_load(path, &transcript, &err);
  stls_replay_options replay = STLS_REPLAY_OPTIONS_INIT;

  if (result != STLS_OK) return command_fail("replay", &err);
  if (!stls_transcript_is_exact(transcript)) replay.mode = STLS_REPLAY_LIVE;
  replay.pieces_seed = options->seed;
  for (size_t i = 0; i < sizeof all_pieces / sizeof all_pieces[0]; i++) {
    if (options->has_pieces && options->pieces != all_pieces[i]) continue;
    replay.pieces = all_pieces[i];
    result = replay_once(transcript, &replay, &err);
    if (result != STLS_OK) break;
  }
  stls_transcript_free(transcript);
  if (result == STLS_OK) {
    printf("%s: as recorded%s\n", path,
           replay.mode == STLS_REPLAY_LIVE
               ? ", with other bytes: it is of another OpenSSL"
               : "");
    return COMMAND_DONE;
  }
  command_fail(path, &err);
  return err.own_reason == STLS_REASON_MISMATCH ? COMMAND_DIFFERS
                                                : COMMAND_TROUBLE;
}

static stls_result replay_once(const stls_transcript *transcript,
                               const stls_replay_options *replay,
                               stls_error *err)
{
  stls_replay_options own = *replay;
  stls_object *object = NULL;
  stls_result result =
      stls_transcript_endpoint(transcript, stls_transcript_role(transcript),
                               &own.testing, &object, err);

  if (result == STLS_OK) result = stls_replay(transcript, object, &own, err);
  stls_object_free(object);
  stls_testing_free(own.testing);
  return result;
}
