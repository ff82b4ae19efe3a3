/* SPDX-License-Identifier: MIT */
/* test_string_list: lists of strings that a call returns. */
#include <stdio.h>
#include <string.h>

#include "lib/base/string_list.h"
#include "support/expect.h"

SUITE(string_list);

Test(string_list, keeps_what_was_added)
{
  stls_string_list *list = NULL;
  char text[16];
  size_t len;

  ASSERT_RESULT(stls_string_list_new(&list, NULL), STLS_OK, "new");
  for (int i = 0; i < 100; i++) {
    snprintf(text, sizeof text, "%d", i);
    ASSERT_RESULT(stls_string_list_add(list, text, strlen(text), NULL), STLS_OK,
                  text);
  }
  cr_assert_eq(stls_string_list_count(list), 100U);
  for (size_t i = 0; i < 100; i++) {
    snprintf(text, sizeof text, "%zu", i);
    cr_expect_str_eq(stls_string_list_at(list, i, &len), text);
    cr_expect_eq(len, strlen(text));
  }
  len = 7;
  cr_expect_null(stls_string_list_at(list, 100, &len));
  cr_expect_eq(len, 0U);
  cr_expect_null(stls_string_list_at(list, 100, NULL));
  stls_string_list_free(list);
}

Test(string_list, splits_a_text)
{
  static const struct {
    const char *text;
    size_t num;
    const char *last;
  } rows[] = {
      {"", 0, NULL}, {"a", 1, "a"},    {"a:b", 2, "b"},    {"a:b:", 2, "b"},
      {":", 1, ""},  {"a::b", 3, "b"}, {":abc", 2, "abc"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_string_list *list = NULL;
    ASSERT_RESULT(stls_string_list_new(&list, NULL), STLS_OK, "new");
    EXPECT_RESULT(stls_string_list_split(list, rows[i].text, ':', NULL),
                  STLS_OK, rows[i].text);
    cr_assert_eq(stls_string_list_count(list), rows[i].num, "%s", rows[i].text);
    if (rows[i].num > 0)
      cr_expect_str_eq(stls_string_list_at(list, rows[i].num - 1, NULL),
                       rows[i].last);
    stls_string_list_free(list);
  }
}

Test(string_list, of_nothing_is_nothing)
{
  size_t len = 7;

  cr_expect_eq(stls_string_list_count(NULL), 0U);
  cr_expect_null(stls_string_list_at(NULL, 0, &len));
  cr_expect_eq(len, 0U);
  stls_string_list_free(NULL);
}
