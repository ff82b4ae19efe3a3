/* SPDX-License-Identifier: MIT */
/* record_world: a connection of which one side is fuzzed, and the other forged. */
#include "record_world.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/credential.h>
#include <sanstls/session.h>
#include <sanstls/trace.h>
#include <sanstls/verify.h>
#include <string.h>

#include "fuzz.h"

/* libssl has a limit of its own, 32 in a row. */
#define EMPTY_RECORDS 8

enum {
  MAX_TICKETS = 3
};

static stls_context *context_of(const struct record_world_setting *setting,
                                int number, bool is_server);
static stls_context *make_context(const struct record_world_setting *setting,
                                  int number, bool is_server);
static void set_suite(stls_context *context,
                      const struct record_world_setting *setting);
static stls_credential *credential(void);
static stls_object *make_object(stls_context *context,
                                struct record_world *world);
static void shake_hands(struct record_world *world);
static bool move(stls_object *from, stls_object *to);
static void on_event(stls_object *object, const stls_trace_event *event,
                     void *user_data);
static void set_limit(stls_bio *bio, size_t limit);
static void leave_handshake(struct record_world *world);

static void must(stls_result result)
{
  fuzz_expect(result == STLS_OK);
}

void record_world_open(struct record_world *world, int number,
                       const struct record_world_setting *setting)
{
  memset(world, 0, offsetof(struct record_world, out));
  memset(world->out, RECORD_WORLD_UNTOUCHED, sizeof world->out);
  world->self =
      make_object(context_of(setting, number, setting->is_server), world);
  world->peer = make_object(context_of(setting, 0, !setting->is_server), NULL);
  shake_hands(world);
  fuzz_expect(stls_conninfo_direct_records(stls_object_conninfo(world->self)) ==
              (number == 1));
  set_limit(stls_object_incoming(world->self), setting->limit_in);
  set_limit(stls_object_outgoing(world->self), setting->limit_out);
  record_watch_open(&world->own, world->self);
  record_sealer_open(&world->sealer, world->peer, 0);
  leave_handshake(world);
  memset(world->events, 0, sizeof world->events);
}

void record_world_close(struct record_world *world)
{
  record_watch_close(&world->own);
  record_sealer_close(&world->sealer);
  stls_object_free(world->self);
  stls_object_free(world->peer);
}

/* Contexts are made once, because that takes longer than a connection. */
static stls_context *context_of(const struct record_world_setting *setting,
                                int number, bool is_server)
{
  static stls_context
      *contexts[2][2][2][RECORD_WORLD_SUITES][2][2][MAX_TICKETS + 1];
  stls_context **context = &contexts[number][is_server][setting->is_tls_1_3]
                                    [setting->suite][setting->keeps_buffers]
                                    [setting->is_traced][setting->num_tickets];

  if (*context == NULL) *context = make_context(setting, number, is_server);
  return *context;
}

static stls_context *make_context(const struct record_world_setting *setting,
                                  int number, bool is_server)
{
  const stls_protocol version =
      setting->is_tls_1_3 ? STLS_TLS_1_3 : STLS_TLS_1_2;
  stls_context *context = NULL;

  must(stls_context_new_without_trust(is_server ? STLS_SERVER : STLS_CLIENT,
                                      NULL, NULL, &context, NULL));
  must(stls_context_set_versions(context, version, version, NULL));
  must(stls_context_set_records(
      context, number == 1 ? STLS_RECORDS_DIRECT : STLS_RECORDS_LIBSSL, NULL));
  must(stls_context_set_limit(context, STLS_LIMIT_EMPTY_RECORDS, EMPTY_RECORDS,
                              NULL));
  must(stls_context_set_groups(context, "X25519", NULL));
  set_suite(context, setting);
  if (setting->keeps_buffers)
    must(stls_context_set_buffers(context, STLS_BUFFERS_KEEP, NULL));
  if (setting->is_traced)
    must(stls_context_set_trace(context, on_event, NULL, NULL));
  if (is_server) {
    must(stls_context_set_credential(context, credential(), NULL));
    must(stls_context_set_num_tickets(context, setting->num_tickets, NULL));
  } else {
    must(stls_context_set_insecure_verify_none(context, NULL));
  }
  wire_keys_collect(context);
  must(stls_context_seal(context, NULL));
  return context;
}

static void set_suite(stls_context *context,
                      const struct record_world_setting *setting)
{
  static const char *const suites[2][RECORD_WORLD_SUITES] = {
      {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
       "ECDHE-ECDSA-CHACHA20-POLY1305"},
      {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
       "TLS_CHACHA20_POLY1305_SHA256"}};
  const char *suite = suites[setting->is_tls_1_3][setting->suite];

  must(setting->is_tls_1_3 ? stls_context_set_ciphersuites(context, suite, NULL)
                           : stls_context_set_ciphers(context, suite, NULL));
}

/* Signs itself. Ed25519's signatures are all of one length. */
static stls_credential *credential(void)
{
  static stls_credential *made;
  EVP_PKEY *key;
  X509 *cert;

  if (made != NULL) return made;
  key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  cert = X509_new();
  fuzz_expect(key != NULL && cert != NULL);
  fuzz_expect(X509_set_version(cert, 2) == 1 &&
              X509_set_pubkey(cert, key) == 1 &&
              X509_NAME_add_entry_by_txt(
                  X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                  (const unsigned char *)"fuzz", -1, -1, 0) == 1 &&
              X509_set_issuer_name(cert, X509_get_subject_name(cert)) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL &&
              X509_gmtime_adj(X509_getm_notAfter(cert), 360000) != NULL &&
              X509_sign(cert, key, NULL) > 0);
  must(stls_credential_new_x509(cert, NULL, key, NULL, NULL, &made, NULL));
  X509_free(cert);
  EVP_PKEY_free(key);
  return made;
}

static stls_object *make_object(stls_context *context,
                                struct record_world *world)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_bio *incoming = NULL, *outgoing = NULL;
  stls_object *object = NULL;

  options.user_data = world;
  must(stls_bio_new(&incoming, NULL));
  must(stls_bio_new(&outgoing, NULL));
  must(stls_object_new(context, incoming, outgoing, &options, &object, NULL));
  stls_bio_free(incoming);
  stls_bio_free(outgoing);
  return object;
}

static void shake_hands(struct record_world *world)
{
  stls_result self = STLS_WANT_READ, peer = STLS_WANT_READ;

  for (int turn = 0; self != STLS_OK || peer != STLS_OK; turn++) {
    fuzz_expect(turn < 10);
    if (self != STLS_OK) self = stls_object_handshake(world->self);
    /* What comes behind the handshake stays where it is. */
    if (peer != STLS_OK) move(world->self, world->peer);
    if (peer != STLS_OK) peer = stls_object_handshake(world->peer);
    if (self != STLS_OK) move(world->peer, world->self);
    fuzz_expect(self >= 0 && peer >= 0);
  }
}

static bool move(stls_object *from, stls_object *to)
{
  stls_bio *outgoing = stls_object_outgoing(from);
  bool has_moved = false;

  for (stls_span span = stls_bio_peek(outgoing); span.len > 0;
       span = stls_bio_peek(outgoing)) {
    size_t done = 0;
    must(stls_bio_write(stls_object_incoming(to), span.data, span.len, &done,
                        NULL));
    must(stls_bio_consume(outgoing, done, NULL));
    has_moved = true;
  }
  return has_moved;
}

/* The peer's tickets go on the wire: the sealer follows them. */
static void leave_handshake(struct record_world *world)
{
  stls_bio *outgoing = stls_object_outgoing(world->peer);
  struct wire_keys *keys = &world->sealer.keys;

  keys->seq = record_watch_first(keys);
  (void)!stls_bio_read(outgoing, world->wire, sizeof world->wire,
                       &world->wire_len, NULL);
  for (size_t at = 0; at < world->wire_len; keys->seq++)
    at += 5 + (size_t)(world->wire[at + 3] << 8 | world->wire[at + 4]);
}

/* Behind a damaged length, what is taken for a header can be sealed bytes, which
 * the worlds do not have in common. */
static bool is_no_header(const stls_trace_event *event)
{
  return event->content_type == STLS_CONTENT_HEADER &&
         (event->data_len < 3 || event->data[1] != 3 || event->data[2] > 4);
}

static void on_event(stls_object *object, const stls_trace_event *event,
                     void *user_data)
{
  struct record_world *world = stls_object_user_data(object);
  struct record_world_events *events;
  int message_type = event->message_type;

  (void)user_data;
  if (world == NULL) return;
  if (event->content_type == STLS_CONTENT_ALERT)
    message_type =
        record_watch_alert(world->own.keys.suite.is_tls_1_3, message_type);
  events = &world->events[event->flow];
  events->num++;
  events->sum_before = events->sum;
  events->ends_in_header = event->content_type == STLS_CONTENT_HEADER;
  events->sum = events->sum * 65599 + (uint64_t)event->content_type;
  events->sum = events->sum * 65599 + event->data_len;
  if (is_no_header(event)) return;
  events->sum = events->sum * 65599 + (uint64_t)event->version;
  events->sum = events->sum * 65599 + (uint64_t)message_type;
  if (!events->ends_in_header) return;
  for (size_t i = 0; i < event->data_len; i++)
    events->sum = events->sum * 31 + event->data[i];
}

static void set_limit(stls_bio *bio, size_t limit)
{
  if (limit > 0) must(stls_bio_set_limit(bio, limit, NULL));
}

/* --- comparison --- */

static void compare_events(const struct record_world_events *one,
                           const struct record_world_events *two, bool is_in)
{
  /* libssl reports a record when it has the header, and not only when it has all
   * of it. */
  const bool is_early =
      is_in && one->ends_in_header && one->num == two->num + 1;

  fuzz_expect(one->num == two->num + is_early);
  fuzz_expect((is_early ? one->sum_before : one->sum) == two->sum);
}

static void compare_errors(const stls_object *one, const stls_object *two,
                           bool is_tls_1_3)
{
  stls_error a = STLS_ERROR_INIT, b = STLS_ERROR_INIT;

  fuzz_expect(stls_object_error(one, &a) == stls_object_error(two, &b));
  fuzz_expect(strcmp(a.message, b.message) == 0);
  fuzz_expect(a.reason == b.reason);
  fuzz_expect(record_watch_alert(is_tls_1_3, a.alert_sent) ==
              record_watch_alert(is_tls_1_3, b.alert_sent));
  fuzz_expect(a.alert_received == b.alert_received);
}

static void compare_counters(const stls_object *one, const stls_object *two)
{
  stls_counters a = STLS_COUNTERS_INIT, b = STLS_COUNTERS_INIT;

  must(stls_object_counters(one, &a, NULL));
  must(stls_object_counters(two, &b, NULL));
  if (a.records_in == b.records_in + 1) a.records_in--;
  fuzz_expect(memcmp(&a, &b, sizeof a) == 0);
}

void record_world_compare(const struct record_world *one,
                          const struct record_world *two)
{
  const stls_object *a = one->self, *b = two->self;

  fuzz_expect(one->result == two->result);
  fuzz_expect(one->done == two->done);
  fuzz_expect(memcmp(one->out, two->out, one->done) == 0);
  fuzz_expect(one->wire_len == two->wire_len);
  fuzz_expect(stls_object_wants(a) == stls_object_wants(b));
  fuzz_expect(stls_object_pending(a) == stls_object_pending(b));
  fuzz_expect(stls_bio_pending(stls_object_incoming(a)) ==
              stls_bio_pending(stls_object_incoming(b)));
  fuzz_expect(stls_bio_pending(stls_object_outgoing(a)) ==
              stls_bio_pending(stls_object_outgoing(b)));
  compare_errors(a, b, one->own.keys.suite.is_tls_1_3);
  compare_counters(a, b);
  compare_events(&one->events[0], &two->events[0], true);
  compare_events(&one->events[1], &two->events[1], false);
  fuzz_expect(one->own.num_records == two->own.num_records);
  fuzz_expect(one->own.sum == two->own.sum);
}
