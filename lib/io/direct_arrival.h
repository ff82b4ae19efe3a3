/* SPDX-License-Identifier: MIT */
/* direct_arrival: finds the peer's next record, in the pieces that it lies in. */
#ifndef STLS_LIB_DIRECT_ARRIVAL_H
#define STLS_LIB_DIRECT_ARRIVAL_H

#include "io/ssl_call.h"

/* A record in more pieces is copied into one. */
#define STLS_DIRECT_ARRIVAL_PIECES 8

/* A whole record, which begins with what direct->partial has of it. */
struct stls_direct_arrival {
  stls_span pieces[STLS_DIRECT_ARRIVAL_PIECES];
  size_t record_len;
  /* How many of its bytes lie in the input still. */
  size_t rest;
  /* Its header: where it lies, or `room`. */
  const uint8_t *header;
  uint8_t room[STLS_RECORD_HEADER_LEN];
};

/*
 * Finds the next record. STLS_OK; with record_len 0, the call has bytes that libssl
 * is to be shown instead. STLS_WANT_READ when there is no whole record;
 * STLS_ERROR_MEMORY with nothing changed.
 */
stls_result stls_direct_arrival_next(struct stls_ssl_bios *io,
                                     struct stls_ssl_call *call,
                                     struct stls_direct_arrival *arrival);

/* Removes the record, which was opened, from where it lies. */
void stls_direct_arrival_take(struct stls_ssl_bios *io,
                              const struct stls_direct_arrival *arrival);

/* Has libssl shown direct->shown. */
void stls_direct_arrival_show_again(const struct stls_direct_records *direct,
                                    struct stls_ssl_call *call);

#endif
