/* SPDX-License-Identifier: MIT */
/* replay_machine: makes recorded calls on an object, between recorded records. */
#include "replay/replay_machine.h"

#include <sanstls/object.h>
#include <sanstls/testing.h>
#include <string.h>

#include "base/error.h"
#include "replay/player_mismatch.h"
#include "replay/replay_call.h"
#include "replay/replay_verdict.h"

static stls_result run(struct stls_replay_machine *machine,
                       const stls_transcript_step *steps, size_t num_steps,
                       stls_error *err);
static stls_result take(struct stls_replay_machine *machine,
                        const stls_transcript_step *step, stls_error *err);
static stls_result call(struct stls_replay_machine *machine,
                        const stls_transcript_step *step, stls_error *err);
static struct stls_player_place taken(const struct stls_replay_machine *machine,
                                      stls_result got);
static stls_result make(struct stls_replay_machine *machine,
                        const stls_transcript_step *step,
                        struct stls_replay_call *made, stls_result *out_got,
                        stls_error *err);
static stls_result make_once(struct stls_replay_machine *machine,
                             const stls_transcript_step *step,
                             struct stls_replay_call *made, bool reads_from,
                             bool in_pieces);
static bool takes_pieces(const struct stls_replay_machine *machine,
                         stls_replay_call_kind kind);
static bool wants_more(const struct stls_replay_machine *machine,
                       const struct stls_replay_call *made,
                       stls_replay_call_kind kind, stls_result got);
static bool has_more(const struct stls_replay_machine *machine);
static stls_result feed(struct stls_replay_machine *machine, stls_error *err);
static stls_result feed_all(struct stls_replay_machine *machine,
                            stls_error *err);
static size_t piece_end(const struct stls_replay_machine *machine);
static void drain(struct stls_replay_machine *machine);
static stls_result compare_out(struct stls_replay_machine *machine,
                               stls_error *err);
static stls_result wind_up(struct stls_replay_machine *machine,
                           stls_error *err);

stls_result stls_replay_machine_run(const stls_transcript_step *steps,
                                    size_t num_steps, stls_object *object,
                                    const stls_replay_options *options,
                                    stls_error *err)
{
  struct stls_replay_machine machine;
  stls_bio *incoming = stls_object_incoming(object);
  const size_t limit = stls_bio_limit(incoming);
  stls_result result;

  memset(&machine, 0, sizeof machine);
  machine.object = object;
  machine.options = *options;
  result = stls_player_flow_init(&machine.flow, steps, num_steps, err);
  if (result != STLS_OK) return result;
  /* The limit holds back who writes to the queue, and changes no result. */
  stls_bio_set_limit(incoming, SIZE_MAX, NULL);
  result = run(&machine, steps, num_steps, err);
  if (result == STLS_OK && options->mode == STLS_REPLAY_ANY_RESULT)
    result = wind_up(&machine, err);
  stls_bio_set_limit(incoming, limit, NULL);
  stls_player_flow_free(&machine.flow);
  return result;
}

static stls_result run(struct stls_replay_machine *machine,
                       const stls_transcript_step *steps, size_t num_steps,
                       stls_error *err)
{
  stls_result result = STLS_OK;

  for (size_t i = 0; i < num_steps && result == STLS_OK; i++) {
    if (steps[i].kind == STLS_STEP_RECORDS_OUT) {
      machine->out_due += steps[i].data.len;
      machine->kept = 0;
      continue;
    }
    if (machine->last != NULL) result = compare_out(machine, err);
    machine->last = NULL;
    if (result == STLS_OK) result = take(machine, &steps[i], err);
  }
  if (result == STLS_OK && machine->last != NULL)
    result = compare_out(machine, err);
  return result;
}

/* Takes a step that is not RECORDS_OUT. */
static stls_result take(struct stls_replay_machine *machine,
                        const stls_transcript_step *step, stls_error *err)
{
  switch (step->kind) {
    case STLS_STEP_CALL:
      drain(machine);
      machine->last = step;
      return call(machine, step, err);
    case STLS_STEP_RECORDS_IN:
      machine->due += step->data.len;
      break;
    case STLS_STEP_EOF_IN:
      machine->is_end_due = true;
      break;
    case STLS_STEP_EOF_OUT:
      drain(machine);
      stls_bio_write_eof(stls_object_outgoing(machine->object));
      break;
    case STLS_STEP_KEPT:
      machine->kept = (size_t)step->number;
      break;
    case STLS_STEP_TIME:
      stls_testing_set_time(machine->options.testing, step->number);
      break;
    case STLS_STEP_LIMIT:
      stls_bio_set_limit(stls_object_outgoing(machine->object),
                         (size_t)step->number, NULL);
      break;
    case STLS_STEP_RECORDS_OUT:
    default:
      break;
  }
  return STLS_OK;
}

static stls_result call(struct stls_replay_machine *machine,
                        const stls_transcript_step *step, stls_error *err)
{
  struct stls_replay_call made;
  stls_result got = STLS_OK;
  stls_result result = stls_replay_call_init(&made, step, err);

  if (result != STLS_OK) return result;
  result = make(machine, step, &made, &got, err);
  if (result == STLS_OK)
    result =
        machine->options.mode == STLS_REPLAY_EXACT
            ? stls_replay_verdict_compare(machine->object, step, &made, got,
                                          taken(machine, got).text, err)
            : stls_replay_verdict_admit(step, got, &machine->failure, err);
  stls_replay_call_free(&made);
  return result;
}

/* The record that the object took last, or, where it waits for the rest of one, that
 * one. */
static struct stls_player_place taken(const struct stls_replay_machine *machine,
                                      stls_result got)
{
  const size_t waiting =
      stls_bio_pending(stls_object_incoming(machine->object));
  const size_t offset =
      machine->fed - (waiting < machine->fed ? waiting : machine->fed);
  const bool is_within = got == STLS_WANT_READ && waiting > 0;

  return stls_player_mismatch_place(&machine->flow.streams[STLS_RECORDS_IN],
                                    STLS_RECORDS_IN,
                                    is_within    ? offset
                                    : offset > 0 ? offset - 1
                                                 : SIZE_MAX);
}

/* Makes the call; with other pieces than the recorded ones again with each piece, as
 * long as it waits for more. */
static stls_result make(struct stls_replay_machine *machine,
                        const stls_transcript_step *step,
                        struct stls_replay_call *made, stls_result *out_got,
                        stls_error *err)
{
  const stls_replay_call_kind kind = stls_replay_call_kind_of(step);
  const bool in_pieces = takes_pieces(machine, kind);
  const bool reads_from =
      strcmp(step->call, "read_from") == 0 && !machine->is_end_due;
  stls_result result = STLS_OK;

  if (!in_pieces && !reads_from) result = feed_all(machine, err);
  while (result == STLS_OK) {
    const size_t fed = machine->fed;
    *out_got = make_once(machine, step, made, reads_from, in_pieces);
    if (!in_pieces || !wants_more(machine, made, kind, *out_got)) break;
    if (!reads_from)
      result = feed(machine, err);
    else if (machine->fed == fed)
      break;
  }
  if (kind == STLS_REPLAY_CALL_READ && made->done > 0) *out_got = STLS_OK;
  return result;
}

static stls_result make_once(struct stls_replay_machine *machine,
                             const stls_transcript_step *step,
                             struct stls_replay_call *made, bool reads_from,
                             bool in_pieces)
{
  const struct stls_player_stream *in = &machine->flow.streams[STLS_RECORDS_IN];
  stls_span records = {in->data + machine->fed, 0};
  stls_result got;

  if (stls_replay_call_kind_of(step) == STLS_REPLAY_CALL_OTHER)
    return machine->options.act(machine->object, step,
                                machine->options.user_data);
  if (reads_from)
    records.len =
        (in_pieces ? piece_end(machine) : machine->due) - machine->fed;
  machine->fed += records.len;
  got = stls_replay_call_make(made, step, machine->object, &records);
  machine->fed -= records.len;
  return got;
}

static bool takes_pieces(const struct stls_replay_machine *machine,
                         stls_replay_call_kind kind)
{
  return machine->options.pieces != STLS_PIECES_RECORDED &&
         (kind == STLS_REPLAY_CALL_HANDSHAKE || kind == STLS_REPLAY_CALL_READ ||
          kind == STLS_REPLAY_CALL_PEEK);
}

/* A read that has room takes all records that had come when it was recorded; the end of
 * the transport it leaves to the next call, once it has data. */
static bool wants_more(const struct stls_replay_machine *machine,
                       const struct stls_replay_call *made,
                       stls_replay_call_kind kind, stls_result got)
{
  if (got == STLS_WANT_READ && made->done == 0) return has_more(machine);
  return (got == STLS_OK || got == STLS_WANT_READ) &&
         kind == STLS_REPLAY_CALL_READ && made->done < made->len &&
         machine->fed < machine->due;
}

static bool has_more(const struct stls_replay_machine *machine)
{
  return machine->fed < machine->due ||
         (machine->is_end_due && !machine->is_end_fed);
}

/* Gives the object the next piece, or the end behind the last one. */
static stls_result feed(struct stls_replay_machine *machine, stls_error *err)
{
  const struct stls_player_stream *in = &machine->flow.streams[STLS_RECORDS_IN];
  const size_t end = piece_end(machine);
  stls_bio *incoming = stls_object_incoming(machine->object);
  size_t len = 0;
  stls_result result = STLS_OK;

  if (machine->fed == machine->due) {
    stls_bio_write_eof(incoming);
    machine->is_end_fed = true;
    return STLS_OK;
  }
  /* Nothing comes behind the end. */
  if (!machine->is_end_fed)
    result = stls_bio_write(incoming, in->data + machine->fed,
                            end - machine->fed, &len, err);
  machine->fed = end;
  return result;
}

static stls_result feed_all(struct stls_replay_machine *machine,
                            stls_error *err)
{
  stls_result result = STLS_OK;

  while (result == STLS_OK && has_more(machine)) result = feed(machine, err);
  return result;
}

static size_t piece_end(const struct stls_replay_machine *machine)
{
  const stls_replay_options *options = &machine->options;
  size_t end;

  if (machine->fed == machine->due) return machine->due;
  end = stls_player_flow_piece(&machine->flow.streams[STLS_RECORDS_IN],
                               options->pieces, options->pieces_seed,
                               machine->fed);
  return end < machine->due ? end : machine->due;
}

/* Takes what the application took from `outgoing`. */
static void drain(struct stls_replay_machine *machine)
{
  const size_t kept =
      machine->kept < machine->pending ? machine->kept : machine->pending;

  stls_bio_consume(stls_object_outgoing(machine->object),
                   machine->pending - kept, NULL);
  machine->pending = kept;
}

/* Compares what the last call has written, and notes that it is there to drain. */
static stls_result compare_out(struct stls_replay_machine *machine,
                               stls_error *err)
{
  const struct stls_player_stream *out =
      &machine->flow.streams[STLS_RECORDS_OUT];
  stls_bio *outgoing = stls_object_outgoing(machine->object);
  const size_t had = machine->pending;
  const size_t begin = machine->written;

  machine->pending = stls_bio_pending(outgoing);
  machine->written = machine->out_due;
  if (machine->options.mode != STLS_REPLAY_EXACT) return STLS_OK;
  return stls_replay_verdict_records(out, begin, machine->out_due, outgoing,
                                     had, machine->last,
                                     taken(machine, STLS_OK).text, err);
}

/* After the recorded calls of a changed transcript: the rest comes in, the transport
 * ends, and reads have to come to the connection's end. */
static stls_result wind_up(struct stls_replay_machine *machine, stls_error *err)
{
  uint8_t out[512];
  stls_transcript_step read = STLS_TRANSCRIPT_STEP_INIT;
  size_t turns =
      machine->due / sizeof out + machine->flow.streams[0].num_records;
  size_t len;
  stls_result result = feed_all(machine, err);
  stls_result got;

  read.call = "read";
  stls_bio_write_eof(stls_object_incoming(machine->object));
  for (turns += 16; result == STLS_OK && turns > 0; turns--) {
    machine->kept = 0;
    machine->pending = stls_bio_pending(stls_object_outgoing(machine->object));
    drain(machine);
    got = stls_object_read(machine->object, out, sizeof out, &len);
    result = stls_replay_verdict_admit(&read, got, &machine->failure, err);
    if (got == STLS_CLOSED || got < STLS_OK || got >= STLS_WANT_CONTEXT)
      return result;
  }
  if (result != STLS_OK) return result;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_MISMATCH,
                         "the transport has ended, and reads do not come to an "
                         "end");
}
