/* SPDX-License-Identifier: MIT */
/* unknown_record: collects a TLS 1.2 record whose type is unknown. */
#include "io/unknown_record.h"

#include <openssl/ssl3.h>
#include <string.h>

bool stls_unknown_record_has(const struct stls_ssl_bios *io, stls_span bytes)
{
  const struct stls_direct_records *direct = io->direct;
  const bool begins = direct->partial_len == 0;
  const uint8_t *first = begins ? bytes.data : direct->partial;

  if (!io->input.is_raw || direct->suite.is_tls_1_3) return false;
  /* libssl has read the beginning of what is no record. */
  if (begins && io->input.num_raw > 0) return false;
  return *first < SSL3_RT_CHANGE_CIPHER_SPEC ||
         *first > SSL3_RT_APPLICATION_DATA;
}

bool stls_unknown_record_add(struct stls_ssl_bios *io, stls_span bytes)
{
  struct stls_direct_records *direct = io->direct;
  size_t len = stls_direct_records_partial_missing(direct);

  if (stls_direct_records_partial(direct) == NULL) return false;
  if (len > bytes.len) len = bytes.len;
  memcpy(direct->partial + direct->partial_len, bytes.data, len);
  direct->partial_len += len;
  stls_record_input_take(&io->input, len);
  io->budget.bytes_in += len;
  return true;
}
