/* SPDX-License-Identifier: MIT */
/* post_handshake_auth: requests a client's certificate after the handshake. */
#include "endpoint/post_handshake_auth.h"

#include <openssl/sslerr.h>

#include <sanstls/conninfo.h>

#include "endpoint/call.h"
#include "endpoint/observation.h"

static stls_result check(stls_object *object, const char *call);
static stls_result send_request(stls_object *object, const char *call);
static int request_certificate(SSL *ssl, int how);
static void forget_last_answer(stls_object *object);
static stls_result refuse(stls_object *object, const char *call, int reason);

stls_result stls_object_verify_client(stls_object *object)
{
  stls_result result = stls_call_enter(object, __func__);

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, 0);
    return stls_observation_end(&it, stls_object_verify_client(object), NULL);
  }
  if (result != STLS_OK) return result;
  if (object->state == STLS_STATE_FAILED)
    result = object->io.error.result;
  else
    result = check(object, __func__);
  if (result == STLS_OK) result = send_request(object, __func__);
  return stls_call_leave(object, result);
}

stls_client_auth stls_object_client_auth(const stls_object *object)
{
  return object == NULL ? STLS_CLIENT_AUTH_NONE : object->auth.state;
}

const stls_conninfo *stls_object_client_auth_conninfo(const stls_object *object)
{
  return object == NULL ? NULL : object->auth.info;
}

static stls_result check(stls_object *object, const char *call)
{
  if (object->context->role != STLS_SERVER)
    return stls_call_misuse(object, call, STLS_REASON_WRONG_ROLE,
                            "only a server can send_request for a certificate");
  if (object->state != STLS_STATE_OPEN)
    return stls_call_misplaced(object, call);
  if (stls_conninfo_version(object->info) != STLS_TLS_1_3)
    return stls_call_misuse(
        object, call, STLS_REASON_WRONG_VERSION,
        "only TLS 1.3 can send_request after the handshake");
  if ((SSL_get_verify_mode(object->io.ssl) & SSL_VERIFY_PEER) == 0)
    return stls_call_misuse(object, call, STLS_REASON_CONFLICT,
                            "the context's verify mode is STLS_VERIFY_NONE");
  if (!object->hello_check.offers_post_handshake_auth)
    return refuse(object, call, SSL_R_EXTENSION_NOT_RECEIVED);
  if (object->auth.state == STLS_CLIENT_AUTH_REQUESTED)
    return refuse(object, call, SSL_R_REQUEST_PENDING);
  return STLS_OK;
}

static stls_result send_request(stls_object *object, const char *call)
{
  int reason = 0;
  stls_result result;

  if (!stls_record_output_takes(&object->io.output)) return STLS_CLOSED;
  if (stls_bio_room(object->outgoing) == 0) return STLS_WANT_WRITE;
  result = stls_ssl_io_send(&object->io, request_certificate, 0, &reason);
  if (result == STLS_ERROR_MISUSE) return refuse(object, call, reason);
  result = stls_call_settle(object, result);
  if (result == STLS_OK) forget_last_answer(object);
  return result;
}

static int request_certificate(SSL *ssl, int how)
{
  (void)how;
  return SSL_verify_client_post_handshake(ssl);
}

static void forget_last_answer(stls_object *object)
{
  stls_conninfo_free(object->auth.info);
  object->auth.info = NULL;
  object->auth.state = STLS_CLIENT_AUTH_REQUESTED;
  object->io.monitor.saw_auth_finished = false;
  stls_peer_verify_reset(&object->verify);
}

static stls_result refuse(stls_object *object, const char *call, int reason)
{
  switch (reason) {
    case SSL_R_EXTENSION_NOT_RECEIVED:
      return stls_call_misuse(
          object, call, STLS_REASON_NOT_OFFERED,
          "the client did not offer post-handshake authentication");
    case SSL_R_REQUEST_PENDING:
    case SSL_R_REQUEST_SENT:
      return stls_call_misuse(object, call, STLS_REASON_WRONG_STATE,
                              "the client has not answered the last request");
    default:
      return stls_call_misuse(object, call, STLS_REASON_WRONG_STATE,
                              "OpenSSL refuses it now");
  }
}
