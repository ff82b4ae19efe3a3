/* SPDX-License-Identifier: MIT */
/* planted_errors: foreign entries in the thread's error queue. */
#include "planted_errors.h"

#include <openssl/err.h>
#include <stdio.h>

#include "check.h"

enum {
  TEXT_LEN = 64
};

struct entry {
  int lib, reason, line;
  char file[TEXT_LEN], function[TEXT_LEN], data[TEXT_LEN];
};

static struct entry make(size_t i);
static void expect_entry(size_t i, const char *label);
static const char *describe_next(void);

void planted_errors_put(size_t num)
{
  ERR_clear_error();
  for (size_t i = 0; i < num; i++) {
    struct entry entry = make(i);
    ERR_new();
    ERR_set_debug(entry.file, entry.line, entry.function);
    ERR_set_error(entry.lib, entry.reason, "%s", entry.data);
  }
}

void planted_errors_expect(size_t num, const char *label)
{
  const size_t kept = 15;

  for (size_t i = num < kept ? 0 : num - kept; i < num; i++)
    expect_entry(i, label);
  cr_expect_eq(ERR_peek_error(), 0, "%s: left in the queue: %s", label,
               describe_next());
  ERR_clear_error();
}

static struct entry make(size_t i)
{
  /* Of the kinds that would change a result if they were mistaken for new. */
  static const int libs[] = {ERR_LIB_USER, ERR_LIB_SSL, ERR_LIB_SYS,
                             ERR_LIB_X509, ERR_LIB_NONE + 1};
  static const int reasons[] = {42, 134, 11, ERR_R_MALLOC_FAILURE, 294};
  struct entry entry = {
      .lib = libs[i % 5], .reason = reasons[i % 5], .line = 1000 + (int)i};

  snprintf(entry.file, TEXT_LEN, "file%zu.c", i);
  snprintf(entry.function, TEXT_LEN, "function_%zu", i);
  snprintf(entry.data, TEXT_LEN, "data with %%s of %zu", i);
  return entry;
}

static void expect_entry(size_t i, const char *label)
{
  struct entry want = make(i);
  const char *file = "", *function = "", *data = "";
  int line = 0, flags = 0;
  unsigned long code =
      ERR_get_error_all(&file, &line, &function, &data, &flags);

  cr_expect_neq(code, 0, "%s: entry %zu is gone", label, i);
  if (code == 0) return;
  cr_expect_eq(ERR_GET_LIB(code), want.lib, "%s: entry %zu: %lx", label, i,
               code);
  cr_expect_eq(ERR_GET_REASON(code), want.reason, "%s: entry %zu: %lx", label,
               i, code);
  cr_expect_eq(line, want.line, "%s: entry %zu: line %d", label, i, line);
  cr_expect_str_eq(file, want.file, "%s: entry %zu", label, i);
  cr_expect_str_eq(function, want.function, "%s: entry %zu", label, i);
  cr_expect_str_eq(data, want.data, "%s: entry %zu", label, i);
  cr_expect_neq(flags & ERR_TXT_STRING, 0, "%s: entry %zu", label, i);
}

static const char *describe_next(void)
{
  static char text[256];

  ERR_error_string_n(ERR_peek_error(), text, sizeof text);
  return text;
}
