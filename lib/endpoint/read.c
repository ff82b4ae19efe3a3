/* SPDX-License-Identifier: MIT */
/* read: returns decrypted application data. */
#include "endpoint/call.h"
#include "endpoint/handshake.h"
#include "endpoint/key_update.h"
#include "endpoint/observation.h"

STLS_COLD static stls_result read_barred(stls_object *object, void *out,
                                         size_t out_len, size_t *out_read);
STLS_COLD static stls_result peek_observed(stls_object *object, void *out,
                                           size_t out_len, size_t *out_read);
STLS_COLD static stls_result readv_observed(stls_object *object,
                                            const stls_writable_span *spans,
                                            size_t num_spans, size_t *out_read);
STLS_COLD static stls_result read_from_barred(stls_object *object,
                                              const void *in, size_t in_len,
                                              size_t *out_used, void *out,
                                              size_t out_len, size_t *out_read);
static inline bool is_starved(const stls_object *object, size_t more);
static stls_result check_spans(stls_object *object, const char *call,
                               const stls_writable_span *spans,
                               size_t num_spans, size_t *out_len);
static inline bool may_fill(const stls_object *object,
                            const stls_writable_span *span,
                            const size_t *out_read);
static inline stls_result read_span(stls_object *object,
                                    const stls_writable_span *span,
                                    size_t *out_read);
static stls_result read_spans(stls_object *object, const char *call,
                              const stls_writable_span *spans, size_t num_spans,
                              size_t *out_read);
static stls_result fill(stls_object *object, const stls_writable_span *span,
                        size_t *out_read);

stls_result stls_object_read(stls_object *object, void *out, size_t out_len,
                             size_t *out_read)
{
  const stls_writable_span span = {out, out_len};
  stls_result result;

  if (out_read != NULL) *out_read = 0;
  if (out_read != NULL && out != NULL && out_len > 0 && is_starved(object, 0))
    return STLS_WANT_READ;
  if (stls_call_is_barred(object))
    return read_barred(object, out, out_len, out_read);
  stls_call_start(object);
  if (may_fill(object, &span, out_read))
    result = read_span(object, &span, out_read);
  else
    result = read_spans(object, __func__, &span, 1, out_read);
  return stls_call_leave(object, result);
}

stls_result stls_object_peek(stls_object *object, void *out, size_t out_len,
                             size_t *out_read)
{
  const stls_writable_span span = {out, out_len};
  size_t len = 0;
  bool run = false;
  stls_result result = stls_call_enter_data(object, __func__);

  if (out_read != NULL) *out_read = 0;
  if (result == STLS_CALL_OBSERVED)
    return peek_observed(object, out, out_len, out_read);
  if (result != STLS_OK) return result;
  if (out_read == NULL)
    result = stls_call_misuse(object, __func__, STLS_REASON_NULL_ARGUMENT,
                              "out_read is NULL");
  else
    result = check_spans(object, __func__, &span, 1, &len);
  if (result == STLS_OK && len > 0)
    result = stls_handshake_admit(object, STLS_CALL_READ, __func__, &run);
  if (run)
    result = stls_call_settle(
        object, stls_ssl_io_peek(&object->io, out, out_len, out_read));
  return stls_call_leave(object, result);
}

stls_result stls_object_readv(stls_object *object,
                              const stls_writable_span *spans, size_t num_spans,
                              size_t *out_read)
{
  stls_result result = stls_call_enter_data(object, __func__);

  if (out_read != NULL) *out_read = 0;
  if (result == STLS_CALL_OBSERVED)
    return readv_observed(object, spans, num_spans, out_read);
  if (result != STLS_OK) return result;
  return stls_call_leave(
      object, read_spans(object, __func__, spans, num_spans, out_read));
}

stls_result stls_object_read_from(stls_object *object, const void *in,
                                  size_t in_len, size_t *out_used, void *out,
                                  size_t out_len, size_t *out_read)
{
  const stls_writable_span span = {out, out_len};
  struct stls_record_input *input;
  stls_result result;

  if (out_used != NULL) *out_used = 0;
  if (out_read != NULL) *out_read = 0;
  if (out_used != NULL && out_read != NULL && in != NULL && out != NULL &&
      out_len > 0 && is_starved(object, in_len) &&
      stls_chunk_queue_append_inside(&object->incoming->queue, in, in_len)) {
    *out_used = in_len;
    return STLS_WANT_READ;
  }
  if (stls_call_is_barred(object))
    return read_from_barred(object, in, in_len, out_used, out, out_len,
                            out_read);
  stls_call_start(object);
  input = &object->io.input;
  result = STLS_OK;
  if (out_used == NULL)
    result = stls_call_misuse(object, __func__, STLS_REASON_NULL_ARGUMENT,
                              "out_used is NULL");
  else if (in == NULL && in_len > 0)
    result = stls_call_misuse(object, __func__, STLS_REASON_NULL_ARGUMENT,
                              "in is NULL");
  else if (in_len > 0 && object->incoming->eof_written)
    result = stls_call_misuse(object, __func__, STLS_REASON_END_WRITTEN,
                              "the end of incoming was written");
  else if (in_len > 0 && object->incoming->queue.reserved > 0)
    result = stls_call_misuse(object, __func__, STLS_REASON_RESERVED,
                              "incoming has room reserved: commit it first");
  if (result == STLS_OK) {
    input->direct.data = in;
    input->direct.len = in_len;
    result = may_fill(object, &span, out_read)
                 ? read_span(object, &span, out_read)
                 : read_spans(object, __func__, &span, 1, out_read);
    *out_used = in_len - input->direct.len;
    input->direct.data = NULL;
    input->direct.len = 0;
  }
  return stls_call_leave(object, result);
}

static stls_result read_barred(stls_object *object, void *out, size_t out_len,
                               size_t *out_read)
{
  static const char *const call = "stls_object_read";
  const stls_writable_span span = {out, out_len};
  const stls_result result = stls_call_refuse(object, call);
  struct stls_observation it;

  if (result != STLS_CALL_OBSERVED) return result;
  it = stls_observation_of_read(object, call, &span, 1);
  stls_observation_begin(&it);
  return stls_observation_end(
      &it, stls_object_read(object, out, out_len, out_read), out_read);
}

static stls_result peek_observed(stls_object *object, void *out, size_t out_len,
                                 size_t *out_read)
{
  const stls_writable_span span = {out, out_len};
  struct stls_observation it =
      stls_observation_of_read(object, "stls_object_peek", &span, 1);

  stls_observation_begin(&it);
  return stls_observation_end(
      &it, stls_object_peek(object, out, out_len, out_read), out_read);
}

static stls_result readv_observed(stls_object *object,
                                  const stls_writable_span *spans,
                                  size_t num_spans, size_t *out_read)
{
  struct stls_observation it =
      stls_observation_of_read(object, "stls_object_readv", spans, num_spans);

  stls_observation_begin(&it);
  return stls_observation_end(
      &it, stls_object_readv(object, spans, num_spans, out_read), out_read);
}

static stls_result read_from_barred(stls_object *object, const void *in,
                                    size_t in_len, size_t *out_used, void *out,
                                    size_t out_len, size_t *out_read)
{
  static const char *const call = "stls_object_read_from";
  const stls_writable_span span = {out, out_len};
  stls_result result = stls_call_refuse(object, call);
  struct stls_observation it;

  if (result != STLS_CALL_OBSERVED) return result;
  it = stls_observation_of_read(object, call, &span, 1);
  it.event.records = (stls_span){in, in_len};
  stls_observation_begin(&it);
  result = stls_object_read_from(object, in, in_len, out_used, out, out_len,
                                 out_read);
  it.event.records.len = out_used != NULL ? *out_used : 0;
  return stls_observation_end(&it, result, out_read);
}

/* Whether nothing stands in the way of a read: the common case. */
static inline bool may_fill(const stls_object *object,
                            const stls_writable_span *span,
                            const size_t *out_read)
{
  return out_read != NULL && span->data != NULL &&
         stls_handshake_is_past(object, STLS_CALL_READ);
}

/* The same as read_spans for one span, in that case. */
static inline stls_result read_span(stls_object *object,
                                    const stls_writable_span *span,
                                    size_t *out_read)
{
  stls_result result;

  object->io.monitor.messages = 0;
  result = fill(object, span, out_read);
  return *out_read > 0 ? STLS_OK : result;
}

static stls_result read_spans(stls_object *object, const char *call,
                              const stls_writable_span *spans, size_t num_spans,
                              size_t *out_read)
{
  size_t len = 0;
  bool run = false;
  stls_result result;

  if (out_read == NULL)
    return stls_call_misuse(object, call, STLS_REASON_NULL_ARGUMENT,
                            "out_read is NULL");
  result = check_spans(object, call, spans, num_spans, &len);
  if (result != STLS_OK || len == 0) return result;
  result = stls_handshake_admit(object, STLS_CALL_READ, call, &run);
  object->io.monitor.messages = 0;
  for (size_t i = 0; i < num_spans && run && result == STLS_OK; i++)
    result = fill(object, &spans[i], out_read);
  /* The next call returns what stopped this one after some data. */
  return *out_read > 0 ? STLS_OK : result;
}

/* Whether `more` bytes added to the queue would still not complete the record:
 * the common case of small arrivals returns early. */
static inline bool is_starved(const stls_object *object, size_t more)
{
  return object != NULL && object->state == STLS_STATE_OPEN &&
         !stls_call_is_barred(object) &&
         stls_record_input_is_still_starved(&object->io.input, more);
}

static stls_result check_spans(stls_object *object, const char *call,
                               const stls_writable_span *spans,
                               size_t num_spans, size_t *out_len)
{
  if (spans == NULL && num_spans > 0)
    return stls_call_misuse(object, call, STLS_REASON_NULL_ARGUMENT,
                            "spans is NULL");
  for (size_t i = 0; i < num_spans; i++) {
    stls_result result =
        stls_call_add_span(object, call, spans[i].data, spans[i].len,
                           "a span to read into is NULL", out_len);
    if (result != STLS_OK) return result;
  }
  return STLS_OK;
}

static stls_result fill(stls_object *object, const stls_writable_span *span,
                        size_t *out_read)
{
  stls_result result = STLS_OK;
  size_t filled = 0;

  while (filled < span->len && result == STLS_OK) {
    size_t got = 0;
    object->io.has_data = *out_read + filled > 0;
    object->io.stops_at_auth_finished =
        object->auth.state == STLS_CLIENT_AUTH_REQUESTED;
    result = stls_ssl_io_read(&object->io, (uint8_t *)span->data + filled,
                              span->len - filled, &got);
    filled += got;
    if (result == STLS_OK && stls_key_update_is_due_from_peer(&object->io))
      stls_key_update_ask(object);
    /* The next call can as well find what follows an empty queue. */
    if (filled < span->len && stls_record_input_is_empty(&object->io.input))
      break;
  }
  *out_read += filled;
  object->io.has_data = object->io.stops_at_auth_finished = false;
  return stls_call_settle(object, result);
}
