/* SPDX-License-Identifier: MIT */
/* test_post_handshake_auth: client authentication after the handshake (TLS 1.3). */
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/object_states.h"
#include "support/pair.h"

SUITE(post_handshake_auth);

static void offer(stls_context *context)
{
  stls_error err = STLS_ERROR_INIT;

  cr_expect_not(stls_context_post_handshake_auth(context));
  ASSERT_RESULT(stls_context_set_post_handshake_auth(context, true, &err),
                STLS_OK, err.message);
  cr_expect(stls_context_post_handshake_auth(context));
}

static const pair_options usual = {.version = STLS_TLS_1_3,
                                   .client_credential = "client-ecdsa",
                                   .server_verify = STLS_VERIFY_REQUIRED,
                                   .tune_client = offer,
                                   .tune_server = offer};

static void expect_peer(const stls_conninfo *info, bool has_peer, bool verified,
                        const char *label)
{
  stls_certificate *peer = NULL;
  stls_certificate_list *lists[2] = {NULL, NULL};

  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &peer, NULL), STLS_OK,
                label);
  ASSERT_RESULT(stls_conninfo_presented_chain(info, &lists[0], NULL), STLS_OK,
                label);
  ASSERT_RESULT(stls_conninfo_verified_chain(info, &lists[1], NULL), STLS_OK,
                label);
  cr_expect_eq(peer != NULL, has_peer, "%s", label);
  cr_expect_eq(stls_certificate_list_count(lists[0]) > 0, has_peer, "%s",
               label);
  cr_expect_eq(stls_certificate_list_count(lists[1]) > 0, verified, "%s",
               label);
  cr_expect_eq(stls_conninfo_peer_verified(info), verified, "%s", label);
  stls_certificate_free(peer);
  for (size_t i = 0; i < 2; i++) stls_certificate_list_free(lists[i]);
}

/* One read on either side, after the other's bytes were delivered by the
 * script, until nothing moves; the first failure. */
static stls_result converse(test_pair *pair)
{
  stls_result result = STLS_OK;
  size_t moved, done;
  char byte;

  do {
    moved = pair_move(pair, pair->server, pair->client);
    if (moved > 0) (void)!stls_object_read(pair->client, &byte, 1, &done);
    moved += pair_move(pair, pair->client, pair->server);
    if (result >= 0) result = stls_object_read(pair->server, &byte, 1, &done);
  } while (moved > 0);
  return result;
}

static void expect_misused(stls_object *object, const char *word)
{
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_object_verify_client(object), STLS_ERROR_MISUSE, word);
  EXPECT_RESULT(stls_object_error(object, &err), STLS_ERROR_MISUSE, word);
  cr_expect(strstr(err.message, word), "\"%s\" has no %s", err.message, word);
}

Test(post_handshake_auth, verifies_the_client_later)
{
  pair_options options = usual;
  char label[64];

  for (size_t row = 3; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    const stls_conninfo *info = stls_object_conninfo(pair.server);

    cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_NONE);
    cr_expect_null(stls_object_client_auth_conninfo(pair.server));
    expect_peer(info, false, false, label);
    for (int round = 0; round < 3; round++) {
      size_t before = stls_bio_pending(stls_object_outgoing(pair.server));
      ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, label);
      cr_expect_gt(stls_bio_pending(stls_object_outgoing(pair.server)), before,
                   "%s: the request goes out with the call", label);
      cr_expect_eq(stls_object_client_auth(pair.server),
                   STLS_CLIENT_AUTH_REQUESTED);
      cr_expect_null(stls_object_client_auth_conninfo(pair.server));
      EXPECT_RESULT(converse(&pair), STLS_WANT_READ, pair_message(pair.server));
      cr_expect_eq(stls_object_client_auth(pair.server),
                   STLS_CLIENT_AUTH_VERIFIED, "%s", label);
      expect_peer(stls_object_client_auth_conninfo(pair.server), true, true,
                  label);
      pair_transfer(&pair, pair.client, pair.server, 3000);
      pair_transfer(&pair, pair.server, pair.client, 3000);
    }
    /* The handshake's own facts stay what they were. */
    cr_expect_eq(stls_object_conninfo(pair.server), info);
    expect_peer(info, false, false, label);
    cr_expect_str_eq(stls_conninfo_client_sigalg(
                         stls_object_client_auth_conninfo(pair.server)),
                     "ecdsa_secp256r1_sha256");
    cr_expect_str_eq(stls_conninfo_server_name(
                         stls_object_client_auth_conninfo(pair.server)),
                     "server.example");
    cr_expect_eq(stls_object_client_auth(pair.client), STLS_CLIENT_AUTH_NONE);
    pair_free(&pair);
  }
}

/* Who answers what, under which verify mode. */
static const struct answer {
  const char *name, *credential;
  stls_verify_mode mode;
  stls_result result;
  stls_client_auth state;
  int alert;
} answers[] = {
    {"verified", "client-ecdsa", STLS_VERIFY_OPTIONAL, STLS_WANT_READ,
     STLS_CLIENT_AUTH_VERIFIED, -1},
    {"nobody, allowed", "", STLS_VERIFY_OPTIONAL, STLS_WANT_READ,
     STLS_CLIENT_AUTH_DECLINED, -1},
    {"nobody, required", "", STLS_VERIFY_REQUIRED, STLS_ERROR_CERTIFICATE,
     STLS_CLIENT_AUTH_REFUSED, 116},
    {"untrusted", "client-untrusted", STLS_VERIFY_REQUIRED,
     STLS_ERROR_CERTIFICATE, STLS_CLIENT_AUTH_REFUSED, 48},
    {"untrusted, though optional", "client-untrusted", STLS_VERIFY_OPTIONAL,
     STLS_ERROR_CERTIFICATE, STLS_CLIENT_AUTH_REFUSED, 48},
    {"a server's certificate", "server-ecdsa", STLS_VERIFY_REQUIRED,
     STLS_ERROR_CERTIFICATE, STLS_CLIENT_AUTH_REFUSED, 43},
};

static void expect_answer(const struct answer *row, test_pair *pair,
                          const char *label)
{
  stls_error err = STLS_ERROR_INIT;
  char out[8];
  size_t done;

  ASSERT_RESULT(stls_object_verify_client(pair->server), STLS_OK, label);
  EXPECT_RESULT(converse(pair), row->result, row->name);
  cr_expect_eq(stls_object_client_auth(pair->server), row->state, "%s: %s",
               row->name, label);
  expect_peer(
      stls_object_client_auth_conninfo(pair->server),
      row->state != STLS_CLIENT_AUTH_DECLINED && row->credential[0] != '\0',
      row->state == STLS_CLIENT_AUTH_VERIFIED, row->name);
  expect_peer(stls_object_conninfo(pair->server), false, false, row->name);
  cr_expect_eq(stls_object_alert_sent(pair->server), row->alert, "%s: %d",
               row->name, stls_object_alert_sent(pair->server));
  if (row->result >= 0) {
    pair_transfer(pair, pair->client, pair->server, 500);
    return;
  }
  /* The cause, for ever, and the alert has reached the client. */
  EXPECT_RESULT(stls_object_verify_client(pair->server), row->result,
                row->name);
  EXPECT_RESULT(stls_object_read(pair->server, out, 8, &done), row->result,
                row->name);
  EXPECT_RESULT(stls_object_error(pair->server, &err), row->result, row->name);
  cr_expect_eq(err.verify_code != X509_V_OK, row->credential[0] != '\0', "%s",
               err.message);
  EXPECT_RESULT(stls_object_read(pair->client, out, 8, &done), STLS_ERROR_ALERT,
                row->name);
  cr_expect_eq(stls_object_alert_received(pair->client), row->alert);
}

Test(post_handshake_auth, judges_the_answer_by_the_verify_mode)
{
  char label[64];

  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    pair_options options = usual;
    options.client_credential = answers[i].credential;
    options.server_verify = answers[i].mode;
    for (size_t row = 3; pair_row(row, &options, label); row++) {
      test_pair pair = pair_open(&options);
      expect_answer(&answers[i], &pair, label);
      pair_free(&pair);
    }
  }
}

/* What one verification found does not stay for the next one. */
Test(post_handshake_auth, begins_each_verification_anew)
{
  pair_options options = usual;
  SSL *ssl;
  test_pair pair;

  options.server_verify = STLS_VERIFY_OPTIONAL;
  pair = pair_open(&options);
  ssl = stls_object_ssl(pair.client);
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "first");
  EXPECT_RESULT(converse(&pair), STLS_WANT_READ, "first");
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  SSL_certs_clear(ssl);
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "second");
  cr_expect_eq(stls_object_client_auth(pair.server),
               STLS_CLIENT_AUTH_REQUESTED);
  EXPECT_RESULT(converse(&pair), STLS_WANT_READ, "second");
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_DECLINED);
  expect_peer(stls_object_client_auth_conninfo(pair.server), false, false,
              "second");
  pair_free(&pair);
}

/* CPython: WRONG_SSL_VERSION, NOT_SERVER, EXTENSION_NOT_RECEIVED, and so on. */
Test(post_handshake_auth, is_refused_where_it_cannot_be_and_nothing_is_lost)
{
  static const struct {
    const char *word;
    stls_protocol version;
    stls_role role;
    bool no_offer, no_verify;
  } rows[] = {
      {"TLS 1.3", STLS_TLS_1_2, STLS_SERVER, false, false},
      {"only a server", STLS_TLS_1_3, STLS_CLIENT, false, false},
      {"did not offer", STLS_TLS_1_3, STLS_SERVER, true, false},
      {"STLS_VERIFY_NONE", STLS_TLS_1_3, STLS_SERVER, false, true},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options options = usual;
    test_pair pair;
    options.version = rows[i].version;
    if (rows[i].no_offer) options.tune_client = NULL;
    if (rows[i].no_verify) options.server_verify = STLS_VERIFY_NONE;
    pair = pair_open(&options);
    expect_misused(rows[i].role == STLS_SERVER ? pair.server : pair.client,
                   rows[i].word);
    cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_NONE);
    pair_transfer(&pair, pair.server, pair.client, 500);
    pair_transfer(&pair, pair.client, pair.server, 500);
    pair_free(&pair);
  }
  EXPECT_RESULT(stls_object_verify_client(NULL), STLS_ERROR_MISUSE, "NULL");
  cr_expect_eq(stls_object_client_auth(NULL), STLS_CLIENT_AUTH_NONE);
  cr_expect_null(stls_object_client_auth_conninfo(NULL));
}

Test(post_handshake_auth, is_not_asked_for_twice_at_a_time)
{
  pair_options options = usual;
  test_pair pair = pair_open(&options);

  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "first");
  expect_misused(pair.server, "has not answered");
  EXPECT_RESULT(converse(&pair), STLS_WANT_READ, "answer");
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "second");
  pair_free(&pair);
}

Test(post_handshake_auth, is_for_open_servers)
{
  object_states_contexts setup;

  object_states_open(&setup);
  for (int kind = 0; kind < NUM_OBJECT_STATES; kind++)
    for (stls_role role = STLS_CLIENT; role <= STLS_SERVER; role++) {
      object_states_pair ends =
          object_states_begin(&setup, (object_state)kind, role);
      EXPECT_RESULT(stls_object_verify_client(ends.self),
                    kind == OBJECT_STATE_FAILED ? STLS_ERROR_CERTIFICATE
                                                : STLS_ERROR_MISUSE,
                    object_state_name((object_state)kind));
      object_states_end(&ends);
    }
  object_states_close(&setup);
}

/* A server that required a certificate in the handshake may ask again. */
Test(post_handshake_auth, renews_what_the_handshake_verified)
{
  pair_options options = usual;
  test_pair pair;

  options.tune_server = NULL;
  pair = pair_open(&options);
  expect_peer(stls_object_conninfo(pair.server), true, true, "handshake");
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "again");
  EXPECT_RESULT(converse(&pair), STLS_WANT_READ, "again");
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  pair_free(&pair);
}

/* Nobody can pass what was sent before for what was sent after: a read ends
 * where the client's authentication does. */
Test(post_handshake_auth, parts_the_data_before_from_the_data_after)
{
  pair_options options = usual;
  test_pair pair = pair_open(&options);
  stls_writable_span rooms[2];
  char out[40];
  size_t done;

  pair_settle(&pair);
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
  ASSERT_RESULT(stls_object_write(pair.client, "before", 6, &done), STLS_OK,
                "before");
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RESULT(stls_object_read(pair.client, out, 1, &done), STLS_WANT_READ,
                "answer");
  ASSERT_RESULT(stls_object_write(pair.client, "after", 5, &done), STLS_OK,
                "after");
  pair_move_all(&pair, pair.client, pair.server);
  rooms[0] = (stls_writable_span){out, 6};
  rooms[1] = (stls_writable_span){out + 6, 34};
  ASSERT_RESULT(stls_object_readv(pair.server, rooms, 2, &done), STLS_OK,
                "before");
  cr_expect_eq(done, (size_t)6, "%zu", done);
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  ASSERT_RESULT(stls_object_read(pair.server, out, 40, &done), STLS_OK,
                "after");
  cr_expect_eq(done, (size_t)5);
  cr_expect_arr_eq(out, "after", 5);
  pair_free(&pair);
}

/* Each request costs the client a signature: STLS_LIMIT_KEY_UPDATES in a row are
 * enough. */
Test(post_handshake_auth, of_a_server_that_never_stops_asking_is_an_attack)
{
  pair_options options = usual;
  test_pair pair = pair_open(&options);
  stls_error err = STLS_ERROR_INIT;
  char line[STLS_DESCRIPTION_SIZE], byte;
  stls_result result;
  size_t done;

  for (int i = 0; i < 32; i++) {
    ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
    ASSERT_RESULT(converse(&pair), STLS_WANT_READ, "answer");
  }
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  ASSERT_RESULT(
      stls_object_describe(pair.server, line, sizeof line, &(size_t){0}, NULL),
      STLS_OK, "describe");
  cr_expect(strstr(line, " auth=verified open "), "%s", line);
  /* Data is progress, and the count begins anew. */
  pair_transfer(&pair, pair.server, pair.client, 1);
  for (int i = 0; i < 32; i++) {
    ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
    ASSERT_RESULT(converse(&pair), STLS_WANT_READ, "answer");
  }
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "ask");
  pair_move_all(&pair, pair.server, pair.client);
  EXPECT_RESULT(stls_object_read(pair.client, &byte, 1, &done), STLS_ERROR_TLS,
                "one too many");
  stls_object_error(pair.client, &err);
  cr_expect(strstr(err.message, "certificate"), "%s", err.message);
  cr_expect_eq(stls_object_alert_sent(pair.client), 10);
  pair_move_all(&pair, pair.client, pair.server);
  while ((result = stls_object_read(pair.server, &byte, 1, &done)) >= 0)
    continue;
  EXPECT_RESULT(result, STLS_ERROR_ALERT, "the server hears of it");
  pair_free(&pair);
}

/* A client that answers while the server's outgoing is full, and that keeps its
 * answer until its own has room. */
Test(post_handshake_auth, waits_for_room)
{
  pair_options options = usual;
  test_pair pair = pair_open(&options);
  stls_bio *outgoing = stls_object_outgoing(pair.server);
  char byte;
  size_t done;

  pair_settle(&pair);
  ASSERT_RESULT(stls_object_write(pair.server, "x", 1, &done), STLS_OK, "x");
  ASSERT_RESULT(stls_bio_set_limit(outgoing, 1, NULL), STLS_OK, "limit");
  EXPECT_RESULT(stls_object_verify_client(pair.server), STLS_WANT_WRITE,
                "full");
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_NONE);
  pair_move_all(&pair, pair.server, pair.client);
  ASSERT_RESULT(stls_object_verify_client(pair.server), STLS_OK, "drained");
  ASSERT_RESULT(stls_object_read(pair.client, &byte, 1, &done), STLS_OK, "x");
  EXPECT_RESULT(converse(&pair), STLS_WANT_READ, "answer");
  cr_expect_eq(stls_object_client_auth(pair.server), STLS_CLIENT_AUTH_VERIFIED);
  pair_free(&pair);
}
