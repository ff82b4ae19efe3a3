/* SPDX-License-Identifier: MIT */
/* show: prints a transcript as a table for a person. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"

enum {
  TEXT_MAX = 60
};

/* Escape sequences of a terminal; empty elsewhere. */
struct colors {
  const char *in;
  const char *out;
  const char *call;
  const char *bad;
  const char *off;
};

static const struct colors plain = {"", "", "", "", ""};
static const struct colors bright = {"\033[32m", "\033[36m", "\033[1m",
                                     "\033[31m", "\033[0m"};

static const char *const facts[] = {"openssl", "library", "records",    "role",
                                    "seed",    "time",    "server-name"};

static bool is_secret(const stls_transcript *transcript, const char *fact);
static void show_header(const stls_transcript *transcript);
static void show_step(const stls_transcript_step *step,
                      const struct colors *colors, bool hex);
static void show_records(const stls_transcript_step *step, const char *flow,
                         const char *color, const struct colors *colors);
static void show_call(const stls_transcript_step *step,
                      const struct colors *colors);
static void show_text(stls_span data);
static void show_hex(stls_span data);

int show_command(const struct options *options)
{
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *transcript = NULL;
  const struct colors *colors = &plain;
  size_t num_steps;

  if (stls_transcript_load(options->words[0], &transcript, &err) != STLS_OK)
    return command_fail("show", &err);
  if (isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL) colors = &bright;
  show_header(transcript);
  puts("\n line  flow  bytes  what");
  num_steps = stls_transcript_step_count(transcript);
  for (size_t i = 0; i < num_steps; i++) {
    stls_transcript_step step = STLS_TRANSCRIPT_STEP_INIT;
    if (stls_transcript_step_at(transcript, i, &step, &err) == STLS_OK)
      show_step(&step, colors, options->hex);
  }
  stls_transcript_free(transcript);
  return COMMAND_DONE;
}

/* What is on a terminal is soon in a report. */
static bool is_secret(const stls_transcript *transcript, const char *fact)
{
  return stls_transcript_is_secret(transcript) && strcmp(fact, "seed") == 0;
}

static void show_header(const stls_transcript *transcript)
{
  for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
    const char *value = stls_transcript_header(transcript, facts[i]);
    if (value != NULL && !is_secret(transcript, facts[i]))
      printf(" %-12s %s\n", facts[i], value);
  }
  if (stls_transcript_is_secret(transcript))
    puts(" It has the seed from which the keys follow: it is secret.");
  if (!stls_transcript_is_exact(transcript))
    puts(" This OpenSSL does not make the same bytes.");
}

static void show_step(const stls_transcript_step *step,
                      const struct colors *colors, bool hex)
{
  printf("%5zu  ", step->line);
  switch (step->kind) {
    case STLS_STEP_RECORDS_IN:
      show_records(step, "in", colors->in, colors);
      break;
    case STLS_STEP_RECORDS_OUT:
      show_records(step, "out", colors->out, colors);
      break;
    case STLS_STEP_CALL:
      show_call(step, colors);
      break;
    case STLS_STEP_EOF_IN:
      printf("%sin%s           the transport ended\n", colors->in, colors->off);
      break;
    case STLS_STEP_EOF_OUT:
      printf("%sout%s          the transport takes no more\n", colors->out,
             colors->off);
      break;
    case STLS_STEP_KEPT:
      printf("out  %6" PRId64 "  not sent yet\n", step->number);
      break;
    case STLS_STEP_LIMIT:
      printf("out  %6" PRId64 "  at most may wait\n", step->number);
      break;
    case STLS_STEP_TIME:
      printf("time         %" PRId64 "\n", step->number);
      break;
  }
  if (hex && step->data.len > 0) show_hex(step->data);
}

static void show_records(const stls_transcript_step *step, const char *flow,
                         const char *color, const struct colors *colors)
{
  const bool has_message = step->message != NULL && *step->message != '\0';

  printf("%s%-4s %6zu%s  %s\n", color, flow, step->data.len, colors->off,
         has_message ? step->message : "a part of a record, or not read");
}

static void show_call(const stls_transcript_step *step,
                      const struct colors *colors)
{
  const char *const color = step->result < 0 ? colors->bad : colors->call;

  printf("call         %s%s%s %s", color, step->call, colors->off,
         stls_result_name(step->result));
  if (step->data.len > 0) show_text(step->data);
  putchar('\n');
}

static void show_text(stls_span data)
{
  const unsigned char *bytes = data.data;
  const size_t len = data.len < TEXT_MAX ? data.len : TEXT_MAX;

  printf(", %zu bytes: \"", data.len);
  for (size_t i = 0; i < len; i++)
    putchar(bytes[i] >= ' ' && bytes[i] < 127 && bytes[i] != '"' ? bytes[i]
                                                                 : '.');
  fputs(len < data.len ? "...\"" : "\"", stdout);
}

static void show_hex(stls_span data)
{
  const unsigned char *bytes = data.data;

  for (size_t i = 0; i < data.len; i++) {
    if (i % 32 == 0) printf("%s            ", i == 0 ? "" : "\n");
    printf("%02x", bytes[i]);
  }
  putchar('\n');
}
