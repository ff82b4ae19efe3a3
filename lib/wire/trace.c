/* SPDX-License-Identifier: MIT */
/* trace: describes the messages that libssl reports to its message callback. */
#include "wire/trace.h"

#include <sanstls/constants.h>
#include <sanstls/trace.h>

#include "base/byte_reader.h"
#include "base/sized_struct.h"

STLS_SIZED_STRUCT(layout, stls_trace_event,
                  STLS_SIZED_END(stls_trace_event, flow),
                  STLS_SIZED_END(stls_trace_event, version),
                  STLS_SIZED_END(stls_trace_event, content_type),
                  STLS_SIZED_END(stls_trace_event, message_type),
                  STLS_SIZED_END(stls_trace_event, data),
                  STLS_SIZED_END(stls_trace_event, data_len));

const char *stls_trace_message_name(const stls_trace_event *event)
{
  stls_trace_event own = STLS_TRACE_EVENT_INIT;

  if (stls_sized_struct_check(&layout, event, "event", NULL) != STLS_OK)
    return "unknown";
  stls_sized_struct_copy(&layout, event->size, &own, event);
  switch (own.content_type) {
    case STLS_CONTENT_ALERT:
      return stls_alert_name(own.message_type);
    case STLS_CONTENT_HANDSHAKE:
      return stls_message_type_name(own.message_type);
    case STLS_CONTENT_CHANGE_CIPHER_SPEC:
      return stls_content_type_name(own.content_type);
    default:
      return stls_content_type_name(own.message_type);
  }
}

void stls_trace_event_init(stls_trace_event *event, int write_p, int version,
                           int content_type, const void *data, size_t len)
{
  event->size = sizeof *event;
  event->flow = write_p ? STLS_RECORDS_OUT : STLS_RECORDS_IN;
  event->version = version;
  event->content_type = content_type;
  event->message_type = stls_trace_message_type(content_type, data, len);
  event->data = data;
  event->data_len = len;
  /* libssl passes version 0 for a record header. */
  if (content_type == STLS_CONTENT_HEADER && len >= 3)
    event->version = stls_byte_reader_u16(event->data + 1);
}

int stls_trace_message_type(int content_type, const void *data, size_t len)
{
  const uint8_t *bytes = data;
  /* An alert is (level, description); other messages begin with their type. */
  size_t at = content_type == STLS_CONTENT_ALERT ? 1 : 0;

  /* This message has no type of its own; the number is CPython's. */
  if (content_type == STLS_CONTENT_CHANGE_CIPHER_SPEC)
    return STLS_MESSAGE_CHANGE_CIPHER_SPEC;
  return len > at ? bytes[at] : -1;
}
