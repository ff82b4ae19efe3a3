/* SPDX-License-Identifier: MIT */
/* test_boundaries: connections cut at every byte, and bytes that are not TLS. */
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(boundaries, .timeout = 120);

struct bytes {
  unsigned char data[20000];
  size_t len;
};

/* Takes what `object` has to send, and gives it to `to`, remembering it. */
static void pass(stls_object *from, stls_object *to, struct bytes *bytes)
{
  size_t len, written;

  while (stls_bio_read(stls_object_outgoing(from), bytes->data + bytes->len,
                       sizeof bytes->data - bytes->len, &len,
                       NULL) == STLS_OK) {
    ASSERT_RETURNS(
        stls_bio_write(stls_object_incoming(to), bytes->data + bytes->len, len,
                       &written, NULL),
        STLS_OK);
    cr_assert_eq(written, len);
    bytes->len += len;
  }
}

/* How many bytes each side sends in a whole handshake and one message. */
static void measure(const pair_options *options, struct bytes *to_client,
                    struct bytes *to_server)
{
  test_pair pair = pair_new(options);
  stls_result client, server;
  size_t done;

  do {
    client = stls_object_handshake(pair.client);
    pass(pair.client, pair.server, to_server);
    server = stls_object_handshake(pair.server);
    pass(pair.server, pair.client, to_client);
  } while (client != STLS_OK || server != STLS_OK);
  ASSERT_RETURNS(stls_object_write(pair.client, "question", 8, &done), STLS_OK);
  pass(pair.client, pair.server, to_server);
  pair_free(&pair);
}

/* Gives `to` at most *left of what `from` has to send. */
static size_t pass_at_most(stls_object *from, stls_object *to, size_t *left)
{
  unsigned char bytes[20000];
  size_t len = 0, written = 0;
  size_t cap = *left < sizeof bytes ? *left : sizeof bytes;

  if (stls_bio_read(stls_object_outgoing(from), bytes, cap, &len, NULL) !=
          STLS_OK ||
      len == 0)
    return 0;
  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(to), bytes, len, &written, NULL),
      STLS_OK);
  *left -= len;
  return len;
}

/* A handshake whose records to one side stop after `cut` bytes. */
static stls_result run_cut(const pair_options *options, bool to_server,
                           size_t cut, bool mark_end)
{
  test_pair pair = pair_new(options);
  stls_object *cut_off = to_server ? pair.server : pair.client;
  size_t to_client_left = to_server ? SIZE_MAX : cut;
  size_t to_server_left = to_server ? cut : SIZE_MAX;
  stls_result result;
  size_t moved, got;
  char out[100];

  do {
    (void)!stls_object_handshake(pair.client);
    (void)!stls_object_handshake(pair.server);
    moved = pass_at_most(pair.client, pair.server, &to_server_left);
    moved += pass_at_most(pair.server, pair.client, &to_client_left);
  } while (moved > 0);
  if (mark_end) stls_bio_write_eof(stls_object_incoming(cut_off));
  result = stls_object_read(cut_off, out, sizeof out, &got);
  if (result == STLS_OK) result = STLS_CLOSED; /* never to be seen below */
  pair_free(&pair);
  return result;
}

Test(boundaries, end_truncated_wherever_the_transport_ends)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  pair_options options = {0};

  for (size_t v = 0; v < 2; v++) {
    struct bytes lengths[2] = {{.len = 0}, {.len = 0}};
    options.version = versions[v];
    measure(&options, &lengths[0], &lengths[1]);
    for (int to_server = 0; to_server < 2; to_server++) {
      /* The message behind the handshake is not part of the cut run. */
      size_t end = lengths[to_server].len - (to_server ? 40 : 0);
      size_t step = check_quick() ? 97 : 1;
      for (size_t cut = 0; cut < end; cut += step) {
        stls_result open = run_cut(&options, to_server, cut, false);
        stls_result ended = run_cut(&options, to_server, cut, true);
        ASSERT_RESULT(
            open, STLS_WANT_READ,
            expect_label("TLS 1.%zu, %d, cut at %zu", v + 2, to_server, cut));
        ASSERT_RESULT(
            ended, STLS_ERROR_TRUNCATED,
            expect_label("TLS 1.%zu, %d, cut at %zu", v + 2, to_server, cut));
      }
    }
  }
}

/* Bytes that are not TLS get libssl's verdict and alert at once. */
struct alien {
  const char *name;
  const char *bytes;
  size_t len;
  int want_alert;
};

Test(boundaries, answer_what_is_no_tls)
{
  static const struct alien aliens[] = {
      {"HTTP", "GET / HTTP/1.1\r\n\r\n", 18, -1},
      {"a record of 65535 bytes", "\x16\x03\x01\xff\xff", 5, 22},
      {"major version 4", "\x16\x04\x01\x00\x05hello", 10, -1},
      {"application data first", "\x17\x03\x03\x00\x05hello", 10, 10},
      {"an unknown type", "\x63\x03\x03\x00\x05hello", 10, -1},
      {"noise", "\xde\xad\xbe\xef\xde\xad\xbe\xef\xde\xad\xbe\xef", 12, -1},
  };
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (size_t i = 0; i < sizeof aliens / sizeof aliens[0]; i++) {
      test_pair pair = pair_new(&options);
      stls_result result = STLS_WANT_READ;
      stls_error err = STLS_ERROR_INIT;
      size_t at = 0;
      while (at < aliens[i].len && result == STLS_WANT_READ) {
        size_t len = pair_cut(&pair, aliens[i].len - at);
        size_t written;
        ASSERT_RETURNS(
            stls_bio_write(stls_object_incoming(pair.server),
                           aliens[i].bytes + at, len, &written, NULL),
            STLS_OK);
        at += len;
        result = stls_object_handshake(pair.server);
      }
      EXPECT_RESULT(result, STLS_ERROR_TLS,
                    expect_label("%s, %s: %s", aliens[i].name, label,
                                 pair_message(pair.server)));
      stls_object_error(pair.server, &err);
      if (aliens[i].want_alert >= 0)
        cr_expect_eq(err.alert_sent, aliens[i].want_alert, "%s, %s: %d (%s)",
                     aliens[i].name, label, err.alert_sent, err.message);
      pair_free(&pair);
    }
}

/* A bit that flips on the way is the peer's fault or an attack: bad_record_mac
 * (RFC 8446, 5.2), and no byte of it is delivered. */
Test(boundaries, notice_every_flipped_byte_of_a_record)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (size_t flip = 5; flip < 30; flip++) {
      test_pair pair = pair_open(&options);
      unsigned char records[1000];
      stls_error err = STLS_ERROR_INIT;
      size_t len, done;
      char out[100];
      pair_move_all(&pair, pair.server, pair.client);
      cr_assert_eq(stls_object_write(pair.client, "0123456789", 10, &done), 0);
      ASSERT_RETURNS(stls_bio_read(stls_object_outgoing(pair.client), records,
                                   sizeof records, &len, NULL),
                     STLS_OK);
      if (flip < len) {
        records[flip] ^= 0x40;
        ASSERT_RETURNS(stls_bio_write(stls_object_incoming(pair.server),
                                      records, len, &done, NULL),
                       STLS_OK);
        EXPECT_RESULT(stls_object_read(pair.server, out, sizeof out, &done),
                      STLS_ERROR_TLS,
                      expect_label("%s, byte %zu", label, flip));
        cr_expect_eq(done, (size_t)0);
        stls_object_error(pair.server, &err);
        cr_expect_eq(err.alert_sent, 20, "%s, byte %zu: %d", label, flip,
                     err.alert_sent);
        pair_move_all(&pair, pair.server, pair.client);
        EXPECT_RESULT(stls_object_read(pair.client, out, sizeof out, &done),
                      STLS_ERROR_ALERT, label);
      }
      pair_free(&pair);
    }
}
