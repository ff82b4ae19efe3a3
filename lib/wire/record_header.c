/* SPDX-License-Identifier: MIT */
/* record_header: parses the header of a TLS record. */
#include "wire/record_header.h"

#include "base/byte_reader.h"

/* ContentType change_cipher_spec to application_data (RFC 8446, 5.1). */
#define TYPE_FIRST 20
#define TYPE_LAST 23
#define MAJOR_VERSION 3

static bool is_plausible(const uint8_t *bytes, size_t len);

stls_record_header_status stls_record_header_parse(const uint8_t *bytes,
                                                   size_t len, size_t *out_len)
{
  size_t fragment_len;

  if (!is_plausible(bytes, len)) return STLS_RECORD_HEADER_INVALID;
  if (len < STLS_RECORD_HEADER_LEN) return STLS_RECORD_HEADER_INCOMPLETE;
  fragment_len = stls_byte_reader_u16(bytes + 3);
  if (fragment_len > STLS_RECORD_HEADER_FRAGMENT_MAX)
    return STLS_RECORD_HEADER_INVALID;
  *out_len = STLS_RECORD_HEADER_LEN + fragment_len;
  return STLS_RECORD_HEADER_VALID;
}

bool stls_record_header_is_not_tls(const uint8_t *bytes, size_t len)
{
  bool is_sslv2 = len >= 3 && (bytes[0] & 0x80) != 0 && bytes[2] == 1;

  return !is_plausible(bytes, len) && !is_sslv2;
}

static bool is_plausible(const uint8_t *bytes, size_t len)
{
  if (len >= 1 && (bytes[0] < TYPE_FIRST || bytes[0] > TYPE_LAST)) return false;
  return len < 2 || bytes[1] == MAJOR_VERSION;
}
