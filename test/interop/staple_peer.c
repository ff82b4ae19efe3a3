/* SPDX-License-Identifier: MIT */
/* staple_peer: one connection with a stapled OCSP response, with a foreign peer. */
/*
 * Usage: staple_peer client PORT VERSION CA-FILE ask|require
 *        staple_peer server 0 VERSION CHAIN-FILE KEY-FILE RESPONSE-FILE
 * VERSION is 1.2 or 1.3. The client prints its verdict, or why it refused. The
 * server prints its port first, and then how the handshake ended, and echoes what it
 * is sent first.
 */
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "socket_pump.h"

static const char *const verdicts[] = {"none",    "good",         "revoked",
                                       "unknown", "unverifiable", "too old"};

static void set_version(stls_context *context, const char *version)
{
  stls_error err = STLS_ERROR_INIT;
  const stls_protocol number =
      strcmp(version, "1.2") == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;

  wire_check(stls_context_set_versions(context, number, number, &err), &err);
}

static stls_context *client_context(char **argv)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  wire_check(stls_context_new_client_from_files(argv[4], &context, &err), &err);
  wire_check(stls_context_set_stapling(context,
                                       strcmp(argv[5], "ask") == 0
                                           ? STLS_STAPLING_ASK
                                           : STLS_STAPLING_REQUIRE,
                                       &err),
             &err);
  return context;
}

static stls_context *server_context(char **argv)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;
  char response[STLS_OCSP_RESPONSE_MAX];
  FILE *file = fopen(argv[6], "rb");
  size_t len = file == NULL ? 0 : fread(response, 1, sizeof response, file);

  if (file != NULL) fclose(file);
  source.chain_file = argv[4];
  source.key_file = argv[5];
  wire_check(stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
             &err);
  wire_check(stls_credential_set_ocsp_response(credential, response, len, &err),
             &err);
  wire_check(stls_context_new_server(NULL, NULL, &context, &err), &err);
  wire_check(stls_context_set_credential(context, credential, &err), &err);
  stls_credential_free(credential);
  return context;
}

static int converse(stls_context *context, int fd)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  const bool is_client = stls_context_role(context) == STLS_CLIENT;
  stls_error err = STLS_ERROR_INIT;
  stls_object *object = NULL;
  char text[100] = "a line to be echoed\n";
  size_t len = strlen(text), done;
  stls_result result;

  if (is_client) options.server_name = "server.example";
  wire_check(stls_object_new(context, NULL, NULL, &options, &object, &err),
             &err);
  result = wire_handshake(object, fd);
  if (is_client)
    printf("verdict: %s, %zu bytes\n",
           verdicts[stls_object_stapling_verdict(object)],
           stls_object_stapled_response(object).len);
  fflush(stdout);
  stls_object_error(object, &err);
  wire_check(result, &err);
  if (!is_client) len = wire_read(object, fd, text, sizeof text);
  (void)!stls_object_write(object, text, len, &done);
  wire_drain(object, fd);
  if (is_client && wire_read(object, fd, text, sizeof text) == 0) return 1;
  (void)!stls_object_close_write(object);
  wire_drain(object, fd);
  printf("done: %zu bytes of a response\n",
         stls_object_stapled_response(object).len);
  stls_object_free(object);
  stls_context_free(context);
  close(fd);
  return 0;
}

int main(int argc, char **argv)
{
  const bool is_server = argc == 7 && strcmp(argv[1], "server") == 0;
  stls_context *context;
  int fd;

  if (argc != 6 && !is_server) return 2;
  context = is_server ? server_context(argv) : client_context(argv);
  set_version(context, argv[3]);
  fd = wire_open(is_server ? STLS_SERVER : STLS_CLIENT, argv[2]);
  if (fd >= 0) return converse(context, fd);
  perror("staple_peer");
  return 1;
}
