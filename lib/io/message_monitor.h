/* SPDX-License-Identifier: MIT */
/* message_monitor: counts records, messages and alerts, and detects floods. */
#ifndef STLS_LIB_MESSAGE_MONITOR_H
#define STLS_LIB_MESSAGE_MONITOR_H

#include <sanstls/trace.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* After this many records of our own data, the counts in a row start again at
 * 0. */
#define STLS_MESSAGE_MONITOR_WRITES_MIN 1024

struct stls_message_monitor {
  /* Descriptions of the last alerts; -1 for none. */
  int alert_sent;
  int alert_received;
  /* Something other than data was sent or received since it was last set to
   * false. */
  bool saw_message;
  /* The current record holds application data, even if empty. */
  bool in_data_record;
  /* Counts in a row, without application data between. */
  size_t key_updates;
  size_t empty_records;
  size_t certificate_requests;
  size_t tickets;
  /* Records of our own data since the counts started. */
  size_t writes;
  /* Total of the connection. */
  size_t renegotiations;
  /* The peer's post-handshake messages since it was last set to 0. */
  size_t messages;
  /* Totals by stls_flow, and their values when the key last changed. */
  uint64_t records[2];
  uint64_t records_before_key[2];
  /* The peer was asked to change its current key. */
  bool has_asked_for_key;
  /* The last handshake message received is a certificate, compressed or not. */
  bool took_certificate;
  /* ServerHellos in either direction: two after a HelloRetryRequest. */
  unsigned server_hellos;
  /* The peer has sent the Finished of a post-handshake authentication since it
   * was last set to false. stls_call_settle handles it. */
  bool saw_auth_finished;
};

void stls_message_monitor_init(struct stls_message_monitor *monitor);

/* Records a message that is neither data nor a record's header. */
void stls_message_monitor_note_message(struct stls_message_monitor *monitor,
                                       stls_flow flow, int content_type,
                                       int message_type);

/* Whether an event of the message callback tells of a record: of its header, or of
 * the type inside it. */
static inline bool stls_message_monitor_is_of_record(int content_type)
{
  return content_type == STLS_CONTENT_HEADER ||
         content_type == STLS_CONTENT_INNER_TYPE;
}

/* Records such an event. In TLS 1.3 the header of every protected record says
 * application data; the inner type follows and decides. */
static inline void stls_message_monitor_note_record(
    struct stls_message_monitor *monitor, stls_flow flow, int content_type,
    int record_type)
{
  if (content_type == STLS_CONTENT_HEADER) monitor->records[flow]++;
  if (flow == STLS_RECORDS_IN)
    monitor->in_data_record = record_type == STLS_CONTENT_APPLICATION_DATA;
}

/* Records any event of the message callback; the types are those of
 * stls_trace_event. */
static inline void stls_message_monitor_note(
    struct stls_message_monitor *monitor, stls_flow flow, int content_type,
    int message_type)
{
  if (stls_message_monitor_is_of_record(content_type))
    stls_message_monitor_note_record(monitor, flow, content_type, message_type);
  else
    stls_message_monitor_note_message(monitor, flow, content_type,
                                      message_type);
}

/* Counts a post-handshake message of the peer; called in addition to
 * stls_message_monitor_note. */
void stls_message_monitor_note_post_handshake(
    struct stls_message_monitor *monitor, int message_type);

/* Counts a record of our own data. */
static inline void stls_message_monitor_note_write(
    struct stls_message_monitor *monitor)
{
  monitor->writes++;
}

/* Starts the counts in a row again. */
static inline void stls_message_monitor_reset_counts(
    struct stls_message_monitor *monitor)
{
  monitor->key_updates = 0;
  monitor->certificate_requests = 0;
  monitor->tickets = 0;
  monitor->writes = 0;
}

/* Records that the key of a direction has changed behind the last record. */
static inline void stls_message_monitor_note_key(
    struct stls_message_monitor *monitor, stls_flow flow)
{
  monitor->records_before_key[flow] = monitor->records[flow];
}

/* Called when a read ended on a record boundary, with application data. */
static inline void stls_message_monitor_end_data(
    struct stls_message_monitor *monitor)
{
  stls_message_monitor_reset_counts(monitor);
  monitor->empty_records = 0;
  monitor->in_data_record = false;
}

/* The same for a record without. */
static inline void stls_message_monitor_end_record(
    struct stls_message_monitor *monitor)
{
  if (monitor->in_data_record) monitor->empty_records++;
  monitor->in_data_record = false;
}

/* Whether the peer's key has protected more than `max` records, and the peer was
 * not yet asked to change it. */
static inline bool stls_message_monitor_is_key_worn(
    const struct stls_message_monitor *monitor, uint64_t max)
{
  return monitor->records[STLS_RECORDS_IN] -
                 monitor->records_before_key[STLS_RECORDS_IN] >
             max &&
         !monitor->has_asked_for_key;
}

/* Describes the first limit of the context that was passed; NULL for none. */
const char *stls_message_monitor_excess(
    const struct stls_message_monitor *monitor, const size_t *limits);

#endif
