/* SPDX-License-Identifier: MIT */
/* options: reads the command line that the embeddings share. */
#include "options.h"

#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char server_usage[] =
    "--port N --cert FILE --key FILE [--max-tls12]\n"
    "          [--idle-timeout SECONDS] [--request-timeout SECONDS]\n";

static const char client_usage[] =
    "[--ca FILE] [--connect HOST:PORT] [--name SERVERNAME]\n"
    "          [--post LENGTH] [--count CONNECTIONS] [--timeout SECONDS]\n"
    "          [--trace] https://host[:port]/path\n";

static void leave(const char *usage, const char *program)
{
  fprintf(stderr, "usage: %s %s", program, usage);
  exit(EXIT_USAGE);
}

static const char *base_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* A whole number up to `max`, or no return. */
static uint64_t number(const char *text, uint64_t max, const char *usage,
                       const char *program)
{
  char *end = NULL;
  unsigned long long value = strtoull(text, &end, 10);
  bool digits = *text >= '0' && *text <= '9' && *end == '\0';
  if (!digits || value > max) leave(usage, program);
  return value;
}

void options_read_server(int argc, char **argv, server_options *out)
{
  static const struct option longs[] = {
      {"port", required_argument, NULL, 'p'},
      {"cert", required_argument, NULL, 'c'},
      {"key", required_argument, NULL, 'k'},
      {"max-tls12", no_argument, NULL, '2'},
      {"idle-timeout", required_argument, NULL, 'i'},
      {"request-timeout", required_argument, NULL, 'r'},
      {NULL, 0, NULL, 0}};
  *out = (server_options){.program = base_name(argv[0]),
                          .idle_timeout_s = 30,
                          .request_timeout_s = 20};
  const char *program = out->program;
  for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
    switch (c) {
      case 'p':
        out->port = (uint16_t)number(optarg, UINT16_MAX, server_usage, program);
        break;
      case 'c':
        out->cert_file = optarg;
        break;
      case 'k':
        out->key_file = optarg;
        break;
      case '2':
        out->max_tls12 = true;
        break;
      case 'i':
        out->idle_timeout_s =
            (unsigned)number(optarg, 86400, server_usage, program);
        break;
      case 'r':
        out->request_timeout_s =
            (unsigned)number(optarg, 86400, server_usage, program);
        break;
      default:
        leave(server_usage, program);
    }
  }
  bool complete = out->cert_file != NULL && out->key_file != NULL &&
                  out->idle_timeout_s > 0 && out->request_timeout_s > 0;
  if (!complete || optind != argc) leave(server_usage, program);
}

/* Splits "host:port", "[address]:port" or "host"; false when it is neither. */
static bool split_host(const char *text, size_t len, char host[256],
                       char port[8])
{
  const char *host_start = text;
  const char *end = text + len;
  const char *host_end = memchr(text, ':', len);
  const char *colon = host_end;
  if (len > 0 && text[0] == '[') {
    host_start++;
    host_end = memchr(text, ']', len);
    if (host_end == NULL) return false;
    colon = host_end + 1 < end ? host_end + 1 : NULL;
  }
  if (host_end == NULL) host_end = end;
  size_t host_len = (size_t)(host_end - host_start);
  if (host_len == 0 || host_len > 255) return false;
  memcpy(host, host_start, host_len);
  host[host_len] = '\0';
  if (colon == NULL) return true;
  size_t port_len = (size_t)(end - colon) - 1;
  if (*colon != ':' || port_len == 0 || port_len > 5) return false;
  memcpy(port, colon + 1, port_len);
  port[port_len] = '\0';
  return true;
}

/*
 * Takes the first address, IPv4 before IPv6. A browser would try them all; that
 * is the business of a connector, and the templates are about TLS.
 */
static bool resolve(const char *host, const char *port, client_options *out)
{
  static const int families[] = {AF_INET, AF_INET6};
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
    struct addrinfo hints = {.ai_family = families[i],
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) == 0) {
      memcpy(&out->address, found->ai_addr, found->ai_addrlen);
      out->address_len = found->ai_addrlen;
      freeaddrinfo(found);
      return true;
    }
  }
  return false;
}

static bool read_url(const char *url, char host[256], char port[8],
                     client_options *out)
{
  static const char scheme[] = "https://";
  if (strncmp(url, scheme, sizeof scheme - 1) != 0) return false;
  const char *authority = url + sizeof scheme - 1;
  size_t authority_len = strcspn(authority, "/");
  const char *path = authority + authority_len;
  if (*path == '\0') path = "/";
  if (strlen(path) >= sizeof out->path) return false;
  memcpy(out->path, path, strlen(path) + 1);
  return split_host(authority, authority_len, host, port);
}

void options_read_client(int argc, char **argv, client_options *out)
{
  static const struct option longs[] = {
      {"ca", required_argument, NULL, 'a'},
      {"connect", required_argument, NULL, 'c'},
      {"name", required_argument, NULL, 'n'},
      {"post", required_argument, NULL, 'p'},
      {"count", required_argument, NULL, 'k'},
      {"timeout", required_argument, NULL, 'o'},
      {"trace", no_argument, NULL, 't'},
      {NULL, 0, NULL, 0}};
  *out = (client_options){.program = base_name(argv[0]),
                          .post_len = UINT64_MAX,
                          .count = 1,
                          .timeout_s = 10};
  const char *program = out->program;
  const char *connect_to = NULL;
  const char *name = NULL;
  for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
    switch (c) {
      case 'a':
        out->ca_file = optarg;
        break;
      case 'c':
        connect_to = optarg;
        break;
      case 'n':
        name = optarg;
        break;
      case 'p':
        out->post_len = number(optarg, UINT32_MAX, client_usage, program);
        break;
      case 'k':
        out->count = (unsigned)number(optarg, 10000, client_usage, program);
        break;
      case 'o':
        out->timeout_s = (unsigned)number(optarg, 86400, client_usage, program);
        break;
      case 't':
        out->trace = true;
        break;
      default:
        leave(client_usage, program);
    }
  }
  char host[256] = "";
  char port[8] = "443";
  if (optind + 1 != argc || !read_url(argv[optind], host, port, out) ||
      out->count == 0 || out->timeout_s == 0 ||
      (out->trace && out->count != 1) ||
      (name != NULL && strlen(name) >= sizeof out->server_name)) {
    leave(client_usage, program);
  }
  (void)snprintf(out->server_name, sizeof out->server_name, "%s",
                 name != NULL ? name : host);
  if (connect_to != NULL &&
      !split_host(connect_to, strlen(connect_to), host, port)) {
    leave(client_usage, program);
  }
  if (!resolve(host, port, out)) {
    fprintf(stderr, "%s: %s has no address\n", program, host);
    exit(EXIT_CONNECT);
  }
}
