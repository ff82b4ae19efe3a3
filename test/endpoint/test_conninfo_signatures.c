/* SPDX-License-Identifier: MIT */
/* test_conninfo_signatures: signature algorithms of a connection. */
#include <openssl/objects.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "lib/endpoint/signature_name.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"
#include "support/resumption.h"

SUITE(conninfo_signatures);

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

static const char *server_pki;

static void present_pki(stls_context *context)
{
  pki_present(context, server_pki);
}

static void trust_pki(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, "DEFAULT:@SECLEVEL=0", NULL),
      STLS_OK, "ciphers");
  ASSERT_RESULT(stls_context_set_insecure_verify_none(context, NULL), STLS_OK,
                "verify");
}

/* RFC 8446, 4.2.3. */
Test(conninfo_signatures, are_named)
{
  static const struct {
    const char *pki, *client;
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
    server_pki = rows[i].pki;
    options.client_credential = rows[i].client;
    options.server_credential = rows[i].pki == NULL ? NULL : "";
    options.tune_server = rows[i].pki == NULL ? NULL : present_pki;
    options.tune_client = rows[i].pki == NULL ? NULL : trust_pki;
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_open(&options);
      expect_sigalgs(&pair, rows[i].server_sigalg, rows[i].client_sigalg,
                     label);
      pair_free(&pair);
    }
  }
  pki_free();
}

Test(conninfo_signatures, of_rsa_are_named)
{
  pair_options options = {.server_credential = "server-rsa"};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = pair_open(&options);
    expect_sigalgs(&pair, "rsa_pss_rsae_sha256", NULL, label);
    pair_free(&pair);
  }
}

/* draft-ietf-tls-mldsa: no number of OpenSSL's stands for it. */
Test(conninfo_signatures, without_a_number_are_named)
{
  pair_options options = {.version = STLS_TLS_1_3,
                          .server_credential = "",
                          .tune_client = trust_pki,
                          .tune_server = present_pki};
  test_pair pair;

  if (!pki_is_possible("ml-dsa-65")) cr_skip_test("OpenSSL has no ML-DSA");
  server_pki = "ml-dsa-65 middle";
  pair = pair_open(&options);
  expect_sigalgs(
      &pair,
      stls_feature_available(STLS_FEATURE_SIGALG_NAME) ? "mldsa65" : NULL, NULL,
      "ML-DSA");
  pair_free(&pair);
  pki_free();
}

/* Nobody signs anything there. */
Test(conninfo_signatures, are_none_of_a_resumed_handshake)
{
  pair_options options = {.client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair = resumption_open_resumed(&options);
    expect_sigalgs(&pair, NULL, NULL, label);
    pair_free(&pair);
  }
}

Test(conninfo_signatures, have_the_names_of_the_registry)
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
        stls_signature_name(rows[i].key, rows[i].digest, rows[i].is_pss_key),
        rows[i].want, "name");
}

/* Only an encryption key is in use there, whatever was chosen beforehand. */
static void exchange_by_rsa(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_ciphers(context, "AES256-GCM-SHA384", NULL),
      STLS_OK, "ciphers");
}

Test(conninfo_signatures, are_none_where_nothing_is_signed)
{
  pair_options options = {.server_credential = "server-rsa",
                          .tune_client = exchange_by_rsa,
                          .tune_server = exchange_by_rsa};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    bool is_old = options.version == STLS_TLS_1_2;
    test_pair pair = pair_open(&options);
    expect_sigalgs(&pair, is_old ? NULL : "rsa_pss_rsae_sha256", NULL, label);
    pair_free(&pair);
  }
}
