/* SPDX-License-Identifier: MIT */
/* psk_peer: one connection by a pre-shared key, with whoever is at the other end. */
/*
 * Usage: psk_peer client PORT VERSION DIGEST IDENTITY KEY
 *        psk_peer server 0 VERSION DIGEST IDENTITY KEY
 *        psk_peer session 0 1.3 DIGEST IDENTITY KEY
 * VERSION is 1.2 or 1.3, DIGEST 256 or 384, KEY hexadecimal. The server prints its
 * port first. Both print how the handshake ended; the server echoes what it is
 * sent first. `session` prints the key as openssl's -psk_session wants it.
 */
#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
  stls_version version;
  stls_psk_digest digest;
  const char *identity;
  unsigned char key[64];
  size_t key_len;
} options;

static void check(stls_result result, const stls_error *err)
{
  if (result == STLS_OK) return;
  printf("%s: %s\n", stls_result_name(result), err->message);
  exit(1);
}

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

  check(stls_context_new(role, NULL, NULL, &context, &err), &err);
  check(stls_context_set_versions(context, options.version, options.version,
                                  &err),
        &err);
  check(role == STLS_CLIENT
            ? stls_context_set_psk_client(context, look_up_client, NULL, &err)
            : stls_context_set_psk_server(context, look_up_server, "who?", NULL,
                                          &err),
        &err);
  check(stls_context_set_ciphers(
            context, "ECDHE-PSK-CHACHA20-POLY1305:kECDHEPSK+AES", &err),
        &err);
  if (options.digest == STLS_PSK_SHA384)
    check(
        stls_context_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384", &err),
        &err);
  if (role == STLS_CLIENT) made.server_name = "server.example";
  check(stls_object_new(context, NULL, NULL, &made, &object, &err), &err);
  stls_context_free(context);
  return object;
}

static void drain(stls_object *object, int fd)
{
  unsigned char bytes[4096];
  size_t len;

  while (stls_bio_read(stls_object_outgoing(object), bytes, sizeof bytes, &len,
                       NULL) == STLS_OK)
    if (write(fd, bytes, len) != (ssize_t)len) exit(1);
}

/* Waits for the peer and gives what it says to the object. */
static void wait_for(stls_object *object, int fd)
{
  stls_error err = STLS_ERROR_INIT;
  unsigned char bytes[4096];
  ssize_t got = read(fd, bytes, sizeof bytes);
  size_t done;

  if (got <= 0)
    stls_bio_write_eof(stls_object_incoming(object));
  else
    check(stls_bio_write(stls_object_incoming(object), bytes, (size_t)got,
                         &done, &err),
          &err);
}

static stls_result shake(stls_object *object, int fd)
{
  stls_result result = stls_object_handshake(object);

  drain(object, fd);
  while (result == STLS_WANT_READ) {
    wait_for(object, fd);
    result = stls_object_handshake(object);
    drain(object, fd);
  }
  return result;
}

static size_t hear(stls_object *object, int fd, char *out, size_t len)
{
  size_t done = 0;
  stls_result result = stls_object_read(object, out, len, &done);

  while (result == STLS_WANT_READ) {
    wait_for(object, fd);
    result = stls_object_read(object, out, len, &done);
    drain(object, fd);
  }
  return result == STLS_OK ? done : 0;
}

static int converse(stls_role role, int fd)
{
  stls_object *object = open_object(role);
  stls_error err = STLS_ERROR_INIT;
  const stls_conninfo *info;
  char text[100] = "a line to be echoed\n";
  size_t len = strlen(text), done;
  stls_result result = shake(object, fd);

  stls_object_error(object, &err);
  check(result, &err);
  if (role == STLS_SERVER) len = hear(object, fd, text, sizeof text);
  result = stls_object_write(object, text, len, &done);
  drain(object, fd);
  if (role == STLS_CLIENT && hear(object, fd, text, sizeof text) != len)
    result = STLS_ERROR_TRUNCATED;
  check(result, &err);
  (void)!stls_object_close_write(object);
  drain(object, fd);
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

static int open_socket(stls_role role, const char *port)
{
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)atoi(port))};
  socklen_t at_len = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);

  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (role == STLS_CLIENT)
    return connect(fd, (struct sockaddr *)&at, sizeof at) == 0 ? fd : -1;
  if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1) != 0 ||
      getsockname(fd, (struct sockaddr *)&at, &at_len) != 0)
    return -1;
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  return accept(fd, NULL, NULL);
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
  fd = open_socket(role, argv[2]);
  if (fd < 0) {
    perror("psk_peer");
    return 1;
  }
  return converse(role, fd);
}
