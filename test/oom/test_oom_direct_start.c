/* SPDX-License-Identifier: MIT */
/* test_oom_direct_start: direct records that begin without memory. */
/*
 * One allocation is refused in the call that ends a handshake. It fails, or is
 * repeated, or libssl goes on to protect the records; what follows counts from the
 * right number in each case, which an eavesdropper with the keys sees.
 */
#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "io/wire_watch.h"
#include "support/expect.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/planted_errors.h"
#include "support/resumption.h"

SUITE(oom_direct_start, .timeout = 300);

/* The side whose memory is refused, and which of its calls ends the handshake. */
static const struct row {
  const char *name;
  stls_protocol version;
  stls_role role;
  int last_call;
} rows[] = {{"client of TLS 1.2", STLS_TLS_1_2, STLS_CLIENT, 3},
            {"server of TLS 1.2", STLS_TLS_1_2, STLS_SERVER, 2},
            {"client of TLS 1.3", STLS_TLS_1_3, STLS_CLIENT, 2},
            {"server of TLS 1.3", STLS_TLS_1_3, STLS_SERVER, 2}};

static resumption peers;
/* How the calls went. */
static size_t num_failed, num_repeated, num_by_libssl;

static void use_direct(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_records(context, STLS_RECORDS_DIRECT, NULL),
                 STLS_OK);
  if (stls_context_role(context) == STLS_SERVER)
    ASSERT_RETURNS(stls_context_set_num_tickets(context, 3, NULL), STLS_OK);
  wire_keys_collect(context);
}

/* One call of one side; `nth` is the allocation that is refused in it, or 0. What was
 * refused in vain is asked for again. */
static stls_result shake(stls_object *side, size_t nth, bool *out_refused)
{
  stls_result result;

  oom_sweep_begin(nth);
  result = stls_object_handshake(side);
  *out_refused = oom_sweep_end();
  planted_errors_expect(0, "handshake");
  if (result != STLS_ERROR_MEMORY || stls_object_error(side, NULL) != STLS_OK)
    return result;
  num_repeated++;
  return stls_object_handshake(side);
}

/* Whether both sides have come to the end of it. */
static bool shake_both(test_pair *pair, const struct row *row, size_t nth,
                       bool *out_refused)
{
  stls_object *const sides[] = {pair->client, pair->server};
  stls_result results[] = {STLS_WANT_READ, STLS_WANT_READ};
  int num_calls = 0;

  for (int turn = 0; results[0] != STLS_OK || results[1] != STLS_OK; turn++) {
    const int i = turn & 1;
    const bool is_last = (i == 0) == (row->role == STLS_CLIENT) &&
                         results[i] != STLS_OK && ++num_calls == row->last_call;
    bool refused;
    cr_assert_lt(turn, 20, "%s", row->name);
    if (results[i] != STLS_OK)
      results[i] = shake(sides[i], is_last ? nth : 0, &refused);
    if (is_last) *out_refused = refused;
    if (results[i] < 0) return false;
    if (results[!i] != STLS_OK) pair_move_all(pair, sides[i], sides[!i]);
  }
  return true;
}

static void send_text(test_pair *pair, struct wire_watch *watch,
                      stls_object *from, stls_object *to)
{
  char out[10];
  size_t done;

  ASSERT_RETURNS(stls_object_write(from, "text", 4, &done), STLS_OK);
  wire_watch_move(watch, pair, from, to);
  ASSERT_RESULT(stls_object_read(to, out, sizeof out, &done), STLS_OK,
                pair_message(to));
  cr_assert_eq(done, 4);
  ASSERT_RETURNS(stls_object_close_write(from), STLS_OK);
  wire_watch_move(watch, pair, from, to);
  ASSERT_RETURNS(stls_object_read(to, out, sizeof out, &done), STLS_CLOSED);
}

static bool try_row(const void *subject, size_t nth)
{
  static struct wire_watch from_client, from_server;
  const struct row *row = subject;
  test_pair pair = resumption_pair(&peers, NULL);
  const stls_object *self =
      row->role == STLS_CLIENT ? pair.client : pair.server;
  bool refused = false;

  if (shake_both(&pair, row, nth, &refused)) {
    num_by_libssl += !stls_conninfo_direct_records(stls_object_conninfo(self));
    wire_watch_open(&from_client, pair.client);
    wire_watch_open(&from_server, pair.server);
    send_text(&pair, &from_server, pair.server, pair.client);
    send_text(&pair, &from_client, pair.client, pair.server);
    wire_watch_close(&from_client);
    wire_watch_close(&from_server);
  } else {
    cr_expect(refused, "%s: %s", row->name, pair_message(self));
    num_failed++;
  }
  pair_free(&pair);
  return refused;
}

/* How many allocations the last call makes. */
static size_t count_allocations(const struct row *row)
{
  size_t low = 1, high = 2;

  while (try_row(row, high)) high *= 2;
  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    if (try_row(row, middle))
      low = middle;
    else
      high = middle;
  }
  return high;
}

/* Records are ours at the end of the call: its last allocations are all refused, in
 * turn, and some of those before. */
Test(oom_direct_start, counts_from_the_right_number)
{
  const size_t num_last = 100;
  const size_t step = check_quick() ? 50 : 5;

  pair_need_direct();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    pair_options options = {.version = rows[i].version,
                            .tune_client = use_direct,
                            .tune_server = use_direct};
    size_t num;
    peers = resumption_open(&options);
    num_failed = num_repeated = num_by_libssl = 0;
    num = count_allocations(&rows[i]);
    for (size_t nth = 1; nth <= num; nth += nth + num_last < num ? step : 1)
      oom_sweep_try(try_row, &rows[i], nth, rows[i].name);
    cr_expect_gt(num_repeated, 0, "%s", rows[i].name);
    cr_expect_gt(num_by_libssl, 0, "%s", rows[i].name);
    resumption_close(&peers);
  }
}
