/* SPDX-License-Identifier: MIT */
/* call: does what every call on an object begins and ends with. */
#include "endpoint/call.h"

#include <stdio.h>

#include "context/session_lookup.h"
#include "endpoint/diagnosis.h"
#include "endpoint/snapshot.h"

static stls_result conclude_failure(stls_object *object, stls_result result);
static stls_result replace_error(stls_object *object, stls_result result,
                                 stls_reason reason, const char *problem);

stls_result stls_call_enter(stls_object *object, const char *call)
{
  stls_result result = stls_call_enter_data(object, call);

  if (result == STLS_OK) stls_ssl_bios_guard(&object->io);
  return result;
}

stls_result stls_call_refuse(stls_object *object, const char *call)
{
  if (object == NULL) return STLS_ERROR_MISUSE;
  if (stls_object_is_busy(object))
    return stls_call_misuse(object, call, STLS_REASON_CALLED_FROM_CALLBACK,
                            "called from a callback");
  if (object->activity == STLS_ACTIVITY_OBSERVED) return STLS_CALL_OBSERVED;
  return stls_call_misuse(object, call, STLS_REASON_IN_USE,
                          "another object is reading incoming");
}

stls_result stls_call_misuse(stls_object *object, const char *call,
                             stls_reason reason, const char *why)
{
  object->misused_call = call;
  object->misuse = why;
  object->misuse_reason = reason;
  return STLS_ERROR_MISUSE;
}

stls_result stls_call_unsupported(stls_object *object, const char *call,
                                  const char *why)
{
  (void)!stls_call_misuse(object, call, STLS_REASON_NOT_SUPPORTED, why);
  return STLS_ERROR_UNSUPPORTED;
}

stls_result stls_call_misplaced(stls_object *object, const char *call)
{
  return stls_call_misuse(object, call, STLS_REASON_WRONG_STATE,
                          stls_state_phrase(object->state));
}

stls_result stls_call_admit(stls_object *object, stls_call kind,
                            const char *call, bool *out_run)
{
  stls_verdict verdict = stls_state_verdict(object->state, kind);

  *out_run = verdict == STLS_VERDICT_RUN;
  return *out_run ? STLS_OK : stls_call_answer(object, verdict, call);
}

stls_result stls_call_answer(stls_object *object, stls_verdict verdict,
                             const char *call)
{
  switch (verdict) {
    case STLS_VERDICT_DONE:
      return STLS_OK;
    case STLS_VERDICT_END:
      return STLS_CLOSED;
    case STLS_VERDICT_REPEAT:
      /* There may have been no memory for it at the time. */
      (void)!stls_snapshot_take(object);
      return object->io.error.result;
    default:
      return stls_call_misplaced(object, call);
  }
}

stls_result stls_call_conclude(stls_object *object, stls_result result)
{
  if (object->io.error.result != STLS_OK)
    result = conclude_failure(object, result);
  else if (result == STLS_CLOSED)
    object->state = stls_state_next(object->state, STLS_EVENT_CLOSE_RECEIVED);
  stls_snapshot_take_auth(object);
  return result;
}

stls_result stls_object_error(const stls_object *object, stls_error *out_error)
{
  stls_error err = STLS_ERROR_INIT;

  if (object == NULL) return STLS_OK;
  if (object->state == STLS_STATE_FAILED) {
    stls_diagnosis_write(object, &err);
  } else if (object->misuse != NULL) {
    err.result = object->misuse_reason == STLS_REASON_NOT_SUPPORTED
                     ? STLS_ERROR_UNSUPPORTED
                     : STLS_ERROR_MISUSE;
    err.own_reason = object->misuse_reason;
    snprintf(err.message, sizeof err.message, "%s: %s", object->misused_call,
             object->misuse);
  }
  err.alert_sent = object->io.monitor.alert_sent;
  err.alert_received = object->io.monitor.alert_received;
  if (err.result != STLS_OK) stls_error_store(out_error, &err);
  return err.result;
}

static stls_result conclude_failure(stls_object *object, stls_result result)
{
  struct stls_ssl_error *error = &object->io.error;

  /* OpenSSL does not always leave an entry for this in its queue. */
  if (error->result == STLS_ERROR_CERTIFICATE &&
      object->verify.code == X509_V_ERR_OUT_OF_MEM)
    error->result = result = STLS_ERROR_MEMORY;
  if (object->psk.result != STLS_OK)
    result = replace_error(object, object->psk.result, STLS_REASON_PSK_UNUSABLE,
                           object->psk.problem);
  if (object->hello_check.result != STLS_OK)
    result =
        replace_error(object, object->hello_check.result,
                      object->hello_check.reason, object->hello_check.problem);
  if (object->stapling.result != STLS_OK)
    result = replace_error(object, object->stapling.result,
                           STLS_REASON_OCSP_REFUSED, object->stapling.problem);
  object->state = stls_state_next(object->state, STLS_EVENT_FAILED);
  stls_resumption_on_failure(&object->resumption, error->result);
  if (object->io.ssl != NULL)
    stls_session_lookup_forget(object->context, object->io.ssl, error->result);
  (void)!stls_snapshot_take(object);
  return result;
}

/* libssl knows only that a callback refused something. */
static stls_result replace_error(stls_object *object, stls_result result,
                                 stls_reason reason, const char *problem)
{
  struct stls_ssl_error *error = &object->io.error;

  error->result = result;
  error->reason =
      result == STLS_ERROR_MEMORY ? STLS_REASON_OUT_OF_MEMORY : reason;
  error->text = problem;
  return result;
}
