/* SPDX-License-Identifier: MIT */
/* test_client_hello_getters: single extensions, compared with libssl's view. */
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/client_hello.h>

#include "support/client_hello_builder.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(client_hello_getters);

static const uint16_t suites[] = {0x1301, 0xc02b};

/* A hello of one extension, or of a second one behind it. */
static const stls_client_hello *with(int type, const void *first,
                                     size_t first_len, const void *second,
                                     size_t second_len)
{
  const stls_client_hello *hello;
  client_hello_builder made;

  client_hello_builder_begin(&made, 0x0303, suites, 2);
  client_hello_builder_extension(&made, type, first, first_len);
  if (second != NULL)
    client_hello_builder_extension(&made, type, second, second_len);
  client_hello_builder_end(&made);
  hello = client_hello_builder_decode(&made);
  client_hello_builder_free(&made);
  return hello;
}

/* Names as they are sent, and what is made of them. */
static const struct {
  const char *sent;
  size_t len;
  const char *want;
  const char *source;
} names[] = {
    {"example.org", 11, "example.org", "RFC 6066, 3"},
    {"ExAmPlE.ORG", 11, "example.org", "RFC 4343, 3: case does not matter"},
    {"example.org.", 12, "example.org", "RFC 6066, 3: no trailing dot"},
    {"xn--bcher-kva.example", 21, "xn--bcher-kva.example", "RFC 5890: A-label"},
    {"_a.example", 10, "_a.example", "underscores are taken"},
    {"localhost", 9, "localhost", "one label"},
    {"192.0.2.1", 9, NULL, "RFC 6066, 3: no addresses"},
    {"2001:db8::1", 11, NULL, "RFC 6066, 3: no addresses"},
    {"", 0, NULL, "RFC 6066, 3: 1..2^16-1"},
    {"a\0b.example", 11, NULL, "a NUL (CVE-2009-2408)"},
    {"example.org\0", 12, NULL, "a NUL behind it"},
    {"b\xc3\xbc"
     "cher.example",
     14, NULL, "RFC 6066, 3: ASCII"},
    {"a..example", 10, NULL, "RFC 1035: an empty label"},
    {".", 1, NULL, "RFC 1035: nothing but a dot"},
    {"../../etc/passwd", 16, NULL, "a path is no name"},
    {"*.example.org", 13, NULL, "a wildcard is no name"},
    {"a b.example", 11, NULL, "a space"},
    {"a\r\n.example", 11, NULL, "a line break"},
};

Test(client_hello_getters, server_name_is_a_host_name)
{
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const stls_client_hello *hello;
    const char *got;
    client_hello_builder made;
    client_hello_builder_begin(&made, 0x0303, suites, 2);
    client_hello_builder_server_name(&made, names[i].sent, names[i].len);
    client_hello_builder_end(&made);
    hello = client_hello_builder_decode(&made);
    got = stls_client_hello_server_name(hello);
    if (names[i].want == NULL)
      cr_expect_null(got, "%s", names[i].source);
    else
      cr_expect_str_eq(got, names[i].want, "%s", names[i].source);
    cr_expect(stls_client_hello_has_extension(hello, 0, NULL));
    stls_client_hello_free(hello);
    client_hello_builder_free(&made);
  }
}

/* Whether an extension that is right is decoded, and the wrong ones are not. */
static bool has_name(const stls_client_hello *hello)
{
  return stls_client_hello_server_name(hello) != NULL;
}

static bool has_alpn(const stls_client_hello *hello)
{
  return stls_client_hello_alpn(hello, 0, NULL) != NULL;
}

static bool has_versions(const stls_client_hello *hello)
{
  return stls_client_hello_supported_version(hello, 0) >= 0;
}

static bool has_groups(const stls_client_hello *hello)
{
  return stls_client_hello_group(hello, 0) >= 0;
}

static bool has_shares(const stls_client_hello *hello)
{
  return stls_client_hello_key_share_group(hello, 0) >= 0;
}

static bool has_algorithms(const stls_client_hello *hello)
{
  return stls_client_hello_signature_algorithm(hello, 0) >= 0;
}

static bool has_formats(const stls_client_hello *hello)
{
  return stls_client_hello_point_format(hello, 0) >= 0;
}

static const struct row {
  int type;
  bool (*has)(const stls_client_hello *hello);
  bool want;
  const char *data;
  size_t len;
  const char *source;
} rows[] = {
#define DATA(text) text, sizeof(text) - 1
    {0, has_name, true, DATA("\0\4\0\0\1a"), "RFC 6066, 3"},
    {0, has_name, false, DATA(""), "a server's empty answer"},
    {0, has_name, false, DATA("\0\0"), "an empty list"},
    {0, has_name, false, DATA("\0\4\1\0\1a"), "another type of name"},
    {0, has_name, false, DATA("\0\5\0\0\1ab"), "a byte in the list"},
    {0, has_name, false, DATA("\0\4\0\0\1ab"), "a byte behind the list"},
    {0, has_name, false, DATA("\0\10\0\0\1a\0\0\1b"), "two names"},
    {0, has_name, false, DATA("\0\4\0\0\2a"), "a name longer than the list"},
    {0, has_name, false, DATA("\0\3\0\0\1a"), "a list that is too short"},
    {16, has_alpn, true, DATA("\0\3\2h2"), "RFC 7301, 3.1"},
    {16, has_alpn, false, DATA("\0\0"), "an empty list"},
    {16, has_alpn, false, DATA("\0\4\2h2\0"), "an empty name"},
    {16, has_alpn, false, DATA("\0\3\3h2"), "a name longer than the list"},
    {16, has_alpn, false, DATA("\0\3\2h2x"), "a byte behind"},
    {16, has_alpn, false, DATA("\0"), "half a length"},
    {43, has_versions, true, DATA("\2\3\4"), "RFC 8446, 4.2.1"},
    {43, has_versions, false, DATA("\0"), "an empty list"},
    {43, has_versions, false, DATA("\3\3\4\3"), "an odd length"},
    {43, has_versions, false, DATA("\3\4"), "a server's choice"},
    {43, has_versions, false, DATA("\2\3\4\0"), "a byte behind"},
    {10, has_groups, true, DATA("\0\2\0\35"), "RFC 8446, 4.2.7"},
    {10, has_groups, false, DATA("\0\0"), "an empty list"},
    {10, has_groups, false, DATA("\0\3\0\35\0"), "an odd length"},
    {10, has_groups, false, DATA("\0\4\0\35"), "longer than it is"},
    {51, has_shares, true, DATA("\0\5\0\35\0\1k"), "RFC 8446, 4.2.8"},
    {51, has_shares, false, DATA("\0\0"), "RFC 8446, 4.2.8: asks for a retry"},
    {51, has_shares, false, DATA("\0\5\0\35\0\2k"), "a share that is too long"},
    {51, has_shares, false, DATA("\0\3\0\35\0"), "half a share"},
    {51, has_shares, false, DATA("\0\35"), "a HelloRetryRequest's group"},
    {13, has_algorithms, true, DATA("\0\2\4\3"), "RFC 8446, 4.2.3"},
    {13, has_algorithms, false, DATA("\0\3\4\3\4"), "an odd length"},
    {13, has_algorithms, false, DATA("\0\2\4\3\4"), "a byte behind"},
    {11, has_formats, true, DATA("\1\0"), "RFC 8422, 5.1.2"},
    {11, has_formats, false, DATA("\2\0"), "longer than it is"},
};

Test(client_hello_getters, malformed_extensions_count_as_absent)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct row *row = &rows[i];
    const stls_client_hello *hello =
        with(row->type, row->data, row->len, NULL, 0);
    stls_span data;
    cr_expect_eq(row->has(hello), row->want, "%d: %s", row->type, row->source);
    cr_assert(stls_client_hello_has_extension(hello, row->type, &data));
    cr_assert_eq(data.len, row->len);
    cr_expect_arr_eq(data.data, row->data, row->len);
    stls_client_hello_free(hello);
  }
}

/* RFC 8446, 4.2 forbids it, and libssl refuses it. */
Test(client_hello_getters, of_two_extensions_of_a_type_the_first_counts)
{
  const stls_client_hello *hello = with(0, "\0\4\0\0\1a", 6, "\0\4\0\0\1b", 6);
  const stls_client_hello *broken = with(0, "\0", 1, "\0\4\0\0\1b", 6);

  cr_expect_str_eq(stls_client_hello_server_name(hello), "a");
  cr_expect_eq(stls_client_hello_extension(hello, 1, NULL), 0);
  cr_expect_null(stls_client_hello_server_name(broken));
  stls_client_hello_free(hello);
  stls_client_hello_free(broken);
}

static const struct {
  int type;
  const char *data;
  size_t len;
  size_t session_id_len;
  bool want;
  const char *source;
} resumptions[] = {
    {99, DATA(""), 0, false, "nothing"},
    {99, DATA(""), 32, true, "RFC 5246, 7.4.1.2: a session id"},
    {35, DATA(""), 0, false, "RFC 5077, 3.2: asks for a ticket"},
    {35, DATA("t"), 0, true, "RFC 5077, 3.2: a ticket"},
    {43, DATA("\2\3\4"), 32, false, "RFC 8446, D.4: a fresh session id"},
    {43, DATA("\2\3\3"), 32, true, "a session id without TLS 1.3"},
    {41, DATA("x"), 0, true, "RFC 8446, 4.2.11"},
};

Test(client_hello_getters, resumption_is_seen)
{
  for (size_t i = 0; i < sizeof resumptions / sizeof resumptions[0]; i++) {
    const stls_client_hello *hello;
    client_hello_builder made, with_id;
    uint8_t id[33] = {32};
    client_hello_builder_begin(&made, 0x0303, suites, 2);
    client_hello_builder_extension(&made, resumptions[i].type,
                                   resumptions[i].data, resumptions[i].len);
    client_hello_builder_end(&made);
    memset(&with_id, 0, sizeof with_id);
    id[0] = (uint8_t)resumptions[i].session_id_len;
    client_hello_builder_put(&with_id, made.data, 38);
    client_hello_builder_put(&with_id, id, 1 + resumptions[i].session_id_len);
    client_hello_builder_put(&with_id, made.data + 39, made.len - 39);
    client_hello_builder_end(&with_id);
    hello = client_hello_builder_decode(&with_id);
    cr_expect_eq(stls_client_hello_session_id(hello).len,
                 resumptions[i].session_id_len);
    cr_expect_eq(stls_client_hello_offers_resumption(hello),
                 resumptions[i].want, "%s", resumptions[i].source);
    stls_client_hello_free(hello);
    client_hello_builder_free(&made);
    client_hello_builder_free(&with_id);
  }
}

/* libssl's own view of a real ClientHello. */
static int compare(SSL *ssl, int *alert, void *arg)
{
  const stls_client_hello *hello = *(const stls_client_hello **)arg;
  const unsigned char *data;
  stls_span span = stls_client_hello_random(hello);
  size_t len, num = 0;
  int type;

  (void)alert;
  cr_expect_eq(stls_client_hello_legacy_version(hello),
               (int)SSL_client_hello_get0_legacy_version(ssl));
  len = SSL_client_hello_get0_random(ssl, &data);
  cr_assert_eq(span.len, len);
  cr_expect_arr_eq(span.data, data, len);
  span = stls_client_hello_session_id(hello);
  len = SSL_client_hello_get0_session_id(ssl, &data);
  cr_assert_eq(span.len, len);
  if (len > 0) cr_expect_arr_eq(span.data, data, len);
  span = stls_client_hello_compression_methods(hello);
  len = SSL_client_hello_get0_compression_methods(ssl, &data);
  cr_assert_eq(span.len, len);
  len = SSL_client_hello_get0_ciphers(ssl, &data);
  for (size_t i = 0; i < len / 2; i++)
    cr_expect_eq(stls_client_hello_cipher_suite(hello, i),
                 data[2 * i] << 8 | data[2 * i + 1]);
  cr_expect_eq(stls_client_hello_cipher_suite(hello, len / 2), -1);
  for (; (type = stls_client_hello_extension(hello, num, &span)) >= 0; num++) {
    if (SSL_client_hello_get0_ext(ssl, (unsigned)type, &data, &len) != 1)
      continue; /* libssl keeps those that it knows */
    cr_assert_eq(span.len, len, "extension %d", type);
    if (len > 0) cr_expect_arr_eq(span.data, data, len, "extension %d", type);
  }
  cr_expect_gt(num, (size_t)5);
  return SSL_CLIENT_HELLO_SUCCESS;
}

static void offer_protocols(stls_context *context)
{
  static const char *const protocols[] = {"h2", "http/1.1"};

  ASSERT_RESULT(stls_context_set_alpn(context, protocols, 2, NULL), STLS_OK,
                "ALPN");
}

Test(client_hello_getters, are_what_libssl_sees_in_its_own)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3, 0};

  for (size_t i = 0; i < 3; i++) {
    pair_options options = {.version = versions[i],
                            .tune_client = offer_protocols,
                            .choose_context = true};
    const stls_client_hello *hello = NULL;
    test_pair pair = pair_new(&options);
    SSL_CTX *ctx = stls_context_ssl_ctx(stls_object_context(pair.server));
    SSL_CTX_set_client_hello_cb(ctx, compare, &hello);
    (void)!pair_handshake(&pair);
    ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "1");
    hello = stls_client_hello_up_ref(stls_object_client_hello(pair.server));
    cr_expect_str_eq(stls_client_hello_server_name(hello), "server.example");
    cr_expect_arr_eq(stls_client_hello_alpn(hello, 1, NULL), "http/1.1", 8);
    cr_expect_eq(stls_client_hello_supported_version(hello, 0),
                 versions[i] == STLS_TLS_1_2 ? -1 : 0x0304);
    cr_expect_eq(has_shares(hello), versions[i] != STLS_TLS_1_2);
    cr_expect(has_groups(hello) && has_algorithms(hello));
    cr_expect_not(stls_client_hello_offers_resumption(hello));
    EXPECT_RESULT(stls_object_set_context(pair.server, NULL), STLS_OK, "set");
    EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
    stls_client_hello_free(hello);
    pair_free(&pair);
  }
}
