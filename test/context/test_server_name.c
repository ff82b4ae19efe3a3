/* SPDX-License-Identifier: MIT */
/* test_server_name: the server name of a connection, in one spelling. */
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/client_hello_builder.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/resumption.h"

SUITE(server_name, .timeout = 120);

static char long_name[256], too_long_name[256];

static const struct {
  const char *sent, *want;
} names[] = {
    {"server.example", "server.example"},
    {"SERVER.Example", "server.example"},
    {"Server.Example.", "server.example"},
    {"x--Y_.A1.example", "x--y_.a1.example"},
    {"-A-.b-.example", "-a-.b-.example"},
    {"XN--Bcher-KVA.Example", "xn--bcher-kva.example"},
    {long_name, long_name},
    {too_long_name, NULL},
    {"192.0.2.1", NULL},
    {"2001:db8::1", NULL},
    {"1.2", NULL},
    {"a\nb", NULL},
    {"a b", NULL},
    {".", NULL},
    {"a..b", NULL},
    {"*.example", NULL},
    {"b\xc3\xbc"
     "cher.example",
     NULL},
    {NULL, NULL},
};

static void expect_name(const char *got, size_t i, const char *label)
{
  const char *want = names[i].want;

  cr_expect(want == NULL ? got == NULL : got != NULL && strcmp(got, want) == 0,
            "\"%s\", %s: %s", names[i].sent == NULL ? "" : names[i].sent, label,
            got == NULL ? "NULL" : got);
}

static void fill_names(void)
{
  for (size_t i = 0; i < 253; i++) long_name[i] = i % 64 == 63 ? '.' : 'n';
  memcpy(too_long_name, long_name, 253);
  memcpy(too_long_name + 253, "nn", 2);
}

/* Asks in this spelling, and resumes where there is a session. */
static stls_session *ask(const pair_options *options, stls_context *client,
                         stls_context *server, size_t i, stls_session *session,
                         const char *label)
{
  stls_object_options server_options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = resumption_join(client, server, session);
  stls_session *next = NULL;

  server_options.choose_context = options->choose_context;
  stls_object_free(pair.server);
  ASSERT_RESULT(
      stls_object_new(server, NULL, NULL, &server_options, &pair.server, NULL),
      STLS_OK, "server");
  pair.feed = options->feed;
  cr_assert_eq(
      SSL_set_tlsext_host_name(stls_object_ssl(pair.client), names[i].sent), 1);
  if (options->choose_context) {
    (void)!pair_handshake(&pair);
    ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, label);
    expect_name(
        stls_client_hello_server_name(stls_object_client_hello(pair.server)), i,
        label);
    ASSERT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
  }
  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(pair.server));
  cr_expect_eq(stls_conninfo_resumed(stls_object_conninfo(pair.server)),
               session != NULL, "%s: %s", label, names[i].sent);
  expect_name(stls_conninfo_server_name(stls_object_conninfo(pair.server)), i,
              label);
  if (session == NULL) next = resumption_fetch_session(&pair);
  pair_free(&pair);
  return next;
}

/* RFC 6066, 3. node#57175, envoy#47297: gone on a resumed connection of TLS 1.2;
 * hitch#301, envoy#6199, rustls#1014: spelled in several ways. */
Test(server_name, is_told_in_one_spelling)
{
  pair_options options = {0};
  char label[64];

  fill_names();
  for (size_t row = 0; pair_row(row, &options, label);
       row += check_quick() ? 4 : 1) {
    stls_context *client = pair_context(&options, STLS_CLIENT);
    stls_context *server = pair_context(&options, STLS_SERVER);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
      for (int choosing = 0; choosing < 2; choosing++) {
        stls_session *session;
        options.choose_context = choosing;
        session = ask(&options, client, server, i, NULL, label);
        cr_assert_not_null(session);
        cr_expect_null(ask(&options, client, server, i, session, label));
        stls_session_free(session);
      }
    stls_context_free(client);
    stls_context_free(server);
  }
}

/* What a server that chooses its context says to these records. */
static stls_result receive(test_pair *pair, const uint8_t *bytes, size_t len)
{
  stls_result result;
  size_t written;

  ASSERT_RESULT(stls_bio_write(stls_object_incoming(pair->server), bytes, len,
                               &written, NULL),
                STLS_OK, "receive");
  result = stls_object_handshake(pair->server);
  if (result != STLS_WANT_CONTEXT) return result;
  EXPECT_RESULT(stls_object_set_context(pair->server, NULL), STLS_OK, "choose");
  return stls_object_handshake(pair->server);
}

/* RFC 6066, 3. libssl refuses most of these, but not an empty name. */
Test(server_name, that_is_malformed_is_none)
{
  static const struct {
    const char *data;
    size_t len;
    bool is_refused;
  } rows[] = {{"\0\3\0\0\0", 5, false},
              {"\0\6\0\0\3a\0b", 8, true},
              {"\0\4\1\0\1a", 6, true},
              {"\0\5\0\0\1a", 6, true},
              {"", 0, true},
              {"\0\0", 2, true},
              {"\0\5\0\0\1ab", 7, true}};
  static const uint16_t suites[] = {0xc02b}, groups[] = {23};
  static const uint16_t algorithms[] = {0x0403};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options options = {.choose_context = true};
    test_pair pair = pair_new(&options);
    const stls_client_hello *hello;
    const char *got;
    uint8_t *records;
    client_hello_builder made;
    size_t len;
    client_hello_builder_begin(&made, 0x0303, suites, 1);
    client_hello_builder_numbers(&made, 10, 2, groups, 1);
    client_hello_builder_numbers(&made, 13, 2, algorithms, 1);
    client_hello_builder_extension(&made, 0, rows[i].data, rows[i].len);
    client_hello_builder_end(&made);
    hello = client_hello_builder_decode(&made);
    cr_expect_null(stls_client_hello_server_name(hello), "%zu", i);
    stls_client_hello_free(hello);
    records = client_hello_builder_records(made.data, made.len, 16384, &len);
    EXPECT_RESULT(receive(&pair, records, len),
                  rows[i].is_refused ? STLS_ERROR_TLS : STLS_WANT_READ,
                  pair_message(pair.server));
    stls_bio_write_eof(stls_object_incoming(pair.server));
    cr_expect_lt(stls_object_handshake(pair.server), 0);
    got = stls_conninfo_server_name(stls_object_conninfo(pair.server));
    cr_expect_null(got, "%zu: %s", i, got);
    free(records);
    client_hello_builder_free(&made);
    pair_free(&pair);
  }
}

/* The bytes on the wire, and the client's own word. */
Test(server_name, is_sent_in_lower_case)
{
  pair_options options = {.server_name = "SerVer.EXAMPLE."};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    stls_span data;
    size_t len;
    uint8_t *message = client_hello_builder_take_message(pair.client, &len);
    const client_hello_builder made = {message, len, len, 0};
    const stls_client_hello *hello = client_hello_builder_decode(&made);
    cr_assert(stls_client_hello_has_extension(hello, 0, &data));
    cr_assert_eq(data.len, (size_t)19);
    cr_expect_eq(memcmp((const char *)data.data + 5, "server.example", 14), 0);
    stls_client_hello_free(hello);
    free(message);
    pair_free(&pair);
    pair = pair_open(&options);
    cr_expect_str_eq(
        stls_conninfo_server_name(stls_object_conninfo(pair.client)),
        "server.example", "%s", label);
    pair_free(&pair);
  }
}
