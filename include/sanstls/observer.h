/* SPDX-License-Identifier: MIT */
/* observer: tells of every call on an object. */
#ifndef SANSTLS_OBSERVER_H
#define SANSTLS_OBSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/bio.h>
#include <sanstls/error.h>
#include <sanstls/object.h>
#include <sanstls/trace.h>

STLS_BEGIN_DECLS

/*
 * A call on an object, as it begins and as it ends. The library sets `size`; if the
 * library is older than the header, members beyond it do not exist. Everything is
 * borrowed for the duration of the callback.
 */
typedef struct stls_call_event {
  size_t size;
  /* The function, such as "stls_object_read". Static text. */
  const char *call;
  /* false as the call begins, true as it ends. */
  bool has_ended;
  /* How it ended; STLS_OK as it begins. */
  stls_result result;
  /* What a write was asked to send, and the room that a read or a peek was given: as
   * the caller passed them, unchecked, so that a call that is going to be refused may
   * have NULL there. Other calls have no spans. */
  const stls_span *data;
  size_t num_data;
  const stls_writable_span *room;
  size_t num_room;
  /* The length of those spans together, at most SIZE_MAX, and, as the call ends, how
   * many of their bytes were taken or filled. */
  size_t len;
  size_t done;
  /* stls_object_read_from: the records that were passed, as it begins, and the part of
   * them that was taken, as it ends. Else empty. */
  stls_span records;
  /* The alert of stls_object_reject, request_peer of stls_object_key_update, the content
   * type of stls_object_receive_control, the flow of the other calls of handover.h; 0
   * for other calls. */
  int argument;
  /* Whether stls_bio_write_eof was called on the object's bios. */
  bool has_incoming_ended;
  bool has_outgoing_ended;
} stls_call_event;

/* The rules of stls_trace_fn hold for `object`. */
typedef void (*stls_call_fn)(struct stls_object *object,
                             const stls_call_event *event, void *user_data);

/*
 * An observer of one object. It sees application data, as the application does, but
 * no keys. `call` and `message` may be NULL. `freed` is called when the object is
 * freed, or gets another observer; it may be NULL.
 */
typedef struct stls_observer {
  size_t size;
  stls_call_fn call;
  /* As stls_context_set_trace, besides that of the context. */
  stls_trace_fn message;
  void (*freed)(void *user_data);
  void *user_data;
} stls_observer;

#define STLS_OBSERVER_INIT \
  { \
    sizeof(stls_observer), STLS_NULL, STLS_NULL, STLS_NULL, STLS_NULL \
  }

/*
 * Sets the object's observer, in place of the one before; NULL for none. It is told of
 * the calls that change the connection: handshake, reads, peek, writes, cork, flush,
 * close_write, unwrap, reject, key_update, set_context, verify_client, and those of
 * handover.h but for peek_control. Getters and trim are not told. What lies in the
 * bios, it can look at in the callback (stls_bio_peekv). Recorders and profilers use
 * it. It changes no result and no byte; an object without an observer pays nothing.
 *
 * A call that is refused because it comes from a callback is not told. If the object is
 * freed by a callback, the running call still ends, and is told of, before that.
 *
 * STLS_OK: set. The struct was copied.
 * STLS_ERROR_MISUSE: object is NULL, the size is not set, or a call from a callback.
 * STLS_ERROR_UNSUPPORTED: the struct asks for what only a newer library has.
 * STLS_ERROR_MEMORY: nothing changed.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_object_set_observer(
    stls_object *object, const stls_observer *observer, stls_error *err);

STLS_END_DECLS

#endif
