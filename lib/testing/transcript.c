/* SPDX-License-Identifier: MIT */
/* transcript: holds what was recorded of a connection. */
#include "testing/transcript.h"

#include <string.h>

#include "base/error.h"
#include "base/growing_array.h"
#include "base/mem.h"
#include "base/sized_struct.h"
#include "testing/openssl_build.h"

STLS_SIZED_STRUCT(step_layout, stls_transcript_step,
                  STLS_SIZED_END(stls_transcript_step, kind),
                  STLS_SIZED_END(stls_transcript_step, line),
                  STLS_SIZED_END(stls_transcript_step, data),
                  STLS_SIZED_END(stls_transcript_step, message),
                  STLS_SIZED_END(stls_transcript_step, has_more),
                  STLS_SIZED_END(stls_transcript_step, call),
                  STLS_SIZED_END(stls_transcript_step, result),
                  STLS_SIZED_END(stls_transcript_step, argument),
                  STLS_SIZED_END(stls_transcript_step, asked),
                  STLS_SIZED_END(stls_transcript_step, number));

stls_transcript *stls_transcript_make(void)
{
  return stls_mem_zalloc(sizeof(stls_transcript));
}

void stls_transcript_free(stls_transcript *transcript)
{
  if (transcript == NULL) return;
  if (transcript->recording != NULL) *transcript->recording = NULL;
  stls_arena_free_clear(&transcript->arena);
  stls_mem_free(transcript->headers);
  stls_mem_free(transcript->steps);
  stls_mem_free(transcript);
}

stls_role stls_transcript_role(const stls_transcript *transcript)
{
  return transcript == NULL ? STLS_CLIENT : transcript->role;
}

uint64_t stls_transcript_seed(const stls_transcript *transcript)
{
  return transcript == NULL ? 0 : transcript->seed;
}

int64_t stls_transcript_time(const stls_transcript *transcript)
{
  return transcript == NULL ? 0 : transcript->time;
}

bool stls_transcript_is_exact(const stls_transcript *transcript)
{
  return transcript != NULL &&
         stls_openssl_build_is_same(
             stls_transcript_header(transcript, "openssl"),
             stls_transcript_header(transcript, "openssl-build"));
}

bool stls_transcript_is_secret(const stls_transcript *transcript)
{
  return transcript != NULL && transcript->is_secret;
}

const char *stls_transcript_header(const stls_transcript *transcript,
                                   const char *name)
{
  if (transcript == NULL || name == NULL) return NULL;
  for (size_t i = 0; i < transcript->num_headers; i++)
    if (strcmp(transcript->headers[i].name, name) == 0)
      return transcript->headers[i].value;
  return NULL;
}

size_t stls_transcript_header_count(const stls_transcript *transcript)
{
  return transcript == NULL ? 0 : transcript->num_headers;
}

const char *stls_transcript_header_at(const stls_transcript *transcript,
                                      size_t index, const char **out_name)
{
  const bool is_there = transcript != NULL && index < transcript->num_headers;

  if (out_name != NULL)
    *out_name = is_there ? transcript->headers[index].name : NULL;
  return is_there ? transcript->headers[index].value : NULL;
}

size_t stls_transcript_step_count(const stls_transcript *transcript)
{
  return transcript == NULL ? 0 : transcript->num_steps;
}

stls_result stls_transcript_step_at(const stls_transcript *transcript,
                                    size_t index,
                                    stls_transcript_step *out_step,
                                    stls_error *err)
{
  stls_transcript_step step;
  stls_result result =
      stls_sized_struct_check(&step_layout, out_step, "out_step", err);

  if (transcript == NULL) return stls_error_null(err, "transcript");
  if (result != STLS_OK) return result;
  if (index >= transcript->num_steps)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "step %zu of a transcript that has %zu", index,
                           transcript->num_steps);
  step = transcript->steps[index];
  step.line = stls_transcript_body_line(transcript) + index;
  stls_sized_struct_write(&step_layout, out_step, &step);
  return STLS_OK;
}

bool stls_transcript_add_header(stls_transcript *transcript, const char *name,
                                size_t name_len, const char *value,
                                size_t value_len)
{
  struct stls_transcript_header header;

  if (!stls_growing_array_reserve(&transcript->headers, transcript->num_headers,
                                  &transcript->cap_headers, sizeof header))
    return false;
  header.name = stls_arena_dup(&transcript->arena, name, name_len);
  header.value = stls_arena_dup(&transcript->arena, value, value_len);
  if (header.name == NULL || header.value == NULL) return false;
  transcript->headers[transcript->num_headers++] = header;
  return true;
}

stls_transcript_step *stls_transcript_append(stls_transcript *transcript,
                                             const stls_transcript_step *step)
{
  stls_transcript_step *added;

  if (!stls_growing_array_reserve(&transcript->steps, transcript->num_steps,
                                  &transcript->cap_steps, sizeof *step))
    return NULL;
  added = &transcript->steps[transcript->num_steps++];
  *added = *step;
  added->message = "";
  return added;
}

stls_transcript_step *stls_transcript_add_step(stls_transcript *transcript,
                                               const stls_transcript_step *step)
{
  stls_transcript_step copy = *step, *added;

  if (step->data.len > 0) {
    void *data = stls_arena_alloc(&transcript->arena, step->data.len);
    if (data == NULL) return NULL;
    memcpy(data, step->data.data, step->data.len);
    copy.data.data = data;
  }
  added = stls_transcript_append(transcript, &copy);
  if (added != NULL && step->message != NULL &&
      !stls_transcript_set_message(transcript, added, step->message,
                                   strlen(step->message)))
    return NULL;
  return added;
}

bool stls_transcript_set_message(stls_transcript *transcript,
                                 stls_transcript_step *step, const char *text,
                                 size_t len)
{
  const char *copy = stls_transcript_text(transcript, text, len);

  if (copy != NULL) step->message = copy;
  return copy != NULL;
}

const char *stls_transcript_text(stls_transcript *transcript, const char *text,
                                 size_t len)
{
  static const char usual[] = "application_data";

  /* Long transcripts consist of it. */
  if (len == sizeof usual - 1 && memcmp(text, usual, len) == 0) return usual;
  return len == 0 ? "" : stls_arena_dup(&transcript->arena, text, len);
}

/* Behind the version, the header and an empty line. */
size_t stls_transcript_body_line(const stls_transcript *transcript)
{
  return transcript->num_headers + (transcript->is_secret ? 4 : 3);
}
