/* SPDX-License-Identifier: MIT */
/* replay_call: makes a recorded call on another object. */
#include "replay/replay_call.h"

#include <sanstls/object.h>
#include <sanstls/post_handshake_auth.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

/* More room, or more to write, than what a call took makes no difference beyond this: the
 * largest record. */
#define ROOM_BEHIND ((size_t)32768)

static const struct row {
  const char *name;
  stls_replay_call_kind kind;
} rows[] = {
    {"handshake", STLS_REPLAY_CALL_HANDSHAKE},
    {"read", STLS_REPLAY_CALL_READ},
    {"readv", STLS_REPLAY_CALL_READ},
    {"read_from", STLS_REPLAY_CALL_READ},
    {"peek", STLS_REPLAY_CALL_PEEK},
    {"write", STLS_REPLAY_CALL_WRITE},
    {"writev", STLS_REPLAY_CALL_WRITE},
    {"close_write", STLS_REPLAY_CALL_CLOSE_WRITE},
    {"unwrap", STLS_REPLAY_CALL_UNWRAP},
    {"key_update", STLS_REPLAY_CALL_KEY_UPDATE},
    {"cork", STLS_REPLAY_CALL_PLAIN},
    {"flush", STLS_REPLAY_CALL_PLAIN},
    {"reject", STLS_REPLAY_CALL_PLAIN},
    {"verify_client", STLS_REPLAY_CALL_PLAIN},
};

static stls_result make_read(struct stls_replay_call *call, const char *name,
                             stls_object *object, stls_span *records);
static stls_result make_plain(const stls_transcript_step *step,
                              stls_object *object);

stls_replay_call_kind stls_replay_call_kind_of(const stls_transcript_step *step)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (strcmp(rows[i].name, step->call) == 0) return rows[i].kind;
  return STLS_REPLAY_CALL_OTHER;
}

size_t stls_replay_call_room(const stls_transcript_step *step)
{
  const size_t len = step->data.len;

  if (step->asked <= len) return step->asked;
  return step->asked - len < ROOM_BEHIND ? step->asked : len + ROOM_BEHIND;
}

stls_result stls_replay_call_init(struct stls_replay_call *call,
                                  const stls_transcript_step *step,
                                  stls_error *err)
{
  const stls_replay_call_kind kind = stls_replay_call_kind_of(step);

  memset(call, 0, sizeof *call);
  if (kind != STLS_REPLAY_CALL_READ && kind != STLS_REPLAY_CALL_PEEK &&
      kind != STLS_REPLAY_CALL_WRITE)
    return STLS_OK;
  call->len = stls_replay_call_room(step);
  call->data = stls_mem_zalloc(call->len);
  if (call->data == NULL) return stls_error_memory(err);
  if (kind == STLS_REPLAY_CALL_WRITE && step->data.len > 0)
    memcpy(call->data, step->data.data,
           step->data.len < call->len ? step->data.len : call->len);
  return STLS_OK;
}

void stls_replay_call_free(struct stls_replay_call *call)
{
  stls_mem_free_clear(call->data, call->len);
  memset(call, 0, sizeof *call);
}

stls_result stls_replay_call_make(struct stls_replay_call *call,
                                  const stls_transcript_step *step,
                                  stls_object *object, stls_span *records)
{
  size_t len = 0;
  stls_result result;

  switch (stls_replay_call_kind_of(step)) {
    case STLS_REPLAY_CALL_HANDSHAKE:
      return stls_object_handshake(object);
    case STLS_REPLAY_CALL_READ:
      return make_read(call, step->call, object, records);
    case STLS_REPLAY_CALL_PEEK:
      return stls_object_peek(object, call->data, call->len, &call->done);
    case STLS_REPLAY_CALL_WRITE:
      result = stls_object_write(object, call->data + call->done,
                                 call->len - call->done, &len);
      call->done += len;
      return result;
    case STLS_REPLAY_CALL_CLOSE_WRITE:
      return stls_object_close_write(object);
    case STLS_REPLAY_CALL_UNWRAP:
      return stls_object_unwrap(object);
    case STLS_REPLAY_CALL_KEY_UPDATE:
      return stls_object_key_update(object, step->argument != 0);
    default:
      return make_plain(step, object);
  }
}

struct stls_replay_result_name stls_replay_call_result_name(stls_result result)
{
  struct stls_replay_result_name name;

  stls_call_name_of_result(result, name.text);
  return name;
}

static stls_result make_read(struct stls_replay_call *call, const char *name,
                             stls_object *object, stls_span *records)
{
  uint8_t *const out = call->data + call->done;
  const size_t room = call->len - call->done;
  const stls_writable_span span = {out, room};
  size_t used = 0;
  size_t len = 0;
  stls_result result;

  if (records->len > 0)
    result = stls_object_read_from(object, records->data, records->len, &used,
                                   out, room, &len);
  else if (strcmp(name, "readv") == 0)
    result = stls_object_readv(object, &span, 1, &len);
  else
    result = stls_object_read(object, out, room, &len);
  call->done += len;
  if (used > 0) records->data = (const uint8_t *)records->data + used;
  records->len -= used;
  return result;
}

static stls_result make_plain(const stls_transcript_step *step,
                              stls_object *object)
{
  if (strcmp(step->call, "cork") == 0) return stls_object_cork(object);
  if (strcmp(step->call, "flush") == 0) return stls_object_flush(object);
  if (strcmp(step->call, "reject") == 0)
    return stls_object_reject(object, step->argument);
  return stls_object_verify_client(object);
}
