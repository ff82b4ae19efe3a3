/* SPDX-License-Identifier: MIT */
/* test_direct_hatch: what the escape hatch and observers see of direct records. */
/*
 * libssl is shown records that were sealed for it alone, and writes some that never
 * go out. Asking its SSL changes nothing, and nobody else sees those records: a trace
 * shows the headers that are on the wire, in their order, and a key log what libssl's
 * way shows.
 */
#include <openssl/ssl.h>
#include <sanstls/session.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(direct_hatch);

enum {
  MAX_RECORDS = 200
};

/* The headers of the records of one direction. */
struct headers {
  uint8_t bytes[MAX_RECORDS][5];
  size_t num;
};

static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
/* What the client's trace shows, by stls_flow, from `is_noting` on. */
static struct headers seen[2];
static bool is_noting;
static size_t num_lines;
static stls_records records;

static void note(stls_object *object, const stls_trace_event *event,
                 void *user_data)
{
  struct headers *to = &seen[event->flow];

  (void)object, (void)user_data;
  if (!is_noting || event->content_type != STLS_CONTENT_HEADER) return;
  cr_assert_lt(to->num, (size_t)MAX_RECORDS);
  cr_assert_eq(event->data_len, (size_t)5);
  memcpy(to->bytes[to->num++], event->data, 5);
}

static void count_line(stls_object *object, const char *line, size_t line_len,
                       void *user_data)
{
  (void)object, (void)line, (void)line_len, (void)user_data;
  num_lines++;
}

static void observe(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, records, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_trace(context, note, NULL, NULL), STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_insecure_keylog(context, count_line, NULL, NULL),
      STLS_OK);
}

static void use_records(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, records, NULL), STLS_OK);
}

static test_pair open_pair(stls_protocol version)
{
  const pair_options options = {
      .version = version, .tune_client = observe, .tune_server = use_records};
  test_pair pair;

  memset(seen, 0, sizeof seen);
  num_lines = 0;
  is_noting = false;
  pair = pair_open(&options);
  cr_assert_eq(pair_is_direct(pair.client), records == STLS_RECORDS_DIRECT);
  pair_settle(&pair);
  is_noting = true;
  return pair;
}

/* Moves all that a side has to send, and notes the headers. */
static void move_noting(stls_object *from, stls_object *to,
                        struct headers *wire)
{
  static uint8_t bytes[100000];
  size_t len = 0, done;

  cr_assert_geq(stls_bio_read(stls_object_outgoing(from), bytes, sizeof bytes,
                              &len, NULL),
                0);
  for (size_t at = 0; at + 5 <= len;
       at += 5 + (size_t)(bytes[at + 3] << 8 | bytes[at + 4])) {
    cr_assert_lt(wire->num, (size_t)MAX_RECORDS);
    memcpy(wire->bytes[wire->num++], bytes + at, 5);
  }
  if (len == 0) return;
  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(to), bytes, len, &done, NULL),
      STLS_OK);
}

static void exchange(test_pair *pair, struct headers *wire)
{
  static char out[50000];
  size_t len;

  for (int turn = 0; turn < 3; turn++) {
    move_noting(pair->client, pair->server, &wire[STLS_RECORDS_OUT]);
    (void)!pair_drain(pair->server, out, sizeof out, &len);
    move_noting(pair->server, pair->client, &wire[STLS_RECORDS_IN]);
    (void)!pair_drain(pair->client, out, sizeof out, &len);
  }
}

static void write_both(test_pair *pair, struct headers *wire, size_t len)
{
  static const char data[40000];
  size_t done;

  ASSERT_RETURNS(stls_object_write(pair->client, data, len, &done), STLS_OK);
  ASSERT_RETURNS(stls_object_write(pair->server, data, len, &done), STLS_OK);
  exchange(pair, wire);
}

/* Data, messages of libssl's before and behind it, and the alert of a record that
 * does not open. */
static void converse(test_pair *pair, stls_protocol version,
                     struct headers *wire)
{
  static const uint8_t forged[40] = {23, 3, 3, 0, 35};
  size_t done;
  char byte;

  write_both(pair, wire, 100);
  for (int turn = 0; turn < 2 && version == STLS_TLS_1_3; turn++) {
    ASSERT_RETURNS(
        stls_object_key_update(turn == 0 ? pair->client : pair->server, true),
        STLS_OK);
    write_both(pair, wire, 40000);
  }
  memcpy(wire[STLS_RECORDS_IN].bytes[wire[STLS_RECORDS_IN].num++], forged, 5);
  ASSERT_RETURNS(stls_bio_write(stls_object_incoming(pair->client), forged,
                                sizeof forged, &done, NULL),
                 STLS_OK);
  EXPECT_RETURNS(stls_object_read(pair->client, &byte, 1, &done),
                 STLS_ERROR_TLS);
  move_noting(pair->client, pair->server, &wire[STLS_RECORDS_OUT]);
}

Test(direct_hatch, a_trace_shows_what_is_on_the_wire)
{
  size_t num_by_libssl = 0;

  pair_need_direct();
  for (int i = 0; i < 4; i++) {
    struct headers wire[2] = {{.num = 0}, {.num = 0}};
    const stls_protocol version = versions[i / 2];
    test_pair pair;
    records = i % 2 == 0 ? STLS_RECORDS_LIBSSL : STLS_RECORDS_DIRECT;
    pair = open_pair(version);
    converse(&pair, version, wire);
    for (int flow = 0; flow < 2; flow++) {
      cr_expect_geq(seen[flow].num, version == STLS_TLS_1_3 ? 8 : 2);
      cr_expect_eq(seen[flow].num, wire[flow].num, "row %d, flow %d: %zu, %zu",
                   i, flow, seen[flow].num, wire[flow].num);
      cr_expect_arr_eq(seen[flow].bytes, wire[flow].bytes, 5 * wire[flow].num,
                       "row %d, flow %d", i, flow);
    }
    if (records == STLS_RECORDS_LIBSSL) num_by_libssl = num_lines;
    cr_expect_gt(num_lines, (size_t)0);
    cr_expect_eq(num_lines, num_by_libssl, "row %d: %zu lines, %zu", i,
                 num_lines, num_by_libssl);
    pair_free(&pair);
  }
}

/* Whatever a program may ask without reading or writing. */
static void ask(SSL *ssl)
{
  unsigned char room[64];
  SSL_SESSION *session = SSL_get1_session(ssl);

  (void)SSL_pending(ssl);
  (void)SSL_has_pending(ssl);
  (void)SSL_get_version(ssl);
  (void)SSL_get_current_cipher(ssl);
  (void)SSL_get_shutdown(ssl);
  (void)SSL_get_options(ssl);
  (void)SSL_get_verify_result(ssl);
  (void)SSL_get0_peer_certificate(ssl);
  (void)SSL_get_key_update_type(ssl);
  (void)SSL_renegotiate_pending(ssl);
  (void)SSL_get_finished(ssl, room, sizeof room);
  (void)SSL_get_peer_finished(ssl, room, sizeof room);
  (void)SSL_get_error(ssl, 1);
  cr_expect_eq(SSL_is_init_finished(ssl), 1);
  (void)SSL_want(ssl);
  cr_expect_eq(
      SSL_export_keying_material(ssl, room, 32, "EXPERIMENTAL", 12, NULL, 0, 0),
      1);
  cr_expect_not_null(session);
  SSL_SESSION_free(session);
}

Test(direct_hatch, may_be_asked)
{
  pair_need_direct();
  records = STLS_RECORDS_DIRECT;
  for (int i = 0; i < 2; i++) {
    struct headers wire[2] = {{.num = 0}, {.num = 0}};
    test_pair pair = open_pair(versions[i]);
    for (int turn = 0; turn < 3; turn++) {
      ask(stls_object_ssl(pair.client));
      ask(stls_object_ssl(pair.server));
      if (turn == 1 && versions[i] == STLS_TLS_1_3)
        ASSERT_RETURNS(stls_object_key_update(pair.server, true), STLS_OK);
      ask(stls_object_ssl(pair.server));
      pair_transfer(&pair, pair.client, pair.server, 20000);
      ask(stls_object_ssl(pair.server));
      pair_transfer(&pair, pair.server, pair.client, 20000);
    }
    /* Part of a record is opened, and of the next one nothing has come. */
    write_both(&pair, wire, 300);
    ask(stls_object_ssl(pair.client));
    pair_transfer(&pair, pair.server, pair.client, 1);
    pair_free(&pair);
  }
}

/* RFC 6066, 4: what the client asked for holds for both sides. */
static void limit_fragments(stls_context *context)
{
  use_records(context);
  if (stls_context_role(context) == STLS_CLIENT)
    cr_assert_eq(
        SSL_CTX_set_tlsext_max_fragment_length(stls_context_ssl_ctx(context),
                                               TLSEXT_max_fragment_length_512),
        1);
}

Test(direct_hatch, the_negotiated_length_of_fragments_is_kept)
{
  pair_need_direct();
  records = STLS_RECORDS_DIRECT;
  for (int i = 0; i < 2; i++) {
    pair_options options = {.version = versions[i],
                            .tune_client = limit_fragments,
                            .tune_server = limit_fragments};
    test_pair pair = pair_open(&options);
    cr_expect_not(pair_is_direct(pair.client), "row %d", i);
    cr_expect_not(pair_is_direct(pair.server), "row %d", i);
    pair_transfer(&pair, pair.client, pair.server, 5000);
    pair_transfer(&pair, pair.server, pair.client, 5000);
    pair_free(&pair);
  }
}
