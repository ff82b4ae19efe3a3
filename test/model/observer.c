/* SPDX-License-Identifier: MIT */
/* observer: counts messages, and calls the library from inside the observer. */
#include "observer.h"

#include <openssl/err.h>
#include <openssl/ssl3.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>

static void see(stls_object *object, const stls_trace_event *event, void *data);
static void count(struct world_side *side, const stls_trace_event *event);
static void see_line(stls_object *object, const char *line, size_t line_len,
                     void *data);
static void disturb(struct world_side *side, stls_object *object);
static void call_inside(struct world_side *side, stls_object *object);
static stls_result drive(stls_object *object, uint32_t which);
static void touch_queues(struct world_side *side);

void observer_install(struct world_side *side, stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  result = stls_context_set_trace(context, see, side, &err);
  if (result == STLS_OK && world_setting(side->world, SET_OBSERVER_CALLS) != 0)
    result = stls_context_set_insecure_keylog(context, see_line, side, &err);
  if (result != STLS_OK) world_fault(side->world, "%s", err.message);
}

static void see(stls_object *object, const stls_trace_event *event, void *data)
{
  struct world_side *side = data;

  if (object != side->object)
    world_fault(side->world, "an observer is told of another object");
  count(side, event);
  disturb(side, object);
}

static void count(struct world_side *side, const stls_trace_event *event)
{
  bool is_out = event->flow == STLS_RECORDS_OUT;

  if (is_out && event->content_type != STLS_CONTENT_HEADER &&
      event->content_type != STLS_CONTENT_INNER_TYPE)
    side->seen.last_out = event->content_type;
  if (event->content_type != SSL3_RT_HANDSHAKE) return;
  if (event->message_type == SSL3_MT_KEY_UPDATE && is_out)
    side->seen.key_updates_out++;
  if (event->message_type == SSL3_MT_CERTIFICATE_REQUEST) {
    if (is_out)
      side->seen.requests_out++;
    else
      side->seen.requests_in++;
  }
}

static void see_line(stls_object *object, const char *line, size_t line_len,
                     void *data)
{
  struct world_side *side = data;

  if (line[line_len] != '\0')
    world_fault(side->world, "a line of the key log has no end");
  disturb(side, object);
}

static void disturb(struct world_side *side, stls_object *object)
{
  uint32_t calls = world_setting(side->world, SET_OBSERVER_CALLS);
  rng *random = &side->world->random;

  side->num_events++;
  if (calls == 0 || side->is_freed || !rng_one_in(random, 4)) return;
  side->in_observer = true;
  call_inside(side, object);
  touch_queues(side);
  if (rng_one_in(random, 3)) stls_object_trim(object);
  /* What an observer leaves in the queue is not libssl's. */
  if (rng_one_in(random, 2)) ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
  if (calls == 2 && rng_one_in(random, 40)) {
    stls_object_free(object);
    side->is_freed = true;
  }
  side->in_observer = false;
}

static void call_inside(struct world_side *side, stls_object *object)
{
  uint32_t which = rng_below(&side->world->random, 12);
  unsigned wants = stls_object_wants(object);
  char text[STLS_DESCRIPTION_SIZE];
  stls_result result = drive(object, which);
  stls_counters counters = STLS_COUNTERS_INIT;

  if (result != STLS_ERROR_MISUSE)
    world_fault(side->world, "call %u from an observer says %s",
                (unsigned)which, stls_result_name(result));
  if (stls_object_wants(object) != wants)
    world_fault(side->world, "call %u from an observer changes wants",
                (unsigned)which);
  if (stls_object_counters(object, &counters, NULL) != STLS_OK ||
      stls_object_describe(object, text, sizeof text, &(size_t){0}, NULL) !=
          STLS_OK)
    world_fault(side->world, "a getter fails in an observer");
}

static stls_result drive(stls_object *object, uint32_t which)
{
  uint8_t data[16] = {0};
  size_t done = 0, used = 0;
  stls_session *session = NULL;

  switch (which) {
    case 0:
      return stls_object_handshake(object);
    case 1:
      return stls_object_read(object, data, sizeof data, &done);
    case 2:
      return stls_object_write(object, data, sizeof data, &done);
    case 3:
      return stls_object_cork(object);
    case 4:
      return stls_object_flush(object);
    case 5:
      return stls_object_close_write(object);
    case 6:
      return stls_object_unwrap(object);
    case 7:
      return stls_object_key_update(object, true);
    case 8:
      return stls_object_verify_client(object);
    case 9:
      return stls_object_take_session(object, &session, NULL);
    case 10:
      return stls_object_export_key(object, "EXPERIMENTAL", 12, NULL, 0, data,
                                    sizeof data, NULL);
    default:
      return stls_object_read_from(object, data, 1, &used, data, sizeof data,
                                   &done);
  }
}

/* The bytes that libssl works on must stay; more may come behind them. */
static void touch_queues(struct world_side *side)
{
  stls_span span = stls_bio_peek(side->in);
  size_t pending = stls_bio_pending(side->in);

  if (pending > 0 && span.len == 0)
    world_fault(side->world, "nothing to peek at, and %zu bytes pending",
                pending);
  stls_bio_trim(side->in);
  if (stls_bio_pending(side->in) != pending)
    world_fault(side->world, "trimming lost bytes");
}
