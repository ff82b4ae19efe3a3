/* SPDX-License-Identifier: MIT */
/* message_monitor: counts records, messages and alerts, and detects floods. */
#include "io/message_monitor.h"

#include <openssl/ssl3.h>
#include <sanstls/context.h>
#include <sanstls/trace.h>
#include <string.h>

/* RFC 8879, 9.2; the headers of OpenSSL 3.0 do not have it. */
#define COMPRESSED_CERTIFICATE 25

static void note_key_update(struct stls_message_monitor *monitor,
                            stls_flow flow);

void stls_message_monitor_init(struct stls_message_monitor *monitor)
{
  memset(monitor, 0, sizeof *monitor);
  monitor->alert_sent = -1;
  monitor->alert_received = -1;
}

void stls_message_monitor_note_message(struct stls_message_monitor *monitor,
                                       stls_flow flow, int content_type,
                                       int message_type)
{
  monitor->saw_message = true;
  if (content_type == SSL3_RT_ALERT)
    *(flow == STLS_RECORDS_IN ? &monitor->alert_received
                              : &monitor->alert_sent) = message_type;
  if (content_type != SSL3_RT_HANDSHAKE) return;
  if (flow == STLS_RECORDS_IN)
    monitor->took_certificate = message_type == SSL3_MT_CERTIFICATE ||
                                message_type == COMPRESSED_CERTIFICATE;
  if (message_type == SSL3_MT_SERVER_HELLO) monitor->server_hellos++;
  if (message_type == SSL3_MT_KEY_UPDATE) note_key_update(monitor, flow);
}

void stls_message_monitor_note_post_handshake(
    struct stls_message_monitor *monitor, int message_type)
{
  monitor->messages++;
  /* A peer that only receives also sends KeyUpdates and tickets
   * legitimately. */
  if (monitor->writes >= STLS_MESSAGE_MONITOR_WRITES_MIN)
    stls_message_monitor_reset_counts(monitor);
  if (message_type == SSL3_MT_KEY_UPDATE) monitor->key_updates++;
  if (message_type == SSL3_MT_NEWSESSION_TICKET) monitor->tickets++;
  if (message_type == SSL3_MT_HELLO_REQUEST ||
      message_type == SSL3_MT_CLIENT_HELLO)
    monitor->renegotiations++;
  if (message_type == SSL3_MT_CERTIFICATE_REQUEST)
    monitor->certificate_requests++;
  if (message_type == SSL3_MT_FINISHED) monitor->saw_auth_finished = true;
}

const char *stls_message_monitor_excess(
    const struct stls_message_monitor *monitor, const size_t *limits)
{
  if (monitor->key_updates > limits[STLS_LIMIT_KEY_UPDATES])
    return "too many KeyUpdates without application data";
  if (monitor->certificate_requests > limits[STLS_LIMIT_KEY_UPDATES])
    return "too many requests for a certificate without application data";
  if (monitor->tickets > limits[STLS_LIMIT_TICKETS])
    return "too many session tickets without application data";
  if (monitor->empty_records > limits[STLS_LIMIT_EMPTY_RECORDS])
    return "too many empty records";
  if (monitor->renegotiations > limits[STLS_LIMIT_RENEGOTIATIONS])
    return "too many requests to renegotiate";
  return NULL;
}

/* The record of the KeyUpdate itself was protected by the old key. */
static void note_key_update(struct stls_message_monitor *monitor,
                            stls_flow flow)
{
  stls_message_monitor_note_key(monitor, flow);
  if (flow == STLS_RECORDS_IN) monitor->has_asked_for_key = false;
}
