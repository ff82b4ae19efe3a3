/* SPDX-License-Identifier: MIT */
/* test_record_header: record headers, valid and invalid. */
#include <string.h>

#include "lib/wire/record_header.h"
#include "support/check.h"

SUITE(record_header);

/* The length that is left alone when a scan does not find one. */
enum {
  UNTOUCHED = 4711
};

static stls_record_header_status scan(const void *bytes, size_t len,
                                      size_t *out_len)
{
  *out_len = UNTOUCHED;
  return stls_record_header_parse(bytes, len, out_len);
}

Test(record_header, begins_with_one_of_four_types)
{
  for (unsigned type = 0; type <= 255; type++) {
    const uint8_t header[5] = {(uint8_t)type, 3, 3, 0, 1};
    /* RFC 8446, 5.1: change_cipher_spec(20) to application_data(23). */
    bool is_type = type == 20 || type == 21 || type == 22 || type == 23;
    size_t len;
    cr_expect_eq(
        scan(header, 5, &len),
        is_type ? STLS_RECORD_HEADER_VALID : STLS_RECORD_HEADER_INVALID,
        "type %u", type);
    cr_expect_eq(len, is_type ? 6 : UNTOUCHED, "type %u", type);
    cr_expect_eq(
        scan(header, 1, &len),
        is_type ? STLS_RECORD_HEADER_INCOMPLETE : STLS_RECORD_HEADER_INVALID,
        "type %u alone", type);
  }
}

Test(record_header, has_the_major_version_three)
{
  for (unsigned major = 0; major <= 255; major++) {
    const uint8_t header[5] = {22, (uint8_t)major, 1, 0, 1};
    size_t len;
    cr_expect_eq(
        scan(header, 5, &len),
        major == 3 ? STLS_RECORD_HEADER_VALID : STLS_RECORD_HEADER_INVALID,
        "major %u", major);
    cr_expect_eq(
        scan(header, 2, &len),
        major == 3 ? STLS_RECORD_HEADER_INCOMPLETE : STLS_RECORD_HEADER_INVALID,
        "major %u, two bytes", major);
  }
}

/* RFC 8446, 5.1: legacy_record_version MUST be ignored for all purposes. */
Test(record_header, may_have_any_minor_version)
{
  for (unsigned minor = 0; minor <= 255; minor++) {
    const uint8_t header[5] = {23, 3, (uint8_t)minor, 0, 0};
    size_t len;
    cr_expect_eq(scan(header, 5, &len), STLS_RECORD_HEADER_VALID, "minor %u",
                 minor);
  }
}

Test(record_header, is_as_long_as_its_header_says)
{
  static const struct {
    const char *name;
    uint8_t high, low;
    stls_record_header_status want;
    size_t want_len;
  } rows[] = {
      {"empty", 0, 0, STLS_RECORD_HEADER_VALID, 5},
      {"one byte", 0, 1, STLS_RECORD_HEADER_VALID, 6},
      {"255", 0, 255, STLS_RECORD_HEADER_VALID, 260},
      {"256", 1, 0, STLS_RECORD_HEADER_VALID, 261},
      {"2^14 - 1", 0x3f, 0xff, STLS_RECORD_HEADER_VALID, 5 + 16383},
      {"2^14, most plaintext", 0x40, 0x00, STLS_RECORD_HEADER_VALID, 5 + 16384},
      {"2^14 + 256, TLS 1.3", 0x41, 0x00, STLS_RECORD_HEADER_VALID, 5 + 16640},
      {"2^14 + 257, TLS 1.2", 0x41, 0x01, STLS_RECORD_HEADER_VALID, 5 + 16641},
      {"2^14 + 2047", 0x47, 0xff, STLS_RECORD_HEADER_VALID, 5 + 18431},
      {"2^14 + 2048, TLS 1.2", 0x48, 0x00, STLS_RECORD_HEADER_VALID, 5 + 18432},
      {"2^14 + 2049", 0x48, 0x01, STLS_RECORD_HEADER_INVALID, UNTOUCHED},
      {"2^15", 0x80, 0x00, STLS_RECORD_HEADER_INVALID, UNTOUCHED},
      {"2^16 - 1", 0xff, 0xff, STLS_RECORD_HEADER_INVALID, UNTOUCHED},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const uint8_t header[5] = {23, 3, 3, rows[i].high, rows[i].low};
    size_t len;
    cr_expect_eq(scan(header, 5, &len), rows[i].want, "%s", rows[i].name);
    cr_expect_eq(len, rows[i].want_len, "%s: %zu", rows[i].name, len);
  }
}

Test(record_header, is_not_known_before_its_fifth_byte)
{
  static const uint8_t header[5] = {22, 3, 1, 2, 0};

  for (size_t len = 0; len <= 5; len++) {
    size_t record_len;
    stls_record_header_status got = scan(header, len, &record_len);
    cr_expect_eq(
        got, len < 5 ? STLS_RECORD_HEADER_INCOMPLETE : STLS_RECORD_HEADER_VALID,
        "%zu bytes", len);
    cr_expect_eq(record_len, len < 5 ? UNTOUCHED : 517, "%zu bytes", len);
  }
  cr_expect_eq(stls_record_header_parse(NULL, 0, NULL),
               STLS_RECORD_HEADER_INCOMPLETE, "nothing at all");
}

/* A length that is too long cannot be told before it is whole. */
Test(record_header, is_judged_by_what_is_there)
{
  static const uint8_t header[5] = {22, 3, 3, 0xff, 0xff};
  size_t len;

  cr_expect_eq(scan(header, 4, &len), STLS_RECORD_HEADER_INCOMPLETE);
  cr_expect_eq(scan(header, 5, &len), STLS_RECORD_HEADER_INVALID);
}

Test(record_header, is_not_what_other_protocols_send)
{
  static const struct {
    const char *name;
    const char *bytes;
    size_t want_from;
  } rows[] = {
      {"an HTTP request", "GET / HTTP/1.1\r\n", 1},
      {"an HTTP response", "HTTP/1.0 400", 1},
      {"an SMTP greeting", "220 mail.example ESMTP", 1},
      {"an SSH banner", "SSH-2.0-OpenSSH", 1},
      {"an SSLv2 hello", "\x80\x2e\x01\x03\x01", 1},
      {"an SSLv2 hello of 20 * 256 bytes", "\x14\x80\x01\x03\x01", 2},
      {"DTLS 1.2", "\x16\xfe\xfd\x01\x01", 2},
      {"a heartbeat (RFC 6520)", "\x18\x03\x03\x01\x01", 1},
      {"TLS 1.3 with a wrong length", "\x17\x03\x03\xff\xff", 5},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (size_t len = 1; len <= 5; len++) {
      size_t record_len;
      cr_expect_eq(scan(rows[i].bytes, len, &record_len),
                   len < rows[i].want_from ? STLS_RECORD_HEADER_INCOMPLETE
                                           : STLS_RECORD_HEADER_INVALID,
                   "%s, %zu bytes", rows[i].name, len);
    }
}
