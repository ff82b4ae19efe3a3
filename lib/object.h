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
#include "postauth.h"
#include "state.h"
#include "verify.h"

struct stls_object {
  stls_context *context;
  stls_bio *incoming;
  stls_bio *outgoing;
  char *server_name;
  void *user_data;
  stls_state state;
  struct stls_drive drive;
  struct stls_verify verify;
  struct stls_gather gather;
  stls_conninfo *info;
  struct stls_postauth auth;
  /* The last call that was not legal: static texts, NULL for none. */
  const char *misused_call;
  const char *misuse;
  stls_error_guard guard;
  /* A call is at work. */
  bool busy;
  bool free_when_idle;
};

/*
 * The frame of every call that drives an object. `enter` answers STLS_OK, after
 * which `leave` must follow, or the result that the call returns at once: for
 * NULL and for a call from a callback. `leave` passes its result through; the
 * object may be gone afterwards.
 */
stls_result stls_object_enter(stls_object *object, const char *call);
stls_result stls_object_leave(stls_object *object, stls_result result);

/* STLS_ERROR_MISUSE, remembered. Both texts are static. */
stls_result stls_object_misuse(stls_object *object, const char *call,
                               const char *why);

/*
 * What the state says to a call. STLS_OK with *out_run: go on; STLS_OK without:
 * there is nothing to do; else the call's result. A handshake that has to come
 * first is run.
 */
stls_result stls_object_admit(stls_object *object, stls_call kind,
                              const char *call, bool *out_run);

/* Moves the state after an operation of the drive; passes its result through. */
stls_result stls_object_settle(stls_object *object, stls_result result);

/* Goes on with the handshake, and takes the snapshot at its end. */
stls_result stls_object_shake(stls_object *object);

#endif
