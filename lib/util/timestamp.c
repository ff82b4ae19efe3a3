/* SPDX-License-Identifier: MIT */
/* timestamp: converts certificate times between text and seconds since the
 * epoch. */
#include <inttypes.h>
#include <sanstls/util.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/out_buffer.h"

#define SECONDS_PER_DAY ((int64_t)86400)
/* Days from the first day of year 1 to 1970. */
#define EPOCH_DAYS ((int64_t)719162)
#define FIRST_SECOND (-EPOCH_DAYS * SECONDS_PER_DAY)
#define LAST_SECOND (INT64_C(253402300799))

enum {
  DAY,
  HOUR,
  MINUTE,
  SECOND,
  YEAR,
  NUM_NUMBERS
};

enum {
  NUM_MONTHS = 12,
  MONTH_LEN = 3
};

/* The syntax of a number in the text. `before` is the separator in front of it. */
struct number {
  char before;
  int min_digits, max_digits;
  int min, max;
  const char *fault;
};

/* The fields of a text. January is month 0. */
struct fields {
  int month;
  int numbers[NUM_NUMBERS];
};

static const char *const month_names[NUM_MONTHS] = {"Jan", "Feb", "Mar", "Apr",
                                                    "May", "Jun", "Jul", "Aug",
                                                    "Sep", "Oct", "Nov", "Dec"};

static const struct number number_rules[NUM_NUMBERS] = {
    [DAY] = {' ', 1, 2, 1, 31, "its day is not a number from 1 to 31"},
    [HOUR] = {' ', 1, 2, 0, 23, "its hour is not a number from 0 to 23"},
    [MINUTE] = {':', 1, 2, 0, 59, "its minute is not a number from 0 to 59"},
    [SECOND] = {':', 1, 2, 0, 61, "its second is not a number from 0 to 61"},
    [YEAR] = {' ', 4, 4, 1, 9999, "its year is not 0001 to 9999"},
};

static const char *read_fields(const char *text, struct fields *fields);
static bool read_month(const char **at, int *out_month);
static bool read_number(const char **at, const struct number *rule,
                        int *out_value);
static bool skip(const char **at, char separator);
static bool has_prefix(const char *text, const char *letters);
static int64_t join(const struct fields *fields);
static void split(int64_t seconds, struct fields *fields);
static int64_t days_before_year(int year);
static int days_before_month(int year, int month);
static int year_of_day(int64_t day);

stls_result stls_timestamp_parse(const char *text, int64_t *out_seconds,
                                 stls_error *err)
{
  struct fields fields;
  const char *fault;

  if (text == NULL) return stls_error_null(err, "text");
  if (out_seconds == NULL) return stls_error_null(err, "out_seconds");
  fault = read_fields(text, &fields);
  if (fault != NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MALFORMED,
                           "certificate time \"%.100s\": %s", text, fault);
  *out_seconds = join(&fields);
  return STLS_OK;
}

stls_result stls_timestamp_format(int64_t seconds, char *out, size_t out_cap,
                                  size_t *out_len, stls_error *err)
{
  struct fields fields;
  const int *numbers = fields.numbers;
  /* Large enough for -Wformat-truncation, which does not know the ranges. */
  char text[3 * STLS_TIMESTAMP_SIZE];
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_OUT_OF_RANGE,
                           "certificate time of %" PRId64
                           " seconds: its year is not 1 to 9999",
                           seconds);
  split(seconds, &fields);
  snprintf(text, sizeof text, "%s %2d %02d:%02d:%02d %04d GMT",
           month_names[fields.month], numbers[DAY], numbers[HOUR],
           numbers[MINUTE], numbers[SECOND], numbers[YEAR]);
  return stls_out_buffer_put_text(text, strlen(text), out, out_cap, out_len,
                                  err);
}

/* Returns NULL, or a static text that says what is wrong. */
static const char *read_fields(const char *text, struct fields *fields)
{
  const char *at = text;

  if (!read_month(&at, &fields->month)) return "its month is not Jan to Dec";
  for (size_t i = 0; i < NUM_NUMBERS; i++)
    if (!read_number(&at, &number_rules[i], &fields->numbers[i]))
      return number_rules[i].fault;
  if (!skip(&at, ' ') || !has_prefix(at, "GMT"))
    return "its time zone is not GMT";
  if (at[strlen("GMT")] != '\0') return "something follows its time zone";
  return NULL;
}

static bool read_month(const char **at, int *out_month)
{
  for (int i = 0; i < NUM_MONTHS; i++) {
    if (!has_prefix(*at, month_names[i])) continue;
    *at += MONTH_LEN;
    *out_month = i;
    return true;
  }
  return false;
}

static bool read_number(const char **at, const struct number *rule,
                        int *out_value)
{
  int value = 0, digits = 0;

  if (!skip(at, rule->before)) return false;
  for (; stls_ascii_is_digit(**at) && digits < rule->max_digits; ++*at) {
    value = 10 * value + (**at - '0');
    digits++;
  }
  *out_value = value;
  return digits >= rule->min_digits && value >= rule->min && value <= rule->max;
}

/* Skips one separator; a space may be repeated. */
static bool skip(const char **at, char separator)
{
  if (**at != separator) return false;
  ++*at;
  while (separator == ' ' && **at == ' ') ++*at;
  return true;
}

static bool has_prefix(const char *text, const char *letters)
{
  for (; *letters != '\0'; text++, letters++)
    if (stls_ascii_lower(*text) != stls_ascii_lower(*letters)) return false;
  return true;
}

static int64_t join(const struct fields *fields)
{
  const int *numbers = fields->numbers;
  int64_t days = days_before_year(numbers[YEAR]) +
                 days_before_month(numbers[YEAR], fields->month) +
                 numbers[DAY] - 1;

  return (days - EPOCH_DAYS) * SECONDS_PER_DAY + numbers[HOUR] * 3600 +
         numbers[MINUTE] * 60 + numbers[SECOND];
}

static void split(int64_t seconds, struct fields *fields)
{
  /* Counts from year 1, so that no operand of / and % is negative. */
  int64_t day = (seconds - FIRST_SECOND) / SECONDS_PER_DAY;
  int second = (int)((seconds - FIRST_SECOND) % SECONDS_PER_DAY);
  int year = year_of_day(day), month = NUM_MONTHS - 1;

  day -= days_before_year(year);
  while (days_before_month(year, month) > day) month--;
  fields->month = month;
  fields->numbers[YEAR] = year;
  fields->numbers[DAY] = (int)day - days_before_month(year, month) + 1;
  fields->numbers[HOUR] = second / 3600;
  fields->numbers[MINUTE] = second / 60 % 60;
  fields->numbers[SECOND] = second % 60;
}

static int64_t days_before_year(int year)
{
  int64_t past = year - 1;

  return 365 * past + past / 4 - past / 100 + past / 400;
}

static int days_before_month(int year, int month)
{
  static const int days[NUM_MONTHS] = {0,   31,  59,  90,  120, 151,
                                       181, 212, 243, 273, 304, 334};
  bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

  return days[month] + (is_leap && month > 1 ? 1 : 0);
}

static int year_of_day(int64_t day)
{
  /* A lower bound, since no year is longer than 366 days. */
  int year = 1 + (int)(day / 366);

  while (days_before_year(year + 1) <= day) year++;
  return year;
}
