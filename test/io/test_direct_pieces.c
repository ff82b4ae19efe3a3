/* SPDX-License-Identifier: MIT */
/* test_direct_pieces: records that lie in several chunks, and in two buffers. */
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(direct_pieces);

enum {
  RECORD_MAX = 16384,
  WIRE_MAX = RECORD_MAX + 64,
  /* Less room than this is not filled up by chunk_queue, but a new chunk made. */
  ROOM = 1100
};

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
static const size_t record_lens[] = {1, 64, 3000, RECORD_MAX};

/* How large the chunks are, and how much comes from the caller's buffer. */
static const struct {
  size_t chunk;
  size_t direct;
} places[] = {{1, 0},       {1, 1},     {2, 0},      {3, 20},      {5, 0},
              {6, 17},      {13, 16},   {14, 15},    {37, 0},      {100, 64},
              {1000, 0},    {1000, 9},  {4096, 0},   {4096, 2500}, {9000, 0},
              {9000, 5000}, {16384, 0}, {300, 2900}, {8, 16300},   {2, 8300}};

enum {
  NUM_PLACES = sizeof places / sizeof *places
};

static unsigned char data[RECORD_MAX], wire[WIRE_MAX], out[WIRE_MAX];
static const char *label;

static void use_direct(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, &err),
                 STLS_OK);
}

static test_pair open_pair(stls_protocol version)
{
  pair_options options = {.version = version,
                          .tune_client = pair_use_libssl_records,
                          .tune_server = use_direct};

  return pair_open(&options);
}

static size_t make_record(const test_pair *pair, size_t len)
{
  size_t done = 0;

  pair_pattern(data, len, len);
  ASSERT_RETURNS(stls_object_write(pair->client, data, len, &done), STLS_OK);
  cr_assert_eq(done, len);
  ASSERT_RETURNS(stls_bio_read(stls_object_outgoing(pair->client), wire,
                               sizeof wire, &done, NULL),
                 STLS_OK);
  return done;
}

static void put_chunks(stls_bio *bio, size_t len, size_t chunk)
{
  for (size_t at = 0, part; at < len; at += part) {
    size_t room = 0;
    void *space = NULL;
    part = len - at < chunk ? len - at : chunk;
    ASSERT_RETURNS(
        stls_bio_reserve(bio, part < ROOM ? ROOM : part, &space, &room, NULL),
        STLS_OK);
    if (part > room) part = room;
    memcpy(space, wire + at, part);
    ASSERT_RETURNS(stls_bio_commit(bio, part, NULL), STLS_OK);
  }
}

/* Lets the server read a record that lies so. */
static stls_result read_record(const test_pair *pair, size_t wire_len,
                               size_t place, size_t out_len, size_t *out_read)
{
  const size_t direct =
      places[place].direct < wire_len ? places[place].direct : 0;
  const size_t queued = wire_len - direct;
  size_t used = 0;
  stls_result result;

  put_chunks(stls_object_incoming(pair->server), queued, places[place].chunk);
  result = stls_object_read_from(pair->server, wire + queued, direct, &used,
                                 out, out_len, out_read);
  cr_assert_eq(used, direct, "%s", label);
  return result;
}

static void expect_record(const test_pair *pair, size_t len, size_t place,
                          size_t out_len)
{
  const size_t wire_len = make_record(pair, len);
  size_t got = 0, total = 0;
  stls_result result = read_record(pair, wire_len, place, out_len, &got);

  while (result == STLS_OK) {
    cr_assert_arr_eq(out, data + total, got, "%s", label);
    total += got;
    result = stls_object_read(pair->server, out, out_len, &got);
  }
  ASSERT_RESULT(result, STLS_WANT_READ, label);
  cr_assert_eq(total, len, "%s", label);
}

/* To the caller's buffer where that has the room, and to the library's. */
Test(direct_pieces, are_opened_where_they_lie)
{
  pair_need_direct();
  for (size_t i = 0; i < 2; i++) {
    test_pair pair = open_pair(versions[i]);
    for (size_t place = 0; place < NUM_PLACES; place++) {
      for (size_t j = 0; j < sizeof record_lens / sizeof *record_lens; j++) {
        const size_t len = record_lens[j];
        label = expect_label("row %zu, place %zu, %zu bytes", i, place, len);
        expect_record(&pair, len, place, sizeof out);
        expect_record(&pair, len, place, len);
        expect_record(&pair, len, place, 1 + len / 2);
      }
    }
    pair_free(&pair);
  }
}

/* Into one chunk, as long as there is room, whatever is left of it. */
Test(direct_pieces, are_sealed_behind_one_another)
{
  pair_need_direct();
  for (size_t i = 0; i < 2; i++) {
    test_pair pair = open_pair(versions[i]);
    pair_settle(&pair);
    pair_pattern(data, sizeof data, 0);
    for (size_t first = 1; first < ROOM; first++) {
      const size_t lens[] = {first, 300, 1500};
      size_t done, at = 0, got = 0;
      stls_bio_trim(stls_object_outgoing(pair.server));
      for (size_t j = 0; j < 3; j++, at += done)
        ASSERT_RETURNS(
            stls_object_write(pair.server, data + at, lens[j], &done), STLS_OK);
      pair_move_all(&pair, pair.server, pair.client);
      for (; got < at; got += done)
        ASSERT_RETURNS(
            stls_object_read(pair.client, out + got, sizeof out - got, &done),
            STLS_OK);
      cr_assert_arr_eq(out, data, at, "%zu", first);
    }
    pair_free(&pair);
  }
}

static void expect_refused(stls_protocol version, size_t len, size_t place,
                           size_t changed, bool from_end)
{
  test_pair pair = open_pair(version);
  size_t wire_len = make_record(&pair, len), got = 0;
  stls_error err = STLS_ERROR_INIT;

  memset(out, 0xee, sizeof out);
  wire[from_end ? wire_len - 1 - changed : changed] ^= 1;
  ASSERT_RESULT(read_record(&pair, wire_len, place, sizeof out, &got),
                STLS_ERROR_TLS, label);
  cr_expect_eq(got, 0);
  stls_object_error(pair.server, &err);
  cr_expect_eq(err.alert_sent, 20, "%s", label);
  for (size_t i = 0; i < len; i++)
    cr_assert(out[i] == 0 || out[i] == 0xee, "%s at %zu", label, i);
  pair_free(&pair);
}

/* RFC 8446, 5.2: bad_record_mac. A byte of the content, and of the tag. */
Test(direct_pieces, are_refused_when_one_was_changed)
{
  pair_need_direct();
  for (size_t i = 0; i < 2; i++) {
    for (size_t place = 0; place < NUM_PLACES; place += check_quick() ? 5 : 1) {
      label = expect_label("row %zu, place %zu", i, place);
      expect_refused(versions[i], 64, place, 13, false);
      expect_refused(versions[i], 64, place, 15, true);
      expect_refused(versions[i], RECORD_MAX, place, 9, true);
    }
  }
}

/* What a side answers whose queue takes only `limit` bytes of the record. */
static stls_error refuse_limited(bool is_server, bool is_direct, size_t len,
                                 size_t limit)
{
  pair_options options = {.version = STLS_TLS_1_3};
  test_pair pair;
  stls_object *self;
  stls_bio *incoming;
  stls_result result = STLS_WANT_READ;
  stls_error err = STLS_ERROR_INIT;
  size_t at = 0, done = 0;

  options.tune_client = options.tune_server =
      is_direct ? use_direct : pair_use_libssl_records;
  pair = pair_open(&options);
  pair_settle(&pair);
  self = is_server ? pair.server : pair.client;
  incoming = stls_object_incoming(self);
  ASSERT_RETURNS(stls_bio_set_limit(incoming, limit, NULL), STLS_OK);
  while (result == STLS_WANT_READ && at < len) {
    (void)!stls_bio_write(incoming, wire + at, len - at, &done, NULL);
    at += done;
    result = stls_object_read(self, out, sizeof out, &done);
  }
  EXPECT_RESULT(stls_object_error(self, &err),
                result == STLS_WANT_READ ? STLS_OK : STLS_ERROR_TLS, label);
  ASSERT_RETURNS(stls_bio_set_limit(incoming, sizeof wire, NULL), STLS_OK);
  if (result == STLS_WANT_READ)
    pair_transfer(&pair, is_server ? pair.client : pair.server, self, 100);
  pair_free(&pair);
  return err;
}

/* libssl 3.5 wants all of a ChangeCipherSpec before it refuses it, and a client's
 * ignores one that a handshake may have. */
Test(direct_pieces, are_judged_as_libssl_judges_them)
{
  static const size_t body_lens[] = {1, 49};

  pair_need_direct();
  for (size_t i = 0; i < 4; i++) {
    const bool is_server = i % 2 == 1;
    const size_t body_len = body_lens[i / 2];
    const uint8_t header[] = {20, 3, 3, 0, (uint8_t)body_len};
    const size_t len = sizeof header + body_len;
    /* The rest may look like a record. */
    for (size_t at = 0; at < body_len; at++)
      wire[sizeof header + at] =
          body_len == 1 ? 1 : (uint8_t)("\x17\3\3\0\x11"[at % 5]);
    memcpy(wire, header, sizeof header);
    for (size_t limit = 1; limit <= len; limit++) {
      stls_error own, libssl;
      label = expect_label("row %zu, %zu of %zu bytes", i, limit, len);
      libssl = refuse_limited(is_server, false, len, limit);
      own = refuse_limited(is_server, true, len, limit);
      EXPECT_RESULT(own.result, libssl.result, label);
      cr_expect_eq(own.alert_sent, libssl.alert_sent, "%s", label);
      cr_expect_str_eq(own.message, libssl.message, "%s", label);
    }
  }
}

/* What a server answers to zeroes with such a header, of which its queue takes
 * `limit` bytes at a time, and of all `len` bytes arrive. */
static stls_error answer_zeroes(stls_protocol version, bool is_direct,
                                size_t body_len, size_t len, size_t limit)
{
  const uint8_t bytes[100] = {23, 3, 3, (uint8_t)(body_len >> 8),
                              (uint8_t)body_len};
  const pair_options options = {
      .version = version,
      .tune_server = is_direct ? use_direct : pair_use_libssl_records};
  test_pair pair = pair_open(&options);
  stls_bio *incoming = stls_object_incoming(pair.server);
  stls_error err = STLS_ERROR_INIT;
  stls_result result = STLS_WANT_READ;

  pair_settle(&pair);
  ASSERT_RETURNS(stls_bio_set_limit(incoming, limit, NULL), STLS_OK);
  for (size_t at = 0, done; at < len && result == STLS_WANT_READ; at += done) {
    ASSERT_RETURNS(stls_bio_write(incoming, bytes + at, len - at, &done, NULL),
                   STLS_OK);
    result = stls_object_read(pair.server, out, sizeof out, &done);
    done = limit < len - at ? limit : len - at;
  }
  stls_object_error(pair.server, &err);
  pair_free(&pair);
  return err;
}

/* Records that are too short to have been sealed. */
Test(direct_pieces, are_refused_by_a_length_that_none_has)
{
  pair_need_direct();
  for (size_t i = 0; i < 2; i++)
    for (size_t body_len = 0; body_len < 30; body_len++)
      for (size_t limit = 3; limit < 100; limit += 90) {
        const stls_error libssl =
            answer_zeroes(versions[i], false, body_len, 5 + body_len, limit);
        const stls_error own =
            answer_zeroes(versions[i], true, body_len, 5 + body_len, limit);
        label = expect_label("row %zu, %zu bytes, %zu", i, body_len, limit);
        EXPECT_RESULT(libssl.result, STLS_ERROR_TLS, label);
        EXPECT_RESULT(own.result, libssl.result, label);
        cr_expect_eq(own.alert_sent, libssl.alert_sent, "%s: %d, %d", label,
                     own.alert_sent, libssl.alert_sent);
      }
}

/* RFC 8446, 5.2, and RFC 5246, 6.2.3: nobody waits for what is too long. */
Test(direct_pieces, are_refused_by_a_length_that_libssl_refuses)
{
  static const size_t lens[] = {16384, 16640, 16641, 16704,
                                16705, 18432, 18433, 65535};

  pair_need_direct();
  for (size_t i = 0; i < 2; i++) {
    size_t num_refused = 0;
    for (size_t j = 0; j < sizeof lens / sizeof *lens; j++) {
      const stls_error libssl =
          answer_zeroes(versions[i], false, lens[j], 100, 100);
      const stls_error own =
          answer_zeroes(versions[i], true, lens[j], 100, 100);
      label = expect_label("row %zu, %zu bytes", i, lens[j]);
      EXPECT_RESULT(own.result, libssl.result, label);
      cr_expect_eq(own.alert_sent, libssl.alert_sent, "%s", label);
      num_refused += own.result == STLS_ERROR_TLS;
    }
    cr_expect_geq(num_refused, 4, "row %zu: %zu", i, num_refused);
  }
}

/* A record behind bytes that are none, which libssl has begun to read. */
static stls_error answer_behind(stls_protocol version, bool is_direct,
                                uint8_t byte)
{
  const pair_options options = {
      .version = version,
      .tune_client = pair_use_libssl_records,
      .tune_server = is_direct ? use_direct : pair_use_libssl_records};
  test_pair pair = pair_open(&options);
  stls_bio *incoming = stls_object_incoming(pair.server);
  stls_error err = STLS_ERROR_INIT;
  size_t len, done;

  pair_settle(&pair);
  ASSERT_RETURNS(stls_bio_write(incoming, &byte, 1, &done, NULL), STLS_OK);
  EXPECT_RETURNS(stls_object_read(pair.server, out, sizeof out, &done),
                 STLS_WANT_READ);
  len = make_record(&pair, 100);
  ASSERT_RETURNS(stls_bio_write(incoming, wire, len, &done, NULL), STLS_OK);
  EXPECT_RETURNS(stls_object_read(pair.server, out, sizeof out, &done),
                 STLS_ERROR_TLS);
  stls_object_error(pair.server, &err);
  pair_free(&pair);
  return err;
}

Test(direct_pieces, are_not_found_behind_other_bytes)
{
  pair_need_direct();
  for (unsigned i = 0; i < 2 * 256; i += check_quick() ? 77 : 15) {
    const stls_error libssl =
        answer_behind(versions[i % 2], false, (uint8_t)(i / 2));
    const stls_error own =
        answer_behind(versions[i % 2], true, (uint8_t)(i / 2));
    label = expect_label("row %u, byte %u", i % 2, i / 2);
    EXPECT_RESULT(own.result, libssl.result, label);
    cr_expect_eq(own.alert_sent, libssl.alert_sent, "%s: %d, %d", label,
                 own.alert_sent, libssl.alert_sent);
  }
}
