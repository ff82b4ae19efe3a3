/* SPDX-License-Identifier: MIT */
/* options: reads the command line that the embeddings share. */
#ifndef EMBED_OPTIONS_H
#define EMBED_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* What the programs exit with. */
enum {
  EXIT_COMPLETE = 0,
  EXIT_TROUBLE = 1, /* Memory, files: nothing to do with the peer. */
  EXIT_USAGE = 2,
  EXIT_CERTIFICATE = 3, /* The peer's certificate was refused. */
  EXIT_TLS = 4,         /* TLS failed, here or with an alert from the peer. */
  EXIT_TRUNCATED = 5,   /* The transport ended without close_notify. */
  EXIT_CONNECT = 6,     /* No connection. */
  EXIT_TIMEOUT = 7,     /* Nothing moved for too long. */
  EXIT_HTTP = 8         /* No 200, or not the bytes that were expected. */
};

typedef struct server_options {
  const char *program;
  uint16_t port;
  const char *cert_file;
  const char *key_file;
  bool max_tls12;
  unsigned idle_timeout_s; /* Until something moves. */
  unsigned
      request_timeout_s; /* For handshake and head, and 16 KiB of a body. */
} server_options;

typedef struct client_options {
  const char *program;
  const char *ca_file; /* NULL: the system's trust. */
  char server_name[256];
  char path[512];
  struct sockaddr_storage address;
  socklen_t address_len;
  uint64_t post_len; /* UINT64_MAX: a GET. */
  bool trace;
  unsigned count;
  unsigned timeout_s;
} client_options;

/* Both say what is wrong and exit with EXIT_USAGE, or EXIT_CONNECT when a name
 * has no address. */
void options_read_server(int argc, char **argv, server_options *out);
void options_read_client(int argc, char **argv, client_options *out);

#endif
