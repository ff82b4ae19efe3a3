/* SPDX-License-Identifier: MIT */
/* object_states: an endpoint in each situation that a call may find it in. */
#include "object_states.h"

#include <openssl/ssl.h>
#include <string.h>

#include "bytes.h"
#include "expect.h"
#include "pair.h"

static stls_object *make_object(stls_context *context);
static void shake(const test_scene *scene, size_t max_flights);
static void put_garbage(stls_object *object);
static void send_text(const test_scene *scene, size_t part);
static void prepare_own(const test_scene *scene, scene_kind kind);
static void offer_auth(stls_context *context);
static void send_part_of_message(const test_scene *scene);
static void send_key_update(const test_scene *scene);
static void cork(stls_object *object, size_t len);
static void prepare_open(const test_scene *scene, scene_kind kind);
static void fill_outgoing(stls_object *object);

const char *scene_name(scene_kind kind)
{
  static const char *const names[NUM_SCENES] = {"new",
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

void scene_stage_open(scene_stage *stage)
{
  scene_stage_open_version(stage, STLS_TLS_1_3);
}

void scene_stage_open_version(scene_stage *stage, stls_protocol version)
{
  pair_options options = {.version = version,
                          .client_credential = "client-ecdsa"};

  stage->version = version;
  stage->contexts[0] = pair_context(&options, STLS_CLIENT);
  stage->contexts[1] = pair_context(&options, STLS_SERVER);
  options.server_verify = STLS_VERIFY_REQUIRED;
  options.tune_client = offer_auth;
  stage->wordy[0] = pair_context(&options, STLS_CLIENT);
  stage->wordy[1] = pair_context(&options, STLS_SERVER);
  options.tune_client = NULL;
  options.client_trust = options.server_trust = "untrusted-ca.pem";
  options.server_verify = STLS_VERIFY_REQUIRED;
  stage->distrusting[0] = pair_context(&options, STLS_CLIENT);
  stage->distrusting[1] = pair_context(&options, STLS_SERVER);
}

void scene_stage_close(scene_stage *stage)
{
  for (size_t i = 0; i < 2; i++) {
    stls_context_free(stage->contexts[i]);
    stls_context_free(stage->wordy[i]);
    stls_context_free(stage->distrusting[i]);
  }
}

test_scene scene_begin(const scene_stage *stage, scene_kind kind,
                       stls_role role)
{
  size_t own = role == STLS_CLIENT ? 0 : 1;
  bool distrusts = kind == SCENE_SHAKING_UNTRUSTED || kind == SCENE_FAILED;
  stls_context *const *all =
      kind == SCENE_MESSAGE ? stage->wordy : stage->contexts;
  test_scene scene;

  scene.self = make_object((distrusts ? stage->distrusting : all)[own]);
  scene.peer = make_object(all[1 - own]);
  if (kind == SCENE_NEW) return scene;
  if (kind == SCENE_ABANDONED) {
    ASSERT_RESULT(stls_object_close_write(scene.self), STLS_OK, "close");
  } else if (kind <= SCENE_SHAKING_CUT) {
    /* A client's second flight has its certificate. */
    shake(&scene, distrusts && role == STLS_SERVER ? 2 : 1);
    if (kind == SCENE_SHAKING_GARBAGE) put_garbage(scene.self);
    if (kind == SCENE_SHAKING_CUT) {
      bytes_drop(stls_object_incoming(scene.self));
      stls_bio_write_eof(stls_object_incoming(scene.self));
    }
  } else {
    shake(&scene, SIZE_MAX);
    if (kind == SCENE_MESSAGE && stage->version == STLS_TLS_1_3)
      send_part_of_message(&scene);
    if (kind == SCENE_OWING && stage->version == STLS_TLS_1_3)
      send_key_update(&scene);
    prepare_own(&scene, kind);
    prepare_open(&scene, kind);
  }
  return scene;
}

void scene_end(test_scene *scene)
{
  stls_object_free(scene->self);
  stls_object_free(scene->peer);
  scene->self = scene->peer = NULL;
}

static void prepare_open(const test_scene *scene, scene_kind kind)
{
  char byte;
  size_t read;

  switch (kind) {
    case SCENE_DATA:
      send_text(scene, SIZE_MAX);
      break;
    case SCENE_HALF:
      send_text(scene, 10);
      break;
    case SCENE_GARBAGE:
      put_garbage(scene->self);
      break;
    case SCENE_ALERT:
      put_garbage(scene->peer);
      ASSERT_RESULT(stls_object_read(scene->peer, &byte, 1, &read),
                    STLS_ERROR_TLS, "garbage");
      bytes_move(stls_object_outgoing(scene->peer),
                 stls_object_incoming(scene->self));
      break;
    case SCENE_CUT:
      stls_bio_write_eof(stls_object_incoming(scene->self));
      break;
    case SCENE_FULL:
      fill_outgoing(scene->self);
      break;
    default:
      break;
  }
  if (kind == SCENE_CLOSE_SENT || kind == SCENE_CLOSED)
    ASSERT_RESULT(stls_object_close_write(scene->self), STLS_OK, "close");
  if (kind != SCENE_CLOSING && kind != SCENE_CLOSE_RECEIVED &&
      kind != SCENE_CLOSED)
    return;
  ASSERT_RESULT(stls_object_close_write(scene->peer), STLS_OK, "close");
  bytes_move(stls_object_outgoing(scene->peer),
             stls_object_incoming(scene->self));
  if (kind != SCENE_CLOSING)
    ASSERT_RESULT(stls_object_read(scene->self, &byte, 1, &read), STLS_CLOSED,
                  "read");
}

static void prepare_own(const test_scene *scene, scene_kind kind)
{
  size_t written;

  switch (kind) {
    case SCENE_CORKED:
      cork(scene->self, 100);
      break;
    case SCENE_STUFFED:
      fill_outgoing(scene->self);
      cork(scene->self, 16384);
      break;
    case SCENE_OUT_ENDED:
      ASSERT_RESULT(stls_object_write(scene->self, "x", 1, &written), STLS_OK,
                    "write");
      stls_bio_write_eof(stls_object_outgoing(scene->self));
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
static void send_part_of_message(const test_scene *scene)
{
  SSL *ssl = stls_object_ssl(scene->peer);
  stls_bio *out = stls_object_outgoing(scene->peer);
  unsigned char record[600];
  size_t done, body;
  char byte;

  cr_assert_eq(SSL_set_max_send_fragment(ssl, 512), 1);
  if (SSL_is_server(ssl)) {
    cr_assert_eq(SSL_new_session_ticket(ssl), 1);
    ASSERT_RESULT(stls_object_write(scene->peer, "x", 1, &done), STLS_OK, "x");
  } else {
    ASSERT_RESULT(stls_object_verify_client(scene->self), STLS_OK, "ask");
    bytes_move(stls_object_outgoing(scene->self),
               stls_object_incoming(scene->peer));
    ASSERT_RESULT(stls_object_read(scene->peer, &byte, 1, &done),
                  STLS_WANT_READ, "answer");
  }
  ASSERT_RESULT(stls_bio_read(out, record, 5, &done, NULL), STLS_OK, "header");
  body = (size_t)record[3] << 8 | record[4];
  cr_assert_leq(body, sizeof record - 5);
  ASSERT_RESULT(stls_bio_read(out, record + 5, body, &done, NULL), STLS_OK,
                "record");
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(scene->self), record,
                               5 + body, &done, NULL),
                STLS_OK, "send");
  ASSERT_RESULT(stls_object_read(scene->self, &byte, 1, &done), STLS_WANT_READ,
                "a part");
}

static void send_key_update(const test_scene *scene)
{
  size_t done;
  char byte;

  ASSERT_RESULT(stls_object_key_update(scene->peer, true), STLS_OK, "update");
  bytes_move(stls_object_outgoing(scene->peer),
             stls_object_incoming(scene->self));
  ASSERT_RESULT(stls_object_read(scene->self, &byte, 1, &done), STLS_WANT_READ,
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
static void shake(const test_scene *scene, size_t max_flights)
{
  size_t flights = 0;

  for (int turn = 0; turn < 8 && flights < max_flights; turn++) {
    (void)!stls_object_handshake(scene->self);
    bytes_move(stls_object_outgoing(scene->self),
               stls_object_incoming(scene->peer));
    (void)!stls_object_handshake(scene->peer);
    flights += stls_bio_pending(stls_object_outgoing(scene->peer)) > 0;
    bytes_move(stls_object_outgoing(scene->peer),
               stls_object_incoming(scene->self));
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
static void send_text(const test_scene *scene, size_t part)
{
  stls_span span;
  size_t written = 0;

  ASSERT_RESULT(stls_object_write(scene->peer, "some text", 9, &written),
                STLS_OK, pair_message(scene->peer));
  span = stls_bio_peek(stls_object_outgoing(scene->peer));
  if (span.len < part) part = span.len;
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(scene->self), span.data,
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
