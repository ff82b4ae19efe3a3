/* SPDX-License-Identifier: MIT */
/* handover_end: an endpoint whose records an engine of the test has. */
#ifndef STLS_TEST_HANDOVER_END_H
#define STLS_TEST_HANDOVER_END_H

#include "record_engine.h"
#include "support/pair.h"

enum {
  HANDOVER_END_DATA = 200000
};

/* One end of a connection. It does what a program with kTLS does, and the engine of
 * the test is in the kernel's place. */
struct handover_end {
  stls_object *self;
  struct handover_end *other;
  /* By stls_flow: the engine has the direction. */
  bool has[2];
  stls_record_state states[2];
  /* What arrived and was not opened. */
  uint8_t wire[HANDOVER_END_DATA];
  size_t wire_len;
  uint8_t got[HANDOVER_END_DATA];
  size_t num_got;
  size_t padding;
  /* The result of the last call that took records of the peer. */
  stls_result received;
  bool is_mid_message;
  /* What was exchanged beside data. */
  size_t num_in;
  size_t num_out;
  size_t num_keys[2];
  int last_type;
  uint8_t last_content[RECORD_ENGINE_MAX];
  size_t last_len;
};

/* Joins the two sides of an established pair; all is delivered before. */
void handover_end_join(test_pair *pair, struct handover_end *client,
                       struct handover_end *server);

/* Gives a direction to the engine. */
void handover_end_export(struct handover_end *end, stls_flow flow);

/* Sends bytes, by the engine or the object, in records of up to `most` bytes. */
void handover_end_send(struct handover_end *end, const void *data, size_t len,
                       size_t most);

/* Seals and delivers one record of any content. */
void handover_end_send_record(struct handover_end *end, int type,
                              const void *content, size_t len);

/* Takes what the other side has sent, to its end. */
void handover_end_receive(struct handover_end *end);

/* Sends the control records that wait, and takes the keys behind KeyUpdates. */
void handover_end_flush(struct handover_end *end);

/* Delivers and takes on both sides until nothing moves. */
void handover_end_settle(struct handover_end *end);

#endif
