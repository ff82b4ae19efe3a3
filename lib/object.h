/* SPDX-License-Identifier: MIT */
/* object (L5): one TLS endpoint: its life, and the frame of its calls. */
#ifndef STLS_OBJECT_H
#define STLS_OBJECT_H

#include <sanstls/object.h>

#include "conninfo.h"
#include "context.h"
#include "drive.h"
#include "error.h"
#include "gather.h"
#include "hellocheck.h"
#include "owner.h"
#include "postauth.h"
#include "prelude.h"
#include "psk.h"
#include "sessions.h"
#include "state.h"
#include "verify.h"

struct stls_object {
  stls_context *context;
  stls_bio *incoming;
  stls_bio *outgoing;
  char *server_name;
  void *user_data;
  stls_state state;
  /* NULL once a context was chosen, or where none is: the drive has an SSL then,
   * and not before. A rejected object keeps it. */
  struct stls_prelude *prelude;
  struct stls_drive drive;
  struct stls_verify verify;
  struct stls_sessions sessions;
  struct stls_gather gather;
  struct stls_owner owner;
  struct stls_psk_run psk;
  struct stls_hellocheck hello;
  stls_conninfo *info;
  struct stls_postauth auth;
  /* The last call that was not legal: static texts, NULL for none. */
  const char *misused_call;
  const char *misuse;
  stls_reason misuse_reason;
  /* A call is at work. */
  bool busy;
  bool free_when_idle;
};

/*
 * The frame of every call that drives an object. `enter` answers STLS_OK, after
 * which `leave` must follow, or the result that the call returns at once: for
 * NULL and for a call from a callback. `leave` passes its result through; the
 * object may be gone afterwards. The error queue is guarded in between; by
 * `enter_data` only from the first operation of the drive on, which is for calls
 * that mostly do without OpenSSL.
 */
stls_result stls_object_enter(stls_object *object, const char *call);
stls_result stls_object_enter_data(stls_object *object, const char *call);
stls_result stls_object_leave(stls_object *object, stls_result result);

/* STLS_ERROR_MISUSE, remembered. Both texts are static. */
stls_result stls_object_misuse(stls_object *object, const char *call,
                               stls_reason reason, const char *why);

/* The same for a call that comes at the wrong point of the connection. */
stls_result stls_object_misplaced(stls_object *object, const char *call);

/*
 * What the state says to a call. STLS_OK with *out_run: go on; STLS_OK without:
 * there is nothing to do; else the call's result. A handshake that has to come
 * first is run.
 */
stls_result stls_object_admit(stls_object *object, stls_call kind,
                              const char *call, bool *out_run);

/* Moves the state after an operation of the drive; passes its result through. */
stls_result stls_object_settle(stls_object *object, stls_result result);

/* Makes the SSL of an object that has none, from this context; STLS_ERROR_MEMORY
 * with nothing changed. */
stls_result stls_object_open_ssl(stls_object *object, stls_context *context,
                                 stls_error *err);

/* What precedes the handshake where a context is to be chosen. STLS_OK: there is
 * an SSL now. */
stls_result stls_object_greet(stls_object *object);

/* Whether it is the application's turn to choose. */
bool stls_object_awaits_context(const stls_object *object);

/* Takes note of a message, and shows it to the context's observer. */
void stls_object_observe(stls_object *object, const stls_trace_event *event);

/* Goes on with the handshake, and takes the snapshot at its end. */
stls_result stls_object_shake(stls_object *object);

#endif
