/* SPDX-License-Identifier: MIT */
/* object_states: an endpoint in each state that a call may find it in. */
#include "object_states.h"

#include <openssl/ssl.h>
#include <string.h>

#include "bytes.h"
#include "expect.h"
#include "pair.h"

static stls_object *make_object(stls_context *context);
static void shake(const object_states_pair *ends, size_t max_flights);
static void put_garbage(stls_object *object);
static void send_text(const object_states_pair *ends, size_t part);
static void prepare_own(const object_states_pair *ends, object_state kind);
static void offer_auth(stls_context *context);
static void send_part_of_message(const object_states_pair *ends);
static void send_key_update(const object_states_pair *ends);
static void cork(stls_object *object, size_t len);
static void prepare_open(const object_states_pair *ends, object_state kind);
static void fill_outgoing(stls_object *object);

const char *object_state_name(object_state kind)
{
  static const char *const names[NUM_OBJECT_STATES] = {"new",
                                                       "shaking",
                                                       "shaking, garbage",
                                                       "shaking, untrusted",
                                                       "shaking, cut",
                                                       "open",
                                                       "data",
                                                       "half a record",
                                                       "garbage",
                                                       "closing",
                                                       "alert",
                                                       "cut",
                                                       "full",
                                                       "part of a message",
                                                       "owing",
                                                       "corked",
                                                       "stuffed",
                                                       "out ended",
                                                       "close sent",
                                                       "close received",
                                                       "closed",
                                                       "abandoned",
                                                       "failed"};

  return names[kind];
}

void object_states_open(object_states_contexts *setup)
{
  object_states_open_version(setup, STLS_TLS_1_3);
}

void object_states_open_version(object_states_contexts *setup,
                                stls_protocol version)
{
  pair_options options = {.version = version,
                          .client_credential = "client-ecdsa"};

  setup->version = version;
  setup->contexts[0] = pair_context(&options, STLS_CLIENT);
  setup->contexts[1] = pair_context(&options, STLS_SERVER);
  options.server_verify = STLS_VERIFY_REQUIRED;
  options.tune_client = offer_auth;
  setup->wordy[0] = pair_context(&options, STLS_CLIENT);
  setup->wordy[1] = pair_context(&options, STLS_SERVER);
  options.tune_client = NULL;
  options.client_trust = options.server_trust = "untrusted-ca.pem";
  options.server_verify = STLS_VERIFY_REQUIRED;
  setup->distrusting[0] = pair_context(&options, STLS_CLIENT);
  setup->distrusting[1] = pair_context(&options, STLS_SERVER);
}

void object_states_close(object_states_contexts *setup)
{
  for (size_t i = 0; i < 2; i++) {
    stls_context_free(setup->contexts[i]);
    stls_context_free(setup->wordy[i]);
    stls_context_free(setup->distrusting[i]);
  }
}

object_states_pair object_states_begin(const object_states_contexts *setup,
                                       object_state kind, stls_role role)
{
  size_t own = role == STLS_CLIENT ? 0 : 1;
  bool distrusts =
      kind == OBJECT_STATE_SHAKING_UNTRUSTED || kind == OBJECT_STATE_FAILED;
  stls_context *const *all =
      kind == OBJECT_STATE_MESSAGE ? setup->wordy : setup->contexts;
  object_states_pair ends;

  ends.self = make_object((distrusts ? setup->distrusting : all)[own]);
  ends.peer = make_object(all[1 - own]);
  if (kind == OBJECT_STATE_NEW) return ends;
  if (kind == OBJECT_STATE_ABANDONED) {
    ASSERT_RESULT(stls_object_close_write(ends.self), STLS_OK, "close");
  } else if (kind <= OBJECT_STATE_SHAKING_CUT) {
    /* A client's second flight has its certificate. */
    shake(&ends, distrusts && role == STLS_SERVER ? 2 : 1);
    if (kind == OBJECT_STATE_SHAKING_GARBAGE) put_garbage(ends.self);
    if (kind == OBJECT_STATE_SHAKING_CUT) {
      bytes_drop(stls_object_incoming(ends.self));
      stls_bio_write_eof(stls_object_incoming(ends.self));
    }
  } else {
    shake(&ends, SIZE_MAX);
    if (kind == OBJECT_STATE_MESSAGE && setup->version == STLS_TLS_1_3)
      send_part_of_message(&ends);
    if (kind == OBJECT_STATE_OWING && setup->version == STLS_TLS_1_3)
      send_key_update(&ends);
    prepare_own(&ends, kind);
    prepare_open(&ends, kind);
  }
  return ends;
}

void object_states_end(object_states_pair *ends)
{
  stls_object_free(ends->self);
  stls_object_free(ends->peer);
  ends->self = ends->peer = NULL;
}

static void prepare_open(const object_states_pair *ends, object_state kind)
{
  char byte;
  size_t read;

  switch (kind) {
    case OBJECT_STATE_DATA:
      send_text(ends, SIZE_MAX);
      break;
    case OBJECT_STATE_HALF:
      send_text(ends, 10);
      break;
    case OBJECT_STATE_GARBAGE:
      put_garbage(ends->self);
      break;
    case OBJECT_STATE_ALERT:
      put_garbage(ends->peer);
      ASSERT_RESULT(stls_object_read(ends->peer, &byte, 1, &read),
                    STLS_ERROR_TLS, "garbage");
      bytes_move(stls_object_outgoing(ends->peer),
                 stls_object_incoming(ends->self));
      break;
    case OBJECT_STATE_CUT:
      stls_bio_write_eof(stls_object_incoming(ends->self));
      break;
    case OBJECT_STATE_FULL:
      fill_outgoing(ends->self);
      break;
    default:
      break;
  }
  if (kind == OBJECT_STATE_CLOSE_SENT || kind == OBJECT_STATE_CLOSED)
    ASSERT_RESULT(stls_object_close_write(ends->self), STLS_OK, "close");
  if (kind != OBJECT_STATE_CLOSING && kind != OBJECT_STATE_CLOSE_RECEIVED &&
      kind != OBJECT_STATE_CLOSED)
    return;
  ASSERT_RESULT(stls_object_close_write(ends->peer), STLS_OK, "close");
  bytes_move(stls_object_outgoing(ends->peer),
             stls_object_incoming(ends->self));
  if (kind != OBJECT_STATE_CLOSING)
    ASSERT_RESULT(stls_object_read(ends->self, &byte, 1, &read), STLS_CLOSED,
                  "read");
}

static void prepare_own(const object_states_pair *ends, object_state kind)
{
  size_t written;

  switch (kind) {
    case OBJECT_STATE_CORKED:
      cork(ends->self, 100);
      break;
    case OBJECT_STATE_STUFFED:
      fill_outgoing(ends->self);
      cork(ends->self, 16384);
      break;
    case OBJECT_STATE_OUT_ENDED:
      ASSERT_RESULT(stls_object_write(ends->self, "x", 1, &written), STLS_OK,
                    "write");
      stls_bio_write_eof(stls_object_outgoing(ends->self));
      break;
    default:
      break;
  }
}

static void offer_auth(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "post-handshake authentication");
}

/* A client's late answer, or a server's ticket with the client's certificate, in
 * records of 512 bytes, of which one comes. */
static void send_part_of_message(const object_states_pair *ends)
{
  SSL *ssl = stls_object_ssl(ends->peer);
  stls_bio *out = stls_object_outgoing(ends->peer);
  unsigned char record[600];
  size_t done, body;
  char byte;

  cr_assert_eq(SSL_set_max_send_fragment(ssl, 512), 1);
  if (SSL_is_server(ssl)) {
    cr_assert_eq(SSL_new_session_ticket(ssl), 1);
    ASSERT_RESULT(stls_object_write(ends->peer, "x", 1, &done), STLS_OK, "x");
  } else {
    ASSERT_RESULT(stls_object_verify_client(ends->self), STLS_OK, "ask");
    bytes_move(stls_object_outgoing(ends->self),
               stls_object_incoming(ends->peer));
    ASSERT_RESULT(stls_object_read(ends->peer, &byte, 1, &done), STLS_WANT_READ,
                  "answer");
  }
  ASSERT_RESULT(stls_bio_read(out, record, 5, &done, NULL), STLS_OK, "header");
  body = (size_t)record[3] << 8 | record[4];
  cr_assert_leq(body, sizeof record - 5);
  ASSERT_RESULT(stls_bio_read(out, record + 5, body, &done, NULL), STLS_OK,
                "record");
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(ends->self), record,
                               5 + body, &done, NULL),
                STLS_OK, "send");
  ASSERT_RESULT(stls_object_read(ends->self, &byte, 1, &done), STLS_WANT_READ,
                "a part");
}

static void send_key_update(const object_states_pair *ends)
{
  size_t done;
  char byte;

  ASSERT_RESULT(stls_object_key_update(ends->peer, true), STLS_OK, "update");
  bytes_move(stls_object_outgoing(ends->peer),
             stls_object_incoming(ends->self));
  ASSERT_RESULT(stls_object_read(ends->self, &byte, 1, &done), STLS_WANT_READ,
                "update");
}

static void cork(stls_object *object, size_t len)
{
  static const unsigned char data[16384];
  size_t written = 0;

  ASSERT_RESULT(stls_object_cork(object), STLS_OK, "cork");
  ASSERT_RESULT(stls_object_write(object, data, len, &written), STLS_OK,
                "write");
  cr_assert_eq(written, len);
}

/* Until the peer has sent so many flights, or to the end, which is a failure
 * where nobody is trusted. */
static void shake(const object_states_pair *ends, size_t max_flights)
{
  size_t flights = 0;

  for (int turn = 0; turn < 8 && flights < max_flights; turn++) {
    (void)!stls_object_handshake(ends->self);
    bytes_move(stls_object_outgoing(ends->self),
               stls_object_incoming(ends->peer));
    (void)!stls_object_handshake(ends->peer);
    flights += stls_bio_pending(stls_object_outgoing(ends->peer)) > 0;
    bytes_move(stls_object_outgoing(ends->peer),
               stls_object_incoming(ends->self));
  }
}

static void put_garbage(stls_object *object)
{
  size_t written = 0;

  bytes_drop(stls_object_incoming(object));
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(object), "GET / HTTP/1.0",
                               14, &written, NULL),
                STLS_OK, "garbage");
}

/* The first `part` bytes of a record. */
static void send_text(const object_states_pair *ends, size_t part)
{
  stls_span span;
  size_t written = 0;

  ASSERT_RESULT(stls_object_write(ends->peer, "some text", 9, &written),
                STLS_OK, pair_message(ends->peer));
  span = stls_bio_peek(stls_object_outgoing(ends->peer));
  if (span.len < part) part = span.len;
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(ends->self), span.data,
                               part, &written, NULL),
                STLS_OK, "send");
}

static void fill_outgoing(stls_object *object)
{
  static const unsigned char data[20000];
  stls_result result;
  size_t written = 0;

  do result = stls_object_write(object, data, sizeof data, &written);
  while (result == STLS_OK);
  ASSERT_RESULT(result, STLS_WANT_WRITE, pair_message(object));
}

static stls_object *make_object(stls_context *context)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (stls_context_role(context) == STLS_CLIENT)
    options.server_name = "server.example";
  ASSERT_RESULT(stls_object_new(context, NULL, NULL, &options, &object, &err),
                STLS_OK, err.message);
  return object;
}
