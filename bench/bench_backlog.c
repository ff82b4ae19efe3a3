/* SPDX-License-Identifier: MIT */
/* bench_backlog: measures writes while much waits in outgoing. */
/*
 * Usage: bench_backlog [--full] DATA_DIR. Records of 16 KiB go in and pieces of
 * 16 KiB go out, which are not cut where records end, so that the backlog stays
 * what it was. Figures are for one byte of plaintext.
 *
 * backlog_LEN: all that a write costs, encryption with it. `custom_bio` is the
 *   same work without any backlog. "gross" ratios are of these figures; "net"
 *   ones of what is left when custom_bio's is taken off: what the glue costs. A
 *   net cost below that of one copy of the bytes, `copy`, counts as one copy:
 *   less is noise, and would flatter whom it is divided by.
 * queue_LEN: the queues alone, without TLS: records are copied in, pieces out.
 *
 * What has been shown to the transport counts as sent. The `_sent` variants copy
 * each piece once more, as send would, from memory that has left the caches where
 * the backlog is long. Naive glue has it in the caches by then: it has just read
 * the piece into a buffer of its own.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bench.h"
#include "support/pair.h"

#define PIECE ((size_t)16384)
/* A record of TLS 1.3 with 16 KiB in it: RFC 8446, 5.2. */
#define RECORD_LEN (PIECE + 5 + 1 + 16)
#define KIB ((size_t)1024)
#define MIB (KIB * KIB)

/* Writes of one round, but for naive glue with much before it. */
enum {
  NUM_WRITES = 64
};

static const size_t backlogs[] = {16 * KIB, 256 * KIB, MIB, 16 * MIB, 64 * MIB};
#define NUM_BACKLOGS (sizeof backlogs / sizeof backlogs[0])

/* Bytes on their way out, in either kind of queue. Only one of the two is set. */
struct queue {
  stls_bio *bio;
  BIO *mem;
};

/* One variant's connection, or its queue alone: then there is no pair. */
struct sender {
  const struct pair_kind *kind;
  void *pair;
  struct queue queue;
  size_t backlog;
  size_t num_writes;
  /* Copies each piece to `sent`. */
  bool sends;
};

enum {
  LIBRARY,
  LIBRARY_SENT,
  NAIVE,
  CUSTOM,
  CUSTOM_SENT,
  COPY,
  NUM_VARIANTS
};

static const struct pair_config config = {TLS1_3_VERSION, PAIR_AES_128_GCM,
                                          PAIR_ECDSA, false, STLS_RECORDS_AUTO};
static uint8_t data[RECORD_LEN];
static uint8_t sent[RECORD_LEN];
static stls_error err = STLS_ERROR_INIT;

/* --- the two queues --- */

static size_t pending(const struct queue *queue)
{
  return queue->bio != NULL ? stls_bio_pending(queue->bio)
                            : BIO_ctrl_pending(queue->mem);
}

/* One writev of at most PIECE bytes. */
static size_t take_from_bio(stls_bio *bio, bool sends)
{
  stls_span spans[4];
  size_t num_spans = stls_bio_peekv(bio, spans, 4), taken = 0;

  for (size_t i = 0; i < num_spans && taken < PIECE; i++) {
    size_t part = spans[i].len < PIECE - taken ? spans[i].len : PIECE - taken;
    if (sends) memcpy(sent + taken, spans[i].data, part);
    taken += part;
  }
  bench_must(stls_bio_consume(bio, taken, &err), "consume", &err);
  return taken;
}

static size_t take(const struct sender *sender)
{
  int taken;

  if (sender->queue.bio != NULL)
    return take_from_bio(sender->queue.bio, sender->sends);
  taken = BIO_read(sender->queue.mem, sent, (int)PIECE);
  bench_need(taken > 0, "BIO_read");
  return (size_t)taken;
}

/* --- senders --- */

static void write_once(const struct sender *sender)
{
  size_t part = 0;

  if (sender->pair == NULL && sender->queue.bio != NULL) {
    bench_must(stls_bio_write(sender->queue.bio, data, RECORD_LEN, &part, &err),
               "write", &err);
    bench_need(part == RECORD_LEN, "writing all");
  } else if (sender->pair == NULL) {
    bench_need(BIO_write(sender->queue.mem, data, RECORD_LEN) == RECORD_LEN,
               "BIO_write");
  } else if (sender->queue.bio != NULL) {
    bench_must(stls_object_write(pair_library_client(sender->pair), data, PIECE,
                                 &part),
               "write", NULL);
    bench_need(part == PIECE, "writing all");
  } else {
    SSL *client = pair_openssl_client(sender->pair);
    bench_need(SSL_write(client, data, PIECE) == PIECE, "SSL_write");
  }
}

static double time_sender(void *state, size_t count)
{
  struct sender *sender = state;
  double began;

  while (pending(&sender->queue) < sender->backlog) write_once(sender);
  began = bench_now_ns();
  for (size_t i = 0; i < sender->num_writes; i++) {
    write_once(sender);
    while (pending(&sender->queue) >= sender->backlog + PIECE) take(sender);
  }
  began = bench_now_ns() - began;
  return began * (double)count / (double)sender->num_writes;
}

static double time_custom(void *state, size_t count)
{
  struct sender *sender = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    sender->kind->write(sender->pair, data, PIECE, sender->sends ? sent : NULL);
  return bench_now_ns() - began;
}

static double time_copies(void *state, size_t count)
{
  uint8_t *from = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    from[i % PIECE]++;
    memcpy(sent, from, RECORD_LEN);
  }
  return bench_now_ns() - began;
}

static void open_sender(struct sender *sender, const struct pair_kind *kind)
{
  memset(sender, 0, sizeof *sender);
  sender->kind = kind;
  sender->pair = kind->open(&config);
  if (kind == &pair_naive)
    sender->queue.mem = SSL_get_wbio(pair_openssl_client(sender->pair));
  if (kind != &pair_library) return;
  sender->queue.bio = stls_object_outgoing(pair_library_client(sender->pair));
  bench_must(stls_bio_set_limit(sender->queue.bio, SIZE_MAX, &err), "limit",
             &err);
}

static void open_queue(struct sender *sender, bool is_naive)
{
  memset(sender, 0, sizeof *sender);
  if (is_naive) {
    sender->queue.mem = BIO_new(BIO_s_mem());
    bench_need(sender->queue.mem != NULL, "BIO_new");
    return;
  }
  bench_must(stls_bio_new(&sender->queue.bio, &err), "bio", &err);
  bench_must(stls_bio_set_limit(sender->queue.bio, SIZE_MAX, &err), "limit",
             &err);
}

static void close_sender(struct sender *sender)
{
  if (sender->pair != NULL) {
    sender->kind->close(sender->pair);
  } else {
    stls_bio_free(sender->queue.bio);
    BIO_free(sender->queue.mem);
  }
}

/* What went through a backlog is what was written. */
static void check(const struct pair_kind *kind)
{
  struct sender sender;
  size_t total = 0;

  open_sender(&sender, kind);
  sender.sends = true;
  for (int i = 0; i < 48; i++) {
    write_once(&sender);
    while (pending(&sender.queue) > (i < 47 ? 32 * PIECE : 0)) {
      size_t got = kind->arrive(sender.pair, sent, take(&sender));
      bench_need(got == 0 || memcmp(pair_plaintext, data, PIECE) == 0,
                 "reading what was written");
      total += got;
    }
  }
  bench_need(total == 48 * PIECE, "reading all that was written");
  close_sender(&sender);
}

/* --- figures --- */

/* Naive glue moves all of the backlog for each write. */
static size_t count_naive(size_t backlog)
{
  return backlog >= 64 * MIB ? 2 : backlog >= 16 * MIB ? 8 : NUM_WRITES;
}

static double net_of(const struct bench_variant *variants, int which, int bound)
{
  struct bench_variant left = variants[which];

  for (size_t i = 0; i < left.num_rounds; i++)
    left.rounds[i] -= variants[bound].rounds[i];
  return fmax(bench_median(&left), bench_median(&variants[COPY]));
}

static double target_of(size_t backlog)
{
  return backlog == 64 * MIB   ? 1500
         : backlog == 16 * MIB ? 500
         : backlog == MIB      ? 30
                               : NAN;
}

static void name(char *out, size_t max, const char *what, size_t backlog)
{
  bool is_large = backlog >= MIB;

  snprintf(out, max, "%s_%zu%s", what, backlog / (is_large ? MIB : KIB),
           is_large ? "MiB" : "KiB");
}

static void judge(const char *scenario, const struct bench_variant *variants,
                  size_t backlog, double *out_gross, double *out_net)
{
  double naive = net_of(variants, NAIVE, CUSTOM);
  double library_sent = net_of(variants, LIBRARY_SENT, CUSTOM_SENT);

  *out_gross = bench_median(&variants[LIBRARY]);
  *out_net = net_of(variants, LIBRARY, CUSTOM);
  bench_figure(scenario, "library_net", *out_net, "ns/B");
  bench_figure(scenario, "library_sent_net", library_sent, "ns/B");
  bench_figure(scenario, "naive_net", naive, "ns/B");
  bench_at_least(scenario, "naive/library_gross",
                 bench_ratio_of(&variants[NAIVE], &variants[LIBRARY]), NAN);
  bench_at_least(scenario, "naive/library_net", naive / *out_net,
                 target_of(backlog));
  bench_at_least(scenario, "naive/library_sent_net", naive / library_sent, NAN);
}

/* *out_gross and *out_net are the library's cost of one byte. */
static void compare(size_t backlog, double *out_gross, double *out_net)
{
  static struct bench_variant variants[NUM_VARIANTS] = {
      [LIBRARY] = {.name = "library", .run = time_sender},
      [LIBRARY_SENT] = {.name = "library_sent", .run = time_sender},
      [NAIVE] = {.name = "naive", .run = time_sender},
      [CUSTOM] = {.name = "custom_bio", .run = time_custom},
      [CUSTOM_SENT] = {.name = "custom_bio_sent", .run = time_custom},
      [COPY] = {.name = "copy", .run = time_copies, .state = data}};
  static const struct pair_kind *const kinds[] = {
      &pair_library, &pair_library, &pair_naive, &pair_custom, &pair_custom};
  struct sender senders[COPY];
  char scenario[64];

  for (int i = 0; i < COPY; i++) {
    open_sender(&senders[i], kinds[i]);
    senders[i].backlog = backlog;
    senders[i].num_writes = i == NAIVE ? count_naive(backlog) : NUM_WRITES;
    senders[i].sends = i == LIBRARY_SENT || i == CUSTOM_SENT;
    variants[i].state = &senders[i];
  }
  name(scenario, sizeof scenario, "backlog", backlog);
  bench_compare(scenario, variants, NUM_VARIANTS, NUM_WRITES, PIECE, "ns/B");
  judge(scenario, variants, backlog, out_gross, out_net);
  for (int i = 0; i < COPY; i++) close_sender(&senders[i]);
}

static void compare_queues(size_t backlog)
{
  enum {
    BIO_ITSELF,
    BIO_SENT,
    MEM,
    NUM_QUEUES
  };
  static struct bench_variant variants[] = {
      {.name = "library", .run = time_sender},
      {.name = "library_sent", .run = time_sender},
      {.name = "naive", .run = time_sender}};
  struct sender senders[NUM_QUEUES];
  char scenario[64];

  for (int i = 0; i < NUM_QUEUES; i++) {
    open_queue(&senders[i], i == MEM);
    senders[i].backlog = backlog;
    senders[i].num_writes = i == MEM ? count_naive(backlog) : NUM_WRITES;
    senders[i].sends = i == BIO_SENT;
    variants[i].state = &senders[i];
  }
  name(scenario, sizeof scenario, "queue", backlog);
  bench_compare(scenario, variants, NUM_QUEUES, NUM_WRITES, PIECE, "ns/B");
  bench_at_least(scenario, "naive/library",
                 bench_ratio_of(&variants[MEM], &variants[BIO_ITSELF]), NAN);
  bench_at_least(scenario, "naive/library_sent",
                 bench_ratio_of(&variants[MEM], &variants[BIO_SENT]), NAN);
  for (int i = 0; i < NUM_QUEUES; i++) close_sender(&senders[i]);
}

static double spread(const double *costs)
{
  double least = costs[0], most = costs[0];

  for (size_t i = 1; i < NUM_BACKLOGS; i++) {
    least = fmin(least, costs[i]);
    most = fmax(most, costs[i]);
  }
  return most / least;
}

int main(int argc, char **argv)
{
  double gross[NUM_BACKLOGS], net[NUM_BACKLOGS];

  bench_begin(argc, argv);
  bench_fill(data, sizeof data);
  check(&pair_library);
  check(&pair_naive);
  for (size_t i = 0; i < NUM_BACKLOGS; i++) {
    compare(backlogs[i], &gross[i], &net[i]);
    compare_queues(backlogs[i]);
  }
  bench_at_most("backlog", "library_dearest/cheapest_gross", spread(gross), 4);
  bench_at_most("backlog", "library_dearest/cheapest_net", spread(net), 4);
  return bench_end();
}
