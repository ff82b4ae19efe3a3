/* SPDX-License-Identifier: MIT */
/* errors: what both ends of a connection say when it fails. */
/*
 * cc -o errors errors.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <stdio.h>
#include <string.h>

#include "memory_pair.h"

/* Reads until the object says something else than data. */
static stls_result read_on(stls_object *tls)
{
  char data[100];
  size_t len;
  stls_result result;
  do result = stls_object_read(tls, data, sizeof data, &len);
  while (result == STLS_OK);
  return result;
}

/* A handshake between these contexts, and what both ends say to it. Takes both. */
static memory_pair try_it(const char *what, stls_context *client,
                          stls_context *server)
{
  printf("%s\n", what);
  memory_pair pair = pair_new(client, server, NULL);
  pair_handshake(&pair);
  say("  client's handshake", stls_object_handshake(pair.client), pair.client);
  say("  server's handshake", stls_object_handshake(pair.server), pair.server);
  stls_context_free(client); /* Objects keep their context. */
  stls_context_free(server);
  return pair;
}

/* A client that knows another CA. */
static void not_trusted(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = NULL;
  must(stls_context_new_client_from_files("me.example.pem", &client, &err),
       &err);
  memory_pair pair = try_it("CA not trusted", client, server_context());
  const stls_conninfo *info = stls_object_conninfo(pair.client);
  stls_certificate *refused = NULL;
  must(stls_conninfo_failed_certificate(info, &refused, &err), &err);
  printf("  serial number %s was refused, at depth %d: %s\n",
         stls_certificate_serial(refused), stls_conninfo_verify_depth(info),
         stls_conninfo_verify_text(info));
  stls_certificate_free(refused);
  pair_free(&pair);
}

/* A server that demands a certificate of a client that has none. */
static void no_client_certificate(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *server = server_context();
  stls_trust *trust = NULL;
  must(stls_trust_new(NULL, NULL, &trust, &err), &err);
  must(stls_trust_add_file(trust, "ca.pem", &err), &err);
  must(stls_context_set_trust(server, trust, &err), &err);
  must(stls_context_set_verify_mode(server, STLS_VERIFY_REQUIRED, &err), &err);
  stls_trust_free(trust);
  memory_pair pair =
      try_it("No certificate of the client", client_context(), server);
  say("  client's first read", read_on(pair.client), pair.client);
  pair_free(&pair);
}

/* The transport of the client ends in the middle. */
static void cut_off(void)
{
  memory_pair pair = try_it("Cut off", client_context(), server_context());
  stls_bio_write_eof(stls_object_incoming(pair.client));
  say("  client's read", read_on(pair.client), pair.client);
  pair_free(&pair);
}

/* Somebody speaks HTTP to a server of TLS. */
static void not_tls(void)
{
  static const char request[] = "GET / HTTP/1.1\r\n\r\n";
  stls_context *client = client_context(), *server = server_context();
  memory_pair pair = pair_new(client, server, NULL);
  stls_error err = STLS_ERROR_INIT;
  size_t taken;
  printf("No TLS\n");
  must(stls_bio_write(stls_object_incoming(pair.server), request,
                      strlen(request), &taken, &err),
       &err);
  say("  server's handshake", stls_object_handshake(pair.server), pair.server);
  stls_context_free(client);
  stls_context_free(server);
  pair_free(&pair);
}

/* A mistake of the program: nothing changed, and the connection goes on. */
static void misuse(void)
{
  memory_pair pair = try_it("Misuse", client_context(), server_context());
  stls_error err = STLS_ERROR_INIT;
  size_t done;
  stls_result result = stls_object_write(pair.client, NULL, 5, &done);
  stls_object_error(pair.client, &err);
  printf("  %s, reason %s: %s\n", stls_result_name(result),
         stls_reason_name(err.own_reason), err.message);
  say("  client's next write",
      stls_object_write(pair.client, "hello", 5, &done), pair.client);
  pair_free(&pair);
}

int main(void)
{
  not_trusted();
  no_client_certificate();
  cut_off();
  not_tls();
  misuse();
  return 0;
}
