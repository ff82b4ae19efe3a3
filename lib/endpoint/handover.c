/* SPDX-License-Identifier: MIT */
/* handover: gives the key of a direction to another record engine. */
#include <sanstls/handover.h>
#include <string.h>

#include "base/byte_reader.h"
#include "base/mem.h"
#include "endpoint/call.h"
#include "endpoint/observation.h"
#include "records/record_state.h"

static stls_result admit(const stls_object *object, stls_flow flow,
                         const stls_record_state *out_state, stls_error *err);
static stls_result check_established(const stls_object *object, stls_flow flow,
                                     stls_error *err);
static stls_result check_new_key(const stls_object *object, stls_flow flow,
                                 stls_error *err);
static stls_result check_drained(const stls_object *object, stls_flow flow,
                                 stls_error *err);
static const char *find_input(const stls_object *object);
static const char *find_output(const stls_object *object);
static stls_result export_state(stls_object *object, stls_flow flow,
                                stls_record_state *out_state, stls_error *err);
static void fill(const stls_object *object, stls_flow flow,
                 stls_record_state *out_state);
static stls_result begin(stls_object *object, stls_flow flow);

stls_result stls_object_export_insecure_record_state(
    stls_object *object, stls_flow flow, stls_record_state *out_state,
    stls_error *err)
{
  stls_result result = admit(object, flow, out_state, err);

  if (result != STLS_OK) return result;
  result = stls_call_enter(object, __func__);
  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it =
        stls_observation_of(object, __func__, (int)flow);
    return stls_observation_end(
        &it,
        stls_object_export_insecure_record_state(object, flow, out_state, err),
        NULL);
  }
  if (result != STLS_OK) return result;
  result = export_state(object, flow, out_state, err);
  return stls_call_leave(object, result);
}

static stls_result admit(const stls_object *object, stls_flow flow,
                         const stls_record_state *out_state, stls_error *err)
{
  stls_result result = STLS_OK;

  if (object == NULL) return stls_error_null(err, "object");
  if (stls_object_is_busy(object) || object->incoming->busy)
    return stls_error_fail(err, STLS_ERROR_MISUSE,
                           STLS_REASON_CALLED_FROM_CALLBACK,
                           "called from a callback");
  if (flow != STLS_RECORDS_IN && flow != STLS_RECORDS_OUT)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                           "flow %d is not an stls_flow", (int)flow);
  result = stls_sized_struct_check(stls_record_state_layout(), out_state,
                                   "out_state", err);
  if (result == STLS_OK) result = check_established(object, flow, err);
  if (result != STLS_OK) return result;
  return object->io.direct->flows[flow].is_exported
             ? check_new_key(object, flow, err)
             : check_drained(object, flow, err);
}

static stls_result check_established(const stls_object *object, stls_flow flow,
                                     stls_error *err)
{
  const stls_verdict verdict = stls_state_verdict(
      object->state,
      flow == STLS_RECORDS_IN ? STLS_CALL_READ : STLS_CALL_WRITE);

  if (verdict == STLS_VERDICT_REPEAT) return stls_object_error(object, err);
  if (verdict != STLS_VERDICT_RUN)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_STATE,
                           "%s", stls_state_phrase(object->state));
  if (object->io.direct == NULL)
    return stls_error_fail(
        err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
        "libssl protects the records of this connection, and "
        "does not give their keys");
  return STLS_OK;
}

/* Two engines with one key would use a nonce twice. */
static stls_result check_new_key(const stls_object *object, stls_flow flow,
                                 stls_error *err)
{
  const struct stls_direct_records *direct = object->io.direct;
  const char *problem = "the key was exported, and no KeyUpdate has changed it";

  if (direct->flows[flow].has_new_key) return STLS_OK;
  if (flow == STLS_RECORDS_OUT && direct->control.head != NULL)
    problem = "a control record waits: the key changes when it was sent";
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NOT_WANTED, "%s",
                         problem);
}

static stls_result check_drained(const stls_object *object, stls_flow flow,
                                 stls_error *err)
{
  const char *problem =
      flow == STLS_RECORDS_IN ? find_input(object) : find_output(object);

  if (problem == NULL) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NOT_DRAINED, "%s",
                         problem);
}

static const char *find_input(const stls_object *object)
{
  const struct stls_ssl_bios *io = &object->io;
  const struct stls_direct_records *direct = io->direct;

  if (stls_direct_records_pending(direct) > 0)
    return "received data waits: read it first";
  if (object->incoming->eof_written) return "the end of incoming was written";
  if (object->incoming->queue.len > 0)
    return "bytes wait in incoming: read them first";
  if (object->incoming->queue.reserved > 0)
    return "incoming has room reserved: commit it first";
  if (direct->partial_len > 0 || io->input.taken > 0 || io->input.is_raw)
    return "only a part of a record has arrived: read the rest first";
  if (direct->shown != NULL || io->is_mid_message || SSL_in_init(io->ssl) ||
      stls_direct_records_is_mid_message(direct))
    return "only a part of a message has arrived: read the rest first";
  return NULL;
}

static const char *find_output(const stls_object *object)
{
  const struct stls_ssl_bios *io = &object->io;

  if (!stls_record_output_takes(&io->output))
    return "the end of outgoing was written";
  if (object->cork.corked) return "the object is corked: flush it first";
  if (object->outgoing->queue.len > 0)
    return "bytes wait in outgoing: send them first";
  if (io->is_mid_message || SSL_in_init(io->ssl))
    return "only a part of a message has arrived: read the rest first";
  return NULL;
}

static stls_result export_state(stls_object *object, stls_flow flow,
                                stls_record_state *out_state, stls_error *err)
{
  struct stls_direct_records *direct = object->io.direct;
  struct stls_direct_flow *it = &direct->flows[flow];
  stls_record_state state = STLS_RECORD_STATE_INIT;
  stls_result result = STLS_OK;

  if (!stls_direct_records_derive(direct, object->io.ssl))
    return stls_error_memory(err);
  fill(object, flow, &state);
  if (!it->is_exported) result = begin(object, flow);
  if (result == STLS_OK) {
    it->has_new_key = false;
    stls_sized_struct_write(stls_record_state_layout(), out_state, &state);
  } else {
    (void)!stls_object_error(object, err);
  }
  stls_mem_wipe(&state, sizeof state);
  return result;
}

static void fill(const stls_object *object, stls_flow flow,
                 stls_record_state *out_state)
{
  static const stls_aead aeads[] = {
      [STLS_RECORD_AES_128_GCM] = STLS_AEAD_AES_128_GCM,
      [STLS_RECORD_AES_256_GCM] = STLS_AEAD_AES_256_GCM,
      [STLS_RECORD_CHACHA20_POLY1305] = STLS_AEAD_CHACHA20_POLY1305};
  const struct stls_record_suite *suite = &object->io.direct->suite;
  const struct stls_direct_flow *it = &object->io.direct->flows[flow];

  out_state->version = suite->is_tls_1_3 ? STLS_TLS_1_3 : STLS_TLS_1_2;
  out_state->aead = aeads[suite->aead];
  out_state->key_len = suite->key_len;
  memcpy(out_state->key, it->key.key, suite->key_len);
  memcpy(out_state->iv, it->key.iv, sizeof out_state->iv);
  if (suite->has_explicit_nonce && flow == STLS_RECORDS_OUT)
    stls_byte_reader_put(out_state->iv + 4, it->nonce + it->wire, 8);
  out_state->seq = it->wire;
  out_state->max_records = object->io.key_records;
  if (!suite->is_tls_1_3) return;
  out_state->secret_len = suite->hash_len;
  memcpy(out_state->secret, it->secret, suite->hash_len);
}

/* What is owed is written for the engine. Without memory it is tried again with the
 * next control record; the hand-over is done. */
static stls_result begin(stls_object *object, stls_flow flow)
{
  struct stls_ssl_bios *io = &object->io;
  stls_result result;

  stls_record_protect_clear(&io->direct->flows[flow].protect);
  io->direct->flows[flow].is_exported = object->is_handed_over = true;
  if (flow == STLS_RECORDS_IN) return STLS_OK;
  if (object->resumption.pending_tickets > 0)
    stls_resumption_send_tickets(&object->resumption, io->ssl,
                                 object->outgoing);
  result = stls_call_settle(object, stls_ssl_io_settle_debts(io));
  return io->error.result != STLS_OK ? result : STLS_OK;
}
