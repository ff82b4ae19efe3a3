/* SPDX-License-Identifier: MIT */
/* record_output: records out: what becomes of the bytes that libssl wrote. */
#include "endpoint/record_output.h"

bool stls_record_output_has_room(const struct stls_record_output *output)
{
  return !stls_record_output_takes(output) ||
         stls_bio_room(output->outgoing) > 0;
}

bool stls_record_output_prepare(struct stls_record_output *output, size_t len)
{
  return stls_mem_bio_out_prepare(&output->bio, &output->outgoing->queue, len);
}

size_t stls_record_output_collect(struct stls_record_output *output,
                                  size_t sealed)
{
  if (stls_record_output_takes(output))
    return stls_mem_bio_out_collect(&output->bio, &output->outgoing->queue,
                                    sealed);
  if (stls_mem_bio_out_drop(&output->bio) > 0) output->has_dropped = true;
  return 0;
}

bool stls_record_output_put(struct stls_record_output *output,
                            const void *record, size_t len)
{
  return !stls_record_output_takes(output) ||
         stls_chunk_queue_append(&output->outgoing->queue, record, len);
}
