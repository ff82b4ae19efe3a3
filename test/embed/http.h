/* SPDX-License-Identifier: MIT */
/* http: as much HTTP/1.1 as the embeddings need, without any I/O. */
#ifndef EMBED_HTTP_H
#define EMBED_HTTP_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/*
 * Both sides have the same four doors, two per direction:
 *
 *   room  where received bytes may be put (empty: full)
 *   took  that many bytes were put there
 *   ready the bytes to send next (empty: none at the moment)
 *   sent  that many of them were taken
 *
 * Buffers are bounded, and have memory only while bytes are in them or may come:
 * `rest` gives it back. A peer that does not read makes `ready` stay, which makes
 * `room` shrink to 0, which makes the caller stop reading: backpressure needs
 * no further code.
 */
/*
 * A server: GET / is a greeting, GET /bytes/N the first N bytes of the pattern,
 * POST /echo gives the body back as it comes. Anything else is 404.
 */
typedef struct http_server {
  enum {
    HTTP_REQUEST,
    HTTP_PATTERN,
    HTTP_ECHO,
    HTTP_DISCARD,
    HTTP_CUT,
    HTTP_LAST
  } state;
  bool keep_alive;
  bool peer_ended;
  uint32_t num_requests;
  uint64_t body_offset;
  uint64_t body_len;
  http_buffer in;
  http_buffer out;
} http_server;

void http_server_init(http_server *server);
stls_writable_span http_server_room(http_server *server);
void http_server_took(http_server *server, size_t len);
stls_span http_server_ready(const http_server *server);
void http_server_sent(http_server *server, size_t len);

/* The client sends nothing more; answers that are due still go out. */
void http_server_end(http_server *server);

/* The client takes nothing more: what is due is dropped, and so is what comes. */
void http_server_cut(http_server *server);

/* Whether bytes are welcome; `room` then has memory for them, if there is any. */
bool http_server_has_room(const http_server *server);

/* Whether requests were answered, and none has begun since. */
bool http_server_idle(const http_server *server);

/*
 * What the client has to send before its time is up: a number that stays the
 * same as long as the same part is awaited, a head or a piece of a body. It is
 * the same from the start to the end of the first head, so that one deadline
 * holds for the handshake, too. 0 when nothing is due: between requests, and
 * while the client is the one who waits.
 */
uint64_t http_server_due(const http_server *server);

/* Gives back the memory of empty buffers. */
void http_server_rest(http_server *server);

/* Gives back all memory. */
void http_server_free(http_server *server);

/* Whether everything is said and the connection should be closed. */
bool http_server_done(const http_server *server);

/*
 * A client with one request: a GET, or a POST of the pattern that expects the
 * same bytes back.
 */
typedef struct http_client {
  enum {
    HTTP_HEAD,
    HTTP_BODY,
    HTTP_COMPLETE,
    HTTP_BROKEN
  } state;
  int status;
  bool posting;
  bool until_end;
  uint64_t post_offset;
  uint64_t post_len;
  uint64_t body_offset;
  uint64_t body_len;
  const char *trouble; /* Why it is broken, for a log. */
  http_buffer in;
  http_buffer out;
} http_client;

/* `post_len` of UINT64_MAX means GET. Host and path are copied. */
void http_client_init(http_client *client, const char *host, const char *path,
                      uint64_t post_len);
stls_writable_span http_client_room(http_client *client);
void http_client_took(http_client *client, size_t len);
stls_span http_client_ready(const http_client *client);
void http_client_sent(http_client *client, size_t len);

/* The body bytes at hand, and that `len` of them were used: a fifth door. */
stls_span http_client_body(const http_client *client);
void http_client_used(http_client *client, size_t len);

/* Gives back all memory. */
void http_client_free(http_client *client);

/* Whether more bytes of the response are to come. */
bool http_client_waits(const http_client *client);

/* The server sends nothing more: a body without a length is complete now. */
void http_client_end(http_client *client);

#endif
