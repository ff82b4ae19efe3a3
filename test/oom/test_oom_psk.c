/* SPDX-License-Identifier: MIT */
/* test_oom_psk: pre-shared keys under allocation failure. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sanstls/conninfo.h>

#include "support/bytes.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/psk_pair.h"

SUITE(oom_psk, .init = psk_pair_reset, .timeout = 120);

/* What both sides are made from. */
struct setup {
  stls_context *client, *server;
  const char *name;
  /* Whether there is nothing but the key. */
  bool is_bare;
};

static struct setup open_stage(stls_protocol version, const char *credential)
{
  const pair_options options = {.tune_client = psk_pair_tune_client,
                                .tune_server = psk_pair_tune_server,
                                .server_credential = credential,
                                .version = version};
  struct setup setup = {pair_context(&options, STLS_CLIENT),
                        pair_context(&options, STLS_SERVER),
                        version == STLS_TLS_1_2 ? "TLS 1.2" : "TLS 1.3",
                        credential[0] == '\0' || version == STLS_TLS_1_2};

  return setup;
}

static void close_stage(struct setup *setup)
{
  stls_context_free(setup->client);
  stls_context_free(setup->server);
}

static stls_result make_client(const struct setup *setup, stls_object **out)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;

  options.server_name = "server.example";
  return stls_object_new(setup->client, NULL, NULL, &options, out, NULL);
}

static stls_result make_server(const struct setup *setup, stls_object **out)
{
  return stls_object_new(setup->server, NULL, NULL, NULL, out, NULL);
}

/* --- objects are made with their look-up, or not at all --- */

static bool try_to_make(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_object *objects[2] = {NULL, NULL};
  stls_result results[2];
  bool refused;

  oom_sweep_begin(nth);
  results[0] = make_client(setup, &objects[0]);
  results[1] = make_server(setup, &objects[1]);
  refused = oom_sweep_end();
  for (int i = 0; i < 2; i++) {
    oom_sweep_expect(refused, results[i], STLS_OK, setup->name, nth);
    cr_expect(results[i] == STLS_OK || results[i] == STLS_ERROR_MEMORY, "%s",
              stls_result_name(results[i]));
    cr_expect_eq(objects[i] != NULL, results[i] == STLS_OK);
    stls_object_free(objects[i]);
  }
  return refused;
}

Test(oom_psk, makes_objects_whole_or_not_at_all)
{
  struct setup setup = open_stage(STLS_TLS_1_3, "");

  for (size_t nth = 1; oom_sweep_try(try_to_make, &setup, nth, "make"); nth++)
    continue;
  close_stage(&setup);
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

static void expect_nothing_forged(const struct setup *setup,
                                  stls_object *sides[2], size_t nth)
{
  const stls_conninfo *client = stls_object_conninfo(sides[0]);
  const stls_conninfo *server = stls_object_conninfo(sides[1]);

  if (!stls_conninfo_established(client)) return;
  cr_expect(psk_pair_is_reported(sides[0]) ||
                (!setup->is_bare && stls_conninfo_peer_verified(client)),
            "%s: allocation %zu: who is it?", setup->name, nth);
  if (stls_conninfo_established(server))
    cr_expect_eq(stls_conninfo_psk(client), stls_conninfo_psk(server),
                 "%s: allocation %zu", setup->name, nth);
}

static bool try_to_shake(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_object *sides[2] = {NULL, NULL};
  stls_result failure;
  bool refused;

  psk_pair_reset();
  ASSERT_RESULT(make_client(setup, &sides[0]), STLS_OK, "client");
  ASSERT_RESULT(make_server(setup, &sides[1]), STLS_OK, "server");
  oom_sweep_begin(nth);
  heap_hold(true);
  failure = shake(sides);
  refused = oom_sweep_end();
  cr_expect(failure == STLS_OK || (refused && failure != STLS_ERROR_INPUT &&
                                   failure != STLS_ERROR_MISUSE),
            "%s: allocation %zu: %s; %s; %s", setup->name, nth,
            stls_result_name(failure), pair_message(sides[0]),
            pair_message(sides[1]));
  if (failure == STLS_OK)
    for (int i = 0; i < 2; i++)
      cr_expect(stls_conninfo_established(stls_object_conninfo(sides[i])),
                "%s: allocation %zu", setup->name, nth);
  expect_nothing_forged(setup, sides, nth);
  oom_sweep_expect(refused, STLS_OK, STLS_OK, setup->name, nth);
  stls_object_free(sides[0]);
  stls_object_free(sides[1]);
  return refused;
}

static void sweep_shakes(stls_protocol version, const char *credential)
{
  struct setup setup = open_stage(version, credential);
  const size_t step = check_quick() ? 97 : 1;

  (void)try_to_shake(&setup, 0);
  for (size_t nth = 1; oom_sweep_try(try_to_shake, &setup, nth, setup.name);
       nth += step)
    continue;
  close_stage(&setup);
}

Test(oom_psk, fails_cleanly_or_not_at_all_on_tls_1_2)
{
  sweep_shakes(STLS_TLS_1_2, "");
}

Test(oom_psk, fails_cleanly_or_not_at_all_on_tls_1_3)
{
  sweep_shakes(STLS_TLS_1_3, "");
}

Test(oom_psk, fails_cleanly_or_not_at_all_beside_a_certificate)
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
  const pair_options options = {.tune_client = psk_pair_tune_client,
                                .version = STLS_TLS_1_2};
  struct setup setup = {NULL, NULL, "replace", true};
  stls_object *sides[2] = {NULL, NULL};
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  (void)subject;
  psk_pair_reset();
  setup.client = pair_context(&options, STLS_CLIENT);
  ASSERT_RESULT(stls_context_new_without_trust(STLS_SERVER, NULL, NULL,
                                               &setup.server, NULL),
                STLS_OK, "server");
  psk_pair_tune_server(setup.server);
  oom_sweep_begin(nth);
  result = stls_context_set_psk_server(setup.server, deny, "other", NULL, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, setup.name, nth);
  EXPECT_RESULT(err.result, result, setup.name);
  ASSERT_RESULT(make_client(&setup, &sides[0]), STLS_OK, "client");
  ASSERT_RESULT(make_server(&setup, &sides[1]), STLS_OK, "server");
  cr_expect_eq(shake(sides) == STLS_OK, result != STLS_OK);
  heap_hold(false);
  cr_expect_str_eq(psk_pair_client.hint, result == STLS_OK ? "other" : "hint");
  stls_object_free(sides[0]);
  stls_object_free(sides[1]);
  close_stage(&setup);
  return refused;
}

Test(oom_psk, keeps_look_up_and_hint_when_a_setter_fails)
{
  for (size_t nth = 1; oom_sweep_try(try_to_replace, NULL, nth, "replace");
       nth++)
    continue;
}
