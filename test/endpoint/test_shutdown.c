/* SPDX-License-Identifier: MIT */
/* test_shutdown: closure and truncation of a connection, in every order. */
#include <openssl/ssl.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(shutdown);

/* --- steps --- */

/* One step of one endpoint. */
struct turn {
  test_pair *pair;
  stls_object *object;
  stls_object *other;
  const char *text;
  char label[100];
};

#define STEP(name, call) \
  static stls_result name(const struct turn *turn) \
  { \
    return call; \
  }

STEP(handshake, stls_object_handshake(turn->object))
STEP(close_write, stls_object_close_write(turn->object))
STEP(unwrap, stls_object_unwrap(turn->object))
STEP(cork, stls_object_cork(turn->object))
STEP(flush, stls_object_flush(turn->object))

static stls_result put(const struct turn *turn)
{
  size_t done;

  return stls_object_write(turn->object, turn->text, strlen(turn->text), &done);
}

static void expect_text(const struct turn *turn, const char *got, size_t len)
{
  cr_assert_eq(len, strlen(turn->text), "%s: %zu bytes", turn->label, len);
  cr_expect_arr_eq(got, turn->text, len, "%s", turn->label);
}

/* What is read is the text; NULL where nothing can be read. */
static stls_result get(const struct turn *turn)
{
  char out[100];
  size_t done;
  stls_result result = stls_object_read(turn->object, out, 100, &done);

  if (result == STLS_OK && turn->text != NULL) expect_text(turn, out, done);
  return result;
}

/* The error has the text in its message. */
static stls_result error(const struct turn *turn)
{
  stls_error err = STLS_ERROR_INIT;
  stls_result result = stls_object_error(turn->object, &err);

  cr_expect(strstr(err.message, turn->text), "%s: \"%s\"", turn->label,
            err.message);
  return result;
}

static stls_result wants_nothing(const struct turn *turn)
{
  cr_expect_eq(stls_object_wants(turn->object), 0U, "%s", turn->label);
  return STLS_OK;
}

static stls_result key_update(const struct turn *turn)
{
  SSL *ssl = stls_object_ssl(turn->object);

  cr_assert_eq(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
  return STLS_OK;
}

/* What is outgoing arrives at the other endpoint. */
static stls_result deliver(const struct turn *turn)
{
  pair_move_all(turn->pair, turn->object, turn->other);
  return STLS_OK;
}

/* Much data, which the other endpoint reads. */
static stls_result transfer(const struct turn *turn)
{
  pair_transfer(turn->pair, turn->object, turn->other, 20000);
  return STLS_OK;
}

static stls_result transport_end(const struct turn *turn)
{
  stls_bio_write_eof(stls_object_incoming(turn->object));
  return STLS_OK;
}

static stls_result arrive(const struct turn *turn)
{
  size_t done;

  return stls_bio_write(stls_object_incoming(turn->object), turn->text,
                        strlen(turn->text), &done, NULL);
}

/* Seven bytes that anybody on the path can send. */
static stls_result arrive_close_notify(const struct turn *turn)
{
  static const char close_notify[] = "\x15\x03\x03\x00\x02\x01\x00";
  size_t done;

  return stls_bio_write(stls_object_incoming(turn->object), close_notify, 7,
                        &done, NULL);
}

/* The text is what is left in incoming. */
static stls_result take_rest(const struct turn *turn)
{
  char out[100];
  size_t done = 0;
  stls_result result =
      stls_bio_read(stls_object_incoming(turn->object), out, 100, &done, NULL);

  expect_text(turn, out, done);
  return result;
}

/* --- cases: a step is a row --- */

enum side {
  SELF,
  PEER
};

struct step {
  enum side side;
  stls_result (*act)(const struct turn *turn);
  const char *text;
  stls_result want;
};

#define LEN(steps) (sizeof(steps) / sizeof(steps)[0])

static void play(test_pair *pair, stls_object *self, const struct step *steps,
                 size_t num, const char *label)
{
  stls_object *peer = self == pair->client ? pair->server : pair->client;

  for (size_t i = 0; i < num; i++) {
    bool is_self = steps[i].side == SELF;
    struct turn turn = {.pair = pair,
                        .object = is_self ? self : peer,
                        .other = is_self ? peer : self,
                        .text = steps[i].text};
    stls_result result;
    snprintf(turn.label, sizeof turn.label, "%s, step %zu", label, i + 1);
    result = steps[i].act(&turn);
    EXPECT_RESULT(
        result, steps[i].want,
        expect_label("%s: %s", turn.label, pair_message(turn.object)));
  }
}

/* Both roles, both versions or from `row` on, all feeds. */
static void play_all(test_pair (*open)(const pair_options *options), size_t row,
                     const struct step *steps, size_t num)
{
  pair_options options = {0};
  char label[64], side[80];

  for (; pair_row(row, &options, label); row++)
    for (int role = 0; role < 2; role++) {
      test_pair pair = open(&options);
      snprintf(side, sizeof side, "%s, %s", label,
               role == 0 ? "client" : "server");
      play(&pair, role == 0 ? pair.client : pair.server, steps, num, side);
      pair_free(&pair);
    }
}

Test(shutdown, goes_one_way_and_leaves_the_other_open)
{
  static const struct step steps[] = {
      {SELF, put, "last", STLS_OK},
      {SELF, close_write, NULL, STLS_OK},
      {SELF, close_write, NULL, STLS_OK},
      {SELF, put, "x", STLS_ERROR_MISUSE},
      {SELF, cork, NULL, STLS_ERROR_MISUSE},
      {SELF, deliver, NULL, STLS_OK},
      {PEER, get, "last", STLS_OK},
      {PEER, get, NULL, STLS_CLOSED},
      {PEER, get, NULL, STLS_CLOSED},
      {PEER, transfer, NULL, STLS_OK},
      {PEER, close_write, NULL, STLS_OK},
      {PEER, deliver, NULL, STLS_OK},
      {SELF, get, NULL, STLS_CLOSED},
      {SELF, wants_nothing, NULL, STLS_OK},
      {PEER, error, "", STLS_OK},
  };

  play_all(pair_open, 0, steps, LEN(steps));
}

Test(shutdown, goes_both_ways_with_unwrap)
{
  static const struct step steps[] = {
      {SELF, unwrap, NULL, STLS_WANT_READ}, {SELF, deliver, NULL, STLS_OK},
      {PEER, unwrap, NULL, STLS_OK},        {PEER, deliver, NULL, STLS_OK},
      {SELF, unwrap, NULL, STLS_OK},        {SELF, unwrap, NULL, STLS_OK},
      {SELF, wants_nothing, NULL, STLS_OK},
  };

  play_all(pair_open, 0, steps, LEN(steps));
}

Test(shutdown, does_not_lose_data_that_unwrap_meets)
{
  static const struct step steps[] = {
      {PEER, put, "unread", STLS_OK},
      {PEER, close_write, NULL, STLS_OK},
      {PEER, deliver, NULL, STLS_OK},
      {SELF, unwrap, NULL, STLS_ERROR_MISUSE},
      {SELF, unwrap, NULL, STLS_ERROR_MISUSE},
      {SELF, put, "x", STLS_OK},
      {SELF, get, "unread", STLS_OK},
      {SELF, unwrap, NULL, STLS_OK},
  };

  play_all(pair_open, 0, steps, LEN(steps));
}

Test(shutdown, leaves_what_follows_tls_in_incoming)
{
  static const struct step steps[] = {
      {PEER, close_write, NULL, STLS_OK},
      {PEER, deliver, NULL, STLS_OK},
      {SELF, arrive, "220 plain again", STLS_OK},
      {SELF, unwrap, NULL, STLS_OK},
      {SELF, take_rest, "220 plain again", STLS_OK},
  };

  play_all(pair_open, 0, steps, LEN(steps));
}

Test(shutdown, tells_truncation_from_a_clean_end)
{
  static const struct step steps[] = {
      {PEER, put, "cut", STLS_OK},
      {PEER, deliver, NULL, STLS_OK},
      {SELF, transport_end, NULL, STLS_OK},
      {SELF, get, "cut", STLS_OK},
      {SELF, get, NULL, STLS_ERROR_TRUNCATED},
      {SELF, get, NULL, STLS_ERROR_TRUNCATED},
      {SELF, put, "x", STLS_ERROR_TRUNCATED},
      {SELF, error, "close_notify", STLS_ERROR_TRUNCATED},
  };

  play_all(pair_open, 0, steps, LEN(steps));
}

Test(shutdown, is_clean_when_the_transport_ends_after_close_notify)
{
  static const struct step steps[] = {
      {PEER, close_write, NULL, STLS_OK},
      {PEER, deliver, NULL, STLS_OK},
      {SELF, transport_end, NULL, STLS_OK},
      {SELF, get, NULL, STLS_CLOSED},
  };

  play_all(pair_open, 0, steps, LEN(steps));
}

Test(shutdown, sends_what_is_corked_first)
{
  static const struct step steps[] = {
      {SELF, cork, NULL, STLS_OK},        {SELF, put, "held", STLS_OK},
      {SELF, close_write, NULL, STLS_OK}, {SELF, deliver, NULL, STLS_OK},
      {PEER, get, "held", STLS_OK},       {PEER, get, NULL, STLS_CLOSED},
  };

  play_all(pair_open, 0, steps, LEN(steps));
}

/* Tickets and KeyUpdates that were on their way when we closed. */
Test(shutdown, still_understands_the_peer_afterwards)
{
  static const struct step steps[] = {
      {SELF, close_write, NULL, STLS_OK}, {PEER, key_update, NULL, STLS_OK},
      {PEER, put, "new keys", STLS_OK},   {PEER, deliver, NULL, STLS_OK},
      {SELF, get, "new keys", STLS_OK},
  };

  play_all(pair_open, 3, steps, LEN(steps));
}

Test(shutdown, before_the_handshake_is_done_is_a_failure)
{
  static const struct step steps[] = {
      {SELF, handshake, NULL, STLS_WANT_READ},
      {SELF, arrive_close_notify, NULL, STLS_OK},
      {SELF, handshake, NULL, STLS_ERROR_TLS},
      {SELF, get, NULL, STLS_ERROR_TLS},
      {SELF, error, "", STLS_ERROR_TLS},
  };

  play_all(pair_new, 0, steps, LEN(steps));
}

Test(shutdown, abandons_a_handshake)
{
  static const struct step steps[] = {
      {SELF, handshake, NULL, STLS_WANT_READ},
      {SELF, unwrap, NULL, STLS_ERROR_MISUSE},
      {SELF, close_write, NULL, STLS_OK},
      {SELF, close_write, NULL, STLS_OK},
      {SELF, handshake, NULL, STLS_ERROR_MISUSE},
      {SELF, get, NULL, STLS_ERROR_MISUSE},
      {SELF, put, "x", STLS_ERROR_MISUSE},
      {SELF, error, "before it was established", STLS_ERROR_MISUSE},
      {PEER, close_write, NULL, STLS_OK},
  };

  play_all(pair_new, 0, steps, LEN(steps));
}

Test(shutdown, has_nothing_to_do_after_a_failure)
{
  static const struct step steps[] = {
      {SELF, close_write, NULL, STLS_OK},
      {SELF, unwrap, NULL, STLS_ERROR_CERTIFICATE},
      {SELF, flush, NULL, STLS_ERROR_CERTIFICATE},
      {SELF, cork, NULL, STLS_ERROR_CERTIFICATE},
      {SELF, error, "", STLS_ERROR_CERTIFICATE},
  };
  pair_options options = {.server_credential = "server-untrusted"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    ASSERT_RETURNS(pair_handshake(&pair), STLS_ERROR_CERTIFICATE);
    play(&pair, pair.client, steps, LEN(steps), label);
    pair_free(&pair);
  }
}

Test(shutdown, takes_a_buffer_only_up_to_the_end)
{
  pair_options options = {0};
  test_pair pair = pair_open(&options);
  char records[2000], out[100];
  size_t len, used, done;

  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RETURNS(stls_object_read(pair.client, out, 100, &done),
                 STLS_WANT_READ);
  ASSERT_RETURNS(stls_object_write(pair.server, "bye", 3, &done), STLS_OK);
  ASSERT_RETURNS(stls_object_close_write(pair.server), STLS_OK);
  ASSERT_RETURNS(stls_bio_read(stls_object_outgoing(pair.server), records,
                               sizeof records - 5, &len, NULL),
                 STLS_OK);
  memcpy(records + len, "plain", 5);
  EXPECT_RETURNS(stls_object_read_from(pair.client, records, len + 5, &used,
                                       out, 100, &done),
                 STLS_OK);
  cr_expect_eq(done, (size_t)3);
  cr_expect_eq(used, len);
  EXPECT_RETURNS(stls_object_read_from(pair.client, records + used, 5, &used,
                                       out, 100, &done),
                 STLS_CLOSED);
  cr_expect_eq(used, (size_t)0);
  pair_free(&pair);
}
