/* SPDX-License-Identifier: MIT */
/* record_labels: names the records of a direction by what an object's trace tells. */
#include "testing/record_labels.h"

#include <sanstls/constants.h>
#include <stdio.h>
#include <string.h>

#include "base/growing_array.h"
#include "base/mem.h"

static bool keep_last(struct stls_record_labels *labels,
                      stls_transcript *transcript);
static void add_message(struct stls_record_labels *labels, const char *name);
static bool attach(struct stls_record_labels *labels,
                   stls_transcript *transcript, size_t index);

void stls_record_labels_free(struct stls_record_labels *labels)
{
  stls_mem_free(labels->records);
  stls_mem_free(labels->texts);
  *labels = (struct stls_record_labels){0};
}

bool stls_record_labels_note(struct stls_record_labels *labels,
                             stls_transcript *transcript,
                             const stls_trace_event *event)
{
  const int type = event->content_type;

  if (type == STLS_CONTENT_HEADER) {
    if (labels->has_last && !keep_last(labels, transcript)) return false;
    labels->has_last = true;
  }
  if (type == STLS_CONTENT_HEADER || type == STLS_CONTENT_INNER_TYPE)
    snprintf(labels->last, sizeof labels->last, "%s",
             stls_content_type_name(event->message_type));
  else if (type == STLS_CONTENT_HANDSHAKE || type == STLS_CONTENT_ALERT)
    add_message(labels, stls_trace_message_name(event));
  return true;
}

bool stls_record_labels_end_record(struct stls_record_labels *labels,
                                   const stls_transcript *transcript,
                                   uint8_t type)
{
  if (!stls_growing_array_reserve(&labels->records, labels->num_records,
                                  &labels->cap_records,
                                  sizeof *labels->records))
    return false;
  labels->records[labels->num_records].step = transcript->num_steps - 1;
  labels->records[labels->num_records++].type = type;
  return true;
}

bool stls_record_labels_attach(struct stls_record_labels *labels,
                               stls_transcript *transcript)
{
  const size_t num_told = labels->num_texts + labels->has_last;

  while (labels->num_attached < num_told &&
         labels->num_attached < labels->num_records) {
    if (!attach(labels, transcript, labels->num_attached)) return false;
    labels->num_attached++;
  }
  return true;
}

static bool keep_last(struct stls_record_labels *labels,
                      stls_transcript *transcript)
{
  const char *text;

  if (!stls_growing_array_reserve(&labels->texts, labels->num_texts,
                                  &labels->cap_texts, sizeof *labels->texts))
    return false;
  text = stls_transcript_text(transcript, labels->last, strlen(labels->last));
  if (text == NULL) return false;
  labels->texts[labels->num_texts++] = text;
  return true;
}

/* A step that has the text already gets it again. A record has room for more messages
 * than anybody would read. */
static void add_message(struct stls_record_labels *labels, const char *name)
{
  const size_t len = strlen(labels->last), name_len = strlen(name);

  if (len + 1 + name_len >= sizeof labels->last) return;
  labels->last[len] = ' ';
  memcpy(labels->last + len + 1, name, name_len + 1);
  if (labels->num_attached > labels->num_texts)
    labels->num_attached = labels->num_texts;
}

/* A record that the object refused by its header may not have been told of: then the
 * texts are not those of the records any more, and there are none. */
static bool attach(struct stls_record_labels *labels,
                   stls_transcript *transcript, size_t index)
{
  const struct stls_labelled_record *record = &labels->records[index];
  const char *name = stls_content_type_name(record->type);
  const char *text = index < labels->num_texts
                         ? labels->texts[index]
                         : stls_transcript_text(transcript, labels->last,
                                                strlen(labels->last));

  if (text == NULL) return false;
  if (record->type != STLS_CONTENT_APPLICATION_DATA &&
      strncmp(text, name, strlen(name)) != 0)
    text = "";
  transcript->steps[record->step].message = text;
  return true;
}
