/* SPDX-License-Identifier: MIT */
/* records_case: a cipher suite for tests of records, and computations of its own. */
#ifndef STLS_TEST_RECORDS_CASE_H
#define STLS_TEST_RECORDS_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/records/record_suite.h"

struct records_case {
  struct stls_record_algorithms algorithms;
  struct stls_record_suite suite;
};

/* Fetches the algorithms and finds the suite of this OpenSSL name. */
bool records_case_find(struct records_case *rc, const char *name, int version);
/* The same; the suite has to be supported. */
void records_case_open(struct records_case *rc, const char *name, int version);
void records_case_close(struct records_case *rc);

/* Decodes hexadecimal digits, which may have spaces between them; returns the
 * number of bytes. */
size_t records_case_hex(const char *text, uint8_t *out);

/* HKDF-Expand-Label of RFC 8446, 7.1, with an empty context, for one hash of
 * output: computed by HMAC. */
void records_case_expand_label(const struct records_case *rc,
                               const uint8_t *secret, const char *label,
                               uint8_t *out);

/* The key block of RFC 5246, 6.3, computed by HMAC. */
void records_case_key_block(const struct records_case *rc,
                            const uint8_t *master, const uint8_t *client_random,
                            const uint8_t *server_random, uint8_t *out,
                            size_t out_len);

#endif
