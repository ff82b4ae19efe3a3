/* SPDX-License-Identifier: MIT */
/* wants: compares stls_object_wants with what the next calls do. */
#include "wants.h"

static unsigned find_due(const struct world_side *side,
                         const struct judge_view *view);
static void compare_handshake(const struct judge *judge, stls_result result);
static void compare_read(const struct judge *judge, stls_result result);
static void compare_write(const struct judge *judge, stls_result result);
static void compare_after(const struct judge *judge, stls_result result);
static bool has_moved(const struct judge *judge, stls_result result);

#define FAULT(...) world_fault(judge->side->world, __VA_ARGS__)

void wants_check(struct world_side *side, const struct judge_view *view)
{
  bool is_over = world_is_over(side);
  bool can_read = !is_over && !side->close_read;
  bool can_write = !is_over && !side->close_sent && !side->out_ended;
  unsigned want =
      view->out_pending > 0 && !side->out_ended ? STLS_INTEREST_RECORDS_OUT : 0;
  unsigned known = STLS_INTEREST_RECORDS_OUT | STLS_INTEREST_CONTEXT;

  if (view->awaits_context) {
    known = ~0U;
    want |= STLS_INTEREST_CONTEXT;
  } else {
    known |= STLS_INTEREST_RECORDS_IN;
    if (can_read && !side->ended && view->in_room > 0)
      want |= STLS_INTEREST_RECORDS_IN;
    if (!side->established || !can_read) known |= STLS_INTEREST_PLAINTEXT_OUT;
    if (!side->established || !can_write) known |= STLS_INTEREST_PLAINTEXT_IN;
    if (side->established || is_over) known |= STLS_INTEREST_HANDSHAKE;
  }
  known |= find_due(side, view);
  want |= find_due(side, view);
  if ((view->wants & known) != want)
    world_fault(side->world, "wants is %#x, but %#x of %#x is known",
                view->wants, want, known);
}

/* Bits that have to be set, because there is something to work on. */
static unsigned find_due(const struct world_side *side,
                         const struct judge_view *view)
{
  bool has_record = !side->damaged && side->delivered.whole > view->taken;
  unsigned due = 0;

  if (world_is_over(side) || view->awaits_context) return 0;
  if (!side->established) {
    bool begins = side->index == CLIENT && view->put == 0;
    return (begins || has_record) && view->out_pending == 0 && !side->out_ended
               ? STLS_INTEREST_HANDSHAKE
               : 0;
  }
  if (has_record && !side->close_read && view->out_pending == 0)
    due |= STLS_INTEREST_PLAINTEXT_OUT;
  /* An empty queue takes a record, unless the peer is in the middle of a
   * message. */
  if (!side->close_sent && !side->out_ended && view->out_pending == 0 &&
      !SSL_in_init(stls_object_ssl(side->object)))
    due |= STLS_INTEREST_PLAINTEXT_IN;
  return due;
}

void wants_compare(const struct judge *judge, stls_result result)
{
  const struct world_side *side = judge->side;
  bool is_asked = judge->len > 0 && result != STLS_ERROR_MISUSE;
  bool was_over = judge->before.wants == 0 && world_is_over(side);

  if (judge->before.awaits_context && judge->call <= CALL_WRITE && is_asked &&
      result != STLS_WANT_CONTEXT)
    FAULT("a context is awaited, and the call says %s",
          stls_result_name(result));
  if (was_over || judge->before.awaits_context) return;
  if (judge->call == CALL_HANDSHAKE && result != STLS_ERROR_MISUSE)
    compare_handshake(judge, result);
  if ((judge->call == CALL_READ || judge->call == CALL_PEEK) && is_asked &&
      !judge->feeds)
    compare_read(judge, result);
  if (judge->call == CALL_WRITE && is_asked) compare_write(judge, result);
  compare_after(judge, result);
}

static void compare_handshake(const struct judge *judge, stls_result result)
{
  bool promised = (judge->before.wants & STLS_INTEREST_HANDSHAKE) != 0;
  bool moved = has_moved(judge, result) && result != STLS_OK;

  /* A finished handshake returns STLS_OK again. */
  if (promised && result == STLS_OK) moved = true;
  if (promised != moved && judge->side->failed == STLS_OK)
    FAULT("wants was %#x, and the handshake %s: %s", judge->before.wants,
          moved ? "moved" : "had nothing to do", stls_result_name(result));
}

static void compare_read(const struct judge *judge, stls_result result)
{
  bool moved = has_moved(judge, result) && result != STLS_CLOSED;
  bool promised = (judge->before.wants & (STLS_INTEREST_PLAINTEXT_OUT |
                                          STLS_INTEREST_HANDSHAKE)) != 0;

  if (judge->side->failed != STLS_OK) return;
  if (promised && result == STLS_CLOSED) moved = true;
  if (promised != moved)
    FAULT("wants was %#x, and the read %s: %s", judge->before.wants,
          moved ? "moved" : "had nothing to do", stls_result_name(result));
}

static void compare_write(const struct judge *judge, stls_result result)
{
  bool promised = (judge->before.wants & STLS_INTEREST_PLAINTEXT_IN) != 0;
  bool could_shake = (judge->before.wants & STLS_INTEREST_HANDSHAKE) != 0;
  bool is_large = judge->len >= 16384 && judge->before.corked == 0 &&
                  judge->after.put > judge->before.put;

  if (promised && result != STLS_OK)
    FAULT("wants was %#x, and a write of %zu bytes says %s",
          judge->before.wants, judge->len, stls_result_name(result));
  /* Records at hand may have brought the end of a message. */
  if (!promised && !could_shake && result == STLS_OK && is_large &&
      judge->after.taken == judge->before.taken)
    FAULT("wants was %#x, and a write of %zu bytes is taken",
          judge->before.wants, judge->len);
}

/* A side that waits for an event cannot act on it at once. */
static void compare_after(const struct judge *judge, stls_result result)
{
  unsigned wants = judge->after.wants, idle = 0;

  if (result != STLS_WANT_READ && result != STLS_WANT_WRITE) return;
  if (judge->call == CALL_HANDSHAKE) idle = STLS_INTEREST_HANDSHAKE;
  if (judge->call == CALL_READ || judge->call == CALL_PEEK)
    idle = STLS_INTEREST_HANDSHAKE | STLS_INTEREST_PLAINTEXT_OUT;
  if (judge->call == CALL_WRITE)
    idle = STLS_INTEREST_HANDSHAKE | STLS_INTEREST_PLAINTEXT_IN;
  if ((wants & idle) != 0)
    FAULT("%s, and wants is %#x", stls_result_name(result), wants);
}

static bool has_moved(const struct judge *judge, stls_result result)
{
  return (result != STLS_WANT_READ && result != STLS_WANT_WRITE) ||
         judge->after.taken != judge->before.taken ||
         judge->after.put != judge->before.put;
}
