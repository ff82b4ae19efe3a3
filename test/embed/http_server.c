/* SPDX-License-Identifier: MIT */
/* http_server: as much of an HTTP/1.1 server as the embeddings need. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http.h"
#include "http_head.h"

/* What a response head needs at most; heads are written when it is free. */
enum {
  HTTP_HEAD_ROOM = 512
};

static const char greeting[] = "Hello from libsanstls.\n";

static void serve(http_server *server);
static bool serve_request(http_server *server);
static void route(http_server *server, const char *method, const char *path,
                  bool has_length);
static void respond(http_server *server, const char *status, uint64_t len);

static size_t smaller(uint64_t a, size_t b)
{
  return a < b ? (size_t)a : b;
}

static bool has_head_room(const http_server *server)
{
  return HTTP_BUFFER_SIZE - server->out.end >= HTTP_HEAD_ROOM;
}

void http_server_init(http_server *server)
{
  memset(server, 0, sizeof *server);
}

stls_writable_span http_server_room(http_server *server)
{
  stls_writable_span none = {NULL, 0};
  return server->state == HTTP_LAST ? none : http_buffer_room(&server->in);
}

void http_server_took(http_server *server, size_t len)
{
  server->in.end += len;
  serve(server);
}

stls_span http_server_ready(const http_server *server)
{
  return http_buffer_span(&server->out);
}

void http_server_sent(http_server *server, size_t len)
{
  http_buffer_consume(&server->out, len);
  serve(server);
}

void http_server_end(http_server *server)
{
  server->peer_ended = true;
  serve(server);
}

void http_server_cut(http_server *server)
{
  http_buffer_consume(&server->out, http_buffer_len(&server->out));
  server->state = HTTP_CUT;
  serve(server);
}

bool http_server_has_room(const http_server *server)
{
  return server->state != HTTP_LAST && !http_buffer_full(&server->in);
}

bool http_server_idle(const http_server *server)
{
  return server->state == HTTP_REQUEST && server->num_requests > 0 &&
         http_buffer_len(&server->in) == 0 &&
         http_buffer_len(&server->out) == 0;
}

uint64_t http_server_due(const http_server *server)
{
  uint64_t request = (uint64_t)(server->num_requests + 1) << 32;
  bool starved = http_buffer_len(&server->in) == 0;
  switch (server->state) {
    case HTTP_REQUEST:
      if (http_server_idle(server) || !has_head_room(server)) return 0;
      return request;
    case HTTP_ECHO:
    case HTTP_DISCARD:
      if (!starved) return 0;
      return request + 1 + server->body_offset / HTTP_BUFFER_SIZE;
    default:
      return 0;
  }
}

void http_server_rest(http_server *server)
{
  http_buffer_rest(&server->in);
  http_buffer_rest(&server->out);
}

void http_server_free(http_server *server)
{
  http_buffer_free(&server->in);
  http_buffer_free(&server->out);
}

bool http_server_done(const http_server *server)
{
  return server->state == HTTP_LAST && http_buffer_len(&server->out) == 0;
}

static void finish_response(http_server *server)
{
  server->state = server->keep_alive ? HTTP_REQUEST : HTTP_LAST;
}

/* Moves body bytes from `in` to `out`, or nowhere when they are unwanted. */
static void serve_body(http_server *server)
{
  size_t len = smaller(server->body_len - server->body_offset,
                       http_buffer_len(&server->in));
  if (server->state == HTTP_ECHO) {
    len = smaller(len, http_buffer_room(&server->out).len);
    http_buffer_append(&server->out, http_buffer_data(&server->in), len);
  }
  http_buffer_consume(&server->in, len);
  server->body_offset += len;
}

/* Goes on as far as the two buffers allow. */
static void serve(http_server *server)
{
  if (server->state == HTTP_REQUEST && !serve_request(server)) return;
  if (server->state == HTTP_CUT) {
    http_buffer_consume(&server->in, http_buffer_len(&server->in));
    if (server->peer_ended) server->state = HTTP_LAST;
  }
  if (server->state >= HTTP_CUT) return;
  if (server->state == HTTP_PATTERN) {
    http_buffer_add_pattern(&server->out, &server->body_offset,
                            server->body_len);
  } else {
    serve_body(server);
  }
  if (server->body_offset == server->body_len) {
    finish_response(server);
  } else if (server->peer_ended && server->state != HTTP_PATTERN &&
             http_buffer_len(&server->in) == 0) {
    server->state = HTTP_LAST;
  }
}

/* Answers one request; false when there is none that could be answered now. */
static bool serve_request(http_server *server)
{
  if (!has_head_room(server)) return false;
  size_t head_len = http_head_cut(&server->in);
  if (head_len == 0) {
    bool too_long = http_buffer_full(&server->in);
    server->keep_alive = server->keep_alive && !too_long;
    if (too_long) respond(server, "431 Request Header Fields Too Large", 0);
    if (too_long || server->peer_ended) server->state = HTTP_LAST;
    return false;
  }
  char *head = http_buffer_data(&server->in);
  char method[8] = "";
  char path[256] = "";
  int minor = 0;
  uint64_t body_len = 0;
  bool has_length =
      http_head_number(http_head_field(head, "Content-Length"), &body_len);
  bool parsed =
      sscanf(head, "%7s %255s HTTP/1.%1d", method, path, &minor) == 3 &&
      http_head_field(head, "Transfer-Encoding") == NULL;
  server->num_requests++;
  server->body_offset = 0;
  server->body_len = body_len;
  server->keep_alive = parsed && minor == 1 && !server->peer_ended &&
                       !http_head_field_is(head, "Connection", "close");
  bool expects = http_head_field_is(head, "Expect", "100-continue");
  http_buffer_consume(&server->in, head_len);
  if (expects) {
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    http_buffer_append(&server->out, go_on, sizeof go_on - 1);
  }
  route(server, parsed ? method : "", path, has_length);
  return true;
}

static void route(http_server *server, const char *method, const char *path,
                  bool has_length)
{
  bool get = strcmp(method, "GET") == 0;
  uint64_t num_bytes = 0;
  if (get && strcmp(path, "/") == 0) {
    size_t len = sizeof greeting - 1;
    respond(server, "200 OK", len);
    http_buffer_append(&server->out, greeting, len);
    server->state = HTTP_DISCARD;
  } else if (get && strncmp(path, "/bytes/", 7) == 0 &&
             http_head_number(path + 7, &num_bytes)) {
    respond(server, "200 OK", num_bytes);
    server->state = HTTP_PATTERN;
    server->body_len = num_bytes;
  } else if (strcmp(method, "POST") == 0 && strcmp(path, "/echo") == 0 &&
             has_length) {
    respond(server, "200 OK", server->body_len);
    server->state = HTTP_ECHO;
  } else {
    respond(server, "404 Not Found", 0);
    server->state = HTTP_DISCARD;
  }
}

static void respond(http_server *server, const char *status, uint64_t len)
{
  char head[HTTP_HEAD_ROOM];
  int written =
      snprintf(head, sizeof head,
               "HTTP/1.1 %s\r\n"
               "Content-Type: text/plain\r\n"
               "Content-Length: %" PRIu64
               "\r\n"
               "Connection: %s\r\n\r\n",
               status, len, server->keep_alive ? "keep-alive" : "close");
  if (written > 0) http_buffer_append(&server->out, head, (size_t)written);
}
