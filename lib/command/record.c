/* SPDX-License-Identifier: MIT */
/* record: records a scenario or a live connection. */
#include <stdio.h>

#include "command/command.h"
#include "command/live.h"
#include "command/scenario.h"

enum {
  DEFAULT_SEED = 1
};

static int list_scenarios(void);

int record_command(const struct options *options)
{
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *transcript = NULL;
  const struct scenario *scenario = NULL;
  stls_result result;
  int status;

  if (options->list) return list_scenarios();
  if ((options->connect == NULL) == (options->num_words == 0)) {
    fputs("sanstls-transcript: record needs a scenario or --connect\n", stderr);
    return COMMAND_TROUBLE;
  }
  if (options->connect == NULL) {
    scenario = scenario_find(options->words[0]);
    if (scenario == NULL) {
      fprintf(stderr, "sanstls-transcript: there is no scenario '%s': --list\n",
              options->words[0]);
      return COMMAND_TROUBLE;
    }
    result = scenario_record(scenario, options->role,
                             options->has_seed ? options->seed : DEFAULT_SEED,
                             &transcript, &err);
  } else {
    result = live_record(options, &transcript, &err);
    if (result == STLS_OK)
      fputs(options->secrets
                ? "sanstls-transcript: whoever has the transcript can decrypt "
                  "the connection: keep it secret\n"
                : "sanstls-transcript: without --secrets, the transcript "
                  "cannot be replayed\n",
            stderr);
  }
  status = result == STLS_OK ? command_write(transcript, options)
                             : command_fail("record", &err);
  stls_transcript_free(transcript);
  return status;
}

static int list_scenarios(void)
{
  const struct scenario *scenario;

  for (size_t i = 0; (scenario = scenario_at(i)) != NULL; i++)
    printf("%-24s %s\n", scenario->name, scenario->job);
  return COMMAND_DONE;
}
