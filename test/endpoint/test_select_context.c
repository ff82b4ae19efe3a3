/* SPDX-License-Identifier: MIT */
/* test_select_context: selection of a server's context during the handshake. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/planted_errors.h"

SUITE(select_context, .timeout = 60);

/* The pair up to the point where the server wants a context. */
static void reach_choice(test_pair *pair)
{
  EXPECT_RESULT(pair_handshake(pair), STLS_WANT_READ, "the client waits");
  ASSERT_RESULT(stls_object_handshake(pair->server), STLS_WANT_CONTEXT,
                "the server wants a context");
}

static test_pair choosing_pair(pair_options *options)
{
  test_pair pair;

  options->choose_context = true;
  pair = pair_new(options);
  reach_choice(&pair);
  return pair;
}

static void expect_misused(stls_object *object, stls_result result,
                           const char *word)
{
  stls_error err = STLS_ERROR_INIT;

  stls_object_error(object, &err);
  expect_misuse(result, &err, word);
}

Test(select_context, goes_on_with_the_own_or_another_context)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step())
    for (int own = 0; own < 2; own++) {
      stls_context *other = pair_context(&options, STLS_SERVER);
      test_pair pair = choosing_pair(&options);
      stls_context *made_from = stls_object_context(pair.server);
      EXPECT_RESULT(stls_object_set_context(pair.server, own ? NULL : other),
                    STLS_OK, label);
      EXPECT_RESULT(pair_handshake(&pair), STLS_OK, label);
      cr_expect_eq(stls_object_context(pair.server) == made_from, own);
      if (!own) cr_expect_eq(stls_object_context(pair.server), other);
      cr_expect_str_eq(
          stls_conninfo_server_name(stls_object_conninfo(pair.server)),
          "server.example", "%s", label);
      cr_expect_null(stls_object_client_hello(pair.server), "%s", label);
      pair_transfer(&pair, pair.client, pair.server, 20000);
      pair_transfer(&pair, pair.server, pair.client, 20000);
      stls_context_free(other);
      pair_free(&pair);
    }
}

/* PITFALLS 18: whatever is called meanwhile, and however often, nothing moves
 * and nothing is lost. */
Test(select_context, is_asked_for_until_it_is_answered)
{
  pair_options options = {0};
  test_pair pair = choosing_pair(&options);
  const stls_client_hello *hello = stls_object_client_hello(pair.server);
  char byte = 'x';
  size_t done = 9, used = 9;

  for (int i = 0; i < 3; i++) {
    EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "1");
    EXPECT_RESULT(stls_object_read(pair.server, &byte, 1, &done),
                  STLS_WANT_CONTEXT, "read");
    EXPECT_RESULT(stls_object_write(pair.server, &byte, 1, &done),
                  STLS_WANT_CONTEXT, "write");
    cr_expect_eq(done, (size_t)0);
    EXPECT_RESULT(
        stls_object_read_from(pair.server, "more", 4, &used, &byte, 1, &done),
        STLS_WANT_CONTEXT, "read_from");
    cr_expect_eq(used, (size_t)0, "to be offered again");
    cr_expect_eq(stls_object_client_hello(pair.server), hello);
    cr_expect_eq(stls_object_wants(pair.server),
                 (unsigned)STLS_INTEREST_CONTEXT);
    cr_expect_eq(stls_object_pending(pair.server), (size_t)0);
    cr_expect_eq(stls_object_corked(pair.server), (size_t)0);
    cr_expect_null(stls_object_ssl(pair.server));
    cr_expect_null(stls_object_conninfo(pair.server));
    EXPECT_RESULT(stls_object_error(pair.server, NULL), STLS_OK, "no failure");
    cr_expect_eq(stls_bio_pending(stls_object_outgoing(pair.server)),
                 (size_t)0);
  }
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "answer");
  cr_expect_not_null(stls_object_ssl(pair.server));
  cr_expect(stls_object_wants(pair.server) & STLS_INTEREST_HANDSHAKE);
  EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  pair_free(&pair);
}

Test(select_context, is_asked_for_when_all_is_there_and_not_before)
{
  pair_options options = {.choose_context = true};
  test_pair pair = pair_new(&options);
  stls_bio *wire = stls_object_outgoing(pair.client);
  stls_result result = STLS_WANT_READ;
  size_t written;

  cr_expect_eq(stls_object_wants(pair.server),
               (unsigned)STLS_INTEREST_RECORDS_IN);
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "nothing");
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  while (stls_bio_pending(wire) > 0) {
    stls_span span = stls_bio_peek(wire);
    EXPECT_RESULT(result, STLS_WANT_READ, "before the last byte");
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair.server), span.data,
                                 1, &written, NULL),
                  STLS_OK, "write");
    ASSERT_RESULT(stls_bio_consume(wire, 1, NULL), STLS_OK, "consume");
    cr_expect_eq(
        stls_object_wants(pair.server),
        (unsigned)(STLS_INTEREST_RECORDS_IN | STLS_INTEREST_HANDSHAKE));
    result = stls_object_handshake(pair.server);
  }
  EXPECT_RESULT(result, STLS_WANT_CONTEXT, "the last byte");
  pair_free(&pair);
}

/* SEMANTICS 1.6, sni_callback: what CPython's callback may not do, such as take
 * its time, is the rule here. */
Test(select_context, may_take_its_time_while_others_run)
{
  pair_options options = {0};
  test_pair waiting = choosing_pair(&options);
  pair_options plain = {0};

  for (int i = 0; i < 3; i++) {
    test_pair other = pair_open(&plain);
    pair_transfer(&other, other.client, other.server, 1000);
    pair_free(&other);
    EXPECT_RESULT(stls_object_handshake(waiting.server), STLS_WANT_CONTEXT,
                  "waiting");
  }
  EXPECT_RESULT(stls_object_set_context(waiting.server, NULL), STLS_OK, "set");
  EXPECT_RESULT(pair_handshake(&waiting), STLS_OK, "handshake");
  pair_free(&waiting);
}

/* The records come back in front of what has come meanwhile, so that somebody
 * else can go on with the connection: here another object. */
Test(select_context, gives_the_records_back_when_it_is_freed)
{
  static const size_t parts[] = {1, 4, 5, 6, 9, 60, SIZE_MAX};

  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    pair_options options = {.choose_context = true};
    stls_context *context = pair_context(&options, STLS_SERVER);
    stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
    stls_bio *in = bytes_bio(STLS_BIO_DEFAULT_LIMIT);
    test_pair pair = pair_new(&options);
    stls_object *first = NULL, *second = NULL;
    unsigned char hello[4000];
    size_t len = 0, done, part;
    (void)!stls_object_handshake(pair.client);
    ASSERT_RESULT(stls_bio_read(stls_object_outgoing(pair.client), hello,
                                sizeof hello, &len, NULL),
                  STLS_OK, "hello");
    part = parts[i] < len ? parts[i] : len;
    made.choose_context = true;
    ASSERT_RESULT(stls_object_new(context, in, NULL, &made, &first, NULL),
                  STLS_OK, "first");
    ASSERT_RESULT(stls_bio_write(in, hello, part, &done, NULL), STLS_OK, "1");
    EXPECT_RESULT(stls_object_handshake(first),
                  part == len ? STLS_WANT_CONTEXT : STLS_WANT_READ, "first");
    if (part < len)
      ASSERT_RESULT(stls_bio_write(in, hello + part, len - part, &done, NULL),
                    STLS_OK, "the rest");
    stls_object_free(first);
    cr_expect_eq(stls_bio_pending(in), len);
    ASSERT_RESULT(stls_object_new(context, in, NULL, &made, &second, NULL),
                  STLS_OK, "second");
    EXPECT_RESULT(stls_object_handshake(second), STLS_WANT_CONTEXT, "second");
    stls_object_free(second);
    ASSERT_RESULT(stls_bio_read(in, hello, sizeof hello, &done, NULL), STLS_OK,
                  "back");
    cr_expect_eq(done, len);
    cr_expect_eq(hello[0], 22);
    stls_bio_free(in);
    stls_context_free(context);
    pair_free(&pair);
  }
}

/* A queue that is smaller than the ClientHello. */
Test(select_context, needs_no_more_room_than_any_handshake)
{
  pair_options options = {.choose_context = true};
  test_pair pair = pair_new(&options);
  stls_result result = STLS_WANT_READ;

  ASSERT_RESULT(stls_bio_set_limit(stls_object_incoming(pair.server), 16, NULL),
                STLS_OK, "limit");
  (void)!stls_object_handshake(pair.client);
  while (result == STLS_WANT_READ &&
         pair_move(&pair, pair.client, pair.server) > 0)
    result = stls_object_handshake(pair.server);
  EXPECT_RESULT(result, STLS_WANT_CONTEXT, "16 bytes at a time");
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
  EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  pair_free(&pair);
}

Test(select_context, takes_records_from_the_callers_buffer)
{
  pair_options options = {.choose_context = true};
  test_pair pair = pair_new(&options);
  unsigned char records[4000];
  size_t len, used, done, at = 0;
  char out[10];

  (void)!stls_object_handshake(pair.client);
  ASSERT_RESULT(stls_bio_read(stls_object_outgoing(pair.client), records,
                              sizeof records, &len, NULL),
                STLS_OK, "hello");
  EXPECT_RESULT(stls_object_read_from(pair.server, records, 100, &used, out,
                                      sizeof out, &done),
                STLS_WANT_READ, "a part");
  cr_expect_eq(used, (size_t)100);
  at += used;
  EXPECT_RESULT(stls_object_read_from(pair.server, records + at, len - at,
                                      &used, out, sizeof out, &done),
                STLS_WANT_CONTEXT, "the rest");
  cr_expect_eq(at + used, len);
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
  EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  pair_free(&pair);
}

Test(select_context, misuse_changes_nothing)
{
  pair_options options = {0};
  stls_context *client = pair_context(&options, STLS_CLIENT);
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_object *object = NULL;
  test_pair plain = pair_new(&options);
  test_pair pair;

  made.server_name = "server.example";
  made.choose_context = true;
  expect_misuse(stls_object_new(client, NULL, NULL, &made, &object, &err), &err,
                "choose_context");
  EXPECT_RESULT(stls_object_set_context(NULL, NULL), STLS_ERROR_MISUSE, "NULL");
  EXPECT_RESULT(stls_object_reject(NULL, 40), STLS_ERROR_MISUSE, "NULL");
  cr_expect_null(stls_object_client_hello(NULL));
  expect_misused(plain.server, stls_object_set_context(plain.server, NULL),
                 "wanted");
  expect_misused(plain.client, stls_object_reject(plain.client, 40), "begun");
  options.choose_context = true;
  pair = pair_new(&options);
  expect_misused(pair.server, stls_object_set_context(pair.server, NULL),
                 "wanted");
  expect_misused(pair.server, stls_object_reject(pair.server, 40), "begun");
  reach_choice(&pair);
  expect_misused(pair.server, stls_object_set_context(pair.server, client),
                 "server's");
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
  expect_misused(pair.server, stls_object_set_context(pair.server, NULL),
                 "wanted");
  EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  pair_free(&pair);
  pair_free(&plain);
  stls_context_free(client);
}

Test(select_context, can_be_given_up)
{
  pair_options options = {0};
  test_pair pair = choosing_pair(&options);

  EXPECT_RESULT(stls_object_unwrap(pair.server), STLS_ERROR_MISUSE, "unwrap");
  EXPECT_RESULT(stls_object_close_write(pair.server), STLS_OK, "close");
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_ERROR_MISUSE,
                "set");
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_ERROR_MISUSE, "shake");
  cr_expect_eq(stls_object_wants(pair.server), 0U);
  pair_free(&pair);
}

Test(select_context, end_of_the_transport_is_noticed_afterwards)
{
  pair_options options = {0};
  test_pair pair = choosing_pair(&options);

  stls_bio_write_eof(stls_object_incoming(pair.server));
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "ended");
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_ERROR_TRUNCATED,
                "handshake");
  pair_free(&pair);
}

Test(select_context, leaves_the_error_queue_alone)
{
  pair_options options = {0};
  test_pair pair = choosing_pair(&options);
  test_pair rejected = choosing_pair(&options);

  planted_errors_put(4);
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "shake");
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "shake");
  EXPECT_RESULT(stls_object_reject(rejected.server, 40), STLS_OK, "reject");
  EXPECT_RESULT(stls_object_handshake(rejected.server), STLS_ERROR_TLS,
                "rejected");
  planted_errors_expect(4, "choice");
  pair_free(&pair);
  pair_free(&rejected);
}

/* What a server is for, by name; README quotes this. */
struct site {
  const char *name;
  stls_context *context;
};

static stls_result choose_site(stls_object *tls, const struct site *sites,
                               size_t num_sites)
{
  const stls_client_hello *hello = stls_object_client_hello(tls);
  const char *name = stls_client_hello_server_name(hello);
  for (size_t i = 0; name != NULL && i < num_sites; i++)
    if (strcmp(sites[i].name, name) == 0)
      return stls_object_set_context(tls, sites[i].context);
  return stls_object_reject(tls, 112); /* unrecognized_name */
}

Test(select_context, goes_by_the_servers_name)
{
  static const struct {
    const char *asked;
    stls_result want;
  } rows[] = {{"server.example", STLS_OK},
              {"SERVER.example", STLS_OK},
              {"other.example", STLS_ERROR_ALERT},
              {"127.0.0.1", STLS_ERROR_ALERT}};
  pair_options options = {0};
  const struct site sites[] = {
      {"a.example", NULL},
      {"server.example", pair_context(&options, STLS_SERVER)}};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    test_pair pair;
    options.server_name = rows[i].asked;
    pair = choosing_pair(&options);
    EXPECT_RESULT(choose_site(pair.server, sites, 2), STLS_OK, rows[i].asked);
    EXPECT_RESULT(pair_handshake(&pair), rows[i].want, rows[i].asked);
    pair_free(&pair);
  }
  stls_context_free(sites[1].context);
}
