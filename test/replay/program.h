/* SPDX-License-Identifier: MIT */
/* program: clients and servers that tests record, and play recordings to. */
#ifndef STLS_TEST_PROGRAM_H
#define STLS_TEST_PROGRAM_H

#include <sanstls/testing.h>
#include <sanstls/transcript.h>
#include <stdbool.h>

/* What a program does wrong, once its handshake is done. */
typedef enum program_fault {
  PROGRAM_IS_RIGHT,
  PROGRAM_SAYS_OTHER,
  PROGRAM_SAYS_MORE,
  PROGRAM_SAYS_EARLY,
  PROGRAM_SAYS_LESS,
  PROGRAM_CLOSES_EARLY
} program_fault;

/* The kind of connection. */
typedef struct program_case {
  stls_protocol version;
  /* Of whom the recording is. */
  stls_role role;
  /* The client asks with 10 bytes and these, which may be several records; the server
   * replies with these. */
  size_t request;
  size_t reply;
  /* When it is recorded, a minute passes before what arrives is seen. */
  bool is_slow;
} program_case;

/*
 * A client that asks, reads the reply, changes its key in TLS 1.3, says 5 bytes more,
 * closes, and reads to the end; or the server that serves it, and says 100 bytes behind
 * the client's end. Each has a seeded world of its own.
 */
typedef struct program {
  program_case setup;
  stls_role role;
  program_fault fault;
  stls_testing *testing;
  stls_object *object;
  int phase;
  size_t num_read;
  /* The last result of its calls; it has come to its end when it waits no more. */
  stls_result result;
} program;

/* What the clock shows when a program is made. */
#define PROGRAM_TIME INT64_C(1900000000)

program program_new(const program_case *setup, stls_role role, uint64_t seed);
void program_free(program *self);

/* Does what can be done with the records that have come. */
void program_run(program *self);

/* Nothing more will happen. */
bool program_is_done(const program *self);

/* Records one end of a connection between two programs. */
stls_transcript *program_record(const program_case *setup);

/* The nth kind of connection: versions and roles, short; or with data of several
 * records. false past the last. */
bool program_case_at(size_t nth, bool is_long, program_case *out_setup);
const char *program_case_name(const program_case *setup);

#endif
