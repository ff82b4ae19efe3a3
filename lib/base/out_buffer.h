/* SPDX-License-Identifier: MIT */
/* out_buffer: checks and fills output buffers of the caller. */
#ifndef STLS_LIB_OUT_BUFFER_H
#define STLS_LIB_OUT_BUFFER_H

#include <sanstls/error.h>
#include <stddef.h>

/* The convention: <sanstls/sanstls.h>, "Output buffers". */

/* Checks the three arguments, and sets *out_len to 0.
 *
 * STLS_OK. STLS_ERROR_MISUSE: out_len is NULL, or out is and out_cap is not 0. */
stls_result stls_out_buffer_check(const void *out, size_t out_cap,
                                  size_t *out_len, stls_error *err);

/* Checks that `len` bytes fit, and sets *out_len to len.
 *
 * STLS_OK: they do, or `out` is NULL and nothing is to be written.
 * STLS_ERROR_MISUSE: they do not. */
stls_result stls_out_buffer_fit(size_t len, const void *out, size_t out_cap,
                                size_t *out_len, stls_error *err);

/* The same for a text of `len` bytes, which needs room for a NUL behind it. */
stls_result stls_out_buffer_fit_text(size_t len, const void *out,
                                     size_t out_cap, size_t *out_len,
                                     stls_error *err);

/* The same, and copies them; a text gets its NUL. */
stls_result stls_out_buffer_put(const void *data, size_t len, void *out,
                                size_t out_cap, size_t *out_len,
                                stls_error *err);
stls_result stls_out_buffer_put_text(const char *text, size_t len, char *out,
                                     size_t out_cap, size_t *out_len,
                                     stls_error *err);

#endif
