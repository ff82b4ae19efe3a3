/* SPDX-License-Identifier: MIT */
/* record_header: parses the header of a TLS record. */
#include "wire/record_header.h"

static bool is_plausible(const uint8_t *bytes, size_t len);

stls_record_header_status stls_record_header_parse(const uint8_t *bytes,
                                                   size_t len, size_t *out_len)
{
  size_t record_len;

  if (len < STLS_RECORD_HEADER_LEN)
    return is_plausible(bytes, len) ? STLS_RECORD_HEADER_INCOMPLETE
                                    : STLS_RECORD_HEADER_INVALID;
  record_len = stls_record_header_record_len(bytes);
  if (record_len == 0) return STLS_RECORD_HEADER_INVALID;
  *out_len = record_len;
  return STLS_RECORD_HEADER_VALID;
}

bool stls_record_header_is_not_tls(const uint8_t *bytes, size_t len)
{
  bool is_sslv2 = len >= 3 && (bytes[0] & 0x80) != 0 && bytes[2] == 1;

  return !is_plausible(bytes, len) && !is_sslv2;
}

static bool is_plausible(const uint8_t *bytes, size_t len)
{
  if (len >= 1 && (bytes[0] < STLS_RECORD_HEADER_TYPE_FIRST ||
                   bytes[0] > STLS_RECORD_HEADER_TYPE_LAST))
    return false;
  return len < 2 || bytes[1] == STLS_RECORD_HEADER_MAJOR_VERSION;
}
