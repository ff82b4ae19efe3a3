/* SPDX-License-Identifier: MIT */
/* test_reject: established connections that the application refuses. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(reject, .timeout = 120);

enum {
  /* Who protects its records itself. */
  SELF = 1,
  PEER = 2
};

static stls_role role;
static int direct;

static void use(stls_context *context)
{
  const bool is_self = stls_context_role(context) == role;

  ASSERT_RETURNS(stls_context_set_records(context,
                                          direct & (is_self ? SELF : PEER)
                                              ? STLS_RECORDS_DIRECT
                                              : STLS_RECORDS_LIBSSL,
                                          NULL),
                 STLS_OK);
}

static test_pair open_pair(pair_options *options, stls_object **out_self,
                           stls_object **out_peer)
{
  test_pair pair;

  options->tune_client = options->tune_server = use;
  pair = pair_open(options);
  pair_settle(&pair);
  *out_self = role == STLS_CLIENT ? pair.client : pair.server;
  *out_peer = role == STLS_CLIENT ? pair.server : pair.client;
  return pair;
}

static stls_result read_byte(stls_object *object)
{
  char byte;
  size_t got;

  return stls_object_read(object, &byte, 1, &got);
}

/* Every call returns the refusal again, and nothing more is sent. */
static void expect_refused(stls_object *self, int alert, const char *label)
{
  const size_t pending = stls_bio_pending(stls_object_outgoing(self));
  stls_error err = STLS_ERROR_INIT;
  size_t done;

  EXPECT_RESULT(stls_object_reject(self, 80), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_handshake(self), STLS_ERROR_TLS, label);
  EXPECT_RESULT(read_byte(self), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_write(self, "x", 1, &done), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_cork(self), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_flush(self), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_key_update(self, true), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_unwrap(self), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_close_write(self), STLS_OK, label);
  stls_object_trim(self);
  cr_expect_eq(stls_bio_pending(stls_object_outgoing(self)), pending, "%s",
               label);
  cr_expect_eq(stls_object_wants(self),
               pending > 0 ? (unsigned)STLS_INTEREST_RECORDS_OUT : 0U, "%s",
               label);
  EXPECT_RESULT(stls_object_error(self, &err), STLS_ERROR_TLS, label);
  cr_expect_eq(err.own_reason, STLS_REASON_REJECTED, "%s", label);
  cr_expect_eq(err.alert_sent, alert, "%s: %d", label, err.alert_sent);
  cr_expect(strstr(err.message, alert > 0 ? stls_alert_name(alert) : "refused"),
            "%s: %s", label, err.message);
  /* RFC 5246, 7.2.2. */
  cr_expect_eq(SSL_SESSION_is_resumable(SSL_get_session(stls_object_ssl(self))),
               0, "%s", label);
}

static void expect_told(test_pair *pair, stls_object *self, stls_object *peer,
                        int alert, const char *label)
{
  stls_result result = STLS_WANT_READ;

  while (result == STLS_WANT_READ && pair_move(pair, self, peer) > 0)
    while ((result = read_byte(peer)) == STLS_OK) continue;
  EXPECT_RESULT(result, STLS_ERROR_ALERT,
                expect_label("%s: %s", label, pair_message(peer)));
  cr_expect_eq(stls_object_alert_received(peer), alert, "%s: %d", label,
               stls_object_alert_received(peer));
  cr_expect_eq(stls_bio_pending(stls_object_incoming(peer)), (size_t)0, "%s",
               label);
}

/* --- what is there when the peer is refused --- */

static void do_nothing(test_pair *pair, stls_object *self, stls_object *peer)
{
  (void)pair;
  (void)self;
  (void)peer;
}

static void exchange(test_pair *pair, stls_object *self, stls_object *peer)
{
  pair_transfer(pair, self, peer, 30000);
  pair_transfer(pair, peer, self, 30000);
  stls_object_trim(self);
}

static void update_keys(test_pair *pair, stls_object *self, stls_object *peer)
{
  if (stls_conninfo_version(stls_object_conninfo(self)) != STLS_TLS_1_3) return;
  ASSERT_RETURNS(stls_object_key_update(self, true), STLS_OK);
  pair_transfer(pair, self, peer, 10);
  ASSERT_RETURNS(stls_object_key_update(peer, true), STLS_OK);
  pair_transfer(pair, peer, self, 10);
}

/* The limit of `outgoing` does not hold the alert back. */
static void fill_outgoing(test_pair *pair, stls_object *self, stls_object *peer)
{
  static unsigned char data[5000];
  size_t done;

  ASSERT_RETURNS(stls_bio_set_limit(stls_object_outgoing(self), 2000, NULL),
                 STLS_OK);
  while (stls_object_write(self, data, sizeof data, &done) == STLS_OK) continue;
  (void)pair;
  (void)peer;
}

static void cork_data(test_pair *pair, stls_object *self, stls_object *peer)
{
  size_t done;

  ASSERT_RETURNS(stls_object_cork(self), STLS_OK);
  ASSERT_RETURNS(stls_object_write(self, "corked", 6, &done), STLS_OK);
  (void)pair;
  (void)peer;
}

static void read_a_part(test_pair *pair, stls_object *self, stls_object *peer)
{
  size_t done;

  ASSERT_RETURNS(stls_object_write(peer, "data", 4, &done), STLS_OK);
  pair_move_all(pair, peer, self);
  ASSERT_RETURNS(read_byte(self), STLS_OK);
  ASSERT_RETURNS(stls_object_write(peer, "data", 4, &done), STLS_OK);
  pair_move(pair, peer, self);
}

static void end_of_peer(test_pair *pair, stls_object *self, stls_object *peer)
{
  ASSERT_RETURNS(stls_object_close_write(peer), STLS_OK);
  pair_move_all(pair, peer, self);
  ASSERT_RETURNS(read_byte(self), STLS_CLOSED);
}

static const struct row {
  const char *name;
  void (*prepare)(test_pair *pair, stls_object *self, stls_object *peer);
} rows[] = {{"nothing", do_nothing},    {"data", exchange},
            {"new keys", update_keys},  {"full outgoing", fill_outgoing},
            {"corked data", cork_data}, {"data that waits", read_a_part},
            {"peer's end", end_of_peer}};

static void try_row(const struct row *row, pair_options *options,
                    const char *label)
{
  stls_object *self, *peer;
  test_pair pair = open_pair(options, &self, &peer);
  stls_counters before = STLS_COUNTERS_INIT, after = STLS_COUNTERS_INIT;

  row->prepare(&pair, self, peer);
  ASSERT_RETURNS(stls_object_counters(self, &before, NULL), STLS_OK);
  EXPECT_RESULT(stls_object_reject(self, STLS_ALERT_ACCESS_DENIED), STLS_OK,
                label);
  ASSERT_RETURNS(stls_object_counters(self, &after, NULL), STLS_OK);
  cr_expect_eq(after.records_out, before.records_out + 1, "%s", label);
  cr_expect_gt(after.bytes_out, before.bytes_out, "%s", label);
  cr_expect_eq(after.plaintext_in, before.plaintext_in, "%s", label);
  expect_refused(self, 49, label);
  expect_told(&pair, self, peer, 49, label);
  pair_free(&pair);
}

Test(reject, is_told_to_the_peer)
{
  pair_options options = {0};
  char label[64];

  pair_need_direct();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t num = 0; pair_row(num, &options, label); num += pair_row_step())
      for (int way = 0; way < 4; way++) {
        role = way & 1 ? STLS_CLIENT : STLS_SERVER;
        direct = way & 2 ? SELF : SELF | PEER;
        try_row(&rows[i], &options,
                expect_label("%s, %s, way %d", rows[i].name, label, way));
      }
}

/* All that are always fatal, and no other (RFC 8446, 6; RFC 5246, 7.2). */
Test(reject, sends_every_fatal_alert)
{
  pair_need_direct();
  direct = SELF;
  for (int alert = -1; alert <= 260; alert += check_quick() ? 29 : 1) {
    const bool is_fatal = strcmp(stls_alert_name(alert), "unknown") != 0 &&
                          alert != 0 && alert != 41 && alert != 90 &&
                          alert != 100;
    const char *label = expect_label("alert %d", alert);
    pair_options options = {.version = alert & 1 ? STLS_TLS_1_2 : STLS_TLS_1_3};
    stls_object *self, *peer;
    test_pair pair;
    role = alert & 2 ? STLS_CLIENT : STLS_SERVER;
    pair = open_pair(&options, &self, &peer);
    EXPECT_RESULT(stls_object_reject(self, alert),
                  is_fatal ? STLS_OK : STLS_ERROR_MISUSE, label);
    if (is_fatal)
      expect_told(&pair, self, peer, alert, label);
    else
      pair_transfer(&pair, self, peer, 10);
    pair_free(&pair);
  }
}

/* RFC 8446, 6.1: nothing goes out behind close_notify. */
Test(reject, is_not_told_where_nothing_is_sent)
{
  pair_need_direct();
  direct = SELF | PEER;
  for (int way = 0; way < 8; way++) {
    const char *label = expect_label("way %d", way);
    pair_options options = {.version = way & 1 ? STLS_TLS_1_2 : STLS_TLS_1_3};
    stls_object *self, *peer;
    test_pair pair;
    role = way & 2 ? STLS_CLIENT : STLS_SERVER;
    pair = open_pair(&options, &self, &peer);
    if (way & 4)
      ASSERT_RETURNS(stls_object_close_write(self), STLS_OK);
    else
      stls_bio_write_eof(stls_object_outgoing(self));
    pair_move_all(&pair, self, peer);
    EXPECT_RESULT(stls_object_reject(self, 49), STLS_OK, label);
    cr_expect_eq(stls_bio_pending(stls_object_outgoing(self)), (size_t)0);
    expect_refused(self, way & 4 ? 0 : -1, label);
    pair_free(&pair);
  }
}

/* In these states there is nobody to refuse. */
Test(reject, is_a_misuse_elsewhere)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(stls_object_reject(NULL, 49), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_reject(pair.client, 49), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_reject(pair.client, 49), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_object_error(pair.client, &err), STLS_ERROR_MISUSE);
  cr_expect_eq(err.own_reason, STLS_REASON_WRONG_STATE);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  ASSERT_RETURNS(stls_object_close_write(pair.client), STLS_OK);
  pair_move_all(&pair, pair.client, pair.server);
  ASSERT_RETURNS(stls_object_unwrap(pair.server), STLS_OK);
  EXPECT_RETURNS(stls_object_reject(pair.server, 49), STLS_ERROR_MISUSE);
  pair_free(&pair);
}

/* libssl sends no alert on request: the connection goes on. */
Test(reject, is_unsupported_with_records_of_libssl)
{
  pair_options options = {0};
  char label[64];

  direct = 0;
  for (size_t num = 0; pair_row(num, &options, label); num += pair_row_step())
    for (int side = 0; side < 2; side++) {
      stls_object *self, *peer;
      stls_error err = STLS_ERROR_INIT;
      test_pair pair;
      role = side ? STLS_CLIENT : STLS_SERVER;
      pair = open_pair(&options, &self, &peer);
      EXPECT_RESULT(stls_object_reject(self, 49), STLS_ERROR_UNSUPPORTED,
                    label);
      EXPECT_RESULT(stls_object_error(self, &err), STLS_ERROR_UNSUPPORTED,
                    label);
      cr_expect_eq(err.own_reason, STLS_REASON_NOT_SUPPORTED, "%s", label);
      cr_expect_str_eq(err.message,
                       "stls_object_reject: it needs direct records "
                       "(stls_context_set_records)");
      EXPECT_RESULT(stls_object_reject(self, 0), STLS_ERROR_MISUSE, label);
      EXPECT_RESULT(stls_object_error(self, &err), STLS_ERROR_MISUSE, label);
      cr_expect_eq(stls_bio_pending(stls_object_outgoing(self)), (size_t)0);
      pair_transfer(&pair, self, peer, 100);
      pair_transfer(&pair, peer, self, 100);
      pair_free(&pair);
    }
}

/* --- the observer --- */

static struct seen {
  size_t num;
  stls_trace_event events[4];
  bool is_watching;
} seen;

/* Takes the record away, and frees the object: both take effect in their turn. */
static void watch(stls_object *object, const stls_trace_event *event,
                  void *user_data)
{
  stls_bio *outgoing = stls_object_outgoing(object);

  (void)user_data;
  if (!seen.is_watching) return;
  cr_assert_lt(seen.num, (size_t)4);
  seen.events[seen.num++] = *event;
  ASSERT_RETURNS(stls_bio_consume(outgoing, stls_bio_pending(outgoing), NULL),
                 STLS_OK);
  EXPECT_RETURNS(stls_object_reject(object, 80), STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_bio_consume(stls_object_incoming(object), 0, NULL),
                 STLS_ERROR_MISUSE);
  stls_object_free(object);
}

static void use_watched(stls_context *context)
{
  use(context);
  if (stls_context_role(context) == role)
    ASSERT_RETURNS(stls_context_set_trace(context, watch, NULL, NULL), STLS_OK);
}

Test(reject, is_seen_by_the_observer)
{
  pair_need_direct();
  direct = SELF;
  role = STLS_SERVER;
  for (int is_new = 0; is_new < 2; is_new++) {
    pair_options options = {.version = is_new ? STLS_TLS_1_3 : STLS_TLS_1_2,
                            .tune_client = use_watched,
                            .tune_server = use_watched};
    test_pair pair = pair_open(&options);
    seen = (struct seen){.is_watching = true};
    EXPECT_RETURNS(stls_object_reject(pair.server, 49), STLS_OK);
    cr_assert_eq(seen.num, is_new ? (size_t)3 : (size_t)2);
    cr_expect_eq(seen.events[0].content_type, STLS_CONTENT_HEADER);
    cr_expect_eq(seen.events[0].message_type, is_new ? 23 : 21);
    if (is_new)
      cr_expect_eq(seen.events[1].content_type, STLS_CONTENT_INNER_TYPE);
    cr_expect_eq(seen.events[seen.num - 1].content_type, STLS_CONTENT_ALERT);
    cr_expect_eq(seen.events[seen.num - 1].message_type, 49);
    cr_expect_eq(seen.events[seen.num - 1].flow, STLS_RECORDS_OUT);
    seen.is_watching = false;
    pair.server = NULL;
    pair_free(&pair);
  }
}
