/* SPDX-License-Identifier: MIT */
/* memory: limits, small messages, and connections that idle. */
/*
 * cc -o memory memory.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <stdio.h>
#include <string.h>

#include "memory_pair.h"

static size_t records_out(const stls_object *tls)
{
  stls_counters counters = STLS_COUNTERS_INIT;
  stls_error err = STLS_ERROR_INIT;
  must(stls_object_counters(tls, &counters, &err), &err);
  return (size_t)counters.records_out;
}

/* Takes all that is queued for it. */
static size_t read_all(stls_object *tls)
{
  char data[16384];
  size_t len, sum = 0;
  while (stls_object_read(tls, data, sizeof data, &len) == STLS_OK) sum += len;
  return sum;
}

/* A hundred small messages: one record. */
static void send_small_ones(stls_object *tls)
{
  size_t before = records_out(tls), done;
  stls_object_cork(tls);
  for (int i = 0; i < 100; i++)
    if (stls_object_write(tls, "small", 5, &done) != STLS_OK) break;
  if (stls_object_flush(tls) != STLS_OK) return;
  printf("100 messages, %zu record\n", records_out(tls) - before);
}

/* Head and body in one call, and in one record where they are small. */
static stls_result send_answer(stls_object *tls, const char *head,
                               const char *body)
{
  stls_span parts[2] = {{head, strlen(head)}, {body, strlen(body)}};
  size_t done;
  return stls_object_writev(tls, parts, 2, &done);
}

/* More than `outgoing` takes: the write is short, and nothing is lost. */
static void send_a_lot(memory_pair *pair)
{
  static const char data[1 << 20];
  size_t sent = 0, num_writes = 0, received = 0;
  while (sent < sizeof data) {
    size_t done = 0;
    stls_result result =
        stls_object_write(pair->server, data + sent, sizeof data - sent, &done);
    if (result < 0) return;
    sent += done;
    num_writes++;
    move(pair->server, pair->client);
    received += read_all(pair->client);
  }
  printf("1 MiB in %s writes, %s\n", num_writes > 1 ? "many" : "one",
         received == sizeof data ? "all arrived" : "some lost");
}

int main(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = client_context(), *server = server_context();
  must(stls_context_set_buffers(server, STLS_BUFFERS_KEEP, &err), &err);
  must(stls_context_set_num_tickets(server, 0, &err), &err);
  must(stls_context_set_limit(server, STLS_LIMIT_KEY_UPDATES, 8, &err), &err);
  memory_pair pair = pair_new(client, server, NULL);
  must(stls_bio_set_limit(stls_object_outgoing(pair.server), 32768, &err),
       &err);
  if (pair_handshake(&pair) != STLS_OK) return 1;
  send_small_ones(pair.server);
  if (send_answer(pair.server, "HTTP/1.1 204 No Content\r\n", "\r\n") !=
      STLS_OK)
    return 1;
  move(pair.server, pair.client);
  read_all(pair.client);
  send_a_lot(&pair);
  stls_object_trim(pair.client); /* It will be silent for a while. */
  stls_object_trim(pair.server);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return 0;
}
