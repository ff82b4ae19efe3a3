/* SPDX-License-Identifier: MIT */
/* test_oom_choose: selection of a context under allocation failure. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/client_hello.h>

#include "lib/bio/mem_bio_probe.h"
#include "support/client_hello_builder.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(oom_choose, .timeout = 120);

/* What a server is given, and from what it is made. */
struct setup {
  const char *name;
  stls_context *own, *chosen;
  uint8_t *records;
  size_t len;
  /* Bytes at a time. */
  size_t part;
  /* 0 for a choice. */
  int alert;
};

static struct setup open_stage(size_t part, int alert, const char *name)
{
  const pair_options options = {.server_verify = STLS_VERIFY_REQUIRED};
  struct setup setup = {.name = name, .part = part, .alert = alert};
  test_pair pair = pair_new(&options);

  setup.records = client_hello_builder_take_records(pair.client, &setup.len);
  setup.own = pair_context(&options, STLS_SERVER);
  setup.chosen = pair_context(&options, STLS_SERVER);
  pair_free(&pair);
  return setup;
}

static void close_stage(struct setup *setup)
{
  stls_context_free(setup->own);
  stls_context_free(setup->chosen);
  free(setup->records);
}

/* The library's own lack of memory is no failure of the connection: the same
 * call works the next time. */
static stls_result again(stls_object *server, stls_result result,
                         stls_result (*call)(stls_object *server,
                                             const struct setup *setup),
                         const struct setup *setup)
{
  if (result != STLS_ERROR_MEMORY) return result;
  EXPECT_RESULT(stls_object_error(server, NULL), STLS_OK, setup->name);
  return call(server, setup);
}

static stls_result shake(stls_object *server, const struct setup *setup)
{
  (void)setup;
  return stls_object_handshake(server);
}

static stls_result answer(stls_object *server, const struct setup *setup)
{
  return setup->alert != 0 ? stls_object_reject(server, setup->alert)
                           : stls_object_set_context(server, setup->chosen);
}

static stls_result feed(stls_object *server, const struct setup *setup)
{
  stls_result result = STLS_WANT_READ;
  size_t at = 0, done;

  while (at < setup->len && result == STLS_WANT_READ) {
    size_t part = setup->len - at < setup->part ? setup->len - at : setup->part;
    heap_hold(true);
    ASSERT_RESULT(stls_bio_write(stls_object_incoming(server),
                                 setup->records + at, part, &done, NULL),
                  STLS_OK, "feed");
    heap_hold(false);
    at += done;
    result = again(server, stls_object_handshake(server), shake, setup);
  }
  return result;
}

static bool try_it(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_object *server = NULL;
  stls_result result;
  bool refused;

  made.choose_context = true;
  oom_sweep_begin(nth);
  result = stls_object_new(setup->own, NULL, NULL, &made, &server, NULL);
  if (result == STLS_ERROR_MEMORY)
    result = stls_object_new(setup->own, NULL, NULL, &made, &server, NULL);
  ASSERT_RESULT(result, STLS_OK, setup->name);
  EXPECT_RESULT(feed(server, setup), STLS_WANT_CONTEXT, setup->name);
  cr_expect_str_eq(
      stls_client_hello_server_name(stls_object_client_hello(server)),
      "server.example");
  EXPECT_RESULT(again(server, answer(server, setup), answer, setup), STLS_OK,
                setup->name);
  refused = oom_sweep_end();
  if (setup->alert == 0) {
    cr_expect_eq(stls_object_context(server), setup->chosen);
    result = stls_object_handshake(server);
    /* Newer versions may make an SSL that lacks something, and fail later. */
    if (!refused || result >= 0) {
      EXPECT_RESULT(result, STLS_WANT_READ, setup->name);
      cr_expect_gt(stls_bio_pending(stls_object_outgoing(server)), (size_t)100);
    }
  } else {
    EXPECT_RESULT(stls_object_handshake(server), STLS_ERROR_TLS, setup->name);
    cr_expect_eq(stls_bio_pending(stls_object_outgoing(server)), (size_t)7);
  }
  stls_object_free(server);
  return refused;
}

static void sweep(size_t part, int alert, const char *name)
{
  struct setup setup = open_stage(part, alert, name);
  size_t nth = 1;

  (void)stls_mem_bio_probe_can_repoint();
  while (oom_sweep_try(try_it, &setup, nth, name)) nth++;
  cr_expect_gt(nth, (size_t)5, "%s", name);
  close_stage(&setup);
}

Test(oom_choose, is_made_again)
{
  sweep(SIZE_MAX, 0, "whole");
  sweep(7, 0, "in pieces");
}

Test(oom_choose, is_rejected_again)
{
  sweep(SIZE_MAX, 40, "rejected");
}

/* What is no ClientHello needs memory to be refused, too. */
static bool try_alien(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_object_options made = STLS_OBJECT_OPTIONS_INIT;
  stls_object *server = NULL;
  stls_result result;
  size_t done;
  bool refused;

  made.choose_context = true;
  ASSERT_RESULT(stls_object_new(setup->own, NULL, NULL, &made, &server, NULL),
                STLS_OK, "new");
  ASSERT_RESULT(stls_bio_write(stls_object_incoming(server), "GET / HTTP/1.1",
                               14, &done, NULL),
                STLS_OK, "feed");
  oom_sweep_begin(nth);
  result = stls_object_handshake(server);
  refused = oom_sweep_end();
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

Test(oom_choose, of_what_is_no_hello_fails_in_the_end)
{
  struct setup setup = open_stage(SIZE_MAX, 0, "alien");

  for (size_t nth = 1; oom_sweep_try(try_alien, &setup, nth, "alien"); nth++)
    continue;
  close_stage(&setup);
}

/* Decoding and fingerprints: whole or not at all. */
static bool try_decode(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  char hash[STLS_JA3_HASH_SIZE], ja4[STLS_JA4_SIZE];
  stls_client_hello *hello = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;
  size_t len;

  oom_sweep_begin(nth);
  result = stls_client_hello_new(setup->records + 5, setup->len - 5, NULL,
                                 &hello, &err);
  if (result == STLS_OK)
    result = stls_client_hello_ja3(hello, NULL, 0, &len, &err);
  if (result == STLS_OK)
    result = stls_client_hello_ja3_hash(hello, hash, sizeof hash, &len, &err);
  if (result == STLS_OK)
    result = stls_client_hello_ja4(hello, ja4, sizeof ja4, &len, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "decode", nth);
  EXPECT_RESULT(err.result, result, "decode");
  cr_expect(result == STLS_OK || result == STLS_ERROR_MEMORY, "%zu: %s", nth,
            err.message);
  stls_client_hello_free(hello);
  return refused;
}

Test(oom_choose, decodes_whole_or_not_at_all)
{
  struct setup setup = open_stage(SIZE_MAX, 0, "decode");

  for (size_t nth = 1; oom_sweep_try(try_decode, &setup, nth, "decode"); nth++)
    continue;
  close_stage(&setup);
}
