/* SPDX-License-Identifier: MIT */
/* test_oom_key_update: the key behind a KeyUpdate, without memory. */
/*
 * libssl has its next key by then, and the peer uses it, or will: there is no way
 * back. The connection fails, and says that memory was short. The last allocations of
 * each call here are those of the library's own key.
 */
#include "io/handover_end.h"
#include "lib/endpoint/object.h"
#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/planted_errors.h"

SUITE(oom_key_update);

enum {
  /* Of the derivation of a secret and a key, at least. */
  NUM_LAST = 4
};

static stls_role role;
static test_pair pair;
static stls_object *self, *peer;
static struct handover_end client, server;

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
}

static void open_pair(void)
{
  const pair_options options = {.version = STLS_TLS_1_3,
                                .tune_client = use_direct,
                                .tune_server = use_direct};

  pair = pair_open(&options);
  self = role == STLS_CLIENT ? pair.client : pair.server;
  peer = role == STLS_CLIENT ? pair.server : pair.client;
  pair_settle(&pair);
  pair_transfer(&pair, self, peer, 100);
  pair_transfer(&pair, peer, self, 100);
}

/* --- what changes a key --- */

static void nothing(void)
{
}

static stls_result change_ours(void)
{
  return stls_object_key_update(self, false);
}

static void peer_changes(void)
{
  ASSERT_RETURNS(stls_object_key_update(peer, false), STLS_OK);
  pair_move_all(&pair, peer, self);
}

static stls_result read_it(void)
{
  char out[10];
  size_t done;

  return stls_object_read(self, out, sizeof out, &done);
}

static void hand_over(void)
{
  struct handover_end *end = role == STLS_CLIENT ? &client : &server;

  handover_end_join(&pair, &client, &server);
  handover_end_export(end, STLS_RECORDS_IN);
  handover_end_export(end, STLS_RECORDS_OUT);
}

static stls_result receive_it(void)
{
  return stls_object_receive_control(self, 22, "\x18\0\0\1\0", 5);
}

static const struct row {
  const char *name;
  void (*prepare)(void);
  stls_result (*act)(void);
  stls_result want;
} rows[] = {{"ours", nothing, change_ours, STLS_OK},
            {"the peer's", peer_changes, read_it, STLS_WANT_READ},
            {"ours of an engine", hand_over, change_ours, STLS_OK},
            {"the peer's of an engine", hand_over, receive_it, STLS_OK}};

/* --- */

static stls_result last_result, last_error;

static bool try_row(const void *subject, size_t nth)
{
  const struct row *row = subject;
  bool refused;

  open_pair();
  row->prepare();
  oom_sweep_begin(nth);
  last_result = row->act();
  refused = oom_sweep_end();
  planted_errors_expect(0, row->name);
  last_error = stls_object_error(self, NULL);
  /* What libssl sealed goes nowhere else. */
  cr_expect_eq(self->io.direct->written.len, 0, "%s, allocation %zu", row->name,
               nth);
  pair_free(&pair);
  return refused;
}

static void expect_memory(const struct row *row)
{
  size_t num = 0;

  while (try_row(row, num + 1)) num++;
  EXPECT_RESULT(last_result, row->want, row->name);
  cr_assert_gt(num, (size_t)NUM_LAST, "%s: %zu", row->name, num);
  for (size_t nth = num - NUM_LAST + 1; nth <= num; nth++) {
    const char *label =
        expect_label("%s: allocation %zu of %zu", row->name, nth, num);
    cr_assert(oom_sweep_try(try_row, row, nth, label));
    EXPECT_RESULT(last_result, STLS_ERROR_MEMORY, label);
    EXPECT_RESULT(last_error, STLS_ERROR_MEMORY, label);
  }
}

Test(oom_key_update, ends_the_connection_for_lack_of_memory)
{
  pair_need_direct();
  for (role = STLS_CLIENT; role <= STLS_SERVER; role++)
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
      expect_memory(&rows[i]);
}
