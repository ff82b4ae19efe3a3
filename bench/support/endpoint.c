/* SPDX-License-Identifier: MIT */
/* endpoint: is one end of a connection, in several variants. */
#include "endpoint.h"

#include <string.h>

#include <sanstls/session.h>

#include "bench.h"

/* Where plaintext that nobody looks at goes. */
static uint8_t plaintext[65536];

static stls_error err = STLS_ERROR_INIT;

/* --- the library --- */

static void *open_library_context(const struct endpoint_kind *kind,
                                  stls_role role,
                                  const struct pair_config *config)
{
  (void)kind;
  return pair_library_context(role, config);
}

static void *open_direct_context(const struct endpoint_kind *kind,
                                 stls_role role,
                                 const struct pair_config *config)
{
  struct pair_config direct = *config;

  direct.records = STLS_RECORDS_DIRECT;
  return open_library_context(kind, role, &direct);
}

static void close_library_context(void *context)
{
  stls_context_free(context);
}

static void *open_library(void *context, stls_role role)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;

  if (role == STLS_CLIENT) options.server_name = "localhost";
  bench_must(stls_object_new(context, NULL, NULL, &options, &object, &err),
             "object", &err);
  return object;
}

static void close_library(void *end)
{
  stls_object_free(end);
}

static bool shake_library(void *end)
{
  stls_result result = stls_object_handshake(end);

  bench_must(result, "handshake", NULL);
  return result == STLS_OK;
}

static void write_library(void *end, const uint8_t *data, size_t len)
{
  size_t written = 0;

  bench_must(stls_object_write(end, data, len, &written), "write", NULL);
  bench_need(written == len, "writing at once");
}

static size_t read_library(void *end)
{
  size_t got = 0, total = 0;

  do {
    bench_must(stls_object_read(end, plaintext, sizeof plaintext, &got), "read",
               NULL);
    total += got;
  } while (got == sizeof plaintext);
  return total;
}

static size_t take_library(void *end, uint8_t *out, size_t max)
{
  size_t len = 0;

  bench_must(stls_bio_read(stls_object_outgoing(end), out, max, &len, &err),
             "take", &err);
  return len;
}

static void give_library(void *end, const uint8_t *records, size_t len)
{
  size_t taken = 0;

  bench_must(
      stls_bio_write(stls_object_incoming(end), records, len, &taken, &err),
      "give", &err);
  bench_need(taken == len, "giving at once");
}

static void trim_library(void *end)
{
  stls_object_trim(end);
}

const struct endpoint_kind endpoint_library = {"library",
                                               0,
                                               open_library_context,
                                               close_library_context,
                                               open_library,
                                               close_library,
                                               shake_library,
                                               write_library,
                                               read_library,
                                               take_library,
                                               give_library,
                                               trim_library};

const struct endpoint_kind endpoint_library_direct = {
    "library_direct",    0,
    open_direct_context, close_library_context,
    open_library,        close_library,
    shake_library,       write_library,
    read_library,        take_library,
    give_library,        trim_library};

/* What a client may want for later is the application's from here on, which has
 * no use for it. */
static void trim_taken(void *end)
{
  stls_session *session = NULL;

  do {
    bench_must(stls_object_take_session(end, &session, &err), "session", &err);
    stls_session_free(session);
  } while (session != NULL);
  stls_object_trim(end);
}

const struct endpoint_kind endpoint_library_taken = {"library_sessions_taken",
                                                     0,
                                                     open_library_context,
                                                     close_library_context,
                                                     open_library,
                                                     close_library,
                                                     shake_library,
                                                     write_library,
                                                     read_library,
                                                     take_library,
                                                     give_library,
                                                     trim_taken};

/* --- OpenSSL with glue --- */

static void *open_ctx(const struct endpoint_kind *kind, stls_role role,
                      const struct pair_config *config)
{
  SSL_CTX *ctx = pair_openssl_context(role, config);

  SSL_CTX_set_mode(ctx, kind->modes);
  return ctx;
}

static void close_ctx(void *context)
{
  SSL_CTX_free(context);
}

static SSL *open_ssl(void *context, stls_role role)
{
  SSL *ssl = SSL_new(context);

  bench_need(ssl != NULL, "SSL_new");
  if (role == STLS_SERVER) {
    SSL_set_accept_state(ssl);
    return ssl;
  }
  SSL_set_connect_state(ssl);
  SSL_set_tlsext_host_name(ssl, "localhost");
  SSL_set1_host(ssl, "localhost");
  return ssl;
}

static void *open_naive(void *context, stls_role role)
{
  SSL *ssl = open_ssl(context, role);

  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  return ssl;
}

static void close_ssl(void *end)
{
  SSL_free(end);
}

static bool shake_ssl(void *end)
{
  int ret = SSL_do_handshake(end);

  bench_need(ret == 1 || SSL_get_error(end, ret) == SSL_ERROR_WANT_READ,
             "handshake");
  return ret == 1;
}

static void write_ssl(void *end, const uint8_t *data, size_t len)
{
  bench_need(SSL_write(end, data, (int)len) == (int)len, "SSL_write");
}

static size_t read_ssl(void *end)
{
  size_t total = 0;
  int part;

  while ((part = SSL_read(end, plaintext, sizeof plaintext)) > 0)
    total += (size_t)part;
  bench_need(SSL_get_error(end, part) == SSL_ERROR_WANT_READ, "SSL_read");
  return total;
}

static size_t take_naive(void *end, uint8_t *out, size_t max)
{
  int len = BIO_read(SSL_get_wbio(end), out, (int)max);

  return len > 0 ? (size_t)len : 0;
}

static void give_naive(void *end, const uint8_t *records, size_t len)
{
  bench_need(BIO_write(SSL_get_rbio(end), records, (int)len) == (int)len,
             "BIO_write");
}

const struct endpoint_kind endpoint_naive = {
    "naive",   0,         open_ctx, close_ctx,  open_naive, close_ssl,
    shake_ssl, write_ssl, read_ssl, take_naive, give_naive, NULL};
const struct endpoint_kind endpoint_naive_release = {
    "naive_release", SSL_MODE_RELEASE_BUFFERS,
    open_ctx,        close_ctx,
    open_naive,      close_ssl,
    shake_ssl,       write_ssl,
    read_ssl,        take_naive,
    give_naive,      NULL};

/* --- a BIO_METHOD over memory of the transport, which all ends share --- */

static struct {
  uint8_t written[65536];
  size_t written_len;
  uint8_t arrived[65536];
  size_t arrived_len;
  size_t arrived_read;
} shared;

static int shared_write(BIO *bio, const char *data, int len)
{
  (void)bio;
  bench_need((size_t)len <= sizeof shared.written - shared.written_len,
             "room for what is written");
  memcpy(shared.written + shared.written_len, data, (size_t)len);
  shared.written_len += (size_t)len;
  return len;
}

static int shared_read(BIO *bio, char *out, int len)
{
  size_t left = shared.arrived_len - shared.arrived_read;
  size_t part = left < (size_t)len ? left : (size_t)len;

  BIO_clear_retry_flags(bio);
  if (part == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  memcpy(out, shared.arrived + shared.arrived_read, part);
  shared.arrived_read += part;
  return (int)part;
}

static long shared_ctrl(BIO *bio, int command, long number, void *data)
{
  (void)bio;
  (void)number;
  (void)data;
  return command == BIO_CTRL_FLUSH;
}

static void *open_custom(void *context, stls_role role)
{
  static BIO_METHOD *method;
  SSL *ssl = open_ssl(context, role);
  BIO *bio;

  if (method == NULL) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "shared");
    BIO_meth_set_write(method, shared_write);
    BIO_meth_set_read(method, shared_read);
    BIO_meth_set_ctrl(method, shared_ctrl);
  }
  bio = BIO_new(method);
  bench_need(bio != NULL, "BIO_new");
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  return ssl;
}

static size_t take_custom(void *end, uint8_t *out, size_t max)
{
  size_t len = shared.written_len;

  (void)end;
  bench_need(len <= max, "taking at once");
  memcpy(out, shared.written, len);
  shared.written_len = 0;
  return len;
}

/* To be followed by the handshake or the read that takes all of it. */
static void give_custom(void *end, const uint8_t *records, size_t len)
{
  (void)end;
  bench_need(
      shared.arrived_read == shared.arrived_len && len <= sizeof shared.arrived,
      "reading what came before");
  memcpy(shared.arrived, records, len);
  shared.arrived_len = len;
  shared.arrived_read = 0;
}

const struct endpoint_kind endpoint_custom = {
    "custom_bio", 0,         open_ctx, close_ctx,   open_custom, close_ssl,
    shake_ssl,    write_ssl, read_ssl, take_custom, give_custom, NULL};
const struct endpoint_kind endpoint_custom_release = {"custom_bio_release",
                                                      SSL_MODE_RELEASE_BUFFERS,
                                                      open_ctx,
                                                      close_ctx,
                                                      open_custom,
                                                      close_ssl,
                                                      shake_ssl,
                                                      write_ssl,
                                                      read_ssl,
                                                      take_custom,
                                                      give_custom,
                                                      NULL};
