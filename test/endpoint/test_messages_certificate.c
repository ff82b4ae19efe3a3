/* SPDX-License-Identifier: MIT */
/* test_messages_certificate: messages about certificates that are refused. */
#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/pki.h"

SUITE(messages_certificate, .timeout = 120);

#define UNKNOWN_CA \
  "the peer sent the alert unknown_ca (48): it does not trust the issuer of " \
  "our certificate"
#define EXPIRED \
  "the peer sent the alert certificate_expired (45): it takes our " \
  "certificate for expired"
#define BAD \
  "the peer sent the alert bad_certificate (42): it refuses our certificate"
#define UNSUPPORTED \
  "the peer sent the alert unsupported_certificate (43): it refuses our " \
  "certificate"
#define UNKNOWN \
  "the peer sent the alert certificate_unknown (46): it refuses our " \
  "certificate"
#define NOT_YET_VALID \
  "certificate verify failed: certificate is not yet valid or the system " \
  "clock is incorrect (depth N, NAME); it will be valid from TEXT"
#define DECRYPT_ERROR "the peer sent the alert decrypt_error (51)"

/* A client that refuses the server's certificates, names of support/pki.h. */
struct refusal {
  const char *presents;
  const char *trusts;
  unsigned long flags;
  int code;
  const char *says;
  /* What the server hears of it. */
  const char *answer;
  /* NULL: server.example, which all leaves have. */
  const char *name;
};

#define STRICT X509_V_FLAG_X509_STRICT

static const struct refusal refusals[] = {
    {"leaf middle", "stranger", 0, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     "certificate verify failed: unable to get local issuer certificate (depth "
     "N, NAME); its issuer \"NAME\" was not found",
     UNKNOWN_CA, NULL},
    {"leaf", "root", 0, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     "certificate verify failed: unable to get local issuer certificate (depth "
     "N, NAME); its issuer \"NAME\" was not found",
     UNKNOWN_CA, NULL},
    {"leaf middle", "", 0, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     "certificate verify failed: unable to get local issuer certificate (depth "
     "N, NAME); no certificate to trust was loaded (see "
     "stls_context_set_trust)",
     UNKNOWN_CA, NULL},
    {"leaf middle root", "stranger", 0, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
     "certificate verify failed: self-signed certificate in certificate chain "
     "(depth N, NAME); \"NAME\" is not trusted",
     UNKNOWN_CA, NULL},
    {"selfsigned", "root", 0, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
     "certificate verify failed: self-signed certificate (depth N, NAME); "
     "\"NAME\" is not trusted",
     UNKNOWN_CA, NULL},
    {"expired middle", "root", 0, X509_V_ERR_CERT_HAS_EXPIRED,
     "certificate verify failed: certificate has expired (depth N, NAME); it "
     "was valid until TEXT",
     EXPIRED, NULL},
    {"leaf-of-expired-middle expired-middle", "root", 0,
     X509_V_ERR_CERT_HAS_EXPIRED,
     "certificate verify failed: certificate has expired (depth N, NAME); it "
     "was valid until TEXT",
     EXPIRED, NULL},
    {"notyet middle", "root", 0, X509_V_ERR_CERT_NOT_YET_VALID,
     "certificate verify failed: certificate is not yet valid (depth N, NAME); "
     "it will be valid from TEXT",
     BAD, NULL},
    {"leaf middle", "root", 0, X509_V_ERR_HOSTNAME_MISMATCH,
     "certificate verify failed: hostname mismatch (depth N, NAME); it is for "
     "NAME",
     BAD, "other.example"},
    {"leaf middle", "root", 0, X509_V_ERR_IP_ADDRESS_MISMATCH,
     "certificate verify failed: IP address mismatch (depth N, NAME); it is "
     "for NAME",
     BAD, "192.0.2.1"},
    {"common-name-only middle", "root", 0, X509_V_ERR_HOSTNAME_MISMATCH,
     "certificate verify failed: hostname mismatch (depth N, NAME); it names "
     "no host in subjectAltName",
     BAD, NULL},
    {"client-only middle", "root", 0, X509_V_ERR_INVALID_PURPOSE,
     "certificate verify failed: unsuitable certificate purpose (depth N, "
     "NAME)",
     UNSUPPORTED, NULL},
    {"leaf-of-leaf leaf middle", "root", 0, X509_V_ERR_INVALID_CA,
     "certificate verify failed: invalid CA certificate (depth N, NAME)",
     UNKNOWN_CA, NULL},
    {"leaf-of-usageless-ca usageless-ca", "root", STRICT,
     X509_V_ERR_CA_CERT_MISSING_KEY_USAGE,
     "certificate verify failed: CA cert does not include key usage extension "
     "(depth N, NAME); X509_V_FLAG_X509_STRICT refuses \"NAME\"",
     UNKNOWN, NULL},
    {"no-issuer-id middle", "root", STRICT,
     X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER,
     "certificate verify failed: Missing Authority Key Identifier (depth N, "
     "NAME); X509_V_FLAG_X509_STRICT refuses \"NAME\"",
     UNKNOWN, NULL},
    {"leaf-of-no-id-ca no-id-ca", "root", STRICT,
     X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER,
     "certificate verify failed: Missing Subject Key Identifier (depth N, "
     "NAME); X509_V_FLAG_X509_STRICT refuses \"NAME\"",
     UNKNOWN, NULL},
    {"leaf-of-uncritical-ca uncritical-ca", "root", STRICT,
     X509_V_ERR_CA_BCONS_NOT_CRITICAL,
     "certificate verify failed: Basic Constraints of CA cert not marked "
     "critical (depth N, NAME); X509_V_FLAG_X509_STRICT refuses \"NAME\"",
     UNKNOWN, NULL},
    {"bad-signature middle", "root", 0, X509_V_ERR_CERT_SIGNATURE_FAILURE,
     "certificate verify failed: certificate signature failure (depth N, NAME)",
     DECRYPT_ERROR, NULL},
    {"rsa-1024 middle", "root", 0, X509_V_ERR_EE_KEY_TOO_SMALL,
     "certificate verify failed: EE certificate key too weak (depth N, NAME)",
     BAD, NULL},
    {"leaf-of-rsa-1024-middle rsa-1024-middle", "root", 0,
     X509_V_ERR_CA_KEY_TOO_SMALL,
     "certificate verify failed: CA certificate key too weak (depth N, NAME)",
     BAD, NULL},
    {"leaf-of-sha1-middle sha1-middle", "root", 0, X509_V_ERR_CA_MD_TOO_WEAK,
     "certificate verify failed: CA signature digest algorithm too weak (depth "
     "N, NAME)",
     BAD, NULL},
    {"leaf middle", "root", X509_V_FLAG_CRL_CHECK, X509_V_ERR_UNABLE_TO_GET_CRL,
     "certificate verify failed: unable to get certificate CRL (depth N, NAME)",
     UNKNOWN_CA, NULL},
    {"not-permitted permits-other", "root", 0, X509_V_ERR_PERMITTED_VIOLATION,
     "certificate verify failed: permitted subtree violation (depth N, NAME)",
     UNKNOWN, NULL},
    {"critical-unknown middle", "root", 0,
     X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION,
     "certificate verify failed: unhandled critical extension (depth N, NAME)",
     UNKNOWN, NULL},
};

static const struct refusal *refusal;

static void present(stls_context *context)
{
  pki_present(context, refusal->presents);
}

/* OpenSSL 3.6.5 and 4.0.3 say more of one code than those before. */
static const char *message_of(const struct refusal *row)
{
  const bool is_new =
      strstr(X509_verify_cert_error_string(row->code), "clock") != NULL;

  return row->code == X509_V_ERR_CERT_NOT_YET_VALID && is_new ? NOT_YET_VALID
                                                              : row->says;
}

static void trust(stls_context *context)
{
  pki_trust(context, refusal->trusts);
  if (refusal->flags != 0)
    ASSERT_RETURNS(stls_context_set_verify_flags(context, refusal->flags, NULL),
                   STLS_OK);
}

Test(messages_certificate, say_what_the_certificate_has)
{
  char label[64];

  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    pair_options options = {.tune_client = trust,
                            .tune_server = present,
                            .client_trust = "",
                            .server_trust = "",
                            .server_credential = "",
                            .server_name = refusals[i].name};
    refusal = &refusals[i];
    /* OpenSSL 4.0 accepts that. */
    if (refusal->code == X509_V_ERR_CA_BCONS_NOT_CRITICAL &&
        OPENSSL_version_major() >= 4)
      continue;
    for (size_t row = 0; pair_row(row, &options, label); row += 4) {
      test_pair pair = pair_new(&options);
      stls_error err = STLS_ERROR_INIT;
      EXPECT_RESULT(pair_handshake(&pair), STLS_ERROR_CERTIFICATE, label);
      expect_message(pair.client, message_of(refusal), label);
      stls_object_error(pair.client, &err);
      cr_expect_eq(err.verify_code, refusal->code, "%s", refusal->says);
      expect_message(pair.server, refusal->answer, label);
      pair_free(&pair);
    }
  }
  pki_free();
}

static void expect_other(stls_context *context)
{
  static const char *const name = "other.example";

  ASSERT_RETURNS(stls_context_set_expected_client(context, &name, 1, NULL),
                 STLS_OK);
}

Test(messages_certificate, say_what_a_clients_certificate_has)
{
  pair_options options = {.client_credential = "client-ecdsa",
                          .server_verify = STLS_VERIFY_REQUIRED,
                          .tune_server = expect_other};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += 4) {
    test_pair pair = pair_new(&options);
    (void)!pair_handshake(&pair);
    expect_message(pair.server,
                   "certificate verify failed: hostname mismatch (depth N, "
                   "peer); it is for NAME",
                   label);
    pair_free(&pair);
  }
}
