/* SPDX-License-Identifier: MIT */
/* tape: leaves the transcripts of a failing test in STLS_TRANSCRIPT_DIR. */
#include "runner/tape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/testing/transcript.h"
#include "runner/crash.h"

/* Of a test; those of further objects are lost. */
#define MAX_TAPES ((size_t)32)
#define PATH_SIZE ((size_t)4096)

struct tape {
  stls_transcript *transcript;
  /* Of those of its role that were saved, from 1; 0: it was not. */
  unsigned number;
};

static struct tape tapes[MAX_TAPES];
static size_t num_tapes;
/* By role. */
static unsigned num_saved[2];
static const char *suite_name = "", *test_name = "";

static const char *folder(void);
static void drop_ended(void);
static void drop(size_t index);
static const char *save(const struct tape *tape);

void tape_begin(const char *suite, const char *test)
{
  while (num_tapes > 0) drop(num_tapes - 1);
  num_saved[0] = num_saved[1] = 0;
  suite_name = suite;
  test_name = test;
}

void tape_object(stls_object *object, stls_testing *testing, stls_object *peer,
                 stls_testing *peer_testing)
{
  stls_transcript_options options = STLS_TRANSCRIPT_OPTIONS_INIT;
  stls_transcript *transcript = NULL;

  if (folder() == NULL) return;
  drop_ended();
  crash_watch(tape_fail);
  if (num_tapes == MAX_TAPES) return;
  options.testing = testing;
  options.peer = peer;
  options.peer_testing = peer_testing;
  if (stls_transcript_record(object, &options, &transcript, NULL) == STLS_OK)
    tapes[num_tapes++] = (struct tape){transcript, 0};
}

void tape_fail(void)
{
  for (size_t i = 0; i < num_tapes; i++) {
    struct tape *tape = &tapes[i];
    if (tape->number > 0) continue;
    tape->number =
        ++num_saved[stls_transcript_role(tape->transcript) == STLS_SERVER];
    fprintf(stderr, "transcript: %s\n", save(tape));
  }
}

void tape_end(void)
{
  for (size_t i = 0; i < num_tapes; i++)
    if (tapes[i].number > 0) (void)save(&tapes[i]);
  tape_begin("", "");
}

/* NULL: nothing is recorded. */
static const char *folder(void)
{
  const char *given = getenv("STLS_TRANSCRIPT_DIR");

  return given == NULL || given[0] == '\0' ? NULL : given;
}

/* A sweep has thousands of connections, and fails in the last one. */
static void drop_ended(void)
{
  for (size_t i = num_tapes; i-- > 0;)
    if (tapes[i].transcript->recording == NULL && tapes[i].number == 0) drop(i);
}

static void drop(size_t index)
{
  stls_transcript_free(tapes[index].transcript);
  memmove(&tapes[index], &tapes[index + 1],
          (num_tapes - index - 1) * sizeof tapes[0]);
  num_tapes--;
}

/* As SUITE.TEST.client.txt, the second one as SUITE.TEST.client-2.txt. Returns the path,
 * or why there is none: in a static buffer. */
static const char *save(const struct tape *tape)
{
  static char path[PATH_SIZE];
  const char *role = stls_role_name(stls_transcript_role(tape->transcript));
  stls_error err = STLS_ERROR_INIT;
  char suffix[16] = "";

  if (tape->number > 1) snprintf(suffix, sizeof suffix, "-%u", tape->number);
  snprintf(path, sizeof path, "%s/%s.%s.%s%s.txt", folder(), suite_name,
           test_name, role, suffix);
  /* It may be there already. */
  (void)mkdir(folder(), 0777);
  if (stls_transcript_save(tape->transcript, path, &err) != STLS_OK)
    snprintf(path, sizeof path, "%s", err.message);
  return path;
}
