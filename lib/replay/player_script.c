/* SPDX-License-Identifier: MIT */
/* player_script: what an end of a recorded connection did, without its bytes. */
#include "replay/player_script.h"

#include <sanstls/constants.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "replay/replay_call.h"

/* What the steps so far have said, while the script is written. */
struct writer {
  struct stls_player_script *script;
  const stls_transcript_step *steps;
  size_t num_steps;
  size_t num_calls;
  /* Of the recorded end: it has shaken hands, closed, collects what it writes, has asked
   * for so many KeyUpdates, has failed. */
  bool is_established;
  bool is_corked;
  bool has_closed;
  bool has_failed;
  size_t num_asked;
  /* The peer has closed. */
  bool has_peer_closed;
  /* Memory has run out. */
  bool is_broken;
};

static bool alloc(struct stls_player_script *script,
                  const stls_transcript_step *steps, size_t num_steps,
                  bool is_peer);
static void write_own(struct writer *writer, const stls_transcript_step *step);
static void write_own_call(struct writer *writer,
                           const stls_transcript_step *step);
static void write_peer(struct writer *writer, size_t at);
static void write_peer_call(struct writer *writer, size_t at);
static bool is_refused(const struct writer *writer, size_t at);
static void write_peer_records(struct writer *writer, size_t at);
static bool is_answered(const struct writer *writer, size_t at);
static void peer_reads(struct writer *writer, const stls_transcript_step *step);
static void peer_sees_close(struct writer *writer,
                            const stls_transcript_step *step);
static void peer_closes(struct writer *writer,
                        const stls_transcript_step *step);
static void peer_rejects(struct writer *writer,
                         const stls_transcript_step *step);
static bool is_wait(stls_result result);
static struct stls_player_action *add(struct writer *writer,
                                      stls_player_action_kind kind,
                                      const stls_transcript_step *step);
static void add_read(struct writer *writer, const stls_transcript_step *step);
static void add_call(struct writer *writer, const stls_transcript_step *step,
                     const char *call, int argument);

stls_result stls_player_script_init(struct stls_player_script *script,
                                    const stls_transcript_step *steps,
                                    size_t num_steps, bool is_peer,
                                    bool keeps_other, stls_error *err)
{
  struct writer writer;

  memset(script, 0, sizeof *script);
  memset(&writer, 0, sizeof writer);
  for (size_t i = 0; i < num_steps && !keeps_other && !is_peer; i++)
    if (steps[i].kind == STLS_STEP_CALL &&
        stls_replay_call_kind_of(&steps[i]) == STLS_REPLAY_CALL_OTHER)
      return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                             STLS_REASON_NOT_SUPPORTED,
                             "line %zu: a player cannot make the call %.64s",
                             steps[i].line, steps[i].call);
  writer.script = script;
  writer.steps = steps;
  writer.num_steps = num_steps;
  writer.is_broken = !alloc(script, steps, num_steps, is_peer);
  for (size_t i = 0; i < num_steps && !writer.is_broken; i++) {
    if (is_peer)
      write_peer(&writer, i);
    else
      write_own(&writer, &steps[i]);
  }
  if (!writer.is_broken) return STLS_OK;
  stls_player_script_free(script);
  return stls_error_memory(err);
}

void stls_player_script_free(struct stls_player_script *script)
{
  stls_mem_free(script->actions);
  stls_mem_free_clear(script->plaintext, script->plaintext_len);
  stls_arena_free(&script->arena);
  memset(script, 0, sizeof *script);
}

/* A step makes at most four actions. */
static bool alloc(struct stls_player_script *script,
                  const stls_transcript_step *steps, size_t num_steps,
                  bool is_peer)
{
  const stls_replay_call_kind reads =
      is_peer ? STLS_REPLAY_CALL_WRITE : STLS_REPLAY_CALL_READ;
  size_t len = 0;

  script->is_peer = is_peer;
  for (size_t i = 0; i < num_steps; i++)
    if (steps[i].kind == STLS_STEP_CALL &&
        stls_replay_call_kind_of(&steps[i]) == reads)
      len += steps[i].data.len;
  script->plaintext = stls_mem_alloc(len);
  if (num_steps <= SIZE_MAX / 4 / sizeof *script->actions)
    script->actions = stls_mem_zalloc(4 * num_steps * sizeof *script->actions);
  return script->plaintext != NULL && script->actions != NULL;
}

/* --- the recorded end --- */

static void write_own(struct writer *writer, const stls_transcript_step *step)
{
  switch (step->kind) {
    case STLS_STEP_CALL:
      write_own_call(writer, step);
      break;
    case STLS_STEP_EOF_OUT:
      add(writer, STLS_PLAYER_ACTION_DEAF, step);
      break;
    case STLS_STEP_TIME:
      add(writer, STLS_PLAYER_ACTION_TIME, step);
      break;
    case STLS_STEP_RECORDS_IN:
    case STLS_STEP_RECORDS_OUT:
    case STLS_STEP_EOF_IN:
    case STLS_STEP_KEPT:
    case STLS_STEP_LIMIT:
    default:
      break;
  }
}

static void write_own_call(struct writer *writer,
                           const stls_transcript_step *step)
{
  const stls_replay_call_kind kind = stls_replay_call_kind_of(step);
  struct stls_player_action *action;

  if (kind == STLS_REPLAY_CALL_UNWRAP && step->result == STLS_WANT_READ) {
    add(writer, STLS_PLAYER_ACTION_TRY, step);
  } else if (step->result == STLS_WANT_CONTEXT) {
    /* It has to be wanted before it is chosen. */
    add(writer, STLS_PLAYER_ACTION_CALL, step);
  } else if (is_wait(step->result) || kind == STLS_REPLAY_CALL_PEEK) {
    return;
  } else if (kind == STLS_REPLAY_CALL_READ && step->result == STLS_OK) {
    add_read(writer, step);
  } else if (kind == STLS_REPLAY_CALL_READ) {
    action = add(writer, STLS_PLAYER_ACTION_END, step);
    if (action != NULL) action->result = step->result;
  } else if (kind == STLS_REPLAY_CALL_WRITE && step->result == STLS_OK) {
    if (step->data.len > 0) add(writer, STLS_PLAYER_ACTION_WRITE, step);
  } else {
    add(writer, STLS_PLAYER_ACTION_CALL, step);
  }
}

/* --- its peer --- */

static void write_peer(struct writer *writer, size_t at)
{
  const stls_transcript_step *step = &writer->steps[at];

  switch (step->kind) {
    case STLS_STEP_CALL:
      if (!writer->has_failed) write_peer_call(writer, at);
      break;
    case STLS_STEP_RECORDS_IN:
      if (!writer->has_failed) write_peer_records(writer, at);
      break;
    case STLS_STEP_EOF_IN:
      add(writer, STLS_PLAYER_ACTION_EOF, step);
      break;
    case STLS_STEP_EOF_OUT:
      add(writer, STLS_PLAYER_ACTION_DEAF, step);
      break;
    case STLS_STEP_TIME:
      add(writer, STLS_PLAYER_ACTION_TIME, step);
      break;
    case STLS_STEP_RECORDS_OUT:
    case STLS_STEP_KEPT:
    case STLS_STEP_LIMIT:
    default:
      break;
  }
}

static void write_peer_call(struct writer *writer, size_t at)
{
  const stls_transcript_step *step = &writer->steps[at];
  const stls_replay_call_kind kind = stls_replay_call_kind_of(step);
  const bool is_ok = step->result == STLS_OK;

  if (step->result == STLS_ERROR_MISUSE ||
      step->result == STLS_ERROR_UNSUPPORTED)
    return;
  if (step->result < STLS_OK || (is_ok && strcmp(step->call, "reject") == 0)) {
    if (step->result == STLS_ERROR_ALERT && writer->is_established)
      peer_rejects(writer, step);
    if (step->result != STLS_ERROR_TRUNCATED)
      add(writer, STLS_PLAYER_ACTION_ANY, step);
    writer->has_failed = true;
    return;
  }
  /* Of a read, too, which shakes hands by itself. */
  if (is_ok && !writer->is_established &&
      (kind == STLS_REPLAY_CALL_HANDSHAKE || kind == STLS_REPLAY_CALL_READ ||
       kind == STLS_REPLAY_CALL_WRITE)) {
    if (!is_refused(writer, at)) add_call(writer, step, "handshake", 0);
    writer->is_established = true;
  }
  if (kind == STLS_REPLAY_CALL_READ && step->data.len > 0)
    add(writer, STLS_PLAYER_ACTION_WRITE, step);
  if (kind == STLS_REPLAY_CALL_READ && step->result == STLS_CLOSED)
    peer_closes(writer, step);
  if (kind == STLS_REPLAY_CALL_WRITE && step->data.len > 0)
    peer_reads(writer, step);
  if (kind == STLS_REPLAY_CALL_CLOSE_WRITE && is_ok && writer->is_established)
    peer_sees_close(writer, step);
  if (kind == STLS_REPLAY_CALL_UNWRAP && is_ok) peer_closes(writer, step);
  if (kind == STLS_REPLAY_CALL_UNWRAP) peer_sees_close(writer, step);
  if (kind == STLS_REPLAY_CALL_KEY_UPDATE && is_ok && step->argument != 0)
    writer->num_asked++;
  if (is_ok && strcmp(step->call, "cork") == 0) writer->is_corked = true;
  if (is_ok && strcmp(step->call, "flush") == 0) {
    writer->is_corked = false;
    peer_reads(writer, step);
  }
}

/* Whether a handshake that is done here ends in an alert before the peer has said
 * anything: in TLS 1.3 a server judges the client's certificate later. */
static bool is_refused(const struct writer *writer, size_t at)
{
  const stls_transcript_step *steps = writer->steps;

  for (; at < writer->num_steps; at++) {
    if (steps[at].kind == STLS_STEP_RECORDS_IN && steps[at].message != NULL &&
        strstr(steps[at].message, "certificate_request") != NULL)
      return false;
    if (steps[at].kind != STLS_STEP_CALL) continue;
    if (steps[at].result == STLS_ERROR_ALERT) return true;
    if (steps[at].result < STLS_OK || steps[at].result == STLS_CLOSED ||
        (steps[at].data.len > 0 &&
         stls_replay_call_kind_of(&steps[at]) == STLS_REPLAY_CALL_READ))
      return false;
  }
  return false;
}

/* Of what comes in, a KeyUpdate and a late request for a certificate show nowhere
 * else. */
static void write_peer_records(struct writer *writer, size_t at)
{
  const stls_transcript_step *step = &writer->steps[at];

  if (step->message == NULL) return;
  if (writer->is_established &&
      strstr(step->message, "certificate_request") != NULL)
    add_call(writer, step, "verify_client", 0);
  if (strstr(step->message, "key_update") == NULL) return;
  if (writer->num_asked > 0)
    writer->num_asked--;
  else
    add_call(writer, step, "key_update", is_answered(writer, at));
}

/* Whether the call that takes the step's records writes a KeyUpdate. */
static bool is_answered(const struct writer *writer, size_t at)
{
  const stls_transcript_step *steps = writer->steps;

  for (at++; at < writer->num_steps && steps[at].kind != STLS_STEP_CALL;) at++;
  for (at++; at < writer->num_steps; at++) {
    if (steps[at].kind != STLS_STEP_RECORDS_OUT) return false;
    if (strstr(steps[at].message, "key_update") != NULL) return true;
  }
  return false;
}

/* What is collected is read with the flush. */
static void peer_reads(struct writer *writer, const stls_transcript_step *step)
{
  const size_t num = writer->script->num;

  add_read(writer, step);
  if (writer->is_corked) writer->script->num = num;
}

static void peer_sees_close(struct writer *writer,
                            const stls_transcript_step *step)
{
  struct stls_player_action *action;

  if (writer->has_closed) return;
  writer->has_closed = true;
  writer->is_corked = false;
  peer_reads(writer, step);
  action = add(writer, STLS_PLAYER_ACTION_END, step);
  if (action != NULL) action->result = STLS_CLOSED;
}

static void peer_closes(struct writer *writer, const stls_transcript_step *step)
{
  if (writer->has_peer_closed) return;
  writer->has_peer_closed = true;
  add_call(writer, step, "close_write", 0);
}

/* If the peer does not fail by itself, it has rejected the connection; with which alert,
 * records do not tell. */
static void peer_rejects(struct writer *writer,
                         const stls_transcript_step *step)
{
  add_call(writer, step, "reject", STLS_ALERT_ACCESS_DENIED);
  if (!writer->is_broken)
    writer->script->actions[writer->script->num - 1].kind =
        STLS_PLAYER_ACTION_TRY;
}

static bool is_wait(stls_result result)
{
  return result > STLS_OK && result != STLS_CLOSED;
}

/* --- actions --- */

/* Copies what the action needs of the step. NULL if memory is short. */
static struct stls_player_action *add(struct writer *writer,
                                      stls_player_action_kind kind,
                                      const stls_transcript_step *step)
{
  struct stls_player_script *script = writer->script;
  struct stls_player_action *action = &script->actions[script->num];
  const char *call = step->call != NULL ? step->call : "";

  action->kind = kind;
  action->step = *step;
  action->step.message = "";
  action->step.call = stls_arena_strdup(&script->arena, call);
  action->step.data.data =
      stls_arena_dup(&script->arena, step->data.data, step->data.len);
  if (action->step.call == NULL || action->step.data.data == NULL) {
    writer->is_broken = true;
    return NULL;
  }
  script->num++;
  return action;
}

static void add_read(struct writer *writer, const stls_transcript_step *step)
{
  struct stls_player_script *script = writer->script;
  struct stls_player_action *action =
      add(writer, STLS_PLAYER_ACTION_READ, step);

  if (action == NULL) return;
  if (step->data.len > 0)
    memcpy(script->plaintext + script->plaintext_len, step->data.data,
           step->data.len);
  script->plaintext_len += step->data.len;
  action->end = script->plaintext_len;
}

static void add_call(struct writer *writer, const stls_transcript_step *step,
                     const char *call, int argument)
{
  stls_transcript_step made = *step;

  made.kind = STLS_STEP_CALL;
  made.call = call;
  made.argument = argument;
  made.result = STLS_OK;
  made.data = (stls_span){NULL, 0};
  made.asked = 0;
  add(writer, STLS_PLAYER_ACTION_CALL, &made);
}
