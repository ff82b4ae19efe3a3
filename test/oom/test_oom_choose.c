/* SPDX-License-Identifier: MIT */
/* test_oom_choose: a choice that runs out of memory can be made again. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "lib/bio/mem_bio_probe.h"
#include "support/client_hello_builder.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(alloc_choose, .timeout = 120);

/* What a server is given, and from what it is made. */
struct stage {
  const char *name;
  stls_context *own, *chosen;
  uint8_t *records;
  size_t len;
  /* Bytes at a time. */
  size_t part;
  /* 0 for a choice. */
  int alert;
};

static struct stage open_stage(size_t part, int alert, const char *name)
{
  const pair_options options = {.server_verify = STLS_VERIFY_REQUIRED};
  struct stage stage = {.name = name, .part = part, .alert = alert};
  test_pair pair = pair_new(&options);

  stage.records = hello_of(pair.client, &stage.len);
  stage.own = pair_context(&options, STLS_SERVER);
  stage.chosen = pair_context(&options, STLS_SERVER);
  pair_free(&pair);
  return stage;
}

static void close_stage(struct stage *stage)
{
  stls_context_free(stage->own);
  stls_context_free(stage->chosen);
  free(stage->records);
}

/* The library's own lack of memory is no failure of the connection: the same
 * call works the next time. */
static stls_result again(stls_object *server, stls_result result,
                         stls_result (*call)(stls_object *server,
                                             const struct stage *stage),
                         const struct stage *stage)
{
  if (result != STLS_ERROR_MEMORY) return result;
  EXPECT_RESULT(stls_object_error(server, NULL), STLS_OK, stage->name);
  return call(server, stage);
}

static stls_result shake(stls_object *server, const struct stage *stage)
{
  (void)stage;
  return stls_object_handshake(server);
}

static stls_result answer(stls_object *server, const struct stage *stage)
{
  return stage->alert != 0 ? stls_object_reject(server, stage->alert)
                           : stls_object_set_context(server, stage->chosen);
}

static stls_result feed(stls_object *server, const struct stage *stage)
{
  stls_result result = STLS_WANT_READ;
  size_t at = 0, done;

  while (at < stage->len && result == STLS_WANT_READ) {
    size_t part = stage->len - at < stage->part ? stage->len - at : stage->part;
    heap_hold(true);
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(server),
                                 stage->records + at, part, &done, NULL),
                  STLS_OK, "feed");
    heap_hold(false);
    at += done;
    result = again(server, stls_object_handshake(server), shake, stage);
  }
  return result;
}

static bool try_it(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_object *server = NULL;
  stls_result result;
  bool refused;

  made.choose_context = true;
  sweep_begin(nth);
  result = stls_object_new(stage->own, NULL, NULL, &made, &server, NULL);
  if (result == STLS_ERROR_MEMORY)
    result = stls_object_new(stage->own, NULL, NULL, &made, &server, NULL);
  ASSERT_RESULT(result, STLS_OK, stage->name);
  EXPECT_RESULT(feed(server, stage), STLS_WANT_CONTEXT, stage->name);
  cr_expect_str_eq(
      stls_client_hello_server_name(stls_object_client_hello(server)),
      "server.example");
  EXPECT_RESULT(again(server, answer(server, stage), answer, stage), STLS_OK,
                stage->name);
  refused = sweep_end();
  if (stage->alert == 0) {
    cr_expect_eq(stls_object_context(server), stage->chosen);
    result = stls_object_handshake(server);
    /* Newer versions may make an SSL that lacks something, and fail later. */
    if (!refused || result >= 0) {
      EXPECT_RESULT(result, STLS_WANT_READ, stage->name);
      cr_expect_gt(stls_bio_pending(stls_object_outgoing(server)), (size_t)100);
    }
  } else {
    EXPECT_RESULT(stls_object_handshake(server), STLS_ERROR_TLS, stage->name);
    cr_expect_eq(stls_bio_pending(stls_object_outgoing(server)), (size_t)7);
  }
  stls_object_free(server);
  return refused;
}

static void sweep(size_t part, int alert, const char *name)
{
  struct stage stage = open_stage(part, alert, name);
  size_t nth = 1;

  (void)stls_mem_bio_probe_can_repoint();
  while (sweep_try(try_it, &stage, nth, name)) nth++;
  cr_expect_gt(nth, (size_t)5, "%s", name);
  close_stage(&stage);
}

Test(alloc_choose, is_made_again)
{
  sweep(SIZE_MAX, 0, "whole");
  sweep(7, 0, "in pieces");
}

Test(alloc_choose, is_rejected_again)
{
  sweep(SIZE_MAX, 40, "rejected");
}

/* What is no ClientHello needs memory to be refused, too. */
static bool try_alien(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_object *server = NULL;
  stls_result result;
  size_t done;
  bool refused;

  made.choose_context = true;
  ASSERT_RESULT(stls_object_new(stage->own, NULL, NULL, &made, &server, NULL),
                STLS_OK, "new");
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(server), "GET / HTTP/1.1",
                               14, &done, NULL),
                STLS_OK, "feed");
  sweep_begin(nth);
  result = stls_object_handshake(server);
  refused = sweep_end();
  cr_expect(
      result == STLS_ERROR_TLS || (refused && result == STLS_ERROR_MEMORY),
      "%s", stls_result_name(result));
  result = stls_object_handshake(server);
  cr_expect(
      result == STLS_ERROR_TLS || (refused && result == STLS_ERROR_MEMORY),
      "%s", stls_result_name(result));
  stls_object_free(server);
  return refused;
}

Test(alloc_choose, of_what_is_no_hello_fails_in_the_end)
{
  struct stage stage = open_stage(SIZE_MAX, 0, "alien");

  for (size_t nth = 1; sweep_try(try_alien, &stage, nth, "alien"); nth++)
    continue;
  close_stage(&stage);
}

/* Decoding and fingerprints: whole or not at all. */
static bool try_decode(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  char hash[STLS_JA3_HASH_SIZE], ja4[STLS_JA4_SIZE];
  stls_client_hello *hello = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;
  size_t len;

  sweep_begin(nth);
  result = stls_client_hello_new(stage->records + 5, stage->len - 5, NULL,
                                 &hello, &err);
  if (result == STLS_OK)
    result = stls_client_hello_ja3(hello, NULL, 0, &len, &err);
  if (result == STLS_OK)
    result = stls_client_hello_ja3_hash(hello, hash, sizeof hash, &len, &err);
  if (result == STLS_OK)
    result = stls_client_hello_ja4(hello, ja4, sizeof ja4, &len, &err);
  refused = sweep_end();
  sweep_expect(refused, result, STLS_OK, "decode", nth);
  EXPECT_RESULT(err.result, result, "decode");
  cr_expect(result == STLS_OK || result == STLS_ERROR_MEMORY, "%zu: %s", nth,
            err.message);
  stls_client_hello_free(hello);
  return refused;
}

Test(alloc_choose, decodes_whole_or_not_at_all)
{
  struct stage stage = open_stage(SIZE_MAX, 0, "decode");

  for (size_t nth = 1; sweep_try(try_decode, &stage, nth, "decode"); nth++)
    continue;
  close_stage(&stage);
}
