/* SPDX-License-Identifier: MIT */
/* transcript_format: writes a transcript as text. */
#include "testing/transcript_format.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/out_buffer.h"
#include "testing/checksum.h"
#include "testing/transcript_line.h"

static void put_line(struct stls_string_buffer *out, const char *text);

stls_result stls_transcript_format(const stls_transcript *transcript, char *out,
                                   size_t out_cap, size_t *out_len,
                                   stls_error *err)
{
  struct stls_string_buffer text = {0};
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (transcript == NULL) return stls_error_null(err, "transcript");
  if (result == STLS_OK)
    result = stls_transcript_format_all(transcript, &text, err);
  if (result == STLS_OK)
    result = stls_out_buffer_put_text(text.data, text.len, out, out_cap,
                                      out_len, err);
  if (text.data != NULL) stls_mem_wipe(text.data, text.len);
  stls_string_buffer_free(&text);
  return result;
}

stls_result stls_transcript_format_all(const stls_transcript *transcript,
                                       struct stls_string_buffer *out,
                                       stls_error *err)
{
  if (transcript->has_failed) return stls_error_memory(err);
  if (transcript->problem != NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_CONFLICT, "%s",
                           transcript->problem);
  if (transcript->is_secret) put_line(out, STLS_TRANSCRIPT_SECRET);
  put_line(out, STLS_TRANSCRIPT_VERSION);
  for (size_t i = 0; i < transcript->num_headers; i++) {
    const size_t start = out->len;
    stls_string_buffer_puts(out, transcript->headers[i].name);
    stls_string_buffer_puts(out, ": ");
    stls_string_buffer_puts(out, transcript->headers[i].value);
    stls_checksum_put(out, start);
    put_line(out, "");
  }
  put_line(out, "");
  for (size_t i = 0; i < transcript->num_steps; i++)
    stls_transcript_line_format(&transcript->steps[i], out);
  put_line(out, STLS_TRANSCRIPT_END);
  return out->has_failed ? stls_error_memory(err) : STLS_OK;
}

static void put_line(struct stls_string_buffer *out, const char *text)
{
  stls_string_buffer_puts(out, text);
  stls_string_buffer_puts(out, "\n");
}
