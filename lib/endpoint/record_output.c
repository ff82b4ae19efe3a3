/* SPDX-License-Identifier: MIT */
/* record_output: records out: what becomes of the bytes that libssl wrote. */
#include "endpoint/record_output.h"

bool stls_output_has_room(const struct stls_output *output)
{
  return !stls_output_takes(output) || stls_bio_room(output->outgoing) > 0;
}

bool stls_output_prepare(struct stls_output *output, size_t len)
{
  return stls_membio_out_prepare(&output->bio, &output->outgoing->buffer, len);
}

size_t stls_output_collect(struct stls_output *output, size_t sealed)
{
  if (stls_output_takes(output))
    return stls_membio_out_collect(&output->bio, &output->outgoing->buffer,
                                   sealed);
  if (stls_membio_out_drop(&output->bio) > 0) output->has_dropped = true;
  return 0;
}

bool stls_output_put(struct stls_output *output, const void *record, size_t len)
{
  return !stls_output_takes(output) ||
         stls_buffer_append(&output->outgoing->buffer, record, len);
}
