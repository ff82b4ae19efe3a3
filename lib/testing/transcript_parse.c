/* SPDX-License-Identifier: MIT */
/* transcript_parse: reads a transcript from text. */
#include <sanstls/trace.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "testing/checksum.h"
#include "testing/message_check.h"
#include "testing/random_seed.h"
#include "testing/transcript.h"
#include "testing/transcript_format.h"
#include "testing/transcript_line.h"

#define VERSION_PREFIX "sanstls-transcript "

/* The text behind the lines that were read, and the last of them. */
struct reader {
  const char *at;
  const char *end;
  const char *line;
  size_t line_len;
  size_t number;
  const char *name;
  stls_error *err;
  /* Where the records of both directions are, by stls_flow. */
  struct stls_record_cursor cursors[2];
};

static const char not_followed[] =
    "the line before says \"in+\", and this one is none of \"in\"";

static stls_result read_all(struct reader *reader, stls_transcript *transcript);
static stls_result read_version(struct reader *reader,
                                stls_transcript *transcript);
static stls_result read_headers(struct reader *reader,
                                stls_transcript *transcript);
static stls_result read_header(struct reader *reader,
                               stls_transcript *transcript);
static bool is_name(const char *text, size_t len);
static bool is_text(const char *text, size_t len);
static stls_result check_headers(struct reader *reader,
                                 stls_transcript *transcript);
static stls_result read_numbers(struct reader *reader,
                                stls_transcript *transcript);
static stls_result read_seed(struct reader *reader,
                             stls_transcript *transcript);
static stls_result read_steps(struct reader *reader,
                              stls_transcript *transcript);
static stls_result check_step(struct reader *reader,
                              const stls_transcript *transcript);
static bool awaits_more(const stls_transcript *transcript, size_t index);
static bool next_line(struct reader *reader);
static bool is_line(const struct reader *reader, const char *text);
static stls_result refuse(struct reader *reader, stls_reason reason,
                          const char *text);

stls_result stls_transcript_parse(const char *text, size_t text_len,
                                  const char *name,
                                  stls_transcript **out_transcript,
                                  stls_error *err)
{
  struct reader reader = {.name = name != NULL ? name : "transcript",
                          .err = err};
  stls_transcript *transcript;
  stls_result result;

  if (text == NULL) return stls_error_null(err, "text");
  if (out_transcript == NULL) return stls_error_null(err, "out_transcript");
  transcript = stls_transcript_make();
  if (transcript == NULL) return stls_error_memory(err);
  reader.at = text;
  reader.end = text + text_len;
  result = read_all(&reader, transcript);
  if (result == STLS_OK)
    *out_transcript = transcript;
  else
    stls_transcript_free(transcript);
  return result == STLS_ERROR_MEMORY ? stls_error_memory(err) : result;
}

static stls_result read_all(struct reader *reader, stls_transcript *transcript)
{
  stls_result result = read_version(reader, transcript);

  if (result == STLS_OK) result = read_headers(reader, transcript);
  if (result == STLS_OK) result = check_headers(reader, transcript);
  if (result == STLS_OK) result = read_steps(reader, transcript);
  return result;
}

static stls_result read_version(struct reader *reader,
                                stls_transcript *transcript)
{
  const size_t prefix_len = sizeof VERSION_PREFIX - 1;

  if (!next_line(reader))
    return refuse(reader, STLS_REASON_EMPTY, "it has no line");
  transcript->is_secret = is_line(reader, STLS_TRANSCRIPT_SECRET);
  if (transcript->is_secret && !next_line(reader))
    return refuse(reader, STLS_REASON_MALFORMED, "the next line is missing");
  if (reader->line_len <= prefix_len ||
      memcmp(reader->line, VERSION_PREFIX, prefix_len) != 0)
    return refuse(reader, STLS_REASON_MALFORMED,
                  "it does not say \"" STLS_TRANSCRIPT_VERSION "\"");
  if (is_line(reader, STLS_TRANSCRIPT_VERSION)) return STLS_OK;
  return stls_error_fail(
      reader->err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
      "%s: line %zu: this library knows version 1 of the format, and not "
      "\"%.*s\"",
      reader->name, reader->number,
      (int)(reader->line_len - prefix_len < 20 ? reader->line_len - prefix_len
                                               : 20),
      reader->line + prefix_len);
}

static stls_result read_headers(struct reader *reader,
                                stls_transcript *transcript)
{
  while (next_line(reader)) {
    stls_result result;
    if (reader->line_len == 0) return STLS_OK;
    result = read_header(reader, transcript);
    if (result != STLS_OK) return result;
  }
  return refuse(reader, STLS_REASON_MALFORMED,
                "the header does not end with an empty line");
}

static stls_result read_header(struct reader *reader,
                               stls_transcript *transcript)
{
  const stls_reason reason =
      stls_checksum_take(reader->line, &reader->line_len);
  const char *mark = memchr(reader->line, ':', reader->line_len);
  const char *value;
  size_t name_len, value_len;

  if (reason != STLS_REASON_NONE)
    return refuse(reader, reason, stls_transcript_line_changed);
  if (mark == NULL || reader->line + reader->line_len - mark < 3 ||
      mark[1] != ' ')
    return refuse(reader, STLS_REASON_MALFORMED,
                  "it is not \"name: value\", as a line of the header is");
  name_len = (size_t)(mark - reader->line);
  value = mark + 2;
  value_len = (size_t)(reader->line + reader->line_len - value);
  if (!is_name(reader->line, name_len) || !is_text(value, value_len))
    return refuse(reader, STLS_REASON_MALFORMED,
                  "a character is not possible in a line of the header");
  for (size_t i = 0; i < transcript->num_headers; i++) {
    const char *name = transcript->headers[i].name;
    if (strlen(name) == name_len && memcmp(name, reader->line, name_len) == 0)
      return refuse(reader, STLS_REASON_CONFLICT,
                    "the header has a line of this name already");
  }
  if (transcript->num_headers == STLS_TRANSCRIPT_HEADERS_MAX)
    return refuse(reader, STLS_REASON_OUT_OF_RANGE,
                  "the header has too many lines");
  return stls_transcript_add_header(transcript, reader->line, name_len, value,
                                    value_len)
             ? STLS_OK
             : STLS_ERROR_MEMORY;
}

static bool is_name(const char *text, size_t len)
{
  for (size_t i = 0; i < len; i++) {
    const bool is_letter = text[i] >= 'a' && text[i] <= 'z';
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (!is_letter && !is_digit && text[i] != '.' && text[i] != '-')
      return false;
  }
  return len > 0;
}

static bool is_text(const char *text, size_t len)
{
  for (size_t i = 0; i < len; i++)
    if ((unsigned char)text[i] < ' ' || text[i] == 127) return false;
  return len > 0;
}

/* The empty line behind it is the one that is named where something is missing. */
static stls_result check_headers(struct reader *reader,
                                 stls_transcript *transcript)
{
  const char *role = stls_transcript_header(transcript, "role");

  if (stls_transcript_header(transcript, "openssl") == NULL)
    return refuse(reader, STLS_REASON_MALFORMED,
                  "the header has no line \"openssl: VERSION\"");
  if (role == NULL ||
      (strcmp(role, "client") != 0 && strcmp(role, "server") != 0))
    return refuse(
        reader, STLS_REASON_MALFORMED,
        "the header has no line \"role: client\" or \"role: server\"");
  transcript->role = strcmp(role, "client") == 0 ? STLS_CLIENT : STLS_SERVER;
  return read_numbers(reader, transcript);
}

static stls_result read_numbers(struct reader *reader,
                                stls_transcript *transcript)
{
  const char *time = stls_transcript_header(transcript, "time");

  if (time != NULL &&
      !stls_transcript_line_signed(time, strlen(time), &transcript->time))
    return refuse(reader, STLS_REASON_MALFORMED,
                  "the header's time is no number");
  return read_seed(reader, transcript);
}

static stls_result read_seed(struct reader *reader,
                             stls_transcript *transcript)
{
  const char *text = stls_transcript_header(transcript, "seed");
  const char *peer = stls_transcript_header(transcript, "peer.seed");
  struct stls_random_seed seed = {0};
  const bool is_good =
      text == NULL || strcmp(text, STLS_TRANSCRIPT_NO_SEED) == 0 ||
                 stls_random_seed_parse(text, &seed);
  const bool is_secret =
      seed.is_key || (peer != NULL && stls_random_seed_is_key(peer));

  transcript->seed = seed.number;
  stls_mem_wipe(&seed, sizeof seed);
  if (!is_good)
    return refuse(reader, STLS_REASON_MALFORMED,
                  "the header's seed is no number");
  if (is_secret && !transcript->is_secret)
    return refuse(reader, STLS_REASON_MALFORMED,
                  "the header has a secret seed, but the first line of the "
                  "text is not that of a secret");
  return STLS_OK;
}

static stls_result read_steps(struct reader *reader,
                              stls_transcript *transcript)
{
  while (next_line(reader)) {
    struct stls_line_problem problem = {STLS_REASON_MALFORMED, ""};
    stls_result result;
    if (is_line(reader, STLS_TRANSCRIPT_END)) {
      if (awaits_more(transcript, transcript->num_steps))
        return refuse(reader, STLS_REASON_MALFORMED, not_followed);
      if (!next_line(reader)) return STLS_OK;
      return refuse(reader, STLS_REASON_TRAILING_DATA,
                    "there is more behind the line \"end\"");
    }
    result = stls_transcript_line_parse(transcript, reader->line,
                                        reader->line_len, &problem);
    if (result == STLS_ERROR_INPUT)
      return refuse(reader, problem.reason, problem.text);
    if (result == STLS_OK) result = check_step(reader, transcript);
    if (result != STLS_OK) return result;
  }
  return refuse(reader, STLS_REASON_MALFORMED,
                "the last line is not \"end\": the text was cut");
}

/* What the step that was just added has to do with those before it. */
static stls_result check_step(struct reader *reader,
                              const stls_transcript *transcript)
{
  const size_t index = transcript->num_steps - 1;
  const stls_transcript_step *step = &transcript->steps[index];
  const char *problem = NULL;

  if (awaits_more(transcript, index) && step->kind != STLS_STEP_RECORDS_IN)
    problem = not_followed;
  else if (step->kind == STLS_STEP_RECORDS_IN)
    problem = stls_message_check_next(&reader->cursors[STLS_RECORDS_IN], step);
  else if (step->kind == STLS_STEP_RECORDS_OUT)
    problem = stls_message_check_next(&reader->cursors[STLS_RECORDS_OUT], step);
  return problem == NULL ? STLS_OK
                         : refuse(reader, STLS_REASON_MALFORMED, problem);
}

/* Whether the step before this one says that it arrived together with it. */
static bool awaits_more(const stls_transcript *transcript, size_t index)
{
  return index > 0 && transcript->steps[index - 1].has_more;
}

/* The last line needs no end. A carriage return before it belongs to it. */
static bool next_line(struct reader *reader)
{
  const char *end;

  if (reader->at == reader->end) return false;
  end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
  reader->line = reader->at;
  reader->at = end == NULL ? reader->end : end + 1;
  if (end == NULL) end = reader->end;
  reader->line_len = (size_t)(end - reader->line);
  if (reader->line_len > 0 && reader->line[reader->line_len - 1] == '\r')
    reader->line_len--;
  reader->number++;
  return true;
}

static bool is_line(const struct reader *reader, const char *text)
{
  return strlen(text) == reader->line_len &&
         memcmp(text, reader->line, reader->line_len) == 0;
}

static stls_result refuse(struct reader *reader, stls_reason reason,
                          const char *text)
{
  return stls_error_fail(reader->err, STLS_ERROR_INPUT, reason,
                         "%s: line %zu: %s", reader->name, reader->number,
                         text);
}
