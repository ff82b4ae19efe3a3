/* SPDX-License-Identifier: MIT */
/* test_sanitizers_work: tests that must fail under a sanitizer or valgrind. */
/*
 * check_sanitizers_work.sh and check_valgrind.sh run them one by one, to prove that a leak,
 * an overflow or undefined behaviour in any other test would be seen.
 */
#include <limits.h>
#include <stdlib.h>

#include "support/check.h"

SUITE(net);

/* Through volatile, so that no compiler sees the fault and removes it. */
static void *volatile sink;
static volatile size_t one = 1;
static volatile int biggest = INT_MAX;

Test(net, clean)
{
  sink = malloc(33);
  free(sink);
}

Test(net, leak)
{
  sink = malloc(33);
  sink = NULL;
}

Test(net, overflow)
{
  sink = malloc(33);
  volatile unsigned char *bytes = sink;
  bytes[32 + one] = 1;
  free(sink);
}

Test(net, undefined)
{
  biggest += (int)one;
}
