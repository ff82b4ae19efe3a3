/* SPDX-License-Identifier: MIT */
/* object: creates and frees an endpoint. */
#ifndef STLS_LIB_OBJECT_H
#define STLS_LIB_OBJECT_H

#include <sanstls/conninfo.h>
#include <sanstls/object.h>
#include <sanstls/trace.h>

#include "base/error.h"
#include "context/client_hello_check.h"
#include "context/context.h"
#include "context/peer_verify.h"
#include "context/psk_callbacks.h"
#include "context/resumption.h"
#include "context/ssl_owner.h"
#include "context/stapling.h"
#include "endpoint/conninfo.h"
#include "endpoint/cork_buffer.h"
#include "endpoint/hello_buffer.h"
#include "endpoint/post_handshake_auth.h"
#include "endpoint/state.h"
#include "io/ssl_io.h"

/* What an object is doing. Calls can begin at once only if it is nothing. */
typedef enum stls_activity {
  STLS_ACTIVITY_NONE = 0,
  /* A call is running. */
  STLS_ACTIVITY_RUNNING,
  /* No call is running, and the next one has to be told to the observer. */
  STLS_ACTIVITY_OBSERVED
} stls_activity;

struct stls_object_observer;

struct stls_object {
  stls_context *context;
  stls_bio *incoming;
  stls_bio *outgoing;
  char *server_name;
  void *user_data;
  stls_state state;
  /* NULL unless a context is to be chosen, and from the choice on. `io` has an
   * SSL exactly when this is NULL. A rejected object keeps it. */
  struct stls_hello_buffer *hello_buffer;
  struct stls_ssl_bios io;
  struct stls_peer_verify verify;
  struct stls_resumption resumption;
  struct stls_cork_buffer cork;
  struct stls_ssl_owner owner;
  struct stls_psk_callbacks psk;
  struct stls_client_hello_check hello_check;
  struct stls_stapling_state stapling;
  stls_conninfo *info;
  struct stls_post_handshake_auth auth;
  /* The last misuse: static texts, NULL for none. */
  const char *misused_call;
  const char *misuse;
  stls_reason misuse_reason;
  /* An stls_activity, which compares in one instruction as a byte. */
  uint8_t activity;
  bool free_when_idle;
  /* Another engine has the records of a direction, or of both. */
  bool is_handed_over;
  /* NULL for none. */
  struct stls_object_observer *observer;
};

/* Whether a call is running. */
static inline bool stls_object_is_busy(const stls_object *object)
{
  return object->activity == STLS_ACTIVITY_RUNNING;
}

/* Creates the SSL of an object that has none, from this context.
 * STLS_ERROR_MEMORY, or the failure of stls_policy_digest_bind, with nothing
 * changed. */
stls_result stls_object_open_ssl(stls_object *object, stls_context *context,
                                 stls_error *err);

/* Records a message and passes it to the trace callback. */
void stls_object_observe(stls_object *object, const stls_trace_event *event);

#endif
