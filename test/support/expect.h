/* SPDX-License-Identifier: MIT */
/* expect: assertions on results that name them. */
#ifndef STLS_TEST_EXPECT_H
#define STLS_TEST_EXPECT_H

#include <sanstls/result.h>

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

#endif
