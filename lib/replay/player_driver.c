/* SPDX-License-Identifier: MIT */
/* player_driver: does on an object what a script says. */
#include "replay/player_driver.h"

#include <sanstls/object.h>
#include <sanstls/testing.h>

#include "base/error.h"
#include "replay/player_mismatch.h"
#include "replay/replay_verdict.h"

static stls_result act(struct stls_player_driver *driver,
                       const struct stls_player_action *action,
                       stls_error *err);
static stls_result act_try(struct stls_player_driver *driver,
                           const struct stls_player_action *action,
                           stls_error *err);
static stls_result act_call(struct stls_player_driver *driver,
                            const struct stls_player_action *action,
                            stls_error *err);
static stls_result act_write(struct stls_player_driver *driver,
                             const struct stls_player_action *action,
                             stls_error *err);
static stls_result act_read(struct stls_player_driver *driver,
                            const struct stls_player_action *action,
                            stls_error *err);
static stls_result act_end(struct stls_player_driver *driver,
                           const struct stls_player_action *action,
                           stls_error *err);
static stls_result act_deaf(struct stls_player_driver *driver);
static stls_result act_time(struct stls_player_driver *driver,
                            const struct stls_player_action *action);
static stls_result make(struct stls_player_driver *driver,
                        const stls_transcript_step *step, stls_result *out_got,
                        stls_error *err);
static stls_result read_some(struct stls_player_driver *driver,
                             stls_result *out_got, stls_error *err);
static stls_result compare(const struct stls_player_driver *driver,
                           const uint8_t *got, size_t len, stls_error *err);
static stls_result pump(struct stls_player_driver *driver, stls_result *out_got,
                        stls_error *err);
static const struct stls_player_action *reads(
    const struct stls_player_driver *driver, size_t offset, size_t *out_begin);

enum {
  READ_ROOM = 16384
};

stls_result stls_player_driver_admit(const stls_transcript *transcript,
                                     stls_role role, stls_error *err)
{
  if (role == stls_transcript_role(transcript) ||
      stls_transcript_header(transcript, "peer.config.choose-context") == NULL)
    return STLS_OK;
  return stls_error_fail(
      err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
      "peer.config.choose-context: what the peer chose is not known");
}

stls_result stls_player_driver_run(struct stls_player_driver *driver,
                                   stls_error *err)
{
  const struct stls_player_script *script = driver->script;
  stls_result got;

  while (driver->at < script->num) {
    stls_result result = act(driver, &script->actions[driver->at], err);
    if (result != STLS_OK) return result;
    stls_replay_call_free(&driver->call);
    driver->has_begun = false;
    driver->at++;
  }
  return pump(driver, &got, err);
}

stls_result stls_player_driver_finish(const struct stls_player_driver *driver,
                                      stls_error *err)
{
  const struct stls_player_script *script = driver->script;
  const struct stls_player_action *action = &script->actions[driver->at];
  const struct stls_player_action *end = script->actions + script->num;
  size_t begin = 0;

  /* A clock that nobody looks at any more is no loss. */
  while (action < end && action->kind == STLS_PLAYER_ACTION_TIME) action++;
  if (action == end || driver->is_any) return STLS_OK;
  if (action->kind == STLS_PLAYER_ACTION_READ) {
    action = reads(driver, driver->read, &begin);
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
        "line %zu: call %.32s: plaintext, offset %zu: expected %s, got no more",
        action->step.line, action->step.call, driver->read - begin,
        stls_player_mismatch_hex(script->plaintext + driver->read,
                                 action->end - driver->read)
            .text);
  }
  if (action->kind == STLS_PLAYER_ACTION_END)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
        "line %zu: call %.32s: expected %s of a read, got no "
        "end",
        action->step.line, action->step.call,
        stls_replay_call_result_name(action->result).text);
  if (action->kind == STLS_PLAYER_ACTION_ANY)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
        "line %zu: call %.32s: expected %s there, but the "
        "connection goes on",
        action->step.line, action->step.call,
        stls_replay_call_result_name(action->step.result).text);
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                         "line %zu: call %.32s: it waits for the other end",
                         action->step.line, action->step.call);
}

void stls_player_driver_free(struct stls_player_driver *driver)
{
  stls_replay_call_free(&driver->call);
}

static stls_result act(struct stls_player_driver *driver,
                       const struct stls_player_action *action, stls_error *err)
{
  stls_result got;
  stls_result result;

  switch (action->kind) {
    case STLS_PLAYER_ACTION_CALL:
      return act_call(driver, action, err);
    case STLS_PLAYER_ACTION_TRY:
      return act_try(driver, action, err);
    case STLS_PLAYER_ACTION_READ:
      return act_read(driver, action, err);
    case STLS_PLAYER_ACTION_WRITE:
      return act_write(driver, action, err);
    case STLS_PLAYER_ACTION_END:
      return act_end(driver, action, err);
    case STLS_PLAYER_ACTION_ANY:
      driver->is_any = true;
      result = pump(driver, &got, err);
      if (result != STLS_OK) return result;
      return got < STLS_OK || got == STLS_CLOSED ? STLS_OK : STLS_WANT_READ;
    case STLS_PLAYER_ACTION_EOF:
      driver->has_ended = true;
      return pump(driver, &got, err);
    case STLS_PLAYER_ACTION_DEAF:
      return act_deaf(driver);
    case STLS_PLAYER_ACTION_TIME:
    default:
      return act_time(driver, action);
  }
}

/* Where a rejection is not supported, the transport ends: that sends an alert, too. */
static stls_result act_try(struct stls_player_driver *driver,
                           const struct stls_player_action *action,
                           stls_error *err)
{
  stls_result got;
  stls_result result = make(driver, &action->step, &got, err);

  if (result != STLS_OK || got != STLS_ERROR_UNSUPPORTED) return result;
  stls_bio_write_eof(stls_object_incoming(driver->object));
  return pump(driver, &got, err);
}

static stls_result act_call(struct stls_player_driver *driver,
                            const struct stls_player_action *action,
                            stls_error *err)
{
  const stls_transcript_step *step = &action->step;
  stls_result got;
  stls_result result = make(driver, step, &got, err);

  if (result != STLS_OK || got == step->result || driver->is_any) return result;
  if (got == STLS_WANT_READ || got == STLS_WANT_WRITE) return STLS_WANT_READ;
  return stls_replay_verdict_result(driver->object, step, step->result, got, "",
                                    err);
}

/* All of the data is written, in as many calls as the limit of `outgoing` needs. */
static stls_result act_write(struct stls_player_driver *driver,
                             const struct stls_player_action *action,
                             stls_error *err)
{
  stls_transcript_step step = action->step;
  stls_result got;
  stls_result result;

  step.call = "write";
  step.asked = step.data.len;
  result = make(driver, &step, &got, err);
  if (result != STLS_OK || driver->is_any) return result;
  if (driver->call.done == step.data.len) return STLS_OK;
  if (got == STLS_OK || got == STLS_WANT_READ || got == STLS_WANT_WRITE)
    return STLS_WANT_READ;
  return stls_replay_verdict_result(driver->object, &action->step, STLS_OK, got,
                                    "", err);
}

static stls_result act_read(struct stls_player_driver *driver,
                            const struct stls_player_action *action,
                            stls_error *err)
{
  stls_result got = STLS_OK;
  stls_result result = STLS_OK;

  while (driver->read < action->end && got == STLS_OK && result == STLS_OK)
    result = read_some(driver, &got, err);
  if (result != STLS_OK || driver->read >= action->end || driver->is_any)
    return result;
  if (got == STLS_WANT_READ || got == STLS_WANT_WRITE) return STLS_WANT_READ;
  return stls_replay_verdict_result(driver->object, &action->step, STLS_OK, got,
                                    "", err);
}

static stls_result act_end(struct stls_player_driver *driver,
                           const struct stls_player_action *action,
                           stls_error *err)
{
  stls_result got = STLS_OK;
  stls_result result = pump(driver, &got, err);

  if (result != STLS_OK || got == action->result || driver->is_any)
    return result;
  if (got == STLS_WANT_READ || got == STLS_WANT_WRITE) return STLS_WANT_READ;
  return stls_replay_verdict_result(driver->object, &action->step,
                                    action->result, got, "", err);
}

/* The recorded end's transport took no more; the peer did not take any. */
static stls_result act_deaf(struct stls_player_driver *driver)
{
  driver->is_deaf = true;
  if (!driver->script->is_peer)
    stls_bio_write_eof(stls_object_outgoing(driver->object));
  return STLS_OK;
}

static stls_result act_time(struct stls_player_driver *driver,
                            const struct stls_player_action *action)
{
  if (driver->program != NULL &&
      stls_bio_pending(stls_object_outgoing(driver->object)) > 0)
    return STLS_WANT_READ;
  stls_testing_set_time(driver->program, action->step.number);
  stls_testing_set_time(driver->testing, action->step.number);
  return STLS_OK;
}

static stls_result make(struct stls_player_driver *driver,
                        const stls_transcript_step *step, stls_result *out_got,
                        stls_error *err)
{
  stls_span none = {NULL, 0};

  *out_got = STLS_OK;
  if (stls_replay_call_kind_of(step) == STLS_REPLAY_CALL_OTHER) {
    *out_got = driver->act(driver->object, step, driver->user_data);
    return STLS_OK;
  }
  if (!driver->has_begun) {
    stls_result result = stls_replay_call_init(&driver->call, step, err);
    if (result != STLS_OK) return result;
  }
  driver->has_begun = true;
  *out_got = stls_replay_call_make(&driver->call, step, driver->object, &none);
  return STLS_OK;
}

static stls_result read_some(struct stls_player_driver *driver,
                             stls_result *out_got, stls_error *err)
{
  uint8_t out[READ_ROOM];
  size_t len = 0;
  stls_result result;

  *out_got = stls_object_read(driver->object, out, sizeof out, &len);
  if (len == 0 || driver->is_any) return STLS_OK;
  result = compare(driver, out, len, err);
  if (result == STLS_OK) driver->read += len;
  return result;
}

/* Compares plaintext with what the script still reads. */
static stls_result compare(const struct stls_player_driver *driver,
                           const uint8_t *got, size_t len, stls_error *err)
{
  const struct stls_player_script *script = driver->script;
  const uint8_t *want = script->plaintext + driver->read;
  const size_t left = script->plaintext_len - driver->read;
  const size_t same =
      stls_player_mismatch_common(want, got, len < left ? len : left);
  const struct stls_player_action *action;
  size_t begin = 0;

  if (same == len) return STLS_OK;
  action = reads(driver, driver->read + same, &begin);
  if (action == NULL)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
        "expected no more plaintext, got %s",
        stls_player_mismatch_hex(got + same, len - same).text);
  return stls_error_fail(
      err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
      "line %zu: call %.32s: plaintext, offset %zu: expected %s, got %s",
      action->step.line, action->step.call, driver->read + same - begin,
      stls_player_mismatch_hex(want + same, action->end - driver->read - same)
          .text,
      stls_player_mismatch_hex(got + same, len - same).text);
}

/* Lets the object take what has come in, up to the result that is not STLS_OK. */
static stls_result pump(struct stls_player_driver *driver, stls_result *out_got,
                        stls_error *err)
{
  stls_result result = STLS_OK;

  *out_got = STLS_OK;
  while (*out_got == STLS_OK && result == STLS_OK)
    result = read_some(driver, out_got, err);
  return result;
}

/* The action that reads the plaintext at `offset`, and where it begins; NULL behind the
 * last. */
static const struct stls_player_action *reads(
    const struct stls_player_driver *driver, size_t offset, size_t *out_begin)
{
  const struct stls_player_script *script = driver->script;

  *out_begin = 0;
  for (size_t i = 0; i < script->num; i++) {
    const struct stls_player_action *action = &script->actions[i];
    if (action->kind != STLS_PLAYER_ACTION_READ) continue;
    if (offset < action->end) return action;
    *out_begin = action->end;
  }
  return NULL;
}
