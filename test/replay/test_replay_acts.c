/* SPDX-License-Identifier: MIT */
/* test_replay_acts: choices, clocks, late certificates and rejections, replayed. */
#include <sanstls/testing.h>
#include <stdio.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(replay_acts, .timeout = 120);

#define NOW INT64_C(1900000000)
#define LATE_CLIENT "credential: client|post-handshake-auth: yes|"
#define LATE_SERVER "trust: ca|post-handshake-auth: yes|verify-mode: "

/* Both ends, and what is recorded. */
struct scene {
  stls_testing *testings[2];
  /* The client, and the server. */
  stls_object *ends[2];
  stls_role role;
  stls_transcript *transcript;
};

struct row {
  const char *name;
  /* Settings of the client and of the server, each with a bar behind it. */
  const char *client;
  const char *server;
  void (*run)(struct scene *scene);
  bool needs_direct;
};

/* What the application does in a replay. */
struct actor {
  size_t num_calls;
  stls_result result;
};

static stls_error err;

/* --- connections --- */

static void add_lines(char *text, size_t size, const char *settings,
                      const char *prefix)
{
  for (const char *at = settings; *at != '\0'; at = strchr(at, '|') + 1) {
    const size_t len = strlen(text);
    snprintf(text + len, size - len, "%sconfig.%.*s\n", prefix,
             (int)strcspn(at, "|"), at);
  }
}

/* Both ends of a description, and a recorder at the end of the role. */
static struct scene open_scene(const struct row *row, stls_role role)
{
  char text[1024];
  struct scene scene = {{NULL, NULL}, {NULL, NULL}, role, NULL};
  const int own = role == STLS_SERVER;
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *description = NULL;

  snprintf(text, sizeof text,
           "sanstls-transcript 1\nopenssl: any\nrole: client\nseed: 1\n"
           "time: 1900000000\nconfig.server-name: localhost\n"
           "peer.seed: 2\npeer.time: 1900000000\n");
  add_lines(text, sizeof text, row->client, "");
  add_lines(text, sizeof text, row->server, "peer.");
  strcat(text, "\nend\n");
  ASSERT_RETURNS(
      stls_transcript_parse(text, strlen(text), row->name, &description, NULL),
      STLS_OK);
  for (int i = 0; i < 2; i++) {
    err = (stls_error)STLS_ERROR_INIT;
    cr_assert_eq(stls_transcript_endpoint(
                     description, i == 0 ? STLS_CLIENT : STLS_SERVER,
                     &scene.testings[i], &scene.ends[i], &err),
                 STLS_OK, "%s: %s", row->name, err.message);
  }
  stls_transcript_free(description);
  options.testing = scene.testings[own];
  options.peer = scene.ends[!own];
  options.peer_testing = scene.testings[!own];
  ASSERT_RETURNS(stls_transcript_record(scene.ends[own], &options,
                                        &scene.transcript, NULL),
                 STLS_OK);
  return scene;
}

static void close_scene(struct scene *scene)
{
  for (int i = 0; i < 2; i++) {
    stls_object_free(scene->ends[i]);
    stls_testing_free(scene->testings[i]);
  }
}

static stls_transcript *record(const struct row *row, stls_role role)
{
  struct scene scene = open_scene(row, role);

  row->run(&scene);
  close_scene(&scene);
  return scene.transcript;
}

static void carry(struct scene *scene, int from)
{
  stls_bio *out = stls_object_outgoing(scene->ends[from]);
  stls_bio *in = stls_object_incoming(scene->ends[!from]);

  for (;;) {
    const stls_span span = stls_bio_peek(out);
    size_t len = 0;
    if (span.len == 0) return;
    ASSERT_RETURNS(stls_bio_write(in, span.data, span.len, &len, NULL),
                   STLS_OK);
    ASSERT_RETURNS(stls_bio_consume(out, len, NULL), STLS_OK);
  }
}

static void shake(struct scene *scene)
{
  for (int i = 0; i < 4; i++) {
    (void)!stls_object_handshake(scene->ends[0]);
    carry(scene, 0);
    (void)!stls_object_handshake(scene->ends[1]);
    carry(scene, 1);
  }
  ASSERT_RETURNS(stls_object_handshake(scene->ends[0]), STLS_OK);
  ASSERT_RETURNS(stls_object_handshake(scene->ends[1]), STLS_OK);
}

static void say(struct scene *scene, int from, const char *text)
{
  char room[64];
  size_t len;

  ASSERT_RETURNS(stls_object_write(scene->ends[from], text, strlen(text), &len),
                 STLS_OK);
  carry(scene, from);
  ASSERT_RETURNS(stls_object_read(scene->ends[!from], room, sizeof room, &len),
                 STLS_OK);
  cr_assert_eq(len, strlen(text));
}

/* A read that has nothing to return. */
static void read_at(struct scene *scene, int at, stls_result result)
{
  char room[64];
  size_t len;

  EXPECT_RETURNS(stls_object_read(scene->ends[at], room, sizeof room, &len),
                 result);
  carry(scene, at);
}

/* --- what happens --- */

static void chooses(struct scene *scene)
{
  EXPECT_RETURNS(stls_object_handshake(scene->ends[0]), STLS_WANT_READ);
  carry(scene, 0);
  EXPECT_RETURNS(stls_object_handshake(scene->ends[1]), STLS_WANT_CONTEXT);
  EXPECT_RETURNS(stls_object_set_context(scene->ends[1], NULL), STLS_OK);
  shake(scene);
  say(scene, 0, "chosen");
}

static void sets_the_clock(struct scene *scene)
{
  shake(scene);
  say(scene, 0, "now");
  stls_testing_set_time(scene->testings[scene->role == STLS_SERVER], NOW + 60);
  say(scene, 1, "then");
}

static void sets_a_limit(struct scene *scene)
{
  stls_object *self = scene->ends[scene->role == STLS_SERVER];
  char data[5000] = "data";
  size_t len;

  shake(scene);
  ASSERT_RETURNS(stls_bio_set_limit(stls_object_outgoing(self), 100, NULL),
                 STLS_OK);
  EXPECT_RETURNS(stls_object_write(self, data, sizeof data, &len), STLS_OK);
  EXPECT_RETURNS(stls_object_write(self, data, sizeof data, &len),
                 STLS_WANT_WRITE);
}

static void verifies_late(struct scene *scene)
{
  shake(scene);
  read_at(scene, 0, STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_verify_client(scene->ends[1]), STLS_OK);
  EXPECT_RETURNS(stls_object_verify_client(scene->ends[1]), STLS_ERROR_MISUSE);
  carry(scene, 1);
  read_at(scene, 0, STLS_WANT_READ);
  read_at(scene, 1, STLS_WANT_READ);
  say(scene, 0, "known");
  say(scene, 1, "welcome");
}

/* The client has no certificate, and that is too little. */
static void refuses_late(struct scene *scene)
{
  shake(scene);
  read_at(scene, 0, STLS_WANT_READ);
  EXPECT_RETURNS(stls_object_verify_client(scene->ends[1]), STLS_OK);
  carry(scene, 1);
  read_at(scene, 0, STLS_WANT_READ);
  read_at(scene, 1, STLS_ERROR_CERTIFICATE);
  read_at(scene, 0, STLS_ERROR_ALERT);
}

static void rejects_a_hello(struct scene *scene)
{
  EXPECT_RETURNS(stls_object_handshake(scene->ends[0]), STLS_WANT_READ);
  carry(scene, 0);
  EXPECT_RETURNS(stls_object_handshake(scene->ends[1]), STLS_WANT_CONTEXT);
  EXPECT_RETURNS(
      stls_object_reject(scene->ends[1], STLS_ALERT_UNRECOGNIZED_NAME),
      STLS_OK);
  carry(scene, 1);
  EXPECT_RETURNS(stls_object_handshake(scene->ends[0]), STLS_ERROR_ALERT);
}

static void rejects_later(struct scene *scene)
{
  shake(scene);
  say(scene, 0, "who is there?");
  EXPECT_RETURNS(stls_object_reject(scene->ends[1], STLS_ALERT_ACCESS_DENIED),
                 STLS_OK);
  carry(scene, 1);
  read_at(scene, 1, STLS_ERROR_TLS);
  read_at(scene, 0, STLS_ERROR_ALERT);
}

static const struct row rows[] = {
    {"choice", "", "choose-context: yes|", chooses, false},
    {"clock", "", "", sets_the_clock, false},
    {"limit", "", "", sets_a_limit, false},
    {"late", LATE_CLIENT, LATE_SERVER "required|", verifies_late, false},
    {"late, refused", "post-handshake-auth: yes|", LATE_SERVER "required|",
     refuses_late, false},
    {"hello, rejected", "", "choose-context: yes|", rejects_a_hello, false},
    {"rejected", "records: direct|", "records: direct|", rejects_later, true},
};

/* --- replayed --- */

static stls_result choose(stls_object *object, const stls_transcript_step *step,
                          void *user_data)
{
  struct actor *actor = user_data;

  cr_expect_str_eq(step->call, "set_context");
  actor->num_calls++;
  if (actor->result != STLS_OK) return actor->result;
  return stls_object_set_context(object, NULL);
}

/* The endpoint that the transcript describes, which has gone the same way. */
static stls_result replay(const stls_transcript *transcript,
                          stls_replay_options *options, struct actor *actor)
{
  stls_testing *testing = NULL;
  stls_object *object = NULL;
  stls_result result;

  err = (stls_error)STLS_ERROR_INIT;
  ASSERT_RETURNS(
      stls_transcript_endpoint(transcript, stls_transcript_role(transcript),
                               &testing, &object, NULL),
      STLS_OK);
  options->act = choose;
  options->user_data = actor;
  options->testing = testing;
  result = stls_replay(transcript, object, options, &err);
  stls_object_free(object);
  stls_testing_free(testing);
  return result;
}

static void expect_replays(const struct row *row, stls_role role)
{
  stls_transcript *transcript = record(row, role);
  const bool is_choosing = row->run == chooses && role == STLS_SERVER;

  for (int mode = STLS_REPLAY_EXACT; mode <= STLS_REPLAY_LIVE; mode++)
    for (int pieces = 0; pieces <= STLS_PIECES_SEEDED; pieces++) {
      stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
      struct actor actor = {0, STLS_OK};
      char label[80];
      /* What a peer chose is not known. */
      const stls_result want = mode == STLS_REPLAY_LIVE &&
                                       role == STLS_CLIENT &&
                                       strstr(row->server, "choose") != NULL
                                   ? STLS_ERROR_UNSUPPORTED
                                   : STLS_OK;
      snprintf(label, sizeof label, "%s, %s, mode %d, pieces %d", row->name,
               role == STLS_CLIENT ? "client" : "server", mode, pieces);
      options.mode = (stls_replay_mode)mode;
      options.pieces = (stls_pieces)pieces;
      EXPECT_RESULT(replay(transcript, &options, &actor), want,
                    expect_label("%s: %s", label, err.message));
      cr_expect_eq(actor.num_calls, is_choosing ? 1u : 0u, "%s", label);
    }
  stls_transcript_free(transcript);
}

Test(replay_acts, as_recorded)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (rows[i].needs_direct && !pair_can_be_direct()) continue;
    expect_replays(&rows[i], STLS_CLIENT);
    expect_replays(&rows[i], STLS_SERVER);
  }
}

/* --- what the options have to have --- */

Test(replay_acts, a_choice_needs_somebody_who_chooses)
{
  stls_transcript *transcript = record(&rows[0], STLS_SERVER);
  stls_testing *testing = NULL;
  stls_object *object = NULL;
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  struct actor actor = {0, STLS_ERROR_INPUT};

  ASSERT_RETURNS(stls_transcript_endpoint(transcript, STLS_SERVER, &testing,
                                          &object, NULL),
                 STLS_OK);
  EXPECT_RETURNS(stls_replay(transcript, object, NULL, &err),
                 STLS_ERROR_UNSUPPORTED);
  cr_expect(expect_matches(
                "line N: a replay cannot make the call set_context by itself",
                err.message),
            "%s", err.message);
  stls_object_free(object);
  stls_testing_free(testing);
  EXPECT_RESULT(replay(transcript, &options, &actor), STLS_ERROR_INPUT,
                err.message);
  cr_expect_not_null(
      strstr(err.message, "call set_context: expected ok, got error_input"),
      "%s", err.message);
  stls_transcript_free(transcript);
}

Test(replay_acts, a_clock_needs_a_world)
{
  static const stls_replay_mode modes[] = {STLS_REPLAY_EXACT, STLS_REPLAY_LIVE};
  stls_transcript *transcript = record(&rows[1], STLS_SERVER);

  for (int i = 0; i < 2; i++) {
    stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
    stls_testing *testing = NULL;
    stls_object *object = NULL;
    ASSERT_RETURNS(stls_transcript_endpoint(transcript, STLS_SERVER, &testing,
                                            &object, NULL),
                   STLS_OK);
    options.mode = modes[i];
    EXPECT_RETURNS(stls_replay(transcript, object, &options, &err),
                   STLS_ERROR_UNSUPPORTED);
    cr_expect(
        expect_matches("line N: the clock was set: the options have no world",
                       err.message),
        "%s", err.message);
    options.testing = testing;
    EXPECT_RESULT(stls_replay(transcript, object, &options, &err), STLS_OK,
                  err.message);
    cr_expect_eq(stls_testing_time(testing), NOW + 60);
    stls_object_free(object);
    stls_testing_free(testing);
  }
  stls_transcript_free(transcript);
}
