/* SPDX-License-Identifier: MIT */
/* scenario: connections with a name, to be recorded. */
#ifndef STLS_COMMAND_SCENARIO_H
#define STLS_COMMAND_SCENARIO_H

#include <sanstls/testing.h>

struct scenario {
  const char *name;
  const char *job;
  stls_protocol version;
  /* Header lines of a transcript (lib/testing/README.md), without those that all have. */
  const char *client;
  const char *server;
  /* See script.h. */
  const char *script;
  /* The script of a connection before, whose session the client offers; NULL: none. */
  const char *before;
};

/* By index from 0, NULL past the end; and by name, NULL if there is none. */
const struct scenario *scenario_at(size_t index);
const struct scenario *scenario_find(const char *name);

/* Records one end of a scenario.
 *
 * STLS_OK: *out_transcript is the caller's. Other results: it could not be made. */
stls_result scenario_record(const struct scenario *scenario, stls_role role,
                            uint64_t seed, stls_transcript **out_transcript,
                            stls_error *err);

#endif
