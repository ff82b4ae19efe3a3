/* SPDX-License-Identifier: MIT */
/* expect: assertions on results that print their names. */
#ifndef STLS_TEST_EXPECT_H
#define STLS_TEST_EXPECT_H

#include <sanstls/error.h>
#include <sanstls/object.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

/* The result of one call; `label` says which step or row it was. */
#define EXPECT_RESULT(call, want, label) \
  do { \
    stls_result got_ = (call), want_ = (want); \
    cr_expect_eq(got_, want_, "%s: %s instead of %s", (label), \
                 stls_result_name(got_), stls_result_name(want_)); \
  } while (0)

/* The same, for steps without which the rest of the test means nothing. */
#define ASSERT_RESULT(call, want, label) \
  do { \
    stls_result got_ = (call), want_ = (want); \
    cr_assert_eq(got_, want_, "%s: %s instead of %s", (label), \
                 stls_result_name(got_), stls_result_name(want_)); \
  } while (0)

/* Both without a label: the call names itself. */
#define EXPECT_RETURNS(call, want) EXPECT_RESULT(call, want, #call)
#define ASSERT_RETURNS(call, want) ASSERT_RESULT(call, want, #call)

/* A label made of a format, in a static buffer. */
__attribute__((format(printf, 1, 2))) static inline const char *expect_label(
    const char *format, ...)
{
  static char out[1024];
  va_list args;

  va_start(args, format);
  vsnprintf(out, sizeof out, format, args);
  va_end(args);
  return out;
}

/* A refused call, and `word` in the message that says what was wrong. */
static inline void expect_misuse(stls_result result, const stls_error *err,
                                 const char *word)
{
  EXPECT_RESULT(result, STLS_ERROR_MISUSE, word);
  EXPECT_RESULT(err->result, STLS_ERROR_MISUSE, word);
  cr_expect(strstr(err->message, word), "\"%s\" does not name %s", err->message,
            word);
}

/* Outside text as a message quotes it: one printable line. */
static inline const char *expect_quoted(const char *text)
{
  static char out[512];
  size_t len = strlen(text);

  cr_assert_lt(len, sizeof out);
  for (size_t i = 0; i <= len; i++) {
    bool is_control =
        i < len && ((unsigned char)text[i] < 0x20 || text[i] == 127);
    out[i] = is_control ? '?' : text[i];
  }
  return out;
}

/* Whether a text is a quote with something in place of each word of capitals. */
static inline bool expect_matches(const char *quote, const char *text)
{
  static const char *const words[] = {"FILE", "NAME", "TEXT", "N"};

  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    size_t len = strlen(words[i]);
    if (strncmp(quote, words[i], len) != 0) continue;
    if (quote[len] >= 'A' && quote[len] <= 'Z') continue;
    while (*text != '\0')
      if (expect_matches(quote + len, ++text)) return true;
    return false;
  }
  if (*quote != *text) return false;
  return *quote == '\0' || expect_matches(quote + 1, text + 1);
}

/* The message of an object's error as include/ERRORS.md quotes it. In a quote FILE,
 * NAME, TEXT and N stand for what differs: a path, a name, a text, a number. */
static inline void expect_message(const stls_object *object, const char *quote,
                                  const char *label)
{
  stls_error err = STLS_ERROR_INIT;

  stls_object_error(object, &err);
  cr_expect(expect_matches(quote, err.message), "%s: \"%s\" instead of \"%s\"",
            label, err.message, quote);
}

#endif
