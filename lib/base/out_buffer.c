/* SPDX-License-Identifier: MIT */
/* out_buffer: checks and fills output buffers of the caller. */
#include "base/out_buffer.h"

#include <string.h>

#include "base/error.h"

stls_result stls_out_buffer_check(const void *out, size_t out_cap,
                                  size_t *out_len, stls_error *err)
{
  if (out_len == NULL) return stls_error_null(err, "out_len");
  *out_len = 0;
  if (out == NULL && out_cap > 0) return stls_error_null(err, "out");
  return STLS_OK;
}

stls_result stls_out_buffer_fit(size_t len, const void *out, size_t out_cap,
                                size_t *out_len, stls_error *err)
{
  *out_len = len;
  if (out == NULL || len <= out_cap) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUTPUT_TOO_SMALL,
                         "out_cap is %zu, and %zu bytes are needed", out_cap,
                         len);
}

stls_result stls_out_buffer_fit_text(size_t len, const void *out,
                                     size_t out_cap, size_t *out_len,
                                     stls_error *err)
{
  *out_len = len;
  if (out == NULL || len < out_cap) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUTPUT_TOO_SMALL,
                         "out_cap is %zu, and %zu bytes and a NUL are needed",
                         out_cap, len);
}

stls_result stls_out_buffer_put(const void *data, size_t len, void *out,
                                size_t out_cap, size_t *out_len,
                                stls_error *err)
{
  stls_result result = stls_out_buffer_fit(len, out, out_cap, out_len, err);

  if (result == STLS_OK && out != NULL && len > 0) memcpy(out, data, len);
  return result;
}

stls_result stls_out_buffer_put_text(const char *text, size_t len, char *out,
                                     size_t out_cap, size_t *out_len,
                                     stls_error *err)
{
  stls_result result =
      stls_out_buffer_fit_text(len, out, out_cap, out_len, err);

  if (result != STLS_OK || out == NULL) return result;
  memcpy(out, text, len);
  out[len] = '\0';
  return STLS_OK;
}
