/* SPDX-License-Identifier: MIT */
/* http: as much HTTP/1.1 as the embeddings need, without any I/O. */
#include "http.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
static void produce_request_body(http_client *client);
static void read_response_head(http_client *client);
static void break_off(http_client *client, const char *trouble);

static size_t smaller(uint64_t a, size_t b)
{
  return a < b ? (size_t)a : b;
}

/* --- Heads --------------------------------------------------------------- */

/*
 * Ends the first complete head with a NUL and returns its length with the empty
 * line; 0 when there is none yet.
 */
static size_t cut_head(http_buffer *buffer)
{
  char *data = http_buffer_data(buffer);
  size_t len = http_buffer_len(buffer);
  for (size_t i = 3; i < len; i++) {
    if (memcmp(data + i - 3, "\r\n\r\n", 4) == 0) {
      data[i - 1] = '\0';
      return i + 1;
    }
  }
  return 0;
}

/* The value of a header field, up to the line's end; NULL without it. */
static const char *field(const char *head, const char *name)
{
  size_t name_len = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line != NULL;
       line = strstr(line, "\r\n")) {
    line += 2;
    if (strncasecmp(line, name, name_len) == 0 && line[name_len] == ':') {
      const char *value = line + name_len + 1;
      return value + strspn(value, " \t");
    }
  }
  return NULL;
}

static bool field_is(const char *head, const char *name, const char *value)
{
  const char *found = field(head, name);
  return found != NULL && strncasecmp(found, value, strlen(value)) == 0;
}

static bool parse_number(const char *text, uint64_t *out)
{
  if (text == NULL || *text < '0' || *text > '9') return false;
  char *end = NULL;
  *out = strtoull(text, &end, 10);
  return strchr(" \r", *end) != NULL; /* Also when it ends the text. */
}

/* --- The server ---------------------------------------------------------- */

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
    stls_writable_span room = http_buffer_room(&server->out);
    len = smaller(len, room.len);
    memcpy(room.data, http_buffer_data(&server->in), len);
    server->out.end += len;
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
  if (sizeof server->out.bytes - server->out.end < HTTP_HEAD_ROOM) return false;
  size_t head_len = cut_head(&server->in);
  if (head_len == 0) {
    bool too_long = http_buffer_len(&server->in) == sizeof server->in.bytes;
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
  bool has_length = parse_number(field(head, "Content-Length"), &body_len);
  bool parsed =
      sscanf(head, "%7s %255s HTTP/1.%1d", method, path, &minor) == 3 &&
      field(head, "Transfer-Encoding") == NULL;
  server->body_offset = 0;
  server->body_len = body_len;
  server->keep_alive = parsed && minor == 1 && !server->peer_ended &&
                       !field_is(head, "Connection", "close");
  bool expects = field_is(head, "Expect", "100-continue");
  http_buffer_consume(&server->in, head_len);
  if (expects) {
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    memcpy(server->out.bytes + server->out.end, go_on, sizeof go_on - 1);
    server->out.end += sizeof go_on - 1;
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
    memcpy(server->out.bytes + server->out.end, greeting, len);
    server->out.end += len;
    server->state = HTTP_DISCARD;
  } else if (get && strncmp(path, "/bytes/", 7) == 0 &&
             parse_number(path + 7, &num_bytes)) {
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
  char *out = server->out.bytes + server->out.end;
  int written =
      snprintf(out, sizeof server->out.bytes - server->out.end,
               "HTTP/1.1 %s\r\n"
               "Content-Type: text/plain\r\n"
               "Content-Length: %" PRIu64
               "\r\n"
               "Connection: %s\r\n\r\n",
               status, len, server->keep_alive ? "keep-alive" : "close");
  if (written > 0) server->out.end += (size_t)written;
}

/* --- The client ---------------------------------------------------------- */

void http_client_init(http_client *client, const char *host, const char *path,
                      uint64_t post_len)
{
  memset(client, 0, sizeof *client);
  client->posting = post_len != UINT64_MAX;
  client->post_len = client->posting ? post_len : 0;
  char length[64] = "";
  if (client->posting) {
    (void)snprintf(length, sizeof length, "Content-Length: %" PRIu64 "\r\n",
                   post_len);
  }
  int len =
      snprintf(client->out.bytes, sizeof client->out.bytes,
               "%s %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n",
               client->posting ? "POST" : "GET", path, host, length);
  if (len < 0 || (size_t)len >= sizeof client->out.bytes) {
    break_off(client, "the request is too long");
    return;
  }
  client->out.end = (size_t)len;
  produce_request_body(client);
}

stls_writable_span http_client_room(http_client *client)
{
  return http_buffer_room(&client->in);
}

void http_client_took(http_client *client, size_t len)
{
  client->in.end += len;
  if (client->state == HTTP_HEAD) read_response_head(client);
}

stls_span http_client_ready(const http_client *client)
{
  return http_buffer_span(&client->out);
}

void http_client_sent(http_client *client, size_t len)
{
  http_buffer_consume(&client->out, len);
  produce_request_body(client);
}

static void produce_request_body(http_client *client)
{
  http_buffer_add_pattern(&client->out, &client->post_offset, client->post_len);
}

static void break_off(http_client *client, const char *trouble)
{
  client->state = HTTP_BROKEN;
  client->trouble = trouble;
}

static void read_response_head(http_client *client)
{
  size_t head_len = 0;
  while (client->state == HTTP_HEAD && (head_len = cut_head(&client->in)) > 0) {
    char *head = http_buffer_data(&client->in);
    if (sscanf(head, "HTTP/1.%*1d %3d", &client->status) != 1 ||
        field(head, "Transfer-Encoding") != NULL) {
      break_off(client, "the response cannot be read");
      return;
    }
    client->until_end =
        !parse_number(field(head, "Content-Length"), &client->body_len);
    http_buffer_consume(&client->in, head_len);
    bool interim = client->status >= 100 && client->status < 200;
    if (!interim) client->state = HTTP_BODY;
  }
  if (head_len == 0 &&
      http_buffer_len(&client->in) == sizeof client->in.bytes) {
    break_off(client, "the response head is too long");
  }
  http_client_used(client, 0); /* An empty body is complete at once. */
}

stls_span http_client_body(const http_client *client)
{
  stls_span body = http_buffer_span(&client->in);
  if (client->state != HTTP_BODY) body.len = 0;
  if (!client->until_end) {
    body.len = smaller(client->body_len - client->body_offset, body.len);
  }
  return body;
}

/* Whether the body bytes at hand are those that were posted. */
static bool is_echo(const http_client *client, const char *body, size_t len)
{
  char expected[HTTP_BUFFER_SIZE];
  http_pattern(client->body_offset, expected, len);
  return memcmp(expected, body, len) == 0;
}

void http_client_used(http_client *client, size_t len)
{
  if (client->state != HTTP_BODY) return;
  if (client->posting && !is_echo(client, http_buffer_data(&client->in), len)) {
    break_off(client, "the echo is not what was sent");
    return;
  }
  http_buffer_consume(&client->in, len);
  client->body_offset += len;
  bool all = !client->until_end && client->body_offset == client->body_len;
  if (all && client->posting && client->body_len != client->post_len) {
    break_off(client, "the echo has another length");
  } else if (all) {
    client->state = HTTP_COMPLETE;
  }
}

bool http_client_waits(const http_client *client)
{
  return client->state == HTTP_HEAD || client->state == HTTP_BODY;
}

void http_client_end(http_client *client)
{
  if (client->state == HTTP_BODY && client->until_end) {
    client->state = HTTP_COMPLETE;
  } else if (http_client_waits(client)) {
    break_off(client, "the response ended early");
  }
}
