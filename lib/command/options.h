/* SPDX-License-Identifier: MIT */
/* options: the words and switches of the command. */
#ifndef STLS_COMMAND_OPTIONS_H
#define STLS_COMMAND_OPTIONS_H

#include <sanstls/testing.h>
#include <stdbool.h>
#include <stddef.h>

struct options {
  /* Where what is made goes; NULL for standard output. */
  const char *output;
  /* "HOST" or "HOST:PORT" of a live peer, what to send it, and for how many seconds to
   * listen. */
  const char *connect;
  const char *send;
  int seconds;
  stls_role role;
  /* Where it is not given, a scenario has its own. */
  bool has_seed;
  uint64_t seed;
  stls_mutation mutation;
  bool has_pieces;
  stls_pieces pieces;
  bool hex;
  bool list;
  bool insecure;
  /* The transcript of a live connection has the seed of its keys. */
  bool secrets;
  /* What is no switch: borrowed from main's arguments. */
  char **words;
  size_t num_words;
};

/* Reads the arguments behind the name of a command. false: they make no sense, and what
 * is wrong was written to standard error. */
bool options_read(int argc, char **argv, struct options *out_options);

/* Writes the switches, for the usage. */
void options_explain(void);

#endif
