/* SPDX-License-Identifier: MIT */
/* control_queue: contents of records that another engine is to send. */
#ifndef STLS_LIB_CONTROL_QUEUE_H
#define STLS_LIB_CONTROL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "records/record_protect.h"

struct stls_control_record {
  struct stls_control_record *next;
  uint8_t type;
  /* It ends in a KeyUpdate. */
  bool updates_key;
  size_t len;
  uint8_t content[];
};

/* Zeroes are empty. */
struct stls_control_queue {
  struct stls_control_record *head;
  struct stls_control_record *tail;
};

/* Appends a record with this content, which is all of one span. Padding is left out.
 * false when memory is short. */
bool stls_control_queue_put(struct stls_control_queue *queue,
                            const struct stls_record_content *content);

/* Wipes and frees the first record; there is one. */
void stls_control_queue_drop(struct stls_control_queue *queue);

void stls_control_queue_clear(struct stls_control_queue *queue);

#endif
