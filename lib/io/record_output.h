/* SPDX-License-Identifier: MIT */
/* record_output: queues or drops the records that libssl wrote. */
#ifndef STLS_LIB_RECORD_OUTPUT_H
#define STLS_LIB_RECORD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bio/bio.h"
#include "bio/mem_bio.h"

/* Everything that libssl writes passes here. After our close_notify (RFC 8446,
 * 6.1) and after the end of `outgoing`, libssl may still write, and the
 * records are dropped. */
struct stls_record_output {
  struct stls_mem_bio_out bio;
  stls_bio *outgoing;
  /* Where libssl's records go instead of `outgoing`; NULL for `outgoing`. */
  struct stls_chunk_queue *diverted;
  /* Our close_notify was queued. */
  bool is_closed;
  /* A record was dropped. */
  bool has_dropped;
};

/* Whether records are queued in `outgoing`, not dropped. */
static inline bool stls_record_output_takes(
    const struct stls_record_output *output)
{
  return !output->is_closed && !output->outgoing->eof_written;
}

/* Whether libssl may write: there is room, or the records will be dropped. */
static inline bool stls_record_output_has_room(
    const struct stls_record_output *output)
{
  return !stls_record_output_takes(output) ||
         stls_bio_room(output->outgoing) > 0;
}

/* The queue that libssl's records go to. */
static inline struct stls_chunk_queue *stls_record_output_queue(
    const struct stls_record_output *output)
{
  return output->diverted != NULL ? output->diverted : &output->outgoing->queue;
}

/* As stls_mem_bio_out_prepare. */
static inline bool stls_record_output_prepare(struct stls_record_output *output,
                                              size_t len)
{
  return stls_mem_bio_out_prepare(&output->bio,
                                  stls_record_output_queue(output), len);
}

/* Must be called after each operation of libssl. Queues or drops what it
 * wrote, and returns the number of queued bytes. `sealed` as in
 * stls_mem_bio_out_collect. */
static inline size_t stls_record_output_collect(
    struct stls_record_output *output, size_t sealed)
{
  if (stls_record_output_takes(output))
    return stls_mem_bio_out_collect(&output->bio,
                                    stls_record_output_queue(output), sealed);
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
