/* SPDX-License-Identifier: MIT */
/* world: the state of a walk: both sides, what is known of them, the fault. */
#ifndef STLS_MODEL_WORLD_H
#define STLS_MODEL_WORLD_H

#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <stdbool.h>

#include "rng.h"
#include "script.h"
#include "stream.h"

enum {
  CLIENT = 0,
  SERVER = 1,
  /* More than any write or read of a walk takes. */
  WORLD_MAX_DATA = 40000,
  WORLD_FAULT_SIZE = 1000
};

/* What the observer of a side's messages has counted. */
struct world_seen {
  /* Handshake messages that went out. */
  unsigned key_updates_out;
  unsigned requests_out;
  /* Requests of a certificate that came in. */
  unsigned requests_in;
  /* The content type of the last message that went out. */
  int last_out;
};

struct world;
struct reframe;

struct world_side {
  struct world *world;
  unsigned index;
  /* Ours, which is NULL for OpenSSL and once it was freed. */
  stls_context *context;
  /* The one that a server chooses; the same one, or another that is like it. */
  stls_context *chosen;
  stls_object *object;
  /* References of the walk's own, which outlive the object; with OpenSSL they
   * stand for its transport alone. */
  stls_bio *in;
  stls_bio *out;
  /* Bytes in transit to the peer at the end of a walk. */
  stls_bio *pipe;
  /* OpenSSL's. */
  SSL_CTX *ssl_ctx;
  SSL *ssl;
  struct reframe *reframe;

  /* Application data that was taken by writes, and given by reads. */
  uint64_t sent;
  uint64_t received;
  /* Bytes that were put into `in`, and taken out of `out`; what the walk itself
   * put into `out`. */
  struct stream_frames delivered;
  struct stream_frames carried;
  uint64_t plain_out;

  /* The end of `in` was written. */
  bool ended;
  /* That of `out` was. */
  bool out_ended;
  /* What is in `in` is not what the peer sent. */
  bool damaged;
  /* The peer's close_notify was read; ours has gone out. */
  bool close_read;
  bool close_sent;
  bool abandoned;
  bool established;
  /* The first failure. */
  stls_result failed;
  stls_error cause;
  /* Optional messages since the last data: limits end connections for them. */
  unsigned updates;

  struct world_seen seen;
  /* An observer is running; it has freed the object. */
  bool in_observer;
  bool is_freed;
  unsigned num_events;
  /* The newest to resume with; OpenSSL's. */
  stls_session *session;
  SSL_SESSION *ssl_session;
};

struct world {
  const struct script *script;
  struct world_side sides[2];
  /* Calls beyond the script, such as those in observers. */
  rng random;
  /* A failure is no fault. */
  bool may_fail;
  size_t step;
  const char *call;
  char fault[WORLD_FAULT_SIZE];
};

static inline uint32_t world_setting(const struct world *world,
                                     script_setting setting)
{
  return world->script->settings[setting];
}

static inline struct world_side *world_peer(struct world_side *side)
{
  return &side->world->sides[1 - side->index];
}

static inline bool world_has_fault(const struct world *world)
{
  return world->fault[0] != '\0';
}

/* Records a fault; only the first one is kept. */
void world_fault(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes that the object took of what was delivered, and that it has put out. */
uint64_t world_taken(const struct world_side *side);
uint64_t world_put(const struct world_side *side);

/* Whether the side has ended: it failed, was abandoned or freed. */
bool world_is_over(const struct world_side *side);

/* Update the counters after bytes were put into `in` or taken from `out`. */
void world_deliver(struct world_side *side, const void *bytes, size_t len);
void world_carry(struct world_side *side, const void *bytes, size_t len);

/* The end of the transport towards a side. */
void world_end(struct world_side *side);

#endif
