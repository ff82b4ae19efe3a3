/* SPDX-License-Identifier: MIT */
/* handshake (L5): an object's way to its handshake's end, and what is kept. */
#include "keylimit.h"
#include "object.h"
#include "pskinfo.h"

static stls_result blame(stls_object *object, stls_result result,
                         stls_reason reason, const char *problem);
static bool lacks_extended_master_secret(const stls_object *object);
static void take_snapshot(stls_object *object);
static const char *asked_for(const stls_object *object);

stls_result stls_object_handshake(stls_object *object)
{
  stls_result result = stls_object_enter(object, __func__);
  bool run;

  if (result != STLS_OK) return result;
  result = stls_object_admit(object, STLS_CALL_HANDSHAKE, __func__, &run);
  if (run) result = stls_object_shake(object);
  return stls_object_leave(object, result);
}

stls_result stls_object_admit(stls_object *object, stls_call kind,
                              const char *call, bool *out_run)
{
  stls_verdict verdict = stls_state_verdict(object->state, kind);
  stls_result result = STLS_OK;

  if (verdict == STLS_VERDICT_HANDSHAKE) {
    result = stls_object_shake(object);
    verdict = stls_state_verdict(object->state, kind);
  }
  *out_run = result == STLS_OK && verdict == STLS_VERDICT_RUN;
  if (result != STLS_OK) return result;
  switch (verdict) {
    case STLS_VERDICT_RUN:
    case STLS_VERDICT_DONE:
      return STLS_OK;
    case STLS_VERDICT_END:
      return STLS_CLOSED;
    case STLS_VERDICT_REPEAT:
      /* In case there was no memory for it at the time. */
      take_snapshot(object);
      return object->drive.cause.result;
    default:
      return stls_object_misplaced(object, call);
  }
}

stls_result stls_object_settle(stls_object *object, stls_result result)
{
  /* OpenSSL does not always leave word of it in its queue. */
  if (object->drive.cause.result == STLS_ERROR_CERTIFICATE &&
      object->verify.code == X509_V_ERR_OUT_OF_MEM)
    object->drive.cause.result = result = STLS_ERROR_MEMORY;
  if (object->drive.cause.result != STLS_OK) {
    if (object->psk.result != STLS_OK)
      result = blame(object, object->psk.result, STLS_REASON_PSK_UNUSABLE,
                     object->psk.problem);
    if (object->hello.result != STLS_OK)
      result = blame(object, object->hello.result, object->hello.reason,
                     object->hello.problem);
    object->state = stls_state_next(object->state, STLS_EVENT_FAILED);
    stls_sessions_fail(&object->sessions, object->drive.cause.result);
    take_snapshot(object);
  } else if (result == STLS_CLOSED) {
    object->state = stls_state_next(object->state, STLS_EVENT_CLOSE_RECEIVED);
  }
  stls_postauth_settle(&object->auth, &object->drive, &object->verify,
                       object->info);
  return result;
}

stls_result stls_object_shake(stls_object *object)
{
  stls_result result;

  stls_drive_guard(&object->drive);
  object->state = stls_state_next(object->state, STLS_EVENT_STARTED);
  result = object->prelude != NULL ? stls_object_greet(object) : STLS_OK;
  if (result != STLS_OK) return result;
  result = stls_drive_handshake(&object->drive);
  if (result == STLS_OK) stls_psk_settle(&object->psk, object->drive.ssl);
  /* A resumed session carries the identity that was verified for it. */
  if (result == STLS_OK && !SSL_session_reused(object->drive.ssl) &&
      !stls_psk_authenticates(&object->psk, object->drive.ssl) &&
      !stls_verify_is_complete(&object->verify, object->drive.ssl))
    result = stls_drive_fail(&object->drive, STLS_ERROR_CERTIFICATE,
                             STLS_REASON_NOT_VERIFIED,
                             "the server was not verified");
  if (result == STLS_OK && lacks_extended_master_secret(object))
    result = stls_drive_fail(&object->drive, STLS_ERROR_TLS,
                             STLS_REASON_EXTENDED_MASTER_SECRET_MISSING,
                             "there is no extended master secret, which the "
                             "context requires");
  result = stls_object_settle(object, result);
  if (result != STLS_OK) return result;
  take_snapshot(object);
  if (object->info == NULL) {
    /* libssl answers at once when it is asked again. */
    object->drive.is_primed = true;
    return STLS_ERROR_MEMORY;
  }
  object->drive.key_records = stls_keylimit_records(object->drive.ssl);
  stls_sessions_establish(&object->owner, object->drive.ssl,
                          stls_conninfo_peer_verified(object->info));
  object->state = stls_state_next(object->state, STLS_EVENT_ESTABLISHED);
  return STLS_OK;
}

/* Where nobody could be stopped before. */
static bool lacks_extended_master_secret(const stls_object *object)
{
  SSL *ssl = object->drive.ssl;

  return object->context->requires_extended_master_secret &&
         SSL_version(ssl) != TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1;
}

/* libssl knows that something was refused, and no more. */
static stls_result blame(stls_object *object, stls_result result,
                         stls_reason reason, const char *problem)
{
  struct stls_cause *cause = &object->drive.cause;

  cause->result = result;
  cause->reason =
      result == STLS_ERROR_MEMORY ? STLS_REASON_OUT_OF_MEMORY : reason;
  cause->text = problem;
  return result;
}

static void take_snapshot(stls_object *object)
{
  const char *name = asked_for(object);

  if (object->info != NULL) return;
  stls_drive_guard(&object->drive);
  object->info = stls_conninfo_take(object->drive.ssl,
                                    object->drive.cause.result == STLS_OK,
                                    &object->verify, name);
  if (object->info == NULL) return;
  object->info->hello_retried = object->drive.watch.server_hellos > 1;
  /* libssl would tell the group of the session. */
  if (object->info->version == STLS_TLS_1_3 && !object->hello.has_key_share)
    object->info->group_name = NULL;
  if (stls_pskinfo_take(object->info, object->drive.ssl, &object->psk)) return;
  stls_conninfo_free(object->info);
  object->info = NULL;
}

/* The server name, in one spelling wherever it comes from. */
static const char *asked_for(const stls_object *object)
{
  if (object->prelude != NULL)
    return stls_client_hello_server_name(object->prelude->hello);
  return object->context->role == STLS_CLIENT ? object->server_name
                                              : object->hello.server_name;
}
