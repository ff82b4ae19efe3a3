/* SPDX-License-Identifier: MIT */
/* test_stale_errors_session: calls on sessions, with stale entries in the error
 * queue. */
/* As in test_stale_errors, each call is made with an empty queue and with entries of
 * somebody else in it. */
#include <string.h>

#include <sanstls/session.h>

#include "support/expect.h"
#include "support/planted_errors.h"
#include "support/resumption.h"

SUITE(stale_errors_session, .timeout = 60);

enum {
  NUM_PLANTED = 4
};

static unsigned char key[STLS_TICKET_KEY_LEN] = "name";

struct bench {
  resumption peers;
  stls_session *session;
  unsigned char form[4000];
  size_t len;
};

static stls_result offer(struct bench *bench, stls_error *err)
{
  return resumption_offer(&bench->peers, "server.example", bench->session, err);
}

static stls_result offer_another(struct bench *bench, stls_error *err)
{
  return resumption_offer(&bench->peers, "other.example", bench->session, err);
}

static stls_result check(struct bench *bench, stls_error *err)
{
  return stls_session_check(bench->session, bench->peers.client,
                            "server.example", err);
}

static stls_result write_form(struct bench *bench, stls_error *err)
{
  return stls_session_serialize(bench->session, bench->form, sizeof bench->form,
                                &bench->len, err);
}

static stls_result read_form(struct bench *bench, stls_error *err)
{
  stls_session *copy = NULL;
  stls_result result = stls_session_new_serialized(bench->form, bench->len,
                                                   NULL, NULL, &copy, err);

  stls_session_free(copy);
  return result;
}

/* The checksum is right, and OpenSSL's part is not. */
static stls_result read_broken(struct bench *bench, stls_error *err)
{
  uint64_t sum = 0xcbf29ce484222325U;
  size_t at = 27 + strlen("server.example") + 4, i;

  bench->form[at] = 0xff;
  for (i = 0; i < bench->len - 8; i++)
    sum = (sum ^ bench->form[i]) * 0x100000001b3U;
  for (i = 0; i < 8; i++)
    bench->form[bench->len - 1 - i] = (unsigned char)(sum >> (8 * i));
  return read_form(bench, err);
}

static stls_result set_keys(struct bench *bench, stls_error *err)
{
  stls_context *server = NULL;
  stls_result result;

  (void)bench;
  result =
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, err);
  if (result == STLS_OK)
    result = stls_context_set_ticket_keys(server, key, sizeof key, err);
  stls_context_free(server);
  return result;
}

static stls_result set_no_keys(struct bench *bench, stls_error *err)
{
  stls_context *server = NULL;
  stls_result result;

  (void)bench;
  result = stls_context_new_without_trust(STLS_SERVER, NULL, "?provider=x",
                                          &server, err);
  if (result == STLS_OK)
    result = stls_context_set_ticket_keys(server, key, 1, err);
  stls_context_free(server);
  return result;
}

static stls_result look(struct bench *bench, stls_error *err)
{
  stls_session_stats stats = STLS_SESSION_STATS_INIT;

  (void)stls_session_is_resumable(bench->session);
  (void)stls_session_cipher_name(bench->session);
  return stls_context_session_stats(bench->peers.server, &stats, err);
}

static const struct row {
  const char *name;
  stls_result (*call)(struct bench *bench, stls_error *err);
  stls_result want;
} rows[] = {
    {"offer", offer, STLS_OK},
    {"offer to another", offer_another, STLS_ERROR_INPUT},
    {"check", check, STLS_OK},
    {"serialize", write_form, STLS_OK},
    {"read", read_form, STLS_OK},
    {"read what is broken", read_broken, STLS_ERROR_INPUT},
    {"ticket keys", set_keys, STLS_OK},
    {"no ticket keys", set_no_keys, STLS_ERROR_MISUSE},
    {"getters", look, STLS_OK},
};

static void run_row(const struct row *row, size_t num_planted,
                    stls_error *out_err)
{
  const pair_options options = {0};
  struct bench bench;

  bench.peers = resumption_open(&options);
  bench.session = resumption_new_session(&bench.peers);
  ASSERT_RESULT(write_form(&bench, NULL), STLS_OK, row->name);
  planted_errors_put(num_planted);
  EXPECT_RESULT(row->call(&bench, out_err), row->want, row->name);
  stls_session_free(bench.session);
  planted_errors_expect(num_planted, row->name);
  resumption_close(&bench.peers);
}

Test(stale_errors_session, is_as_it_was_after_every_call)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error clean = STLS_ERROR_INIT, dirty = STLS_ERROR_INIT;
    run_row(&rows[i], 0, &clean);
    run_row(&rows[i], NUM_PLANTED, &dirty);
    EXPECT_RESULT(dirty.result, clean.result, rows[i].name);
    cr_expect_eq(dirty.reason, clean.reason, "%s", rows[i].name);
    cr_expect_str_eq(dirty.message, clean.message, "%s", rows[i].name);
  }
}
