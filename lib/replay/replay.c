/* SPDX-License-Identifier: MIT */
/* replay: makes the recorded calls on an object of its own, and compares. */
#include <sanstls/conninfo.h>
#include <sanstls/player.h>

#include "base/error.h"
#include "base/sized_struct.h"
#include "replay/replay_call.h"
#include "replay/replay_live.h"
#include "replay/replay_machine.h"
#include "replay/step_list.h"

STLS_SIZED_STRUCT(options_layout, stls_replay_options,
                  STLS_SIZED_END(stls_replay_options, mode),
                  STLS_SIZED_END(stls_replay_options, pieces),
                  STLS_SIZED_END(stls_replay_options, pieces_seed),
                  STLS_SIZED_END(stls_replay_options, act),
                  STLS_SIZED_END(stls_replay_options, user_data),
                  STLS_SIZED_END(stls_replay_options, testing));

static stls_result check_options(const stls_replay_options *given,
                                 stls_replay_options *options, stls_error *err);
static stls_result check_object(const stls_transcript *transcript,
                                const stls_object *object, stls_error *err);
static stls_result check_steps(const struct stls_step_list *list,
                               const stls_replay_options *options,
                               stls_error *err);

stls_result stls_replay(const stls_transcript *transcript, stls_object *object,
                        const stls_replay_options *options, stls_error *err)
{
  stls_replay_options own = STLS_REPLAY_OPTIONS_INIT;
  struct stls_step_list list;
  stls_result result;

  if (transcript == NULL) return stls_error_null(err, "transcript");
  if (object == NULL) return stls_error_null(err, "object");
  result = check_options(options, &own, err);
  if (result == STLS_OK) result = check_object(transcript, object, err);
  if (result != STLS_OK) return result;
  if (own.mode == STLS_REPLAY_EXACT && !stls_transcript_is_exact(transcript))
    return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                           STLS_REASON_OTHER_OPENSSL,
                           "the transcript is of another OpenSSL or library");
  result = stls_step_list_init(&list, transcript, err);
  if (result != STLS_OK) return result;
  result = check_steps(&list, &own, err);
  if (result == STLS_OK)
    result =
        own.mode == STLS_REPLAY_LIVE
            ? stls_replay_live_run(transcript, list.steps, list.num, object,
                                   &own, err)
            : stls_replay_machine_run(list.steps, list.num, object, &own, err);
  stls_step_list_free(&list);
  return result;
}

static stls_result check_options(const stls_replay_options *given,
                                 stls_replay_options *options, stls_error *err)
{
  if (given != NULL) {
    stls_result result =
        stls_sized_struct_read(&options_layout, given, "options", options, err);
    if (result != STLS_OK) return result;
  }
  if ((unsigned)options->mode > STLS_REPLAY_ANY_RESULT)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "mode %d is not a stls_replay_mode",
                           (int)options->mode);
  if ((unsigned)options->pieces > STLS_PIECES_SEEDED)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "pieces %d is not a stls_pieces",
                           (int)options->pieces);
  return STLS_OK;
}

static stls_result check_object(const stls_transcript *transcript,
                                const stls_object *object, stls_error *err)
{
  const stls_role role = stls_context_role(stls_object_context(object));

  if (role != stls_transcript_role(transcript))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_ROLE,
                           "the transcript is of a %s, the object is a %s",
                           role == STLS_CLIENT ? "server" : "client",
                           role == STLS_CLIENT ? "client" : "server");
  if (stls_object_conninfo(object) != NULL ||
      stls_object_error(object, NULL) != STLS_OK ||
      stls_bio_pending(stls_object_incoming(object)) > 0 ||
      stls_bio_pending(stls_object_outgoing(object)) > 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_STATE,
                           "the object was used before");
  return STLS_OK;
}

static stls_result check_steps(const struct stls_step_list *list,
                               const stls_replay_options *options,
                               stls_error *err)
{
  for (size_t i = 0; i < list->num; i++) {
    const stls_transcript_step *step = &list->steps[i];
    if (step->kind == STLS_STEP_TIME && options->testing == NULL)
      return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                             STLS_REASON_NOT_SUPPORTED,
                             "line %zu: the clock was set: the options have no "
                             "world",
                             step->line);
    if (step->kind == STLS_STEP_CALL && options->act == NULL &&
        stls_replay_call_kind_of(step) == STLS_REPLAY_CALL_OTHER)
      return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                             STLS_REASON_NOT_SUPPORTED,
                             "line %zu: a replay cannot make the call %.64s by "
                             "itself",
                             step->line, step->call);
  }
  return STLS_OK;
}
