/* SPDX-License-Identifier: MIT */
/* trace: describes the messages that libssl reports to its message callback. */
#ifndef STLS_LIB_TRACE_H
#define STLS_LIB_TRACE_H

#include <sanstls/trace.h>

/* Fills an event from the arguments of an SSL_set_msg_callback(3) callback. */
void stls_trace_event_init(stls_trace_event *event, int write_p, int version,
                           int content_type, const void *data, size_t len);

/* The message_type of such an event. */
int stls_trace_message_type(int content_type, const void *data, size_t len);

#endif
