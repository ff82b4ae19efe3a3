/* SPDX-License-Identifier: MIT */
/* test_oom_psk: lack of memory neither forges a key nor loses a look-up. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sanstls/conninfo.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/psk_pair.h"

SUITE(alloc_psk, .init = keys_reset, .timeout = 120);

/* What both sides are made from. */
struct stage {
  stls_context *client, *server;
  const char *name;
  /* Whether there is nothing but the key. */
  bool is_bare;
};

static struct stage open_stage(stls_protocol version, const char *credential)
{
  const pair_options options = {.tune_client = keys_tune_client,
                                .tune_server = keys_tune_server,
                                .server_credential = credential,
                                .version = version};
  struct stage stage = {pair_context(&options, STLS_CLIENT),
                        pair_context(&options, STLS_SERVER),
                        version == STLS_TLS_1_2 ? "TLS 1.2" : "TLS 1.3",
                        credential[0] == '\0' || version == STLS_TLS_1_2};

  return stage;
}

static void close_stage(struct stage *stage)
{
  stls_context_free(stage->client);
  stls_context_free(stage->server);
}

static stls_result make_client(const struct stage *stage, stls_object **out)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;

  options.server_name = "server.example";
  return stls_object_new(stage->client, NULL, NULL, &options, out, NULL);
}

static stls_result make_server(const struct stage *stage, stls_object **out)
{
  return stls_object_new(stage->server, NULL, NULL, NULL, out, NULL);
}

/* --- objects are made with their look-up, or not at all --- */

static bool try_to_make(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  stls_object *objects[2] = {NULL, NULL};
  stls_result results[2];
  bool refused;

  sweep_begin(nth);
  results[0] = make_client(stage, &objects[0]);
  results[1] = make_server(stage, &objects[1]);
  refused = sweep_end();
  for (int i = 0; i < 2; i++) {
    sweep_expect(refused, results[i], STLS_OK, stage->name, nth);
    cr_expect(results[i] == STLS_OK || results[i] == STLS_ERROR_MEMORY, "%s",
              stls_result_name(results[i]));
    cr_expect_eq(objects[i] != NULL, results[i] == STLS_OK);
    stls_object_free(objects[i]);
  }
  return refused;
}

Test(alloc_psk, makes_objects_whole_or_not_at_all)
{
  struct stage stage = open_stage(STLS_TLS_1_3, "");

  for (size_t nth = 1; sweep_try(try_to_make, &stage, nth, "make"); nth++)
    continue;
  close_stage(&stage);
}

/* --- handshakes --- */

/* The first final failure of both, or STLS_OK. */
static stls_result shake(stls_object *sides[2])
{
  stls_result failure = STLS_OK;

  for (int turn = 0; turn < 20 && failure == STLS_OK; turn++) {
    stls_object *self = sides[turn % 2];
    stls_result result;
    heap_hold(false);
    result = stls_object_handshake(self);
    heap_hold(true);
    /* The library's own lack of memory is gone with the next call. */
    if (result < 0 && stls_object_error(self, NULL) != STLS_OK)
      failure = result;
    bytes_move(stls_object_outgoing(self),
               stls_object_incoming(sides[1 - turn % 2]));
  }
  return failure;
}

static void expect_nothing_forged(const struct stage *stage,
                                  stls_object *sides[2], size_t nth)
{
  const stls_conninfo *client = stls_object_conninfo(sides[0]);
  const stls_conninfo *server = stls_object_conninfo(sides[1]);

  if (!stls_conninfo_established(client)) return;
  cr_expect(keys_are_told(sides[0]) ||
                (!stage->is_bare && stls_conninfo_peer_verified(client)),
            "%s: allocation %zu: who is it?", stage->name, nth);
  if (stls_conninfo_established(server))
    cr_expect_eq(stls_conninfo_psk(client), stls_conninfo_psk(server),
                 "%s: allocation %zu", stage->name, nth);
}

static bool try_to_shake(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  stls_object *sides[2] = {NULL, NULL};
  stls_result failure;
  bool refused;

  keys_reset();
  ASSERT_RESULT(make_client(stage, &sides[0]), STLS_OK, "client");
  ASSERT_RESULT(make_server(stage, &sides[1]), STLS_OK, "server");
  sweep_begin(nth);
  heap_hold(true);
  failure = shake(sides);
  refused = sweep_end();
  cr_expect(failure == STLS_OK || (refused && failure != STLS_ERROR_INPUT &&
                                   failure != STLS_ERROR_MISUSE),
            "%s: allocation %zu: %s; %s; %s", stage->name, nth,
            stls_result_name(failure), pair_message(sides[0]),
            pair_message(sides[1]));
  if (failure == STLS_OK)
    for (int i = 0; i < 2; i++)
      cr_expect(stls_conninfo_established(stls_object_conninfo(sides[i])),
                "%s: allocation %zu", stage->name, nth);
  expect_nothing_forged(stage, sides, nth);
  sweep_expect(refused, STLS_OK, STLS_OK, stage->name, nth);
  stls_object_free(sides[0]);
  stls_object_free(sides[1]);
  return refused;
}

static void sweep_shakes(stls_protocol version, const char *credential)
{
  struct stage stage = open_stage(version, credential);
  const size_t step = check_quick() ? 97 : 1;

  (void)try_to_shake(&stage, 0);
  for (size_t nth = 1; sweep_try(try_to_shake, &stage, nth, stage.name);
       nth += step)
    continue;
  close_stage(&stage);
}

Test(alloc_psk, fails_cleanly_or_not_at_all_on_tls_1_2)
{
  sweep_shakes(STLS_TLS_1_2, "");
}

Test(alloc_psk, fails_cleanly_or_not_at_all_on_tls_1_3)
{
  sweep_shakes(STLS_TLS_1_3, "");
}

Test(alloc_psk, fails_cleanly_or_not_at_all_beside_a_certificate)
{
  sweep_shakes(STLS_TLS_1_3, "server-ecdsa");
}

/* --- setters --- */

static bool deny(stls_object *object, const uint8_t *identity,
                 size_t identity_len, stls_psk *psk, void *user_data)
{
  (void)object;
  (void)identity;
  (void)identity_len;
  (void)psk;
  (void)user_data;
  return false;
}

/* The look-up and the hint go together: both are replaced, or none. */
static bool try_to_replace(const void *subject, size_t nth)
{
  const pair_options options = {.tune_client = keys_tune_client,
                                .version = STLS_TLS_1_2};
  struct stage stage = {NULL, NULL, "replace", true};
  stls_object *sides[2] = {NULL, NULL};
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  (void)subject;
  keys_reset();
  stage.client = pair_context(&options, STLS_CLIENT);
  ASSERT_RESULT(stls_context_new_without_trust(STLS_SERVER, NULL, NULL,
                                               &stage.server, NULL),
                STLS_OK, "server");
  keys_tune_server(stage.server);
  sweep_begin(nth);
  result = stls_context_set_psk_server(stage.server, deny, "other", NULL, &err);
  refused = sweep_end();
  sweep_expect(refused, result, STLS_OK, stage.name, nth);
  EXPECT_RESULT(err.result, result, stage.name);
  ASSERT_RESULT(make_client(&stage, &sides[0]), STLS_OK, "client");
  ASSERT_RESULT(make_server(&stage, &sides[1]), STLS_OK, "server");
  cr_expect_eq(shake(sides) == STLS_OK, result != STLS_OK);
  heap_hold(false);
  cr_expect_str_eq(client_keys.hint, result == STLS_OK ? "other" : "hint");
  stls_object_free(sides[0]);
  stls_object_free(sides[1]);
  close_stage(&stage);
  return refused;
}

Test(alloc_psk, keeps_look_up_and_hint_when_a_setter_fails)
{
  for (size_t nth = 1; sweep_try(try_to_replace, NULL, nth, "replace"); nth++)
    continue;
}
