/* SPDX-License-Identifier: MIT */
/* recorder: writes down what an object does, as its observer. */
#include <sanstls/observer.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sized_struct.h"
#include "testing/call_name.h"
#include "testing/random_provider.h"
#include "testing/record_cursor.h"
#include "testing/record_labels.h"
#include "testing/recorder_header.h"

/* The bytes of a direction. */
struct flow {
  struct stls_record_cursor cursor;
  struct stls_record_labels labels;
  /* How many bytes the queue held when the last call ended, or, of `outgoing`, began. */
  size_t held;
  bool has_ended;
};

struct recorder {
  /* NULL: it was freed. */
  stls_transcript *transcript;
  stls_testing *testing;
  /* By stls_flow. */
  struct flow flows[2];
  size_t limit;
  int64_t time;
  /* What the steps say is left in `outgoing`. */
  size_t kept;
  /* The world's clock, during a call. */
  bool holds_time;
  /* Bytes have come for the running call. */
  bool has_arrived;
  size_t last_in;
  bool has_facts;
};

STLS_SIZED_STRUCT(options_layout, stls_transcript_options,
                  STLS_SIZED_END(stls_transcript_options, testing),
                  STLS_SIZED_END(stls_transcript_options, peer),
                  STLS_SIZED_END(stls_transcript_options, peer_testing),
                  STLS_SIZED_END(stls_transcript_options, with_secrets));

static stls_result check_unused(const stls_object *object, stls_error *err);
static struct recorder *make(const stls_transcript_options *options,
                             stls_transcript *transcript);
static void on_call(stls_object *object, const stls_call_event *event,
                    void *user_data);
static void on_message(stls_object *object, const stls_trace_event *event,
                       void *user_data);
static void on_freed(void *user_data);
static int64_t hold_time(struct recorder *recorder);
static void release_time(struct recorder *recorder);
static bool note_begin(struct recorder *recorder, const stls_object *object,
                       const stls_call_event *event);
static bool note_surroundings(struct recorder *recorder,
                              const stls_object *object);
static bool note_number(struct recorder *recorder, stls_step_kind kind,
                        int64_t number);
static bool note_ends(struct recorder *recorder, const stls_call_event *event);
static bool note_end(struct recorder *recorder, const stls_object *object,
                     const stls_call_event *event);
static bool note_passed(struct recorder *recorder, const stls_span *passed);
static bool note_call(struct recorder *recorder, const stls_call_event *event);
static bool copy_data(stls_transcript *transcript, const stls_call_event *event,
                      stls_transcript_step *step);
static bool note_tail(struct recorder *recorder, const stls_bio *bio,
                      size_t len, stls_step_kind kind);
static bool note_bytes(struct recorder *recorder, const uint8_t *bytes,
                       size_t len, stls_step_kind kind);

stls_result stls_transcript_record(stls_object *object,
                                   const stls_transcript_options *options,
                                   stls_transcript **out_transcript,
                                   stls_error *err)
{
  stls_transcript_options own = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_observer observer = STLS_OBSERVER_INIT;
  struct recorder *recorder;
  stls_transcript *transcript;
  stls_result result = STLS_OK;

  if (object == NULL) return stls_error_null(err, "object");
  if (out_transcript == NULL) return stls_error_null(err, "out_transcript");
  if (options != NULL)
    result =
        stls_sized_struct_read(&options_layout, options, "options", &own, err);
  if (result == STLS_OK) result = check_unused(object, err);
  if (result != STLS_OK) return result;
  transcript = stls_transcript_make();
  if (transcript == NULL) return stls_error_memory(err);
  result = stls_recorder_header_write(transcript, object, &own, err);
  observer.user_data = make(&own, transcript);
  if (result == STLS_OK && observer.user_data == NULL)
    result = stls_error_memory(err);
  observer.call = on_call;
  observer.message = on_message;
  observer.freed = on_freed;
  if (result == STLS_OK)
    result = stls_object_set_observer(object, &observer, err);
  if (result == STLS_OK) {
    recorder = observer.user_data;
    transcript->recording = &recorder->transcript;
    *out_transcript = transcript;
  } else {
    stls_mem_free(observer.user_data);
    stls_transcript_free(transcript);
  }
  return result;
}

static stls_result check_unused(const stls_object *object, stls_error *err)
{
  const stls_bio *in = stls_object_incoming(object);
  const stls_bio *out = stls_object_outgoing(object);
  stls_counters counters = STLS_COUNTERS_INIT;
  stls_result result = stls_object_counters(object, &counters, err);

  if (result != STLS_OK) return result;
  if (counters.bytes_in > 0 || counters.bytes_out > 0 ||
      stls_object_error(object, NULL) != STLS_OK)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_STATE,
                           "the object was called before");
  if (stls_bio_pending(in) > 0 || stls_bio_pending(out) > 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NOT_DRAINED,
                           "%s of the object is not empty",
                           stls_bio_pending(in) > 0 ? "incoming" : "outgoing");
  return STLS_OK;
}

static struct recorder *make(const stls_transcript_options *options,
                             stls_transcript *transcript)
{
  struct recorder *recorder = stls_mem_zalloc(sizeof *recorder);

  if (recorder == NULL) return NULL;
  recorder->transcript = transcript;
  recorder->testing = options->testing;
  recorder->limit = STLS_BIO_DEFAULT_LIMIT;
  recorder->time = transcript->time;
  return recorder;
}

/* What cannot be noted is lost, and the connection goes on. */
static void on_call(stls_object *object, const stls_call_event *event,
                    void *user_data)
{
  struct recorder *recorder = user_data;
  stls_transcript *transcript = recorder->transcript;

  if (event->has_ended) release_time(recorder);
  if (transcript == NULL || transcript->has_failed) return;
  transcript->has_failed = event->has_ended
                               ? !note_end(recorder, object, event)
                               : !note_begin(recorder, object, event);
}

static void on_message(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  struct recorder *recorder = user_data;
  stls_transcript *transcript = recorder->transcript;

  (void)object;
  if (transcript == NULL || transcript->has_failed) return;
  transcript->has_failed = !stls_record_labels_note(
      &recorder->flows[event->flow].labels, transcript, event);
}

static void on_freed(void *user_data)
{
  struct recorder *recorder = user_data;

  release_time(recorder);
  if (recorder->transcript != NULL) recorder->transcript->recording = NULL;
  stls_record_labels_free(&recorder->flows[STLS_RECORDS_IN].labels);
  stls_record_labels_free(&recorder->flows[STLS_RECORDS_OUT].labels);
  stls_mem_free(recorder);
}

/* What the call sees has to be what is noted, also where a second ends meanwhile. */
static int64_t hold_time(struct recorder *recorder)
{
  if (recorder->testing == NULL) return recorder->time;
  recorder->holds_time = true;
  return stls_random_provider_hold_time(recorder->testing);
}

static void release_time(struct recorder *recorder)
{
  if (recorder->holds_time) stls_random_provider_release_time(recorder->testing);
  recorder->holds_time = false;
}

static bool note_begin(struct recorder *recorder, const stls_object *object,
                       const stls_call_event *event)
{
  const stls_bio *in = stls_object_incoming(object);
  struct flow *flow = &recorder->flows[STLS_RECORDS_IN];
  const size_t pending = stls_bio_pending(in);

  recorder->has_arrived = false;
  if (!note_surroundings(recorder, object)) return false;
  if (pending > flow->held &&
      !note_tail(recorder, in, pending - flow->held, STLS_STEP_RECORDS_IN))
    return false;
  recorder->flows[STLS_RECORDS_OUT].held =
      stls_bio_pending(stls_object_outgoing(object));
  return note_ends(recorder, event);
}

/* The clock, and what the application did to `outgoing`. */
static bool note_surroundings(struct recorder *recorder,
                              const stls_object *object)
{
  const stls_bio *out = stls_object_outgoing(object);
  const size_t limit = stls_bio_limit(out), kept = stls_bio_pending(out);
  const int64_t now = hold_time(recorder);
  bool is_noted = true;

  if (now != recorder->time)
    is_noted = note_number(recorder, STLS_STEP_TIME, now);
  recorder->time = now;
  if (limit != recorder->limit)
    is_noted =
        is_noted && note_number(recorder, STLS_STEP_LIMIT,
                                limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
  recorder->limit = limit;
  if (kept != recorder->kept)
    is_noted = is_noted && note_number(recorder, STLS_STEP_KEPT, (int64_t)kept);
  recorder->kept = kept;
  return is_noted;
}

static bool note_number(struct recorder *recorder, stls_step_kind kind,
                        int64_t number)
{
  stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;

  step.kind = kind;
  step.number = number;
  return stls_transcript_append(recorder->transcript, &step) != NULL;
}

static bool note_ends(struct recorder *recorder, const stls_call_event *event)
{
  struct flow *in = &recorder->flows[STLS_RECORDS_IN];
  struct flow *out = &recorder->flows[STLS_RECORDS_OUT];
  bool is_noted = true;

  if (event->has_incoming_ended && !in->has_ended)
    is_noted = note_number(recorder, STLS_STEP_EOF_IN, 0);
  if (event->has_outgoing_ended && !out->has_ended)
    is_noted = is_noted && note_number(recorder, STLS_STEP_EOF_OUT, 0);
  in->has_ended = event->has_incoming_ended;
  out->has_ended = event->has_outgoing_ended;
  return is_noted;
}

static bool note_end(struct recorder *recorder, const stls_object *object,
                     const stls_call_event *event)
{
  const stls_bio *out = stls_object_outgoing(object);
  struct flow *flows = recorder->flows;
  const size_t pending = stls_bio_pending(out);

  if (event->records.len > 0 && !note_passed(recorder, &event->records))
    return false;
  if (!note_call(recorder, event)) return false;
  if (pending > flows[STLS_RECORDS_OUT].held &&
      !note_tail(recorder, out, pending - flows[STLS_RECORDS_OUT].held,
                 STLS_STEP_RECORDS_OUT))
    return false;
  flows[STLS_RECORDS_IN].held = stls_bio_pending(stls_object_incoming(object));
  for (int i = 0; i < 2; i++)
    if (!stls_record_labels_attach(&flows[i].labels, recorder->transcript))
      return false;
  if (recorder->has_facts) return true;
  recorder->has_facts = stls_object_conninfo(object) != NULL;
  return !recorder->has_facts ||
         stls_recorder_header_add_facts(recorder->transcript, object);
}

/* What stls_object_read_from took. */
static bool note_passed(struct recorder *recorder, const stls_span *passed)
{
  uint8_t *bytes = stls_arena_alloc(&recorder->transcript->arena, passed->len);

  if (bytes == NULL) return false;
  memcpy(bytes, passed->data, passed->len);
  return note_bytes(recorder, bytes, passed->len, STLS_STEP_RECORDS_IN);
}

static bool note_call(struct recorder *recorder, const stls_call_event *event)
{
  stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
  stls_call_number number;

  step.call = stls_call_name_find(event->call, strlen(event->call), &number);
  if (step.call == NULL) return true;
  step.kind = STLS_STEP_CALL;
  step.result = event->result;
  step.argument = event->argument;
  step.asked = event->len;
  if (!copy_data(recorder->transcript, event, &step)) return false;
  return stls_transcript_append(recorder->transcript, &step) != NULL;
}

static bool copy_data(stls_transcript *transcript, const stls_call_event *event,
                      stls_transcript_step *step)
{
  const size_t num = event->num_data > 0 ? event->num_data : event->num_room;
  uint8_t *data;
  size_t at = 0;

  if (event->done == 0) return true;
  data = stls_arena_alloc(&transcript->arena, event->done);
  if (data == NULL) return false;
  for (size_t i = 0; i < num && at < event->done; i++) {
    const void *from =
        event->num_data > 0 ? event->data[i].data : event->room[i].data;
    size_t len = event->num_data > 0 ? event->data[i].len : event->room[i].len;
    if (len > event->done - at) len = event->done - at;
    if (len > 0) memcpy(data + at, from, len);
    at += len;
  }
  step->data = (stls_span){data, at};
  return true;
}

/* Copies the last `len` bytes of a queue, which may lie in several pieces. */
static bool note_tail(struct recorder *recorder, const stls_bio *bio,
                      size_t len, stls_step_kind kind)
{
  stls_span few[8], *spans = few;
  const size_t num = stls_bio_peekv(bio, NULL, 0);
  uint8_t *bytes = stls_arena_alloc(&recorder->transcript->arena, len);
  size_t skip = stls_bio_pending(bio) - len, at = 0;

  if (num > sizeof few / sizeof few[0])
    spans = stls_mem_alloc(num * sizeof *spans);
  if (bytes != NULL && spans != NULL) {
    (void)stls_bio_peekv(bio, spans, num);
    for (size_t i = 0; i < num; i++) {
      const size_t passed = skip < spans[i].len ? skip : spans[i].len;
      const size_t piece = spans[i].len - passed;
      if (piece > 0)
        memcpy(bytes + at, (const uint8_t *)spans[i].data + passed, piece);
      at += piece;
      skip -= passed;
    }
  }
  if (spans != few) stls_mem_free(spans);
  return bytes != NULL && spans != NULL &&
         note_bytes(recorder, bytes, len, kind);
}

/* Notes bytes in the arena, a step for each record. */
static bool note_bytes(struct recorder *recorder, const uint8_t *bytes,
                       size_t len, stls_step_kind kind)
{
  stls_transcript *transcript = recorder->transcript;
  struct flow *flow =
      &recorder->flows[kind == STLS_STEP_RECORDS_IN ? STLS_RECORDS_IN
                                                    : STLS_RECORDS_OUT];

  if (kind == STLS_STEP_RECORDS_IN && recorder->has_arrived)
    transcript->steps[recorder->last_in].has_more = true;
  while (len > 0) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    bool is_end;
    step.kind = kind;
    step.data.data = bytes;
    step.data.len = stls_record_cursor_take(&flow->cursor, bytes, len, &is_end);
    bytes += step.data.len;
    len -= step.data.len;
    step.has_more = kind == STLS_STEP_RECORDS_IN && len > 0;
    if (stls_transcript_append(transcript, &step) == NULL) return false;
    if (is_end && !stls_record_labels_end_record(&flow->labels, transcript,
                                                 flow->cursor.header[0]))
      return false;
  }
  if (kind == STLS_STEP_RECORDS_IN) {
    recorder->has_arrived = true;
    recorder->last_in = transcript->num_steps - 1;
  } else {
    recorder->kept = 0;
  }
  return true;
}
