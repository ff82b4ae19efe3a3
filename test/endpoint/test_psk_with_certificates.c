/* SPDX-License-Identifier: MIT */
/* test_psk_with_certificates: pre-shared keys together with certificates. */
#include "support/expect.h"

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>
#include "support/psk_pair.h"

SUITE(psk_with_certificates, .init = psk_pair_reset);

static void require_certificates(stls_context *context)
{
  psk_pair_tune_server(context);
  ASSERT_RESULT(
      stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, NULL),
      STLS_OK, "verify mode");
}

/* RFC 8446, 4.3.2: a server that authenticates by a key sends no
 * CertificateRequest. */
Test(psk_with_certificates, stands_for_the_certificate_that_a_server_requires)
{
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .tune_server = require_certificates,
                          .server_verify = STLS_VERIFY_REQUIRED};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair;
    psk_pair_reset();
    pair = pair_open(&options);
    cr_expect(psk_pair_is_reported(pair.server), "%s", label);
    pair_free(&pair);
    psk_pair_client.has_key = false;
    pair = pair_new(&options);
    cr_expect_lt(pair_handshake(&pair), 0, "%s", label);
    cr_expect_lt(stls_object_error(pair.server, NULL), 0, "%s", label);
    pair_free(&pair);
  }
}

/* A server that cannot know the key shows a certificate instead. */
Test(psk_with_certificates, offered_does_not_spare_the_server_its_verification)
{
  static const char *const strangers[] = {"server-untrusted",
                                          "server-wrongname", "server-expired"};
  pair_options options = {.tune_client = psk_pair_tune_client,
                          .version = STLS_TLS_1_3};

  for (size_t i = 0; i < 3; i++) {
    test_pair pair;
    options.server_credential = strangers[i];
    pair = pair_new(&options);
    EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, strangers[i]);
    cr_expect_not(stls_conninfo_psk(stls_object_conninfo(pair.client)));
    pair_free(&pair);
  }
}

static const char rsa_psk[] = "RSA-PSK-AES256-GCM-SHA384";

static void tune_rsa_client(stls_context *context)
{
  psk_pair_set_client(context);
  ASSERT_RESULT(stls_context_set_insecure_ciphers(context, rsa_psk, NULL),
                STLS_OK, rsa_psk);
}

static void tune_rsa_server(stls_context *context)
{
  psk_pair_set_server(context);
  ASSERT_RESULT(stls_context_set_insecure_ciphers(context, rsa_psk, NULL),
                STLS_OK, rsa_psk);
}

/* RFC 4279, 4. */
Test(psk_with_certificates, with_rsa_has_a_certificate_too)
{
  pair_options options = {.tune_client = tune_rsa_client,
                          .tune_server = tune_rsa_server,
                          .server_credential = "server-rsa",
                          .version = STLS_TLS_1_2};
  test_pair pair = pair_open(&options);
  const stls_conninfo *info = stls_object_conninfo(pair.client);

  cr_expect(stls_conninfo_psk(info) && stls_conninfo_peer_verified(info));
  pair_free(&pair);
  options.client_trust = "untrusted-ca.pem";
  pair = pair_new(&options);
  EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, "another CA");
  pair_free(&pair);
}

Test(psk_with_certificates, is_not_needed_by_whoever_has_no_look_up)
{
  pair_options options = {.tune_server = psk_pair_set_server};
  char label[64];

  for (size_t i = 0; pair_row(i, &options, label); i++) {
    test_pair pair = pair_open(&options);
    size_t len = 1;
    cr_expect_eq(psk_pair_server.asked, 0, "%s", label);
    cr_expect_not(stls_conninfo_psk(stls_object_conninfo(pair.client)));
    cr_expect_null(
        stls_conninfo_psk_identity(stls_object_conninfo(pair.server), &len));
    cr_expect_eq(len, 0U);
    pair_free(&pair);
  }
  cr_expect_not(stls_conninfo_psk(NULL));
  cr_expect_null(stls_conninfo_psk_identity(NULL, NULL));
}
