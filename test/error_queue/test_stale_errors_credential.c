/* SPDX-License-Identifier: MIT */
/* test_stale_errors_credential: loaders of credentials, with stale entries in the
 * error queue. */
#include "support/credential_loaders.h"

#include <sanstls/ciphers.h>
#include "support/data_files.h"
#include "support/expect.h"
#include "support/planted_errors.h"

SUITE(stale_errors_credential);

#define DIR "credential/"

enum {
  NUM_PLANTED = 4
};

static const credential_load rows[] = {
    {"", "DER", LOAD_DER, DIR "chain.der", DIR "key-encrypted.der", "secret",
     STLS_OK, 2, NULL, NULL},
    {"", "DER, wrong", LOAD_DER, DIR "chain.der", DIR "key-encrypted.der",
     "wrong", STLS_ERROR_INPUT, 0, NULL, NULL},
    {"", "DER, mismatched", LOAD_DER, DIR "chain.der", DIR "key-rsa.der", NULL,
     STLS_ERROR_INPUT, 0, NULL, NULL},
    {"", "PKCS #12", LOAD_PKCS12, DIR "chain.p12", NULL, "secret", STLS_OK, 2,
     NULL, NULL},
    {"", "PKCS #12, empty", LOAD_PKCS12, DIR "chain-empty.p12", NULL, NULL,
     STLS_OK, 2, NULL, NULL},
    {"", "PKCS #12, wrong", LOAD_PKCS12, DIR "chain.p12", NULL, "wrong",
     STLS_ERROR_INPUT, 0, NULL, NULL},
    {"", "PKCS #12, legacy", LOAD_PKCS12_FILE, DIR "chain-legacy.p12", NULL,
     "secret", STLS_ERROR_INPUT, 0, NULL, NULL},
    {"", "URI", LOAD_URI, DIR "all-encrypted.pem", NULL, "secret", STLS_OK, 2,
     NULL, NULL},
    {"", "URI, none", LOAD_URI, DIR "all-encrypted.pem", NULL, NULL,
     STLS_ERROR_INPUT, 0, NULL, NULL},
    {"", "URI, missing", LOAD_URI, DIR "missing.pem", NULL, NULL,
     STLS_ERROR_INPUT, 0, NULL, NULL},
};

static void run(const credential_load *row, size_t num_planted,
                stls_error *out_err)
{
  stls_credential *credential = NULL;
  stls_certificate *certificate = NULL;

  planted_errors_put(num_planted);
  EXPECT_RESULT(credential_load_run(row, &credential, out_err), row->want,
                row->name);
  if (credential != NULL)
    EXPECT_RESULT(
        stls_credential_certificate(credential, 0, &certificate, NULL), STLS_OK,
        row->name);
  stls_certificate_free(certificate);
  stls_credential_free(credential);
  planted_errors_expect(num_planted, row->name);
}

Test(stale_errors_credential, is_as_it_was)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    stls_error clean = STLS_ERROR_INIT, dirty = STLS_ERROR_INIT;
    run(&rows[i], 0, &clean);
    run(&rows[i], NUM_PLANTED, &dirty);
    EXPECT_RESULT(dirty.result, clean.result, rows[i].name);
    cr_expect_eq(dirty.reason, clean.reason, "%s", rows[i].name);
    cr_expect_str_eq(dirty.message, clean.message, "%s", rows[i].name);
  }
}

static const char *const params[] = {DIR "dh-2048.pem",   DIR "dh-2048.der",
                                     DIR "dhx-2048.pem",  DIR "dh-1024.pem",
                                     DIR "dh-broken.pem", "server-rsa.pem"};

Test(stale_errors_credential, is_as_it_was_after_dh_parameters)
{
  for (size_t i = 0; i < sizeof params / sizeof params[0]; i++) {
    stls_context *server = NULL;
    ASSERT_RESULT(
        stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
        STLS_OK, "server");
    planted_errors_put(NUM_PLANTED);
    EXPECT_RESULT(stls_context_set_dh_params_file(
                      server, data_file_path(params[i]), NULL),
                  i < 3 ? STLS_OK : STLS_ERROR_INPUT, params[i]);
    planted_errors_expect(NUM_PLANTED, params[i]);
    stls_context_free(server);
  }
}
