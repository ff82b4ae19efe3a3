/* SPDX-License-Identifier: MIT */
/* seeded_pair: both ends of a connection, each in a testing world of its own. */
#ifndef STLS_TEST_SEEDED_PAIR_H
#define STLS_TEST_SEEDED_PAIR_H

#include <sanstls/testing.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEDED_NOW INT64_C(1900000000)

/* Zero is the default everywhere, but for the version. */
typedef struct seeded_options {
  uint64_t seed;
  stls_protocol version;
  const char *credential;
  const char *client_groups;
  const char *server_groups;
  bool has_client_certificate;
  bool has_no_tickets;
  bool has_key_update;
  bool resumes;
  stls_records records;
  /* The greatest piece that arrives at once; 0 for all. */
  size_t piece;
} seeded_options;

/* What one end sent. */
typedef struct seeded_log {
  unsigned char *data;
  size_t len;
} seeded_log;

typedef struct seeded_end {
  stls_testing *testing;
  stls_context *context;
  stls_object *object;
  seeded_log sent;
} seeded_end;

typedef struct seeded_pair {
  const seeded_options *options;
  seeded_end client;
  seeded_end server;
} seeded_pair;

/* Makes the worlds: that of the client has the seed, that of the server the next. */
seeded_pair seeded_pair_new(const seeded_options *options);
void seeded_pair_free(seeded_pair *pair);

/* Makes new contexts, and connects: handshake, data in both directions, and close;
 * twice, where it resumes. What was sent before is forgotten. */
void seeded_pair_run(seeded_pair *pair);

/* Makes the contexts, or the objects, alone. */
void seeded_pair_make_contexts(seeded_pair *pair);
void seeded_pair_make_objects(seeded_pair *pair, stls_session *session);

/* Shakes hands; returns the first failure, the client's before the server's. */
stls_result seeded_pair_handshake(seeded_pair *pair);

/* Whether both sent the same. */
bool seeded_pair_is_same(const seeded_pair *one, const seeded_pair *two);

#endif
