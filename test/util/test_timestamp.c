/* SPDX-License-Identifier: MIT */
/* test_timestamp: the time text of certificates, and seconds since the epoch. */
#include <locale.h>
#include <sanstls/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/expect.h"
#include "support/planted_errors.h"

SUITE(timestamp);

#define UNTOUCHED ((int64_t)4711)
#define FIRST (INT64_C(-62135596800))
#define LAST (INT64_C(253402300799))

static const struct {
  const char *text;
  int64_t want;
  /* The same instant as stls_timestamp_format writes it; NULL for `text`. */
  const char *canonical;
  const char *source;
} times[] = {
    {"Jan  1 00:00:00 1970 GMT", 0, NULL, "POSIX: the epoch"},
    {"Jan  5 09:34:43 2018 GMT", 1515144883, NULL, "CPython, test_ssl"},
    {"Jan  5 09:34:59 2018 GMT", 1515144899, NULL, "CPython, test_ssl"},
    {"Dec 31 23:59:59 9999 GMT", LAST, NULL, "RFC 5280, 4.1.2.5: no end"},
    {"Jan  1 00:00:00 0001 GMT", FIRST, NULL, "the first that CPython reads"},
    {"Dec 31 23:59:59 1969 GMT", -1, NULL, "before the epoch"},
    {"Jan  1 00:00:00 1950 GMT", -631152000, NULL, "RFC 5280: first UTCTime"},
    {"Dec 31 23:59:59 2049 GMT", 2524607999, NULL, "RFC 5280: last UTCTime"},
    {"Jan  1 00:00:00 2050 GMT", 2524608000, NULL, "RFC 5280, 4.1.2.5.2"},
    {"Jan 19 03:14:08 2038 GMT", 2147483648, NULL, "beyond 32 bits"},
    {"Feb 29 12:00:00 2000 GMT", 951825600, NULL, "a leap year by 400"},
    {"Mar  1 00:00:00 1900 GMT", -2203891200, NULL, "none by 100"},
    {"Mar  1 00:00:00 2100 GMT", 4107542400, NULL, "none by 100"},
    {"Jul  4 01:02:03 0999 GMT", -30625858677, NULL, "a padded year"},

    {"JaN  5 09:34:43 2018 GmT", 1515144883, "Jan  5 09:34:43 2018 GMT",
     "CPython, test_ssl: letters of either case"},
    {"Jan 05 09:34:43 2018 GMT", 1515144883, "Jan  5 09:34:43 2018 GMT",
     "CPython, test_ssl: %d"},
    {"Jan 5 9:34:43 2018 GMT", 1515144883, "Jan  5 09:34:43 2018 GMT",
     "CPython: strptime wants one digit"},
    {"Jan   5   09:34:43   2018   GMT", 1515144883, "Jan  5 09:34:43 2018 GMT",
     "CPython: strptime's blank is a run of them"},

    {"Dec 31 23:59:60 2008 GMT", 1230768000, "Jan  1 00:00:00 2009 GMT",
     "CPython, test_ssl: a leap second"},
    {"Jan  5 09:34:60 2018 GMT", 1515144900, "Jan  5 09:35:00 2018 GMT",
     "CPython, test_ssl: in any minute"},
    {"Jan  5 09:34:61 2018 GMT", 1515144901, "Jan  5 09:35:01 2018 GMT",
     "CPython, test_ssl: as strptime"},

    {"Feb 30 00:00:00 2024 GMT", 1709251200, "Mar  1 00:00:00 2024 GMT",
     "CPython: days count on"},
    {"Feb 30 00:00:00 2023 GMT", 1677715200, "Mar  2 00:00:00 2023 GMT",
     "CPython"},
    {"Feb 31 00:00:00 1900 GMT", -2203718400, "Mar  3 00:00:00 1900 GMT",
     "CPython"},
    {"Apr 31 00:00:00 2018 GMT", 1525132800, "May  1 00:00:00 2018 GMT",
     "CPython"},
};

static const struct {
  const char *text;
  const char *want_word;
  const char *source;
} refused[] = {
    {"", "month", "nothing"},
    {"J", "month", "cut off"},
    {"Jon  5 09:34:43 2018 GMT", "month", "CPython, test_ssl"},
    {" Jan  5 09:34:43 2018 GMT", "month", "CPython: no blank before"},
    {"M\303\244r  5 09:34:43 2018 GMT", "month", "another locale's"},
    {"20180105093443Z", "month", "RFC 5280: ASN.1's own form"},
    {"Jan", "day", "cut off"},
    {"Jan5 09:34:43 2018 GMT", "day", "CPython: no blank"},
    {"January  5 09:34:43 2018 GMT", "day", "CPython"},
    {"Jan 35 09:34:43 2018 GMT", "day", "CPython, test_ssl"},
    {"Jan 32 09:34:43 2018 GMT", "day", "CPython"},
    {"Jan  0 09:34:43 2018 GMT", "day", "CPython"},
    {"Jan 00 09:34:43 2018 GMT", "day", "CPython"},
    {"Jan -5 09:34:43 2018 GMT", "day", "CPython"},
    {"Jan  x 09:34:43 2018 GMT", "day", "CPython"},
    {"Jan\t5 09:34:43 2018 GMT", "day", "util.h: spaces only"},
    {"Jan \331\245 09:34:43 2018 GMT", "day", "util.h: ASCII digits"},
    {"Jan  5", "hour", "cut off"},
    {"Jan 005 09:34:43 2018 GMT", "day", "CPython: three digits"},
    {"Jan  5 24:00:00 2018 GMT", "hour", "CPython, test_ssl"},
    {"Jan  5 +9:00:00 2018 GMT", "hour", "CPython"},
    {"Jan  5 09 34:43 2018 GMT", "minute", "CPython"},
    {"Jan  5 09: 4:43 2018 GMT", "minute", "CPython"},
    {"Jan  5 09:60:43 2018 GMT", "minute", "CPython, test_ssl"},
    {"Jan  5 09:034:43 2018 GMT", "second", "CPython"},
    {"Jan  5 09:34 2018 GMT", "second", "CPython, test_ssl"},
    {"Jan  5 09:34:62 2018 GMT", "second", "CPython, test_ssl"},
    {"Jan  5 09:34:99 2018 GMT", "second", "CPython"},
    {"Jan  5 09:34:43.5 2018 GMT", "year", "OpenSSL prints fractions"},
    {"Jan  5 09:34:43", "year", "cut off"},
    {"Jan  5 09:34:43 GMT", "year", "CPython"},
    {"Jan  5 09:34:43 18 GMT", "year", "CPython"},
    {"Jan  5 09:34:43 0000 GMT", "year", "CPython"},
    {"Jan  5 09:34:43 -018 GMT", "year", "CPython"},
    {"Jan  5 09:34:43 2018", "zone", "CPython, test_ssl"},
    {"Jan  5 09:34:43 2018 ", "zone", "CPython"},
    {"Jan  5 09:34:43 2018 GM", "zone", "cut off"},
    {"Jan  5 09:34:43 2018 UTC", "zone", "CPython, test_ssl"},
    {"Jan  5 09:34:43 2018GMT", "zone", "CPython"},
    {"Jan  5 09:34:43 12018 GMT", "zone", "CPython: five digits"},
    {"Jan  5 09:34:43 2018 GMT ", "follows", "CPython: data remains"},
    {"Jan  5 09:34:43 2018 GMT+1", "follows", "CPython: data remains"},
    {"Jan  5 09:34:43 2018 GMTx", "follows", "CPython: data remains"},
};

static void expect_day(int64_t seconds, int day, int month, int year);
static int num_days(int month, int year);

Test(timestamp, reads_what_cpython_reads)
{
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
    int64_t got = UNTOUCHED;
    EXPECT_RESULT(stls_timestamp_parse(times[i].text, &got, NULL), STLS_OK,
                  times[i].text);
    cr_expect_eq(got, times[i].want, "%s (%s): %lld", times[i].text,
                 times[i].source, (long long)got);
  }
}

Test(timestamp, writes_one_form)
{
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
    const char *want = times[i].canonical ? times[i].canonical : times[i].text;
    char got[STLS_TIMESTAMP_SIZE] = "";
    EXPECT_RESULT(stls_timestamp_format(times[i].want, got, sizeof got,
                                        &(size_t){0}, NULL),
                  STLS_OK, times[i].text);
    cr_expect_str_eq(got, want, "%s: %s", times[i].source, got);
  }
}

Test(timestamp, refuses_the_rest_and_names_the_field)
{
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    int64_t got = UNTOUCHED;
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(stls_timestamp_parse(refused[i].text, &got, &err),
                  STLS_ERROR_INPUT, refused[i].text);
    cr_expect_eq(got, UNTOUCHED, "%s", refused[i].text);
    cr_expect(strstr(err.message, refused[i].want_word), "\"%s\" (%s): %s",
              refused[i].text, refused[i].source, err.message);
    cr_expect(strstr(err.message, expect_quoted(refused[i].text)), "\"%s\": %s",
              refused[i].text, err.message);
  }
}

Test(timestamp, refuses_what_has_no_year_of_four_digits)
{
  static const struct {
    int64_t seconds;
    const char *want_word;
  } rows[] = {{FIRST - 1, "-62135596801"},
              {LAST + 1, "253402300800"},
              {INT64_MIN, "-9223372036854775808"},
              {INT64_MAX, "9223372036854775807"}};

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char got[STLS_TIMESTAMP_SIZE] = "untouched";
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(stls_timestamp_format(rows[i].seconds, got, sizeof got,
                                        &(size_t){0}, &err),
                  STLS_ERROR_INPUT, rows[i].want_word);
    cr_expect_str_eq(got, "untouched");
    cr_expect(strstr(err.message, rows[i].want_word), "%s", err.message);
    cr_expect(strstr(err.message, "year"), "%s", err.message);
  }
}

/* Against a calendar that is counted day by day. */
Test(timestamp, agrees_with_a_calendar_in_every_month)
{
  const int every = check_quick() ? 97 : 1;
  int64_t seconds = FIRST;

  for (int year = 1; year <= 9999; year++)
    for (int month = 0; month < 12; month++) {
      int last = num_days(month, year);
      if (year % every == 0) {
        expect_day(seconds, 1, month, year);
        expect_day(seconds + (last - 1) * 86400, last, month, year);
      }
      seconds += last * 86400;
    }
  cr_expect_eq(seconds, LAST + 1);
}

Test(timestamp, comes_back_from_every_second_of_a_day)
{
  const int every = check_quick() ? 61 : 1;

  for (int64_t second = -86400; second < 86400; second += every) {
    char text[STLS_TIMESTAMP_SIZE];
    int64_t got = UNTOUCHED;
    ASSERT_RESULT(
        stls_timestamp_format(second, text, sizeof text, &(size_t){0}, NULL),
        STLS_OK, "format");
    ASSERT_RESULT(stls_timestamp_parse(text, &got, NULL), STLS_OK, text);
    cr_assert_eq(got, second, "%s", text);
  }
}

Test(timestamp, does_not_depend_on_locale_and_time_zone)
{
  static const char *const locales[] = {"de_DE.UTF-8", "tr_TR.UTF-8",
                                        "fa_IR.UTF-8", "C.UTF-8", ""};
  char text[STLS_TIMESTAMP_SIZE];
  int64_t got;

  setenv("TZ", "XYZ-05:30", 1);
  tzset();
  for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
    /* A locale that the machine lacks leaves the one before. */
    setlocale(LC_ALL, locales[i]);
    EXPECT_RESULT(stls_timestamp_parse("APRIL", &got, NULL), STLS_ERROR_INPUT,
                  locales[i]);
    EXPECT_RESULT(stls_timestamp_parse("JuLi", &got, NULL), STLS_ERROR_INPUT,
                  locales[i]);
    ASSERT_RESULT(stls_timestamp_parse("jUN  5 09:34:43 2018 gmt", &got, NULL),
                  STLS_OK, locales[i]);
    cr_expect_eq(got, 1528191283, "%s: %lld", locales[i], (long long)got);
    ASSERT_RESULT(
        stls_timestamp_format(got, text, sizeof text, &(size_t){0}, NULL),
        STLS_OK, locales[i]);
    cr_expect_str_eq(text, "Jun  5 09:34:43 2018 GMT");
  }
}

Test(timestamp, takes_texts_of_any_length)
{
  static char text[100000];
  int64_t got;
  stls_error err = STLS_ERROR_INIT;

  memset(text, '1', sizeof text - 1);
  memcpy(text, "Jan ", 4);
  EXPECT_RESULT(stls_timestamp_parse(text, &got, &err), STLS_ERROR_INPUT,
                "digits");
  memset(text + 3, ' ', sizeof text - 4);
  EXPECT_RESULT(stls_timestamp_parse(text, &got, &err), STLS_ERROR_INPUT,
                "blanks");
  cr_expect(strstr(err.message, "day"), "the quote is cut, not the reason: %s",
            err.message);
}

Test(timestamp, leaves_the_error_queue_alone)
{
  for (size_t num = 0; num <= 4; num += 4) {
    char text[STLS_TIMESTAMP_SIZE];
    int64_t got;
    planted_errors_put(num);
    EXPECT_RESULT(stls_timestamp_parse(times[0].text, &got, NULL), STLS_OK,
                  "parse");
    EXPECT_RESULT(stls_timestamp_parse("x", &got, NULL), STLS_ERROR_INPUT,
                  "parse");
    EXPECT_RESULT(
        stls_timestamp_format(0, text, sizeof text, &(size_t){0}, NULL),
        STLS_OK, "format");
    EXPECT_RESULT(
        stls_timestamp_format(INT64_MAX, text, sizeof text, &(size_t){0}, NULL),
        STLS_ERROR_INPUT, "format");
    planted_errors_expect(num, "timestamp");
  }
}

Test(timestamp, misuse_names_the_argument)
{
  char text[STLS_TIMESTAMP_SIZE] = "untouched";
  int64_t got = UNTOUCHED;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_timestamp_parse(NULL, &got, &err), &err, "text");
  cr_expect_eq(got, UNTOUCHED);
  expect_misuse(stls_timestamp_parse(times[0].text, NULL, &err), &err,
                "out_seconds");
  expect_misuse(stls_timestamp_format(0, NULL, sizeof text, &(size_t){0}, &err),
                &err, "out is");
  expect_misuse(
      stls_timestamp_format(0, text, sizeof text - 2, &(size_t){0}, &err), &err,
      "out_cap");
  cr_expect_str_eq(text, "untouched");
  EXPECT_RESULT(stls_timestamp_parse(NULL, NULL, NULL), STLS_ERROR_MISUSE,
                "err may be NULL");
}

static void expect_day(int64_t seconds, int day, int month, int year)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char want[64], text[STLS_TIMESTAMP_SIZE];
  int64_t got = UNTOUCHED;

  snprintf(want, sizeof want, "%.3s %2d 00:00:00 %04d GMT", names + month * 3,
           day, year);
  ASSERT_RESULT(stls_timestamp_parse(want, &got, NULL), STLS_OK, want);
  cr_assert_eq(got, seconds, "%s: %lld", want, (long long)got);
  ASSERT_RESULT(
      stls_timestamp_format(seconds, text, sizeof text, &(size_t){0}, NULL),
      STLS_OK, want);
  cr_assert_str_eq(text, want);
}

static int num_days(int month, int year)
{
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  if (month != 1 || year % 4 != 0) return days[month];
  return year % 100 == 0 && year % 400 != 0 ? 28 : 29;
}
