/* SPDX-License-Identifier: MIT */
/* object_states: an endpoint in each situation that a call may find it in. */
#ifndef STLS_TEST_OBJECT_STATES_H
#define STLS_TEST_OBJECT_STATES_H

#include <sanstls/sanstls.h>

typedef enum scene_kind {
  /* Nothing was done yet. */
  SCENE_NEW,
  /* In the handshake: the peer's part has come; it is garbage; it is from
   * somebody who is not trusted; the transport has ended. */
  SCENE_SHAKING,
  SCENE_SHAKING_GARBAGE,
  SCENE_SHAKING_UNTRUSTED,
  SCENE_SHAKING_CUT,
  /* Established; a record waits; half a record; garbage; close_notify; a fatal
   * alert; the transport has ended; outgoing is full; the peer's message has come
   * in part (TLS 1.3); its KeyUpdate waits for an answer (TLS 1.3); some text is
   * corked; a whole record is corked, and outgoing is full; the transport takes no
   * more, and something waits in outgoing. */
  SCENE_OPEN,
  SCENE_DATA,
  SCENE_HALF,
  SCENE_GARBAGE,
  SCENE_CLOSING,
  SCENE_ALERT,
  SCENE_CUT,
  SCENE_FULL,
  SCENE_MESSAGE,
  SCENE_OWING,
  SCENE_CORKED,
  SCENE_STUFFED,
  SCENE_OUT_ENDED,
  /* Ends of all kinds. */
  SCENE_CLOSE_SENT,
  SCENE_CLOSE_RECEIVED,
  SCENE_CLOSED,
  SCENE_ABANDONED,
  SCENE_FAILED,
  NUM_SCENES
} scene_kind;

const char *scene_name(scene_kind kind);

/* What endpoints are made from: by role; for long messages between them; and for
 * those who trust nobody. */
typedef struct scene_stage {
  stls_protocol version;
  stls_context *contexts[2];
  stls_context *wordy[2];
  stls_context *distrusting[2];
} scene_stage;

void scene_stage_open(scene_stage *stage);
void scene_stage_open_version(scene_stage *stage, stls_protocol version);
void scene_stage_close(scene_stage *stage);

typedef struct test_scene {
  stls_object *self;
  stls_object *peer;
} test_scene;

/* An endpoint of this role in this situation, and its peer. */
test_scene scene_begin(const scene_stage *stage, scene_kind kind,
                       stls_role role);
void scene_end(test_scene *scene);

#endif
