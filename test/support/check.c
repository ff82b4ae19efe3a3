/* SPDX-License-Identifier: MIT */
/* check: Criterion suites whose tests are checked for leaks. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_LSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HAVE_LSAN 1
#endif

#ifdef HAVE_LSAN
#include <sanitizer/lsan_interface.h>
#endif

void check_leaks(void)
{
#ifdef HAVE_LSAN
  if (__lsan_do_recoverable_leak_check() != 0) {
    fprintf(stderr, "the test above leaks memory\n");
    abort();
  }
#endif
}

bool check_quick(void)
{
  const char *quick = getenv("STLS_TEST_QUICK");
  return quick != NULL && quick[0] != '\0' && quick[0] != '0';
}
