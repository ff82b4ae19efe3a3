/* SPDX-License-Identifier: MIT */
/* pair_library: is a pair of the library's objects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/ciphers.h>

#include "bench.h"
#include "pair.h"

struct library_pair {
  stls_object *client;
  stls_object *server;
};

uint8_t pair_plaintext[65536];

static stls_error err = STLS_ERROR_INIT;

static stls_context *shared_context(stls_role role,
                                    const struct pair_config *config);
static void set_credential(stls_context *context, enum pair_key key);
static void set_trust(stls_context *context);
static void set_cipher(stls_context *context, const struct pair_config *config);

stls_context *pair_library_context(stls_role role,
                                   const struct pair_config *config)
{
  stls_protocol version =
      config->version == TLS1_3_VERSION ? STLS_TLS_1_3 : STLS_TLS_1_2;
  stls_protocol oldest =
      config->cipher == PAIR_DEFAULTS ? STLS_TLS_MINIMUM_SUPPORTED : version;
  stls_context *context = NULL;

  bench_must(stls_context_new_without_trust(role, NULL, NULL, &context, &err),
             "context", &err);
  bench_must(stls_context_set_versions(context, oldest, version, &err),
             "versions", &err);
  if (config->cipher != PAIR_DEFAULTS) set_cipher(context, config);
  if (config->keeps_buffers)
    bench_must(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, &err),
               "buffers", &err);
  bench_must(stls_context_set_records(context, config->records, &err),
             "records", &err);
  if (role == STLS_SERVER)
    set_credential(context, config->key);
  else
    set_trust(context);
  return context;
}

void pair_library_move(stls_object *from, stls_object *to)
{
  stls_bio *source = stls_object_outgoing(from);
  stls_bio *sink = stls_object_incoming(to);
  stls_span span;
  size_t moved = 0;

  while ((span = stls_bio_peek(source)).len > 0) {
    bench_must(stls_bio_write(sink, span.data, span.len, &moved, &err), "move",
               &err);
    if (moved == 0) return;
    bench_must(stls_bio_consume(source, moved, &err), "move", &err);
  }
}

static void *open_pair(const struct pair_config *config)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  struct library_pair *pair = calloc(1, sizeof *pair);
  stls_context *client = shared_context(STLS_CLIENT, config);
  stls_context *server = shared_context(STLS_SERVER, config);
  stls_result a, b;

  bench_need(pair != NULL, "memory");
  options.server_name = "localhost";
  bench_must(stls_object_new(client, NULL, NULL, &options, &pair->client, &err),
             "client", &err);
  bench_must(stls_object_new(server, NULL, NULL, NULL, &pair->server, &err),
             "server", &err);
  do {
    bench_must(a = stls_object_handshake(pair->client), "client", NULL);
    pair_library_move(pair->client, pair->server);
    bench_must(b = stls_object_handshake(pair->server), "server", NULL);
    pair_library_move(pair->server, pair->client);
  } while (a != STLS_OK || b != STLS_OK);
  return pair;
}

static void *open_keeping_pair(const struct pair_config *config)
{
  struct pair_config keeping = *config;

  keeping.keeps_buffers = true;
  return open_pair(&keeping);
}

static void *open_direct_pair(const struct pair_config *config)
{
  struct pair_config direct = *config;

  direct.records = STLS_RECORDS_DIRECT;
  return open_pair(&direct);
}

static void *open_direct_keeping_pair(const struct pair_config *config)
{
  struct pair_config keeping = *config;

  keeping.keeps_buffers = true;
  return open_direct_pair(&keeping);
}

static void close_pair(void *state)
{
  struct library_pair *pair = state;

  stls_object_free(pair->client);
  stls_object_free(pair->server);
  free(pair);
}

static size_t write_pair(void *state, const uint8_t *data, size_t len,
                         uint8_t *wire)
{
  struct library_pair *pair = state;
  stls_bio *outgoing = stls_object_outgoing(pair->client);
  size_t sent = 0, part = 0, total = 0;

  while (sent < len) {
    stls_span span;
    bench_must(stls_object_write(pair->client, data + sent, len - sent, &part),
               "write", NULL);
    sent += part;
    while ((span = stls_bio_peek(outgoing)).len > 0) {
      if (wire != NULL) memcpy(wire + total, span.data, span.len);
      total += span.len;
      bench_must(stls_bio_consume(outgoing, span.len, NULL), "consume", NULL);
    }
  }
  return total;
}

static size_t arrive_in_place(void *state, const uint8_t *records, size_t len)
{
  struct library_pair *pair = state;
  size_t used = 0, got = 0, total = 0;
  stls_result result;

  for (;;) {
    result = stls_object_read_from(pair->server, records, len, &used,
                                   pair_plaintext, sizeof pair_plaintext, &got);
    bench_must(result, "read", NULL);
    records += used;
    len -= used;
    total += got;
    /* A read that gave less than its room took all there is. */
    if (result != STLS_OK || (len == 0 && got < sizeof pair_plaintext))
      return total;
  }
}

static size_t read_queued(const struct library_pair *pair)
{
  size_t got = 0, total = 0;

  do {
    bench_must(stls_object_read(pair->server, pair_plaintext,
                                sizeof pair_plaintext, &got),
               "read", NULL);
    total += got;
  } while (got == sizeof pair_plaintext);
  return total;
}

static size_t arrive_queued(void *state, const uint8_t *records, size_t len)
{
  struct library_pair *pair = state;
  stls_bio *incoming = stls_object_incoming(pair->server);
  size_t taken = 0, total = 0;

  while (len > 0) {
    bench_must(stls_bio_write(incoming, records, len, &taken, NULL), "arrive",
               NULL);
    records += taken;
    len -= taken;
    total += read_queued(pair);
  }
  return total;
}

static size_t arrive_in_room(void *state, const uint8_t *records, size_t len)
{
  struct library_pair *pair = state;
  stls_bio *incoming = stls_object_incoming(pair->server);
  size_t room = 0, total = 0;
  void *space;

  while (len > 0) {
    bench_must(stls_bio_reserve(incoming, 16384, &space, &room, NULL),
               "reserve", NULL);
    if (room > len) room = len;
    memcpy(space, records, room);
    bench_must(stls_bio_commit(incoming, room, NULL), "commit", NULL);
    records += room;
    len -= room;
    total += read_queued(pair);
  }
  return total;
}

static size_t pass_pair(void *state, const uint8_t *data, size_t len)
{
  struct library_pair *pair = state;
  stls_bio *outgoing = stls_object_outgoing(pair->client);
  size_t sent = 0, part = 0, total = 0;
  stls_span span;

  while (sent < len) {
    bench_must(stls_object_write(pair->client, data + sent, len - sent, &part),
               "write", NULL);
    sent += part;
    while ((span = stls_bio_peek(outgoing)).len > 0) {
      total += arrive_in_place(pair, span.data, span.len);
      bench_must(stls_bio_consume(outgoing, span.len, NULL), "consume", NULL);
    }
  }
  return total;
}

const struct pair_kind pair_library = {"library",  open_pair,       close_pair,
                                       write_pair, arrive_in_place, pass_pair};
const struct pair_kind pair_library_keep = {"library_keep",  open_keeping_pair,
                                            close_pair,      write_pair,
                                            arrive_in_place, pass_pair};
const struct pair_kind pair_library_direct = {
    "library_direct", open_direct_pair, close_pair,
    write_pair,       arrive_in_place,  pass_pair};
const struct pair_kind pair_library_direct_keep = {"library_direct_keep",
                                                   open_direct_keeping_pair,
                                                   close_pair,
                                                   write_pair,
                                                   arrive_in_place,
                                                   pass_pair};
const struct pair_kind pair_library_bio = {
    "library_bio", open_pair, close_pair, write_pair, arrive_queued, pass_pair};
const struct pair_kind pair_library_direct_bio = {
    "library_direct_bio", open_direct_pair, close_pair,
    write_pair,           arrive_queued,    pass_pair};
const struct pair_kind pair_library_room = {"library_room", open_pair,
                                            close_pair,     write_pair,
                                            arrive_in_room, pass_pair};

stls_object *pair_library_client(void *pair)
{
  return ((struct library_pair *)pair)->client;
}

stls_object *pair_library_server(void *pair)
{
  return ((struct library_pair *)pair)->server;
}

static bool is_same(const struct pair_config *a, const struct pair_config *b)
{
  return a->version == b->version && a->cipher == b->cipher &&
         a->key == b->key && a->keeps_buffers == b->keeps_buffers &&
         a->records == b->records;
}

/* The last config's contexts, kept to the end of the program. */
static stls_context *shared_context(stls_role role,
                                    const struct pair_config *config)
{
  static stls_context *contexts[2];
  static struct pair_config configs[2];
  int i = role == STLS_SERVER;

  if (contexts[i] == NULL || !is_same(config, &configs[i])) {
    stls_context_free(contexts[i]);
    contexts[i] = pair_library_context(role, config);
    configs[i] = *config;
  }
  return contexts[i];
}

stls_credential *pair_library_credential(enum pair_key key)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  char chain[4096], file[4096];

  snprintf(chain, sizeof chain, "%s/%s.pem", bench_data_dir(),
           pair_key_name(key));
  snprintf(file, sizeof file, "%s/%s.key", bench_data_dir(),
           pair_key_name(key));
  source.chain_file = chain;
  source.key_file = file;
  bench_must(stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
             chain, &err);
  return credential;
}

stls_trust *pair_library_trust(void)
{
  stls_trust *trust = NULL;
  char ca[4096];

  snprintf(ca, sizeof ca, "%s/ca.pem", bench_data_dir());
  bench_must(stls_trust_new(NULL, NULL, &trust, &err), "trust", &err);
  bench_must(stls_trust_add_file(trust, ca, &err), ca, &err);
  return trust;
}

static void set_credential(stls_context *context, enum pair_key key)
{
  stls_credential *credential = pair_library_credential(key);

  bench_must(stls_context_set_credential(context, credential, &err),
             "credential", &err);
  stls_credential_free(credential);
}

static void set_trust(stls_context *context)
{
  stls_trust *trust = pair_library_trust();

  bench_must(stls_context_set_trust(context, trust, &err), "trust", &err);
  stls_trust_free(trust);
}

static void set_cipher(stls_context *context, const struct pair_config *config)
{
  if (config->version == TLS1_3_VERSION)
    bench_must(stls_context_set_ciphersuites(context,
                                             pair_suites[config->cipher], &err),
               "ciphersuites", &err);
  else
    bench_must(
        stls_context_set_ciphers(context, pair_ciphers[config->cipher], &err),
        "ciphers", &err);
}
