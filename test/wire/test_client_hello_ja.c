/* SPDX-License-Identifier: MIT */
/* test_client_hello_ja: the fingerprints JA3 and JA4, by their authors' examples. */
#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "support/client_hello_builder.h"
#include "support/expect.h"

SUITE(client_hello_ja);

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void expect_ja3(const stls_client_hello *hello, const char *want_text,
                       const char *want_hash, const char *source)
{
  char text[500], hash[STLS_JA3_HASH_SIZE];
  size_t len = 0, same = 0;

  EXPECT_RESULT(stls_client_hello_ja3(hello, text, sizeof text, &len, NULL),
                STLS_OK, source);
  cr_assert_lt(len, sizeof text);
  text[len] = '\0';
  cr_expect_str_eq(text, want_text, "%s", source);
  EXPECT_RESULT(stls_client_hello_ja3(hello, NULL, 0, &same, NULL), STLS_OK,
                source);
  cr_expect_eq(same, len);
  EXPECT_RESULT(
      stls_client_hello_ja3_hash(hello, hash, sizeof hash, &same, NULL),
      STLS_OK, source);
  if (want_hash != NULL) cr_expect_str_eq(hash, want_hash, "%s", source);
}

static void expect_ja4(const stls_client_hello *hello, const char *want,
                       const char *source)
{
  char text[STLS_JA4_SIZE];

  EXPECT_RESULT(
      stls_client_hello_ja4(hello, text, sizeof text, &(size_t){0}, NULL),
      STLS_OK, source);
  cr_expect_str_eq(text, want, "%s", source);
}

/* github.com/salesforce/ja3, README.md. */
Test(client_hello_ja, ja3_is_that_of_the_examples)
{
  static const uint16_t with[] = {47,    53,    5,  10, 49161, 49162,
                                  49171, 49172, 50, 56, 19,    4};
  static const uint16_t without[] = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99};
  static const uint16_t groups[] = {23, 24, 25};
  const stls_client_hello *hello;
  client_hello_builder made;

  client_hello_builder_begin(&made, 769, with, COUNT(with));
  client_hello_builder_server_name(&made, "example.org", 11);
  client_hello_builder_numbers(&made, 10, 2, groups, 3);
  client_hello_builder_extension(&made, 11, "\1\0", 2);
  client_hello_builder_end(&made);
  hello = client_hello_builder_decode(&made);
  expect_ja3(hello,
             "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,"
             "23-24-25,0",
             "ada70206e40642a3e4461f35503241d5", "the first example");
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
  client_hello_builder_begin(&made, 769, without, COUNT(without));
  client_hello_builder_end(&made);
  hello = client_hello_builder_decode(&made);
  expect_ja3(hello, "769,4-5-10-9-100-98-3-6-19-18-99,,,",
             "de350869b8c85de67a350c8d186f11e6", "no extensions");
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
}

/* github.com/FoxIO-LLC/ja4, technical_details/JA4.md: suites, extensions in the
 * order of JA4_ro, and signature algorithms. */
static const uint16_t chrome_suites[] = {
    0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
    0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
static const uint16_t chrome_extensions[] = {
    0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d,
    0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015};
static const uint16_t chrome_algorithms[] = {0x0403, 0x0804, 0x0401, 0x0503,
                                             0x0805, 0x0501, 0x0806, 0x0601};

static void make_chrome(client_hello_builder *made, bool with_grease)
{
  static const uint16_t versions[] = {0x0304, 0x0303, 0x0a0a};
  static const uint16_t groups[] = {29, 23, 24, 0x1a1a};
  uint16_t suites[16], algorithms[9];
  size_t num = with_grease ? 1 : 0;

  suites[0] = 0xfafa;
  memcpy(suites + num, chrome_suites, sizeof chrome_suites);
  algorithms[8] = 0x2a2a;
  memcpy(algorithms, chrome_algorithms, sizeof chrome_algorithms);
  client_hello_builder_begin(made, 0x0303, suites, 15 + num);
  if (with_grease) client_hello_builder_extension(made, 0xdada, "x", 1);
  for (size_t i = 0; i < COUNT(chrome_extensions); i++)
    switch (chrome_extensions[i]) {
      case 0:
        client_hello_builder_server_name(made, "example.org", 11);
        break;
      case 10:
        client_hello_builder_numbers(made, 10, 2, groups, 3 + num);
        break;
      case 11:
        client_hello_builder_extension(made, 11, "\1\0", 2);
        break;
      case 13:
        client_hello_builder_numbers(made, 13, 2, algorithms, 8 + num);
        break;
      case 16:
        client_hello_builder_alpn(made, "\2h2\10http/1.1", 12);
        break;
      case 43:
        client_hello_builder_numbers(made, 43, 1, versions, 2 + num);
        break;
      default:
        client_hello_builder_extension(made, chrome_extensions[i], "", 0);
    }
  if (with_grease) client_hello_builder_extension(made, 0x0a0a, "", 0);
  client_hello_builder_end(made);
}

Test(client_hello_ja, ja4_is_that_of_the_example_and_grease_does_not_count)
{
  for (int with_grease = 0; with_grease < 2; with_grease++) {
    const stls_client_hello *hello;
    client_hello_builder made;
    make_chrome(&made, with_grease);
    hello = client_hello_builder_decode(&made);
    expect_ja4(hello, "t13d1516h2_8daaf6152771_e5627efa2ab1", "JA4.md");
    expect_ja3(hello,
               "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-"
               "49172-156-157-47-53,27-0-51-16-17513-23-45-13-5-35-18-43-65281-"
               "11-10-21,29-23-24,0",
               NULL, "RFC 8701 values do not count");
    stls_client_hello_free(hello);
    client_hello_builder_free(&made);
  }
}

/* The parts of JA4_a, and empty lists. */
static const struct row {
  const char *want;
  const char *source;
  int version;
  uint16_t suite;
  int type;
  const char *data;
  size_t len;
} rows[] = {
#define DATA(text) text, sizeof(text) - 1
#define NONE "_000000000000_000000000000"
    {"t12i000000" NONE, "nothing", 0x0303, 0x0a0a, 0x0a0a, DATA("")},
    {"t11i000000" NONE, "TLS 1.1", 0x0302, 0x0a0a, 0x0a0a, DATA("")},
    {"t10i000000" NONE, "TLS 1.0", 0x0301, 0x0a0a, 0x0a0a, DATA("")},
    {"ts3i000000" NONE, "SSL 3.0", 0x0300, 0x0a0a, 0x0a0a, DATA("")},
    {"ts2i000000" NONE, "SSL 2.0", 0x0002, 0x0a0a, 0x0a0a, DATA("")},
    {"t00i000000" NONE, "unknown", 0x0405, 0x0a0a, 0x0a0a, DATA("")},
    {"t12d000100" NONE, "a name, even if it is broken", 0x0303, 0x0a0a, 0,
     DATA("")},
    {"t12i0001h1" NONE, "http/1.1", 0x0303, 0x0a0a, 16,
     DATA("\0\11\10http/1.1")},
    {"t12i0001hh" NONE, "one character", 0x0303, 0x0a0a, 16, DATA("\0\2\1h")},
    {"t12i0001ab" NONE, "0xAB", 0x0303, 0x0a0a, 16, DATA("\0\2\1\xab")},
    {"t12i0001ad" NONE, "0xAB 0xCD", 0x0303, 0x0a0a, 16,
     DATA("\0\3\2\xab\xcd")},
    {"t12i00013b" NONE, "0x30 0xAB", 0x0303, 0x0a0a, 16,
     DATA("\0\3\2\x30\xab")},
    {"t12i00013d" NONE, "0x30 0x31 0xAB 0xCD", 0x0303, 0x0a0a, 16,
     DATA("\0\5\4\x30\x31\xab\xcd")},
    {"t12i000101" NONE, "0x30 0xAB 0xCD 0x31", 0x0303, 0x0a0a, 16,
     DATA("\0\5\4\x30\xab\xcd\x31")},
    {"t12i000100" NONE, "an ALPN list without names", 0x0303, 0x0a0a, 16,
     DATA("\0\0")},
};

Test(client_hello_ja, ja4_has_a_rule_for_everything)
{
  for (size_t i = 0; i < COUNT(rows); i++) {
    const stls_client_hello *hello;
    client_hello_builder made;
    client_hello_builder_begin(&made, rows[i].version, &rows[i].suite, 1);
    client_hello_builder_extension(&made, rows[i].type, rows[i].data,
                                   rows[i].len);
    client_hello_builder_end(&made);
    hello = client_hello_builder_decode(&made);
    expect_ja4(hello, rows[i].want, rows[i].source);
    stls_client_hello_free(hello);
    client_hello_builder_free(&made);
  }
}

/* JA4.md: extensions without signature algorithms have no underscore. */
Test(client_hello_ja, ja4_without_signature_algorithms_is_that_of_the_example)
{
  const stls_client_hello *hello;
  char text[STLS_JA4_SIZE];
  client_hello_builder made;

  client_hello_builder_begin(&made, 0x0303, chrome_suites, 15);
  for (size_t i = 0; i < COUNT(chrome_extensions); i++)
    client_hello_builder_extension(&made, chrome_extensions[i], "", 0);
  client_hello_builder_end(&made);
  hello = client_hello_builder_decode(&made);
  EXPECT_RESULT(
      stls_client_hello_ja4(hello, text, sizeof text, &(size_t){0}, NULL),
      STLS_OK, "JA4.md");
  cr_expect_str_eq(text, "t12d151600_8daaf6152771_6d807ffa2a79");
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
}

Test(client_hello_ja, ja4_counts_to_99)
{
  uint16_t suites[120];
  const stls_client_hello *hello;
  char text[STLS_JA4_SIZE];
  client_hello_builder made;

  for (size_t i = 0; i < COUNT(suites); i++) suites[i] = (uint16_t)i;
  client_hello_builder_begin(&made, 0x0303, suites, COUNT(suites));
  for (int i = 0; i < 120; i++)
    client_hello_builder_extension(&made, 1000 + i, "", 0);
  client_hello_builder_end(&made);
  hello = client_hello_builder_decode(&made);
  EXPECT_RESULT(
      stls_client_hello_ja4(hello, text, sizeof text, &(size_t){0}, NULL),
      STLS_OK, "99");
  cr_expect_arr_eq(text, "t12i999900_", 11, "%s", text);
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
}

Test(client_hello_ja, misuse_is_named)
{
  char text[STLS_JA4_SIZE] = "as it was";
  const stls_client_hello *hello;
  stls_error err = STLS_ERROR_INIT;
  size_t len = 9;
  client_hello_builder made;

  make_chrome(&made, false);
  hello = client_hello_builder_decode(&made);
  expect_misuse(stls_client_hello_ja3(NULL, NULL, 0, &len, &err), &err,
                "hello");
  cr_expect_eq(len, (size_t)0);
  expect_misuse(stls_client_hello_ja3(hello, NULL, 0, NULL, &err), &err,
                "out_len");
  expect_misuse(stls_client_hello_ja3(hello, NULL, 9, &len, &err), &err, "out");
  expect_misuse(stls_client_hello_ja3(hello, text, 9, &len, &err), &err,
                "out_cap");
  cr_expect_gt(len, (size_t)100, "what it takes");
  expect_misuse(stls_client_hello_ja3_hash(NULL, text, sizeof text, &len, &err),
                &err, "hello");
  expect_misuse(stls_client_hello_ja3_hash(hello, NULL, 9, &len, &err), &err,
                "out");
  expect_misuse(stls_client_hello_ja4(NULL, text, sizeof text, &len, &err),
                &err, "hello");
  expect_misuse(stls_client_hello_ja4(hello, NULL, 9, &len, &err), &err, "out");
  cr_expect_str_eq(text, "as it was");
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
}

/* A library context without digests stands for FIPS, which has no MD5. */
Test(client_hello_ja, without_digests_is_unsupported)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  OSSL_PROVIDER *null = OSSL_PROVIDER_load(libctx, "null");
  char text[STLS_JA4_SIZE];
  stls_client_hello *hello = NULL;
  stls_error err = STLS_ERROR_INIT;
  client_hello_builder made;

  cr_assert_not_null(null);
  make_chrome(&made, false);
  ASSERT_RESULT(
      stls_client_hello_new(made.data, made.len, libctx, &hello, NULL), STLS_OK,
      "new");
  EXPECT_RESULT(
      stls_client_hello_ja3_hash(hello, text, sizeof text, &(size_t){0}, &err),
      STLS_ERROR_UNSUPPORTED, "MD5");
  cr_expect(strstr(err.message, "MD5"), "%s", err.message);
  EXPECT_RESULT(
      stls_client_hello_ja4(hello, text, sizeof text, &(size_t){0}, &err),
      STLS_ERROR_UNSUPPORTED, "SHA-256");
  stls_client_hello_free(hello);
  client_hello_builder_free(&made);
  OSSL_PROVIDER_unload(null);
  OSSL_LIB_CTX_free(libctx);
}
