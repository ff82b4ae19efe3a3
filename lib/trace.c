/* SPDX-License-Identifier: MIT */
/* trace (L4): an observer's view of every message that crosses libssl. */
#include "trace.h"

#include <openssl/ssl3.h>

struct name {
  int number;
  const char *text;
};

static const char *find(const struct name *names, size_t num, int number);
static const char *handshake_name(int type);
static int message_type(int content_type, const uint8_t *data, size_t len);

const char *stls_trace_content_name(int content_type)
{
  static const struct name names[] = {
      {SSL3_RT_CHANGE_CIPHER_SPEC, "change_cipher_spec"},
      {SSL3_RT_ALERT, "alert"},
      {SSL3_RT_HANDSHAKE, "handshake"},
      {SSL3_RT_APPLICATION_DATA, "application_data"},
      {STLS_CONTENT_HEADER, "header"},
      {STLS_CONTENT_INNER_TYPE, "inner_content_type"},
  };

  return find(names, sizeof names / sizeof names[0], content_type);
}

const char *stls_trace_message_name(const stls_trace_event *event)
{
  if (event == NULL) return "unknown";
  switch (event->content_type) {
    case SSL3_RT_ALERT:
      return stls_alert_name(event->message_type);
    case SSL3_RT_HANDSHAKE:
      return handshake_name(event->message_type);
    case SSL3_RT_CHANGE_CIPHER_SPEC:
      return "change_cipher_spec";
    default:
      return stls_trace_content_name(event->message_type);
  }
}

void stls_trace_event_init(stls_trace_event *event, int write_p, int version,
                           int content_type, const void *data, size_t len)
{
  event->size = sizeof *event;
  event->flow = write_p ? STLS_RECORDS_OUT : STLS_RECORDS_IN;
  event->version = version;
  event->content_type = content_type;
  event->message_type = message_type(content_type, data, len);
  event->data = data;
  event->data_len = len;
  /* libssl says 0 for a header; the bytes know. */
  if (content_type == STLS_CONTENT_HEADER && len >= 3)
    event->version = event->data[1] << 8 | event->data[2];
}

/* RFC 8446, B.3 and its predecessors. */
static const char *handshake_name(int type)
{
  static const struct name names[] = {
      {0, "hello_request"},
      {1, "client_hello"},
      {2, "server_hello"},
      {3, "hello_verify_request"},
      {4, "new_session_ticket"},
      {5, "end_of_early_data"},
      {8, "encrypted_extensions"},
      {11, "certificate"},
      {12, "server_key_exchange"},
      {13, "certificate_request"},
      {14, "server_hello_done"},
      {15, "certificate_verify"},
      {16, "client_key_exchange"},
      {20, "finished"},
      {21, "certificate_url"},
      {22, "certificate_status"},
      {23, "supplemental_data"},
      {24, "key_update"},
      {25, "compressed_certificate"},
      {67, "next_protocol"},
      {254, "message_hash"},
  };

  return find(names, sizeof names / sizeof names[0], type);
}

static const char *find(const struct name *names, size_t num, int number)
{
  for (size_t i = 0; i < num; i++)
    if (names[i].number == number) return names[i].text;
  return "unknown";
}

/* An alert is (level, description); everything else begins with its type. */
static int message_type(int content_type, const uint8_t *data, size_t len)
{
  if (content_type == SSL3_RT_ALERT) return len >= 2 ? data[1] : -1;
  return len >= 1 ? data[0] : -1;
}
