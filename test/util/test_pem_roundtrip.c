/* SPDX-License-Identifier: MIT */
/* test_pem_roundtrip: encoded PEM decodes to the same bytes. */
#include <openssl/pem.h>
#include <sanstls/util.h>
#include <stdlib.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pem_frame.h"

SUITE(pem_roundtrip);

#define L64 "MAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAAMAAwADAA"

static void expect_round_trip(const uint8_t *der, size_t der_len);
static void expect_same_as_openssl(const char *name);
static void expect_canonical(const char *pem, size_t pem_len);
static size_t drop_white(char *text, size_t len);

Test(pem_roundtrip, comes_back_for_every_length)
{
  uint8_t der[400];

  for (size_t i = 0; i < sizeof der; i++) der[i] = (uint8_t)(i * 167 + i / 3);
  for (size_t len = 1; len <= sizeof der; len++)
    expect_round_trip(der + sizeof der - len, len);
}

Test(pem_roundtrip, is_what_openssl_reads_and_writes)
{
  static const char *const files[] = {"ca.pem", "server-rsa.pem",
                                      "server-selfsigned.pem",
                                      "server-expired.pem", "untrusted-ca.pem"};

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
    expect_same_as_openssl(files[i]);
}

Test(pem_roundtrip, of_a_bundle_or_with_text_is_refused)
{
  static const struct {
    const char *file, *want_word;
  } rows[] = {{"both-cas.pem", "second block"},
              {"text-between.pem", "column 1"},
              {"ca.key", "label"},
              {"broken-base64.pem", "base64"},
              {"broken-cut.pem", "END line"},
              {"broken-empty.pem", "column 1"}};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    data_file file = data_file_load(rows[i].file);
    stls_error err = STLS_ERROR_INIT;
    size_t len;
    EXPECT_RESULT(
        stls_pem_decode_certificate(file.data, file.len, NULL, 0, &len, &err),
        STLS_ERROR_INPUT, rows[i].file);
    cr_expect(strstr(err.message, rows[i].want_word), "%s: %s", rows[i].file,
              err.message);
    data_file_free(&file);
  }
}

Test(pem_roundtrip, that_is_cut_anywhere_is_refused)
{
  static const char pem[] = PEM_FRAME_BEGIN L64 "\nZg==\n" PEM_FRAME_END;
  uint8_t got[PEM_FRAME_MAX];
  size_t got_len;

  for (size_t len = 0; len < sizeof pem - 1; len++) {
    /* The last newline may be missing. */
    stls_result want = len < sizeof pem - 2 ? STLS_ERROR_INPUT : STLS_OK;
    cr_expect_eq(pem_frame_decode(pem, len, got, &got_len, NULL), want,
                 "%zu bytes", len);
  }
}

/* Whatever is accepted is, but for white space, what would be written. */
Test(pem_roundtrip, has_one_spelling)
{
  static const char pem[] = PEM_FRAME_BEGIN "Zm9v\nYg==\n" PEM_FRAME_END "\n";
  const int every = check_quick() ? 7 : 1;

  for (size_t at = 0; at < sizeof pem - 1; at++)
    for (int byte = 0; byte <= 255; byte += every) {
      char copy[sizeof pem - 1];
      memcpy(copy, pem, sizeof copy);
      copy[at] = (char)byte;
      expect_canonical(copy, sizeof copy);
    }
}

Test(pem_roundtrip, of_a_megabyte_keeps_its_place)
{
  const size_t num_lines = 20000, line_len = sizeof L64,
               begin = strlen(PEM_FRAME_BEGIN);
  const size_t len = begin + num_lines * line_len + strlen(PEM_FRAME_END);
  char *pem = malloc(len + 1);
  stls_error err = STLS_ERROR_INIT;
  size_t der_len;

  cr_assert_not_null(pem);
  memcpy(pem, PEM_FRAME_BEGIN, begin);
  for (size_t i = 0; i < num_lines; i++)
    memcpy(pem + begin + i * line_len, L64 "\n", line_len);
  memcpy(pem + begin + num_lines * line_len, PEM_FRAME_END,
         sizeof PEM_FRAME_END);
  EXPECT_RESULT(stls_pem_decode_certificate(pem, len, NULL, 0, &der_len, &err),
                STLS_OK, "whole");
  cr_expect_eq(der_len, num_lines * 48);
  pem[begin + 12344 * line_len + 9] = '?';
  EXPECT_RESULT(stls_pem_decode_certificate(pem, len, NULL, 0, &der_len, &err),
                STLS_ERROR_INPUT, "broken");
  cr_expect(strstr(err.message, "line 12346, column 10:"), "%s", err.message);
  free(pem);
}

static void expect_round_trip(const uint8_t *der, size_t der_len)
{
  uint8_t got[PEM_FRAME_MAX];
  size_t pem_len = 0, got_len = 0;
  char *pem;

  ASSERT_RESULT(
      stls_pem_encode_certificate(der, der_len, NULL, 0, &pem_len, NULL),
      STLS_OK, "length");
  pem = malloc(pem_len + 1);
  cr_assert_not_null(pem);
  ASSERT_RESULT(stls_pem_encode_certificate(der, der_len, pem, pem_len + 1,
                                            &pem_len, NULL),
                STLS_OK, "encode");
  ASSERT_RESULT(pem_frame_decode(pem, pem_len, got, &got_len, NULL), STLS_OK,
                "decode");
  cr_assert_eq(got_len, der_len);
  cr_assert_arr_eq(got, der, der_len, "%zu bytes", der_len);
  free(pem);
}

static void expect_same_as_openssl(const char *name)
{
  data_file file = data_file_load(name);
  BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
  char *label = NULL, *header = NULL, *again = malloc(file.len + 1);
  unsigned char *want = NULL;
  uint8_t *got = malloc(file.len);
  long want_len = 0;
  size_t len = 0, again_len = 0;

  cr_assert(bio != NULL && again != NULL && got != NULL);
  cr_assert_eq(PEM_read_bio(bio, &label, &header, &want, &want_len), 1);
  ASSERT_RESULT(stls_pem_decode_certificate(file.data, file.len, got, file.len,
                                            &len, NULL),
                STLS_OK, name);
  cr_assert_eq(len, (size_t)want_len, "%s", name);
  cr_expect_arr_eq(got, want, len, "%s", name);
  ASSERT_RESULT(stls_pem_encode_certificate(got, len, again, file.len + 1,
                                            &again_len, NULL),
                STLS_OK, name);
  cr_assert_eq(again_len, file.len, "%s", name);
  cr_expect_arr_eq(again, file.data, file.len, "%s", name);
  OPENSSL_free(label);
  OPENSSL_free(header);
  OPENSSL_free(want);
  BIO_free(bio);
  free(again);
  free(got);
  data_file_free(&file);
}

static void expect_canonical(const char *pem, size_t pem_len)
{
  char copy[PEM_FRAME_MAX], again[PEM_FRAME_MAX];
  uint8_t der[PEM_FRAME_MAX];
  size_t der_len, again_len;

  if (pem_frame_decode(pem, pem_len, der, &der_len, NULL) != STLS_OK) return;
  ASSERT_RESULT(stls_pem_encode_certificate(der, der_len, again, sizeof again,
                                            &again_len, NULL),
                STLS_OK, "encode");
  memcpy(copy, pem, pem_len);
  pem_len = drop_white(copy, pem_len);
  again_len = drop_white(again, again_len);
  cr_assert_eq(pem_len, again_len, "%.*s", (int)pem_len, copy);
  cr_assert_arr_eq(copy, again, again_len, "%.*s", (int)pem_len, copy);
}

static size_t drop_white(char *text, size_t len)
{
  size_t kept = 0;

  for (size_t i = 0; i < len; i++)
    if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
      text[kept++] = text[i];
  return kept;
}
