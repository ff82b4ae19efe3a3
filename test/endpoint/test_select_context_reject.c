/* SPDX-License-Identifier: MIT */
/* test_select_context_reject: rejected ClientHellos, and the alerts they get. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>
#include <sanstls/trace.h>

#include "support/client_hello_builder.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(select_context_reject, .timeout = 120);

/* Every alert that is always fatal goes out as it is. */
Test(select_context_reject, says_every_fatal_alert)
{
  size_t num_fatal = 0;

  for (int alert = -1; alert <= 300; alert += check_quick() ? 41 : 1) {
    pair_options options = {.choose_context = true};
    test_pair pair = pair_new(&options);
    const unsigned char want[] = {21, 3, 3, 0, 2, 2, (unsigned char)alert};
    bool is_fatal = strcmp(stls_alert_name(alert), "unknown") != 0 &&
                    alert != 0 && alert != 41 && alert != 90 && alert != 100;
    stls_error err = STLS_ERROR_INIT;
    stls_span sent;
    (void)!pair_handshake(&pair);
    ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "1");
    EXPECT_RESULT(stls_object_reject(pair.server, alert),
                  is_fatal ? STLS_OK : STLS_ERROR_MISUSE,
                  stls_alert_name(alert));
    sent = stls_bio_peek(stls_object_outgoing(pair.server));
    if (is_fatal) {
      num_fatal++;
      cr_assert_eq(sent.len, sizeof want);
      cr_expect_arr_eq(sent.data, want, sizeof want);
      EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_ALERT, "the client");
      EXPECT_RESULT(stls_object_error(pair.client, &err), STLS_ERROR_ALERT,
                    "the client");
      cr_expect_eq(err.alert_received, alert);
    } else {
      cr_expect_eq(sent.len, (size_t)0);
      EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
      EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "nothing changed");
    }
    pair_free(&pair);
  }
  if (!check_quick()) cr_expect_gt(num_fatal, (size_t)25);
}

/* PITFALLS 19: the first failure stays, whatever is called. */
Test(select_context_reject, is_final)
{
  pair_options options = {.choose_context = true};
  test_pair pair = pair_new(&options);
  stls_counters counters = STLS_COUNTERS_INIT;
  stls_error err = STLS_ERROR_INIT;
  const stls_conninfo *info;
  size_t done;
  char byte = 0;

  (void)!pair_handshake(&pair);
  EXPECT_RESULT(stls_object_reject(pair.server, 112), STLS_OK, "reject");
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_ERROR_TLS, "shake");
  EXPECT_RESULT(stls_object_read(pair.server, &byte, 1, &done), STLS_ERROR_TLS,
                "read");
  EXPECT_RESULT(stls_object_write(pair.server, &byte, 1, &done), STLS_ERROR_TLS,
                "write");
  EXPECT_RESULT(stls_object_cork(pair.server), STLS_ERROR_TLS, "cork");
  EXPECT_RESULT(stls_object_flush(pair.server), STLS_ERROR_TLS, "flush");
  EXPECT_RESULT(stls_object_unwrap(pair.server), STLS_ERROR_TLS, "unwrap");
  EXPECT_RESULT(stls_object_close_write(pair.server), STLS_OK, "close");
  EXPECT_RESULT(stls_object_reject(pair.server, 40), STLS_ERROR_TLS, "2");
  EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_ERROR_MISUSE,
                "too late");
  EXPECT_RESULT(stls_object_error(pair.server, &err), STLS_ERROR_TLS, "error");
  cr_expect_eq(err.alert_sent, 112);
  cr_expect_eq(err.alert_received, -1);
  EXPECT_RESULT(stls_object_counters(pair.server, &counters, NULL), STLS_OK,
                "7 out");
  cr_expect_eq(counters.bytes_out, 7);
  cr_expect_eq(counters.records_out, 1);
  cr_expect(strstr(err.message, "unrecognized_name (112)"), "%s", err.message);
  cr_expect_eq(stls_object_wants(pair.server),
               (unsigned)STLS_INTEREST_RECORDS_OUT);
  info = stls_object_conninfo(pair.server);
  cr_assert_not_null(info);
  cr_expect_not(stls_conninfo_established(info));
  cr_expect_not(stls_conninfo_peer_verified(info));
  cr_expect_str_eq(stls_conninfo_server_name(info), "server.example");
  cr_expect_null(stls_conninfo_version_name(info));
  cr_expect_eq(stls_conninfo_verify_depth(info), -1);
  cr_expect_null(stls_object_ssl(pair.server));
  cr_expect_not_null(stls_object_client_hello(pair.server), "for the log");
  pair_free(&pair);
}

/* The observer sees the alert as libssl would show it. */
struct seen {
  size_t num;
  stls_trace_event events[4];
};

static void keep_event(stls_object *object, const stls_trace_event *event,
                       void *user_data)
{
  struct seen *seen = user_data;

  if (seen->num < 4) seen->events[seen->num++] = *event;
  stls_object_free(object);
}

static struct seen seen;

static void observe(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_trace(context, keep_event, &seen, NULL),
                STLS_OK, "trace");
}

/* PITFALLS 17: the observer frees the object meanwhile. */
Test(select_context_reject, is_seen_by_the_observer)
{
  pair_options options = {.choose_context = true, .tune_server = observe};
  test_pair pair = pair_new(&options);

  (void)!pair_handshake(&pair);
  EXPECT_RESULT(stls_object_reject(pair.server, 40), STLS_OK, "reject");
  cr_assert_eq(seen.num, (size_t)2);
  cr_expect_eq(seen.events[0].flow, STLS_RECORDS_OUT);
  cr_expect_eq(seen.events[0].content_type, STLS_CONTENT_HEADER);
  cr_expect_eq(seen.events[0].message_type, 21);
  cr_expect_eq(seen.events[0].version, 0x0303);
  cr_expect_eq(seen.events[1].content_type, 21);
  cr_expect_eq(seen.events[1].message_type, 40);
  pair.server = NULL;
  pair_free(&pair);
}

/* What nobody is asked about. */
struct alien {
  const char *name;
  const char *bytes;
  size_t len;
  int want_alert;
};

static const struct alien aliens[] = {
#define BYTES(text) text, sizeof(text) - 1
    {"HTTP", BYTES("GET / HTTP/1.1\r\n\r\n"), -1},
    {"a record of 65535 bytes", BYTES("\x16\x03\x01\xff\xff"), 22},
    {"major version 4", BYTES("\x16\x04\x01\0\5hello"), -1},
    {"application data first", BYTES("\x17\x03\x03\0\5hello"), 10},
    {"an alert first", BYTES("\x15\x03\x01\0\2\2\x28"), -1},
    {"noise", BYTES("\xde\xad\xbe\xef\xde\xad\xbe\xef\xde\xad\xbe\xef"), -1},
    {"another message", BYTES("\x16\x03\x01\0\4\2\0\0\0"), 10},
    {"a message of 16 MiB", BYTES("\x16\x03\x01\0\4\1\xff\xff\xff"), 47},
    {"an empty ClientHello", BYTES("\x16\x03\x01\0\4\1\0\0\0"), 50},
    {"a ClientHello of a version only", BYTES("\x16\x03\x01\0\6\1\0\0\2\3\3"),
     50},
    {"an SSLv2 ClientHello of nothing",
     BYTES("\x80\x0b\1\3\3\0\0\0\0\0\x10\0\0"), -1},
};

static stls_result feed(test_pair *pair, stls_object *server,
                        const unsigned char *bytes, size_t len)
{
  stls_result result = STLS_WANT_READ;
  size_t at = 0, written;

  while (at < len && result == STLS_WANT_READ) {
    size_t part = pair_cut(pair, len - at);
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(server), bytes + at, part,
                                 &written, NULL),
                  STLS_OK, "feed");
    at += written;
    result = stls_object_handshake(server);
  }
  return result;
}

/* As without choose_context: libssl's verdict, error and alert. */
Test(select_context_reject, leaves_what_is_no_hello_to_libssl)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label);
       row += check_quick() ? 4 : 1)
    for (size_t i = 0; i < sizeof aliens / sizeof aliens[0]; i++) {
      stls_error errors[2] = {STLS_ERROR_INIT, STLS_ERROR_INIT};
      for (int choosing = 0; choosing < 2; choosing++) {
        test_pair pair;
        options.choose_context = choosing;
        pair = pair_new(&options);
        EXPECT_RESULT(
            feed(&pair, pair.server, (const unsigned char *)aliens[i].bytes,
                 aliens[i].len),
            STLS_ERROR_TLS, aliens[i].name);
        stls_object_error(pair.server, &errors[choosing]);
        cr_expect_null(stls_object_client_hello(pair.server));
        pair_free(&pair);
      }
      cr_expect_str_eq(errors[0].message, errors[1].message, "%s, %s",
                       aliens[i].name, label);
      cr_expect_eq(errors[0].alert_sent, errors[1].alert_sent, "%s, %s: %d",
                   aliens[i].name, label, errors[1].alert_sent);
      if (aliens[i].want_alert >= 0)
        cr_expect_eq(errors[1].alert_sent, aliens[i].want_alert, "%s, %s: %d",
                     aliens[i].name, label, errors[1].alert_sent);
    }
}

/* A ClientHello that libssl takes, of two suites and with `padding` bytes. */
static void make_acceptable(client_hello_builder *made, size_t padding_len)
{
  static const uint16_t suites[] = {0xc02b, 0xc02f}, groups[] = {23};
  static const uint16_t algorithms[] = {0x0403, 0x0804};
  uint8_t *padding = calloc(1, padding_len + 1);

  client_hello_builder_begin(made, 0x0303, suites, 2);
  client_hello_builder_numbers(made, 10, 2, groups, 1);
  client_hello_builder_numbers(made, 13, 2, algorithms, 2);
  client_hello_builder_extension(made, 21, padding, padding_len);
  client_hello_builder_end(made);
  free(padding);
}

static uint8_t *minced(size_t *out_len)
{
  uint8_t *records;
  client_hello_builder made;

  make_acceptable(&made, 60000);
  records = client_hello_builder_records(made.data, made.len, 4, out_len);
  client_hello_builder_free(&made);
  return records;
}

/* RFC 5246, E.2: cipher specs of three bytes, no session, a challenge. */
static uint8_t *sslv2_form(size_t *out_len)
{
  static const uint8_t head[] = {0x80, 0, 1, 3,  3, 0, 3,
                                 0,    0, 0, 32, 0, 0, 0x2f};
  uint8_t *record = malloc(sizeof head + 32);

  memcpy(record, head, sizeof head);
  memset(record + sizeof head, 'c', 32);
  *out_len = sizeof head + 32;
  record[1] = (uint8_t)(*out_len - 2);
  return record;
}

/* A form in which nobody is asked, though libssl takes it. RFC 8446, D.5, and RFC
 * 6176 for the first. */
static const struct {
  const char *name;
  uint8_t *(*make)(size_t *out_len);
  unsigned char alert;
} forms[] = {{"SSLv2", sslv2_form, 70}, {"minced", minced, 10}};

/* A ClientHello without extensions means signatures with SHA-1. */
static void allow_sha1(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, "DEFAULT:@SECLEVEL=0", NULL),
      STLS_OK, "ciphers");
}

/* Its sender must not see anything of a context that nobody chose. */
Test(select_context_reject, lets_nobody_in_by_a_context_that_nobody_chose)
{
  pair_options options = {.tune_server = allow_sha1,
                          .server_credential = "server-rsa"};
  char label[64];

  /* OpenSSL 4.0 does not know the form of SSL 2.0 any more. */
  for (size_t row = 0; pair_row(row, &options, label);
       row += check_quick() ? 4 : 1)
    for (size_t i = OPENSSL_version_major() >= 4 ? 1 : 0;
         i < sizeof forms / sizeof forms[0]; i++)
      for (int choosing = 0; choosing < 2; choosing++) {
        const unsigned char want[] = {21, 3, 3, 0, 2, 2, forms[i].alert};
        stls_error err = STLS_ERROR_INIT;
        test_pair pair;
        stls_span sent;
        size_t len;
        uint8_t *records = forms[i].make(&len);
        options.version = STLS_TLS_1_2;
        options.choose_context = choosing;
        pair = pair_new(&options);
        EXPECT_RESULT(feed(&pair, pair.server, records, len),
                      choosing ? STLS_ERROR_TLS : STLS_WANT_READ,
                      pair_message(pair.server));
        sent = stls_bio_peek(stls_object_outgoing(pair.server));
        cr_expect_null(stls_object_client_hello(pair.server));
        if (choosing) {
          stls_object_error(pair.server, &err);
          cr_assert_eq(sent.len, sizeof want, "%s, %s", forms[i].name, label);
          cr_expect_eq(((const unsigned char *)sent.data)[0], want[0]);
          cr_expect_arr_eq((const unsigned char *)sent.data + 3, want + 3, 4,
                           "%s, %s", forms[i].name, label);
          cr_expect_eq(err.alert_sent, forms[i].alert);
          cr_expect(strstr(err.message, "no context is chosen"), "%s",
                    err.message);
          EXPECT_RESULT(stls_object_handshake(pair.server), STLS_ERROR_TLS,
                        "again");
        } else {
          /* A ServerHello, and what belongs to it. */
          cr_expect_gt(stls_bio_pending(stls_object_outgoing(pair.server)),
                       (size_t)100, "%s", forms[i].name);
        }
        free(records);
        pair_free(&pair);
      }
}

/* In whatever records it comes. */
Test(select_context_reject, takes_a_hello_in_any_records)
{
  static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 50, 100, 16384};

  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0];
       i += check_quick() ? 4 : 1)
    for (int feed_kind = FEED_WHOLE; feed_kind <= FEED_RANDOM; feed_kind++) {
      pair_options options = {.choose_context = true,
                              .feed = (pair_feed)feed_kind};
      test_pair pair = pair_new(&options);
      size_t len, records_len;
      uint8_t *message = client_hello_builder_take_message(pair.client, &len);
      uint8_t *records =
          client_hello_builder_records(message, len, sizes[i], &records_len);
      EXPECT_RESULT(feed(&pair, pair.server, records, records_len),
                    STLS_WANT_CONTEXT, "pieces");
      cr_expect_str_eq(
          stls_client_hello_server_name(stls_object_client_hello(pair.server)),
          "server.example");
      EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
      EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
      free(message);
      free(records);
      pair_free(&pair);
    }
}

/* As long as libssl takes it, and longer. */
Test(select_context_reject, takes_a_hello_of_any_length_that_libssl_takes)
{
  static const struct {
    size_t len, max_record;
    bool want_asked;
    const char *source;
  } rows[] = {
      {60000, 16384, true, "four records"},
      {65600, 16384, true, "the longest that RFC 8446, 4.1.2 allows"},
      {60000, 4, false, "more bytes of headers than of hello"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    static const uint16_t suites[] = {0xc02b};
    pair_options options = {.choose_context = true};
    test_pair pair = pair_new(&options);
    uint8_t *padding = calloc(1, rows[i].len), *records;
    stls_result result;
    size_t records_len;
    client_hello_builder made;
    client_hello_builder_begin(&made, 0x0303, suites, 1);
    if (rows[i].len > 65000) {
      client_hello_builder_extension(&made, 21, padding, 65000);
      client_hello_builder_extension(&made, 99, padding, 500);
    } else {
      client_hello_builder_extension(&made, 21, padding, rows[i].len);
    }
    client_hello_builder_end(&made);
    records = client_hello_builder_records(made.data, made.len,
                                           rows[i].max_record, &records_len);
    ASSERT_RESULT(
        stls_bio_set_limit(stls_object_incoming(pair.server), 1000000, NULL),
        STLS_OK, "limit");
    result = feed(&pair, pair.server, records, records_len);
    EXPECT_RESULT(result,
                  rows[i].want_asked ? STLS_WANT_CONTEXT : STLS_ERROR_TLS,
                  rows[i].source);
    free(records);
    free(padding);
    client_hello_builder_free(&made);
    pair_free(&pair);
  }
}
