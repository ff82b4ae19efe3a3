/* SPDX-License-Identifier: MIT */
/* sized_rows: structs that callers with an older or a newer header pass. */
#include "sized_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "expect.h"

void sized_rows_tell(sized_outcome *out, stls_result result,
                     const stls_error *err)
{
  out->result = result;
  snprintf(out->text, sizeof out->text, "%s", result < 0 ? err->message : "");
}

static void expect_same(const sized_outcome *got, const sized_outcome *want,
                        const char *name, size_t size)
{
  cr_expect(got->result == want->result && strcmp(got->text, want->text) == 0,
            "%s, %zu bytes: %s \"%s\" instead of %s \"%s\"", name, size,
            stls_result_name(got->result), got->text,
            stls_result_name(want->result), want->text);
}

/* What a caller of the present header says who sets only what an older one of
 * `size` bytes has. */
static void call_whole(const sized_row *row, size_t size, sized_outcome *out)
{
  union {
    size_t size;
    void *pointer;
    unsigned char bytes[256];
  } whole, set;

  cr_assert_leq(row->layout->size, sizeof whole);
  memcpy(&whole, row->init, row->layout->size);
  memcpy(&set, row->init, row->layout->size);
  row->set(&set);
  for (size_t i = 0; i < row->layout->num_members; i++) {
    const struct_layout_member *member = &row->layout->members[i];
    if (struct_layout_has(member, size))
      memcpy(whole.bytes + member->offset, set.bytes + member->offset,
             member->len);
  }
  row->call(&whole, out);
}

static void call_sized(const sized_row *row, size_t size, int fill,
                       sized_outcome *out)
{
  unsigned char set[256];
  void *given;

  cr_assert_leq(row->layout->size, sizeof set);
  memcpy(set, row->init, row->layout->size);
  row->set(set);
  given = struct_layout_copy(row->layout, set, size, fill);
  row->call(given, out);
  free(given);
}

void sized_rows_expect_defaults(const sized_row *rows, size_t num)
{
  for (size_t r = 0; r < num; r += check_quick() ? 3 : 1) {
    const sized_row *row = &rows[r];
    struct_layout_check(row->layout);
    for (size_t size = sizeof size; size != 0;
         size = struct_layout_next_size(row->layout, size)) {
      sized_outcome got, want;
      call_sized(row, size, 0, &got);
      call_whole(row, size, &want);
      expect_same(&got, &want, row->name, size);
    }
  }
}

void sized_rows_expect_members(const sized_row *rows, size_t num)
{
  for (size_t r = 0; r < num; r++) {
    sized_outcome whole, none;
    call_sized(&rows[r], rows[r].layout->size, 0, &whole);
    call_sized(&rows[r], sizeof(size_t), 0, &none);
    cr_expect(whole.result != none.result || strcmp(whole.text, none.text) != 0,
              "%s: %s \"%s\" either way", rows[r].name,
              stls_result_name(whole.result), whole.text);
  }
}

void sized_rows_expect_newer(const sized_row *rows, size_t num)
{
  for (size_t r = 0; r < num; r++) {
    const sized_row *row = &rows[r];
    const size_t size = row->layout->size + 24;
    for (size_t at = row->layout->size; at < size; at++) {
      unsigned char set[256];
      unsigned char *given;
      sized_outcome got;
      memcpy(set, row->init, row->layout->size);
      row->set(set);
      given = struct_layout_copy(row->layout, set, size, 0);
      given[at] = 1;
      row->call(given, &got);
      free(given);
      EXPECT_RESULT(got.result, STLS_ERROR_UNSUPPORTED, row->name);
      cr_expect(strstr(got.text, row->layout->name), "%s", got.text);
    }
  }
}

void sized_rows_expect_sizes(const sized_row *rows, size_t num)
{
  const size_t sizes[] = {0, 1, sizeof(size_t) - 1, 65537, (size_t)-1};

  for (size_t r = 0; r < num; r++)
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      size_t *given = malloc(sizeof *given);
      sized_outcome got;
      cr_assert_not_null(given);
      *given = sizes[i];
      rows[r].call(given, &got);
      free(given);
      EXPECT_RESULT(got.result, STLS_ERROR_MISUSE, rows[r].name);
      cr_expect(strstr(got.text, "->size is "), "%s", got.text);
    }
}
