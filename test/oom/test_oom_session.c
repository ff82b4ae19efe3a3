/* SPDX-License-Identifier: MIT */
/* test_oom_session: lack of memory loses a session, and nothing else. */
#include <stdlib.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/session.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/meeting.h"
#include "support/oom_sweep.h"

SUITE(alloc_session, .timeout = 120);

static unsigned char key[STLS_TICKET_KEY_LEN] = "name";

/* What calls are made with. */
struct stage {
  const char *name;
  meeting again;
  stls_session *session;
  unsigned char form[4000];
  size_t form_len;
};

static void use_key(stls_context *context)
{
  cr_assert_eq(stls_context_set_ticket_keys(context, key, sizeof key, NULL),
               STLS_OK);
}

static void open_stage(struct stage *stage, stls_protocol version)
{
  const pair_options options = {.version = version,
                                .client_credential = "client-ecdsa",
                                .server_verify = STLS_VERIFY_REQUIRED,
                                .tune_server = use_key};

  stage->name = version == STLS_TLS_1_2 ? "TLS 1.2" : "TLS 1.3";
  stage->again = meeting_open(&options);
  stage->session = meeting_session(&stage->again);
  ASSERT_RESULT(
      stls_session_serialize(stage->session, stage->form, sizeof stage->form,
                             &stage->form_len, NULL),
      STLS_OK, "serialize");
}

static void close_stage(struct stage *stage)
{
  stls_session_free(stage->session);
  meeting_close(&stage->again);
}

static void sweep(bool (*try)(const void *subject, size_t nth), size_t step)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};

  for (size_t v = 0; v < 2; v++) {
    struct stage stage;
    open_stage(&stage, versions[v]);
    for (size_t nth = 1; sweep_try(try, &stage, nth, stage.name); nth += step)
      continue;
    close_stage(&stage);
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
  const struct stage *stage = subject;
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  options.server_name = stage->again.name;
  options.session = stage->session;
  sweep_begin(nth);
  result =
      stls_object_new(stage->again.client, NULL, NULL, &options, &object, &err);
  refused = sweep_end();
  expect_memory(refused, result, &err, nth);
  cr_expect_eq(object != NULL, result == STLS_OK);
  stls_object_free(object);
  return refused;
}

Test(alloc_session, is_offered_or_the_object_is_not_made)
{
  sweep(try_to_offer, 1);
}

static bool try_to_check(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  sweep_begin(nth);
  result = stls_session_check(stage->session, stage->again.client,
                              stage->again.name, &err);
  refused = sweep_end();
  expect_memory(refused, result, &err, nth);
  return refused;
}

static bool try_to_write(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  unsigned char form[sizeof stage->form];
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  size_t len;
  bool refused;

  sweep_begin(nth);
  result =
      stls_session_serialize(stage->session, form, sizeof form, &len, &err);
  refused = sweep_end();
  expect_memory(refused, result, &err, nth);
  cr_expect_eq(len, result == STLS_OK ? stage->form_len : 0);
  if (result == STLS_OK) cr_expect_arr_eq(form, stage->form, len);
  return refused;
}

static bool try_to_read(const void *subject, size_t nth)
{
  const struct stage *stage = subject;
  stls_session *session = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  sweep_begin(nth);
  result = stls_session_new_serialized(stage->form, stage->form_len, NULL, NULL,
                                       &session, &err);
  refused = sweep_end();
  expect_memory(refused, result, &err, nth);
  cr_expect_eq(session != NULL, result == STLS_OK);
  if (session != NULL) cr_expect(stls_session_equal(session, stage->session));
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
  sweep_begin(nth);
  result = stls_context_set_ticket_keys(server, key, sizeof key, &err);
  refused = sweep_end();
  cr_expect(result == STLS_OK || refused, "%s", err.message);
  EXPECT_RESULT(err.result, result, "err");
  stls_context_free(server);
  return refused;
}

Test(alloc_session, is_checked_written_and_read_or_not)
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
  const struct stage *stage = subject;
  stls_session *session = NULL;
  stls_result result;
  size_t num = 0;
  test_pair pair;
  bool refused;

  /* One of its own: a failure ends it. */
  ASSERT_RESULT(stls_session_new_serialized(stage->form, stage->form_len, NULL,
                                            NULL, &session, NULL),
                STLS_OK, "read");
  pair = meeting_pair(&stage->again, session);
  stls_session_free(session);
  sweep_begin(nth);
  result = connect_and_greet(&pair);
  refused = sweep_end();
  cr_expect(result == STLS_OK || refused, "%s, allocation %zu: %s", stage->name,
            nth, stls_result_name(result));
  if (result == STLS_OK) {
    const stls_conninfo *client = stls_object_conninfo(pair.client);
    const stls_conninfo *server = stls_object_conninfo(pair.server);
    cr_expect(stls_conninfo_peer_verified(client), "%zu", nth);
    cr_expect(stls_conninfo_peer_verified(server), "%zu", nth);
    while ((session = meeting_next(pair.client)) != NULL) {
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

Test(alloc_session, resumes_or_fails_or_shakes_hands_in_full)
{
  sweep(try_to_resume, check_quick() ? 40 : 3);
}
