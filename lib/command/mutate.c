/* SPDX-License-Identifier: MIT */
/* mutate: changes one place of a transcript. */
#include "command/command.h"

int mutate_command(const struct options *options)
{
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *whole = NULL, *changed = NULL;
  stls_mutation mutation =
      options->mutation != 0
          ? options->mutation
          : (stls_mutation)(STLS_MUTATION_CUT + options->seed % 6);
  int status;

  if (stls_transcript_load(options->words[0], &whole, &err) != STLS_OK)
    return command_fail("mutate", &err);
  if (stls_transcript_mutate(whole, options->seed, mutation, &changed, &err) ==
      STLS_OK)
    status = command_write(changed, options);
  else
    status = command_fail("mutate", &err);
  stls_transcript_free(changed);
  stls_transcript_free(whole);
  return status;
}
