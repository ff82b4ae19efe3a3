/* SPDX-License-Identifier: MIT */
/* handshake: runs the handshake and checks its outcome. */
#include "endpoint/handshake.h"

#include <sanstls/conninfo.h>

#include "context/record_bypass.h"
#include "endpoint/call.h"
#include "endpoint/key_update.h"
#include "endpoint/observation.h"
#include "endpoint/select_context.h"
#include "endpoint/snapshot.h"

static stls_result check_direction(stls_object *object, stls_call kind,
                                   const char *call);
static stls_result run(stls_object *object);
static stls_result run_and_check(stls_object *object);
static bool lacks_verification(const stls_object *object);
static bool lacks_extended_master_secret(const stls_object *object);
static void count_from_finished(stls_object *object);
static stls_result establish(stls_object *object);

stls_result stls_object_handshake(stls_object *object)
{
  stls_result result = stls_call_enter_data(object, __func__);
  bool must_run;

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_handshake(object), NULL);
  }
  if (result != STLS_OK) return result;
  result = stls_call_admit(object, STLS_CALL_HANDSHAKE, __func__, &must_run);
  if (must_run) result = run(object);
  return stls_call_leave(object, result);
}

stls_result stls_handshake_run_first(stls_object *object, stls_call kind,
                                     const char *call, bool *out_run)
{
  stls_verdict verdict = stls_state_verdict(object->state, kind);

  *out_run = false;
  if (verdict == STLS_VERDICT_HANDSHAKE) {
    stls_result result = run(object);
    if (result != STLS_OK) return result;
    verdict = stls_state_verdict(object->state, kind);
  }
  if (verdict != STLS_VERDICT_RUN)
    return stls_call_answer(object, verdict, call);
  if (object->is_handed_over) {
    stls_result result = check_direction(object, kind, call);
    if (result != STLS_OK) return result;
  }
  *out_run = true;
  return STLS_OK;
}

/* Another engine may have the records. */
static stls_result check_direction(stls_object *object, stls_call kind,
                                   const char *call)
{
  const stls_flow flow =
      kind == STLS_CALL_READ ? STLS_RECORDS_IN : STLS_RECORDS_OUT;

  if (!object->io.direct->flows[flow].is_exported) return STLS_OK;
  return stls_call_misuse(object, call, STLS_REASON_WRONG_STATE,
                          flow == STLS_RECORDS_IN
                              ? "records in were handed over"
                              : "records out were handed over");
}

static stls_result run(stls_object *object)
{
  stls_result result = STLS_OK;

  object->state = stls_state_next(object->state, STLS_EVENT_STARTED);
  if (object->hello_buffer != NULL)
    result = stls_select_context_read_hello(object);
  if (result != STLS_OK) return result;
  result = stls_call_settle(object, run_and_check(object));
  return result == STLS_OK ? establish(object) : result;
}

/* libssl may report success for a handshake that the context's policy
 * forbids. */
static stls_result run_and_check(stls_object *object)
{
  stls_result result = stls_ssl_io_handshake(&object->io);

  if (result != STLS_OK) return result;
  stls_psk_callbacks_finish(&object->psk, object->io.ssl);
  if (lacks_verification(object))
    return stls_ssl_bios_fail(
        &object->io, STLS_ERROR_CERTIFICATE, STLS_REASON_NOT_VERIFIED,
        "the server was not verified, although the context requires it");
  if (lacks_extended_master_secret(object))
    return stls_ssl_bios_fail(&object->io, STLS_ERROR_TLS,
                              STLS_REASON_EXTENDED_MASTER_SECRET_MISSING,
                              "there is no extended master secret, which the "
                              "context requires");
  return STLS_OK;
}

/* A resumed session carries the identity that was verified when it began. */
static bool lacks_verification(const stls_object *object)
{
  SSL *ssl = object->io.ssl;

  return !SSL_session_reused(ssl) &&
         !stls_psk_callbacks_authenticates(&object->psk, ssl) &&
         !stls_peer_verify_is_complete(&object->verify, ssl);
}

/* There is no earlier point at which the peer could be refused. */
static bool lacks_extended_master_secret(const stls_object *object)
{
  SSL *ssl = object->io.ssl;

  return object->context->requires_extended_master_secret &&
         SSL_version(ssl) != TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1;
}

/* How many records the present keys have protected: in TLS 1.2 each Finished, in
 * TLS 1.3 a server's tickets, which on_message counts from. */
static void count_from_finished(stls_object *object)
{
  struct stls_message_monitor *monitor = &object->io.monitor;
  const bool is_tls_1_3 = SSL_version(object->io.ssl) == TLS1_3_VERSION;

  if (object->io.direct != NULL) return;
  if (!is_tls_1_3 || object->context->role == STLS_CLIENT)
    stls_message_monitor_note_key(monitor, STLS_RECORDS_OUT);
  stls_message_monitor_note_key(monitor, STLS_RECORDS_IN);
  if (is_tls_1_3) return;
  monitor->records_before_key[STLS_RECORDS_OUT]--;
  monitor->records_before_key[STLS_RECORDS_IN]--;
}

static stls_result establish(stls_object *object)
{
  SSL *ssl = object->io.ssl;

  count_from_finished(object);
  if (object->io.may_bypass &&
      stls_record_bypass_is_wanted(object->context, ssl))
    stls_ssl_bios_bypass(&object->io, &object->context->record_algorithms);
  if (!stls_snapshot_take(object)) {
    /* The next call gets the same answer from libssl without new input. */
    object->io.is_primed = true;
    return STLS_ERROR_MEMORY;
  }
  if (!object->io.keeps_buffers) stls_ssl_bios_forget_key_exchange(ssl);
  object->io.key_records = stls_key_update_max_records(ssl);
  stls_resumption_on_established(&object->owner, ssl,
                                 stls_conninfo_peer_verified(object->info));
  object->state = stls_state_next(object->state, STLS_EVENT_ESTABLISHED);
  return STLS_OK;
}
