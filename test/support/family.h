/* SPDX-License-Identifier: MIT */
/* family: who is in the cast of the tests of verification. */
#ifndef STLS_TEST_FAMILY_H
#define STLS_TEST_FAMILY_H

#include <stddef.h>

#include "issue.h"

/* Whoever signs stands above. A key "=x" is that of x. */
extern const issue_order family[];
extern const size_t family_len;

#endif
