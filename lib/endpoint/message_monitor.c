/* SPDX-License-Identifier: MIT */
/* message_monitor: alerts that passed, and messages that bring nothing. */
#include "endpoint/message_monitor.h"

#include <openssl/ssl3.h>
#include <sanstls/context.h>
#include <sanstls/trace.h>
#include <string.h>

static void see_key_update(struct stls_message_monitor *watch, stls_flow flow);
static void begin_row(struct stls_message_monitor *watch);

void stls_message_monitor_init(struct stls_message_monitor *watch)
{
  memset(watch, 0, sizeof *watch);
  watch->alert_sent = -1;
  watch->alert_received = -1;
}

void stls_message_monitor_see_message(struct stls_message_monitor *watch,
                                      stls_flow flow, int content_type,
                                      int message_type)
{
  watch->saw_message = true;
  if (content_type == SSL3_RT_ALERT)
    *(flow == STLS_RECORDS_IN ? &watch->alert_received : &watch->alert_sent) =
        message_type;
  if (content_type != SSL3_RT_HANDSHAKE) return;
  if (message_type == SSL3_MT_SERVER_HELLO) watch->server_hellos++;
  if (message_type == SSL3_MT_KEY_UPDATE) see_key_update(watch, flow);
}

void stls_message_monitor_see_late(struct stls_message_monitor *watch,
                                   int message_type)
{
  watch->messages++;
  /* Who takes much and gives nothing renews keys, and tickets, all the same. */
  if (watch->writes >= STLS_MESSAGE_MONITOR_WRITES_MIN) begin_row(watch);
  if (message_type == SSL3_MT_KEY_UPDATE) watch->key_updates++;
  if (message_type == SSL3_MT_NEWSESSION_TICKET) watch->tickets++;
  if (message_type == SSL3_MT_HELLO_REQUEST ||
      message_type == SSL3_MT_CLIENT_HELLO)
    watch->renegotiations++;
  if (message_type == SSL3_MT_CERTIFICATE_REQUEST)
    watch->certificate_requests++;
  if (message_type == SSL3_MT_FINISHED) watch->has_answered = true;
}

void stls_message_monitor_end_record(struct stls_message_monitor *watch,
                                     bool had_data)
{
  if (had_data) {
    begin_row(watch);
    watch->empty_records = 0;
  } else if (watch->in_data_record) {
    watch->empty_records++;
  }
  watch->in_data_record = false;
}

const char *stls_message_monitor_excess(
    const struct stls_message_monitor *watch, const size_t *limits)
{
  if (watch->key_updates > limits[STLS_LIMIT_KEY_UPDATES])
    return "too many KeyUpdates without application data";
  if (watch->certificate_requests > limits[STLS_LIMIT_KEY_UPDATES])
    return "too many requests for a certificate without application data";
  if (watch->tickets > limits[STLS_LIMIT_TICKETS])
    return "too many session tickets without application data";
  if (watch->empty_records > limits[STLS_LIMIT_EMPTY_RECORDS])
    return "too many empty records";
  if (watch->renegotiations > limits[STLS_LIMIT_RENEGOTIATIONS])
    return "too many requests to renegotiate";
  return NULL;
}

/* What it passed in was protected by the key before. */
static void see_key_update(struct stls_message_monitor *watch, stls_flow flow)
{
  watch->records_before_key[flow] = watch->records[flow];
  if (flow == STLS_RECORDS_IN) watch->has_asked_for_key = false;
}

static void begin_row(struct stls_message_monitor *watch)
{
  watch->key_updates = 0;
  watch->certificate_requests = 0;
  watch->tickets = 0;
  watch->writes = 0;
}
