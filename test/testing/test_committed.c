/* SPDX-License-Identifier: MIT */
/* test_committed: replays the transcripts of test/data/transcripts. */
#include <glob.h>
#include <sanstls/testing.h>
#include <stdlib.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"

SUITE(committed);

enum {
  NUM_MUTATIONS = 6,
  MUTATION_SEEDS = 4
};

static glob_t find_transcripts(void)
{
  glob_t found;

  cr_assert_eq(glob(data_file_path("transcripts/*/*.txt"), 0, NULL, &found), 0,
               "there are no transcripts");
  return found;
}

static stls_transcript *load(const char *path)
{
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *transcript = NULL;

  ASSERT_RESULT(stls_transcript_load(path, &transcript, &err), STLS_OK,
                err.message);
  return transcript;
}

static stls_result replay(const stls_transcript *transcript,
                          const stls_replay_options *options, stls_error *err)
{
  struct stls_testing *testing = NULL;
  stls_object *object = NULL;
  stls_result result = stls_transcript_endpoint(
      transcript, stls_transcript_role(transcript), &testing, &object, err);

  if (result == STLS_OK) result = stls_replay(transcript, object, options, err);
  stls_object_free(object);
  stls_testing_free(testing);
  return result;
}

/* A live peer does not know where in the handshake the transport ended, nor what the peer
 * chose. */
static bool can_be_live(const char *path, const stls_transcript *transcript)
{
  return strstr(path, "cut-in-handshake") == NULL &&
         stls_transcript_header(transcript, "peer.config.choose-context") ==
             NULL;
}

/* In every way of cutting what arrives: byte for byte where this OpenSSL made it, else
 * with a live peer. */
Test(committed, replay)
{
  static const stls_pieces pieces[] = {STLS_PIECES_RECORDED, STLS_PIECES_WHOLE,
                                       STLS_PIECES_RECORDS, STLS_PIECES_BYTES,
                                       STLS_PIECES_SEEDED};
  glob_t found = find_transcripts();
  size_t num_exact = 0;

  for (size_t i = 0; i < found.gl_pathc; i++) {
    stls_transcript *transcript = load(found.gl_pathv[i]);
    stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
    const bool is_exact = stls_transcript_is_exact(transcript);

    if (!is_exact) options.mode = STLS_REPLAY_LIVE;
    num_exact += is_exact;
    for (size_t j = 0; j < sizeof pieces / sizeof pieces[0]; j++) {
      stls_error err = STLS_ERROR_INIT;
      if (check_quick() && j != i % 5) continue;
      if (!is_exact && !can_be_live(found.gl_pathv[i], transcript)) continue;
      options.pieces = pieces[j];
      options.pieces_seed = i;
      EXPECT_RESULT(replay(transcript, &options, &err), STLS_OK,
                    expect_label("%s, pieces %zu: %s", found.gl_pathv[i], j,
                                 err.message));
    }
    stls_transcript_free(transcript);
  }
  if (num_exact == 0) cr_log_info("none is of this OpenSSL: make transcripts");
  globfree(&found);
}

/* A changed arrival ends in a result that the calls know, and the same one again. */
Test(committed, mutations)
{
  glob_t found = find_transcripts();
  size_t num_replayed = 0;

  for (size_t i = 0; i < found.gl_pathc; i++) {
    stls_transcript *transcript = load(found.gl_pathv[i]);
    const bool is_exact = stls_transcript_is_exact(transcript);
    const size_t num_seeds = check_quick() || !is_exact ? 1 : MUTATION_SEEDS;
    for (size_t j = 0; j < NUM_MUTATIONS * num_seeds; j++) {
      stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
      stls_error err = STLS_ERROR_INIT;
      stls_transcript *changed = NULL;
      const stls_mutation mutation =
          (stls_mutation)(STLS_MUTATION_CUT + j % NUM_MUTATIONS);
      options.mode = STLS_REPLAY_ANY_RESULT;
      if (stls_transcript_mutate(transcript, i * 1000 + j, mutation, &changed,
                                 &err) != STLS_OK)
        continue;
      EXPECT_RESULT(
          replay(changed, &options, &err), STLS_OK,
          expect_label("%s, mutation %d, seed %zu: %s", found.gl_pathv[i],
                       (int)mutation, i * 1000 + j, err.message));
      stls_transcript_free(changed);
      num_replayed++;
    }
    stls_transcript_free(transcript);
  }
  cr_expect_gt(num_replayed, found.gl_pathc);
  globfree(&found);
}

/* The length of a line without its checksum. */
static size_t text_len(const char *line)
{
  size_t len = strcspn(line, "\n#");

  while (len > 0 && line[len - 1] == ' ') len--;
  return len;
}

/* And without the message before it. */
static void remove_checksums(data_file *file)
{
  char *to = file->data;

  for (const char *at = file->data, *next; *at != '\0'; at = next) {
    size_t len = strcspn(at, "\n#;");
    next = strchr(at, '\n') + 1;
    while (len > 0 && at[len - 1] == ' ') len--;
    memmove(to, at, len);
    to += len;
    *to++ = '\n';
  }
  *to = '\0';
  file->len = (size_t)(to - file->data);
}

/* The digit or letter at `at` is replaced by another one. */
static void change(char *at)
{
  *at = *at == '0'                 ? '1'
        : *at == 'a'               ? 'b'
        : *at >= '0' && *at <= '9' ? '0'
                                   : 'a';
}

/* Whether a changed text is told, in its line if the parser does. */
static void expect_noticed(const char *path, const char *text, size_t text_len,
                           size_t line, bool is_named)
{
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *transcript = NULL;
  char name[32];
  stls_result result =
      stls_transcript_parse(text, text_len, path, &transcript, &err);

  snprintf(name, sizeof name, "line %zu", line);
  cr_expect(!is_named || result < 0, "%s: line %zu was read", path, line);
  if (result == STLS_OK) result = replay(transcript, &options, &err);
  cr_expect_lt(result, 0, "%s: a change of line %zu is not noticed", path,
               line);
  cr_expect(!is_named || strstr(err.message, name) != NULL,
            "%s: \"%s\" does not say %s", path, err.message, name);
  stls_transcript_free(transcript);
}

/* It replays as it is. */
static void expect_replayed(const char *path, const data_file *file)
{
  stls_replay_options options = STLS_REPLAY_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  stls_transcript *transcript = NULL;

  ASSERT_RESULT(
      stls_transcript_parse(file->data, file->len, path, &transcript, &err),
      STLS_OK, err.message);
  EXPECT_RESULT(replay(transcript, &options, &err), STLS_OK,
                expect_label("%s: %s", path, err.message));
  stls_transcript_free(transcript);
}

/* In each line one character before the checksum; which, goes by the line. */
Test(committed, every_line_matters)
{
  glob_t found = find_transcripts();

  for (size_t i = 0; i < found.gl_pathc; i++) {
    data_file file = data_file_load(strstr(found.gl_pathv[i], "transcripts/"));
    size_t line = 0;

    for (char *at = file.data; *at != '\0'; at = strchr(at, '\n') + 1) {
      const size_t len = text_len(at);
      char *const place = at + (line * 7) % (len + (len == 0));
      const char before = *place;
      line++;
      if (len == 0 || (check_quick() && (line + i) % 8 != 0)) continue;
      change(place);
      expect_noticed(found.gl_pathv[i], file.data, file.len, line, true);
      *place = before;
    }
    data_file_free(&file);
  }
  globfree(&found);
}

/* The same of bytes, calls and results where no checksum tells: the replay does. */
Test(committed, every_step_matters)
{
  glob_t found = find_transcripts();

  for (size_t i = 0; i < found.gl_pathc; i++) {
    stls_transcript *transcript = load(found.gl_pathv[i]);
    const bool is_exact = stls_transcript_is_exact(transcript);
    data_file file;

    stls_transcript_free(transcript);
    if (!is_exact || (check_quick() && i % 8 != 0)) continue;
    file = data_file_load(strstr(found.gl_pathv[i], "transcripts/"));
    remove_checksums(&file);
    expect_replayed(found.gl_pathv[i], &file);
    for (char *at = file.data; *at != '\0'; at = strchr(at, '\n') + 1) {
      char *const last = at + strcspn(at, "\n") - 1;
      const char before = *last;
      if (strncmp(at, "out ", 4) != 0 && strncmp(at, "call ", 5) != 0) continue;
      change(last);
      expect_noticed(found.gl_pathv[i], file.data, file.len, 0, false);
      *last = before;
    }
    data_file_free(&file);
  }
  globfree(&found);
}
