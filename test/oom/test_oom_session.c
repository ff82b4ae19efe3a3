/* SPDX-License-Identifier: MIT */
/* test_oom_session: sessions under allocation failure. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "context/clocks.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/resumption.h"

SUITE(oom_session, .timeout = 120);

static unsigned char key[STLS_TICKET_KEY_LEN] = "name";

/* What calls are made with. */
struct setup {
  const char *name;
  resumption peers;
  stls_session *session;
  unsigned char form[4000];
  size_t form_len;
};

static void use_key(stls_context *context)
{
  ASSERT_RETURNS(stls_context_set_ticket_keys(context, key, sizeof key, NULL),
                 STLS_OK);
}

static void use_key_and_clock(stls_context *context)
{
  use_key(context);
  clocks_tune_server(context);
}

static void open_stage(struct setup *setup, stls_protocol version,
                       bool has_clock)
{
  const pair_options options = {
      .version = version,
      .client_credential = "client-ecdsa",
      .server_verify = STLS_VERIFY_REQUIRED,
      .tune_client = has_clock ? clocks_tune_client : NULL,
      .tune_server = has_clock ? use_key_and_clock : use_key};

  clocks_set(1600000000);
  setup->name = version == STLS_TLS_1_2 ? "TLS 1.2" : "TLS 1.3";
  if (has_clock)
    setup->name =
        version == STLS_TLS_1_2 ? "TLS 1.2, by a clock" : "TLS 1.3, by a clock";
  setup->peers = resumption_open(&options);
  setup->session = resumption_new_session(&setup->peers);
  ASSERT_RESULT(
      stls_session_serialize(setup->session, setup->form, sizeof setup->form,
                             &setup->form_len, NULL),
      STLS_OK, "serialize");
}

static void close_stage(struct setup *setup)
{
  stls_session_free(setup->session);
  resumption_close(&setup->peers);
}

static void sweep(bool (*try)(const void *subject, size_t nth), size_t step)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t row = 0; row < 4; row++) {
    struct setup setup;
    open_stage(&setup, versions[row % 2], row / 2 != 0);
    for (size_t nth = 1; oom_sweep_try(try, &setup, nth, setup.name);
         nth += row < 2 ? step : 4 * step + 1)
      continue;
    close_stage(&setup);
  }
}

/* Whatever fails says that it was memory. */
static void expect_memory(bool refused, stls_result result,
                          const stls_error *err, size_t nth)
{
  cr_expect(result == STLS_OK || (refused && result == STLS_ERROR_MEMORY),
            "allocation %zu: %s: %s", nth, stls_result_name(result),
            err->message);
  EXPECT_RESULT(err->result, result, "err");
}

static bool try_to_offer(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  options.server_name = setup->peers.name;
  options.session = setup->session;
  oom_sweep_begin(nth);
  result =
      stls_object_new(setup->peers.client, NULL, NULL, &options, &object, &err);
  refused = oom_sweep_end();
  expect_memory(refused, result, &err, nth);
  cr_expect_eq(object != NULL, result == STLS_OK);
  stls_object_free(object);
  return refused;
}

Test(oom_session, is_offered_or_the_object_is_not_made)
{
  sweep(try_to_offer, 1);
}

static bool try_to_check(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_session_check(setup->session, setup->peers.client,
                              setup->peers.name, &err);
  refused = oom_sweep_end();
  expect_memory(refused, result, &err, nth);
  return refused;
}

static bool try_to_write(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  unsigned char form[sizeof setup->form];
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  size_t len;
  bool refused;

  oom_sweep_begin(nth);
  result =
      stls_session_serialize(setup->session, form, sizeof form, &len, &err);
  refused = oom_sweep_end();
  expect_memory(refused, result, &err, nth);
  cr_expect_eq(len, result == STLS_OK ? setup->form_len : 0);
  if (result == STLS_OK) cr_expect_arr_eq(form, setup->form, len);
  return refused;
}

static bool try_to_read(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_session *session = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_session_new_serialized(setup->form, setup->form_len, NULL, NULL,
                                       &session, &err);
  refused = oom_sweep_end();
  expect_memory(refused, result, &err, nth);
  cr_expect_eq(session != NULL, result == STLS_OK);
  if (session != NULL) cr_expect(stls_session_equal(session, setup->session));
  stls_session_free(session);
  return refused;
}

static bool try_to_set_keys(const void *subject, size_t nth)
{
  stls_context *server = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  (void)subject;
  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  oom_sweep_begin(nth);
  result = stls_context_set_ticket_keys(server, key, sizeof key, &err);
  refused = oom_sweep_end();
  cr_expect(result == STLS_OK || refused, "%s", err.message);
  EXPECT_RESULT(err.result, result, "err");
  stls_context_free(server);
  return refused;
}

Test(oom_session, is_checked_written_and_read_or_not)
{
  sweep(try_to_check, 1);
  sweep(try_to_write, 1);
  sweep(try_to_read, 1);
  sweep(try_to_set_keys, 1);
}

/* Memory is refused in the objects' calls, not between them. */
static stls_result shake(stls_object *object)
{
  stls_result result;

  heap_hold(false);
  result = stls_object_handshake(object);
  heap_hold(true);
  return result;
}

static stls_result connect_and_greet(test_pair *pair)
{
  stls_result client = STLS_WANT_READ, server = STLS_WANT_READ;
  size_t done;
  char byte;

  heap_hold(true);
  for (int turn = 0; turn < 6 && client >= 0 && server >= 0; turn++) {
    client = shake(pair->client);
    pair_move_all(pair, pair->client, pair->server);
    server = shake(pair->server);
    pair_move_all(pair, pair->server, pair->client);
  }
  if (client != STLS_OK || server != STLS_OK)
    return client < 0 ? client : server;
  heap_hold(false);
  server = stls_object_write(pair->server, "x", 1, &done);
  heap_hold(true);
  pair_move_all(pair, pair->server, pair->client);
  if (server != STLS_OK) return server;
  heap_hold(false);
  client = stls_object_read(pair->client, &byte, 1, &done);
  heap_hold(true);
  return client;
}

/* A whole connection that offers a session, with one allocation refused: it
 * fails, or it works, and then the server was verified, now or back then. */
static bool try_to_resume(const void *subject, size_t nth)
{
  const struct setup *setup = subject;
  stls_session *session = NULL;
  stls_result result;
  size_t num = 0;
  test_pair pair;
  bool refused;

  /* One of its own: a failure ends it. */
  ASSERT_RESULT(stls_session_new_serialized(setup->form, setup->form_len, NULL,
                                            NULL, &session, NULL),
                STLS_OK, "read");
  pair = resumption_pair(&setup->peers, session);
  stls_session_free(session);
  oom_sweep_begin(nth);
  result = connect_and_greet(&pair);
  refused = oom_sweep_end();
  cr_expect(result == STLS_OK || refused, "%s, allocation %zu: %s", setup->name,
            nth, stls_result_name(result));
  if (result == STLS_OK) {
    const stls_conninfo *client = stls_object_conninfo(pair.client);
    const stls_conninfo *server = stls_object_conninfo(pair.server);
    cr_expect(stls_conninfo_peer_verified(client), "%zu", nth);
    cr_expect(stls_conninfo_peer_verified(server), "%zu", nth);
    while ((session = resumption_take_session(pair.client)) != NULL) {
      cr_expect(stls_session_peer_verified(session), "%zu", nth);
      cr_expect(stls_session_is_resumable(session), "%zu", nth);
      stls_session_free(session);
      num++;
    }
    cr_expect_leq(num, 2);
  }
  pair_free(&pair);
  return refused;
}

Test(oom_session, resumes_or_fails_or_shakes_hands_in_full)
{
  sweep(try_to_resume, check_quick() ? 40 : 3);
}
