/* SPDX-License-Identifier: MIT */
/* test_out_buffer: output buffers of every call: length query, exact, short and
 * long. */
#include <sanstls/sanstls.h>
#include <stdlib.h>
#include <string.h>

#include "support/client_hello_builder.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(out_buffer, .timeout = 60);

#define UNTOUCHED 0xee

static stls_object *object;
static stls_session *session;
static stls_certificate *certificate;
static const stls_client_hello *hello;

#define CALL(name, ...) \
  static stls_result name(void *out, size_t out_cap, size_t *out_len, \
                          stls_error *err) \
  { \
    return __VA_ARGS__; \
  }

CALL(alpn, stls_alpn_to_wire((const char *const[]){"h2", "http/1.1"}, 2, out,
                             out_cap, out_len, err))
CALL(pem, stls_certificate_to_pem(certificate, out, out_cap, out_len, err))
CALL(json, stls_certificate_to_json(certificate, out, out_cap, out_len, err))
CALL(ja3, stls_client_hello_ja3(hello, out, out_cap, out_len, err))
CALL(ja3_hash, stls_client_hello_ja3_hash(hello, out, out_cap, out_len, err))
CALL(ja4, stls_client_hello_ja4(hello, out, out_cap, out_len, err))
CALL(describe, stls_object_describe(object, out, out_cap, out_len, err))
CALL(exporter,
     stls_object_channel_binding(object, STLS_CHANNEL_BINDING_TLS_EXPORTER, out,
                                 out_cap, out_len, err))
CALL(end_point,
     stls_object_channel_binding(object,
                                 STLS_CHANNEL_BINDING_TLS_SERVER_END_POINT, out,
                                 out_cap, out_len, err))
CALL(unique,
     stls_object_channel_binding(object, STLS_CHANNEL_BINDING_TLS_UNIQUE, out,
                                 out_cap, out_len, err))
CALL(ascii,
     stls_hostname_to_ascii("www.example.com.", out, out_cap, out_len, err))
CALL(pem_encode,
     stls_pem_encode_certificate("foo", 3, out, out_cap, out_len, err))
CALL(pem_decode,
     stls_pem_decode_certificate("-----BEGIN CERTIFICATE-----\nZm9v\n"
                                 "-----END CERTIFICATE-----\n",
                                 59, out, out_cap, out_len, err))
CALL(serialize, stls_session_serialize(session, out, out_cap, out_len, err))
CALL(timestamp, stls_timestamp_format(0, out, out_cap, out_len, err))

static const struct row {
  const char *name;
  stls_result (*call)(void *out, size_t out_cap, size_t *out_len,
                      stls_error *err);
  bool is_text;
} rows[] = {
    {"alpn_to_wire", alpn, false},
    {"certificate_to_pem", pem, true},
    {"certificate_to_json", json, true},
    {"client_hello_ja3", ja3, true},
    {"client_hello_ja3_hash", ja3_hash, true},
    {"client_hello_ja4", ja4, true},
    {"object_describe", describe, true},
    {"tls-exporter", exporter, false},
    {"tls-server-end-point", end_point, false},
    {"tls-unique", unique, false},
    {"hostname_to_ascii", ascii, true},
    {"pem_encode_certificate", pem_encode, true},
    {"pem_decode_certificate", pem_decode, false},
    {"session_serialize", serialize, false},
    {"timestamp_format", timestamp, true},
};

#define NUM_ROWS (sizeof rows / sizeof rows[0])

static test_pair set_up(client_hello_builder *made)
{
  pair_options options = {.version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  const uint16_t suites[] = {0xc02b, 0xc02f};

  object = pair.client;
  ASSERT_RESULT(stls_object_take_session(object, &session, NULL), STLS_OK,
                "session");
  cr_assert_not_null(session);
  ASSERT_RESULT(stls_conninfo_peer_certificate(stls_object_conninfo(object),
                                               &certificate, NULL),
                STLS_OK, "certificate");
  client_hello_builder_begin(made, 0x0303, suites, 2);
  client_hello_builder_end(made);
  hello = client_hello_builder_decode(made);
  return pair;
}

static void tear_down(test_pair *pair, client_hello_builder *made)
{
  stls_client_hello_free(hello);
  client_hello_builder_free(made);
  stls_certificate_free(certificate);
  stls_session_free(session);
  pair_free(pair);
}

/* On the heap, so that a sanitizer sees what is written behind it. */
static unsigned char *make_buffer(size_t len)
{
  unsigned char *out = malloc(len == 0 ? 1 : len);

  cr_assert_not_null(out);
  memset(out, UNTOUCHED, len == 0 ? 1 : len);
  return out;
}

static void expect_written(const struct row *row, const unsigned char *want,
                           size_t want_len, size_t cap)
{
  unsigned char *out = make_buffer(cap);
  size_t len = 99, end = want_len;

  EXPECT_RESULT(row->call(out, cap, &len, NULL), STLS_OK, row->name);
  cr_expect_eq(len, want_len, "%s", row->name);
  cr_expect(memcmp(out, want, want_len) == 0, "%s", row->name);
  if (row->is_text) cr_expect_eq(out[end++], '\0', "%s: no NUL", row->name);
  for (; end < cap; end++)
    cr_expect_eq(out[end], UNTOUCHED, "%s: byte %zu of %zu", row->name, end,
                 cap);
  free(out);
}

static void expect_refused(const struct row *row, size_t want_len, size_t cap)
{
  stls_error err = STLS_ERROR_INIT;
  unsigned char *out = make_buffer(cap);
  size_t len = 99;

  expect_misuse(row->call(out, cap, &len, &err), &err, "out_cap");
  cr_expect_eq(err.own_reason, STLS_REASON_OUTPUT_TOO_SMALL, "%s", row->name);
  cr_expect_eq(len, want_len, "%s", row->name);
  for (size_t i = 0; i < cap; i++)
    cr_expect_eq(out[i], UNTOUCHED, "%s: byte %zu of %zu", row->name, i, cap);
  free(out);
}

Test(out_buffer, is_filled_whole_or_not_at_all)
{
  client_hello_builder made;
  test_pair pair = set_up(&made);

  for (size_t r = 0; r < NUM_ROWS; r++) {
    const struct row *row = &rows[r];
    size_t want_len = 0, len = 0;
    unsigned char *want;
    size_t need;
    ASSERT_RESULT(row->call(NULL, 0, &want_len, NULL), STLS_OK, row->name);
    cr_assert_gt(want_len, 1, "%s", row->name);
    need = want_len + (row->is_text ? 1 : 0);
    want = make_buffer(need);
    ASSERT_RESULT(row->call(want, need, &len, NULL), STLS_OK, row->name);
    cr_expect_eq(len, want_len, "%s", row->name);
    expect_written(row, want, want_len, need);
    expect_written(row, want, want_len, need + 1);
    expect_written(row, want, want_len, need + 9);
    expect_refused(row, want_len, need - 1);
    expect_refused(row, want_len, 1);
    expect_refused(row, want_len, 0);
    free(want);
  }
  tear_down(&pair, &made);
}

Test(out_buffer, misuse_is_named)
{
  client_hello_builder made;
  test_pair pair = set_up(&made);

  for (size_t r = 0; r < NUM_ROWS; r++) {
    stls_error err = STLS_ERROR_INIT;
    unsigned char out[1];
    size_t len = 99;
    expect_misuse(rows[r].call(NULL, 1, &len, &err), &err, "out is NULL");
    cr_expect_eq(len, 0, "%s", rows[r].name);
    expect_misuse(rows[r].call(NULL, 0, NULL, &err), &err, "out_len is NULL");
    expect_misuse(rows[r].call(out, 1, NULL, &err), &err, "out_len is NULL");
  }
  tear_down(&pair, &made);
}

/* The sizes that the headers name are enough, with a NUL. */
Test(out_buffer, has_room_in_the_sizes_of_the_headers)
{
  static const struct {
    const struct row *row;
    size_t size;
  } sizes[] = {{&rows[4], STLS_JA3_HASH_SIZE},
               {&rows[5], STLS_JA4_SIZE},
               {&rows[6], STLS_DESCRIPTION_SIZE},
               {&rows[7], STLS_CHANNEL_BINDING_MAX},
               {&rows[14], STLS_TIMESTAMP_SIZE}};
  client_hello_builder made;
  test_pair pair = set_up(&made);

  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    size_t len = 0;
    EXPECT_RESULT(sizes[i].row->call(NULL, 0, &len, NULL), STLS_OK,
                  sizes[i].row->name);
    cr_expect_lt(len, sizes[i].size, "%s", sizes[i].row->name);
  }
  tear_down(&pair, &made);
}

/* Runs of a queue: as many as there is room for, and how many there are. */
Test(out_buffer, of_runs_tells_their_number)
{
  stls_bio *bio;
  stls_span spans[8];
  size_t num, done;
  static unsigned char block[40000];

  ASSERT_RESULT(stls_bio_new(&bio, NULL), STLS_OK, "bio");
  cr_expect_eq(stls_bio_peekv(bio, NULL, 0), 0);
  ASSERT_RESULT(stls_bio_write(bio, block, sizeof block, &done, NULL), STLS_OK,
                "write");
  num = stls_bio_peekv(bio, NULL, 0);
  cr_assert_gt(num, 0);
  cr_assert_leq(num, 8);
  cr_expect_eq(stls_bio_peekv(bio, spans, 8), num);
  cr_expect_eq(stls_bio_peekv(bio, spans, num - 1), num - 1);
  cr_expect_eq(stls_bio_peekv(bio, NULL, 8), 0);
  stls_bio_free(bio);
}
