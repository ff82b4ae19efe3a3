/* SPDX-License-Identifier: MIT */
/* test_direct_start: direct records go on from the last one of the handshake. */
#include <sanstls/ciphers.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io/direct_records.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(direct_start);

enum {
  FLIGHT_MAX = 20000
};

/* What a side has sent during its handshake, and then. */
struct flight {
  uint8_t bytes[FLIGHT_MAX];
  size_t len;
};

static const char *suite;

static void set_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_ciphers(context, suite, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
}

static void move(stls_object *from, stls_object *to, struct flight *flight)
{
  size_t len = 0, done;
  uint8_t *at = flight->bytes + flight->len;

  cr_assert_geq(stls_bio_read(stls_object_outgoing(from), at,
                              FLIGHT_MAX - flight->len, &len, NULL),
                0);
  flight->len += len;
  if (len == 0) return;
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(to), at, len, &done, NULL),
                 STLS_OK);
}

/* The explicit nonces of the records behind ChangeCipherSpec. */
static size_t nonces_of(const struct flight *flight, uint64_t *out, size_t cap)
{
  bool is_sealed = false;
  size_t num = 0, len;

  for (size_t at = 0; at + 13 <= flight->len && num < cap; at += len) {
    const uint8_t *record = flight->bytes + at;
    len = 5 + (size_t)(record[3] << 8 | record[4]);
    if (is_sealed) {
      out[num] = 0;
      for (int i = 0; i < 8; i++) out[num] = out[num] << 8 | record[5 + i];
      num++;
    }
    is_sealed = is_sealed || record[0] == 20;
  }
  return num;
}

/* RFC 5288, 3: it must not be the same twice under a key. libssl's Finished has a
 * random one, and counts. */
Test(direct_start, the_explicit_nonce_goes_on)
{
  static const char *const suites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256",
                                       "ECDHE-ECDSA-AES256-GCM-SHA384"};
  pair_options options = {.version = STLS_TLS_1_2,
                          .tune_client = set_direct,
                          .tune_server = set_direct};

  pair_need_direct();
  for (size_t i = 0; i < sizeof suites / sizeof *suites; i++) {
    static struct flight flights[2];
    test_pair pair;
    stls_result client = STLS_WANT_READ, server = STLS_WANT_READ;
    suite = suites[i];
    pair = pair_new(&options);
    memset(flights, 0, sizeof flights);
    for (int turn = 0; turn < 10; turn++) {
      if (client != STLS_OK) client = stls_object_handshake(pair.client);
      move(pair.client, pair.server, &flights[0]);
      if (server != STLS_OK) server = stls_object_handshake(pair.server);
      move(pair.server, pair.client, &flights[1]);
    }
    cr_assert(client == STLS_OK && server == STLS_OK, "%s", suites[i]);
    for (int side = 0; side < 2; side++) {
      stls_object *self = side == 0 ? pair.client : pair.server;
      stls_object *peer = side == 0 ? pair.server : pair.client;
      uint64_t nonces[8];
      size_t num, done;
      for (int n = 0; n < 3; n++)
        ASSERT_RETURNS(stls_object_write(self, "text", 4, &done), STLS_OK);
      move(self, peer, &flights[side]);
      num = nonces_of(&flights[side], nonces, 8);
      cr_assert_eq(num, 4, "%s: Finished and 3 records, %zu", suites[i], num);
      for (size_t n = 1; n < num; n++)
        cr_expect_eq(nonces[n], nonces[0] + n, "%s: record %zu", suites[i], n);
    }
    pair_free(&pair);
  }
}

/* RFC 5246, 7.4.9: Finished is the record behind ChangeCipherSpec. */
Test(direct_start, the_nonce_is_that_of_finished)
{
#define CCS "\24\3\3\0\1\1"
#define HANDSHAKE(nonce) "\26\3\3\0\12\0\0\0\0\0\0\0" nonce "xx"
#define TICKET "\26\3\3\0\4\4\0\0\0"
  static const struct {
    const char *bytes;
    size_t len;
    uint64_t want;
  } rows[] = {
#define ROW(text, want) {text, sizeof(text) - 1, want}
      ROW("", 77),
      ROW(CCS HANDSHAKE("\5"), 5),
      ROW(TICKET CCS HANDSHAKE("\5"), 5),
      ROW(HANDSHAKE("\6") CCS HANDSHAKE("\5"), 5),
      ROW(CCS HANDSHAKE("\5") HANDSHAKE("\6"), 5),
      ROW(HANDSHAKE("\6"), 77),
      ROW(CCS "\25\3\3\0\12\0\0\0\0\0\0\0\6xx", 77),
      ROW(CCS "\26\3\3\0\7\0\0\0\0\0\0\6", 77),
      ROW(CCS "\26\3\3\0\50\0\0\0\0\0\0\0\6xx", 77),
      ROW(CCS "\26\3\3", 77),
      ROW("\24\3\3\377\377\1" HANDSHAKE("\6"), 77),
      ROW(CCS "\0\3\3\0\1\1" CCS HANDSHAKE("\6"), 77),
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    /* Exactly as long, so that a byte too far is seen. */
    uint8_t *bytes = malloc(rows[i].len + (rows[i].len == 0));
    struct stls_direct_finished finished = {.nonce = 77};
    cr_assert_not_null(bytes);
    memcpy(bytes, rows[i].bytes, rows[i].len);
    stls_direct_records_note_finished(bytes, rows[i].len, &finished);
    cr_expect_eq(finished.nonce, rows[i].want, "row %zu: %zu", i,
                 (size_t)finished.nonce);
    free(bytes);
  }
}
