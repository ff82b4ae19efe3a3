/* SPDX-License-Identifier: MIT */
/* write: encrypts application data into records. */
#include "endpoint/write.h"

#include "endpoint/call.h"
#include "endpoint/handshake.h"
#include "endpoint/key_update.h"
#include "endpoint/observation.h"
#include "endpoint/readiness.h"

STLS_COLD static stls_result write_barred(stls_object *object, const void *data,
                                          size_t len, size_t *out_written);
STLS_COLD static stls_result writev_observed(stls_object *object,
                                             const stls_span *spans,
                                             size_t num_spans,
                                             size_t *out_written);
static inline bool fits_corked(const stls_object *object, size_t len);
static stls_result check_spans(stls_object *object, const char *call,
                               const stls_span *spans, size_t num_spans,
                               size_t *out_len);
STLS_NOINLINE static stls_result write_one(stls_object *object,
                                           const void *data, size_t len,
                                           size_t *out_written);
static inline stls_result write_plain(stls_object *object,
                                      const stls_span *span,
                                      size_t *out_written);
static stls_result write_spans(stls_object *object, const char *call,
                               const stls_span *spans, size_t num_spans,
                               size_t *out_written);
static stls_result write_each(stls_object *object, const stls_span *spans,
                              size_t num_spans, size_t *out_written);
static stls_result write_records(stls_object *object, const stls_span *span,
                                 size_t *out_written);
static stls_result write_corked(stls_object *object, const stls_span *span,
                                size_t *out_written);
static stls_result write_shared(stls_object *object, const stls_span *spans,
                                size_t num_spans, size_t len,
                                size_t *out_written);
static void release_cork(stls_object *object);
static stls_result check_writable(stls_object *object);
static stls_result check_key(stls_object *object, bool was_taken);
static stls_result write_gathered(stls_object *object, const stls_span *spans,
                                  size_t len, size_t *out_written);
static stls_result seal(stls_object *object, const stls_span *spans,
                        size_t offset, size_t len, size_t *out_sealed);
static stls_result seal_cork(stls_object *object);

stls_result stls_object_write(stls_object *object, const void *data, size_t len,
                              size_t *out_written)
{
  if (out_written != NULL) *out_written = 0;
  if (out_written != NULL && data != NULL && fits_corked(object, len)) {
    *out_written = stls_cork_buffer_put(&object->cork, data, len);
    return STLS_OK;
  }
  return write_one(object, data, len, out_written);
}

stls_result stls_object_writev(stls_object *object, const stls_span *spans,
                               size_t num_spans, size_t *out_written)
{
  stls_result result = stls_call_enter_data(object, __func__);

  if (out_written != NULL) *out_written = 0;
  if (result == STLS_CALL_OBSERVED)
    return writev_observed(object, spans, num_spans, out_written);
  if (result != STLS_OK) return result;
  return stls_call_leave(
      object, write_spans(object, __func__, spans, num_spans, out_written));
}

stls_result stls_object_cork(stls_object *object)
{
  stls_result result = stls_call_enter_data(object, __func__);
  stls_verdict verdict;

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_cork(object), NULL);
  }
  if (result != STLS_OK) return result;
  verdict = stls_state_verdict(object->state, STLS_CALL_WRITE);
  if (verdict == STLS_VERDICT_REPEAT || verdict == STLS_VERDICT_MISUSE)
    result = stls_call_answer(object, verdict, __func__);
  else if (!stls_record_output_takes(&object->io.output))
    result = STLS_CLOSED;
  else if (object->io.direct != NULL &&
           object->io.direct->flows[STLS_RECORDS_OUT].is_exported)
    result = stls_call_misuse(object, __func__, STLS_REASON_WRONG_STATE,
                              "records out were handed over");
  else
    object->cork.corked = true;
  return stls_call_leave(object, result);
}

stls_result stls_object_flush(stls_object *object)
{
  stls_result result = stls_call_enter_data(object, __func__);

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_flush(object), NULL);
  }
  if (result != STLS_OK) return result;
  return stls_call_leave(object, stls_write_flush(object, __func__));
}

stls_result stls_write_flush(stls_object *object, const char *call)
{
  stls_result result = STLS_OK;
  bool run;

  if (object->state == STLS_STATE_FAILED || object->cork.len > 0)
    result = stls_call_admit(object, STLS_CALL_WRITE, call, &run);
  while (result == STLS_OK && object->cork.len > 0) result = seal_cork(object);
  if (result != STLS_OK) return result;
  release_cork(object);
  object->cork.corked = false;
  return STLS_OK;
}

/* Whether a corked write only needs to append its data, without filling the
 * record: the common case returns early. */
static inline bool fits_corked(const stls_object *object, size_t len)
{
  return object != NULL && object->state == STLS_STATE_OPEN &&
         !stls_call_is_barred(object) && object->cork.corked &&
         stls_record_output_takes(&object->io.output) &&
         object->cork.cap == STLS_RECORD_HEADER_PLAINTEXT_MAX &&
         len < object->cork.cap - object->cork.len;
}

static stls_result write_one(stls_object *object, const void *data, size_t len,
                             size_t *out_written)
{
  const char *const call = "stls_object_write";
  const stls_span span = {data, len};
  stls_result result;

  if (stls_call_is_barred(object))
    return write_barred(object, data, len, out_written);
  stls_call_start(object);
  if (out_written == NULL || data == NULL || object->cork.corked ||
      !stls_handshake_is_past(object, STLS_CALL_WRITE))
    result = write_spans(object, call, &span, 1, out_written);
  else
    result = write_plain(object, &span, out_written);
  return stls_call_leave(object, result);
}

static stls_result write_barred(stls_object *object, const void *data,
                                size_t len, size_t *out_written)
{
  static const char *const call = "stls_object_write";
  const stls_span span = {data, len};
  const stls_result result = stls_call_refuse(object, call);
  struct stls_observation it;

  if (result != STLS_CALL_OBSERVED) return result;
  it = stls_observation_of_write(object, call, &span, 1);
  stls_observation_begin(&it);
  return stls_observation_end(
      &it, stls_object_write(object, data, len, out_written), out_written);
}

static stls_result writev_observed(stls_object *object, const stls_span *spans,
                                   size_t num_spans, size_t *out_written)
{
  struct stls_observation it =
      stls_observation_of_write(object, "stls_object_writev", spans, num_spans);

  stls_observation_begin(&it);
  return stls_observation_end(
      &it, stls_object_writev(object, spans, num_spans, out_written),
      out_written);
}

/* The same as write_spans, where nothing stands in the way: the common case. */
static inline stls_result write_plain(stls_object *object,
                                      const stls_span *span,
                                      size_t *out_written)
{
  stls_result result = write_records(object, span, out_written);

  return *out_written > 0 ? STLS_OK : result;
}

static stls_result write_spans(stls_object *object, const char *call,
                               const stls_span *spans, size_t num_spans,
                               size_t *out_written)
{
  size_t len = 0;
  bool run = false;
  stls_result result;

  if (out_written == NULL)
    return stls_call_misuse(object, call, STLS_REASON_NULL_ARGUMENT,
                            "out_written is NULL");
  result = check_spans(object, call, spans, num_spans, &len);
  if (result != STLS_OK || len == 0) return result;
  result = stls_handshake_admit(object, STLS_CALL_WRITE, call, &run);
  if (run) result = check_writable(object);
  run = run && result == STLS_OK;
  if (run && (num_spans == 1 || object->cork.corked))
    result = write_each(object, spans, num_spans, out_written);
  else if (run)
    result = write_shared(object, spans, num_spans, len, out_written);
  /* The next call returns what stopped this one after some data. */
  return *out_written > 0 ? STLS_OK : result;
}

static stls_result check_spans(stls_object *object, const char *call,
                               const stls_span *spans, size_t num_spans,
                               size_t *out_len)
{
  if (spans == NULL && num_spans > 0)
    return stls_call_misuse(object, call, STLS_REASON_NULL_ARGUMENT,
                            "spans is NULL");
  for (size_t i = 0; i < num_spans; i++) {
    stls_result result =
        stls_call_add_span(object, call, spans[i].data, spans[i].len,
                           "data to write is NULL", out_len);
    if (result != STLS_OK) return result;
  }
  return STLS_OK;
}

static stls_result write_each(stls_object *object, const stls_span *spans,
                              size_t num_spans, size_t *out_written)
{
  stls_result result = STLS_OK;

  for (size_t i = 0; i < num_spans && result == STLS_OK; i++)
    result = object->cork.corked
                 ? write_corked(object, &spans[i], out_written)
                 : write_records(object, &spans[i], out_written);
  return result;
}

static stls_result write_records(stls_object *object, const stls_span *span,
                                 size_t *out_written)
{
  stls_result result = STLS_OK;
  size_t done = 0;

  while (done < span->len && result == STLS_OK) {
    size_t sealed = 0;
    result = seal(object, span, done, span->len - done, &sealed);
    done += sealed;
  }
  *out_written += done;
  return result;
}

static stls_result write_corked(stls_object *object, const stls_span *span,
                                size_t *out_written)
{
  stls_result result = STLS_OK;
  size_t done = 0;

  if (!stls_cork_buffer_open(&object->cork, STLS_RECORD_HEADER_PLAINTEXT_MAX))
    return STLS_ERROR_MEMORY;
  while (done < span->len && result == STLS_OK) {
    if (stls_cork_buffer_is_full(&object->cork)) result = seal_cork(object);
    if (result == STLS_OK) result = check_writable(object);
    if (result == STLS_OK)
      done += stls_cork_buffer_put(
          &object->cork, (const uint8_t *)span->data + done, span->len - done);
  }
  *out_written += done;
  /* A full record is sent at once, not by the next call. */
  if (result == STLS_OK && stls_cork_buffer_is_full(&object->cork))
    result = seal_cork(object);
  return result;
}

/* Joins the spans, so that each record but the last is full. */
static stls_result write_shared(stls_object *object, const stls_span *spans,
                                size_t num_spans, size_t len,
                                size_t *out_written)
{
  struct stls_cork_buffer *cork = &object->cork;
  stls_result result = STLS_OK;

  if (stls_ssl_io_gathers(&object->io))
    return write_gathered(object, spans, len, out_written);
  if (!stls_cork_buffer_open(cork, len)) return STLS_ERROR_MEMORY;
  while (*out_written < len && result == STLS_OK) {
    size_t sealed = 0;
    size_t room = stls_readiness_fragment_room(object, len - *out_written);
    stls_cork_buffer_drop(cork, cork->len);
    stls_cork_buffer_putv(cork, spans, num_spans, *out_written, room);
    result = seal(object, &(stls_span){cork->data, cork->len}, 0, cork->len,
                  &sealed);
    *out_written += sealed;
  }
  release_cork(object);
  return result;
}

/* The same without a copy. */
static stls_result write_gathered(stls_object *object, const stls_span *spans,
                                  size_t len, size_t *out_written)
{
  stls_result result = STLS_OK;
  size_t offset = 0;

  while (*out_written < len && result == STLS_OK) {
    size_t sealed = 0;
    for (; offset >= spans->len; spans++) offset -= spans->len;
    result = seal(object, spans, offset, len - *out_written, &sealed);
    *out_written += sealed;
    offset += sealed;
  }
  return result;
}

/* With STLS_BUFFERS_KEEP the buffer is likely needed again soon. */
static void release_cork(stls_object *object)
{
  if (object->context->buffers == STLS_BUFFERS_KEEP)
    stls_cork_buffer_wipe(&object->cork);
  else
    stls_cork_buffer_close(&object->cork);
}

/* Whether plaintext can be sent at all. Our close_notify must wait for data
 * that a cork holds. */
static stls_result check_writable(stls_object *object)
{
  if (!stls_record_output_takes(&object->io.output)) return STLS_CLOSED;
  if (!stls_key_update_is_overdue(&object->io)) return STLS_OK;
  return object->cork.len > 0 ? STLS_CLOSED : stls_key_update_renew(object);
}

/* The same, and changes a key that is due. Data that a cork holds is sent even
 * with an overdue key: it is one record, and the margin is wide. */
static stls_result check_key(stls_object *object, bool was_taken)
{
  if (!stls_record_output_takes(&object->io.output)) return STLS_CLOSED;
  if (!stls_key_update_is_due(&object->io)) return STLS_OK;
  if (was_taken && stls_key_update_is_overdue(&object->io)) return STLS_OK;
  return stls_key_update_renew(object);
}

static stls_result seal(stls_object *object, const stls_span *spans,
                        size_t offset, size_t len, size_t *out_sealed)
{
  /* Computed before a KeyUpdate uses some of it: an empty queue has room for a
   * record. */
  size_t room = stls_readiness_fragment_room(object, len);
  stls_result result = check_key(
      object, spans->data == object->cork.data && object->cork.corked);

  if (result != STLS_OK) return result;
  if (room == 0) return STLS_WANT_WRITE;
  if (object->resumption.pending_tickets > 0) {
    stls_ssl_bios_guard(&object->io);
    stls_resumption_send_tickets(&object->resumption, object->io.ssl,
                                 object->outgoing);
  }
  return stls_call_settle(
      object, stls_ssl_io_write(&object->io, spans, offset, room, out_sealed));
}

static stls_result seal_cork(stls_object *object)
{
  size_t sealed = 0;
  const stls_span span = {object->cork.data, object->cork.len};
  stls_result result = seal(object, &span, 0, span.len, &sealed);

  stls_cork_buffer_drop(&object->cork, sealed);
  return result;
}
