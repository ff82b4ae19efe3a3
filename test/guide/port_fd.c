/* SPDX-License-Identifier: MIT */
/* port_fd: what is ported: libssl on a blocking socket, SSL_set_fd. */
/*
 * cc -o port_fd port_fd.c $(pkg-config --cflags --libs openssl)
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A client: the function that the guide ports. */
static int talk(SSL_CTX *ctx, int fd, const char *line)
{
  SSL *ssl = SSL_new(ctx);
  char data[4096];
  int len;
  SSL_set_fd(ssl, fd);
  SSL_set_tlsext_host_name(ssl, "a.example");
  SSL_set1_host(ssl, "a.example");
  if (SSL_connect(ssl) != 1) {
    ERR_print_errors_fp(stderr);
    SSL_free(ssl);
    return 0;
  }
  SSL_write(ssl, line, (int)strlen(line));
  SSL_shutdown(ssl);
  while ((len = SSL_read(ssl, data, sizeof data)) > 0)
    fwrite(data, 1, len, stdout);
  int is_clean = SSL_get_error(ssl, len) == SSL_ERROR_ZERO_RETURN;
  SSL_free(ssl);
  return is_clean;
}

/* The server that it talks to: echoes once. */
static int answer(SSL_CTX *ctx, int fd)
{
  SSL *ssl = SSL_new(ctx);
  char data[4096];
  int len = 0;
  SSL_set_fd(ssl, fd);
  if (SSL_accept(ssl) == 1) len = SSL_read(ssl, data, sizeof data);
  if (len > 0) SSL_write(ssl, data, len);
  SSL_shutdown(ssl);
  SSL_free(ssl);
  return len > 0;
}

int main(void)
{
  SSL_CTX *client = SSL_CTX_new(TLS_client_method());
  SSL_CTX *server = SSL_CTX_new(TLS_server_method());
  int fds[2], status = 1, good = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) return 2;
  signal(SIGPIPE, SIG_IGN); /* The peer may be gone when close_notify is sent. */
  SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
  SSL_CTX_load_verify_locations(client, "ca.pem", NULL);
  SSL_CTX_use_certificate_chain_file(server, "a.example.pem");
  SSL_CTX_use_PrivateKey_file(server, "a.example.key", SSL_FILETYPE_PEM);
  pid_t child = fork();
  close(fds[child == 0]);
  if (child == 0) {
    good = answer(server, fds[0]);
  } else {
    good = talk(client, fds[1], "hello\n");
    close(fds[1]);
    waitpid(child, &status, 0);
  }
  SSL_CTX_free(client);
  SSL_CTX_free(server);
  return good ? 0 : 1;
}
