/* SPDX-License-Identifier: MIT */
/* test_bio_model: random calls on a queue, compared with a model. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/pair.h"

SUITE(bio_model);

/* What a queue is, in the simplest words: the pattern's bytes from `first` on,
 * `len` of them. */
struct model {
  stls_bio *bio;
  uint32_t random;
  size_t first, len, limit;
  bool has_ended;
  /* Open room; `is_open` only as long as bio.h promises that it is. */
  unsigned char *room;
  size_t room_len;
  bool is_open;
};

typedef void (*operation)(struct model *model);

static void run_model(unsigned seed, size_t steps);
static size_t pick(struct model *model, size_t below);
static size_t pick_len(struct model *model);
static size_t model_room(const struct model *model);

static void do_write(struct model *model);
static void do_read(struct model *model);
static void do_consume(struct model *model);
static void do_consume_too_much(struct model *model);
static void do_reserve(struct model *model);
static void do_commit(struct model *model);
static void do_commit_too_much(struct model *model);
static void do_set_limit(struct model *model);
static void do_trim(struct model *model);
static void do_share(struct model *model);

/* Some more often than others. */
static const operation operations[] = {
    do_write,   do_write,   do_write,           do_read,
    do_read,    do_consume, do_consume,         do_consume_too_much,
    do_reserve, do_reserve, do_commit,          do_commit,
    do_commit,  do_trim,    do_commit_too_much, do_set_limit,
    do_share,
};
enum {
  NUM_OPERATIONS = sizeof operations / sizeof operations[0]
};

Test(bio_model, agrees_with_the_queue, .timeout = 120)
{
  const unsigned seeds = check_quick() ? 3 : 40;
  const size_t steps = check_quick() ? 400 : 4000;

  for (unsigned seed = 1; seed <= seeds; seed++) run_model(seed, steps);
}

static void run_model(unsigned seed, size_t steps)
{
  struct model model = {.random = seed * 2654435761U + 1, .limit = 60000};
  size_t live = heap_live_blocks();
  char label[64];

  model.bio = bytes_bio(model.limit);
  for (size_t step = 0; step < steps; step++) {
    size_t which = pick(&model, NUM_OPERATIONS);
    snprintf(label, sizeof label, "seed %u, step %zu, operation %zu", seed,
             step, which);
    operations[which](&model);
    if (step == steps - 100) {
      stls_bio_write_eof(model.bio);
      model.has_ended = true;
    }
    bytes_expect(model.bio, model.len, model.first, label);
    cr_assert_eq(stls_bio_limit(model.bio), model.limit, "%s", label);
    cr_assert_eq(stls_bio_eof(model.bio), model.has_ended && model.len == 0,
                 "%s", label);
  }
  if (model.len > 0) bytes_take(model.bio, model.len, model.first);
  stls_bio_trim(model.bio);
  cr_assert_eq(heap_live_blocks(), live + 1, "seed %u: %zu blocks", seed,
               heap_live_blocks() - live);
  stls_bio_free(model.bio);
}

static void do_write(struct model *model)
{
  static unsigned char data[40000];
  size_t len = pick_len(model), written = 77;
  size_t want = len < model_room(model) ? len : model_room(model);
  stls_result result;

  pair_pattern(data, len, model->first + model->len);
  result = stls_bio_write(model->bio, data, len, &written, NULL);
  if (model->has_ended)
    ASSERT_RESULT(result, STLS_ERROR_MISUSE, "write after the end");
  else if (len > 0 && want == 0)
    ASSERT_RESULT(result, STLS_WANT_WRITE, "write at the limit");
  else
    ASSERT_RESULT(result, STLS_OK, "write");
  if (result != STLS_OK) want = 0;
  cr_assert_eq(written, want, "%zu written, not %zu", written, want);
  if (!model->has_ended) model->is_open = false;
  model->len += written;
}

static void do_read(struct model *model)
{
  static unsigned char got[40000], expected[40000];
  size_t len = pick_len(model), read = 77;
  size_t want = len < model->len ? len : model->len;
  stls_result result = stls_bio_read(model->bio, got, len, &read, NULL);

  if (len > 0 && want == 0)
    ASSERT_RESULT(result, model->has_ended ? STLS_CLOSED : STLS_WANT_READ,
                  "read of nothing");
  else
    ASSERT_RESULT(result, STLS_OK, "read");
  cr_assert_eq(read, want, "%zu read, not %zu", read, want);
  pair_pattern(expected, want, model->first);
  cr_assert_eq(memcmp(got, expected, want), 0, "read");
  model->first += want;
  model->len -= want;
}

static void do_consume(struct model *model)
{
  size_t len = pick_len(model);

  if (len > model->len) len = model->len;
  ASSERT_RESULT(stls_bio_consume(model->bio, len, NULL), STLS_OK, "consume");
  model->first += len;
  model->len -= len;
}

static void do_consume_too_much(struct model *model)
{
  ASSERT_RESULT(stls_bio_consume(model->bio, model->len + 1, NULL),
                STLS_ERROR_MISUSE, "consume of too much");
}

static void do_reserve(struct model *model)
{
  size_t len = 1 + pick_len(model), room_len = 77;
  void *room = NULL;
  stls_result result =
      stls_bio_reserve(model->bio, len, &room, &room_len, NULL);

  if (model->has_ended) {
    ASSERT_RESULT(result, STLS_ERROR_MISUSE, "reserve after the end");
  } else if (model_room(model) == 0) {
    ASSERT_RESULT(result, STLS_WANT_WRITE, "reserve at the limit");
    model->is_open = false;
  } else {
    ASSERT_RESULT(result, STLS_OK, "reserve");
    cr_assert_gt(room_len, 0);
    cr_assert_leq(room_len, model_room(model));
    memset(room, 0xaa, room_len);
    model->room = room;
    model->room_len = room_len;
    model->is_open = true;
  }
}

static void do_commit(struct model *model)
{
  size_t len;

  if (!model->is_open || model->has_ended) return;
  len =
      pick(model, 3) == 0 ? model->room_len : pick(model, model->room_len + 1);
  pair_pattern(model->room, len, model->first + model->len);
  ASSERT_RESULT(stls_bio_commit(model->bio, len, NULL), STLS_OK, "commit");
  model->len += len;
  model->is_open = false;
}

static void do_commit_too_much(struct model *model)
{
  size_t len = model->is_open ? model->room_len + 1 : SIZE_MAX;

  ASSERT_RESULT(stls_bio_commit(model->bio, len, NULL), STLS_ERROR_MISUSE,
                "commit of too much");
}

static void do_set_limit(struct model *model)
{
  static const size_t limits[] = {1, 1000, 60000, 60000, 60000, 300000};

  model->limit = limits[pick(model, 6)];
  ASSERT_RESULT(stls_bio_set_limit(model->bio, model->limit, NULL), STLS_OK,
                "set_limit");
}

static void do_trim(struct model *model)
{
  stls_bio_trim(model->bio);
  model->is_open = false;
}

static void do_share(struct model *model)
{
  stls_bio_free(stls_bio_up_ref(model->bio));
}

/* Below 40000, and small as often as large. */
static size_t pick_len(struct model *model)
{
  static const size_t tops[] = {3, 100, 1100, 17000, 40000};

  return pick(model, tops[pick(model, 5)]);
}

static size_t pick(struct model *model, size_t below)
{
  model->random = model->random * 1664525U + 1013904223U;
  return (size_t)(model->random >> 8) % below;
}

static size_t model_room(const struct model *model)
{
  return model->len < model->limit ? model->limit - model->len : 0;
}
