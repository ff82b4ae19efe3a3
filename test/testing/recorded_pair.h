/* SPDX-License-Identifier: MIT */
/* recorded_pair: a connection that makes every kind of call, with or without recorders. */
#ifndef STLS_TEST_RECORDED_PAIR_H
#define STLS_TEST_RECORDED_PAIR_H

#include <sanstls/testing.h>
#include <stdbool.h>

#include "seeded_pair.h"

typedef struct recorded_options {
  stls_protocol version;
  stls_records records;
  /* The greatest piece that arrives at once; 0 for all. */
  size_t piece;
  bool is_recorded;
  /* The server's records go through stls_object_read_from. */
  bool reads_from;
  /* The server ends it by stls_object_reject. */
  bool rejects;
} recorded_options;

/* What came of it: each call's result and data, and all bytes that were sent, as text;
 * and what was recorded, NULL for nothing. */
typedef struct recorded_pair {
  char *log;
  size_t log_len;
  stls_transcript *client;
  stls_transcript *server;
} recorded_pair;

/* Both endpoints are freed when it returns. */
recorded_pair recorded_pair_run(const recorded_options *options);
void recorded_pair_free(recorded_pair *pair);

/* The text of a transcript, to be freed. */
char *recorded_pair_text(const stls_transcript *transcript);

#endif
