/* SPDX-License-Identifier: MIT */
/* test_record_vectors: fixed records, computed without OpenSSL. */
/*
 * By an implementation of its own of AES-GCM and ChaCha20-Poly1305, which gives the
 * values of FIPS 197, C.1, of "The Galois/Counter Mode of Operation" (McGrew and
 * Viega), test case 4, and of RFC 8439, 2.8.2. The records are those of RFC 8446,
 * 5.2; RFC 5288, 3; RFC 7905, 2.
 */
#include <string.h>

#include "lib/records/record_protect.h"
#include "records_case.h"
#include "support/check.h"

SUITE(record_vectors);

enum {
  CONTENT_MAX = 300,
  RECORD_MAX = CONTENT_MAX + 64
};

static const struct {
  const char *name;
  int version;
} suites[] = {{"TLS_AES_128_GCM_SHA256", TLS1_3_VERSION},
              {"TLS_AES_256_GCM_SHA384", TLS1_3_VERSION},
              {"TLS_CHACHA20_POLY1305_SHA256", TLS1_3_VERSION},
              {"ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_2_VERSION},
              {"ECDHE-RSA-AES256-GCM-SHA384", TLS1_2_VERSION},
              {"ECDHE-RSA-CHACHA20-POLY1305", TLS1_2_VERSION}};

/* Byte i of the key is 5 * i + 1, of the iv 11 * i + 3, of the content 7 * i + 1. The
 * explicit nonce is 1000 more than the sequence number. */
static const struct {
  int suite;
  uint8_t type;
  size_t len, padding_len;
  uint64_t seq;
  const char *record;
} rows[] = {
    {0, 23, 0, 0, 0x1, "170303001102fd285256fc9c618288cbdb4c941ce95a"},
    {0, 22, 5, 3, 0x102030405060708,
     "170303001963f1ddd1a5f07ce38b6949ddf29dc0539fa2358cbe4e73d041"},
    {0, 21, 260, 0, 0x12c,
     "1703030115d1df93bbacf2f7bda0ca72eaf40b7f8a0ac336a44715355a2e6fe8"
     "b72b9bcb9194f3f0beca770febafcf48c37de6afbfad40ed5de6b0e254bad9e1"
     "4890f5638b5f454c80ad186a92dc7816f583f799ba6551373df30ee2e314bc17"
     "781d392569de245f7db848ef36ec69aabfbdbc7b4af056c441b4c0edb059eff4"
     "ad5dbf1f8799eb8f4a795ccbecc5f7450040274c041ae9e091bb093253f02ce2"
     "327ad0e513efd6fd4d0bdd79f3eca5b4a6173d4a56f098b03042c8dc2161e5e5"
     "f82a664bc5597e2a98ca07253c56232178410ba7b7dd69600dde19895f60d90e"
     "863047085f00a9f1b5879eed74c8166dc3c9a7b99527a0cbf36a9826965b6af2"
     "7b323c573784baa4641b3b74611d85c817689e1a7f71a5516759"},
    {1, 23, 0, 0, 0x1, "1703030011975f0df0eefddacd54b6cdf7e8d6b5fd98"},
    {1, 22, 5, 3, 0x102030405060708,
     "17030300194fe7128bad20e4690f95277049c468b8a312f794e811c57170"},
    {1, 21, 33, 0, 0x12c,
     "170303003299d236cfc61af9f1a201c3ca654552c4f64802cc92d62ebba5d190"
     "11bc64405941b4d782c237c406b8718b24cb0cc9f276c3"},
    {2, 23, 0, 0, 0x1, "1703030011e8bcc48905ff2d0d146e346ed46f3f153f"},
    {2, 22, 5, 3, 0x102030405060708,
     "17030300198efe0878c8f5f1ad2e2df9ba0293b5240be43c609f67636523"},
    {2, 21, 33, 0, 0x12c,
     "17030300323e11d716773522e5a1dd10c6c3ebada99fdf697fdfb8f8ec3feb76"
     "2b7801497b7ba6ed4cc157651d6a4cc868626afb2b6b56"},
    {3, 23, 0, 0, 0x1,
     "170303001800000000000003e91a0024cc65578b9480688b34aec3ffde"},
    {3, 22, 5, 0, 0x102030405060708,
     "160303001d0102030405060af0476baaf6f50ac4471fe6f537be821e4bc7944d"
     "b647"},
    {3, 21, 260, 0, 0x12c,
     "150303011c0000000000000514a1353195791c20c602b957bc4f9c8ee28358f7"
     "39868843af15e4573c1d09709e68800095696a7db9bcf3abdf05568c1a0521eb"
     "27414cdf6c7532c6a469c89a17a5d4e3d830fbb51b1706fc066480b5dafd8efb"
     "0c23eb4a10fda121873d76528c72c16189cb2e0cb11ef08068e6e0e98e312a01"
     "a60e8ff95c3212984d0584c89381ba69b5aeec1dc5075614f434620e64f6edb2"
     "76e1f305d3aa88a81165652d89cd59bc32ba79da5a528c7ab876ff667948bdf6"
     "4a0158bcfba00b16d8ad3befd48e35f98332ffab7c20b5461a550558b2a63e05"
     "3f5f3e67d749523ab0aeff051aca0830932bc2c9bc41eb4a26f219567d3d4749"
     "585a07cf7b3bac697b49c7de99f4f0033dc21fb131baeab869a8b841de5fa3bb"
     "cb"},
    {4, 23, 0, 0, 0x1,
     "170303001800000000000003e90be1f14646760fd6353975ed6b41952e"},
    {4, 22, 5, 0, 0x102030405060708,
     "160303001d0102030405060af074f68f97e6b65f53cca8912abd31036eb290ec"
     "edd8"},
    {4, 21, 33, 0, 0x12c,
     "150303003900000000000005145d525ae97b9778344c8fa10fe4a9d59dd13cc1"
     "b74a93887a7d11f2082812cca927ec4676f297ddc491c4e06c8aa92583e6"},
    {5, 23, 0, 0, 0x1, "1703030010c6755d4b1269d216b2db5bb2930ca166"},
    {5, 22, 5, 0, 0x102030405060708,
     "16030300158efe0878c8a04c7532d59eee56ad68f43e8bd14d2e"},
    {5, 21, 33, 0, 0x12c,
     "15030300313e11d716773522e5a1dd10c6c3ebada99fdf697fdfb8f8ec3feb76"
     "2b7801497b7be83e3900a39770c814e3d317f006aa39"},
};

enum {
  NUM_ROWS = sizeof rows / sizeof *rows
};

static uint8_t content[CONTENT_MAX];

static struct stls_record_key key_of_rows(void)
{
  struct stls_record_key key;

  for (size_t i = 0; i < sizeof key.key; i++) key.key[i] = (uint8_t)(i * 5 + 1);
  for (size_t i = 0; i < sizeof key.iv; i++) key.iv[i] = (uint8_t)(i * 11 + 3);
  for (size_t i = 0; i < sizeof content; i++) content[i] = (uint8_t)(i * 7 + 1);
  return key;
}

Test(record_vectors, are_sealed)
{
  const struct stls_record_key key = key_of_rows();

  for (size_t i = 0; i < NUM_ROWS; i++) {
    const stls_span span = {content, rows[i].len};
    const struct stls_record_content form = {
        .type = rows[i].type,
        .spans = &span,
        .len = rows[i].len,
        .padding_len = rows[i].padding_len};
    struct stls_record_protect protect = {NULL, false};
    uint8_t record[RECORD_MAX], want[RECORD_MAX];
    const size_t want_len = records_case_hex(rows[i].record, want);
    struct records_case rc;
    records_case_open(&rc, suites[rows[i].suite].name,
                      suites[rows[i].suite].version);
    cr_assert_eq(want_len, rows[i].len + rows[i].padding_len +
                               stls_record_suite_overhead(&rc.suite));
    cr_assert(stls_record_protect_seal(&protect, &rc.suite, &key, rows[i].seq,
                                       rows[i].seq + 1000, &form, record));
    cr_expect_arr_eq(record, want, want_len, "row %zu", i);
    stls_record_protect_clear(&protect);
    records_case_close(&rc);
  }
}

Test(record_vectors, are_opened)
{
  const struct stls_record_key key = key_of_rows();

  for (size_t i = 0; i < NUM_ROWS; i++) {
    struct stls_record_protect protect = {NULL, false};
    uint8_t record[RECORD_MAX], out[RECORD_MAX], type = 0;
    const size_t record_len = records_case_hex(rows[i].record, record);
    const stls_span span = {record, record_len};
    struct records_case rc;
    size_t len = 0;
    records_case_open(&rc, suites[rows[i].suite].name,
                      suites[rows[i].suite].version);
    cr_assert_eq(
        stls_record_protect_open(&protect, &rc.suite, &key, rows[i].seq, &span,
                                 record_len, out, sizeof out, &len, &type),
        STLS_RECORD_OPENED, "row %zu", i);
    cr_expect_eq(type, rows[i].type, "row %zu", i);
    cr_assert_eq(len, rows[i].len, "row %zu", i);
    cr_expect_arr_eq(out, content, len, "row %zu", i);
    stls_record_protect_clear(&protect);
    records_case_close(&rc);
  }
}

/* RFC 8446, 5.4: padding of every length that a record can have. */
Test(record_vectors, may_be_padded_to_any_length)
{
  static uint8_t record[16384 + 64], out[16384 + 64];
  const struct stls_record_key key = key_of_rows();
  const size_t step = check_quick() ? 97 : 1;
  struct stls_record_protect seals = {NULL, false}, opens = {NULL, false};
  struct records_case rc;

  records_case_open(&rc, suites[0].name, suites[0].version);
  for (size_t padding_len = 0; padding_len <= 16384; padding_len += step) {
    const size_t content_len = padding_len % 3 < 16384 - padding_len
                                   ? padding_len % 3
                                   : 16384 - padding_len;
    const stls_span span = {content, content_len};
    const size_t record_len = content_len + padding_len + 22;
    const stls_span whole = {record, record_len};
    const struct stls_record_content form = {.type = 22,
                                             .spans = &span,
                                             .len = content_len,
                                             .padding_len = padding_len};
    size_t len = 1;
    uint8_t type = 0;
    cr_assert(stls_record_protect_seal(&seals, &rc.suite, &key, padding_len, 0,
                                       &form, record));
    cr_assert_eq(stls_record_protect_open(
                     &opens, &rc.suite, &key, padding_len, &whole, record_len,
                     out, content_len + padding_len, &len, &type),
                 STLS_RECORD_OPENED);
    cr_assert_eq(len, content_len, "%zu: %zu", padding_len, len);
    cr_assert_eq(type, 22, "%zu", padding_len);
  }
  stls_record_protect_clear(&seals);
  stls_record_protect_clear(&opens);
  records_case_close(&rc);
}
