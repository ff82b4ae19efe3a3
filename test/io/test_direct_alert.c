/* SPDX-License-Identifier: MIT */
/* test_direct_alert: fatal alerts that the library seals itself. */
/*
 * Two connections, one with libssl's records, are flooded in the same way. Both end
 * alike, but for alerts that direct_worlds.c lists: libssl has none of its choice
 * for a flood in TLS 1.2. What is sealed goes past an eavesdropper with the keys, and
 * the peer reads it.
 */
#include <openssl/ssl.h>
#include <string.h>

#include "direct_worlds.h"
#include "record_sealer.h"
#include "support/expect.h"
#include "wire_watch.h"

SUITE(direct_alert, .timeout = 120);

enum {
  SERVER = 1,
  CLIENT = 2,
  BYTES_MAX = 60000
};

/* NewSessionTicket (RFC 8446, 4.6.1) of one byte, without extensions. */
static const unsigned char ticket[] = {4, 0, 0, 15, 0, 0, 1, 0, 0, 0,
                                       0, 0, 1, 9,  0, 1, 8, 0, 0};

/* `num` records, of which the last is one too many. */
static const struct flood {
  const char *name;
  stls_protocol version;
  /* Who is flooded. */
  int sides;
  /* STLS_LIMIT_EMPTY_RECORDS. */
  size_t empty_records;
  uint8_t type;
  const void *content;
  size_t len;
  int num;
  bool updates_key;
  /* The peer fails when it is told that its message is refused. */
  bool peer_fails;
  const char *message;
} floods[] = {
    {"KeyUpdates (RFC 8446, 4.6.3)", STLS_TLS_1_3, SERVER | CLIENT, 0, 22,
     "\x18\0\0\1\0", 5, 33, true, false, "too many KeyUpdates"},
    {"tickets", STLS_TLS_1_3, CLIENT, 0, 22, ticket, sizeof ticket, 257, false,
     false, "too many session tickets"},
    {"empty records", STLS_TLS_1_3, SERVER | CLIENT, 8, 23, "", 0, 9, false,
     false, "too many empty records"},
    {"empty records", STLS_TLS_1_2, SERVER | CLIENT, 8, 23, "", 0, 9, false,
     false, "too many empty records"},
    /* libssl's own limit is as large as the default. */
    {"33 empty records", STLS_TLS_1_3, SERVER | CLIENT, 0, 23, "", 0, 33, false,
     false, "too many empty records"},
    {"33 empty records", STLS_TLS_1_2, SERVER | CLIENT, 0, 23, "", 0, 33, false,
     false, "too many empty records"},
    {"HelloRequests (RFC 5246, 7.4.1.1)", STLS_TLS_1_2, CLIENT, 0, 22,
     "\0\0\0\0", 4, 5, false, true, "too many requests to renegotiate"},
};

static struct direct_world worlds[2];

/* A world whose side `side` reads what a sealer puts on the wire. */
struct scene {
  struct direct_world *world;
  stls_object *self;
  stls_object *peer;
  struct wire_watch own;
  struct record_sealer sealer;
};

static struct scene scenes[2];

static struct scene *open_scene(int number, int side, pair_options *options,
                                const struct direct_worlds_setting *setting)
{
  struct scene *scene = &scenes[number];

  scene->world = &worlds[number];
  direct_worlds_open(worlds, number, options, setting);
  scene->self = direct_worlds_side(scene->world, side);
  scene->peer = direct_worlds_side(scene->world, !side);
  wire_watch_open(&scene->own, scene->self);
  pair_move_all(&scene->world->pair, scene->peer, scene->self);
  record_sealer_open(&scene->sealer, scene->peer,
                     direct_worlds_next_seq(scene->peer));
  return scene;
}

static void close_scene(struct scene *scene)
{
  wire_watch_close(&scene->own);
  record_sealer_close(&scene->sealer);
}

static size_t seal_flood(struct scene *scene, const struct flood *row,
                         uint8_t *bytes)
{
  const struct record_sealer_form form = {
      .type = row->type,
      .header_type = row->version == STLS_TLS_1_3 ? 23 : row->type,
      .version = 0x0303,
      .content = row->content,
      .len = row->len};
  size_t len = 0;

  for (int i = 0; i < row->num; i++) {
    cr_assert_lt(len + row->len + 100, (size_t)BYTES_MAX);
    len += record_sealer_seal(&scene->sealer, &form, bytes + len);
    if (row->updates_key) record_sealer_update(&scene->sealer);
  }
  return len;
}

static stls_result read_some(struct scene *scene)
{
  return stls_object_read(scene->self, scene->world->out,
                          sizeof scene->world->out, &scene->world->done);
}

/* The bytes come in pieces of `most`, and each is read. */
static void feed(struct scene *scene, const uint8_t *bytes, size_t len,
                 size_t most)
{
  stls_bio *incoming = stls_object_incoming(scene->self);
  size_t done;

  scene->world->result = STLS_WANT_READ;
  for (size_t at = 0; at < len && scene->world->result == STLS_WANT_READ;
       at += done) {
    ASSERT_RETURNS(
        stls_bio_write(incoming, bytes + at, len - at < most ? len - at : most,
                       &done, NULL),
        STLS_OK);
    scene->world->result = read_some(scene);
  }
}

/* The cause is repeated, and nothing follows the alert. */
static void expect_dead(struct scene *scene, const char *label)
{
  stls_bio *outgoing = stls_object_outgoing(scene->self);
  const size_t pending = stls_bio_pending(outgoing);
  const SSL *ssl = stls_object_ssl(scene->self);
  size_t done;

  EXPECT_RESULT(read_some(scene), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_write(scene->self, "x", 1, &done), STLS_ERROR_TLS,
                label);
  EXPECT_RESULT(stls_object_unwrap(scene->self), STLS_ERROR_TLS, label);
  EXPECT_RESULT(stls_object_close_write(scene->self), STLS_OK, label);
  EXPECT_RESULT(stls_object_reject(scene->self, 80), STLS_ERROR_TLS, label);
  cr_expect_eq(stls_bio_pending(outgoing), pending, "%s", label);
  cr_expect_eq(stls_object_wants(scene->self),
               pending > 0 ? (unsigned)STLS_INTEREST_RECORDS_OUT : 0U, "%s",
               label);
  /* RFC 5246, 7.2.2. */
  cr_expect_eq(SSL_SESSION_is_resumable(SSL_get_session(ssl)), 0, "%s", label);
}

/* The peer gets the byte that was sent before, and then the alert. */
static void expect_told(struct scene *scene, int alert, const char *label)
{
  unsigned char out[10];
  size_t got = 0;

  EXPECT_RESULT(stls_object_read(scene->peer, out, sizeof out, &got), STLS_OK,
                label);
  cr_expect_eq(got, (size_t)1, "%s", label);
  EXPECT_RESULT(stls_object_read(scene->peer, out, sizeof out, &got),
                STLS_ERROR_ALERT, label);
  cr_expect_eq(stls_object_alert_received(scene->peer), alert, "%s: %d", label,
               stls_object_alert_received(scene->peer));
}

static void try_flood(const struct flood *row, int side, pair_options *options,
                      const char *label)
{
  static uint8_t bytes[BYTES_MAX];
  const struct direct_worlds_setting setting = {.empty_records =
                                                    row->empty_records};
  stls_error err = STLS_ERROR_INIT;
  size_t done;

  for (int i = 0; i < 2; i++) {
    struct scene *scene = open_scene(i, side, options, &setting);
    size_t len;
    direct_worlds_enter(i);
    len = seal_flood(scene, row, bytes);
    ASSERT_RETURNS(stls_object_write(scene->self, "x", 1, &done), STLS_OK);
    /* The limit holds no alert back. */
    ASSERT_RETURNS(
        stls_bio_set_limit(stls_object_outgoing(scene->self), 1, NULL),
        STLS_OK);
    feed(scene, bytes, len, options->feed == FEED_BYTES ? 1 : 10000);
    EXPECT_RESULT(scene->world->result, STLS_ERROR_TLS, label);
  }
  direct_worlds_compare(worlds, label);
  stls_object_error(scenes[1].self, &err);
  cr_expect(strstr(err.message, row->message), "%s: %s", label, err.message);
  cr_expect_eq(err.own_reason, STLS_REASON_LIMIT_REACHED, "%s", label);
  cr_expect_eq(err.alert_sent, 10, "%s: %d", label, err.alert_sent);
  for (int i = 0; i < 2; i++) {
    direct_worlds_enter(i);
    expect_dead(&scenes[i], label);
    wire_watch_move(&scenes[i].own, &worlds[i].pair, scenes[i].self,
                    scenes[i].peer);
    if (!row->peer_fails)
      expect_told(&scenes[i], stls_object_alert_sent(scenes[i].self), label);
    close_scene(&scenes[i]);
  }
  direct_worlds_close(worlds);
}

Test(direct_alert, ends_a_flood)
{
  pair_options options = {0};

  pair_need_direct();
  for (size_t i = 0; i < sizeof floods / sizeof *floods; i++)
    for (int way = 0; way < 4; way++) {
      const int side = way & 1;
      options.version = floods[i].version;
      options.feed = way & 2 ? FEED_BYTES : FEED_WHOLE;
      if (floods[i].sides & (side ? CLIENT : SERVER))
        try_flood(&floods[i], side, &options,
                  expect_label("%s, way %d", floods[i].name, way));
    }
}

/* After our close_notify (RFC 8446, 6.1) and where the transport takes no more,
 * the connection fails in silence. */
Test(direct_alert, is_dropped_where_nothing_is_sent)
{
  static uint8_t bytes[BYTES_MAX];
  const struct direct_worlds_setting setting = {.empty_records = 8};

  pair_need_direct();
  for (int way = 0; way < 8; way++) {
    const struct flood *row = &floods[way & 4 ? 3 : 2];
    pair_options options = {.version = row->version};
    const char *label = expect_label("way %d", way);
    for (int i = 0; i < 2; i++) {
      struct scene *scene = open_scene(i, way & 1, &options, &setting);
      size_t len;
      direct_worlds_enter(i);
      len = seal_flood(scene, row, bytes);
      if (way & 2)
        ASSERT_RETURNS(stls_object_close_write(scene->self), STLS_OK);
      else
        stls_bio_write_eof(stls_object_outgoing(scene->self));
      wire_watch_take(&scene->own, scene->self);
      feed(scene, bytes, len, len);
      EXPECT_RESULT(scene->world->result, STLS_ERROR_TLS, label);
      cr_expect_eq(stls_bio_pending(stls_object_outgoing(scene->self)),
                   (size_t)0, "%s", label);
      cr_expect_eq(stls_object_alert_sent(scene->self), way & 2 ? 0 : -1, "%s",
                   label);
    }
    direct_worlds_compare(worlds, label);
    for (int i = 0; i < 2; i++) close_scene(&scenes[i]);
    direct_worlds_close(worlds);
  }
}

/* --- records that libssl and the library have to judge alike --- */

/* The first record lies in two pieces, of which `first` bytes are in the queue. */
static const struct odd {
  const char *name;
  stls_protocol version;
  struct record_sealer_form forms[2];
  int num;
  /* 0: it differs by role. */
  int alert;
} odds[] = {
    {"a type that TLS 1.2 does not have (RFC 5246, 6)",
     STLS_TLS_1_2,
     {{.type = 99,
       .header_type = 99,
       .version = 0x303,
       .content = "x",
       .len = 1}},
     1,
     10},
    {"type 0", STLS_TLS_1_2, {{.version = 0x303}}, 1, 10},
    {"such a type in a record that was changed",
     STLS_TLS_1_2,
     {{.type = 24, .header_type = 24, .version = 0x303, .has_wrong_tag = true}},
     1,
     20},
    {"such a type and another version",
     STLS_TLS_1_2,
     {{.type = 24, .header_type = 24, .version = 0x301}},
     1,
     70},
    {"a heartbeat (RFC 6520)",
     STLS_TLS_1_2,
     {{.type = 24,
       .header_type = 24,
       .version = 0x303,
       .content = "x",
       .len = 1}},
     1,
     10},
    {"another version",
     STLS_TLS_1_2,
     {{.type = 23,
       .header_type = 23,
       .version = 0x300,
       .content = "x",
       .len = 1}},
     1,
     70},
    /* RFC 8446, 5.1: no data between the records of a message. libssl takes a
     * message that is only a header for one that has begun. */
    {"data behind a message of no length",
     STLS_TLS_1_3,
     {{.type = 22,
       .header_type = 23,
       .version = 0x303,
       .content = "\x4\0\0",
       .len = 4},
      {.type = 23,
       .header_type = 23,
       .version = 0x303,
       .content = "x",
       .len = 1}},
     2,
     0},
    {"a KeyUpdate of no length",
     STLS_TLS_1_3,
     {{.type = 22,
       .header_type = 23,
       .version = 0x303,
       .content = "\x18\0\0",
       .len = 4}},
     1,
     50},
};

static void try_odd(const struct odd *row, int side, size_t first)
{
  const struct direct_worlds_setting setting = {.keeps = false};
  pair_options options = {.version = row->version};
  const char *label =
      expect_label("%s, side %d, first %zu", row->name, side, first);
  const struct record_sealer_form data =
      record_sealer_form_of(row->version == STLS_TLS_1_3, 23, "", 0);

  for (int i = 0; i < 2; i++) {
    struct scene *scene = open_scene(i, side, &options, &setting);
    struct direct_world *world = scene->world;
    uint8_t bytes[500];
    size_t len, used = 0;
    direct_worlds_enter(i);
    /* libssl sees no record of data that the library opens. */
    len = record_sealer_seal(&scene->sealer, &data, bytes);
    feed(scene, bytes, len, len);
    len = 0;
    for (int num = 0; num < row->num; num++)
      len += record_sealer_seal(&scene->sealer, &row->forms[num], bytes + len);
    feed(scene, bytes, first, 1);
    EXPECT_RESULT(world->result, STLS_WANT_READ, label);
    world->result =
        stls_object_read_from(scene->self, bytes + first, len - first, &used,
                              world->out, sizeof world->out, &world->done);
    EXPECT_RESULT(world->result, STLS_ERROR_TLS, label);
    if (row->alert > 0)
      cr_expect_eq(stls_object_alert_sent(scene->self), row->alert, "%s: %d",
                   label, stls_object_alert_sent(scene->self));
    close_scene(scene);
  }
  direct_worlds_compare(worlds, label);
  direct_worlds_close(worlds);
}

Test(direct_alert, answers_odd_records_as_libssl_does)
{
  static const size_t firsts[] = {1, 2, 4, 5, 6, 20};

  pair_need_direct();
  for (size_t i = 0; i < sizeof odds / sizeof *odds; i++)
    for (int side = 0; side < 2; side++)
      for (size_t j = 0; j < sizeof firsts / sizeof *firsts; j++)
        if (firsts[j] < 5 || odds[i].alert != 70)
          try_odd(&odds[i], side, firsts[j]);
}
