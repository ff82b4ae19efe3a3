/* SPDX-License-Identifier: MIT */
/* recorded_pair: a connection that makes every kind of call, with or without recorders. */
#include "recorded_pair.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"

/* The running connection. */
struct run {
  const recorded_options *options;
  seeded_pair pair;
  recorded_pair made;
};

__attribute__((format(printf, 2, 3))) static void note(struct run *run,
                                                       const char *format, ...)
{
  char line[256];
  va_list args;

  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  run->made.log =
      bytes_append(run->made.log, &run->made.log_len, line, strlen(line));
}

static void note_data(struct run *run, const char *what, stls_result result,
                      const void *data, size_t len)
{
  const unsigned char *bytes = data;
  unsigned sum = 0;

  for (size_t i = 0; i < len; i++) sum = sum * 31 + bytes[i];
  note(run, "%s %s %zu %08x\n", what, stls_result_name(result), len, sum);
}

static void call(struct run *run, const char *what, stls_result result)
{
  note(run, "%s %s\n", what, stls_result_name(result));
}

/* One piece of what `from` has to send. */
static bool move_piece(struct run *run, stls_object *from, stls_object *to)
{
  const size_t most = run->options->piece;
  stls_span sent = stls_bio_peek(stls_object_outgoing(from));
  stls_result result;
  size_t taken = sent.len, len = 0;
  char out[20000];

  if (sent.len == 0) return false;
  if (most > 0 && sent.len > most) sent.len = most;
  if (run->options->reads_from && to == run->pair.server.object) {
    result = stls_object_read_from(to, sent.data, sent.len, &taken, out,
                                   sizeof out, &len);
    note_data(run, "read_from", result, out, len);
  } else {
    result = stls_bio_write(stls_object_incoming(to), sent.data, sent.len,
                            &taken, NULL);
    ASSERT_RESULT(result, STLS_OK, "stls_bio_write");
  }
  note_data(run, "sent", STLS_OK, sent.data, taken);
  ASSERT_RETURNS(stls_bio_consume(stls_object_outgoing(from), taken, NULL),
                 STLS_OK);
  return taken > 0;
}

/* Reads until nothing moves, by readv where it is whole. */
static void settle(struct run *run)
{
  stls_object *ends[] = {run->pair.client.object, run->pair.server.object};
  char out[20000];
  bool has_moved;

  do {
    has_moved = false;
    for (int i = 0; i < 2; i++) {
      stls_writable_span room[] = {{out, 100}, {out + 100, sizeof out - 100}};
      stls_result result = STLS_OK;
      size_t len;
      has_moved = move_piece(run, ends[!i], ends[i]) || has_moved;
      while (result == STLS_OK) {
        result = run->options->piece == 0
                     ? stls_object_readv(ends[i], room, 2, &len)
                     : stls_object_read(ends[i], out, sizeof out, &len);
        note_data(run, i ? "server" : "client", result, out, len);
      }
    }
  } while (has_moved);
}

static void shake_hands(struct run *run)
{
  stls_object *client = run->pair.client.object;
  stls_object *server = run->pair.server.object;
  bool has_moved;

  do {
    call(run, "client", stls_object_handshake(client));
    has_moved = move_piece(run, client, server);
    call(run, "server", stls_object_handshake(server));
    has_moved = move_piece(run, server, client) || has_moved;
  } while (has_moved);
}

static void exchange(struct run *run, stls_object *from)
{
  static const char data[17000] = "data";
  const stls_span spans[] = {{data, 1000}, {"", 0}, {data, 500}};
  char out[64];
  size_t len = 0;

  call(run, "write", stls_object_write(from, data, sizeof data, &len));
  settle(run);
  call(run, "writev", stls_object_writev(from, spans, 3, &len));
  settle(run);
  call(run, "cork", stls_object_cork(from));
  call(run, "corked", stls_object_write(from, "a", 1, &len));
  call(run, "corked", stls_object_write(from, "bc", 2, &len));
  call(run, "flush", stls_object_flush(from));
  settle(run);
  call(run, "peek", stls_object_peek(from, out, sizeof out, &len));
}

/* What only TLS 1.3 has is refused in TLS 1.2. */
static void change_keys(struct run *run)
{
  stls_object *client = run->pair.client.object;
  stls_object *server = run->pair.server.object;

  call(run, "key_update", stls_object_key_update(client, true));
  settle(run);
  call(run, "verify_client", stls_object_verify_client(server));
  settle(run);
  call(run, "set_context", stls_object_set_context(server, NULL));
}

/* Below 100 bytes, `outgoing` keeps some. */
static void press_back(struct run *run, stls_object *from)
{
  static const char data[3000] = "pressure";
  stls_bio *out = stls_object_outgoing(from);
  size_t len = 0;

  ASSERT_RETURNS(stls_bio_set_limit(out, 1500, NULL), STLS_OK);
  for (int i = 0; i < 3; i++) {
    stls_result result = stls_object_write(from, data, sizeof data, &len);
    note_data(run, "pressed", result, data, len);
  }
  ASSERT_RETURNS(stls_bio_set_limit(out, STLS_BIO_DEFAULT_LIMIT, NULL),
                 STLS_OK);
  stls_testing_set_time(run->pair.client.testing, SEEDED_NOW + 5);
  settle(run);
}

static void close_both(struct run *run)
{
  stls_object *client = run->pair.client.object;
  stls_object *server = run->pair.server.object;

  call(run, "close_write", stls_object_close_write(client));
  settle(run);
  call(run, "unwrap", stls_object_unwrap(server));
  settle(run);
  call(run, "unwrap", stls_object_unwrap(client));
  stls_bio_write_eof(stls_object_incoming(server));
  stls_bio_write_eof(stls_object_outgoing(server));
  settle(run);
}

static void set_up(struct run *run)
{
  stls_context *client, *server;
  stls_trust *trust = NULL;

  seeded_pair_make_contexts(&run->pair);
  client = run->pair.client.context;
  server = run->pair.server.context;
  ASSERT_RETURNS(stls_context_set_post_handshake_auth(client, true, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_post_handshake_auth(server, true, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_testing_trust(run->pair.server.testing, &trust, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_trust(server, trust, NULL), STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_verify_mode(server, STLS_VERIFY_OPTIONAL, NULL),
      STLS_OK);
  stls_trust_free(trust);
  seeded_pair_make_objects(&run->pair, NULL);
}

static void record(struct run *run, seeded_end *end, seeded_end *peer,
                   stls_transcript **out_transcript)
{
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  (void)run;
  options.testing = end->testing;
  options.peer = peer->object;
  options.peer_testing = peer->testing;
  result = stls_transcript_record(end->object, &options, out_transcript, &err);
  cr_assert_eq(result, STLS_OK, "%s", err.message);
}

recorded_pair recorded_pair_run(const recorded_options *options)
{
  const seeded_options seeded = {.seed = 11,
                                 .version = options->version,
                                 .records = options->records,
                                 .piece = options->piece};
  struct run run = {.options = options, .pair = seeded_pair_new(&seeded)};

  set_up(&run);
  if (options->is_recorded) {
    record(&run, &run.pair.client, &run.pair.server, &run.made.client);
    record(&run, &run.pair.server, &run.pair.client, &run.made.server);
  }
  shake_hands(&run);
  settle(&run);
  exchange(&run, run.pair.client.object);
  exchange(&run, run.pair.server.object);
  change_keys(&run);
  press_back(&run, run.pair.client.object);
  if (options->rejects) {
    call(&run, "reject",
         stls_object_reject(run.pair.server.object, STLS_ALERT_ACCESS_DENIED));
    settle(&run);
  } else {
    close_both(&run);
  }
  seeded_pair_free(&run.pair);
  return run.made;
}

void recorded_pair_free(recorded_pair *pair)
{
  free(pair->log);
  stls_transcript_free(pair->client);
  stls_transcript_free(pair->server);
}

char *recorded_pair_text(const stls_transcript *transcript)
{
  stls_error err = STLS_ERROR_INIT;
  size_t len = 0;
  stls_result result = stls_transcript_format(transcript, NULL, 0, &len, &err);
  char *text;

  cr_assert_eq(result, STLS_OK, "%s", err.message);
  text = malloc(len + 1);
  cr_assert_not_null(text);
  ASSERT_RETURNS(stls_transcript_format(transcript, text, len + 1, &len, NULL),
                 STLS_OK);
  return text;
}
