/* SPDX-License-Identifier: MIT */
/* bench_count: does fixed work, whose instructions callgrind counts. */
/*
 * Usage: bench_count DATA_DIR SCENARIO..., or DATA_DIR alone for the list of
 * scenarios as "name operations". Only what runs inside of count_scenario is
 * meant to be counted, which is called once for each: see count.sh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/bench.h"
#include "support/pair.h"

enum {
  MAX_OPERATIONS = 256,
  NUM_HANDSHAKES = 4,
  /* Of 64 bytes, in one cork. */
  NUM_CORKED = 64
};

#define RECORD_LEN ((size_t)16384)

/* What a scenario works on; `len` is the plaintext of one message. */
struct stage {
  int version;
  stls_records records;
  size_t len;
  void *pair;
  uint8_t *wire;
  size_t ends[MAX_OPERATIONS];
  stls_context *client_context;
  stls_context *server_context;
  stls_session *session;
  stls_object *clients[MAX_OPERATIONS];
  stls_object *servers[MAX_OPERATIONS];
};

struct scenario {
  const char *name;
  int version;
  size_t len;
  /* What `run` does as often. */
  size_t num_operations;
  void (*prepare)(struct stage *stage, size_t num);
  void (*run)(struct stage *stage, size_t num);
  stls_records records;
};

static stls_error err = STLS_ERROR_INIT;
static uint8_t data[RECORD_LEN];
static uint8_t plaintext[65536];

static struct pair_config config_of(const struct stage *stage)
{
  struct pair_config config = {stage->version, PAIR_AES_128_GCM, PAIR_ECDSA,
                               false, stage->records};

  return config;
}

/* --- writing --- */

static void open_connection(struct stage *stage, size_t num)
{
  struct pair_config config = config_of(stage);
  size_t len;

  stage->pair = pair_library.open(&config);
  stage->wire = malloc(num * PAIR_WIRE_LEN(stage->len));
  bench_need(stage->wire != NULL, "memory");
  /* What is made but once, and kept, is no operation's. */
  len = pair_library.write(stage->pair, data, stage->len, stage->wire);
  bench_need(pair_library.arrive(stage->pair, stage->wire, len) == stage->len,
             "reading all that was written");
}

static void run_writes(struct stage *stage, size_t num)
{
  for (size_t i = 0; i < num; i++)
    (void)pair_library.write(stage->pair, data, stage->len, NULL);
}

static void run_corked(struct stage *stage, size_t num)
{
  stls_object *client = pair_library_client(stage->pair);
  stls_bio *outgoing = stls_object_outgoing(client);
  size_t written = 0;

  for (size_t i = 0; i < num / NUM_CORKED; i++) {
    bench_must(stls_object_cork(client), "cork", NULL);
    for (size_t j = 0; j < NUM_CORKED; j++)
      bench_must(stls_object_write(client, data, stage->len, &written), "write",
                 NULL);
    bench_must(stls_object_flush(client), "flush", NULL);
    bench_must(stls_bio_consume(outgoing, stls_bio_pending(outgoing), NULL),
               "consume", NULL);
  }
}

/* --- reading --- */

static void open_with_records(struct stage *stage, size_t num)
{
  size_t wire_len = 0;

  open_connection(stage, num);
  for (size_t i = 0; i < num; i++) {
    wire_len += pair_library.write(stage->pair, data, stage->len,
                                   stage->wire + wire_len);
    stage->ends[i] = wire_len;
  }
}

static void run_reads_by(struct stage *stage, size_t num,
                         const struct pair_kind *kind)
{
  size_t from = 0, got = 0;

  for (size_t i = 0; i < num; i++) {
    got += kind->arrive(stage->pair, stage->wire + from, stage->ends[i] - from);
    from = stage->ends[i];
  }
  bench_need(got == num * stage->len, "reading all that was written");
}

static void run_reads_from(struct stage *stage, size_t num)
{
  run_reads_by(stage, num, &pair_library);
}

static void run_reads_bio(struct stage *stage, size_t num)
{
  run_reads_by(stage, num, &pair_library_bio);
}

/* All records arrive together. */
static void run_row(struct stage *stage, size_t num)
{
  size_t got =
      pair_library.arrive(stage->pair, stage->wire, stage->ends[num - 1]);

  bench_need(got == num * stage->len, "reading all that was written");
}

static void run_bytes(struct stage *stage, size_t num)
{
  stls_object *server = pair_library_server(stage->pair);
  size_t total = 0, used = 0, got = 0;

  for (size_t i = 0; i < stage->ends[num - 1]; i++) {
    bench_must(stls_object_read_from(server, stage->wire + i, 1, &used,
                                     plaintext, sizeof plaintext, &got),
               "read", NULL);
    total += got;
  }
  bench_need(total == num * stage->len, "reading all that was written");
}

/* --- handshakes, lives --- */

static void open_contexts(struct stage *stage, size_t num)
{
  struct pair_config config = config_of(stage);

  (void)num;
  stage->client_context = pair_library_context(STLS_CLIENT, &config);
  stage->server_context = pair_library_context(STLS_SERVER, &config);
  bench_must(stls_context_seal(stage->client_context, &err), "seal", &err);
  bench_must(stls_context_seal(stage->server_context, &err), "seal", &err);
}

static void open_ends(struct stage *stage, size_t num)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;

  options.server_name = "localhost";
  options.session = stage->session;
  for (size_t i = 0; i < num; i++) {
    bench_must(stls_object_new(stage->client_context, NULL, NULL, &options,
                               &stage->clients[i], &err),
               "client", &err);
    bench_must(stls_object_new(stage->server_context, NULL, NULL, NULL,
                               &stage->servers[i], &err),
               "server", &err);
  }
}

static void close_ends(struct stage *stage, size_t num)
{
  for (size_t i = 0; i < num; i++) {
    stls_object_free(stage->clients[i]);
    stls_object_free(stage->servers[i]);
  }
}

static void run_handshakes(struct stage *stage, size_t num)
{
  stls_result client, server;

  for (size_t i = 0; i < num; i++) {
    do {
      client = stls_object_handshake(stage->clients[i]);
      bench_must(client, "client", NULL);
      pair_library_move(stage->clients[i], stage->servers[i]);
      server = stls_object_handshake(stage->servers[i]);
      bench_must(server, "server", NULL);
      pair_library_move(stage->servers[i], stage->clients[i]);
    } while (client != STLS_OK || server != STLS_OK);
  }
}

/* One handshake goes first, for what is made but once. */
static void prepare_handshakes(struct stage *stage, size_t num)
{
  open_contexts(stage, num);
  open_ends(stage, 1);
  run_handshakes(stage, 1);
  close_ends(stage, 1);
  open_ends(stage, num);
}

/* A client reads the tickets of TLS 1.3 with the first data. */
static void prepare_resumed(struct stage *stage, size_t num)
{
  size_t len = 0;

  open_contexts(stage, num);
  open_ends(stage, 1);
  run_handshakes(stage, 1);
  bench_must(stls_object_write(stage->servers[0], data, 1, &len), "write",
             NULL);
  pair_library_move(stage->servers[0], stage->clients[0]);
  bench_must(
      stls_object_read(stage->clients[0], plaintext, sizeof plaintext, &len),
      "read", NULL);
  bench_must(stls_object_take_session(stage->clients[0], &stage->session, &err),
             "session", &err);
  bench_need(stage->session != NULL, "a session");
  close_ends(stage, 1);
  open_ends(stage, num);
}

static void run_resumed(struct stage *stage, size_t num)
{
  run_handshakes(stage, num);
  for (size_t i = 0; i < num; i++)
    bench_need(stls_conninfo_resumed(stls_object_conninfo(stage->clients[i])),
               "resuming");
}

static void prepare_lives(struct stage *stage, size_t num)
{
  open_contexts(stage, num);
  open_ends(stage, 1);
  close_ends(stage, 1);
}

static void run_lives(struct stage *stage, size_t num)
{
  open_ends(stage, num);
  close_ends(stage, num);
}

static const struct scenario scenarios[] = {
    {"write_64", TLS1_3_VERSION, 64, 256, open_connection, run_writes,
     STLS_RECORDS_LIBSSL},
    {"write_16384", TLS1_3_VERSION, RECORD_LEN, 64, open_connection, run_writes,
     STLS_RECORDS_LIBSSL},
    {"write_16384_1.2", TLS1_2_VERSION, RECORD_LEN, 64, open_connection,
     run_writes, STLS_RECORDS_LIBSSL},
    {"write_64_corked", TLS1_3_VERSION, 64, 256, open_connection, run_corked,
     STLS_RECORDS_LIBSSL},
    {"read_from_64", TLS1_3_VERSION, 64, 256, open_with_records, run_reads_from,
     STLS_RECORDS_LIBSSL},
    {"read_from_16384", TLS1_3_VERSION, RECORD_LEN, 64, open_with_records,
     run_reads_from, STLS_RECORDS_LIBSSL},
    {"read_from_16384_1.2", TLS1_2_VERSION, RECORD_LEN, 64, open_with_records,
     run_reads_from, STLS_RECORDS_LIBSSL},
    {"read_from_64_in_a_row", TLS1_3_VERSION, 64, 256, open_with_records,
     run_row, STLS_RECORDS_LIBSSL},
    {"read_bio_64", TLS1_3_VERSION, 64, 256, open_with_records, run_reads_bio,
     STLS_RECORDS_LIBSSL},
    {"read_bio_16384", TLS1_3_VERSION, RECORD_LEN, 64, open_with_records,
     run_reads_bio, STLS_RECORDS_LIBSSL},
    {"read_from_16384_by_1_byte", TLS1_3_VERSION, RECORD_LEN, 2,
     open_with_records, run_bytes, STLS_RECORDS_LIBSSL},
    {"handshake_1.3", TLS1_3_VERSION, 0, NUM_HANDSHAKES, prepare_handshakes,
     run_handshakes, STLS_RECORDS_LIBSSL},
    {"handshake_1.2", TLS1_2_VERSION, 0, NUM_HANDSHAKES, prepare_handshakes,
     run_handshakes, STLS_RECORDS_LIBSSL},
    {"resumed_1.3", TLS1_3_VERSION, 0, NUM_HANDSHAKES, prepare_resumed,
     run_resumed, STLS_RECORDS_LIBSSL},
    {"resumed_1.2", TLS1_2_VERSION, 0, NUM_HANDSHAKES, prepare_resumed,
     run_resumed, STLS_RECORDS_LIBSSL},
    {"object_new_free", TLS1_3_VERSION, 0, 16, prepare_lives, run_lives,
     STLS_RECORDS_LIBSSL},
    {"write_64_direct", TLS1_3_VERSION, 64, 256, open_connection, run_writes,
     STLS_RECORDS_DIRECT},
    {"write_16384_direct", TLS1_3_VERSION, RECORD_LEN, 64, open_connection,
     run_writes, STLS_RECORDS_DIRECT},
    {"write_16384_1.2_direct", TLS1_2_VERSION, RECORD_LEN, 64, open_connection,
     run_writes, STLS_RECORDS_DIRECT},
    {"read_from_64_direct", TLS1_3_VERSION, 64, 256, open_with_records,
     run_reads_from, STLS_RECORDS_DIRECT},
    {"read_from_16384_direct", TLS1_3_VERSION, RECORD_LEN, 64,
     open_with_records, run_reads_from, STLS_RECORDS_DIRECT},
    {"read_from_16384_1.2_direct", TLS1_2_VERSION, RECORD_LEN, 64,
     open_with_records, run_reads_from, STLS_RECORDS_DIRECT},
    {"read_bio_64_direct", TLS1_3_VERSION, 64, 256, open_with_records,
     run_reads_bio, STLS_RECORDS_DIRECT},
    {"handshake_1.3_direct", TLS1_3_VERSION, 0, NUM_HANDSHAKES,
     prepare_handshakes, run_handshakes, STLS_RECORDS_DIRECT}};

/* In its own right under its name, whatever the compiler thinks of that. */
void count_scenario(const struct scenario *scenario, struct stage *stage);

__attribute__((noinline)) void count_scenario(const struct scenario *scenario,
                                              struct stage *stage)
{
  scenario->run(stage, scenario->num_operations);
}

static void run_scenario(const char *name)
{
  static struct stage stage;

  for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
    if (strcmp(scenarios[i].name, name) != 0) continue;
    memset(&stage, 0, sizeof stage);
    stage.version = scenarios[i].version;
    stage.records = scenarios[i].records;
    stage.len = scenarios[i].len;
    scenarios[i].prepare(&stage, scenarios[i].num_operations);
    count_scenario(&scenarios[i], &stage);
    /* What is left is the system's to take at the end. */
    return;
  }
  bench_need(false, name);
}

static void list_scenarios(void)
{
  for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
    printf("%s %zu\n", scenarios[i].name, scenarios[i].num_operations);
}

int main(int argc, char **argv)
{
  if (argc < 2) {
    fprintf(stderr, "usage: %s DATA_DIR [SCENARIO...]\n", argv[0]);
    return 2;
  }
  bench_begin(2, argv);
  bench_fill(data, sizeof data);
  if (argc == 2) list_scenarios();
  for (int i = 2; i < argc; i++) run_scenario(argv[i]);
  return 0;
}
