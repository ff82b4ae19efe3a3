/* SPDX-License-Identifier: MIT */
/* output (L5): records out: what becomes of the bytes that libssl wrote. */
#include "output.h"

static bool replies_are_drained(const struct stls_output *output,
                                size_t queued);

bool stls_output_has_room(const struct stls_output *output)
{
  return !stls_output_takes(output) || stls_bio_room(output->outgoing) > 0;
}

bool stls_output_prepare(struct stls_output *output, size_t len)
{
  return stls_membio_out_prepare(&output->bio, &output->outgoing->buffer, len);
}

void stls_output_collect(struct stls_output *output, size_t sealed,
                         bool is_reply)
{
  size_t queued = output->outgoing->buffer.len;
  size_t len;

  if (!stls_output_takes(output)) {
    if (stls_membio_out_drop(&output->bio) > 0) output->has_dropped = true;
    return;
  }
  len = stls_membio_out_collect(&output->bio, &output->outgoing->buffer,
                                sealed);
  if (len > 0 && is_reply) {
    if (replies_are_drained(output, queued)) output->reply_bytes = 0;
    output->reply_bytes += len;
    output->replies_end = output->bytes + len;
  }
  output->bytes += len;
}

bool stls_output_put(struct stls_output *output, const void *record, size_t len)
{
  if (!stls_output_takes(output)) return true;
  if (!stls_buffer_append(&output->outgoing->buffer, record, len)) return false;
  output->bytes += len;
  return true;
}

bool stls_output_is_full_of_replies(const struct stls_output *output,
                                    size_t limit)
{
  return output->reply_bytes >= limit && stls_output_takes(output) &&
         !replies_are_drained(output, output->outgoing->buffer.len);
}

static bool replies_are_drained(const struct stls_output *output, size_t queued)
{
  return output->replies_end + queued <= output->bytes;
}
