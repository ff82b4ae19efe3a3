/* SPDX-License-Identifier: MIT */
/* record_suites: the cipher suites with which tests of records go through all ways. */
#ifndef STLS_TEST_RECORD_SUITES_H
#define STLS_TEST_RECORD_SUITES_H

#include <sanstls/context.h>
#include <stddef.h>

enum {
  /* The first ones are those of direct records, TLS 1.3 before TLS 1.2. */
  RECORD_SUITES_DIRECT_1_3 = 3,
  RECORD_SUITES_DIRECT = 6,
  RECORD_SUITES_ALL = 9
};

struct record_suites_row {
  const char *suite;
  stls_protocol version;
};

extern const struct record_suites_row record_suites[RECORD_SUITES_ALL];

/* Lets a context have this suite alone, and these records. */
void record_suites_set(stls_context *context, size_t suite,
                       stls_records records);

#endif
