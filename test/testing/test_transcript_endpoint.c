/* SPDX-License-Identifier: MIT */
/* test_transcript_endpoint: endpoints that are made as a transcript describes them. */
#include <sanstls/testing.h>
#include <sanstls/transcript.h>
#include <stdio.h>
#include <string.h>

#include "seeded_pair.h"
#include "support/expect.h"

SUITE(transcript_endpoint);

#define CLIENT "seed: 1\ntime: 1900000000\nconfig.server-name: localhost\n"
#define SERVER "peer.seed: 2\npeer.time: 1900000000\n"

/* A transcript of a client, without steps. */
static stls_transcript *parse(const char *lines)
{
  char text[4096];
  stls_transcript *transcript = NULL;
  stls_error err = STLS_ERROR_INIT;

  snprintf(text, sizeof text,
           "sanstls-transcript 1\nopenssl: any\nrole: client\n%s\nend\n",
           lines);
  cr_assert_eq(
      stls_transcript_parse(text, strlen(text), NULL, &transcript, &err),
      STLS_OK, "%s", err.message);
  return transcript;
}

static void make_end(const stls_transcript *transcript, stls_role role,
                     seeded_end *end)
{
  stls_error err = STLS_ERROR_INIT;

  cr_assert_eq(stls_transcript_endpoint(transcript, role, &end->testing,
                                        &end->object, &err),
               STLS_OK, "%s", err.message);
}

Test(transcript_endpoint, draws_what_the_described_one_drew)
{
  const seeded_options options = {.seed = 1};
  seeded_pair by_hand = seeded_pair_new(&options), made = {&options, {0}, {0}};
  stls_transcript *transcript = parse(CLIENT SERVER);

  seeded_pair_make_contexts(&by_hand);
  seeded_pair_make_objects(&by_hand, NULL);
  EXPECT_RETURNS(seeded_pair_handshake(&by_hand), STLS_OK);
  make_end(transcript, STLS_CLIENT, &made.client);
  make_end(transcript, STLS_SERVER, &made.server);
  EXPECT_RETURNS(seeded_pair_handshake(&made), STLS_OK);
  cr_expect(seeded_pair_is_same(&by_hand, &made));
  stls_transcript_free(transcript);
  seeded_pair_free(&by_hand);
  seeded_pair_free(&made);
}

/* The second object of its context. */
Test(transcript_endpoint, begins_where_the_described_one_began)
{
  const seeded_options options = {.seed = 1, .has_no_tickets = true};
  seeded_pair by_hand = seeded_pair_new(&options), made = {&options, {0}, {0}};
  stls_transcript *transcript;
  char lines[512];

  seeded_pair_make_contexts(&by_hand);
  seeded_pair_make_objects(&by_hand, NULL);
  EXPECT_RETURNS(seeded_pair_handshake(&by_hand), STLS_OK);
  seeded_pair_make_objects(&by_hand, NULL);
  by_hand.client.sent.len = by_hand.server.sent.len = 0;
  snprintf(lines, sizeof lines,
           CLIENT SERVER
           "drawn: %llu\npeer.drawn: %llu\npeer.config.tickets: 0\n",
           (unsigned long long)stls_testing_num_drawn(by_hand.client.testing),
           (unsigned long long)stls_testing_num_drawn(by_hand.server.testing));
  EXPECT_RETURNS(seeded_pair_handshake(&by_hand), STLS_OK);
  transcript = parse(lines);
  make_end(transcript, STLS_CLIENT, &made.client);
  make_end(transcript, STLS_SERVER, &made.server);
  EXPECT_RETURNS(seeded_pair_handshake(&made), STLS_OK);
  cr_expect(seeded_pair_is_same(&by_hand, &made));
  stls_transcript_free(transcript);
  seeded_pair_free(&by_hand);
  seeded_pair_free(&made);
}

Test(transcript_endpoint, is_set_up_as_described)
{
  const seeded_options options = {.seed = 1};
  seeded_pair made = {&options, {0}, {0}};
  stls_transcript *transcript =
      parse(CLIENT SERVER
            "config.alpn: h2 http/1.1\nconfig.versions: TLSv1.2 TLSv1.2\n"
            "peer.config.alpn: http/1.1\npeer.config.credential: rsa\n");
  const stls_conninfo *info;
  const char *alpn;
  size_t len = 0;

  make_end(transcript, STLS_CLIENT, &made.client);
  make_end(transcript, STLS_SERVER, &made.server);
  EXPECT_RETURNS(seeded_pair_handshake(&made), STLS_OK);
  info = stls_object_conninfo(made.client.object);
  alpn = stls_conninfo_alpn(info, &len);
  cr_assert_not_null(alpn);
  cr_expect(len == 8 && memcmp(alpn, "http/1.1", 8) == 0);
  cr_expect_str_eq(stls_conninfo_version_name(info), "TLSv1.2");
  cr_expect(strstr(stls_conninfo_server_sigalg(info), "rsa"));
  stls_transcript_free(transcript);
  seeded_pair_free(&made);
}

Test(transcript_endpoint, names_what_it_cannot_make)
{
  static const struct {
    const char *lines;
    stls_role role;
    stls_result result;
    const char *message;
  } rows[] = {
      {CLIENT, STLS_SERVER, STLS_ERROR_UNSUPPORTED, "no peer.seed"},
      {SERVER, STLS_CLIENT, STLS_ERROR_UNSUPPORTED, "no seed"},
      {CLIENT "config.colour: red\n", STLS_CLIENT, STLS_ERROR_UNSUPPORTED,
       "config.colour: "},
      {CLIENT "config.trust: custom\n", STLS_CLIENT, STLS_ERROR_UNSUPPORTED,
       "trust: "},
      {CLIENT "config.groups: nope\n", STLS_CLIENT, STLS_ERROR_INPUT,
       "groups: "},
      {"seed: 1\n", STLS_CLIENT, STLS_ERROR_INPUT, "time: "},
      {CLIENT "peer.seed: 1x\npeer.time: 1\n", STLS_SERVER, STLS_ERROR_INPUT,
       "peer.seed: \"1x\""},
      {CLIENT "peer.seed: 1\npeer.time: 0\n", STLS_SERVER, STLS_ERROR_INPUT,
       "peer.time: 0 is out of range"},
      {CLIENT, (stls_role)7, STLS_ERROR_MISUSE, "role 7"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_transcript *transcript = parse(rows[i].lines);
    stls_testing *testing = NULL;
    stls_object *object = NULL;
    stls_error err = STLS_ERROR_INIT;

    EXPECT_RESULT(stls_transcript_endpoint(transcript, rows[i].role, &testing,
                                           &object, &err),
                  rows[i].result, rows[i].message);
    cr_expect(strstr(err.message, rows[i].message), "%s", err.message);
    cr_expect(testing == NULL && object == NULL);
    stls_transcript_free(transcript);
  }
}
