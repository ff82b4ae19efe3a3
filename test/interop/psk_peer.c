/* SPDX-License-Identifier: MIT */
/* psk_peer: one connection by a pre-shared key, with a foreign peer. */
/*
 * Usage: psk_peer client PORT VERSION DIGEST IDENTITY KEY
 *        psk_peer server 0 VERSION DIGEST IDENTITY KEY
 *        psk_peer session 0 1.3 DIGEST IDENTITY KEY
 * VERSION is 1.2 or 1.3, DIGEST 256 or 384, KEY hexadecimal. The server prints its
 * port first. Both print how the handshake ended; the server echoes what it is
 * sent first. `session` prints the key as openssl's -psk_session wants it.
 */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "socket_pump.h"

static struct {
  stls_protocol version;
  stls_psk_digest digest;
  const char *identity;
  unsigned char key[64];
  size_t key_len;
} options;

static bool answer(stls_psk *psk)
{
  return stls_psk_set_key(psk, options.key, options.key_len) == STLS_OK &&
         stls_psk_set_digest(psk, options.digest) == STLS_OK;
}

static bool look_up_client(stls_object *object, const char *hint, stls_psk *psk,
                           void *user_data)
{
  (void)object;
  (void)hint;
  (void)user_data;
  return stls_psk_set_identity(psk, options.identity,
                               strlen(options.identity)) == STLS_OK &&
         answer(psk);
}

static bool look_up_server(stls_object *object, const uint8_t *identity,
                           size_t identity_len, stls_psk *psk, void *user_data)
{
  (void)object;
  (void)user_data;
  return identity_len == strlen(options.identity) &&
         memcmp(identity, options.identity, identity_len) == 0 && answer(psk);
}

static stls_object *open_object(stls_role role)
{
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = NULL;
  stls_object *object = NULL;

  wire_check(stls_context_new_without_trust(role, NULL, NULL, &context, &err),
             &err);
  wire_check(stls_context_set_versions(context, options.version,
                                       options.version, &err),
             &err);
  wire_check(
      role == STLS_CLIENT
          ? stls_context_set_psk_client(context, look_up_client, NULL, &err)
          : stls_context_set_psk_server(context, look_up_server, "who?", NULL,
                                        &err),
      &err);
  wire_check(
      stls_context_set_ciphers(
          context, "ECDHE-PSK-CHACHA20-POLY1305:kECDHEPSK+AES:!SHA1", &err),
      &err);
  if (options.digest == STLS_PSK_SHA384)
    wire_check(
        stls_context_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384", &err),
        &err);
  if (role == STLS_CLIENT) made.server_name = "server.example";
  wire_check(stls_object_new(context, NULL, NULL, &made, &object, &err), &err);
  stls_context_free(context);
  return object;
}

static int converse(stls_role role, int fd)
{
  stls_object *object = open_object(role);
  stls_error err = STLS_ERROR_INIT;
  const stls_conninfo *info;
  char text[100] = "a line to be echoed\n";
  size_t len = strlen(text), done;
  stls_result result = wire_handshake(object, fd);

  stls_object_error(object, &err);
  wire_check(result, &err);
  if (role == STLS_SERVER) len = wire_read(object, fd, text, sizeof text);
  result = stls_object_write(object, text, len, &done);
  wire_drain(object, fd);
  if (role == STLS_CLIENT && wire_read(object, fd, text, sizeof text) != len)
    result = STLS_ERROR_TRUNCATED;
  wire_check(result, &err);
  (void)!stls_object_close_write(object);
  wire_drain(object, fd);
  info = stls_object_conninfo(object);
  if (stls_conninfo_psk(info))
    printf("by the key of %s, %s, %s\n",
           (const char *)stls_conninfo_psk_identity(info, NULL),
           stls_conninfo_version_name(info), stls_conninfo_cipher_name(info));
  else
    printf("by a certificate\n");
  stls_object_free(object);
  close(fd);
  return 0;
}

static int print_session(void)
{
  const unsigned char suite[] = {0x13,
                                 options.digest == STLS_PSK_SHA384 ? 2 : 1};
  SSL_CTX *ctx = SSL_CTX_new(TLS_method());
  SSL *ssl = SSL_new(ctx);
  SSL_SESSION *session = SSL_SESSION_new();
  bool is_done =
      SSL_SESSION_set1_master_key(session, options.key, options.key_len) &&
      SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, suite)) &&
      SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) &&
      PEM_write_SSL_SESSION(stdout, session);

  SSL_SESSION_free(session);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
  return is_done ? 0 : 1;
}

int main(int argc, char **argv)
{
  stls_role role;
  int fd;

  if (argc != 7) return 2;
  role = strcmp(argv[1], "server") == 0 ? STLS_SERVER : STLS_CLIENT;
  options.version = strcmp(argv[3], "1.2") == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
  options.digest =
      strcmp(argv[4], "384") == 0 ? STLS_PSK_SHA384 : STLS_PSK_SHA256;
  options.identity = argv[5];
  for (const char *at = argv[6];
       options.key_len < sizeof options.key &&
       sscanf(at, "%2hhx", &options.key[options.key_len]) == 1;
       at += 2)
    options.key_len++;
  if (strcmp(argv[1], "session") == 0) return print_session();
  fd = wire_open(role, argv[2]);
  if (fd < 0) {
    perror("psk_peer");
    return 1;
  }
  return converse(role, fd);
}
