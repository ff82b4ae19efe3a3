/* SPDX-License-Identifier: MIT */
/* judge: checks what must hold after every call on an object. */
#include "judge.h"

#include <openssl/err.h>
#include <openssl/ssl3.h>
#include <string.h>

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>

#include "wants.h"

static void look(struct world_side *side, struct judge_view *view);
static bool is_data(const struct judge *judge);
static bool is_refusal(stls_result result);
static void check_misuse(const struct judge *judge, stls_result result);
static void check_failure(const struct judge *judge, stls_result result);
static void check_repeated(const struct judge *judge, stls_result result);
static void check_first(const struct judge *judge, stls_result result);
static bool is_same_cause(const stls_error *a, const stls_error *b);
static void check_silence(const struct judge *judge);
static void check_bound(const struct judge *judge);
static void check_waiting(const struct judge *judge, stls_result result);
static void check_progress(const struct judge *judge, stls_result result);
static void check_promise(const struct judge *judge);
static void check_counters(const struct world_side *side,
                           const struct judge_view *view);
static void check_unchanged(const struct judge *judge, const char *why);
static void note(struct world_side *side, const struct judge_view *view);

#define FAULT(...) world_fault(judge->side->world, __VA_ARGS__)

void judge_begin(struct judge *judge, struct world_side *side, judge_call call,
                 const char *name, size_t len)
{
  memset(judge, 0, sizeof *judge);
  judge->side = side;
  judge->call = call;
  judge->len = len;
  side->world->call = name;
  look(side, &judge->before);
  wants_check(side, &judge->before);
  judge_plant(side->world);
}

void judge_end(struct judge *judge, stls_result result, size_t done)
{
  struct world_side *side = judge->side;

  judge_queue(side->world);
  if (side->is_freed) {
    side->object = NULL;
    side->world->may_fail = true;
    return;
  }
  judge->done = done;
  look(side, &judge->after);
  check_misuse(judge, result);
  check_failure(judge, result);
  check_silence(judge);
  check_bound(judge);
  check_waiting(judge, result);
  check_progress(judge, result);
  if (world_is_over(side)) judge->after.awaits_context = false;
  note(side, &judge->after);
  check_counters(side, &judge->after);
  wants_check(side, &judge->after);
  wants_compare(judge, result);
  if (judge->call == CALL_LOOK) check_unchanged(judge, "it only looks");
}

void judge_plant(const struct world *world)
{
  ERR_clear_error();
  for (uint32_t i = 0; i < world_setting(world, SET_PLANTED); i++)
    ERR_raise_data(ERR_LIB_USER, 100 + (int)i, "planted %u", (unsigned)i);
}

void judge_queue(struct world *world)
{
  uint32_t num = world_setting(world, SET_PLANTED);
  unsigned long code;

  for (uint32_t i = 0; i < num; i++) {
    code = ERR_get_error();
    if (ERR_GET_LIB(code) != ERR_LIB_USER ||
        ERR_GET_REASON(code) != (int)(100 + i))
      world_fault(world, "OpenSSL's error queue: %lx in place %u of %u", code,
                  (unsigned)i, (unsigned)num);
  }
  code = ERR_peek_error();
  if (code != 0)
    world_fault(world, "OpenSSL's error queue: %lx was left", code);
  ERR_clear_error();
}

static void look(struct world_side *side, struct judge_view *view)
{
  stls_object *object = side->object;
  size_t limit = stls_bio_limit(side->in);
  stls_error none = STLS_ERROR_INIT;

  view->wants = stls_object_wants(object);
  view->in_pending = stls_bio_pending(side->in);
  view->out_pending = stls_bio_pending(side->out);
  view->in_room = view->in_pending < limit ? limit - view->in_pending : 0;
  view->corked = stls_object_corked(object);
  view->taken = world_taken(side);
  view->put = world_put(side);
  view->error = none;
  view->result = stls_object_error(object, &view->error);
  view->awaits_context =
      stls_object_client_hello(object) != NULL && !world_is_over(side);
  view->auth = stls_object_client_auth(object);
  view->seen = side->seen;
  if (stls_object_wants(object) != view->wants)
    world_fault(side->world, "wants changes by being asked");
}

/* Results of calls that did nothing, and that are no failure of a connection. */
static bool is_refusal(stls_result result)
{
  return result == STLS_ERROR_MISUSE || result == STLS_ERROR_UNSUPPORTED;
}

static void check_misuse(const struct judge *judge, stls_result result)
{
  if (!is_refusal(result) || judge->call == CALL_LOOK) return;
  /* It searches the received bytes for the end. */
  if (judge->call != CALL_UNWRAP) check_unchanged(judge, "it is a misuse");
  if (judge->side->failed == STLS_OK && judge->after.result != result)
    FAULT("a misuse, and the error is %s",
          stls_result_name(judge->after.result));
}

static void check_failure(const struct judge *judge, stls_result result)
{
  const struct judge_view *after = &judge->after;
  bool is_failed = after->result < 0 && !is_refusal(after->result);

  if (judge->side->failed != STLS_OK)
    check_repeated(judge, result);
  else if (is_failed)
    check_first(judge, result);
  else if (result < 0 && !is_refusal(result) && judge->call != CALL_LOOK)
    FAULT("%s, and no error is told", stls_result_name(result));
}

static void check_repeated(const struct judge *judge, stls_result result)
{
  const struct world_side *side = judge->side;
  stls_result want = side->failed;

  if (!is_same_cause(&side->cause, &judge->after.error))
    FAULT("the first cause \"%s\" became \"%s\"", side->cause.message,
          judge->after.error.message);
  if (judge->call == CALL_LOOK) return;
  if (judge->call == CALL_CLOSE_WRITE) want = STLS_OK;
  if (judge->call == CALL_ANSWER) want = STLS_ERROR_MISUSE;
  if (is_data(judge) && judge->len == 0) want = STLS_OK;
  if (result != want)
    FAULT("%s after the failure %s", stls_result_name(result),
          stls_result_name(side->failed));
  check_unchanged(judge, "the connection has failed");
}

static void check_first(const struct judge *judge, stls_result result)
{
  struct world_side *side = judge->side;
  const stls_error *error = &judge->after.error;
  bool says_later = judge->call == CALL_REJECT ||
                    (is_data(judge) && judge->done > 0 && result == STLS_OK);

  if (!side->world->may_fail)
    FAULT("fails with %s: %s", stls_result_name(error->result), error->message);
  if (result != error->result && !says_later)
    FAULT("%s, but the error is %s: %s", stls_result_name(result),
          stls_result_name(error->result), error->message);
  if (error->message[0] == '\0') FAULT("a failure without a message");
  side->failed = error->result;
  side->cause = *error;
}

static bool is_same_cause(const stls_error *a, const stls_error *b)
{
  return a->result == b->result && a->lib == b->lib && a->reason == b->reason &&
         a->verify_code == b->verify_code &&
         a->verify_depth == b->verify_depth && a->alert_sent == b->alert_sent &&
         a->alert_received == b->alert_received &&
         strcmp(a->message, b->message) == 0;
}

static bool is_data(const struct judge *judge)
{
  return judge->call == CALL_READ || judge->call == CALL_PEEK ||
         judge->call == CALL_WRITE;
}

/* RFC 8446, 6.1: nothing follows a closure alert. */
static void check_silence(const struct judge *judge)
{
  const struct world_side *side = judge->side;

  if (judge->after.put < judge->before.put) FAULT("bytes left outgoing");
  if (judge->after.put == judge->before.put) return;
  if (side->out_ended) FAULT("bytes for a transport that takes none");
  if (side->close_sent)
    FAULT("%u bytes behind close_notify",
          (unsigned)(judge->after.put - judge->before.put));
  if (side->abandoned) FAULT("bytes from an object that was abandoned");
  if (stls_object_alert_sent(side->object) == 0 &&
      judge->after.seen.last_out != SSL3_RT_ALERT)
    FAULT("the call that sends close_notify sends more behind it");
}

/* A queue holds what its limit allows, what answers may add to it, and a flight
 * or a record. */
static void check_bound(const struct judge *judge)
{
  const size_t replies = 16384, flight = 20000;
  size_t allowed = stls_bio_limit(judge->side->out);

  if (allowed < judge->before.out_pending) allowed = judge->before.out_pending;
  if (judge->after.put > judge->before.put &&
      judge->after.out_pending > replies + flight &&
      judge->after.out_pending - replies - flight > allowed)
    FAULT("%zu bytes in outgoing, where %zu are allowed",
          judge->after.out_pending, allowed);
}

static void check_waiting(const struct judge *judge, stls_result result)
{
  const struct world_side *side = judge->side;
  const struct judge_view *after = &judge->after;

  if (judge->call == CALL_LOOK) return;
  if (result == STLS_WANT_READ && !side->damaged &&
      side->delivered.whole > after->taken)
    FAULT("WANT_READ with a whole record at hand");
  if (result == STLS_WANT_READ && side->ended)
    FAULT("WANT_READ at the end of the transport");
  if (result == STLS_WANT_WRITE && after->out_pending == 0)
    FAULT("WANT_WRITE, and outgoing is empty");
  if (result == STLS_WANT_CONTEXT && !after->awaits_context)
    FAULT("WANT_CONTEXT without a ClientHello");
  if (result == STLS_CLOSED && judge->call <= CALL_PEEK &&
      stls_object_alert_received(side->object) != 0)
    FAULT("CLOSED without close_notify");
  if (result == STLS_CLOSED && judge->call > CALL_PEEK && !side->out_ended)
    FAULT("CLOSED, and the transport takes more");
  if (result == STLS_WANT_WRITE && side->out_ended)
    FAULT("WANT_WRITE, and the transport takes no more");
}

static void check_progress(const struct judge *judge, stls_result result)
{
  if (judge->done > judge->len) FAULT("more than there is room for");
  if (is_data(judge) && result == STLS_OK && judge->len > 0 && judge->done == 0)
    FAULT("OK without progress");
  if (is_data(judge) && result != STLS_OK && judge->done > 0)
    FAULT("%s with %zu bytes", stls_result_name(result), judge->done);
  if (result == STLS_OK && judge->side->failed == STLS_OK) check_promise(judge);
  /* A short read has taken all there was: that it stops before an answer is in
   * post_handshake_auth.h, that it may be stopped by its own answers in object.h.
   * Behind a fatal alert records stay. */
  if (judge->call == CALL_READ && result == STLS_OK &&
      judge->done < judge->len && !judge->side->damaged &&
      judge->side->failed == STLS_OK &&
      stls_object_alert_received(judge->side->object) != 0 &&
      judge->before.auth != STLS_CLIENT_AUTH_REQUESTED &&
      judge->after.out_pending == 0 &&
      judge->side->delivered.whole > judge->after.taken)
    FAULT("%zu of %zu bytes read, and a whole record at hand", judge->done,
          judge->len);
}

static void check_promise(const struct judge *judge)
{
  const struct world_side *side = judge->side;
  const struct judge_view *before = &judge->before, *after = &judge->after;
  bool has_put = after->put > before->put;
  bool is_open = stls_conninfo_established(stls_object_conninfo(side->object));

  if (judge->call == CALL_HANDSHAKE && !is_open)
    FAULT("OK without a handshake");
  if (judge->call == CALL_KEY_UPDATE &&
      (!has_put || after->seen.key_updates_out == before->seen.key_updates_out))
    FAULT("OK without a KeyUpdate in outgoing");
  if (judge->call == CALL_VERIFY_CLIENT &&
      (!has_put || after->seen.requests_out == before->seen.requests_out))
    FAULT("OK without a CertificateRequest in outgoing");
  if (judge->call == CALL_FLUSH && after->corked > 0)
    FAULT("OK, and %zu bytes are still corked", after->corked);
  if ((judge->call == CALL_CLOSE_WRITE || judge->call == CALL_UNWRAP) &&
      is_open && stls_object_alert_sent(side->object) != 0)
    FAULT("OK without close_notify");
  if (judge->call == CALL_UNWRAP &&
      stls_object_alert_received(side->object) != 0)
    FAULT("OK without the peer's close_notify");
}

static void check_counters(const struct world_side *side,
                           const struct judge_view *view)
{
  stls_counters counters = STLS_COUNTERS_INIT;
  bool has_ssl = stls_object_ssl(side->object) != NULL;
  uint64_t taken = has_ssl ? view->taken : 0;

  if (stls_object_counters(side->object, &counters, NULL) != STLS_OK ||
      counters.bytes_in != taken || counters.bytes_out != view->put ||
      counters.plaintext_out != side->received ||
      counters.plaintext_in != side->sent - view->corked)
    world_fault(side->world,
                "counters: %ju, %ju, %ju, %ju; were %ju in, %ju out, %ju "
                "sealed, %ju read",
                (uintmax_t)counters.bytes_in, (uintmax_t)counters.bytes_out,
                (uintmax_t)counters.plaintext_in,
                (uintmax_t)counters.plaintext_out, (uintmax_t)taken,
                (uintmax_t)view->put, (uintmax_t)(side->sent - view->corked),
                (uintmax_t)side->received);
  if (view->out_pending == 0 && side->plain_out == 0 &&
      counters.records_out != side->carried.num_records)
    world_fault(side->world, "counters: %ju records out; there were %ju",
                (uintmax_t)counters.records_out,
                (uintmax_t)side->carried.num_records);
  if (has_ssl && !side->damaged && view->taken == side->delivered.total &&
      view->taken == side->delivered.whole &&
      counters.records_in != side->delivered.num_records)
    world_fault(side->world, "counters: %ju records in; there were %ju",
                (uintmax_t)counters.records_in,
                (uintmax_t)side->delivered.num_records);
}

static void check_unchanged(const struct judge *judge, const char *why)
{
  const struct judge_view *before = &judge->before, *after = &judge->after;
  uint64_t taken = judge->feeds ? after->taken : before->taken;

  if (after->put != before->put || after->taken != taken ||
      after->corked != before->corked ||
      (after->wants != before->wants && !judge->feeds))
    FAULT("%s, and changes something: wants %#x, then %#x", why, before->wants,
          after->wants);
}

static void note(struct world_side *side, const struct judge_view *view)
{
  const stls_object *object = side->object;

  (void)view;
  if (stls_object_alert_sent(object) == 0) side->close_sent = true;
  if (side->failed != STLS_OK) return;
  if (stls_object_alert_received(object) == 0) side->close_read = true;
  if (stls_conninfo_established(stls_object_conninfo(object)))
    side->established = true;
}
