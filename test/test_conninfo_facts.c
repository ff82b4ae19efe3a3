/* SPDX-License-Identifier: MIT */
/* test_conninfo_facts: signatures, protections and shared ciphers. */
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <string.h>

#include "lib/sigalg.h"
#include "support/again.h"
#include "support/cast.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/scene.h"

SUITE(conninfo_facts);

static void expect_text(const char *got, const char *want, const char *label)
{
  if (want == NULL)
    cr_expect_null(got, "%s: %s", label, got);
  else
    cr_expect(got != NULL && strcmp(got, want) == 0, "%s: %s instead of %s",
              label, got == NULL ? "nothing" : got, want);
}

static void expect_sigalgs(const test_pair *pair, const char *server,
                           const char *client, const char *label)
{
  const stls_object *sides[] = {pair->client, pair->server};

  for (size_t i = 0; i < 2; i++) {
    const stls_conninfo *info = stls_object_conninfo(sides[i]);
    expect_text(stls_conninfo_server_sigalg(info), server, label);
    expect_text(stls_conninfo_client_sigalg(info), client, label);
  }
}

static const char *server_cast;

static void present_cast(stls_context *context)
{
  cast_present(context, server_cast);
}

static void trust_cast(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, "DEFAULT:@SECLEVEL=0", NULL),
      STLS_OK, "ciphers");
  ASSERT_RESULT(stls_context_set_insecure_verify_none(context, NULL), STLS_OK,
                "verify");
}

/* RFC 8446, 4.2.3. */
Test(conninfo_facts, name_the_signatures)
{
  static const struct {
    const char *cast, *client;
    const char *server_sigalg, *client_sigalg;
  } rows[] = {
      {NULL, "", "ecdsa_secp256r1_sha256", NULL},
      {NULL, "client-ecdsa", "ecdsa_secp256r1_sha256",
       "ecdsa_secp256r1_sha256"},
      {"rsa-pss middle", "", "rsa_pss_pss_sha256", NULL},
      {"ed25519 middle", "", "ed25519", NULL},
  };
  pair_options options = {.server_verify = STLS_VERIFY_OPTIONAL};
  char label[64];

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    server_cast = rows[i].cast;
    options.client_credential = rows[i].client;
    options.server_credential = rows[i].cast == NULL ? NULL : "";
    options.tune_server = rows[i].cast == NULL ? NULL : present_cast;
    options.tune_client = rows[i].cast == NULL ? NULL : trust_cast;
    for (size_t row = 0; pair_row(row, &options, label); row++) {
      test_pair pair = pair_open(&options);
      expect_sigalgs(&pair, rows[i].server_sigalg, rows[i].client_sigalg,
                     label);
      pair_free(&pair);
    }
  }
  cast_free();
}

Test(conninfo_facts, name_rsa_signatures)
{
  pair_options options = {.server_credential = "server-rsa"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    expect_sigalgs(&pair, "rsa_pss_rsae_sha256", NULL, label);
    pair_free(&pair);
  }
}

/* Nobody signs anything there. */
Test(conninfo_facts, name_no_signature_of_a_resumed_handshake)
{
  pair_options options = {.client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = again_open(&options);
    expect_sigalgs(&pair, NULL, NULL, label);
    pair_free(&pair);
  }
}

Test(conninfo_facts, know_the_names_of_signatures)
{
  static const struct {
    int key, digest;
    bool is_pss_key;
    const char *want;
  } rows[] = {
      {NID_X9_62_id_ecPublicKey, NID_sha384, false, "ecdsa_secp384r1_sha384"},
      {NID_X9_62_id_ecPublicKey, NID_sha1, false, "ecdsa_sha1"},
      {NID_ED448, NID_undef, false, "ed448"},
      {NID_rsassaPss, NID_sha384, false, "rsa_pss_rsae_sha384"},
      {NID_rsassaPss, NID_sha384, true, "rsa_pss_pss_sha384"},
      {NID_rsaEncryption, NID_sha1, false, "rsa_pkcs1_sha1"},
      {NID_rsaEncryption, NID_sha512, true, "rsa_pkcs1_sha512"},
      {NID_rsaEncryption, NID_md5, false, NULL},
      {NID_undef, NID_undef, false, NULL},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    expect_text(
        stls_sigalg_name(rows[i].key, rows[i].digest, rows[i].is_pss_key),
        rows[i].want, "name");
}

static void without_master_secret(stls_context *context)
{
  SSL_CTX_set_options(stls_context_ssl_ctx(context),
                      SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

/* RFC 7627, 5.3: it takes both sides, and TLS 1.3 always has it. */
Test(conninfo_facts, tell_what_protects_the_handshake)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++)
    for (int who = 0; who < 3; who++) {
      bool is_1_3 = options.version == STLS_TLS_1_3;
      test_pair pair;
      options.tune_client = who == 1 ? without_master_secret : NULL;
      options.tune_server = who == 2 ? without_master_secret : NULL;
      pair = pair_open(&options);
      for (size_t i = 0; i < 2; i++) {
        const stls_conninfo *info =
            stls_object_conninfo(i == 0 ? pair.client : pair.server);
        cr_expect_eq(stls_conninfo_extended_master_secret(info),
                     is_1_3 || who == 0, "%s", label);
        cr_expect(stls_conninfo_secure_renegotiation(info), "%s", label);
        cr_expect_null(stls_conninfo_compression(info), "%s", label);
        cr_expect_not(stls_conninfo_early_data(info), "%s", label);
        cr_expect_not(stls_conninfo_hello_retried(info), "%s", label);
      }
      pair_free(&pair);
    }
}

static void only_p256(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_groups(context, "P-256", NULL), STLS_OK,
                "groups");
}

/* The client offers P-256, but sent a key for X25519: RFC 8446, 4.1.4. */
Test(conninfo_facts, tell_of_a_second_client_hello)
{
  pair_options options = {.tune_server = only_p256};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    for (size_t i = 0; i < 2; i++)
      cr_expect_eq(stls_conninfo_hello_retried(stls_object_conninfo(
                       i == 0 ? pair.client : pair.server)),
                   options.version == STLS_TLS_1_3, "%s", label);
    pair_free(&pair);
  }
}

Test(conninfo_facts, are_nothing_for_nothing)
{
  cr_expect_null(stls_conninfo_server_sigalg(NULL));
  cr_expect_null(stls_conninfo_client_sigalg(NULL));
  cr_expect_null(stls_conninfo_compression(NULL));
  cr_expect_not(stls_conninfo_extended_master_secret(NULL));
  cr_expect_not(stls_conninfo_secure_renegotiation(NULL));
  cr_expect_not(stls_conninfo_hello_retried(NULL));
  cr_expect_not(stls_conninfo_early_data(NULL));
  cr_expect_eq(stls_object_alert_sent(NULL), -1);
  cr_expect_eq(stls_object_alert_received(NULL), -1);
  cr_expect_eq(stls_object_num_shared_ciphers(NULL), (size_t)0);
  cr_expect_null(stls_object_shared_cipher(NULL, 0, NULL, NULL));
}

static void few_ciphers(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_ciphers(context,
                                         "ECDHE-ECDSA-CHACHA20-POLY1305:"
                                         "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                         "ECDHE-RSA-AES128-GCM-SHA256",
                                         NULL),
                STLS_OK, "client");
  ASSERT_RESULT(stls_context_set_ciphersuites(
                    context, "TLS_CHACHA20_POLY1305_SHA256", NULL),
                STLS_OK, "client");
}

static void other_ciphers(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_ciphers(context,
                                         "ECDHE-ECDSA-AES256-GCM-SHA384:"
                                         "ECDHE-ECDSA-AES128-GCM-SHA256:"
                                         "ECDHE-ECDSA-CHACHA20-POLY1305",
                                         NULL),
                STLS_OK, "server");
  ASSERT_RESULT(
      stls_context_set_ciphersuites(
          context, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256", NULL),
      STLS_OK, "server");
}

/* CPython: in the server's order, on a server, from the ClientHello on. */
Test(conninfo_facts, list_the_shared_ciphers)
{
  static const struct {
    const char *name, *protocol;
    int bits;
  } want[] = {{"TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3", 256},
              {"ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", 128},
              {"ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2", 256}};
  pair_options options = {.tune_client = few_ciphers,
                          .tune_server = other_ciphers};
  test_pair pair = pair_new(&options);

  cr_expect_eq(stls_object_num_shared_ciphers(pair.server), (size_t)0);
  cr_assert_eq(pair_handshake(&pair), STLS_OK);
  cr_expect_eq(stls_object_num_shared_ciphers(pair.client), (size_t)0);
  cr_expect_null(stls_object_shared_cipher(pair.client, 0, NULL, NULL));
  cr_assert_eq(stls_object_num_shared_ciphers(pair.server), (size_t)3);
  for (size_t i = 0; i < 3; i++) {
    const char *protocol = NULL;
    int bits = 0;
    expect_text(stls_object_shared_cipher(pair.server, i, &protocol, &bits),
                want[i].name, "name");
    expect_text(protocol, want[i].protocol, "protocol");
    cr_expect_eq(bits, want[i].bits);
  }
  cr_expect_null(stls_object_shared_cipher(pair.server, 3, NULL, NULL));
  pair_free(&pair);
}

/* Both sides know of the alert that ended it, and of close_notify. */
Test(conninfo_facts, remember_alerts)
{
  pair_options options = {.server_credential = "server-untrusted"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_new(&options), good;
    cr_expect_eq(stls_object_alert_sent(pair.client), -1);
    cr_assert_eq(pair_handshake(&pair), STLS_ERROR_CERTIFICATE);
    cr_expect_eq(stls_object_alert_sent(pair.client), SSL_AD_UNKNOWN_CA);
    cr_expect_eq(stls_object_alert_received(pair.client), -1);
    cr_expect_eq(stls_object_alert_received(pair.server), SSL_AD_UNKNOWN_CA);
    pair_free(&pair);
    options.server_credential = NULL;
    good = pair_open(&options);
    options.server_credential = "server-untrusted";
    ASSERT_RESULT(stls_object_close_write(good.client), STLS_OK, label);
    cr_expect_eq(stls_object_alert_sent(good.client), SSL_AD_CLOSE_NOTIFY);
    pair_move_all(&good, good.client, good.server);
    EXPECT_RESULT(stls_object_unwrap(good.server), STLS_OK, label);
    cr_expect_eq(stls_object_alert_received(good.server), SSL_AD_CLOSE_NOTIFY);
    pair_free(&good);
  }
}
