/* SPDX-License-Identifier: MIT */
/* pem_frame: the frame of a PEM certificate, and a decoder into exact buffers. */
#ifndef STLS_TEST_PEM_FRAME_H
#define STLS_TEST_PEM_FRAME_H

#include <sanstls/error.h>
#include <stddef.h>
#include <stdint.h>

#define PEM_FRAME_BEGIN "-----BEGIN CERTIFICATE-----\n"
#define PEM_FRAME_END "-----END CERTIFICATE-----\n"

enum {
  PEM_FRAME_MAX = 1000
};

/* stls_pem_decode_certificate from a copy of exact length, so that sanitizers
 * see a byte too many, and into room of exact length; `out` has PEM_FRAME_MAX. */
stls_result pem_frame_decode(const void *pem, size_t pem_len, uint8_t *out,
                             size_t *out_len, stls_error *err);

#endif
