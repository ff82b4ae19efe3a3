/* SPDX-License-Identifier: MIT */
/* test_client_hello: decoding of a ClientHello, and lengths that do not fit. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "support/client_hello_builder.h"
#include "support/expect.h"
#include "support/planted_errors.h"

SUITE(client_hello);

static const uint16_t suites[] = {0x1a1a, 0x1301, 0xc02b, 0x00ff};

/* One of everything. */
static void make_full(client_hello_builder *hello)
{
  static const uint16_t versions[] = {0x2a2a, 0x0304, 0x0303};
  static const uint16_t groups[] = {0x3a3a, 29, 23};
  static const uint16_t algorithms[] = {0x0403, 0x0804};

  client_hello_builder_begin(hello, 0x0303, suites, 4);
  client_hello_builder_extension(hello, 0x4a4a, "", 0);
  client_hello_builder_server_name(hello, "WWW.Example.org", 15);
  client_hello_builder_alpn(hello, "\x02h2\x08http/1.1", 12);
  client_hello_builder_numbers(hello, 43, 1, versions, 3);
  client_hello_builder_numbers(hello, 10, 2, groups, 3);
  client_hello_builder_numbers(hello, 13, 2, algorithms, 2);
  client_hello_builder_extension(hello, 11, "\x02\x00\x01", 3);
  client_hello_builder_extension(
      hello, 51, "\x00\x0a\x00\x1d\x00\x01k\x00\x17\x00\x01k", 12);
  client_hello_builder_extension(hello, 35, "", 0);
  client_hello_builder_extension(hello, 42, "", 0);
  client_hello_builder_extension(hello, 41, "psk", 3);
  client_hello_builder_end(hello);
}

/* From memory of just that length, so that a byte too far is seen. */
static stls_result decode_exactly(const uint8_t *data, size_t len,
                                  stls_client_hello **out, stls_error *err)
{
  uint8_t *copy = malloc(len > 0 ? len : 1);
  stls_result result;

  if (len > 0) memcpy(copy, data, len);
  result = stls_client_hello_new(copy, len, NULL, out, err);
  free(copy);
  return result;
}

static void expect_list(int (*at)(const stls_client_hello *hello, size_t index),
                        const stls_client_hello *hello, const char *name,
                        const int *want, size_t num)
{
  for (size_t i = 0; i < num; i++)
    cr_expect_eq(at(hello, i), want[i], "%s %zu: %d", name, i, at(hello, i));
  cr_expect_eq(at(hello, num), -1, "%s ends", name);
  cr_expect_eq(at(hello, SIZE_MAX), -1, "%s ends", name);
  cr_expect_eq(at(NULL, 0), -1, "%s of nothing", name);
}

#define EXPECT_LIST(at, hello, ...) \
  do { \
    const int want_[] = {__VA_ARGS__}; \
    expect_list(at, hello, #at, want_, sizeof want_ / sizeof want_[0]); \
  } while (0)

static int extension_at(const stls_client_hello *hello, size_t index)
{
  return stls_client_hello_extension(hello, index, NULL);
}

Test(client_hello, says_all_that_is_offered)
{
  const stls_client_hello *hello;
  client_hello_builder made;
  stls_span data;
  size_t len;

  make_full(&made);
  hello = client_hello_builder_decode(&made);
  client_hello_builder_free(&made);
  cr_expect_eq(stls_client_hello_legacy_version(hello), 0x0303);
  data = stls_client_hello_random(hello);
  cr_assert_eq(data.len, (size_t)32);
  cr_expect_arr_eq(data.data, "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr", 32);
  cr_expect_eq(stls_client_hello_session_id(hello).len, (size_t)0);
  data = stls_client_hello_compression_methods(hello);
  cr_assert_eq(data.len, (size_t)1);
  cr_expect_eq(*(const uint8_t *)data.data, 0);
  EXPECT_LIST(stls_client_hello_cipher_suite, hello, 0x1a1a, 0x1301, 0xc02b,
              0xff);
  EXPECT_LIST(stls_client_hello_supported_version, hello, 0x2a2a, 0x304, 0x303);
  EXPECT_LIST(stls_client_hello_group, hello, 0x3a3a, 29, 23);
  EXPECT_LIST(stls_client_hello_key_share_group, hello, 29, 23);
  EXPECT_LIST(stls_client_hello_signature_algorithm, hello, 0x0403, 0x0804);
  EXPECT_LIST(stls_client_hello_point_format, hello, 0, 1);
  EXPECT_LIST(extension_at, hello, 0x4a4a, 0, 16, 43, 10, 13, 11, 51, 35, 42,
              41);
  cr_expect_str_eq(stls_client_hello_server_name(hello), "www.example.org");
  cr_expect_arr_eq(stls_client_hello_alpn(hello, 0, &len), "h2", 2);
  cr_expect_eq(len, (size_t)2);
  cr_expect_arr_eq(stls_client_hello_alpn(hello, 1, &len), "http/1.1", 8);
  cr_expect_eq(len, (size_t)8);
  cr_expect_null(stls_client_hello_alpn(hello, 2, &len));
  cr_expect_eq(len, (size_t)0);
  cr_assert(stls_client_hello_has_extension(hello, 41, &data));
  cr_assert_eq(data.len, (size_t)3);
  cr_expect_arr_eq(data.data, "psk", 3);
  cr_expect_not(stls_client_hello_has_extension(hello, 99, &data));
  cr_expect(stls_client_hello_offers_resumption(hello));
  cr_expect(stls_client_hello_offers_early_data(hello));
  stls_client_hello_free(stls_client_hello_up_ref(hello));
  stls_client_hello_free(hello);
}

/* Before RFC 4366 there were no extensions. */
Test(client_hello, may_have_no_extensions)
{
  const stls_client_hello *hello;
  client_hello_builder made;

  client_hello_builder_begin(&made, 0x0301, suites + 1, 1);
  client_hello_builder_end(&made);
  hello = client_hello_builder_decode(&made);
  cr_expect_eq(extension_at(hello, 0), -1);
  cr_expect_null(stls_client_hello_server_name(hello));
  cr_expect_null(stls_client_hello_alpn(hello, 0, NULL));
  cr_expect_not(stls_client_hello_offers_resumption(hello));
  cr_expect_not(stls_client_hello_offers_early_data(hello));
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
}

Test(client_hello, cut_at_every_byte_is_refused)
{
  client_hello_builder made;
  size_t bare;

  make_full(&made);
  bare = made.extensions_at;
  for (size_t len = 0; len < made.len; len++) {
    stls_client_hello *hello = NULL;
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(decode_exactly(made.data, len, &hello, &err),
                  STLS_ERROR_INPUT, "cut");
    cr_expect(strstr(err.message, "ClientHello"), "%s", err.message);
    cr_expect_null(hello);
  }
  /* The same where the length is what is left. */
  for (size_t len = 4; len < made.len; len++) {
    stls_client_hello *hello = NULL;
    uint8_t *copy = malloc(len);
    memcpy(copy, made.data, len);
    copy[2] = (uint8_t)((len - 4) >> 8);
    copy[3] = (uint8_t)(len - 4);
    EXPECT_RESULT(decode_exactly(copy, len, &hello, NULL),
                  len == bare ? STLS_OK : STLS_ERROR_INPUT, "cut inside");
    stls_client_hello_free(hello);
    free(copy);
  }
  client_hello_builder_free(&made);
}

#define RANDOM "0123456789abcdef0123456789abcdef"
#define START "\x03\x03" RANDOM

/* Bodies, and the word of the message. */
static const struct {
  const char *name, *source;
  const char *body;
  size_t len;
  const char *want_word;
} bodies[] = {
#define BODY(text) text, sizeof(text) - 1
    {"none", "RFC 8446, 4.1.2", BODY(""), "version"},
    {"session id of 33 bytes", "RFC 8446, 4.1.2: 0..32",
     BODY(START "\x21" RANDOM "x\x00\x02\x13\x01\x01\x00"), "session id"},
    {"no cipher suites", "RFC 8446, 4.1.2: 2..2^16-2",
     BODY(START "\x00\x00\x00\x01\x00"), "cipher suites"},
    {"half a cipher suite", "RFC 8446, 4.1.2",
     BODY(START "\x00\x00\x03\x13\x01\x13\x01\x00"), "cipher suites"},
    {"no compression method", "RFC 8446, 4.1.2: 1..2^8-1",
     BODY(START "\x00\x00\x02\x13\x01\x00"), "compression"},
    {"half a length of extensions", "RFC 8446, 4.1.2",
     BODY(START "\x00\x00\x02\x13\x01\x01\x00\x00"), "extensions"},
    {"a byte behind the extensions", "RFC 8446, 4.1.2",
     BODY(START "\x00\x00\x02\x13\x01\x01\x00\x00\x00x"), "extensions"},
    {"extensions longer than they are", "RFC 8446, 4.1.2",
     BODY(START "\x00\x00\x02\x13\x01\x01\x00\x00\x05\x00\x23\x00\x00"),
     "extensions"},
    {"half an extension", "RFC 8446, 4.2",
     BODY(START "\x00\x00\x02\x13\x01\x01\x00\x00\x03\x00\x23\x00"),
     "an extension"},
    {"an extension longer than the rest", "RFC 8446, 4.2",
     BODY(START "\x00\x00\x02\x13\x01\x01\x00\x00\x05\x00\x23\x00\x02x"),
     "an extension"},
};

Test(client_hello, whose_lengths_do_not_fit_is_refused)
{
  for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
    stls_client_hello *hello = NULL;
    stls_error err = STLS_ERROR_INIT;
    uint8_t message[200] = {1, 0, 0, (uint8_t)bodies[i].len};
    memcpy(message + 4, bodies[i].body, bodies[i].len);
    EXPECT_RESULT(decode_exactly(message, 4 + bodies[i].len, &hello, &err),
                  STLS_ERROR_INPUT, bodies[i].name);
    cr_expect(strstr(err.message, bodies[i].want_word), "%s (%s): %s",
              bodies[i].name, bodies[i].source, err.message);
  }
}

Test(client_hello, is_one_message_of_that_type)
{
  stls_client_hello *hello = NULL;
  stls_error err = STLS_ERROR_INIT;
  client_hello_builder made;

  make_full(&made);
  client_hello_builder_put(&made, "x", 1);
  EXPECT_RESULT(decode_exactly(made.data, made.len, &hello, &err),
                STLS_ERROR_INPUT, "a byte behind");
  cr_expect(strstr(err.message, "length"), "%s", err.message);
  made.data[0] = 2;
  EXPECT_RESULT(decode_exactly(made.data, made.len - 1, &hello, &err),
                STLS_ERROR_INPUT, "a ServerHello");
  cr_expect(strstr(err.message, "type"), "%s", err.message);
  client_hello_builder_free(&made);
}

Test(client_hello, misuse_is_named)
{
  stls_client_hello *hello = NULL;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_client_hello_new(NULL, 9, NULL, &hello, &err), &err,
                "message");
  expect_misuse(stls_client_hello_new("x", 1, NULL, NULL, &err), &err,
                "out_hello");
  stls_client_hello_free(NULL);
  cr_expect_null(stls_client_hello_up_ref(NULL));
  cr_expect_null(stls_client_hello_server_name(NULL));
  cr_expect_null(stls_client_hello_alpn(NULL, 0, NULL));
  cr_expect_eq(stls_client_hello_legacy_version(NULL), 0);
  cr_expect_eq(stls_client_hello_random(NULL).len, (size_t)0);
  cr_expect_eq(stls_client_hello_session_id(NULL).len, (size_t)0);
  cr_expect_eq(stls_client_hello_compression_methods(NULL).len, (size_t)0);
  cr_expect_not(stls_client_hello_has_extension(NULL, 0, NULL));
  cr_expect_not(stls_client_hello_offers_resumption(NULL));
  cr_expect_not(stls_client_hello_offers_early_data(NULL));
}

Test(client_hello, leaves_the_error_queue_alone)
{
  char ja3[500], hash[STLS_JA3_HASH_SIZE], ja4[STLS_JA4_SIZE];
  const stls_client_hello *hello;
  stls_client_hello *none = NULL;
  client_hello_builder made;
  size_t len;

  make_full(&made);
  planted_errors_put(4);
  hello = client_hello_builder_decode(&made);
  EXPECT_RESULT(stls_client_hello_new("x", 1, NULL, &none, NULL),
                STLS_ERROR_INPUT, "none");
  EXPECT_RESULT(stls_client_hello_ja3(hello, ja3, sizeof ja3, &len, NULL),
                STLS_OK, "ja3");
  EXPECT_RESULT(
      stls_client_hello_ja3_hash(hello, hash, sizeof hash, &len, NULL), STLS_OK,
      "hash");
  EXPECT_RESULT(stls_client_hello_ja4(hello, ja4, sizeof ja4, &len, NULL),
                STLS_OK, "ja4");
  planted_errors_expect(4, "hello");
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
}
