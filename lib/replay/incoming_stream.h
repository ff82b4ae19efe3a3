/* SPDX-License-Identifier: MIT */
/* incoming_stream: the bytes that arrived in a transcript, and their records. */
#ifndef STLS_LIB_INCOMING_STREAM_H
#define STLS_LIB_INCOMING_STREAM_H

#include "testing/transcript.h"

/* A complete record. `is_plain`: a handshake message in clear is in it. */
struct stls_incoming_record {
  size_t start;
  size_t end;
  bool is_plain;
};

/* Zeroes: empty. */
struct stls_incoming_stream {
  uint8_t *bytes;
  size_t len;
  struct stls_incoming_record *records;
  size_t num_records;
  size_t cap_records;
};

/* Fills an empty one. false when memory is short. */
bool stls_incoming_stream_read(struct stls_incoming_stream *stream,
                               const stls_transcript *transcript);

/* Wipes and frees. */
void stls_incoming_stream_free(struct stls_incoming_stream *stream);

#endif
