/* SPDX-License-Identifier: MIT */
/* reject: refuses the peer with a fatal alert. */
#include <openssl/ssl3.h>
#include <string.h>

#include <sanstls/object.h>
#include <sanstls/trace.h>

#include "endpoint/call.h"
#include "endpoint/observation.h"
#include "endpoint/select_context.h"
#include "io/fatal_alert.h"
#include "wire/trace.h"

static stls_result refuse(stls_object *object, const char *call, int alert);
static bool is_fatal(int alert);
static bool send_plain(stls_object *object, int alert);

stls_result stls_object_reject(stls_object *object, int alert)
{
  stls_result result = stls_call_enter(object, __func__);
  bool run = true;

  if (result == STLS_CALL_OBSERVED) {
    struct stls_observation it = stls_observation_of(object, __func__, alert);
    return stls_observation_end(&it, stls_object_reject(object, alert), NULL);
  }
  if (result != STLS_OK) return result;
  if (!stls_select_context_is_awaited(object))
    result = stls_call_admit(object, STLS_CALL_REJECT, __func__, &run);
  if (run) result = refuse(object, __func__, alert);
  return stls_call_leave(object, result);
}

static stls_result refuse(stls_object *object, const char *call, int alert)
{
  const bool is_plain = object->io.ssl == NULL;
  const char *text = stls_record_output_takes(&object->io.output)
                         ? NULL
                         : "the application refused the peer";

  if (!is_fatal(alert))
    return stls_call_misuse(object, call, STLS_REASON_UNKNOWN_VALUE,
                            "the alert is not one that is always fatal");
  if (!is_plain && !stls_fatal_alert_is_free(&object->io))
    return stls_call_unsupported(
        object, call, "it needs direct records (stls_context_set_records)");
  if (is_plain ? !send_plain(object, alert)
               : !stls_fatal_alert_send(&object->io, alert))
    return STLS_ERROR_MEMORY;
  (void)!stls_call_settle(object,
                          stls_ssl_bios_fail(&object->io, STLS_ERROR_TLS,
                                             STLS_REASON_REJECTED, text));
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

/* Before there are keys, an alert is plain text (RFC 8446, 5.1 and 6). false when
 * memory is short. */
static bool send_plain(stls_object *object, int alert)
{
  const uint8_t record[] = {SSL3_RT_ALERT, 0x03,          0x03, 0, 2,
                            SSL3_AL_FATAL, (uint8_t)alert};
  stls_trace_event event;

  if (!stls_record_output_put(&object->io.output, record, sizeof record))
    return false;
  if (!stls_record_output_takes(&object->io.output)) return true;
  object->io.budget.bytes_out += sizeof record;
  stls_trace_event_init(&event, 1, 0, STLS_CONTENT_HEADER, record,
                        STLS_RECORD_HEADER_LEN);
  stls_object_observe(object, &event);
  stls_trace_event_init(&event, 1, TLS1_2_VERSION, SSL3_RT_ALERT,
                        record + STLS_RECORD_HEADER_LEN,
                        sizeof record - STLS_RECORD_HEADER_LEN);
  stls_object_observe(object, &event);
  return true;
}
