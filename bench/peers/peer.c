/* SPDX-License-Identifier: MIT */
/* peer: one work for all TLS stacks: messages, handshakes, a wire in memory. */
#define _POSIX_C_SOURCE 200809L
#include "peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  ROUNDS = 15,
  ROUND_BYTES = 1024 * 1024,
  MAX_MESSAGES = 2048,
  HANDSHAKES = 6,
  WIRE_LEN = ROUND_BYTES + MAX_MESSAGES * 128
};

static uint8_t server_bytes[WIRE_LEN], client_bytes[WIRE_LEN];
struct wire peer_to_server = {.bytes = server_bytes};
struct wire peer_to_client = {.bytes = client_bytes};

static const char *data_dir;
static uint8_t message[PEER_MAX_MESSAGE];
static uint8_t plaintext[PEER_MAX_MESSAGE];

typedef double peer_round(const struct peer *peer, void *pair, size_t len,
                          size_t count);

static double now_ns(void);
static void reset(struct wire *wire);
static void *open_pair(const struct peer *peer);
static void measure(const struct peer *peer, peer_round *round,
                    const char *what, size_t len);
static peer_round round_of_handshakes, round_of_writes, round_of_reads;

void peer_begin(int argc, char **argv)
{
  uint32_t state = 1;

  if (argc != 2) {
    fprintf(stderr, "usage: %s DATA_DIR\n", argv[0]);
    exit(2);
  }
  data_dir = argv[1];
  for (size_t i = 0; i < sizeof message; i++) {
    state = state * 1664525U + 1013904223U;
    message[i] = (uint8_t)(state >> 24);
  }
}

void peer_need(bool is_true, const char *what)
{
  if (is_true) return;
  fprintf(stderr, "%s failed\n", what);
  exit(1);
}

void peer_is(const char *stack, const char *version)
{
  printf("# %s %s\n", stack, version);
}

void peer_run(const struct peer *peer)
{
  static const size_t sizes[] = {64, PEER_MAX_MESSAGE};

  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    if (peer->read != NULL) {
      measure(peer, round_of_reads, "read", sizes[i]);
      measure(peer, round_of_writes, "write", sizes[i]);
    } else {
      measure(peer, round_of_writes, "both", sizes[i]);
    }
  }
  measure(peer, round_of_handshakes, "handshake", 0);
}

const char *peer_file(const char *name)
{
  size_t len = strlen(data_dir) + strlen(name) + 2;
  char *path = malloc(len);

  peer_need(path != NULL, "memory");
  snprintf(path, len, "%s/%s", data_dir, name);
  return path;
}

uint8_t *peer_load(const char *name, size_t *out_len)
{
  enum {
    FILE_MAX = 65536
  };
  FILE *file = fopen(peer_file(name), "rb");
  uint8_t *bytes = calloc(1, FILE_MAX);

  peer_need(file != NULL && bytes != NULL, name);
  *out_len = fread(bytes, 1, FILE_MAX - 1, file);
  fclose(file);
  return bytes;
}

void wire_put(struct wire *wire, const void *data, size_t len)
{
  if (wire->is_dropping) return;
  peer_need(len <= WIRE_LEN - wire->len, "the wire's room");
  memcpy(wire->bytes + wire->len, data, len);
  wire->len += len;
  wire->arrived = wire->len;
}

size_t wire_take(struct wire *wire, void *out, size_t len)
{
  size_t there = wire->arrived - wire->taken;
  size_t part = len < there ? len : there;

  memcpy(out, wire->bytes + wire->taken, part);
  wire->taken += part;
  return part;
}

const uint8_t *wire_peek(const struct wire *wire, size_t *out_len)
{
  *out_len = wire->arrived - wire->taken;
  return wire->bytes + wire->taken;
}

void wire_skip(struct wire *wire, size_t len)
{
  wire->taken += len;
}

static double now_ns(void)
{
  struct timespec now;

  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void reset(struct wire *wire)
{
  wire->len = 0;
  wire->taken = 0;
  wire->arrived = 0;
  wire->is_dropping = false;
}

static void *open_pair(const struct peer *peer)
{
  reset(&peer_to_server);
  reset(&peer_to_client);
  return peer->open();
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static void measure(const struct peer *peer, peer_round *round,
                    const char *what, size_t len)
{
  bool is_handshake = round == round_of_handshakes;
  size_t count = is_handshake ? HANDSHAKES : ROUND_BYTES / len;
  void *pair = is_handshake ? NULL : open_pair(peer);
  double rounds[ROUNDS];

  if (!is_handshake && count > MAX_MESSAGES) count = MAX_MESSAGES;
  round(peer, pair, len, count);
  for (size_t i = 0; i < ROUNDS; i++)
    rounds[i] = round(peer, pair, len, count) / (double)count;
  if (!is_handshake) peer->close(pair);
  qsort(rounds, ROUNDS, sizeof rounds[0], by_value);
  if (is_handshake)
    printf("%s_%s,%s,%.4g,us\n", what, peer->version, peer->name,
           rounds[ROUNDS / 2] / 1000);
  else
    printf("%s_%s_%zu,%s,%.4g,ns\n", what, peer->version, len, peer->name,
           rounds[ROUNDS / 2]);
}

static double round_of_handshakes(const struct peer *peer, void *pair,
                                  size_t len, size_t count)
{
  double began = now_ns();

  (void)pair;
  (void)len;
  for (size_t i = 0; i < count; i++) peer->close(open_pair(peer));
  return now_ns() - began;
}

static double round_of_writes(const struct peer *peer, void *pair, size_t len,
                              size_t count)
{
  double began;

  peer_to_server.is_dropping = peer->read != NULL;
  began = now_ns();
  for (size_t i = 0; i < count; i++) peer->write(pair, message, len);
  return now_ns() - began;
}

/* The records of one message arrive, it is read, and then the next. */
static double round_of_reads(const struct peer *peer, void *pair, size_t len,
                             size_t count)
{
  static size_t ends[MAX_MESSAGES];
  size_t got = 0;
  double began;

  reset(&peer_to_server);
  for (size_t i = 0; i < count; i++) {
    peer->write(pair, message, len);
    ends[i] = peer_to_server.len;
  }
  began = now_ns();
  for (size_t i = 0; i < count; i++) {
    peer_to_server.arrived = ends[i];
    got += peer->read(pair, plaintext, sizeof plaintext);
  }
  began = now_ns() - began;
  peer_need(got == count * len && memcmp(plaintext, message, len) == 0 &&
                peer_to_server.taken == peer_to_server.len,
            "reading what was written");
  return began;
}
