/* SPDX-License-Identifier: MIT */
/* ssl_call: makes one libssl call, with its input and its output. */
#ifndef STLS_LIB_SSL_CALL_H
#define STLS_LIB_SSL_CALL_H

#include "io/ssl_bios.h"

enum stls_ssl_operation {
  /* HANDSHAKE is the first handshake, MESSAGE a message after it. */
  STLS_SSL_HANDSHAKE,
  STLS_SSL_MESSAGE,
  STLS_SSL_READ,
  STLS_SSL_PEEK,
  STLS_SSL_WRITE,
  STLS_SSL_CLOSE_NOTIFY
};

/* The arguments and the outcome of one operation, which can take several libssl
 * calls. */
struct stls_ssl_call {
  enum stls_ssl_operation operation;
  /* What libssl reads next, and whether the stream ends there. */
  stls_span records;
  bool ends;
  /* The records are not from the input: direct_input made them. */
  bool is_translated;
  /* direct_input has read the data, or an empty record: libssl is not called. */
  bool is_served;
  void *out;
  const void *data;
  size_t len;
  size_t done;
};

/* Runs the call. Results as those of ssl_io. */
stls_result stls_ssl_call_run(struct stls_ssl_bios *io,
                              struct stls_ssl_call *call);

/* The same for a read of libssl's own records, of which one whole record is shown,
 * for the case that it gives data. */
stls_result stls_ssl_call_read(struct stls_ssl_bios *io,
                               struct stls_ssl_call *call);

/* The same for one record of data that is written. */
stls_result stls_ssl_call_write(struct stls_ssl_bios *io, const void *data,
                                size_t len, size_t *out_written);

#endif
