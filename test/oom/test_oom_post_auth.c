/* SPDX-License-Identifier: MIT */
/* test_oom_post_auth: post-handshake authentication under allocation failure. */
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"
#include "support/resumption.h"

SUITE(oom_post_auth, .timeout = 120);

/* Who is asked, and in which of the two steps memory is short. */
struct row {
  const char *name, *credential;
  stls_verify_mode mode;
  stls_client_auth want;
  bool while_asking;
  stls_context *client, *server;
};

static void offer(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, NULL),
                STLS_OK, "offer");
}

static void read_all(stls_object *object)
{
  char byte;
  size_t done;

  (void)!stls_object_read(object, &byte, 1, &done);
}

static void expect_state(const struct row *row, const stls_object *server,
                         size_t nth)
{
  stls_client_auth state = stls_object_client_auth(server);
  const stls_conninfo *info = stls_object_client_auth_conninfo(server);
  bool is_answered = state > STLS_CLIENT_AUTH_REQUESTED;

  cr_expect(state == row->want || state <= STLS_CLIENT_AUTH_REQUESTED ||
                state == STLS_CLIENT_AUTH_REFUSED,
            "%s: allocation %zu: %d", row->name, nth, (int)state);
  cr_expect_eq(info != NULL, is_answered, "%s: allocation %zu", row->name, nth);
  cr_expect_eq(stls_conninfo_peer_verified(info),
               state == STLS_CLIENT_AUTH_VERIFIED, "%s: allocation %zu",
               row->name, nth);
  if (stls_object_error(server, NULL) == STLS_OK)
    cr_expect_eq(state, row->want, "%s: allocation %zu: %d", row->name, nth,
                 (int)state);
}

static bool try_to_ask(const void *subject, size_t nth)
{
  const struct row *row = subject;
  test_pair pair = resumption_join(row->client, row->server, NULL);
  stls_result result;
  bool refused = false;

  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, row->name);
  pair_settle(&pair);
  if (row->while_asking) oom_sweep_begin(nth);
  result = stls_object_verify_client(pair.server);
  if (row->while_asking) refused = oom_sweep_end();
  if (row->while_asking)
    oom_sweep_expect(refused, result, STLS_OK, row->name, nth);
  if (result != STLS_OK && stls_object_error(pair.server, NULL) == STLS_OK)
    EXPECT_RESULT(stls_object_verify_client(pair.server), STLS_OK, row->name);
  pair_move_all(&pair, pair.server, pair.client);
  read_all(pair.client);
  pair_move_all(&pair, pair.client, pair.server);
  if (!row->while_asking) oom_sweep_begin(nth);
  read_all(pair.server);
  if (!row->while_asking) refused = oom_sweep_end();
  /* What was refused in vain is made up for. */
  read_all(pair.server);
  expect_state(row, pair.server, nth);
  stls_object_free(pair.client);
  stls_object_free(pair.server);
  return refused;
}

static void sweep(struct row row)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .client_credential = row.credential,
                          .server_verify = row.mode,
                          .tune_client = offer,
                          .tune_server = offer};
  size_t num = 1, step;

  row.client = pair_context(&options, STLS_CLIENT);
  row.server = pair_context(&options, STLS_SERVER);
  while (try_to_ask(&row, num)) num *= 2;
  step = 1 + num / (check_quick() ? 10 : 600);
  for (size_t nth = 1; oom_sweep_try(try_to_ask, &row, nth, row.name);
       nth += step)
    continue;
  cr_expect_gt(num, (size_t)1, "%s", row.name);
  stls_context_free(row.client);
  stls_context_free(row.server);
}

Test(oom_post_auth, asks_wholly_or_not)
{
  sweep((struct row){.name = "asking",
                     .credential = "client-ecdsa",
                     .mode = STLS_VERIFY_REQUIRED,
                     .want = STLS_CLIENT_AUTH_VERIFIED,
                     .while_asking = true});
}

Test(oom_post_auth, verifies_whom_it_should)
{
  sweep((struct row){.name = "verified",
                     .credential = "client-ecdsa",
                     .mode = STLS_VERIFY_REQUIRED,
                     .want = STLS_CLIENT_AUTH_VERIFIED});
}

Test(oom_post_auth, takes_nobody_for_somebody)
{
  sweep((struct row){.name = "declined",
                     .credential = "",
                     .mode = STLS_VERIFY_OPTIONAL,
                     .want = STLS_CLIENT_AUTH_DECLINED});
  sweep((struct row){.name = "untrusted",
                     .credential = "client-untrusted",
                     .mode = STLS_VERIFY_OPTIONAL,
                     .want = STLS_CLIENT_AUTH_REFUSED});
}
