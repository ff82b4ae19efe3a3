/* SPDX-License-Identifier: MIT */
/* record_suites: the cipher suites with which tests of records go through all ways. */
#include "record_suites.h"

#include <sanstls/ciphers.h>

#include "support/expect.h"

const struct record_suites_row record_suites[RECORD_SUITES_ALL] = {
    {"TLS_AES_128_GCM_SHA256", STLS_TLS_1_3},
    {"TLS_AES_256_GCM_SHA384", STLS_TLS_1_3},
    {"TLS_CHACHA20_POLY1305_SHA256", STLS_TLS_1_3},
    {"ECDHE-ECDSA-AES128-GCM-SHA256", STLS_TLS_1_2},
    {"ECDHE-ECDSA-AES256-GCM-SHA384", STLS_TLS_1_2},
    {"ECDHE-ECDSA-CHACHA20-POLY1305", STLS_TLS_1_2},
    {"TLS_AES_128_CCM_SHA256", STLS_TLS_1_3},
    {"ECDHE-ECDSA-AES128-CCM", STLS_TLS_1_2},
    {"ECDHE-ECDSA-AES128-SHA256", STLS_TLS_1_2}};

void record_suites_set(stls_context *context, size_t suite,
                       stls_records records)
{
  const struct record_suites_row *row = &record_suites[suite];
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(row->version == STLS_TLS_1_3
                    ? stls_context_set_ciphersuites(context, row->suite, &err)
                    : stls_context_set_ciphers(context, row->suite, &err),
                STLS_OK, err.message);
  ASSERT_RETURNS(stls_context_set_records(context, records, &err), STLS_OK);
}
