/* SPDX-License-Identifier: MIT */
/* bytes: patterned bytes into a bio and out of it again. */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "pair.h"

enum {
  MAX_RUNS = 4096,
  FIRST_ROOM = 256
};

static size_t room_for(size_t len);
static size_t all_runs(const stls_bio *bio, const stls_span **out_spans);

stls_bio *bytes_bio(size_t limit)
{
  stls_bio *bio = NULL;

  ASSERT_RESULT(stls_bio_new(&bio, NULL), STLS_OK, "new");
  ASSERT_RESULT(stls_bio_set_limit(bio, limit, NULL), STLS_OK, "set_limit");
  return bio;
}

void bytes_put(stls_bio *bio, size_t len, size_t offset)
{
  unsigned char *data = malloc(len + 1);
  size_t written = 0;

  cr_assert_not_null(data);
  pair_pattern(data, len, offset);
  ASSERT_RESULT(stls_bio_write(bio, data, len, &written, NULL), STLS_OK,
                "write");
  cr_assert_eq(written, len, "%zu bytes taken of %zu", written, len);
  free(data);
}

void bytes_take(stls_bio *bio, size_t len, size_t offset)
{
  unsigned char *got = malloc(len + 1), *want = malloc(len + 1);
  size_t read = 0;

  cr_assert(got != NULL && want != NULL);
  pair_pattern(want, len, offset);
  ASSERT_RESULT(stls_bio_read(bio, got, len, &read, NULL), STLS_OK, "read");
  cr_assert_eq(read, len, "%zu bytes read of %zu", read, len);
  cr_assert_eq(memcmp(got, want, len), 0, "from byte %zu", offset);
  free(got);
  free(want);
}

void bytes_drop(stls_bio *bio)
{
  ASSERT_RESULT(stls_bio_consume(bio, stls_bio_pending(bio), NULL), STLS_OK,
                "drop");
}

void bytes_move(stls_bio *from, stls_bio *to)
{
  stls_span span;
  size_t written = 0;

  while ((span = stls_bio_peek(from)).len > 0) {
    ASSERT_RESULT(stls_bio_write(to, span.data, span.len, &written, NULL),
                  STLS_OK, "move");
    ASSERT_RESULT(stls_bio_consume(from, written, NULL), STLS_OK, "move");
  }
}

void bytes_expect(const stls_bio *bio, size_t len, size_t offset,
                  const char *label)
{
  unsigned char *want = malloc(len + 1);
  stls_span first = stls_bio_peek(bio);
  const stls_span *spans;
  size_t num = all_runs(bio, &spans);
  size_t done = 0;

  cr_assert_not_null(want);
  pair_pattern(want, len, offset);
  cr_assert_eq(stls_bio_pending(bio), len, "%s: %zu pending, not %zu", label,
               stls_bio_pending(bio), len);
  cr_assert_eq(first.len, num > 0 ? spans[0].len : 0, "%s", label);
  cr_assert(num == 0 || first.data == spans[0].data, "%s", label);
  for (size_t i = 0; i < num; i++) {
    cr_assert_gt(spans[i].len, 0, "%s: run %zu is empty", label, i);
    cr_assert_leq(spans[i].len, len - done, "%s: run %zu", label, i);
    cr_assert_eq(memcmp(spans[i].data, want + done, spans[i].len), 0,
                 "%s: run %zu", label, i);
    done += spans[i].len;
  }
  cr_assert_eq(done, len, "%s: the runs have %zu bytes, not %zu", label, done,
               len);
  free(want);
}

size_t bytes_runs(const stls_bio *bio)
{
  const stls_span *spans;

  return all_runs(bio, &spans);
}

void *bytes_append(void *data, size_t *in_out_len, const void *more,
                   size_t len)
{
  const size_t before = *in_out_len, needed = before + len + 1;

  if (data == NULL || needed > room_for(before + 1))
    data = realloc(data, room_for(needed));
  cr_assert_not_null(data);
  if (len > 0) memcpy((char *)data + before, more, len);
  ((char *)data)[before + len] = '\0';
  *in_out_len = before + len;
  return data;
}

/* The next power of two. */
static size_t room_for(size_t len)
{
  size_t room = FIRST_ROOM;

  while (room < len) room *= 2;
  return room;
}

static size_t all_runs(const stls_bio *bio, const stls_span **out_spans)
{
  static stls_span spans[MAX_RUNS];
  size_t num = stls_bio_peekv(bio, spans, MAX_RUNS);

  cr_assert_lt(num, (size_t)MAX_RUNS);
  *out_spans = spans;
  return num;
}
