/* SPDX-License-Identifier: MIT */
/* main: runs the commands of sanstls-transcript. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"

struct command {
  const char *name;
  int (*run)(const struct options *options);
  /* How many words it takes. */
  size_t min_words;
  size_t max_words;
  const char *usage;
  const char *job;
};

static const struct command commands[] = {
    {"record", record_command, 0, 1,
     "record SCENARIO | --connect HOST | --list",
     "records a named scenario, or a connection to a server"},
    {"show", show_command, 1, 1, "show FILE",
     "shows a transcript, a line a record"},
    {"replay", replay_command, 1, 1000, "replay FILE...",
     "replays transcripts, and says where they differ"},
    {"diff", diff_command, 2, 2, "diff FILE FILE", "compares two transcripts"},
    {"mutate", mutate_command, 1, 1, "mutate FILE",
     "changes one place of what arrives, by --seed and --kind"},
    {"from-pcap", pcap_command, 1, 1, "from-pcap FILE",
     "makes a transcript of the first TLS connection in a capture (needs "
     "tshark)"},
};

enum {
  NUM_COMMANDS = sizeof commands / sizeof commands[0]
};

static int say_usage(FILE *to, int status);
static const struct command *find(const char *name);

int main(int argc, char **argv)
{
  const struct command *command;
  struct options options;

  if (argc < 2) return say_usage(stderr, COMMAND_TROUBLE);
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
    return say_usage(stdout, COMMAND_DONE);
  if (strcmp(argv[1], "--version") == 0) {
    printf("sanstls-transcript %s\n", stls_version_text());
    return COMMAND_DONE;
  }
  command = find(argv[1]);
  if (command == NULL) {
    fprintf(stderr, "sanstls-transcript: there is no command '%s'\n", argv[1]);
    return say_usage(stderr, COMMAND_TROUBLE);
  }
  argv[1] = argv[0];
  if (!options_read(argc - 1, argv + 1, &options)) return COMMAND_TROUBLE;
  if (options.num_words < command->min_words ||
      options.num_words > command->max_words) {
    fprintf(stderr, "usage: sanstls-transcript %s\n", command->usage);
    return COMMAND_TROUBLE;
  }
  return command->run(&options);
}

int command_fail(const char *what, const stls_error *err)
{
  fprintf(stderr, "sanstls-transcript: %s: %s\n", what, err->message);
  return COMMAND_TROUBLE;
}

int command_write(const stls_transcript *transcript,
                  const struct options *options)
{
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  size_t len = 0;
  char *text;

  if (options->output != NULL) {
    result = stls_transcript_save(transcript, options->output, &err);
    return result == STLS_OK ? COMMAND_DONE
                             : command_fail(options->output, &err);
  }
  result = stls_transcript_format(transcript, NULL, 0, &len, &err);
  if (result != STLS_OK) return command_fail("transcript", &err);
  text = malloc(len + 1);
  if (text == NULL) return COMMAND_TROUBLE;
  result = stls_transcript_format(transcript, text, len + 1, &len, &err);
  if (result == STLS_OK && fwrite(text, 1, len, stdout) != len)
    perror("sanstls-transcript: standard output");
  free(text);
  return result == STLS_OK ? COMMAND_DONE : command_fail("transcript", &err);
}

static int say_usage(FILE *to, int status)
{
  fputs("usage: sanstls-transcript COMMAND [SWITCH...] ...\n\n", to);
  for (size_t i = 0; i < NUM_COMMANDS; i++)
    fprintf(to, "  %s\n      %s\n", commands[i].usage, commands[i].job);
  if (to == stdout) options_explain();
  return status;
}

static const struct command *find(const char *name)
{
  for (size_t i = 0; i < NUM_COMMANDS; i++)
    if (strcmp(commands[i].name, name) == 0) return &commands[i];
  return NULL;
}
