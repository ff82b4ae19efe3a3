/* SPDX-License-Identifier: MIT */
/* test_oom_keylog: key logs under allocation failure. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sanstls/conninfo.h>
#include <sanstls/trace.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(oom_keylog, .timeout = 120);

static int num_lines;

static void count(stls_object *object, const char *line, size_t line_len,
                  void *user_data)
{
  (void)object;
  (void)line;
  (void)user_data;
  if (line_len > 64) num_lines++;
}

static void tune(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_insecure_keylog(context, count, NULL, NULL),
                STLS_OK, "observer");
}

struct setup {
  stls_protocol version;
  stls_context *client, *server;
};

static bool try_to_shake(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *sides[2] = {NULL, NULL};
  bool refused;

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(setup->client, NULL, NULL, &options, &sides[0], NULL),
      STLS_OK, "client");
  ASSERT_RESULT(
      stls_object_new(setup->server, NULL, NULL, NULL, &sides[1], NULL),
      STLS_OK, "server");
  num_lines = 0;
  oom_sweep_begin(nth);
  heap_hold(true);
  for (int turn = 0; turn < 20; turn++) {
    heap_hold(turn % 2 != 0);
    (void)!stls_object_handshake(sides[turn % 2]);
    heap_hold(true);
    bytes_move(stls_object_outgoing(sides[turn % 2]),
               stls_object_incoming(sides[1 - turn % 2]));
  }
  refused = oom_sweep_end();
  if (stls_conninfo_established(stls_object_conninfo(sides[0])))
    cr_expect_eq(num_lines, setup->version == STLS_TLS_1_2 ? 1 : 5,
                 "allocation %zu: %d lines", nth, num_lines);
  else
    cr_expect(refused, "%s", pair_message(sides[0]));
  stls_object_free(sides[0]);
  stls_object_free(sides[1]);
  return refused;
}

Test(oom_keylog, has_every_line_of_what_was_established)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  const size_t step = check_quick() ? 97 : 1;

  for (size_t v = 0; v < 2; v++) {
    const pair_options options = {.tune_client = tune, .version = versions[v]};
    struct setup setup = {versions[v], pair_context(&options, STLS_CLIENT),
                          pair_context(&options, STLS_SERVER)};
    (void)try_to_shake(&setup, 0);
    for (size_t nth = 1; oom_sweep_try(try_to_shake, &setup, nth, "shake");
         nth += step)
      continue;
    stls_context_free(setup.client);
    stls_context_free(setup.server);
  }
}

static bool try_to_open(const void *subject, size_t nth)
{
  stls_keylog_file *file = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_keylog_file_new(subject, &file, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "open", nth);
  EXPECT_RESULT(err.result, result, "open");
  cr_expect_eq(file != NULL, result == STLS_OK);
  cr_expect_eq(result, refused ? STLS_ERROR_MEMORY : STLS_OK);
  cr_expect_eq(access(subject, F_OK) == 0, result == STLS_OK,
               "a file that nobody writes is left behind");
  stls_keylog_file_free(file);
  return refused;
}

Test(oom_keylog, opens_a_file_or_leaves_none)
{
  char path[64];

  snprintf(path, sizeof path, "/tmp/alloc-keylog-%ld", (long)getpid());
  for (size_t nth = 1; oom_sweep_try(try_to_open, path, nth, "open"); nth++)
    continue;
  unlink(path);
}
