/* SPDX-License-Identifier: MIT */
/* transcript_line: reads and writes one step as a line of text. */
#include "testing/transcript_line.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "testing/call_name.h"
#include "testing/checksum.h"
#include "testing/hex.h"

/* The rest of a line, and what was found wrong with it. */
struct reader {
  const char *at;
  const char *end;
  stls_transcript_step step;
  struct stls_line_problem *problem;
};

struct word {
  const char *at;
  size_t len;
};

static bool read_checksum(struct reader *reader);
static void read_message(struct reader *reader, struct word *out_message);
static bool check_message(struct reader *reader, const struct word *message);
static bool read_step(struct reader *reader, struct word *out_data);
static bool read_eof(struct reader *reader);
static bool read_number(struct reader *reader);
static bool read_call(struct reader *reader, struct word *out_data);
static bool read_call_number(struct reader *reader, stls_call_number number);
static stls_result add(stls_transcript *transcript, struct reader *reader,
                       const struct word *data, const struct word *message);
static struct word next_word(struct reader *reader);
static bool is_word(const struct word *word, const char *text);
static bool refuse(struct reader *reader, const char *text);
static stls_result fail(struct reader *reader, const char *text);
static void put_call(const stls_transcript_step *step,
                     struct stls_string_buffer *out);

/* How a line begins, by the kind of its step. */
static const struct {
  const char *text;
  stls_step_kind kind;
  bool has_more;
} beginnings[] = {
    {"in", STLS_STEP_RECORDS_IN, false},   {"in+", STLS_STEP_RECORDS_IN, true},
    {"out", STLS_STEP_RECORDS_OUT, false}, {"eof", STLS_STEP_EOF_IN, false},
    {"kept", STLS_STEP_KEPT, false},       {"call", STLS_STEP_CALL, false},
    {"time", STLS_STEP_TIME, false},       {"limit", STLS_STEP_LIMIT, false}};

const char stls_transcript_line_changed[] =
    "it was changed: its checksum is another one (without one, it is not "
    "checked)";

stls_result stls_transcript_line_parse(stls_transcript *transcript,
                                       const char *text, size_t len,
                                       struct stls_line_problem *out_problem)
{
  const stls_transcript_step none = STLS_TRANSCRIPT_STEP_INIT;
  struct reader reader = {text, text + len, none, out_problem};
  struct word message, data = {NULL, 0};

  if (!read_checksum(&reader)) return STLS_ERROR_INPUT;
  read_message(&reader, &message);
  if (!read_step(&reader, &data)) return STLS_ERROR_INPUT;
  if (next_word(&reader).len > 0)
    return fail(&reader, "there is more on the line than its step has");
  if (!check_message(&reader, &message)) return STLS_ERROR_INPUT;
  return add(transcript, &reader, &data, &message);
}

void stls_transcript_line_format(const stls_transcript_step *step,
                                 struct stls_string_buffer *out)
{
  const size_t start = out->len;
  char number[32];

  if (step->kind == STLS_STEP_CALL) {
    put_call(step, out);
  } else if (step->kind == STLS_STEP_EOF_IN ||
             step->kind == STLS_STEP_EOF_OUT) {
    stls_string_buffer_puts(
        out, step->kind == STLS_STEP_EOF_IN ? "eof in" : "eof out");
  } else {
    const char *word = "";
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
      if (beginnings[i].kind == step->kind &&
          beginnings[i].has_more == step->has_more)
        word = beginnings[i].text;
    snprintf(number, sizeof number, "%-4s ", word);
    stls_string_buffer_puts(out, number);
    if (step->kind == STLS_STEP_KEPT || step->kind == STLS_STEP_TIME ||
        step->kind == STLS_STEP_LIMIT) {
      snprintf(number, sizeof number, "%lld", (long long)step->number);
      stls_string_buffer_puts(out, number);
    } else {
      stls_hex_put(out, step->data.data, step->data.len);
    }
  }
  stls_string_buffer_puts(out, step->message[0] == '\0' ? "  ;" : "  ; ");
  stls_string_buffer_puts(out, step->message);
  stls_checksum_put(out, start);
  stls_string_buffer_puts(out, "\n");
}

bool stls_transcript_line_number(const char *text, size_t len,
                                 uint64_t *out_number)
{
  uint64_t number = 0;

  for (size_t i = 0; i < len; i++) {
    const unsigned digit = (unsigned)(text[i] - '0');
    if (text[i] < '0' || digit > 9 || number > (UINT64_MAX - digit) / 10)
      return false;
    number = 10 * number + digit;
  }
  *out_number = number;
  return len > 0;
}

bool stls_transcript_line_signed(const char *text, size_t len,
                                 int64_t *out_number)
{
  const bool is_negative = len > 0 && text[0] == '-';
  uint64_t number;

  if (!stls_transcript_line_number(text + is_negative, len - is_negative,
                                   &number) ||
      number > INT64_MAX)
    return false;
  *out_number = is_negative ? -(int64_t)number : (int64_t)number;
  return true;
}

static bool read_checksum(struct reader *reader)
{
  size_t len = (size_t)(reader->end - reader->at);
  const stls_reason reason = stls_checksum_take(reader->at, &len);

  reader->end = reader->at + len;
  if (reason == STLS_REASON_NONE)
    return memchr(reader->at, '#', len) == NULL ||
           refuse(reader, "the checksum is not # and eight digits");
  reader->problem->reason = reason;
  reader->problem->text = stls_transcript_line_changed;
  return false;
}

static void read_message(struct reader *reader, struct word *out_message)
{
  const char *mark =
      memchr(reader->at, ';', (size_t)(reader->end - reader->at));

  *out_message = (struct word){"", 0};
  if (mark == NULL) return;
  out_message->at = mark + 1;
  while (out_message->at < reader->end && *out_message->at == ' ')
    out_message->at++;
  out_message->len = (size_t)(reader->end - out_message->at);
  while (out_message->len > 0 && out_message->at[out_message->len - 1] == ' ')
    out_message->len--;
  reader->end = mark;
}

static bool check_message(struct reader *reader, const struct word *message)
{
  const stls_step_kind kind = reader->step.kind;

  if (message->len > 0 && kind != STLS_STEP_RECORDS_IN &&
      kind != STLS_STEP_RECORDS_OUT)
    return refuse(reader, "only records have a message behind the semicolon");
  for (size_t i = 0; i < message->len; i++) {
    const char at = message->at[i];
    const bool is_letter = at >= 'a' && at <= 'z';
    if (!is_letter && !(at >= '0' && at <= '9') && at != '_' && at != ' ')
      return refuse(reader,
                    "a character is not possible in the name of a message");
  }
  return true;
}

static bool read_step(struct reader *reader, struct word *out_data)
{
  const struct word word = next_word(reader);
  const size_t num = sizeof beginnings / sizeof beginnings[0];
  size_t i = 0;

  while (i < num && !is_word(&word, beginnings[i].text)) i++;
  if (i == num)
    return refuse(reader,
                  "it begins with none of in, in+, out, eof, kept, "
                  "call, time, limit and end");
  reader->step.kind = beginnings[i].kind;
  reader->step.has_more = beginnings[i].has_more;
  switch (reader->step.kind) {
    case STLS_STEP_EOF_IN:
      return read_eof(reader);
    case STLS_STEP_KEPT:
    case STLS_STEP_TIME:
    case STLS_STEP_LIMIT:
      return read_number(reader);
    case STLS_STEP_CALL:
      return read_call(reader, out_data);
    default:
      *out_data = next_word(reader);
      return out_data->len > 0 ? true : refuse(reader, "it has no bytes");
  }
}

static bool read_eof(struct reader *reader)
{
  const struct word word = next_word(reader);

  if (is_word(&word, "out")) reader->step.kind = STLS_STEP_EOF_OUT;
  return is_word(&word, "in") || is_word(&word, "out")
             ? true
             : refuse(reader, "eof is followed by neither in nor out");
}

static bool read_number(struct reader *reader)
{
  const struct word word = next_word(reader);
  const bool is_number =
      stls_transcript_line_signed(word.at, word.len, &reader->step.number);

  if (!is_number ||
      (reader->step.kind != STLS_STEP_TIME && reader->step.number < 0))
    return refuse(reader, "the number is missing, or is none");
  return true;
}

static bool read_call(struct reader *reader, struct word *out_data)
{
  struct word word = next_word(reader);
  stls_call_number number;

  reader->step.call = stls_call_name_find(word.at, word.len, &number);
  if (reader->step.call == NULL) return refuse(reader, "the call is unknown");
  if (!read_call_number(reader, number)) return false;
  word = next_word(reader);
  if (!stls_call_name_result(word.at, word.len, &reader->step.result))
    return refuse(reader, "the result is missing, or unknown");
  *out_data = next_word(reader);
  if (out_data->len > 0 && number != STLS_CALL_NUMBER_LEN)
    return refuse(reader, "a call that moves no data has some");
  if (out_data->len / 2 > reader->step.asked)
    return refuse(reader, "the call has moved more than it was asked to");
  return true;
}

static bool read_call_number(struct reader *reader, stls_call_number number)
{
  uint64_t len = 0;
  int64_t argument = 0;
  struct word word;

  if (number == STLS_CALL_NUMBER_NONE) return true;
  word = next_word(reader);
  if (number == STLS_CALL_NUMBER_LEN) {
    if (!stls_transcript_line_number(word.at, word.len, &len) || len > SIZE_MAX)
      return refuse(reader, "the length of the call is missing, or no number");
    reader->step.asked = (size_t)len;
    return true;
  }
  if (!stls_transcript_line_signed(word.at, word.len, &argument) ||
      argument < INT_MIN || argument > INT_MAX)
    return refuse(reader, "the argument of the call is missing, or no number");
  reader->step.argument = (int)argument;
  return true;
}

static stls_result add(stls_transcript *transcript, struct reader *reader,
                       const struct word *data, const struct word *message)
{
  stls_transcript_step *step;
  uint8_t *bytes;

  if (data->len % 2 != 0) return fail(reader, "the bytes end within one");
  if (data->len > 0) {
    bytes = stls_arena_alloc(&transcript->arena, data->len / 2);
    if (bytes == NULL) return STLS_ERROR_MEMORY;
    if (!stls_hex_read(data->at, data->len, bytes))
      return fail(reader, "the bytes are not hexadecimal digits (0-9, a-f)");
    reader->step.data = (stls_span){bytes, data->len / 2};
  }
  step = stls_transcript_append(transcript, &reader->step);
  if (step == NULL ||
      !stls_transcript_set_message(transcript, step, message->at, message->len))
    return STLS_ERROR_MEMORY;
  return STLS_OK;
}

/* Words are apart by blanks. An empty one is the end. */
static struct word next_word(struct reader *reader)
{
  struct word word;

  while (reader->at < reader->end && *reader->at == ' ') reader->at++;
  word.at = reader->at;
  while (reader->at < reader->end && *reader->at != ' ') reader->at++;
  word.len = (size_t)(reader->at - word.at);
  return word;
}

static bool is_word(const struct word *word, const char *text)
{
  return strlen(text) == word->len && memcmp(text, word->at, word->len) == 0;
}

/* false, for a call in a return. */
static bool refuse(struct reader *reader, const char *text)
{
  reader->problem->reason = STLS_REASON_MALFORMED;
  reader->problem->text = text;
  return false;
}

static stls_result fail(struct reader *reader, const char *text)
{
  (void)refuse(reader, text);
  return STLS_ERROR_INPUT;
}

static void put_call(const stls_transcript_step *step,
                     struct stls_string_buffer *out)
{
  stls_call_number kind = STLS_CALL_NUMBER_NONE;
  char number[32] = "", result[STLS_CALL_NAME_RESULT_SIZE];

  (void)!stls_call_name_find(step->call, strlen(step->call), &kind);
  if (kind == STLS_CALL_NUMBER_LEN)
    snprintf(number, sizeof number, " %zu", step->asked);
  if (kind == STLS_CALL_NUMBER_ARGUMENT)
    snprintf(number, sizeof number, " %d", step->argument);
  stls_call_name_of_result(step->result, result);
  stls_string_buffer_puts(out, "call ");
  stls_string_buffer_puts(out, step->call);
  stls_string_buffer_puts(out, number);
  stls_string_buffer_puts(out, " ");
  stls_string_buffer_puts(out, result);
  if (step->data.len == 0) return;
  stls_string_buffer_puts(out, " ");
  stls_hex_put(out, step->data.data, step->data.len);
}
