/* SPDX-License-Identifier: MIT */
/* control: exchanges control records with another record engine. */
#include <sanstls/handover.h>

#include "endpoint/call.h"
#include "endpoint/key_update.h"
#include "endpoint/observation.h"

static stls_result check_content(stls_object *object, const char *call,
                                 int content_type, const void *data,
                                 size_t len);
static bool is_exported(const stls_object *object, stls_flow flow);
static stls_result check_count(stls_object *object, const char *call,
                               stls_flow flow, uint64_t num_records,
                               uint64_t len);
static stls_result count_in(stls_object *object, uint64_t num_records,
                            uint64_t len);
static stls_result count_out(stls_object *object, uint64_t num_records,
                             uint64_t len);

stls_result stls_object_receive_control(stls_object *object, int content_type,
                                        const void *data, size_t len)
{
  const stls_span span = {data, len};
  const struct stls_record_content content = {
      .type = (uint8_t)content_type, .spans = &span, .len = len};
  stls_result result = stls_call_enter(object, __func__);
  bool run = false;

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it =
        stls_observation_of(object, __func__, content_type);
    return stls_observation_end(
        &it, stls_object_receive_control(object, content_type, data, len),
        NULL);
  }
  if (result != STLS_OK) return result;
  result = check_content(object, __func__, content_type, data, len);
  if (result == STLS_OK)
    result = stls_call_admit(object, STLS_CALL_READ, __func__, &run);
  if (run)
    result = stls_call_settle(
        object, stls_ssl_io_receive_control(&object->io, &content));
  return stls_call_leave(object, result);
}

stls_span stls_object_peek_control(const stls_object *object, int *out_type)
{
  const stls_span none = {NULL, 0};
  const struct stls_control_record *record;

  if (object == NULL || object->io.direct == NULL) return none;
  record = object->io.direct->control.head;
  if (record == NULL) return none;
  if (out_type != NULL) *out_type = record->type;
  return (stls_span){record->content, record->len};
}

stls_result stls_object_consume_control(stls_object *object)
{
  struct stls_direct_records *direct;
  stls_result result = stls_call_enter_data(object, __func__);

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_consume_control(object), NULL);
  }
  if (result != STLS_OK) return result;
  direct = object->io.direct;
  if (direct == NULL || direct->control.head == NULL) {
    result = stls_call_misuse(object, __func__, STLS_REASON_NOT_WANTED,
                              "no control record waits");
  } else {
    if (direct->control.head->updates_key)
      direct->flows[STLS_RECORDS_OUT].has_new_key = true;
    stls_control_queue_drop(&direct->control);
  }
  return stls_call_leave(object, result);
}

stls_result stls_object_count_data(stls_object *object, stls_flow flow,
                                   uint64_t num_records, uint64_t len)
{
  const uint64_t max = STLS_RECORD_HEADER_PLAINTEXT_MAX;
  stls_result result = stls_call_enter(object, __func__);

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it =
        stls_observation_of(object, __func__, (int)flow);
    return stls_observation_end(
        &it, stls_object_count_data(object, flow, num_records, len), NULL);
  }
  if (result != STLS_OK) return result;
  if (object->state == STLS_STATE_FAILED)
    result = object->io.error.result;
  else
    result = check_count(object, __func__, flow, num_records, len);
  if (result == STLS_OK && num_records == 0)
    num_records = len / max + (len % max > 0);
  if (result == STLS_OK && num_records > 0)
    result = flow == STLS_RECORDS_IN ? count_in(object, num_records, len)
                                     : count_out(object, num_records, len);
  return stls_call_leave(object, result);
}

static stls_result check_content(stls_object *object, const char *call,
                                 int content_type, const void *data, size_t len)
{
  const struct stls_direct_records *direct = object->io.direct;

  if (data == NULL && len > 0)
    return stls_call_misuse(object, call, STLS_REASON_NULL_ARGUMENT,
                            "data is NULL");
  if (content_type < 0 || content_type > UINT8_MAX)
    return stls_call_misuse(object, call, STLS_REASON_OUT_OF_RANGE,
                            "content_type is not the type of a record");
  if (len > STLS_RECORD_HEADER_PLAINTEXT_MAX)
    return stls_call_misuse(object, call, STLS_REASON_TOO_LONG,
                            "len is more than 16384");
  if (!is_exported(object, STLS_RECORDS_IN))
    return stls_call_misuse(object, call, STLS_REASON_NOT_WANTED,
                            "records in were not handed over");
  if (content_type == SSL3_RT_APPLICATION_DATA &&
      !stls_direct_records_is_mid_message(direct))
    return stls_call_misuse(object, call, STLS_REASON_NOT_WANTED,
                            "application data is no control record");
  if (direct->flows[STLS_RECORDS_IN].has_new_key)
    return stls_call_misuse(object, call, STLS_REASON_WRONG_STATE,
                            "the key behind the KeyUpdate was not exported");
  return STLS_OK;
}

static bool is_exported(const stls_object *object, stls_flow flow)
{
  return object->io.direct != NULL &&
         object->io.direct->flows[flow].is_exported;
}

static stls_result check_count(stls_object *object, const char *call,
                               stls_flow flow, uint64_t num_records,
                               uint64_t len)
{
  const uint64_t max = (uint64_t)1 << 62;

  if ((flow != STLS_RECORDS_IN && flow != STLS_RECORDS_OUT) ||
      !is_exported(object, flow))
    return stls_call_misuse(object, call, STLS_REASON_NOT_WANTED,
                            "this direction was not handed over");
  if (num_records > max || len > max)
    return stls_call_misuse(object, call, STLS_REASON_OUT_OF_RANGE,
                            "num_records or len is more than 2^62");
  return STLS_OK;
}

static stls_result count_in(stls_object *object, uint64_t num_records,
                            uint64_t len)
{
  struct stls_ssl_bios *io = &object->io;
  stls_result result;

  io->monitor.records[STLS_RECORDS_IN] += num_records;
  io->budget.plaintext_out += len;
  io->budget.bytes_in +=
      len + num_records * stls_record_suite_overhead(&io->direct->suite);
  result = stls_call_settle(object,
                            stls_ssl_io_count_received(io, num_records, len));
  if (result == STLS_OK && stls_key_update_is_due_from_peer(io))
    stls_key_update_ask(object);
  return io->error.result != STLS_OK ? io->error.result : result;
}

/* A KeyUpdate that cannot be sent now is due again with the next data. */
static stls_result count_out(stls_object *object, uint64_t num_records,
                             uint64_t len)
{
  struct stls_ssl_bios *io = &object->io;
  stls_result result;

  io->monitor.records[STLS_RECORDS_OUT] += num_records;
  io->monitor.writes +=
      (size_t)(num_records < UINT16_MAX ? num_records : UINT16_MAX);
  io->budget.plaintext_in += len;
  io->budget.bytes_out +=
      len + num_records * stls_record_suite_overhead(&io->direct->suite);
  if (object->state != STLS_STATE_OPEN &&
      object->state != STLS_STATE_CLOSE_RECEIVED)
    return STLS_OK;
  if (!stls_key_update_is_due(io)) return STLS_OK;
  result = stls_key_update_renew(object);
  return result == STLS_WANT_WRITE || result == STLS_WANT_READ ? STLS_OK
                                                               : result;
}
