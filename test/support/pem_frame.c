/* SPDX-License-Identifier: MIT */
/* pem_frame: the frame of a PEM certificate, and a decoder into exact buffers. */
#include "pem_frame.h"

#include <sanstls/util.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

stls_result pem_frame_decode(const void *pem, size_t pem_len, uint8_t *out,
                             size_t *out_len, stls_error *err)
{
  char *copy = malloc(pem_len > 0 ? pem_len : 1);
  stls_result result;
  uint8_t *room;

  cr_assert_not_null(copy);
  memcpy(copy, pem, pem_len);
  result = stls_pem_decode_certificate(copy, pem_len, NULL, 0, out_len, err);
  if (result == STLS_OK) {
    size_t cap = *out_len;
    cr_assert(cap > 0 && cap <= PEM_FRAME_MAX);
    room = malloc(cap);
    cr_assert_not_null(room);
    result =
        stls_pem_decode_certificate(copy, pem_len, room, cap, out_len, err);
    cr_expect_eq(*out_len, cap);
    memcpy(out, room, cap);
    free(room);
  }
  free(copy);
  return result;
}
