/* SPDX-License-Identifier: MIT */
/* site_peer: one connection with a foreign peer: names, client certificates, ALPN,
 * resumption. */
/*
 * Usage: site_peer server 0 VERSION DATA
 *        site_peer client PORT VERSION DATA
 * VERSION is 1.2 or 1.3, DATA the folder of certificates. The server prints its
 * port first. It has two sites, chosen by the ClientHello: server.example speaks
 * h2 and http/1.1, other.example only http/1.1 and with whom it knows; others are
 * rejected. It answers the first bytes with a short page. The client shows its
 * certificate, and connects a second time with the session of the first. Both
 * print a line about each connection.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sanstls/alpn.h>
#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>
#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "socket_pump.h"

static struct {
  const char *port;
  stls_protocol version;
  const char *data;
} options;

static const char *const protocols[] = {"h2", "http/1.1"};

static void set_credential(stls_context *context, const char *name);
static void set_trust(stls_context *context);
static stls_context *new_context(stls_role role, const char *credential);
static int serve(void);
static int ask_twice(void);
static stls_session *ask(stls_context *context, stls_session *session);
static void describe(const stls_object *object);

int main(int argc, char **argv)
{
  if (argc != 5) return 2;
  options.port = argv[2];
  options.version = strcmp(argv[3], "1.2") == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
  options.data = argv[4];
  return strcmp(argv[1], "server") == 0 ? serve() : ask_twice();
}

static int serve(void)
{
  static const char page[] = "HTTP/1.0 200 OK\r\n\r\na page\n";
  stls_context *site = new_context(STLS_SERVER, "server-ecdsa");
  stls_context *other = new_context(STLS_SERVER, "server-wrongname");
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_object *object = NULL;
  const char *name;
  char request[1000];
  size_t done;
  int fd;

  wire_check(stls_context_set_alpn(site, protocols, 2, &err), &err);
  wire_check(stls_context_set_alpn(other, protocols + 1, 1, &err), &err);
  wire_check(stls_context_set_verify_mode(other, STLS_VERIFY_REQUIRED, &err),
             &err);
  made.choose_context = true;
  wire_check(stls_object_new(site, NULL, NULL, &made, &object, &err), &err);
  fd = wire_open(STLS_SERVER, options.port);
  if (fd < 0) return 1;
  if (wire_handshake(object, fd) == STLS_WANT_CONTEXT) {
    name = stls_client_hello_server_name(stls_object_client_hello(object));
    if (name != NULL && strcmp(name, "server.example") == 0)
      (void)!stls_object_set_context(object, NULL);
    else if (name != NULL && strcmp(name, "other.example") == 0)
      (void)!stls_object_set_context(object, other);
    else
      (void)!stls_object_reject(object, 112);
  }
  (void)!wire_handshake(object, fd);
  if (wire_read(object, fd, request, sizeof request) > 0)
    (void)!stls_object_write(object, page, strlen(page), &done);
  (void)!stls_object_close_write(object);
  wire_drain(object, fd);
  describe(object);
  stls_object_free(object);
  stls_context_free(site);
  stls_context_free(other);
  close(fd);
  return 0;
}

static int ask_twice(void)
{
  stls_context *context = new_context(STLS_CLIENT, "client-ecdsa");
  stls_error err = STLS_ERROR_INIT;
  stls_session *session;

  wire_check(stls_context_set_alpn(context, protocols, 2, &err), &err);
  session = ask(context, NULL);
  stls_session_free(ask(context, session));
  stls_session_free(session);
  stls_context_free(context);
  return 0;
}

/* One connection, and a session of it. */
static stls_session *ask(stls_context *context, stls_session *session)
{
  static const char request[] = "GET / HTTP/1.0\r\n\r\n";
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_object *object = NULL;
  stls_session *next = NULL;
  char page[1000];
  size_t done;
  int fd = wire_open(STLS_CLIENT, options.port);

  if (fd < 0) exit(1);
  made.server_name = "server.example";
  made.session = session;
  wire_check(stls_object_new(context, NULL, NULL, &made, &object, &err), &err);
  (void)!wire_handshake(object, fd);
  (void)!stls_object_write(object, request, strlen(request), &done);
  wire_drain(object, fd);
  (void)!wire_read(object, fd, page, sizeof page);
  (void)!stls_object_take_session(object, &next, NULL);
  describe(object);
  (void)!stls_object_close_write(object);
  wire_drain(object, fd);
  stls_object_free(object);
  close(fd);
  return next;
}

static stls_context *new_context(stls_role role, const char *credential)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;

  wire_check(stls_context_new_without_trust(role, NULL, NULL, &context, &err),
             &err);
  wire_check(stls_context_set_versions(context, options.version,
                                       options.version, &err),
             &err);
  set_credential(context, credential);
  set_trust(context);
  return context;
}

static void set_credential(stls_context *context, const char *name)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_credential *credential = NULL;
  char chain[1000], key[1000];

  snprintf(chain, sizeof chain, "%s/%s.pem", options.data, name);
  snprintf(key, sizeof key, "%s/%s.key", options.data, name);
  source.chain_file = chain;
  source.key_file = key;
  wire_check(stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
             &err);
  wire_check(stls_context_set_credential(context, credential, &err), &err);
  stls_credential_free(credential);
}

static void set_trust(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;
  stls_trust *trust = NULL;
  char path[1000];

  snprintf(path, sizeof path, "%s/ca.pem", options.data);
  wire_check(stls_trust_new(NULL, NULL, &trust, &err), &err);
  wire_check(stls_trust_add_file(trust, path, &err), &err);
  wire_check(stls_context_set_trust(context, trust, &err), &err);
  stls_trust_free(trust);
}

static void describe(const stls_object *object)
{
  char line[STLS_DESCRIPTION_SIZE];
  stls_error err = STLS_ERROR_INIT;

  (void)!stls_object_describe(object, line, sizeof line, &(size_t){0}, NULL);
  printf("%s\n", line);
  if (stls_object_error(object, &err) != STLS_OK) printf("%s\n", err.message);
}
