/* SPDX-License-Identifier: MIT */
/* record_header: parses the header of a TLS record. */
#ifndef STLS_LIB_RECORD_HEADER_H
#define STLS_LIB_RECORD_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 8446, 5.1 and 5.2; RFC 5246, 6.2.3 for the longer TLS 1.2 expansion. */
#define STLS_RECORD_HEADER_LEN ((size_t)5)
#define STLS_RECORD_HEADER_PLAINTEXT_MAX ((size_t)16384)
#define STLS_RECORD_HEADER_FRAGMENT_MAX ((size_t)16384 + 2048)

/* ContentType change_cipher_spec to application_data (RFC 8446, 5.1). */
#define STLS_RECORD_HEADER_TYPE_FIRST 20
#define STLS_RECORD_HEADER_TYPE_LAST 23
#define STLS_RECORD_HEADER_MAJOR_VERSION 3

/* What one record may be longer than its plaintext, for every cipher suite:
 * header, explicit nonce, tag or MAC, inner type, and CBC padding to a block. */
#define STLS_RECORD_HEADER_OVERHEAD_MAX ((size_t)128)

typedef enum stls_record_header_status {
  /* The bytes begin a valid header, and more are needed. */
  STLS_RECORD_HEADER_INCOMPLETE,
  /* The header is complete and valid. */
  STLS_RECORD_HEADER_VALID,
  /* libssl would refuse the header; it is passed on for libssl to report. */
  STLS_RECORD_HEADER_INVALID
} stls_record_header_status;

/* Looks at the first bytes of a record, at most STLS_RECORD_HEADER_LEN of them.
 * *out_len, written for STLS_RECORD_HEADER_VALID, counts the header too. */
stls_record_header_status stls_record_header_parse(const uint8_t *bytes,
                                                   size_t len, size_t *out_len);

/* The length of a record, header included, whose whole header this is; 0 if libssl
 * would refuse it. */
static inline size_t stls_record_header_record_len(const uint8_t *header)
{
  const size_t fragment_len = (size_t)header[3] << 8 | header[4];
  const bool is_known = header[0] >= STLS_RECORD_HEADER_TYPE_FIRST &&
                        header[0] <= STLS_RECORD_HEADER_TYPE_LAST;

  return is_known && header[1] == STLS_RECORD_HEADER_MAJOR_VERSION &&
                 fragment_len <= STLS_RECORD_HEADER_FRAGMENT_MAX
             ? STLS_RECORD_HEADER_LEN + fragment_len
             : 0;
}

/* Whether a peer's first bytes begin neither a TLS record nor an SSLv2 ClientHello
 * (RFC 5246, E.2). */
bool stls_record_header_is_not_tls(const uint8_t *bytes, size_t len);

#endif
