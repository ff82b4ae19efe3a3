/* SPDX-License-Identifier: MIT */
/* test_cork_buffer: corked plaintext is wiped, and fills its records. */
#include <string.h>

#include "lib/endpoint/cork_buffer.h"
#include "support/check.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(cork_buffer);

static void expect_wiped(const struct stls_cork_buffer *gather, size_t len)
{
  for (size_t i = 0; i < len; i++)
    cr_assert_eq(gather->data[i], 0, "byte %zu", i);
}

/* Drops from the front leave copies behind. */
Test(cork_buffer, wipes_all_that_it_ever_held)
{
  static const size_t drops[] = {0, 1, 60, 99, 100};

  for (size_t i = 0; i < sizeof drops / sizeof drops[0]; i++) {
    struct stls_cork_buffer gather = {0};
    unsigned char secret[100];
    size_t most = drops[i] < 10 ? 110 - drops[i] : 100;
    memset(secret, 0x5a, sizeof secret);
    cr_assert(stls_cork_buffer_open(&gather, 1000));
    cr_assert_eq(stls_cork_buffer_put(&gather, secret, sizeof secret), 100);
    stls_cork_buffer_drop(&gather, drops[i]);
    cr_assert_eq(stls_cork_buffer_put(&gather, secret, 10), 10);
    stls_cork_buffer_drop(&gather, gather.len);
    cr_assert_eq(stls_cork_buffer_put(&gather, secret, 3), 3);
    stls_cork_buffer_wipe(&gather);
    cr_expect_eq(gather.len, 0);
    expect_wiped(&gather, most);
    stls_cork_buffer_close(&gather);
  }
}

Test(cork_buffer, grows_when_it_holds_nothing)
{
  struct stls_cork_buffer gather = {0};
  unsigned char secret[100] = {0};

  cr_assert(stls_cork_buffer_open(&gather, 10));
  cr_expect_eq(stls_cork_buffer_put(&gather, secret, 100), 10);
  cr_expect(stls_cork_buffer_is_full(&gather));
  stls_cork_buffer_drop(&gather, 10);
  cr_assert(stls_cork_buffer_open(&gather, 100));
  cr_expect_eq(stls_cork_buffer_put(&gather, secret, 100), 100);
  stls_cork_buffer_close(&gather);
}

static void keep_buffers(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL),
                STLS_OK, "keep");
}

/* A vector gathers into memory of its own length, which is kept. */
Test(cork_buffer, fills_records_behind_a_small_vector)
{
  static const unsigned char data[4000];
  const stls_span pieces[] = {{"a", 1}, {"b", 1}};
  pair_options options = {.tune_client = keep_buffers};
  test_pair pair = pair_open(&options);
  stls_bio *outgoing = stls_object_outgoing(pair.client);
  size_t len = 0, before;

  pair_settle(&pair);
  ASSERT_RESULT(stls_object_writev(pair.client, pieces, 2, &len), STLS_OK,
                "vector");
  before = stls_bio_pending(outgoing);
  ASSERT_RESULT(stls_object_cork(pair.client), STLS_OK, "cork");
  ASSERT_RESULT(stls_object_write(pair.client, data, 1, &len), STLS_OK, "1");
  ASSERT_RESULT(stls_object_write(pair.client, data, 4000, &len), STLS_OK,
                "4000");
  ASSERT_RESULT(stls_object_flush(pair.client), STLS_OK, "flush");
  cr_expect_leq(stls_bio_pending(outgoing) - before, 4001 + 64);
  pair_free(&pair);
}
