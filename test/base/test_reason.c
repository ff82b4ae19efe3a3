/* SPDX-License-Identifier: MIT */
/* test_reason: the library's own reasons, their numbers and names. */
#include <sanstls/reason.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"

SUITE(reason);

/* The next "STLS_REASON_x = n" of the header; false at its end. */
static bool next_enumerator(FILE *file, char *name, int *out_number)
{
  char line[200];

  while (fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, " STLS_REASON_%63[A-Z0-9_] = %d", name, out_number) == 2)
      return true;
  return false;
}

Test(reason, names_are_the_header_s)
{
  FILE *file = fopen(REASON_HEADER, "r");
  char name[64];
  int number, last = -1, num = 0;

  cr_assert_not_null(file, "%s", REASON_HEADER);
  for (; next_enumerator(file, name, &number); num++) {
    cr_expect_str_eq(stls_reason_name((stls_reason)number), name, "%d", number);
    cr_expect_gt(number, last, "%s: numbers go up", name);
    for (int between = last + 1; between < number; between++)
      cr_expect_str_eq(stls_reason_name((stls_reason)between), "unknown", "%d",
                       between);
    last = number;
  }
  fclose(file);
  cr_expect_gt(num, 70, "the header has more than %d", num);
  cr_expect_str_eq(stls_reason_name((stls_reason)-1), "unknown");
  cr_expect_str_eq(stls_reason_name((stls_reason)(last + 1)), "unknown");
}

/* Programs and logs keep them: one of each group, and the last. */
Test(reason, numbers_stay)
{
  cr_expect_eq(STLS_REASON_NONE, 0);
  cr_expect_eq(STLS_REASON_NULL_ARGUMENT, 100);
  cr_expect_eq(STLS_REASON_CALLED_FROM_CALLBACK, 200);
  cr_expect_eq(STLS_REASON_OUT_OF_MEMORY, 300);
  cr_expect_eq(STLS_REASON_NO_SUCH_FILE, 400);
  cr_expect_eq(STLS_REASON_NO_PEM_BLOCK, 500);
  cr_expect_eq(STLS_REASON_NO_CERTIFICATE, 600);
  cr_expect_eq(STLS_REASON_NO_TRUST, 700);
  cr_expect_eq(STLS_REASON_SESSION_BROKEN, 800);
  cr_expect_eq(STLS_REASON_TRANSPORT_ENDED, 900);
}
