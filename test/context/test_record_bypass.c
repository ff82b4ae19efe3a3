/* SPDX-License-Identifier: MIT */
/* test_record_bypass: whose records a context chooses by itself. */
#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(record_bypass);

/* Whether a client of this context has direct records. */
static bool is_direct(const char *propq, stls_records records)
{
  const pair_options options = {.tune_server = pair_use_libssl_records};
  stls_context *server = pair_context(&options, STLS_SERVER), *client = NULL;
  stls_error err = STLS_ERROR_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  bool is_direct;

  ASSERT_RESULT(stls_context_new_insecure_client(NULL, propq, &client, &err),
                STLS_OK, err.message);
  ASSERT_RETURNS(stls_context_set_records(client, records, &err), STLS_OK);
  ASSERT_RESULT(stls_object_new(client, NULL, NULL, NULL, &pair.client, &err),
                STLS_OK, err.message);
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, &err),
                STLS_OK, err.message);
  ASSERT_RETURNS(pair_handshake(&pair), STLS_OK);
  is_direct = stls_conninfo_direct_records(stls_object_conninfo(pair.client));
  pair_transfer(&pair, pair.client, pair.server, 100);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return is_direct;
}

/* NIST SP 800-38D, 8.2: a FIPS module makes its nonces itself. */
Test(record_bypass, is_not_chosen_with_fips)
{
  pair_need_direct();
  cr_expect_eq(is_direct(NULL, STLS_RECORDS_AUTO), pair_is_direct());
  cr_expect_eq(is_direct("provider=default", STLS_RECORDS_AUTO),
               pair_is_direct());
  cr_expect_not(is_direct("?fips=yes", STLS_RECORDS_AUTO));
  cr_expect(is_direct("?fips=yes", STLS_RECORDS_DIRECT));
  cr_expect_not(is_direct("?fips=yes", STLS_RECORDS_LIBSSL));
}
