/* SPDX-License-Identifier: MIT */
/* test_conninfo_certificates: certificates in the snapshot of a connection. */
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"

SUITE(conninfo_certificates);

/* What one side reports: names of support/pki.h. */
struct tale {
  const char *peer;
  const char *failed;
  const char *presented;
  const char *verified;
  const char *built;
};

static const char *const whole = "leaf-of-lower lower middle";
static const char *const path = "leaf-of-lower lower middle root";

static void expect_tale(const stls_object *object, const struct tale *want,
                        const char *label)
{
  const stls_conninfo *info = stls_object_conninfo(object);
  stls_certificate *peer = NULL, *failed = NULL;
  stls_certificate_list *presented = NULL, *verified = NULL, *built = NULL;
  struct tale got;

  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &peer, NULL), 0, label);
  ASSERT_RESULT(stls_conninfo_failed_certificate(info, &failed, NULL), 0,
                label);
  ASSERT_RESULT(stls_conninfo_presented_chain(info, &presented, NULL), 0,
                label);
  ASSERT_RESULT(stls_conninfo_verified_chain(info, &verified, NULL), 0, label);
  ASSERT_RESULT(stls_conninfo_built_chain(info, &built, NULL), 0, label);
  got = (struct tale){pki_name(peer), pki_name(failed), pki_names(presented),
                      pki_names(verified), pki_names(built)};
  cr_expect_str_eq(got.peer, want->peer, "%s: %s", label, got.peer);
  cr_expect_str_eq(got.failed, want->failed, "%s: %s", label, got.failed);
  cr_expect_str_eq(got.presented, want->presented, "%s: %s", label,
                   got.presented);
  cr_expect_str_eq(got.verified, want->verified, "%s: %s", label, got.verified);
  cr_expect_str_eq(got.built, want->built, "%s: %s", label, got.built);
}

static void present_whole(stls_context *context)
{
  pki_present(context, whole);
}

static void present_expired(stls_context *context)
{
  pki_present(context, "expired middle");
}

static void trust_root(stls_context *context)
{
  pki_trust(context, "root");
}

static void present_and_trust(stls_context *context)
{
  present_whole(context);
  trust_root(context);
}

static void trust_root_expired(stls_context *context)
{
  present_expired(context);
  trust_root(context);
}

static void trust_anybody(stls_context *context)
{
  trust_root(context);
  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
}

static const struct tale nobody = {"", "", "", "", ""};

Test(conninfo_certificates, is_nobody_where_there_is_nothing)
{
  const stls_object *none = NULL;

  expect_tale(none, &nobody, "NULL");
}

Test(conninfo_certificates, has_nowhere_to_go_without_an_out_parameter)
{
  pair_options options = {.tune_client = trust_root,
                          .tune_server = present_whole,
                          .server_credential = ""};
  test_pair pair = pair_open(&options);
  const stls_conninfo *infos[] = {stls_object_conninfo(pair.client), NULL};
  stls_error err = STLS_ERROR_INIT;

  for (size_t i = 0; i < 2; i++) {
    expect_misuse(stls_conninfo_peer_certificate(infos[i], NULL, &err), &err,
                  "out_certificate");
    expect_misuse(stls_conninfo_failed_certificate(infos[i], NULL, &err), &err,
                  "out_certificate");
    expect_misuse(stls_conninfo_presented_chain(infos[i], NULL, &err), &err,
                  "out_list");
    expect_misuse(stls_conninfo_verified_chain(infos[i], NULL, &err), &err,
                  "out_list");
    expect_misuse(stls_conninfo_built_chain(infos[i], NULL, &err), &err,
                  "out_list");
  }
  pair_free(&pair);
  pki_free();
}

Test(conninfo_certificates, is_known_to_both_sides)
{
  pair_options options = {.tune_client = present_and_trust,
                          .tune_server = present_and_trust,
                          .server_credential = "",
                          .server_verify = STLS_VERIFY_REQUIRED};
  const struct tale want = {"leaf-of-lower", "", whole, path, path};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    expect_tale(pair.client, &want, label);
    expect_tale(pair.server, &want, label);
    pair_free(&pair);
  }
  pki_free();
}

/* Whatever is asked, and how often; and it outlives the connection. */
Test(conninfo_certificates, is_decoded_once)
{
  pair_options options = {.client_trust = "",
                          .server_credential = "",
                          .tune_client = trust_root,
                          .tune_server = present_whole};
  test_pair pair = pair_new(&options);
  const stls_conninfo *info;
  stls_certificate *first = NULL, *second = NULL;
  stls_certificate_list *lists[4] = {NULL};

  ASSERT_RESULT(pair_handshake(&pair), STLS_OK, "handshake");
  info = stls_object_conninfo(pair.client);
  ASSERT_RESULT(stls_conninfo_presented_chain(info, &lists[0], NULL), 0, "1");
  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &first, NULL), 0, "2");
  ASSERT_RESULT(stls_conninfo_verified_chain(info, &lists[1], NULL), 0, "3");
  ASSERT_RESULT(stls_conninfo_built_chain(info, &lists[2], NULL), 0, "4");
  ASSERT_RESULT(stls_conninfo_peer_certificate(info, &second, NULL), 0, "5");
  ASSERT_RESULT(stls_conninfo_verified_chain(info, &lists[3], NULL), 0, "6");
  pair_free(&pair);
  cr_expect_eq(first, second);
  for (size_t i = 0; i < 4; i++) {
    cr_expect_eq(stls_certificate_list_at(lists[i], 0), first, "%zu", i);
    cr_expect_eq(stls_certificate_list_count(lists[i]), i == 0 ? 3 : 4, "%zu",
                 i);
  }
  for (size_t i = 0; i < 4; i++) {
    stls_certificate *root = stls_certificate_list_at(lists[i], 3);
    cr_expect_eq(root, i == 0 ? NULL : stls_certificate_list_at(lists[1], 3),
                 "%zu", i);
  }
  cr_expect_not_null(stls_certificate_alt_name(first, 0));
  for (size_t i = 0; i < 4; i++) stls_certificate_list_free(lists[i]);
  stls_certificate_free(first);
  stls_certificate_free(second);
  pki_free();
}

/* The committed certificates, byte for byte. */
Test(conninfo_certificates, is_what_the_file_says)
{
  pair_options options = {.server_credential = "server-chain"};
  test_pair pair = pair_open(&options);
  const stls_conninfo *info = stls_object_conninfo(pair.client);
  data_file file = data_file_load("server-chain.pem");
  stls_certificate_list *list = NULL;
  unsigned char der[4096];
  const char *at = file.data;

  ASSERT_RESULT(stls_conninfo_presented_chain(info, &list, NULL), 0, "list");
  pair_free(&pair);
  cr_assert_eq(stls_certificate_list_count(list), (size_t)2);
  for (size_t i = 0; i < 2; i++) {
    size_t want_len = 0, len = 0;
    const uint8_t *got =
        stls_certificate_der(stls_certificate_list_at(list, i), &len);
    const char *end = strstr(at, "-----END CERTIFICATE-----");
    cr_assert_not_null(end);
    end += strlen("-----END CERTIFICATE-----");
    ASSERT_RESULT(stls_pem_decode_certificate(at, (size_t)(end - at), der,
                                              sizeof der, &want_len, NULL),
                  STLS_OK, "decode");
    cr_assert_eq(len, want_len);
    cr_expect_arr_eq(got, der, len, "certificate %zu", i);
    at = end + 1;
  }
  stls_certificate_list_free(list);
  data_file_free(&file);
}

/* A server asks for a certificate, or not, and gets one, or not. */
Test(conninfo_certificates, may_have_no_certificate)
{
  static const struct {
    const char *name;
    stls_verify_mode mode;
    void (*tune_client)(stls_context *context);
    stls_result want;
    struct tale tale;
  } rows[] = {
      {"not asked for",
       STLS_VERIFY_NONE,
       present_and_trust,
       0,
       {"", "", "", "", ""}},
      {"welcome, absent",
       STLS_VERIFY_OPTIONAL,
       trust_root,
       0,
       {"", "", "", "", ""}},
      {"welcome, accepted",
       STLS_VERIFY_OPTIONAL,
       present_and_trust,
       0,
       {"leaf-of-lower", "", "leaf-of-lower lower middle",
        "leaf-of-lower lower middle root", "leaf-of-lower lower middle root"}},
      {"welcome, refused",
       STLS_VERIFY_OPTIONAL,
       trust_root_expired,
       STLS_ERROR_CERTIFICATE,
       {"expired", "expired", "expired middle", "", "expired middle root"}},
      {"required, absent",
       STLS_VERIFY_REQUIRED,
       trust_root,
       STLS_ERROR_CERTIFICATE,
       {"", "", "", "", ""}},
      {"required, refused",
       STLS_VERIFY_REQUIRED,
       trust_root_expired,
       STLS_ERROR_CERTIFICATE,
       {"expired", "expired", "expired middle", "", "expired middle root"}},
  };
  char label[64];

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    pair_options options = {.tune_client = rows[i].tune_client,
                            .tune_server = present_and_trust,
                            .server_credential = "",
                            .server_verify = rows[i].mode};
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_new(&options);
      pair_handshake(&pair);
      EXPECT_RESULT(stls_object_handshake(pair.server), rows[i].want,
                    rows[i].name);
      expect_tale(pair.server, &rows[i].tale, rows[i].name);
      cr_expect_eq(
          stls_conninfo_peer_verified(stls_object_conninfo(pair.server)),
          rows[i].tale.verified[0] != '\0', "%s", rows[i].name);
      pair_free(&pair);
    }
  }
  pki_free();
}

Test(conninfo_certificates, is_known_but_unverified_where_anybody_is_accepted)
{
  pair_options options = {.tune_client = trust_anybody,
                          .tune_server = present_expired,
                          .server_credential = ""};
  const struct tale want = {"expired", "expired", "expired middle", "",
                            "expired middle root"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    expect_tale(pair.client, &want, label);
    pair_free(&pair);
  }
  options.tune_server = present_whole;
  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    const struct tale fine = {"leaf-of-lower", "", whole, "", path};
    test_pair pair = pair_open(&options);
    expect_tale(pair.client, &fine, label);
    pair_free(&pair);
  }
  pki_free();
}

/* CPython asks the context what it says at the moment of the call: a connection
 * whose peer nobody verified is told of as if it had been. */
Test(conninfo_certificates, is_not_changed_by_settings_that_change_later)
{
  static const int modes[] = {SSL_VERIFY_PEER, SSL_VERIFY_NONE};
  const struct tale want[] = {
      {"leaf-of-lower", "", whole, "", path},
      {"leaf-of-lower", "", whole, path, path},
  };
  char label[64];

  for (size_t i = 0; i < 2; i++) {
    pair_options options = {.tune_client = i == 0 ? trust_anybody : trust_root,
                            .tune_server = present_whole,
                            .server_credential = ""};
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_open(&options);
      SSL *ssl = stls_object_ssl(pair.client);
      SSL_CTX_set_verify(SSL_get_SSL_CTX(ssl), modes[i], NULL);
      SSL_set_verify(ssl, modes[i], NULL);
      expect_tale(pair.client, &want[i], label);
      cr_expect_eq(
          stls_conninfo_peer_verified(stls_object_conninfo(pair.client)),
          i == 1, "%s", label);
      pair_free(&pair);
    }
  }
  pki_free();
}

/* In TLS 1.3 the client was established, and stays so in what it tells. */
Test(conninfo_certificates, stays_known_to_a_client_that_is_refused_later)
{
  pair_options options = {.tune_client = trust_root_expired,
                          .tune_server = present_and_trust,
                          .server_credential = "",
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .version = STLS_TLS_1_3};
  const struct tale want = {"leaf-of-lower", "", whole, path, path};
  test_pair pair = pair_new(&options);
  const stls_conninfo *info;
  char byte;
  size_t got;

  pair_handshake(&pair);
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_OK, "before");
  EXPECT_RESULT(stls_object_read(pair.client, &byte, 1, &got), STLS_ERROR_ALERT,
                "first read");
  info = stls_object_conninfo(pair.client);
  cr_expect(stls_conninfo_established(info));
  cr_expect_eq(stls_conninfo_verify_code(info), X509_V_OK);
  expect_tale(pair.client, &want, "after");
  pair_free(&pair);
  pki_free();
}

/* Flips the last byte of the handshake message of that type, each being in a
 * record of its own. */
static void spoil_message(stls_bio *bio, unsigned char type)
{
  unsigned char flight[8192];
  size_t len = 0, at = 0, done = 0, record_len = 0;

  ASSERT_RESULT(stls_bio_read(bio, flight, sizeof flight, &len, NULL), STLS_OK,
                "flight");
  while (at + 5 < len && flight[at + 5] != type)
    at += 5 + ((size_t)flight[at + 3] << 8) + flight[at + 4];
  cr_assert_lt(at + 5, len);
  record_len = 5 + ((size_t)flight[at + 3] << 8) + flight[at + 4];
  flight[at + record_len - 1] ^= 1;
  ASSERT_RESULT(stls_bio_write(bio, flight, len, &done, NULL), STLS_OK,
                "flight");
}

/* Between the chain and the proof that the peer has its key. */
Test(conninfo_certificates, is_unverified_until_it_proved_itself)
{
  pair_options options = {.tune_client = trust_root,
                          .tune_server = present_whole,
                          .server_credential = "",
                          .version = STLS_TLS_1_2};
  const struct tale want = {"leaf-of-lower", "", whole, "", path};
  test_pair pair = pair_new(&options);
  const unsigned char server_key_exchange = 12;

  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  EXPECT_RESULT(stls_object_handshake(pair.server), STLS_WANT_READ, "flight");
  spoil_message(stls_object_outgoing(pair.server), server_key_exchange);
  pair_move_all(&pair, pair.server, pair.client);
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_ERROR_TLS, "bad");
  expect_tale(pair.client, &want, "bad signature");
  cr_expect_not(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
  pair_free(&pair);
  pki_free();
}
