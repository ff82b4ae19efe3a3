/* SPDX-License-Identifier: MIT */
/* record_output: records out: what becomes of the bytes that libssl wrote. */
#ifndef STLS_LIB_RECORD_OUTPUT_H
#define STLS_LIB_RECORD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/bio.h"
#include "bio/mem_bio.h"

/*
 * The one way from libssl to `outgoing`. Behind our close_notify (RFC 8446, 6.1)
 * and at the end of `outgoing` there is none: libssl may write, and what it
 * writes is dropped.
 */
struct stls_record_output {
  struct stls_mem_bio_out bio;
  stls_bio *outgoing;
  /* Our close_notify went out. */
  bool is_closed;
  /* Something was dropped. */
  bool has_dropped;
};

/* Whether what libssl writes goes to `outgoing`. */
static inline bool stls_record_output_takes(
    const struct stls_record_output *output)
{
  return !output->is_closed && !output->outgoing->eof_written;
}

/* Whether libssl may be made to write: there is room, or it will be dropped. */
static inline bool stls_record_output_has_room(
    const struct stls_record_output *output)
{
  return !stls_record_output_takes(output) ||
         stls_bio_room(output->outgoing) > 0;
}

/* As stls_mem_bio_out_prepare. */
static inline bool stls_record_output_prepare(struct stls_record_output *output,
                                              size_t len)
{
  return stls_mem_bio_out_prepare(&output->bio, &output->outgoing->queue, len);
}

/* After each operation of libssl: queues or drops what it wrote, and says how
 * much is queued of it. `sealed` as stls_mem_bio_out_collect. */
static inline size_t stls_record_output_collect(
    struct stls_record_output *output, size_t sealed)
{
  if (stls_record_output_takes(output))
    return stls_mem_bio_out_collect(&output->bio, &output->outgoing->queue,
                                    sealed);
  if (stls_mem_bio_out_drop(&output->bio) > 0) output->has_dropped = true;
  return 0;
}

/* Queues or drops a record that libssl did not write. false when memory is
 * short. */
static inline bool stls_record_output_put(struct stls_record_output *output,
                                          const void *record, size_t len)
{
  return !stls_record_output_takes(output) ||
         stls_chunk_queue_append(&output->outgoing->queue, record, len);
}

#endif
