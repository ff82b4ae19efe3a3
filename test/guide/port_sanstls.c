/* SPDX-License-Identifier: MIT */
/* port_sanstls: what it is ported to: both ends in memory. */
/*
 * cc -o port_sanstls port_sanstls.c $(pkg-config --cflags --libs sanstls)
 */
#include <sanstls/sanstls.h>
#include <stdio.h>

static stls_result make_contexts(stls_context **client, stls_context **server,
                                 stls_error *err)
{
  stls_result result =
      stls_context_new_client_from_files("ca.pem", client, err);
  if (result == STLS_OK)
    result = stls_context_new_server_from_files("a.example.pem",
                                                "a.example.key", server, err);
  return result;
}

/* The queues are the object's own. */
static stls_result make_object(stls_context *context, const char *name,
                               stls_object **tls, stls_error *err)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  options.server_name = name; /* NULL on a server. */
  return stls_object_new(context, NULL, NULL, &options, tls, err);
}

static void move(stls_object *from, stls_object *to)
{
  stls_bio *outgoing = stls_object_outgoing(from);
  stls_bio *incoming = stls_object_incoming(to);
  char records[4096];
  size_t len, taken;
  while (stls_bio_read(outgoing, records, sizeof records, &len, NULL) ==
         STLS_OK)
    if (stls_bio_write(incoming, records, len, &taken, NULL) != STLS_OK) return;
}

static stls_result shake_hands(stls_object *client, stls_object *server)
{
  stls_result at_client, at_server;
  do {
    at_client = stls_object_handshake(client);
    move(client, server);
    at_server = stls_object_handshake(server);
    move(server, client);
  } while (at_client == STLS_WANT_READ || at_server == STLS_WANT_READ);
  return at_client != STLS_OK ? at_client : at_server;
}

/* Everything that is queued, in one call. */
static stls_result take_hello(stls_object *tls)
{
  char data[100];
  size_t len;
  stls_result result = stls_object_read(tls, data, sizeof data, &len);
  if (result == STLS_OK) printf("%.*s\n", (int)len, data);
  if (result == STLS_OK)
    result = stls_object_read(tls, data, sizeof data, &len);
  return result;
}

static stls_result greet(stls_object *client, stls_object *server)
{
  size_t done;
  stls_result result = stls_object_write(client, "hello", 5, &done);
  if (result == STLS_OK) result = stls_object_close_write(client);
  move(client, server);
  return result == STLS_OK ? take_hello(server) : result;
}

/* What CPython's SSLObject tells, on the client. */
static void tell(stls_object *tls)
{
  const stls_conninfo *info = stls_object_conninfo(tls);
  stls_certificate *peer = NULL;
  stls_session *session = NULL;
  char json[4096];
  size_t len;
  if (!stls_conninfo_peer_verified(info) ||
      stls_conninfo_peer_certificate(info, &peer, NULL) != STLS_OK)
    return;
  if (stls_certificate_to_json(peer, json, sizeof json, &len, NULL) == STLS_OK)
    printf("%s, %s, %s\n%s\n", stls_conninfo_version_name(info),
           stls_conninfo_cipher_name(info),
           stls_conninfo_alpn(info, NULL) != NULL ? "ALPN" : "no ALPN", json);
  if (stls_object_take_session(tls, &session, NULL) == STLS_OK)
    stls_session_free(session);
  stls_certificate_free(peer);
}

/* The end of both sides, and of the transport. */
static stls_result finish(stls_object *client, stls_object *server)
{
  stls_result result = stls_object_unwrap(server);
  move(server, client);
  if (result == STLS_OK) result = stls_object_unwrap(client);
  stls_bio_write_eof(stls_object_incoming(client));
  return result;
}

int main(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client_context = NULL, *server_context = NULL;
  stls_object *client = NULL, *server = NULL;
  stls_result result = make_contexts(&client_context, &server_context, &err);
  if (result == STLS_OK)
    result = make_object(client_context, "a.example", &client, &err);
  if (result == STLS_OK)
    result = make_object(server_context, NULL, &server, &err);
  if (result == STLS_OK) result = shake_hands(client, server);
  if (result == STLS_OK) result = greet(client, server);
  if (result == STLS_CLOSED) {
    tell(client);
    result = finish(client, server);
  }
  stls_object_free(client);
  stls_object_free(server);
  stls_context_free(client_context);
  stls_context_free(server_context);
  return result == STLS_OK ? 0 : 1;
}
