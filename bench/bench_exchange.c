/* SPDX-License-Identifier: MIT */
/* bench_exchange: measures messages back and forth, and whole connections. */
/*
 * Usage: bench_exchange [--full] DATA_DIR. An exchange is a message of the client
 * that the server reads, and one of the same size the other way. `pingpong`: the
 * cost of an exchange of 64 bytes on a connection that is open. `life`: a
 * connection from the making of both ends, through its handshake and so many
 * exchanges, to their end: where records that bypass libssl earn what their keys
 * cost. `break_even`: from how many exchanges on they do. AES-128-GCM.
 */
#include <math.h>
#include <stdio.h>

#include "support/bench.h"
#include "support/endpoint.h"

enum {
  LIBRARY,
  DIRECT,
  NAIVE,
  NAIVE_RELEASE,
  CUSTOM,
  NUM_VARIANTS
};

/* Connections in a round. */
#define NUM_LIVES ((size_t)8)
#define NUM_EXCHANGES ((size_t)1024)

struct run {
  const struct endpoint_kind *kind;
  void *client_context;
  void *server_context;
  void *client;
  void *server;
  size_t message_len;
  size_t num_exchanges;
};

static const struct pair_config configs[] = {
    {TLS1_3_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL},
    {TLS1_2_VERSION, PAIR_AES_128_GCM, PAIR_ECDSA, false, STLS_RECORDS_LIBSSL}};
static const struct endpoint_kind *const kinds[NUM_VARIANTS] = {
    &endpoint_library, &endpoint_library_direct, &endpoint_naive,
    &endpoint_naive_release, &endpoint_custom};
static uint8_t message[16384];

static void carry(const struct run *run, void *source, void *sink)
{
  static uint8_t transport[65536];
  size_t len;

  while ((len = run->kind->take(source, transport, sizeof transport)) > 0)
    run->kind->give(sink, transport, len);
}

static void exchange(const struct run *run)
{
  size_t there, back;

  run->kind->write(run->client, message, run->message_len);
  carry(run, run->client, run->server);
  there = run->kind->read(run->server);
  run->kind->write(run->server, message, run->message_len);
  carry(run, run->server, run->client);
  back = run->kind->read(run->client);
  bench_need(there == run->message_len && back == run->message_len,
             "reading what was written");
}

static void open_ends(struct run *run)
{
  bool client_done = false, server_done = false;

  run->client = run->kind->open(run->client_context, STLS_CLIENT);
  run->server = run->kind->open(run->server_context, STLS_SERVER);
  for (int turn = 0; turn < 8 && !(client_done && server_done); turn++) {
    client_done = run->kind->handshake(run->client);
    carry(run, run->client, run->server);
    server_done = run->kind->handshake(run->server);
    carry(run, run->server, run->client);
  }
  bench_need(client_done && server_done, "handshake");
  /* The tickets. */
  (void)run->kind->read(run->client);
}

static void close_ends(struct run *run)
{
  run->kind->close(run->client);
  run->kind->close(run->server);
}

static double time_exchanges(void *state, size_t count)
{
  struct run *run = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) exchange(run);
  return bench_now_ns() - began;
}

static double time_lives(void *state, size_t count)
{
  struct run *run = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    open_ends(run);
    for (size_t j = 0; j < run->num_exchanges; j++) exchange(run);
    close_ends(run);
  }
  return bench_now_ns() - began;
}

static void open_run(void *state)
{
  open_ends(state);
}

static void close_run(void *state)
{
  close_ends(state);
}

/* On the line through both ends' costs of few and of many exchanges. */
static void print_break_even(const char *version, size_t message_len,
                             const double *few, const double *many, double num)
{
  double extra = few[DIRECT] - few[LIBRARY];
  double saved = (many[LIBRARY] - many[DIRECT] + extra) / (num - 1);
  char scenario[64];

  snprintf(scenario, sizeof scenario, "life_%s_%zu", version, message_len);
  bench_figure(scenario, "break_even", extra > 0 ? 1 + extra / saved : 0,
               "exchanges");
}

static void compare(struct run *runs, const char *scenario, bool is_life,
                    double target, double out_medians[NUM_VARIANTS])
{
  static struct bench_variant variants[NUM_VARIANTS];

  for (int i = 0; i < NUM_VARIANTS; i++) {
    variants[i].name = kinds[i]->name;
    variants[i].state = &runs[i];
    variants[i].run = is_life ? time_lives : time_exchanges;
    variants[i].open = is_life ? NULL : open_run;
    variants[i].close = is_life ? NULL : close_run;
  }
  bench_compare(scenario, variants, NUM_VARIANTS,
                is_life ? NUM_LIVES : NUM_EXCHANGES, is_life ? 1000 : 1,
                is_life ? "us" : "ns");
  for (int i = 0; i < NUM_VARIANTS; i++)
    out_medians[i] = bench_median(&variants[i]);
  bench_at_least(scenario, "naive/library",
                 bench_ratio_of(&variants[NAIVE], &variants[LIBRARY]), NAN);
  bench_at_least(scenario, "naive/library_direct",
                 bench_ratio_of(&variants[NAIVE], &variants[DIRECT]), target);
  bench_at_most(scenario, "library_direct/library",
                bench_ratio_of(&variants[DIRECT], &variants[LIBRARY]), NAN);
}

static void set_work(struct run *runs, size_t message_len, size_t num_exchanges)
{
  for (int i = 0; i < NUM_VARIANTS; i++) {
    runs[i].message_len = message_len;
    runs[i].num_exchanges = num_exchanges;
  }
}

static void compare_lives(struct run *runs, const char *version)
{
  static const size_t message_lens[] = {64, 1024, 16384};
  static const size_t nums[] = {1, 10, 100};
  double medians[3][NUM_VARIANTS];

  for (size_t i = 0; i < 3; i++) {
    for (size_t j = 0; j < 3; j++) {
      char scenario[64];
      snprintf(scenario, sizeof scenario, "life_%s_%zu_x_%zu", version,
               message_lens[i], nums[j]);
      set_work(runs, message_lens[i], nums[j]);
      compare(runs, scenario, true, NAN, medians[j]);
    }
    print_break_even(version, message_lens[i], medians[0], medians[2], 100);
  }
}

int main(int argc, char **argv)
{
  static struct run runs[NUM_VARIANTS];

  bench_begin(argc, argv);
  bench_fill(message, sizeof message);
  for (size_t v = 0; v < sizeof configs / sizeof *configs; v++) {
    const bool is_1_3 = configs[v].version == TLS1_3_VERSION;
    for (int i = 0; i < NUM_VARIANTS; i++) {
      const struct endpoint_kind *kind = kinds[i];
      runs[i].kind = kind;
      runs[i].client_context =
          kind->open_context(kind, STLS_CLIENT, &configs[v]);
      runs[i].server_context =
          kind->open_context(kind, STLS_SERVER, &configs[v]);
    }
    if (is_1_3) {
      double medians[NUM_VARIANTS];
      set_work(runs, 64, 0);
      compare(runs, "pingpong_64", false, bench_by_version(1.9, 2.5), medians);
    }
    compare_lives(runs, is_1_3 ? "1.3" : "1.2");
    for (int i = 0; i < NUM_VARIANTS; i++) {
      kinds[i]->close_context(runs[i].client_context);
      kinds[i]->close_context(runs[i].server_context);
    }
  }
  return bench_end();
}
