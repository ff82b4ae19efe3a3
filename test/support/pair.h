/* SPDX-License-Identifier: MIT */
/* pair: two endpoints joined in memory, and how bytes are cut between them. */
#ifndef STLS_TEST_PAIR_H
#define STLS_TEST_PAIR_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>

/* How bytes are cut on their way from one endpoint to the other. */
typedef enum pair_feed {
  FEED_WHOLE,
  FEED_BYTES,
  FEED_RANDOM
} pair_feed;

/* Zero is the default everywhere: a default pair is joined whole, over whatever
 * version comes out, with a verified server and an anonymous client. */
typedef struct pair_options {
  stls_protocol version;
  pair_feed feed;
  unsigned seed;
  /* Names of test/data without ending; "" for none. */
  const char *server_credential;
  const char *client_credential;
  /* Files of test/data; "" for none. */
  const char *client_trust;
  const char *server_trust;
  const char *server_name;
  stls_verify_mode server_verify;
  /* Called before the context is sealed. */
  void (*tune_client)(stls_context *context);
  void (*tune_server)(stls_context *context);
  void *client_data;
  void *server_data;
  /* The server's context is chosen when the ClientHello is there. */
  bool choose_context;
} pair_options;

typedef struct test_pair {
  stls_object *client;
  stls_object *server;
  pair_feed feed;
  unsigned random;
} test_pair;

/* More turns than any test needs: a pair that does not come to an end within
 * them has hung. */
#define PAIR_TURNS 200000

/* Makes contexts and endpoints; a mistake in the options fails the test. */
test_pair pair_new(const pair_options *options);
void pair_free(test_pair *pair);

/* Has tape.h record both sides, which were just made: pair_new does so. */
void pair_tape(const test_pair *pair);

/* The context that one side of such a pair would have; the caller's. */
stls_context *pair_context(const pair_options *options, stls_role role);

/*
 * Shakes hands until both sides are done or one has failed and the other has
 * heard of it. Returns the first failure, the client's before the server's;
 * STLS_OK when both are established.
 */
stls_result pair_handshake(test_pair *pair);

/* Makes a pair and shakes hands, which has to work. */
test_pair pair_open(const pair_options *options);

/* The size of the next piece of `pending` bytes, by the script. */
size_t pair_cut(test_pair *pair, size_t pending);

/* Moves one piece from one side's outgoing to the other's incoming; returns its
 * size, 0 when there was nothing. */
size_t pair_move(test_pair *pair, stls_object *from, stls_object *to);

/* Moves everything, without driving anybody. */
void pair_move_all(test_pair *pair, stls_object *from, stls_object *to);

/* Delivers what both sides still have to say, such as tickets; neither may have
 * sent data. */
void pair_settle(test_pair *pair);

/* Writes `len` patterned bytes on one side and reads them on the other, cut by
 * the script; they have to arrive whole. */
void pair_transfer(test_pair *pair, stls_object *from, stls_object *to,
                   size_t len);

/* Reads what is there for `object`, to the last result that is not STLS_OK. */
stls_result pair_drain(stls_object *object, char *out, size_t cap,
                       size_t *out_len);

/* Fills memory with a pattern that does not repeat at any power of two. */
void pair_pattern(unsigned char *out, size_t len, size_t offset);

/*
 * Runs over both versions and all feeds: sets them in `options`, and returns
 * whether there is such a row. `label` of 64 bytes names it for messages.
 */
bool pair_row(size_t row, pair_options *options, char *label);

/* How far the next row is: 1, or with short loops 4, which leaves TLS 1.2 in
 * whole pieces and TLS 1.3 byte by byte. */
size_t pair_row_step(void);

/* Makes a connection of each version and sends data through it. What valgrind
 * translates for that serves each test that is forked afterwards. */
void pair_warm_up(void);

/* Whether an established connection has direct records. */
bool pair_is_direct(const stls_object *object);

/* Whether it can be asked for: not in a build with --disable-direct-records; and
 * skips the test there. */
bool pair_can_be_direct(void);
void pair_need_direct(void);

/* For `tune_client` and `tune_server`: STLS_RECORDS_LIBSSL, for a side whose SSL
 * the test itself drives. */
void pair_use_libssl_records(stls_context *context);

/* The message of an object's error, in a static buffer. */
const char *pair_message(const stls_object *object);

/* The name of the group that a TLS version's default settings agree on, with the
 * OpenSSL that runs. */
const char *pair_default_group(int version);

#endif
