/* SPDX-License-Identifier: MIT */
/* test_trust_crl: handshakes with revocation checks. */
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/verify.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/trust_sets.h"

SUITE(trust_crl, .timeout = 60);

enum {
  LEAF = X509_V_FLAG_CRL_CHECK,
  ALL = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL
};

/* Who shows what to somebody with these files, and what comes of it. */
static const struct row {
  const char *credential, *files;
  unsigned long flags;
  int want_code;
  int want_depth;
  const char *source;
} rows[] = {
    {"good", "trust/root.pem", 0, X509_V_OK, -1, "no check, no CRL"},
    {"revoked", "trust/root-both.pem", 0, X509_V_OK, -1,
     "RFC 5280, 6.3: CRLs are used when asked for"},
    {"good", "trust/root-both.pem", LEAF, X509_V_OK, -1, "RFC 5280, 6.3"},
    {"good", "trust/root-both.pem", ALL, X509_V_OK, -1,
     "the root's list covers the root"},
    {"revoked", "trust/root-both.pem", LEAF, X509_V_ERR_CERT_REVOKED, 0,
     "RFC 5280, 6.3"},
    {"revoked", "trust/root-both.pem", ALL, X509_V_ERR_CERT_REVOKED, 0,
     "RFC 5280, 6.3"},
    {"good", "trust/root.pem", LEAF, X509_V_ERR_UNABLE_TO_GET_CRL, 0,
     "CPython, test_ssl: test_crl_check"},
    {"good", "trust/root.pem trust/other.pem trust/other.crl", LEAF,
     X509_V_ERR_UNABLE_TO_GET_CRL, 0, "another CA's list"},
    {"good", "trust/root.pem trust/root-expired.crl", LEAF,
     X509_V_ERR_CRL_HAS_EXPIRED, 0, "RFC 5280, 5.1.2.5: nextUpdate"},
    {"good", "trust/root.pem trust/root-notyet.crl", LEAF,
     X509_V_ERR_CRL_NOT_YET_VALID, 0, "RFC 5280, 5.1.2.4: thisUpdate"},
    {"good", "trust/root.pem trust/forged.crl", LEAF,
     X509_V_ERR_CRL_SIGNATURE_FAILURE, 0, "RFC 5280, 6.3.3 (g)"},
    {"good", "trust/root.pem trust/root-cas.crl", LEAF,
     X509_V_ERR_DIFFERENT_CRL_SCOPE, 0, "RFC 5280, 5.2.5: CAs only"},
    {"good", "trust/root.pem trust/root-expired.crl trust/root-empty.crl", LEAF,
     X509_V_OK, -1, "the valid one of two"},
    {"revoked", "trust/root.pem trust/root-empty.crl", LEAF, X509_V_OK, -1,
     "an old list that does not know yet"},
    {"revoked", "trust/root-both.pem trust/root-empty.crl", LEAF,
     X509_V_ERR_CERT_REVOKED, 0, "the newer of two"},
    {"revoked", "trust/root.pem trust/root-empty.crl trust/root.crl", LEAF,
     X509_V_ERR_CERT_REVOKED, 0, "the newer of two, in the other order"},
};

/* The same through an intermediate CA, which root-intermediate.crl revokes. */
static const struct row chain_rows[] = {
    {"chain", "trust/root.pem trust/intermediate.crl trust/root-empty.crl", ALL,
     X509_V_OK, -1, "a list of each CA"},
    {"chain",
     "trust/root.pem trust/intermediate.crl trust/root-intermediate.crl", LEAF,
     X509_V_OK, -1, "only the leaf is looked up"},
    {"chain",
     "trust/root.pem trust/intermediate.crl trust/root-intermediate.crl", ALL,
     X509_V_ERR_CERT_REVOKED, 1, "X509_V_FLAG_CRL_CHECK_ALL"},
    {"chain", "trust/root.pem trust/intermediate.crl", ALL,
     X509_V_ERR_UNABLE_TO_GET_CRL, 1, "X509_V_FLAG_CRL_CHECK_ALL"},
    {"chain", "trust/root.pem trust/root-empty.crl", LEAF,
     X509_V_ERR_UNABLE_TO_GET_CRL, 0, "the leaf's issuer has no list"},
};

/* The row at work, for pair_options' hooks. */
static const struct row *current;

static void run_row(const struct row *row, bool server_checks);
static void tune(stls_context *context);
static void tune_with_directory(stls_context *context);

Test(trust_crl, a_client_checks_its_server)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    run_row(&rows[i], false);
  for (size_t i = 0; i < sizeof chain_rows / sizeof chain_rows[0]; i++)
    run_row(&chain_rows[i], false);
}

Test(trust_crl, a_server_checks_its_clients)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    run_row(&rows[i], true);
}

/* Of the two lists there the one that was made later revokes no server. */
Test(trust_crl, of_a_directory_count)
{
  pair_options options = {.server_credential = "trust/server-good",
                          .client_trust = "",
                          .tune_client = tune_with_directory};
  test_pair pair = pair_new(&options);

  EXPECT_RESULT(pair_handshake(&pair), STLS_OK, pair_message(pair.client));
  pair_free(&pair);
  options.server_credential = "trust/server-chain";
  pair = pair_new(&options);
  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "no list");
  pair_free(&pair);
}

/* A list about CAs only, whose extension that says so is damaged. */
Test(trust_crl, that_does_not_say_what_it_is_about_is_refused)
{
  static const unsigned char scope[] = {0x55, 0x1d, 0x1c, 0x01, 0x01,
                                        0xff, 0x04, 0x05, 0x30};
  stls_trust *trust = trust_sets_load("trust/root.pem trust/root-cas.crl");
  data_file file = data_file_load("trust/root-cas.der");
  stls_error err = STLS_ERROR_INIT;
  size_t at = 0;

  while (memcmp(file.data + at, scope, sizeof scope) != 0) {
    at++;
    cr_assert_lt(at + sizeof scope, file.len);
  }
  EXPECT_RESULT(stls_trust_add_crl(trust, file.data, file.len, NULL), STLS_OK,
                "whole");
  file.data[at + sizeof scope - 1] = 0x31;
  EXPECT_RESULT(stls_trust_add_crl(trust, file.data, file.len, &err),
                STLS_ERROR_INPUT, "damaged");
  cr_expect(strstr(err.message, "CRL 1 at byte 0"), "%s", err.message);
  cr_expect(trust_sets_have(trust, 1, 1, 1), "%s", trust_sets_text(trust));
  data_file_free(&file);
  stls_trust_free(trust);
}

static void run_row(const struct row *row, bool server_checks)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  char name[64], label[160];
  stls_result want =
      row->want_code == X509_V_OK ? STLS_OK : STLS_ERROR_CERTIFICATE;

  current = row;
  snprintf(name, sizeof name, "trust/%s-%s",
           server_checks ? "client" : "server", row->credential);
  for (size_t i = 0; i < 2; i++) {
    pair_options options = {.version = versions[i]};
    stls_error err = STLS_ERROR_INIT;
    test_pair pair;
    stls_object *judge;

    snprintf(label, sizeof label, "%s with %s, TLS 1.%zu (%s)", name,
             row->files, i + 2, row->source);
    if (server_checks) {
      options.client_credential = name;
      options.server_verify = STLS_VERIFY_REQUIRED;
      options.tune_server = tune;
    } else {
      options.server_credential = name;
      options.tune_client = tune;
    }
    pair = pair_new(&options);
    judge = server_checks ? pair.server : pair.client;
    (void)pair_handshake(&pair);
    cr_expect_eq(stls_object_handshake(judge), want, "%s: %s", label,
                 pair_message(judge));
    (void)stls_object_error(judge, &err);
    cr_expect_eq(err.verify_code, row->want_code, "%s: %ld", label,
                 err.verify_code);
    cr_expect_eq(err.verify_depth, row->want_depth, "%s: depth %d", label,
                 err.verify_depth);
    pair_free(&pair);
  }
}

static void tune(stls_context *context)
{
  stls_trust *trust = trust_sets_load(current->files);
  unsigned long flags = stls_context_verify_flags(context) | current->flags;

  ASSERT_RESULT(stls_context_set_trust(context, trust, NULL), STLS_OK, "trust");
  ASSERT_RESULT(stls_context_set_verify_flags(context, flags, NULL), STLS_OK,
                "flags");
  stls_trust_free(trust);
}

static void tune_with_directory(stls_context *context)
{
  stls_trust *trust = trust_sets_new();

  ASSERT_RESULT(stls_trust_add_directory(
                    trust, data_file_path("trust/hashed-good"), NULL),
                STLS_OK, "directory");
  ASSERT_RESULT(stls_context_set_trust(context, trust, NULL), STLS_OK, "set");
  ASSERT_RESULT(stls_context_set_verify_flags(
                    context, stls_context_verify_flags(context) | LEAF, NULL),
                STLS_OK, "flags");
  stls_trust_free(trust);
}
