/* SPDX-License-Identifier: MIT */
/* test_oom_stream: reads and writes under allocation failure. */
/*
 * The library's own lack of memory is not final: what a call did not take is
 * offered again, and arrives. A failure inside of libssl is final.
 */
#include <string.h>

#include "support/expect.h"
#include "support/object_states.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(oom_stream, .timeout = 300);

static const char text[] = "twenty bytes of text";
enum {
  TEXT_LEN = sizeof text - 1
};

/* Offers `len` bytes from `at` on of what is to be sent; says how many were
 * taken. */
typedef stls_result (*offer)(stls_object *self, size_t at, size_t len,
                             size_t *out_taken);

static stls_result offer_write(stls_object *self, size_t at, size_t len,
                               size_t *out_taken);
static stls_result offer_writev(stls_object *self, size_t at, size_t len,
                                size_t *out_taken);
static stls_result offer_corked(stls_object *self, size_t at, size_t len,
                                size_t *out_taken);

static const struct row {
  const char *name;
  offer offer;
} rows[] = {
    {"write", offer_write},
    {"writev", offer_writev},
    {"corked write", offer_corked},
};

static object_states_contexts setup;

static bool try_to_send(const void *subject, size_t nth);
static bool try_to_receive(const void *subject, size_t nth);
static bool is_final(const stls_object *object, stls_result result);
static size_t take_record(stls_object *from, char *out, size_t cap);

Test(oom_stream, sends_all_or_fails)
{
  object_states_open(&setup);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    for (size_t nth = 1;
         oom_sweep_try(try_to_send, &rows[i], nth, rows[i].name); nth++)
      continue;
  object_states_close(&setup);
}

/* Cut everywhere: within the header, the body, and not at all. */
Test(oom_stream, receives_all_or_fails)
{
  static const size_t cuts[] = {1, 4, 5, 6, 20, 42};

  object_states_open(&setup);
  for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++)
    for (size_t nth = 1;
         oom_sweep_try(try_to_receive, &cuts[i], nth, "read_from"); nth++)
      continue;
  object_states_close(&setup);
}

static bool try_to_send(const void *subject, size_t nth)
{
  const struct row *row = subject;
  object_states_pair ends =
      object_states_begin(&setup, OBJECT_STATE_OPEN, STLS_CLIENT);
  char record[200], got[100];
  size_t sent = 0, taken = 0, len, used = 0;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = row->offer(ends.self, 0, TEXT_LEN, &taken);
  refused = oom_sweep_end();
  cr_expect(result == STLS_OK || refused, "%s: %s", row->name,
            stls_result_name(result));
  if (!is_final(ends.self, result)) {
    sent = taken;
    if (sent < TEXT_LEN)
      EXPECT_RESULT(row->offer(ends.self, sent, TEXT_LEN - sent, &taken),
                    STLS_OK, row->name);
    EXPECT_RESULT(stls_object_flush(ends.self), STLS_OK, row->name);
    len = take_record(ends.self, record, sizeof record);
    taken = 0;
    EXPECT_RESULT(stls_object_read_from(ends.peer, record, len, &used, got,
                                        sizeof got, &taken),
                  STLS_OK, row->name);
    cr_expect_eq(taken, TEXT_LEN, "%s: allocation %zu: %zu bytes", row->name,
                 nth, taken);
    cr_expect_arr_eq(got, text, taken, "%s: allocation %zu", row->name, nth);
  }
  object_states_end(&ends);
  return refused;
}

static bool try_to_receive(const void *subject, size_t nth)
{
  size_t cut = *(const size_t *)subject;
  object_states_pair ends =
      object_states_begin(&setup, OBJECT_STATE_OPEN, STLS_CLIENT);
  char record[2000], got[100];
  size_t len, used = 0, done = 0, read = 0;
  stls_result result;
  bool refused;

  ASSERT_RESULT(stls_object_write(ends.peer, text, TEXT_LEN, &done), STLS_OK,
                "write");
  len = take_record(ends.peer, record, sizeof record);
  cr_assert_geq(len, cut);
  oom_sweep_begin(nth);
  result = stls_object_read_from(ends.self, record, cut, &used, got, sizeof got,
                                 &read);
  refused = oom_sweep_end();
  cr_expect_leq(used, cut);
  if (!is_final(ends.self, result) && result != STLS_OK) {
    EXPECT_RESULT(stls_object_read_from(ends.self, record + used, len - used,
                                        &done, got, sizeof got, &read),
                  STLS_OK, pair_message(ends.self));
    cr_expect_eq(used + done, len, "cut at %zu, allocation %zu", cut, nth);
    result = STLS_OK;
  }
  if (result == STLS_OK) {
    cr_expect_eq(read, TEXT_LEN, "cut at %zu, allocation %zu", cut, nth);
    cr_expect_arr_eq(got, text, read, "cut at %zu, allocation %zu", cut, nth);
  }
  object_states_end(&ends);
  return refused;
}

/* What is final is remembered and repeated. */
static bool is_final(const stls_object *object, stls_result result)
{
  stls_result said = stls_object_error(object, NULL);

  if (result >= 0) {
    EXPECT_RESULT(said, STLS_OK, "after a success");
    return false;
  }
  if (result == STLS_ERROR_MEMORY && said == STLS_OK) return false;
  EXPECT_RESULT(said, result, "stls_object_error");
  return true;
}

static size_t take_record(stls_object *from, char *out, size_t cap)
{
  size_t len = 0;

  ASSERT_RESULT(stls_bio_read(stls_object_outgoing(from), out, cap, &len, NULL),
                STLS_OK, "records out");
  cr_assert_eq(stls_bio_pending(stls_object_outgoing(from)), 0);
  return len;
}

static stls_result offer_write(stls_object *self, size_t at, size_t len,
                               size_t *out_taken)
{
  return stls_object_write(self, text + at, len, out_taken);
}

static stls_result offer_writev(stls_object *self, size_t at, size_t len,
                                size_t *out_taken)
{
  const stls_span spans[] = {{text + at, len / 2},
                             {text + at + len / 2, len - len / 2}};

  return stls_object_writev(self, spans, 2, out_taken);
}

static stls_result offer_corked(stls_object *self, size_t at, size_t len,
                                size_t *out_taken)
{
  stls_result result = stls_object_cork(self);

  *out_taken = 0;
  if (result != STLS_OK) return result;
  return stls_object_write(self, text + at, len, out_taken);
}
