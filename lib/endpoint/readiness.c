/* SPDX-License-Identifier: MIT */
/* readiness: tells which calls on an object can make progress now. */
#include "endpoint/readiness.h"

#include "endpoint/key_update.h"
#include "endpoint/select_context.h"

static size_t padding_block(const stls_object *object);
static unsigned handed_over(const stls_object *object);
static bool has(const stls_object *object, stls_flow flow);
static bool can_write(const stls_object *object);
static bool can_handshake(const stls_object *object);

unsigned stls_object_wants(const stls_object *object)
{
  unsigned wants = 0;
  stls_verdict shake, read, write;

  if (object == NULL) return 0;
  if (object->outgoing->queue.len > 0 && !object->outgoing->eof_written)
    wants |= STLS_INTEREST_RECORDS_OUT;
  if (stls_select_context_is_awaited(object))
    return stls_object_is_busy(object) ? wants : wants | STLS_INTEREST_CONTEXT;
  shake = stls_state_verdict(object->state, STLS_CALL_HANDSHAKE);
  read = stls_state_verdict(object->state, STLS_CALL_READ);
  write = stls_state_verdict(object->state, STLS_CALL_WRITE);
  if ((read == STLS_VERDICT_RUN || read == STLS_VERDICT_HANDSHAKE) &&
      !object->incoming->eof_written && stls_bio_room(object->incoming) > 0 &&
      has(object, STLS_RECORDS_IN))
    wants |= STLS_INTEREST_RECORDS_IN;
  /* A callback can work on the queues only. */
  if (stls_object_is_busy(object)) return wants;
  if (object->io.direct != NULL) wants |= handed_over(object);
  if (write == STLS_VERDICT_RUN && has(object, STLS_RECORDS_OUT) &&
      can_write(object))
    wants |= STLS_INTEREST_PLAINTEXT_IN;
  if (read == STLS_VERDICT_RUN && has(object, STLS_RECORDS_IN) &&
      stls_ssl_io_can_read(&object->io))
    wants |= STLS_INTEREST_PLAINTEXT_OUT;
  if (shake == STLS_VERDICT_RUN &&
      stls_record_output_has_room(&object->io.output) && can_handshake(object))
    wants |= STLS_INTEREST_HANDSHAKE;
  return wants;
}

/* Very small records are wasteful, so a queue that holds something is drained
 * first. An empty queue must take a record whatever its limit, or no data
 * could ever be sent. */
size_t stls_readiness_divide(const stls_object *object, size_t len)
{
  const size_t least_when_empty = 512;
  const size_t least_when_not = 1024;
  size_t queued = object->outgoing->queue.len;
  /* What is written is padded to that, and takes as much room. */
  const size_t block = padding_block(object);
  size_t room = stls_bio_room(object->outgoing);

  room = room > STLS_RECORD_HEADER_OVERHEAD_MAX
             ? room - STLS_RECORD_HEADER_OVERHEAD_MAX
             : 0;
  if (block > 0 && room > block) room -= room % block;
  if (block > 0 && room < block && queued > 0) return 0;
  if (queued == 0 && room < least_when_empty) room = least_when_empty;
  if (room < len && room < least_when_not && queued > 0) return 0;
  if (room > STLS_RECORD_HEADER_PLAINTEXT_MAX)
    room = STLS_RECORD_HEADER_PLAINTEXT_MAX;
  return len < room ? len : room;
}

/* Of TLS 1.2 no record is padded. */
static size_t padding_block(const stls_object *object)
{
  return SSL_version(object->io.ssl) == TLS1_3_VERSION
             ? object->context->record_padding
             : 0;
}

/* What the engine has to do that has the other records. */
static unsigned handed_over(const stls_object *object)
{
  const struct stls_direct_records *direct = object->io.direct;
  unsigned wants = 0;

  if (direct->control.head != NULL && !object->outgoing->eof_written)
    wants |= STLS_INTEREST_CONTROL_OUT;
  if (stls_state_verdict(object->state, STLS_CALL_WRITE) == STLS_VERDICT_RUN &&
      !object->outgoing->eof_written && direct->flows[STLS_RECORDS_OUT].has_new_key)
    wants |= STLS_INTEREST_KEY_OUT;
  if (stls_state_verdict(object->state, STLS_CALL_READ) == STLS_VERDICT_RUN &&
      direct->flows[STLS_RECORDS_IN].has_new_key)
    wants |= STLS_INTEREST_KEY_IN;
  return wants;
}

/* Whether the records of a direction are still the object's. */
static bool has(const stls_object *object, stls_flow flow)
{
  return object->io.direct == NULL ||
         !object->io.direct->flows[flow].is_exported;
}

/* It cannot be told here whether the rest of a message has arrived: a read
 * finds out. */
static bool can_write(const stls_object *object)
{
  const struct stls_ssl_bios *io = &object->io;

  if (!stls_record_output_takes(&io->output) || stls_key_update_is_overdue(io))
    return false;
  if (object->cork.corked &&
      object->cork.len < STLS_RECORD_HEADER_PLAINTEXT_MAX)
    return true;
  return !io->is_mid_message &&
         stls_readiness_fragment_room(object,
                                      STLS_RECORD_HEADER_PLAINTEXT_MAX) > 0;
}

static bool can_handshake(const stls_object *object)
{
  return object->hello_buffer == NULL ? stls_ssl_io_can_handshake(&object->io)
                                      : stls_select_context_is_ready(object);
}
