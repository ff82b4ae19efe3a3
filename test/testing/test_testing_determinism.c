/* SPDX-License-Identifier: MIT */
/* test_testing_determinism: whole connections whose bytes follow from the seed. */
#include <string.h>

#include "seeded_pair.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(testing_determinism);

static const struct {
  const char *name;
  seeded_options options;
} rows[] = {
    {"TLS 1.3", {.version = STLS_TLS_1_3}},
    {"TLS 1.3, RSA", {.version = STLS_TLS_1_3, .credential = "rsa"}},
    {"TLS 1.3, Ed25519", {.version = STLS_TLS_1_3, .credential = "ed25519"}},
    {"TLS 1.3, no tickets", {.version = STLS_TLS_1_3, .has_no_tickets = true}},
    {"TLS 1.3, P-256", {.version = STLS_TLS_1_3, .client_groups = "P-256"}},
    {"TLS 1.3, hello retried",
     {.version = STLS_TLS_1_3,
      .client_groups = "X25519:P-256",
      .server_groups = "P-256"}},
    {"TLS 1.3, client's certificate",
     {.version = STLS_TLS_1_3, .has_client_certificate = true}},
    {"TLS 1.3, key update", {.version = STLS_TLS_1_3, .has_key_update = true}},
    {"TLS 1.3, resumed", {.version = STLS_TLS_1_3, .resumes = true}},
    {"TLS 1.3, libssl's records",
     {.version = STLS_TLS_1_3,
      .records = STLS_RECORDS_LIBSSL,
      .has_key_update = true,
      .resumes = true}},
    {"TLS 1.3, direct records",
     {.version = STLS_TLS_1_3,
      .records = STLS_RECORDS_DIRECT,
      .has_key_update = true,
      .resumes = true}},
    {"TLS 1.2", {.version = STLS_TLS_1_2}},
    {"TLS 1.2, RSA, chain",
     {.version = STLS_TLS_1_2, .credential = "rsa", .client_groups = "P-256"}},
    {"TLS 1.2, client's certificate",
     {.version = STLS_TLS_1_2, .has_client_certificate = true}},
    {"TLS 1.2, resumed", {.version = STLS_TLS_1_2, .resumes = true}},
    {"TLS 1.2, libssl's records",
     {.version = STLS_TLS_1_2, .records = STLS_RECORDS_LIBSSL}},
    {"TLS 1.2, direct records",
     {.version = STLS_TLS_1_2, .records = STLS_RECORDS_DIRECT}},
    {"what both choose", {.credential = "chain"}},
};

#define NUM_ROWS (sizeof rows / sizeof rows[0])

static seeded_options options_of(size_t row)
{
  seeded_options options = rows[row].options;

  options.seed = 100 + row;
  if (options.records == STLS_RECORDS_DIRECT && !pair_can_be_direct())
    options.records = STLS_RECORDS_LIBSSL;
  return options;
}

static seeded_pair run_new(const seeded_options *options)
{
  seeded_pair pair = seeded_pair_new(options);

  seeded_pair_run(&pair);
  return pair;
}

Test(testing_determinism, same_seed_in_other_worlds_and_pieces)
{
  for (size_t row = 0; row < NUM_ROWS; row++) {
    seeded_options whole = options_of(row), bytes = whole;
    seeded_pair first = run_new(&whole), again = run_new(&whole), small;

    bytes.piece = 1;
    small = run_new(&bytes);
    cr_expect(seeded_pair_is_same(&first, &again), "%s: again", rows[row].name);
    cr_expect(seeded_pair_is_same(&first, &small), "%s: byte by byte",
              rows[row].name);
    seeded_pair_free(&first);
    seeded_pair_free(&again);
    seeded_pair_free(&small);
  }
}

Test(testing_determinism, reseeded_world_does_the_same_again)
{
  for (size_t row = 0; row < NUM_ROWS; row++) {
    seeded_options options = options_of(row);
    seeded_pair fresh = run_new(&options), used = run_new(&options);

    seeded_pair_run(&used);
    cr_expect_not(seeded_pair_is_same(&fresh, &used), "%s", rows[row].name);
    stls_testing_reseed(used.client.testing, options.seed);
    stls_testing_reseed(used.server.testing, options.seed + 1);
    seeded_pair_run(&used);
    cr_expect(seeded_pair_is_same(&fresh, &used), "%s", rows[row].name);
    seeded_pair_free(&fresh);
    seeded_pair_free(&used);
  }
}

Test(testing_determinism, other_seed_gives_other_bytes_of_both_ends)
{
  seeded_options options = options_of(0), other = options;
  seeded_pair one = run_new(&options), two;

  other.seed += 100;
  two = run_new(&other);
  cr_assert_eq(one.client.sent.len, two.client.sent.len);
  cr_expect_neq(
      memcmp(one.client.sent.data, two.client.sent.data, one.client.sent.len),
      0);
  cr_expect(one.server.sent.len != two.server.sent.len ||
            memcmp(one.server.sent.data, two.server.sent.data,
                   one.server.sent.len) != 0);
  seeded_pair_free(&one);
  seeded_pair_free(&two);
}

Test(testing_determinism, counts_what_was_drawn)
{
  seeded_options options = options_of(0);
  seeded_pair pair = run_new(&options), again = seeded_pair_new(&options);
  uint64_t drawn = stls_testing_num_drawn(pair.client.testing);

  cr_expect_gt(drawn, 32u);
  seeded_pair_run(&again);
  cr_expect_eq(stls_testing_num_drawn(again.client.testing), drawn);
  seeded_pair_free(&pair);
  seeded_pair_free(&again);
}
