/* SPDX-License-Identifier: MIT */
/* test_transcript_cost: long transcripts cost no more a line, and leave nothing. */
#include <sanstls/testing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/heap.h"

SUITE(transcript_cost, .timeout = 60);

#define START "sanstls-transcript 1\nopenssl: 3.0.1\nrole: client\n"
#define HEAD START "\n"

/* Records of `len` bytes, and reads, as text of about `want` bytes; to be freed. */
static char *make_text(size_t want, size_t len)
{
  char *text = malloc(want + 2 * len + 1000);
  size_t at = 0;

  cr_assert_not_null(text);
  at += (size_t)sprintf(text, "%s", HEAD);
  while (at < want) {
    at += (size_t)sprintf(text + at, "in   170303%04zx", len);
    for (size_t i = 0; i < len; i++)
      at += (size_t)sprintf(text + at, "%02x", (unsigned)(i * 7 & 255));
    at +=
        (size_t)sprintf(text + at, " ; application_data\ncall read 9 ok 00\n");
  }
  sprintf(text + at, "end\n");
  return text;
}

/* What a text costs to be read and written: allocations, and their bytes. */
static void measure(const char *text, size_t *out_num, size_t *out_bytes)
{
  stls_transcript *transcript = NULL;
  const size_t num = heap_num_granted(), bytes = heap_bytes_granted();
  size_t len = 0;

  ASSERT_RETURNS(
      stls_transcript_parse(text, strlen(text), NULL, &transcript, NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_transcript_format(transcript, NULL, 0, &len, NULL),
                 STLS_OK);
  stls_transcript_free(transcript);
  *out_num = heap_num_granted() - num;
  *out_bytes = heap_bytes_granted() - bytes;
}

Test(transcript_cost, grows_with_the_text_and_not_faster)
{
  static const size_t lens[] = {1, 32, 16384};

  for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
    char *text = make_text((size_t)1 << 17, lens[i]);
    char *longer = make_text((size_t)1 << 19, lens[i]);
    size_t num, bytes, longer_num, longer_bytes;
    measure(text, &num, &bytes);
    measure(longer, &longer_num, &longer_bytes);
    cr_expect_lt(longer_num, 5 * num + 20, "%zu bytes: %zu, %zu", lens[i], num,
                 longer_num);
    cr_expect_lt(longer_bytes, 9 * bytes, "%zu bytes: %zu, %zu", lens[i], bytes,
                 longer_bytes);
    /* A line of text is shorter than the step that it becomes. */
    cr_expect_lt(longer_bytes, 40 * strlen(longer), "%zu bytes", lens[i]);
    free(text);
    free(longer);
  }
}

Test(transcript_cost, leaves_no_data_behind)
{
  static const char text[] =
      "secret: whoever has this file can decrypt the connection\n" START
      "seed: "
      "5345435245542d6f662d61206b65795345435245542d6f662d61206b65790000\n"
      "time: 1900000000\n\n"
      "call read 64 ok 5345435245542d6f662d61206b6579\nend\n";
  static const char *const secrets[] = {"SECRET-of-a key",
                                        "5345435245542d6f662d61206b6579"};
  char out[1000];

  for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
    stls_transcript *transcript = NULL, *mutant = NULL;
    stls_testing *testing = NULL;
    size_t len = 0;
    heap_watch(secrets[i], strlen(secrets[i]));
    ASSERT_RETURNS(
        stls_transcript_parse(text, sizeof text - 1, NULL, &transcript, NULL),
        STLS_OK);
    ASSERT_RETURNS(
        stls_transcript_format(transcript, out, sizeof out, &len, NULL),
        STLS_OK);
    EXPECT_RETURNS(
        stls_transcript_mutate(transcript, 0, STLS_MUTATION_CUT, &mutant, NULL),
        STLS_ERROR_INPUT);
    ASSERT_RETURNS(
        stls_transcript_world(transcript, STLS_CLIENT, &testing, NULL),
        STLS_OK);
    stls_testing_free(testing);
    stls_transcript_free(transcript);
    cr_expect_eq(heap_num_spilled(), 0, "%s", secrets[i]);
    heap_watch(NULL, 0);
  }
}
