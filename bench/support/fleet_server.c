/* SPDX-License-Identifier: MIT */
/* fleet_server: drives the server ends, as an event loop does. */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "bench.h"
#include "fleet.h"

/* Buffers to receive into belong to the loop: a connection holds none. */
struct server {
  const struct fleet_plan *plan;
  stls_context *context;
  uv_loop_t loop;
  uv_tcp_t listener;
  uv_poll_t control;
  int control_file;
  bool is_told;
  bool is_past_first;
  size_t num_idle;
  struct fleet_report report;
  uint8_t received[65536];
  uint8_t message[65536];
};

struct connection {
  uv_tcp_t tcp;
  uv_write_t write;
  stls_object *object;
  size_t message_len;
  size_t in_flight;
};

static struct server server;

static void on_connection(uv_stream_t *listener, int status);
static void on_room(uv_handle_t *tcp, size_t wish, uv_buf_t *out_room);
static void on_received(uv_stream_t *tcp, ssize_t len, const uv_buf_t *room);
static void answer(struct connection *connection, size_t len);
static void drain(struct connection *connection);
static void on_written(uv_write_t *write, int status);
static void on_word(uv_poll_t *control, int status, int events);
static void measure_when_idle(void);
static size_t resident(void);

struct fleet_report fleet_serve(const struct fleet_plan *plan, int listener,
                                int control)
{
  server.plan = plan;
  server.context = pair_library_context(STLS_SERVER, &plan->config);
  server.control_file = control;
  uv_loop_init(&server.loop);
  uv_tcp_init(&server.loop, &server.listener);
  uv_poll_init(&server.loop, &server.control, control);
  bench_need(
      uv_tcp_open(&server.listener, listener) == 0 &&
          uv_listen((uv_stream_t *)&server.listener, 512, on_connection) == 0 &&
          uv_poll_start(&server.control, UV_READABLE, on_word) == 0,
      "listening");
  uv_run(&server.loop, UV_RUN_DEFAULT);
  return server.report;
}

static void on_connection(uv_stream_t *listener, int status)
{
  struct connection *connection = calloc(1, sizeof *connection);

  bench_need(status == 0 && connection != NULL, "a connection");
  /* With what the allocator notes, and libuv's table of descriptors. */
  server.report.own =
      malloc_usable_size(connection) + sizeof(size_t) + sizeof(void *);
  uv_tcp_init(&server.loop, &connection->tcp);
  connection->tcp.data = connection;
  connection->write.data = connection;
  bench_need(uv_accept(listener, (uv_stream_t *)&connection->tcp) == 0,
             "accept");
  bench_must(stls_object_new(server.context, NULL, NULL, NULL,
                             &connection->object, NULL),
             "object", NULL);
  bench_need(
      uv_read_start((uv_stream_t *)&connection->tcp, on_room, on_received) == 0,
      "reading");
}

static void on_room(uv_handle_t *tcp, size_t wish, uv_buf_t *out_room)
{
  (void)tcp;
  (void)wish;
  *out_room = uv_buf_init((char *)server.received, sizeof server.received);
}

static void on_received(uv_stream_t *tcp, ssize_t len, const uv_buf_t *room)
{
  struct connection *connection = tcp->data;
  const uint8_t *records = server.received;
  size_t left = len > 0 ? (size_t)len : 0;

  (void)room;
  bench_need(len >= 0, "receiving");
  while (left > 0) {
    size_t used = 0, got = 0;
    bench_must(
        stls_object_read_from(connection->object, records, left, &used,
                              server.message, sizeof server.message, &got),
        "read", NULL);
    records += used;
    left -= used;
    answer(connection, got);
  }
  drain(connection);
}

/* Sends back what has come, which is also how it is known to be right. */
static void answer(struct connection *connection, size_t len)
{
  size_t written = 0;

  if (len == 0) return;
  bench_must(
      stls_object_write(connection->object, server.message, len, &written),
      "write", NULL);
  bench_need(written == len, "writing at once");
  connection->message_len += len;
}

static void drain(struct connection *connection)
{
  stls_span spans[16];
  uv_buf_t bufs[16];
  size_t num;

  if (connection->in_flight > 0) return;
  num = stls_bio_peekv(stls_object_outgoing(connection->object), spans, 16);
  if (num > 16) num = 16;
  for (size_t i = 0; i < num; i++) {
    bufs[i] =
        uv_buf_init((char *)(uintptr_t)spans[i].data, (unsigned)spans[i].len);
    connection->in_flight += spans[i].len;
  }
  if (num == 0) return;
  bench_need(uv_write(&connection->write, (uv_stream_t *)&connection->tcp, bufs,
                      (unsigned)num, on_written) == 0,
             "writing");
}

static void on_written(uv_write_t *write, int status)
{
  struct connection *connection = write->data;
  stls_bio *outgoing = stls_object_outgoing(connection->object);

  bench_need(status == 0, "writing");
  bench_must(stls_bio_consume(outgoing, connection->in_flight, NULL), "consume",
             NULL);
  connection->in_flight = 0;
  drain(connection);
  if (connection->in_flight > 0 || connection->message_len < FLEET_MESSAGE_LEN)
    return;
  if (server.plan->trims) stls_object_trim(connection->object);
  server.num_idle++;
  measure_when_idle();
}

static void on_word(uv_poll_t *control, int status, int events)
{
  char word;

  (void)control;
  (void)events;
  bench_need(status == 0 && read(server.control_file, &word, 1) == 1,
             "hearing from the clients");
  server.is_told = true;
  measure_when_idle();
}

/* The clients may have all of it before the last write is reported here. */
static void measure_when_idle(void)
{
  size_t num_expected =
      FLEET_NUM_FIRST +
      (server.is_past_first ? server.plan->num_connections : 0);

  if (!server.is_told || server.num_idle < num_expected) return;
  server.is_told = false;
  if (!server.is_past_first) {
    server.is_past_first = true;
    server.report.resident_first = resident();
    bench_need(write(server.control_file, "g", 1) == 1, "telling the clients");
    return;
  }
  server.report.resident_all = resident();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  server.report.resident_swept = resident();
  uv_stop(&server.loop);
}

static size_t resident(void)
{
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  size_t kib = 0;

  bench_need(status != NULL, "/proc/self/status");
  while (kib == 0 && fgets(line, sizeof line, status) != NULL)
    (void)sscanf(line, "RssAnon: %zu kB", &kib);
  fclose(status);
  bench_need(kib > 0, "RssAnon");
  return kib * 1024;
}
