/* SPDX-License-Identifier: MIT */
/* test_foreign_peer: connections to peers that nobody seeded are recorded and replayed. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "foreign_pair.h"
#include "recorded_pair.h"
#include "support/expect.h"

SUITE(foreign_peer, .timeout = 60);

#define SECRET "secret: whoever has this file can decrypt the connection\n"

/* Every other one is whole. */
static const foreign_options cases[] = {
    {STLS_CLIENT, STLS_TLS_1_2, 0, false},
    {STLS_CLIENT, STLS_TLS_1_2, 1, false},
    {STLS_CLIENT, STLS_TLS_1_3, 0, false},
    {STLS_CLIENT, STLS_TLS_1_3, 1, false},
    {STLS_SERVER, STLS_TLS_1_2, 0, false},
    {STLS_SERVER, STLS_TLS_1_2, 1, false},
    {STLS_SERVER, STLS_TLS_1_3, 0, false},
    {STLS_SERVER, STLS_TLS_1_3, 1, false},
};

enum {
  NUM_CASES = sizeof cases / sizeof cases[0]
};

static const char *label(const foreign_options *options)
{
  return expect_label("%s, %s, pieces of %zu", stls_role_name(options->role),
                      stls_protocol_name(options->version), options->piece);
}

/* The text of a recording, to be freed. */
static char *record(const foreign_options *options, bool with_secrets)
{
  foreign_pair pair = foreign_pair_new(options);
  stls_transcript_options own = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *transcript = NULL;
  stls_error err = STLS_ERROR_INIT;
  char *text;

  own.testing = pair.testing;
  own.with_secrets = with_secrets;
  ASSERT_RESULT(stls_transcript_record(pair.object, &own, &transcript, &err),
                STLS_OK, err.message);
  foreign_pair_run(&pair);
  cr_expect_eq(stls_transcript_is_secret(transcript), with_secrets);
  foreign_pair_free(&pair);
  text = recorded_pair_text(transcript);
  stls_transcript_free(transcript);
  return text;
}

static stls_transcript *parse(const char *text)
{
  stls_transcript *transcript = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_transcript_parse(text, strlen(text), NULL, &transcript, &err),
      STLS_OK, err.message);
  return transcript;
}

static stls_result replay(const stls_transcript *transcript, stls_pieces pieces,
                          stls_error *err)
{
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_result result =
      stls_transcript_endpoint(transcript, stls_transcript_role(transcript),
                               &options.testing, &object, err);

  options.pieces = pieces;
  if (result == STLS_OK)
    result = stls_replay(transcript, object, &options, err);
  stls_object_free(object);
  stls_testing_free(options.testing);
  return result;
}

Test(foreign_peer, replays_byte_for_byte)
{
  static const stls_pieces pieces[] = {STLS_PIECES_RECORDED, STLS_PIECES_WHOLE,
                                       STLS_PIECES_BYTES};

  for (size_t i = 0; i < NUM_CASES; i++) {
    char *text = record(&cases[i], true);
    stls_transcript *transcript = parse(text);
    stls_error err = STLS_ERROR_INIT;
    cr_expect(strncmp(text, SECRET, sizeof SECRET - 1) == 0, "%s", text);
    cr_expect(stls_transcript_is_secret(transcript));
    cr_expect_eq(stls_transcript_seed(transcript), 0);
    for (size_t j = 0; j < sizeof pieces / sizeof pieces[0]; j++)
      EXPECT_RESULT(replay(transcript, pieces[j], &err), STLS_OK,
                    expect_label("%s: %s", label(&cases[i]), err.message));
    stls_transcript_free(transcript);
    free(text);
  }
}

/* Changes the last digit of the nth record that was written, and takes the checksum
 * away. Returns the number of the line. */
static size_t change(char *text, size_t nth)
{
  char *at = text, *end;
  size_t line = 1;

  for (;; line++) {
    if (strncmp(at, "out  ", 5) == 0 && --nth == 0) break;
    at = strchr(at, '\n');
    cr_assert_not_null(at);
    at++;
  }
  end = strstr(at, "  ;");
  end[-1] = end[-1] == '0' ? '1' : '0';
  memset(end, ' ', strcspn(end, "\n"));
  return line;
}

Test(foreign_peer, says_which_line_was_changed)
{
  for (size_t i = 0; i < NUM_CASES; i += 2)
    for (size_t nth = 1; nth <= 2; nth++) {
      char *text = record(&cases[i], true), name[32];
      const size_t line = change(text, nth);
      stls_transcript *transcript = parse(text);
      stls_error err = STLS_ERROR_INIT;
      EXPECT_RESULT(replay(transcript, STLS_PIECES_RECORDED, &err),
                    STLS_ERROR_INPUT, label(&cases[i]));
      snprintf(name, sizeof name, "line %zu: ", line);
      cr_expect_eq(err.own_reason, STLS_REASON_MISMATCH);
      cr_expect(strncmp(err.message, name, strlen(name)) == 0, "%s for %s",
                err.message, name);
      stls_transcript_free(transcript);
      free(text);
    }
}

Test(foreign_peer, has_other_bytes_each_time)
{
  for (size_t i = 0; i < NUM_CASES; i += 2) {
    char *one = record(&cases[i], true), *two = record(&cases[i], true);
    const char *first = strstr(one, "\nout  "), *second = strstr(two, "\nout  ");
    /* Of a hello: its random bytes are behind the first eleven. */
    cr_expect_neq(strncmp(first + 6 + 22, second + 6 + 22, 64), 0);
    free(one);
    free(two);
  }
}

static bool has_key(const char *text)
{
  static const char digits[] = "0123456789abcdef";
  const char *seed = strstr(text, "seed: ");

  return seed != NULL && strspn(seed + 6, digits) == 64;
}

Test(foreign_peer, has_no_secret_that_was_not_asked_for)
{
  for (size_t i = 0; i < NUM_CASES; i += 2) {
    char *text = record(&cases[i], false), *secret = record(&cases[i], true);
    stls_transcript *transcript = parse(text);
    stls_testing *testing = NULL;
    stls_error err = STLS_ERROR_INIT;
    cr_expect(strncmp(text, "sanstls-transcript 1\n", 21) == 0, "%s", text);
    cr_expect_str_eq(stls_transcript_header(transcript, "seed"),
                     "not-recorded");
    cr_expect_null(stls_transcript_header(transcript, "drawn"));
    cr_expect_not(has_key(text));
    cr_expect(has_key(secret));
    EXPECT_RETURNS(replay(transcript, STLS_PIECES_RECORDED, &err),
                   STLS_ERROR_UNSUPPORTED);
    cr_expect(strstr(err.message, "seed: it is secret, and was not recorded"),
              "%s", err.message);
    EXPECT_RETURNS(
        stls_transcript_world(transcript, cases[i].role, &testing, &err),
        STLS_ERROR_UNSUPPORTED);
    stls_transcript_free(transcript);
    free(text);
    free(secret);
  }
}

/* Also in a file that others could read. */
Test(foreign_peer, a_secret_file_is_its_owner_s)
{
  char path[] = "/tmp/test_foreign_peer_XXXXXX";
  const int file = mkstemp(path);
  char *text = record(&cases[2], true);
  stls_transcript *transcript = parse(text);
  struct stat about;

  cr_assert_geq(file, 0);
  cr_assert_eq(fchmod(file, 0644), 0);
  ASSERT_RETURNS(stls_transcript_save(transcript, path, NULL), STLS_OK);
  cr_assert_eq(fstat(file, &about), 0);
  cr_expect_eq(about.st_mode & 0777, 0600u);
  close(file);
  unlink(path);
  stls_transcript_free(transcript);
  free(text);
}

/* Of the program's trust, the transcript has the certificate that mattered. */
Test(foreign_peer, replays_a_verification_with_a_trust_of_the_program)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t i = 0; i < 2; i++) {
    const foreign_options options = {STLS_CLIENT, versions[i], 0, true};
    char *text = record(&options, true);
    stls_transcript *transcript = parse(text);
    stls_error err = STLS_ERROR_INIT;
    cr_expect_str_eq(stls_transcript_header(transcript, "config.trust"),
                     "custom");
    cr_expect_not_null(stls_transcript_header(transcript, "trust-anchor"));
    EXPECT_RESULT(replay(transcript, STLS_PIECES_RECORDED, &err), STLS_OK,
                  err.message);
    stls_transcript_free(transcript);
    free(text);
  }
}

/* The endpoint is made by hand, in the world of the transcript. */
Test(foreign_peer, replays_an_object_of_the_program)
{
  for (size_t i = 0; i < NUM_CASES; i += 2) {
    char *text = record(&cases[i], true);
    stls_transcript *transcript = parse(text);
    stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
    stls_object_options named = STLS_OBJECT_OPTIONS_INIT;
    stls_context *context = NULL;
    stls_object *object = NULL;
    stls_error err = STLS_ERROR_INIT;
    ASSERT_RESULT(stls_transcript_world(transcript, cases[i].role,
                                        &options.testing, &err),
                  STLS_OK, err.message);
    cr_expect(stls_testing_is_secret(options.testing));
    ASSERT_RETURNS(stls_testing_context(options.testing, cases[i].role,
                                        &context, NULL),
                   STLS_OK);
    if (cases[i].role == STLS_CLIENT) named.server_name = "localhost";
    ASSERT_RETURNS(
        stls_object_new(context, NULL, NULL, &named, &object, NULL), STLS_OK);
    EXPECT_RESULT(stls_replay(transcript, object, &options, &err), STLS_OK,
                  err.message);
    stls_object_free(object);
    stls_context_free(context);
    stls_testing_free(options.testing);
    stls_transcript_free(transcript);
    free(text);
  }
}

Test(foreign_peer, secrets_are_those_of_a_world)
{
  foreign_pair pair = foreign_pair_new(&cases[0]);
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *transcript = NULL;
  stls_testing *testing = NULL;
  stls_error err = STLS_ERROR_INIT;

  options.with_secrets = true;
  expect_misuse(
      stls_transcript_record(pair.object, &options, &transcript, &err), &err,
      "with_secrets");
  /* Of a world with a known seed there are none. */
  ASSERT_RETURNS(stls_testing_new(1, 0, &testing, NULL), STLS_OK);
  options.testing = testing;
  ASSERT_RETURNS(
      stls_transcript_record(pair.object, &options, &transcript, &err),
      STLS_OK);
  cr_expect_not(stls_transcript_is_secret(transcript));
  cr_expect_str_eq(stls_transcript_header(transcript, "seed"), "1");
  stls_transcript_free(transcript);
  foreign_pair_free(&pair);
  stls_testing_free(testing);
}
