/* SPDX-License-Identifier: MIT */
/* select_context: lets a server choose its context after the ClientHello. */
#include "endpoint/select_context.h"

#include <openssl/ssl.h>
#include <openssl/ssl3.h>
#include <string.h>

#include <sanstls/client_hello.h>
#include <sanstls/trace.h>

#include "base/mem.h"
#include "endpoint/call.h"
#include "wire/trace.h"

static stls_result check_awaited(stls_object *object, const char *call);
static stls_result open_ssl(stls_object *object, stls_context *context);
static bool is_fatal(int alert);
static stls_result send_alert(stls_object *object, int alert);

const stls_client_hello *stls_object_client_hello(const stls_object *object)
{
  return object == NULL || object->hello_buffer == NULL
             ? NULL
             : object->hello_buffer->hello;
}

stls_result stls_object_set_context(stls_object *object, stls_context *context)
{
  stls_result result = stls_call_enter(object, __func__);

  if (result != STLS_OK) return result;
  result = check_awaited(object, __func__);
  if (result == STLS_OK && context != NULL && context->role != STLS_SERVER)
    result = stls_call_misuse(object, __func__, STLS_REASON_WRONG_ROLE,
                              "the context is not a server's");
  if (result == STLS_OK)
    result = open_ssl(object, context == NULL ? object->context : context);
  return stls_call_leave(object, result);
}

stls_result stls_object_reject(stls_object *object, int alert)
{
  stls_result result = stls_call_enter(object, __func__);

  if (result != STLS_OK) return result;
  result = check_awaited(object, __func__);
  if (result == STLS_OK && !is_fatal(alert))
    result = stls_call_misuse(object, __func__, STLS_REASON_UNKNOWN_VALUE,
                              "the alert is not one that is always fatal");
  if (result == STLS_OK) result = send_alert(object, alert);
  if (result == STLS_OK)
    stls_call_settle(object, stls_ssl_bios_fail(&object->io, STLS_ERROR_TLS,
                                                STLS_REASON_REJECTED, NULL));
  return stls_call_leave(object, result);
}

stls_result stls_select_context_read_hello(stls_object *object)
{
  stls_ssl_bios_guard(&object->io);
  if (object->hello_check.has_no_choice)
    return open_ssl(object, object->context);
  switch (stls_hello_buffer_next(object->hello_buffer, &object->io.input,
                                 object->context->libctx)) {
    case STLS_HELLO_BUFFER_COMPLETE:
      return STLS_WANT_CONTEXT;
    case STLS_HELLO_BUFFER_STARVED:
      return STLS_WANT_READ;
    case STLS_HELLO_BUFFER_NO_MEMORY:
      return STLS_ERROR_MEMORY;
    default:
      object->hello_check.has_no_choice = true;
      return open_ssl(object, object->context);
  }
}

bool stls_select_context_is_ready(const stls_object *object)
{
  return object->hello_check.has_no_choice ||
         stls_hello_buffer_is_ready(object->hello_buffer, &object->io.input);
}

bool stls_select_context_is_awaited(const stls_object *object)
{
  return object->hello_buffer != NULL && object->hello_buffer->hello != NULL &&
         object->state == STLS_STATE_HANDSHAKING;
}

static stls_result check_awaited(stls_object *object, const char *call)
{
  if (stls_select_context_is_awaited(object)) return STLS_OK;
  return stls_call_misuse(object, call, STLS_REASON_NOT_WANTED,
                          "no context is wanted now");
}

/* libssl reads the ClientHello from its first byte on. */
static stls_result open_ssl(stls_object *object, stls_context *context)
{
  stls_result result = stls_object_open_ssl(object, context, NULL);

  if (result != STLS_OK) return result;
  stls_context_up_ref(context);
  stls_context_free(object->context);
  object->context = context;
  stls_hello_buffer_restore(object->hello_buffer, &object->incoming->queue);
  stls_mem_free(object->hello_buffer);
  object->hello_buffer = NULL;
  return STLS_OK;
}

/* RFC 8446, 6: all alerts but the closure alerts and those that were warnings
 * in TLS 1.2. */
static bool is_fatal(int alert)
{
  static const int others[] = {SSL_AD_CLOSE_NOTIFY, SSL_AD_NO_CERTIFICATE,
                               SSL_AD_USER_CANCELLED, SSL_AD_NO_RENEGOTIATION};

  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (others[i] == alert) return false;
  return strcmp(stls_alert_name(alert), "unknown") != 0;
}

/* OpenSSL has no call to send an alert. Before there are keys, an alert is
 * plain text (RFC 8446, 5.1 and 6). */
static stls_result send_alert(stls_object *object, int alert)
{
  const uint8_t record[] = {SSL3_RT_ALERT, 0x03,          0x03, 0, 2,
                            SSL3_AL_FATAL, (uint8_t)alert};
  stls_trace_event event;

  if (!stls_record_output_put(&object->io.output, record, sizeof record))
    return STLS_ERROR_MEMORY;
  if (!stls_record_output_takes(&object->io.output)) return STLS_OK;
  object->io.budget.bytes_out += sizeof record;
  stls_trace_event_init(&event, 1, 0, STLS_CONTENT_HEADER, record,
                        STLS_RECORD_HEADER_LEN);
  stls_object_observe(object, &event);
  stls_trace_event_init(&event, 1, TLS1_2_VERSION, SSL3_RT_ALERT,
                        record + STLS_RECORD_HEADER_LEN,
                        sizeof record - STLS_RECORD_HEADER_LEN);
  stls_object_observe(object, &event);
  return STLS_OK;
}
