/* SPDX-License-Identifier: MIT */
/* trace: an observer's view of every message that crosses libssl. */
#ifndef SANSTLS_TRACE_H
#define SANSTLS_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include <sanstls/constants.h>

STLS_BEGIN_DECLS

typedef enum stls_flow {
  STLS_RECORDS_IN = 0,
  STLS_RECORDS_OUT = 1
} stls_flow;

/*
 * One record header, inner content type, handshake message, alert or
 * change_cipher_spec, as SSL_set_msg_callback reports it: application data
 * never appears. `data` is borrowed for the duration of the callback. `size` is
 * the library's: of a library older than the header, members behind it are not
 * there.
 */
typedef struct stls_trace_event {
  size_t size;
  stls_flow flow;
  /* ProtocolVersion on the wire (stls_version_name); 0 when not known. */
  int version;
  /* An stls_content_type. */
  int content_type;
  /* An stls_message_type, an stls_alert, or the content type of a header; -1
   * where there is none. Of a change_cipher_spec, as in CPython,
   * STLS_MESSAGE_CHANGE_CIPHER_SPEC. */
  int message_type;
  const uint8_t *data;
  size_t data_len;
} stls_trace_event;

/* For a program that makes one itself, to call an observer of its own. */
#define STLS_TRACE_EVENT_INIT \
  { \
    sizeof(stls_trace_event), STLS_RECORDS_IN, 0, 0, -1, 0, 0 \
  }

/* Names for a log: "handshake", "client_hello". Static text, never NULL. */
STLS_EXPORT const char *stls_trace_content_name(int content_type);

/* What `message_type` is called, given the event's content type; "unknown" for
 * NULL, and where the size is not set. */
STLS_EXPORT const char *stls_trace_message_name(const stls_trace_event *event);

STLS_END_DECLS

#endif
