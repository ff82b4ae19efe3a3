/* SPDX-License-Identifier: MIT */
/* test_error: errors as values, filled for headers of any version. */
#include "lib/base/error.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <sanstls/context.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"

SUITE(error);

static stls_error a_failure(void);

Test(error, is_not_written_where_the_size_was_forgotten)
{
  const stls_error from = a_failure();

  for (size_t size = 1; size < sizeof size; size++) {
    stls_error err, before;
    memset(&err, 0xcc, sizeof err);
    err.size = size;
    memcpy(&before, &err, sizeof err);
    stls_error_store(&err, &from);
    cr_expect_eq(memcmp(&err, &before, sizeof err), 0, "size %zu", size);
  }
}

/* Beyond what the first version of the struct had, nothing is touched. */
Test(error, of_all_zeros_is_written_as_the_first_version_of_the_struct)
{
  const stls_error from = a_failure();
  const size_t first =
      offsetof(stls_error, reason_mnemonic) + sizeof from.reason_mnemonic;
  stls_error err = {0};

  stls_error_store(&err, &from);
  cr_expect_eq(err.size, 0, "it works the next time, too");
  cr_expect_eq(
      memcmp((const char *)&err + sizeof err.size,
             (const char *)&from + sizeof err.size, first - sizeof err.size),
      0);
  EXPECT_RESULT(stls_context_new_without_trust((stls_role)7, NULL, NULL,
                                               &(stls_context *){NULL}, &err),
                STLS_ERROR_MISUSE, "a call");
  EXPECT_RETURNS(err.result, STLS_ERROR_MISUSE);
  cr_expect_str_not_empty(err.message);
}

Test(error, respects_the_size_in_every_way_to_fail)
{
  enum {
    OLD = offsetof(stls_error, lib)
  };
  stls_error err;

  for (int way = 0; way < 5; way++) {
    memset(&err, 0xcc, sizeof err);
    err.size = OLD;
    if (way == 0)
      stls_error_fail(&err, STLS_ERROR_INPUT, STLS_REASON_EMPTY, "text");
    if (way == 1) stls_error_null(&err, "text");
    if (way == 2) stls_error_memory(&err);
    if (way == 3)
      stls_error_fail_openssl(&err, STLS_ERROR_INPUT, STLS_REASON_EMPTY,
                              "text");
    if (way == 4) stls_error_system(&err, ENOENT, "text");
    cr_expect_lt(err.result, 0, "way %d", way);
    for (size_t i = OLD; i < sizeof err; i++)
      cr_expect_eq(((unsigned char *)&err)[i], 0xcc, "way %d, byte %zu", way,
                   i);
  }
}

Test(error, may_be_null)
{
  const stls_error from = a_failure();

  stls_error_store(NULL, &from);
  EXPECT_RESULT(stls_error_fail(NULL, STLS_ERROR_TLS, STLS_REASON_NONE, "x"),
                STLS_ERROR_TLS, "fail");
  EXPECT_RESULT(stls_error_null(NULL, "x"), STLS_ERROR_MISUSE, "null");
  EXPECT_RESULT(stls_error_system(NULL, ENOENT, "x"), STLS_ERROR_INPUT,
                "system");
  EXPECT_RESULT(stls_error_memory(NULL), STLS_ERROR_MEMORY, "memory");
  EXPECT_RESULT(
      stls_error_fail_openssl(NULL, STLS_ERROR_INPUT, STLS_REASON_NONE, "x"),
      STLS_ERROR_INPUT, "fail_openssl");
}

Test(error, is_whole_and_clean_however_it_was_before)
{
  stls_error err;

  memset(&err, 0xcc, sizeof err);
  err.size = sizeof err;
  EXPECT_RESULT(stls_error_fail(&err, STLS_ERROR_INPUT, STLS_REASON_EMPTY,
                                "%s:%d", "file", 7),
                STLS_ERROR_INPUT, "fail");
  cr_expect_eq(err.size, sizeof err);
  EXPECT_RETURNS(err.result, STLS_ERROR_INPUT);
  cr_expect_eq(err.lib, 0);
  cr_expect_eq(err.reason, 0);
  cr_expect_eq(err.verify_code, X509_V_OK);
  cr_expect_eq(err.verify_depth, -1);
  cr_expect_eq(err.alert_sent, -1);
  cr_expect_eq(err.alert_received, -1);
  cr_expect_str_empty(err.lib_name);
  cr_expect_str_empty(err.reason_name);
  cr_expect_str_empty(err.verify_text);
  cr_expect_str_eq(err.message, "file:7");
  cr_expect_eq(err.own_reason, STLS_REASON_EMPTY);
  cr_expect_eq(err.sys_errno, 0);
  cr_expect_str_empty(err.lib_mnemonic);
  cr_expect_str_empty(err.reason_mnemonic);
}

Test(error, cuts_long_messages_and_ends_them)
{
  char text[2000];
  stls_error err = STLS_ERROR_INIT;

  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  stls_error_fail(&err, STLS_ERROR_INPUT, STLS_REASON_NONE, "%s", text);
  cr_expect_eq(strlen(err.message), sizeof err.message - 1);
  ERR_raise(ERR_LIB_X509, X509_V_ERR_UNSPECIFIED);
  stls_error_fail_openssl(&err, STLS_ERROR_INPUT, STLS_REASON_NONE, "%s", text);
  cr_expect_eq(strlen(err.message), sizeof err.message - 1);
  ERR_clear_error();
}

Test(error, takes_numbers_and_words_from_the_newest_entry)
{
  stls_error err = STLS_ERROR_INIT;

  ERR_raise(ERR_LIB_BIO, ERR_R_PASSED_NULL_PARAMETER);
  ERR_raise(ERR_LIB_EVP, ERR_R_UNSUPPORTED);
  EXPECT_RESULT(stls_error_fail_openssl(&err, STLS_ERROR_INPUT,
                                        STLS_REASON_MALFORMED, "item %d", 3),
                STLS_ERROR_INPUT, "fail_openssl");
  cr_expect_eq(err.lib, ERR_LIB_EVP);
  cr_expect_eq(err.reason, ERR_R_UNSUPPORTED);
  cr_expect_str_eq(err.lib_name,
                   ERR_lib_error_string(ERR_PACK(ERR_LIB_EVP, 0, 1)));
  cr_expect_str_eq(err.reason_name, "unsupported");
  cr_expect_str_eq(err.lib_mnemonic, "EVP");
  cr_expect_str_eq(err.reason_mnemonic, "UNSUPPORTED");
  cr_expect_eq(err.own_reason, STLS_REASON_MALFORMED);
  cr_expect_eq(strncmp(err.message, "item 3: unsupported (", 21), 0, "%s",
               err.message);
}

Test(error, empties_the_queue_it_reads)
{
  stls_error err = STLS_ERROR_INIT;

  for (int i = 0; i < 20; i++) ERR_raise(ERR_LIB_EVP, ERR_R_UNSUPPORTED);
  stls_error_fail_openssl(&err, STLS_ERROR_INPUT, STLS_REASON_NONE, "item");
  cr_expect_eq(ERR_peek_error(), 0);
  ERR_raise(ERR_LIB_EVP, ERR_R_UNSUPPORTED);
  stls_error_fail_openssl(NULL, STLS_ERROR_INPUT, STLS_REASON_NONE, "item");
  cr_expect_eq(ERR_peek_error(), 0, "also when nobody wants to know");
}

Test(error, says_what_it_was_given_when_openssl_says_nothing)
{
  stls_error err = STLS_ERROR_INIT;

  stls_error_fail_openssl(&err, STLS_ERROR_UNSUPPORTED,
                          STLS_REASON_NOT_SUPPORTED, "thing");
  EXPECT_RETURNS(err.result, STLS_ERROR_UNSUPPORTED);
  cr_expect_eq(err.lib, 0);
  cr_expect_str_eq(err.message, "thing");
}

/* OpenSSL often says afterwards what it could not do without the memory. */
Test(error, is_memory_when_openssl_ran_out_of_it)
{
  for (int place = 0; place < 3; place++) {
    stls_error err = STLS_ERROR_INIT;
    for (int i = 0; i < 3; i++)
      ERR_raise(ERR_LIB_ASN1,
                i == place ? ERR_R_MALLOC_FAILURE : ERR_R_NESTED_ASN1_ERROR);
    EXPECT_RESULT(
        stls_error_fail_openssl(place < 2 ? &err : NULL, STLS_ERROR_INPUT,
                                STLS_REASON_CERTIFICATE_BROKEN, "cert"),
        STLS_ERROR_MEMORY, "fail_openssl");
    if (place < 2) EXPECT_RETURNS(err.result, STLS_ERROR_MEMORY);
    if (place < 2) cr_expect_eq(err.own_reason, STLS_REASON_OUT_OF_MEMORY);
  }
}

Test(error, describes_a_code_that_has_no_words)
{
  stls_error err = STLS_ERROR_INIT;

  stls_error_describe_code(&err, ERR_PACK(ERR_LIB_USER, 0, 777));
  cr_expect_eq(err.lib, ERR_LIB_USER);
  cr_expect_eq(err.reason, 777);
  cr_expect_str_empty(err.reason_name);
  stls_error_describe_code(&err, 0);
  cr_expect_eq(err.lib, 0);
  cr_expect_eq(err.reason, 0);
}

/* The system's own words, number and a reason of ours for them. */
Test(error, takes_what_the_system_says)
{
  static const struct {
    int number;
    stls_result result;
    stls_reason reason;
  } rows[] = {
      {ENOENT, STLS_ERROR_INPUT, STLS_REASON_NO_SUCH_FILE},
      {EISDIR, STLS_ERROR_INPUT, STLS_REASON_IS_DIRECTORY},
      {ENOTDIR, STLS_ERROR_INPUT, STLS_REASON_NOT_DIRECTORY},
      {EACCES, STLS_ERROR_INPUT, STLS_REASON_PERMISSION_DENIED},
      {EPERM, STLS_ERROR_INPUT, STLS_REASON_PERMISSION_DENIED},
      {EIO, STLS_ERROR_INPUT, STLS_REASON_FILE_ERROR},
      {0, STLS_ERROR_INPUT, STLS_REASON_FILE_ERROR},
      {ENOMEM, STLS_ERROR_MEMORY, STLS_REASON_OUT_OF_MEMORY},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(stls_error_system(&err, rows[i].number, "a/file"),
                  rows[i].result, "system");
    cr_expect_eq(err.own_reason, rows[i].reason, "errno %d", rows[i].number);
    if (rows[i].result == STLS_ERROR_MEMORY) continue;
    cr_expect_eq(err.sys_errno, rows[i].number);
    cr_expect_eq(strncmp(err.message, "a/file: ", 8), 0, "%s", err.message);
  }
}

/* Programs are built with these numbers, and bindings have them by heart. */
Test(error, names_every_result_whose_number_stays)
{
#define ROW(result, number) \
  { \
    result, number, #result \
  }
  static const struct {
    stls_result result;
    int number;
    const char *want;
  } rows[] = {
      ROW(STLS_OK, 0),
      ROW(STLS_CLOSED, 1),
      ROW(STLS_WANT_READ, 2),
      ROW(STLS_WANT_WRITE, 3),
      ROW(STLS_WANT_CONTEXT, 16),
      ROW(STLS_ERROR_TRUNCATED, -1),
      ROW(STLS_ERROR_TLS, -2),
      ROW(STLS_ERROR_CERTIFICATE, -3),
      ROW(STLS_ERROR_ALERT, -4),
      ROW(STLS_ERROR_INPUT, -5),
      ROW(STLS_ERROR_MISUSE, -6),
      ROW(STLS_ERROR_UNSUPPORTED, -7),
      ROW(STLS_ERROR_MEMORY, -8),
  };
#undef ROW

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cr_expect_eq((int)rows[i].result, rows[i].number, "%s", rows[i].want);
    cr_expect_str_eq(stls_result_name(rows[i].result), rows[i].want);
  }
  cr_expect_str_eq(stls_result_name((stls_result)-1000), "unknown result");
  cr_expect_str_eq(stls_result_name((stls_result)1000), "unknown result");
}

/* As the IANA registry "TLS Alerts" spells them, and RFC 8446, 6.2. */
Test(error, names_every_alert)
{
  static const struct {
    int alert;
    const char *want;
  } rows[] = {
      {0, "close_notify"},
      {10, "unexpected_message"},
      {20, "bad_record_mac"},
      {22, "record_overflow"},
      {40, "handshake_failure"},
      {42, "bad_certificate"},
      {43, "unsupported_certificate"},
      {44, "certificate_revoked"},
      {45, "certificate_expired"},
      {46, "certificate_unknown"},
      {47, "illegal_parameter"},
      {48, "unknown_ca"},
      {49, "access_denied"},
      {50, "decode_error"},
      {51, "decrypt_error"},
      {70, "protocol_version"},
      {71, "insufficient_security"},
      {80, "internal_error"},
      {86, "inappropriate_fallback"},
      {90, "user_canceled"},
      {100, "no_renegotiation"},
      {109, "missing_extension"},
      {110, "unsupported_extension"},
      {112, "unrecognized_name"},
      {113, "bad_certificate_status_response"},
      {115, "unknown_psk_identity"},
      {116, "certificate_required"},
      {120, "no_application_protocol"},
      {121, "ech_required"},
  };
  static const int unknown[] = {-1, 1, 9, 255, 256, 1000000};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    cr_expect_str_eq(stls_alert_name(rows[i].alert), rows[i].want);
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
    cr_expect_str_eq(stls_alert_name(unknown[i]), "unknown", "%d", unknown[i]);
}

static stls_error a_failure(void)
{
  stls_error err = STLS_ERROR_INIT;

  err.result = STLS_ERROR_CERTIFICATE;
  err.lib = 20;
  err.reason = 134;
  err.verify_code = 18;
  err.verify_depth = 2;
  err.alert_sent = 48;
  err.alert_received = 0;
  memset(err.lib_name, 'l', sizeof err.lib_name - 1);
  memset(err.reason_name, 'r', sizeof err.reason_name - 1);
  memset(err.verify_text, 'v', sizeof err.verify_text - 1);
  memset(err.message, 'm', sizeof err.message - 1);
  err.own_reason = STLS_REASON_NO_TRUST;
  err.sys_errno = 2;
  memset(err.lib_mnemonic, 'L', sizeof err.lib_mnemonic - 1);
  memset(err.reason_mnemonic, 'R', sizeof err.reason_mnemonic - 1);
  return err;
}
