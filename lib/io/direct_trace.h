/* SPDX-License-Identifier: MIT */
/* direct_trace: reports records that libssl does not see, as it would. */
#ifndef STLS_LIB_DIRECT_TRACE_H
#define STLS_LIB_DIRECT_TRACE_H

#include "io/ssl_bios.h"

/* Counts a record of application data, whose header is `header`, and passes it to
 * a trace callback. libssl gives the inner type of what it writes the version of
 * the header. */
static inline void stls_direct_trace_record(struct stls_ssl_bios *io,
                                            stls_flow flow,
                                            const uint8_t *header)
{
  static const uint8_t inner_type[] = {SSL3_RT_APPLICATION_DATA};
  const int write_p = flow == STLS_RECORDS_OUT;

  if (*io->trace == NULL) {
    io->monitor.records[flow]++;
    if (flow == STLS_RECORDS_IN) io->monitor.in_data_record = true;
    return;
  }
  io->input.incoming->busy = true;
  io->on_message(write_p, 0, SSL3_RT_HEADER, header, STLS_RECORD_HEADER_LEN,
                 io->ssl, io->on_message_arg);
  if (io->direct->suite.is_tls_1_3)
    io->on_message(write_p, write_p ? TLS1_2_VERSION : TLS1_3_VERSION,
                   SSL3_RT_INNER_CONTENT_TYPE, inner_type, sizeof inner_type,
                   io->ssl, io->on_message_arg);
  io->input.incoming->busy = false;
}

/* The same for an alert of ours, which is counted by on_message. */
static inline void stls_direct_trace_alert(struct stls_ssl_bios *io,
                                           const uint8_t *header,
                                           const uint8_t *alert, size_t len)
{
  static const uint8_t inner_type[] = {SSL3_RT_ALERT};

  io->input.incoming->busy = true;
  io->on_message(1, 0, SSL3_RT_HEADER, header, STLS_RECORD_HEADER_LEN, io->ssl,
                 io->on_message_arg);
  if (io->direct->suite.is_tls_1_3)
    io->on_message(1, TLS1_2_VERSION, SSL3_RT_INNER_CONTENT_TYPE, inner_type,
                   sizeof inner_type, io->ssl, io->on_message_arg);
  io->on_message(1, SSL_version(io->ssl), SSL3_RT_ALERT, alert, len, io->ssl,
                 io->on_message_arg);
  io->input.incoming->busy = false;
}

#endif
