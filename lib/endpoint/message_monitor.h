/* SPDX-License-Identifier: MIT */
/* message_monitor: alerts that passed, and messages that bring nothing. */
#ifndef STLS_LIB_MESSAGE_MONITOR_H
#define STLS_LIB_MESSAGE_MONITOR_H

#include <sanstls/trace.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* After so many records of our own data, what comes in a row begins anew. */
#define STLS_MESSAGE_MONITOR_WRITES_MIN 1024

struct stls_message_monitor {
  /* Descriptions of the last ones; -1 for none. */
  int alert_sent;
  int alert_received;
  /* Since it was last set to false, something other than data passed. */
  bool saw_message;
  /* The record at hand holds application data, be it empty. */
  bool in_data_record;
  /* In a row without application data. */
  size_t key_updates;
  size_t empty_records;
  size_t certificate_requests;
  size_t tickets;
  /* Records of our own data since then. */
  size_t writes;
  /* In all. */
  size_t renegotiations;
  /* Since it was last set to 0, the peer's handshake messages that came after the
   * handshake. */
  size_t messages;
  /* In all, by stls_flow; and how many there were when the key changed. */
  uint64_t records[2];
  uint64_t records_before_key[2];
  /* The peer was asked to change the key that it has now. */
  bool has_asked_for_key;
  /* ServerHellos, in either direction: two for a HelloRetryRequest. */
  unsigned server_hellos;
  /* Since it was last set to false, the peer has finished an authentication
   * after the handshake: stls_call_settle looks into it. */
  bool saw_auth_finished;
};

void stls_message_monitor_init(struct stls_message_monitor *monitor);

/* Takes note of a message that is neither data nor a record's header. */
void stls_message_monitor_note_message(struct stls_message_monitor *monitor,
                                       stls_flow flow, int content_type,
                                       int message_type);

/* Takes note of anything; the type is that of stls_trace_event. */
static inline void stls_message_monitor_note(
    struct stls_message_monitor *monitor, stls_flow flow, int content_type,
    int message_type)
{
  if (content_type != STLS_CONTENT_HEADER &&
      content_type != STLS_CONTENT_INNER_TYPE) {
    stls_message_monitor_note_message(monitor, flow, content_type,
                                      message_type);
    return;
  }
  if (content_type == STLS_CONTENT_HEADER) monitor->records[flow]++;
  /* In TLS 1.3 every protected record's header claims to be data; the inner type
   * follows and decides. */
  if (flow == STLS_RECORDS_IN)
    monitor->in_data_record = message_type == STLS_CONTENT_APPLICATION_DATA;
}

/* Counts a handshake message of the peer that comes after the handshake; beside
 * `see`. */
void stls_message_monitor_note_post_handshake(
    struct stls_message_monitor *monitor, int message_type);

/* A record of our own data was sealed. */
static inline void stls_message_monitor_note_write(
    struct stls_message_monitor *monitor)
{
  monitor->writes++;
}

/* A read ended on a record boundary, with application data or without. */
void stls_message_monitor_end_record(struct stls_message_monitor *monitor,
                                     bool had_data);

/* What there was too much of, given the context's limits; NULL for nothing. */
const char *stls_message_monitor_excess(
    const struct stls_message_monitor *monitor, const size_t *limits);

#endif
