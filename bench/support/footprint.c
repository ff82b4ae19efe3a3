/* SPDX-License-Identifier: MIT */
/* footprint: measures what a connection holds, phase by phase. */
#include "footprint.h"

#include <stdlib.h>

#include "bench.h"

#define MESSAGE_LEN ((size_t)16384)

struct ends {
  void *client;
  void *server;
};

struct crowd {
  const struct endpoint_kind *kind;
  void *client_context;
  void *server_context;
  struct ends *pairs;
  size_t num_pairs;
};

static void open_crowd(struct crowd *crowd, const struct pair_config *config);
static void close_crowd(struct crowd *crowd);
static void open_pair(struct crowd *crowd, struct ends *pair);
static void close_pair(struct crowd *crowd, struct ends *pair);
static void shake(const struct endpoint_kind *kind, struct ends *pair);
static void use(const struct endpoint_kind *kind, struct ends *pair);
static void trim(const struct endpoint_kind *kind, struct ends *pair);
static size_t carry(const struct endpoint_kind *kind, enum heap_account from,
                    void *source, enum heap_account to, void *sink);
static struct footprint mean(size_t num_pairs, const struct footprint *before);
static struct heap_usage mean_of(enum heap_account account, size_t num_pairs,
                                 const struct heap_usage *before);

void footprint_measure(const struct endpoint_kind *kind,
                       const struct pair_config *config, size_t num_pairs,
                       struct footprint out_steps[FOOTPRINT_NUM_STEPS])
{
  struct crowd crowd = {kind, NULL, NULL, NULL, num_pairs};
  struct footprint before;

  open_crowd(&crowd, config);
  before.client = heap_usage(HEAP_CLIENT);
  before.server = heap_usage(HEAP_SERVER);
  for (size_t i = 0; i < num_pairs; i++) open_pair(&crowd, &crowd.pairs[i]);
  out_steps[FOOTPRINT_FRESH] = mean(num_pairs, &before);
  for (size_t i = 0; i < num_pairs; i++) shake(kind, &crowd.pairs[i]);
  out_steps[FOOTPRINT_SHAKEN] = mean(num_pairs, &before);
  for (size_t i = 0; i < num_pairs; i++) use(kind, &crowd.pairs[i]);
  out_steps[FOOTPRINT_USED] = mean(num_pairs, &before);
  for (size_t i = 0; i < num_pairs; i++) trim(kind, &crowd.pairs[i]);
  out_steps[FOOTPRINT_IDLE] = mean(num_pairs, &before);
  /* Trimmed ends are as good as before. */
  for (size_t i = 0; i < num_pairs; i++) use(kind, &crowd.pairs[i]);
  close_crowd(&crowd);
}

struct heap_usage footprint_of_pair(const struct footprint *footprint)
{
  struct heap_usage usage = footprint->client;

  usage.num_blocks += footprint->server.num_blocks;
  usage.requested += footprint->server.requested;
  usage.taken += footprint->server.taken;
  return usage;
}

/* What OpenSSL and the contexts keep after their first pair is no pair's. */
static void open_crowd(struct crowd *crowd, const struct pair_config *config)
{
  const struct endpoint_kind *kind = crowd->kind;
  struct ends first;

  heap_charge(HEAP_OTHER);
  crowd->client_context = kind->open_context(kind, STLS_CLIENT, config);
  crowd->server_context = kind->open_context(kind, STLS_SERVER, config);
  crowd->pairs = calloc(crowd->num_pairs, sizeof *crowd->pairs);
  bench_need(crowd->pairs != NULL, "memory");
  open_pair(crowd, &first);
  shake(kind, &first);
  use(kind, &first);
  trim(kind, &first);
  close_pair(crowd, &first);
}

static void close_crowd(struct crowd *crowd)
{
  for (size_t i = 0; i < crowd->num_pairs; i++)
    close_pair(crowd, &crowd->pairs[i]);
  free(crowd->pairs);
  crowd->kind->close_context(crowd->client_context);
  crowd->kind->close_context(crowd->server_context);
}

static void open_pair(struct crowd *crowd, struct ends *pair)
{
  heap_charge(HEAP_CLIENT);
  pair->client = crowd->kind->open(crowd->client_context, STLS_CLIENT);
  heap_charge(HEAP_SERVER);
  pair->server = crowd->kind->open(crowd->server_context, STLS_SERVER);
  heap_charge(HEAP_OTHER);
}

static void close_pair(struct crowd *crowd, struct ends *pair)
{
  crowd->kind->close(pair->client);
  crowd->kind->close(pair->server);
}

static void shake(const struct endpoint_kind *kind, struct ends *pair)
{
  bool client_done = false, server_done = false;

  for (int turn = 0; turn < 8 && !(client_done && server_done); turn++) {
    heap_charge(HEAP_CLIENT);
    client_done = kind->handshake(pair->client);
    carry(kind, HEAP_CLIENT, pair->client, HEAP_SERVER, pair->server);
    heap_charge(HEAP_SERVER);
    server_done = kind->handshake(pair->server);
    carry(kind, HEAP_SERVER, pair->server, HEAP_CLIENT, pair->client);
  }
  /* Tickets may follow. */
  heap_charge(HEAP_CLIENT);
  (void)kind->read(pair->client);
  heap_charge(HEAP_OTHER);
  bench_need(client_done && server_done, "handshake");
}

static void use(const struct endpoint_kind *kind, struct ends *pair)
{
  static uint8_t message[MESSAGE_LEN];
  size_t to_server, to_client;

  bench_fill(message, sizeof message);
  heap_charge(HEAP_CLIENT);
  kind->write(pair->client, message, sizeof message);
  carry(kind, HEAP_CLIENT, pair->client, HEAP_SERVER, pair->server);
  heap_charge(HEAP_SERVER);
  to_server = kind->read(pair->server);
  kind->write(pair->server, message, sizeof message);
  carry(kind, HEAP_SERVER, pair->server, HEAP_CLIENT, pair->client);
  heap_charge(HEAP_CLIENT);
  to_client = kind->read(pair->client);
  heap_charge(HEAP_OTHER);
  bench_need(to_server == sizeof message && to_client == sizeof message,
             "16 KiB each way");
}

static void trim(const struct endpoint_kind *kind, struct ends *pair)
{
  if (kind->trim == NULL) return;
  kind->trim(pair->client);
  kind->trim(pair->server);
}

static size_t carry(const struct endpoint_kind *kind, enum heap_account from,
                    void *source, enum heap_account to, void *sink)
{
  static uint8_t transport[65536];
  size_t total = 0, len;

  for (;;) {
    heap_charge(from);
    len = kind->take(source, transport, sizeof transport);
    if (len == 0) return total;
    heap_charge(to);
    kind->give(sink, transport, len);
    total += len;
  }
}

static struct footprint mean(size_t num_pairs, const struct footprint *before)
{
  struct footprint footprint;

  footprint.client = mean_of(HEAP_CLIENT, num_pairs, &before->client);
  footprint.server = mean_of(HEAP_SERVER, num_pairs, &before->server);
  return footprint;
}

static struct heap_usage mean_of(enum heap_account account, size_t num_pairs,
                                 const struct heap_usage *before)
{
  struct heap_usage usage = heap_usage(account);

  usage.num_blocks = (usage.num_blocks - before->num_blocks) / num_pairs;
  usage.requested = (usage.requested - before->requested) / num_pairs;
  usage.taken = (usage.taken - before->taken) / num_pairs;
  return usage;
}
