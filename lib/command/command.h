/* SPDX-License-Identifier: MIT */
/* command: what each word of sanstls-transcript does. */
#ifndef STLS_COMMAND_COMMAND_H
#define STLS_COMMAND_COMMAND_H

#include "command/options.h"

/* Each returns what the program exits with. */
enum {
  COMMAND_DONE = 0,
  COMMAND_DIFFERS = 1,
  COMMAND_TROUBLE = 2
};

int record_command(const struct options *options);
int show_command(const struct options *options);
int replay_command(const struct options *options);
int diff_command(const struct options *options);
int mutate_command(const struct options *options);
int pcap_command(const struct options *options);

/* Says what failed, with the error's message, and returns COMMAND_TROUBLE. */
int command_fail(const char *what, const stls_error *err);

/* Writes a transcript to options->output, or standard output. */
int command_write(const stls_transcript *transcript,
                  const struct options *options);

#endif
