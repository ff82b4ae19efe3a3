/* SPDX-License-Identifier: MIT */
/* stream: the application data of a direction, and the ends of its records. */
#ifndef STLS_MODEL_STREAM_H
#define STLS_MODEL_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The application data of a direction, from `offset` on. */
void stream_fill(unsigned direction, uint64_t offset, uint8_t *out, size_t len);
bool stream_is(unsigned direction, uint64_t offset, const uint8_t *data,
               size_t len);

/* The records of a stream of bytes; zero-initialised is its beginning. */
struct stream_frames {
  uint64_t total;
  /* The end of the last record that is all here. */
  uint64_t whole;
  uint64_t num_records;
  uint8_t header[5];
  size_t header_len;
  size_t body_left;
};

/* Follows more bytes of it. */
void stream_follow(struct stream_frames *frames, const void *bytes, size_t len);

#endif
