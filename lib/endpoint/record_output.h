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
bool stls_record_output_has_room(const struct stls_record_output *output);

/* As stls_mem_bio_out_prepare. */
bool stls_record_output_prepare(struct stls_record_output *output, size_t len);

/* After each operation of libssl: queues or drops what it wrote, and says how
 * much is queued of it. `sealed` as stls_mem_bio_out_collect. */
size_t stls_record_output_collect(struct stls_record_output *output,
                                  size_t sealed);

/* Queues or drops a record that libssl did not write. false when memory is
 * short. */
bool stls_record_output_put(struct stls_record_output *output,
                            const void *record, size_t len);

#endif
