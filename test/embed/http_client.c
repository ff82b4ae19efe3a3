/* SPDX-License-Identifier: MIT */
/* http_client: as much of an HTTP/1.1 client as the embeddings need. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http.h"
#include "http_head.h"

static void produce_request_body(http_client *client);
static void read_response_head(http_client *client);
static void break_off(http_client *client, const char *trouble);

static size_t smaller(uint64_t a, size_t b)
{
  return a < b ? (size_t)a : b;
}

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
  stls_writable_span room = http_buffer_room(&client->out);
  int len =
      snprintf(room.data, room.len,
               "%s %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n",
               client->posting ? "POST" : "GET", path, host, length);
  if (len < 0 || (size_t)len >= room.len) {
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
  while (client->state == HTTP_HEAD &&
         (head_len = http_head_cut(&client->in)) > 0) {
    char *head = http_buffer_data(&client->in);
    if (sscanf(head, "HTTP/1.%*1d %3d", &client->status) != 1 ||
        http_head_field(head, "Transfer-Encoding") != NULL) {
      break_off(client, "the response cannot be read");
      return;
    }
    client->until_end = !http_head_number(
        http_head_field(head, "Content-Length"), &client->body_len);
    http_buffer_consume(&client->in, head_len);
    bool interim = client->status >= 100 && client->status < 200;
    if (!interim) client->state = HTTP_BODY;
  }
  if (head_len == 0 && http_buffer_full(&client->in)) {
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

void http_client_free(http_client *client)
{
  http_buffer_free(&client->in);
  http_buffer_free(&client->out);
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
