/* SPDX-License-Identifier: MIT */
/* judge: checks what must hold after every call on an object. */
#ifndef STLS_MODEL_JUDGE_H
#define STLS_MODEL_JUDGE_H

#include "world.h"

typedef enum judge_call {
  CALL_HANDSHAKE,
  CALL_READ,
  CALL_PEEK,
  CALL_WRITE,
  CALL_CORK,
  CALL_FLUSH,
  CALL_CLOSE_WRITE,
  CALL_UNWRAP,
  CALL_KEY_UPDATE,
  CALL_VERIFY_CLIENT,
  CALL_ANSWER,
  CALL_REJECT,
  /* Changes nothing that can be seen. */
  CALL_LOOK
} judge_call;

/* What the getters of an object and of its bios return. */
struct judge_view {
  unsigned wants;
  size_t in_pending;
  size_t out_pending;
  size_t in_room;
  size_t corked;
  uint64_t taken;
  uint64_t put;
  stls_result result;
  stls_error error;
  bool awaits_context;
  stls_client_auth auth;
  struct world_seen seen;
};

struct judge {
  struct world_side *side;
  judge_call call;
  /* Bytes of application data: offered or room for; taken or read. */
  size_t len;
  size_t done;
  /* The call brings bytes of its own, as stls_object_read_from does. */
  bool feeds;
  struct judge_view before;
  struct judge_view after;
};

/* Before a call on the side's object. `name` is a static text for reports. */
void judge_begin(struct judge *judge, struct world_side *side, judge_call call,
                 const char *name, size_t len);

/* After the call. The object may be gone: an observer can free it. */
void judge_end(struct judge *judge, stls_result result, size_t done);

/* Puts foreign entries into the error queue, and checks that there are no
 * others in it. */
void judge_plant(const struct world *world);
void judge_queue(struct world *world);

#endif
