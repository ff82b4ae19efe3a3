/* SPDX-License-Identifier: MIT */
/* test_record_protect: sealed and opened records, and those that are forged. */
#include "lib/records/record_protect.h"

#include <openssl/err.h>
#include <string.h>

#include "lib/wire/record_header.h"
#include "records_case.h"
#include "support/check.h"

SUITE(record_protect);

enum {
  MAX = 16384,
  ROOM = MAX + 512
};

static const struct {
  const char *name;
  int version;
  size_t overhead;
} suites[] = {{"TLS_AES_128_GCM_SHA256", TLS1_3_VERSION, 22},
              {"TLS_AES_256_GCM_SHA384", TLS1_3_VERSION, 22},
              {"TLS_CHACHA20_POLY1305_SHA256", TLS1_3_VERSION, 22},
              {"ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_2_VERSION, 29},
              {"ECDHE-RSA-AES256-GCM-SHA384", TLS1_2_VERSION, 29},
              {"ECDHE-RSA-CHACHA20-POLY1305", TLS1_2_VERSION, 21}};

enum {
  NUM_SUITES = sizeof suites / sizeof *suites
};

/* Both ends of one direction. */
struct ends {
  struct records_case rc;
  struct stls_record_key key;
  struct stls_record_protect seal, open;
  uint8_t plain[ROOM], record[ROOM], opened[ROOM + 1];
};

static struct ends *open_ends(int suite)
{
  struct ends *ends = calloc(1, sizeof *ends);

  cr_assert_not_null(ends);
  records_case_open(&ends->rc, suites[suite].name, suites[suite].version);
  for (size_t i = 0; i < sizeof ends->key.key; i++)
    ends->key.key[i] = (uint8_t)(i * 5 + 1);
  for (size_t i = 0; i < sizeof ends->key.iv; i++)
    ends->key.iv[i] = (uint8_t)(i * 11 + 3);
  for (size_t i = 0; i < ROOM; i++) ends->plain[i] = (uint8_t)(i * 7 + 1);
  return ends;
}

static void close_ends(struct ends *ends)
{
  stls_record_protect_clear(&ends->seal);
  stls_record_protect_clear(&ends->open);
  records_case_close(&ends->rc);
  free(ends);
}

/* Returns the record's length. */
static size_t seal(struct ends *ends, uint8_t type, size_t len, size_t padding,
                   uint64_t seq)
{
  const stls_span span = {ends->plain, len};
  const struct stls_record_content content = {
      .type = type, .spans = &span, .len = len, .padding_len = padding};

  cr_assert(stls_record_protect_seal(&ends->seal, &ends->rc.suite, &ends->key,
                                     seq, seq + 1000, &content, ends->record));
  return len + padding + stls_record_suite_overhead(&ends->rc.suite);
}

static stls_record_opened open_record(struct ends *ends, size_t record_len,
                                      uint64_t seq, size_t cap, size_t *out_len,
                                      uint8_t *out_type)
{
  const stls_span whole = {ends->record, record_len};

  *out_len = 4711;
  *out_type = 255;
  memset(ends->opened, 0xee, sizeof ends->opened);
  return stls_record_protect_open(&ends->open, &ends->rc.suite, &ends->key, seq,
                                  &whole, record_len, ends->opened, cap,
                                  out_len, out_type);
}

/* RFC 8448, 3: the application data of the simple 1-RTT handshake. The server's
 * follows a NewSessionTicket, so it has the sequence number 1. */
static const struct {
  const char *secret;
  uint64_t seq;
  const char *record;
} rfc_8448[] = {
    {"9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", 0,
     "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819"
     "a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915"
     "e4"},
    {"a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", 1,
     "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf9"
     "7d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955"
     "d"}};

Test(record_protect, seals_the_records_of_rfc_8448)
{
  for (size_t i = 0; i < sizeof rfc_8448 / sizeof *rfc_8448; i++) {
    struct ends *ends = open_ends(0);
    uint8_t secret[32], expected[128], type;
    size_t expected_len = records_case_hex(rfc_8448[i].record, expected);
    size_t len;
    records_case_hex(rfc_8448[i].secret, secret);
    cr_assert(stls_record_keys_derive(&ends->rc.suite, secret, &ends->key));
    for (size_t at = 0; at < 50; at++) ends->plain[at] = (uint8_t)at;
    cr_assert_eq(seal(ends, 23, 50, 0, rfc_8448[i].seq), expected_len);
    cr_expect_arr_eq(ends->record, expected, expected_len, "record %zu", i);
    cr_expect_eq(
        open_record(ends, expected_len, rfc_8448[i].seq, ROOM, &len, &type),
        STLS_RECORD_OPENED);
    cr_expect_eq(len, 50);
    cr_expect_eq(type, 23);
    close_ends(ends);
  }
}

/* RFC 8446, 5.2; RFC 5246, 6.2: lengths at the bounds, and at those of the ways in
 * which a record is sealed. The buffer has just the room, a byte more, or much. */
Test(record_protect, opens_what_it_sealed)
{
  static const size_t lens[] = {0,    1,    15,   16,   17,    64,   1000,
                                4094, 4095, 4096, 4097, 16383, 16384};

  for (int suite = 0; suite < NUM_SUITES; suite++) {
    struct ends *ends = open_ends(suite);
    uint64_t seq = 0;
    cr_expect_eq(stls_record_suite_overhead(&ends->rc.suite),
                 suites[suite].overhead);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
      const size_t caps[] = {lens[i], lens[i] + 1, ROOM};
      for (size_t k = 0; k < 3; k++, seq++) {
        size_t record_len = seal(ends, 22, lens[i], 0, seq), len, parsed = 0;
        uint8_t type;
        cr_expect_eq(stls_record_header_parse(ends->record, 5, &parsed),
                     STLS_RECORD_HEADER_VALID);
        cr_expect_eq(parsed, record_len);
        cr_expect_eq(ends->record[0],
                     suites[suite].version == TLS1_3_VERSION ? 23 : 22);
        cr_expect_eq(stls_record_protect_room(&ends->rc.suite, record_len),
                     lens[i]);
        cr_assert_eq(open_record(ends, record_len, seq, caps[k], &len, &type),
                     STLS_RECORD_OPENED, "%s, %zu", suites[suite].name,
                     lens[i]);
        cr_expect_eq(len, lens[i]);
        cr_expect_eq(type, 22);
        cr_expect_arr_eq(ends->opened, ends->plain, len);
        for (size_t at = len; at < caps[k]; at++)
          cr_assert(ends->opened[at] == 0 || ends->opened[at] == 0xee);
        cr_expect_eq(ends->opened[caps[k]], 0xee);
      }
    }
    close_ends(ends);
  }
}

/* RFC 8446, 5.4: any type, also 0 behind content, which is padding then. */
Test(record_protect, removes_padding_of_any_length)
{
  for (int suite = 0; suite < 3; suite++) {
    struct ends *ends = open_ends(suite);
    uint64_t seq = UINT64_MAX - 2000;
    for (size_t padding = 0; padding <= 300; padding++) {
      for (size_t len = 0; len <= 2; len++, seq++) {
        size_t record_len = seal(ends, 23, len, padding, seq), got;
        const size_t cap = len + padding + (padding & 1);
        uint8_t type;
        cr_assert_eq(open_record(ends, record_len, seq, cap, &got, &type),
                     STLS_RECORD_OPENED);
        cr_assert_eq(got, len, "padding %zu", padding);
        cr_assert_eq(type, 23);
        cr_assert_arr_eq(ends->opened, ends->plain, len);
        for (size_t at = len; at < cap; at++)
          cr_assert_eq(ends->opened[at], 0, "padding %zu, at %zu", padding, at);
      }
    }
    close_ends(ends);
  }
}

Test(record_protect, tells_of_nothing_but_padding_by_type_0)
{
  static const size_t lens[] = {0, 1, 100, 5000, 16384};

  for (int suite = 0; suite < 3; suite++) {
    struct ends *ends = open_ends(suite);
    memset(ends->plain, 0, sizeof ends->plain);
    for (size_t i = 0; i < 2 * sizeof lens / sizeof *lens; i++) {
      const size_t len = lens[i / 2], cap = i % 2 ? ROOM : len;
      size_t record_len = seal(ends, 0, len, 0, i), got;
      uint8_t type;
      cr_expect_eq(open_record(ends, record_len, i, cap, &got, &type),
                   STLS_RECORD_OPENED);
      cr_expect_eq(got, 0);
      cr_expect_eq(type, 0);
    }
    close_ends(ends);
  }
}

static void expect_forged(struct ends *ends, size_t record_len, uint64_t seq,
                          const char *what, size_t at)
{
  size_t len;
  uint8_t type;

  for (int exact = 0; exact < 2; exact++) {
    size_t cap =
        exact ? stls_record_protect_room(&ends->rc.suite, record_len) : ROOM;
    cr_assert_eq(open_record(ends, record_len, seq, cap, &len, &type),
                 STLS_RECORD_FORGED, "%s %zu", what, at);
    cr_assert_eq(len, 4711);
    cr_assert_eq(type, 255);
    for (size_t i = 0; i < ROOM; i++)
      cr_assert(ends->opened[i] == 0 || ends->opened[i] == 0xee,
                "%s %zu leaves plaintext at %zu", what, at, i);
  }
}

/* Each byte of the header too, but the version of TLS 1.3's, which is also
 * authenticated; nothing that was decrypted is left. */
Test(record_protect, refuses_a_record_with_any_byte_changed)
{
  for (int suite = 0; suite < NUM_SUITES; suite++) {
    static const size_t lens[] = {0, 1, 40};
    struct ends *ends = open_ends(suite);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
      size_t record_len = seal(ends, 23, lens[i], 0, 5);
      for (size_t at = 0; at < record_len; at++) {
        /* The length of TLS 1.2's AAD is computed from the record's length. */
        if (suites[suite].version == TLS1_2_VERSION && (at == 3 || at == 4))
          continue;
        ends->record[at] ^= 0x40;
        expect_forged(ends, record_len, 5, suites[suite].name, at);
        ends->record[at] ^= 0x40;
      }
      for (size_t cut = 1; cut <= record_len && cut < 40; cut++)
        expect_forged(ends, record_len - cut, 5, "cut by", cut);
    }
    close_ends(ends);
  }
}

Test(record_protect, refuses_a_replayed_record)
{
  for (int suite = 0; suite < NUM_SUITES; suite++) {
    struct ends *ends = open_ends(suite);
    size_t record_len = seal(ends, 23, 100, 0, 7);
    for (uint64_t seq = 0; seq < 16; seq++)
      if (seq != 7) expect_forged(ends, record_len, seq, "number", (size_t)seq);
    expect_forged(ends, record_len, 7 + ((uint64_t)1 << 32), "number", 7);
    close_ends(ends);
  }
}

/* A failure leaves the caller's error queue alone, although nothing guards it. */
Test(record_protect, leaves_no_entry_in_the_error_queue)
{
  for (int suite = 0; suite < NUM_SUITES; suite++) {
    struct ends *ends = open_ends(suite);
    size_t record_len = seal(ends, 23, 5000, 0, 0), len;
    uint8_t type;
    ERR_clear_error();
    open_record(ends, record_len, 0, 5000, &len, &type);
    expect_forged(ends, record_len, 1, suites[suite].name, 0);
    expect_forged(ends, 10, 1, suites[suite].name, 1);
    cr_expect_eq(ERR_peek_error(), 0, "%s", suites[suite].name);
    close_ends(ends);
  }
}

/* However the content is spread over spans, the record is the same. */
Test(record_protect, joins_spans)
{
  static const size_t lens[] = {0, 1, 3, 100, 4000, 12000};

  for (int suite = 0; suite < NUM_SUITES; suite++) {
    struct ends *ends = open_ends(suite);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
      size_t record_len = seal(ends, 23, lens[i], 0, i);
      for (size_t cut = 0; cut <= lens[i]; cut += 1 + lens[i] / 7) {
        const stls_span spans[] = {{ends->plain, 0},
                                   {"xyz", 3},
                                   {ends->plain, cut},
                                   {NULL, 0},
                                   {ends->plain + cut, lens[i] - cut},
                                   {"behind", 6}};
        const struct stls_record_content content = {
            .type = 23, .spans = spans, .offset = 3, .len = lens[i]};
        struct stls_record_protect again = {NULL, false};
        cr_assert(stls_record_protect_seal(&again, &ends->rc.suite, &ends->key,
                                           i, i + 1000, &content,
                                           ends->opened));
        cr_expect_arr_eq(ends->opened, ends->record, record_len,
                         "%s, %zu at %zu", suites[suite].name, lens[i], cut);
        stls_record_protect_clear(&again);
      }
    }
    close_ends(ends);
  }
}

/* However the record is spread over pieces, it opens to the same: each cut of a
 * short one, in three, and cuts of a long one within the header, a block of the
 * cipher, the last byte and the tag. What was changed is found in any of them. */
static void open_pieces(struct ends *ends, size_t record_len, size_t first,
                        size_t second, uint64_t seq)
{
  const stls_span pieces[] = {
      {ends->record, first},
      {NULL, 0},
      {ends->record + first, second},
      {ends->record + first + second, record_len - first - second + 9}};
  const size_t room = stls_record_protect_room(&ends->rc.suite, record_len);
  size_t len = 0;
  uint8_t type = 0;

  for (size_t cap = room; cap <= room + 1; cap++) {
    memset(ends->opened, 0xee, sizeof ends->opened);
    cr_assert_eq(stls_record_protect_open(&ends->open, &ends->rc.suite,
                                          &ends->key, seq, pieces, record_len,
                                          ends->opened, cap, &len, &type),
                 STLS_RECORD_OPENED, "%zu and %zu of %zu", first, second,
                 record_len);
    cr_assert_eq(len, room);
    cr_assert_eq(type, 23);
    cr_assert_arr_eq(ends->opened, ends->plain, len);
    cr_assert_eq(ends->opened[cap], 0xee);
  }
  ends->record[first > 5 ? first - 1 : record_len - 1] ^= 1;
  cr_assert_eq(stls_record_protect_open(&ends->open, &ends->rc.suite,
                                        &ends->key, seq, pieces, record_len,
                                        ends->opened, room, &len, &type),
               STLS_RECORD_FORGED);
  for (size_t i = 0; i < room; i++) cr_assert_eq(ends->opened[i], 0);
  ends->record[first > 5 ? first - 1 : record_len - 1] ^= 1;
}

Test(record_protect, opens_pieces)
{
  const size_t step = check_quick() ? 7 : 1;
  for (int suite = 0; suite < NUM_SUITES; suite++) {
    struct ends *ends = open_ends(suite);
    size_t record_len = seal(ends, 23, 40, 0, 3);
    for (size_t first = 0; first <= record_len; first += step)
      for (size_t second = 0; first + second <= record_len; second += step)
        open_pieces(ends, record_len, first, second, 3);
    record_len = seal(ends, 23, 16384, 0, 4);
    for (size_t first = 0; first < record_len;
         first += first < 40 || first > record_len - 40 ? step : 977)
      for (size_t second = 0; first + second <= record_len;
           second += second < 20 ? step : 4001)
        open_pieces(ends, record_len, first, second, 4);
    close_ends(ends);
  }
}

/* A context that was given back is made anew, with the same outcome. */
Test(record_protect, goes_on_after_a_clear)
{
  for (int suite = 0; suite < NUM_SUITES; suite++) {
    struct ends *ends = open_ends(suite);
    for (uint64_t seq = 0; seq < 4; seq++) {
      size_t record_len = seal(ends, 23, 100, 0, seq), len;
      uint8_t type;
      cr_expect_eq(open_record(ends, record_len, seq, 100, &len, &type),
                   STLS_RECORD_OPENED);
      if (seq % 2 == 1) stls_record_protect_clear(&ends->seal);
      stls_record_protect_clear(&ends->open);
    }
    close_ends(ends);
  }
}
