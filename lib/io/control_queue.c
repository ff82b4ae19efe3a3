/* SPDX-License-Identifier: MIT */
/* control_queue: contents of records that another engine is to send. */
#include "io/control_queue.h"

#include <string.h>

#include "base/mem.h"

bool stls_control_queue_put(struct stls_control_queue *queue,
                            const struct stls_record_content *content)
{
  struct stls_control_record *record =
      stls_mem_zalloc(sizeof *record + content->len);

  if (record == NULL) return false;
  record->type = content->type;
  record->len = content->len;
  memcpy(record->content, content->spans->data, content->len);
  if (queue->tail != NULL)
    queue->tail->next = record;
  else
    queue->head = record;
  queue->tail = record;
  return true;
}

void stls_control_queue_drop(struct stls_control_queue *queue)
{
  struct stls_control_record *record = queue->head;

  queue->head = record->next;
  if (queue->head == NULL) queue->tail = NULL;
  stls_mem_free_clear(record, sizeof *record + record->len);
}

void stls_control_queue_clear(struct stls_control_queue *queue)
{
  while (queue->head != NULL) stls_control_queue_drop(queue);
}
