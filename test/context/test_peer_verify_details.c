/* SPDX-License-Identifier: MIT */
/* test_peer_verify_details: verification errors of one certificate, strictness,
 * keys. */
#include <openssl/x509_vfy.h>

#include "support/check.h"
#include "support/verify_case.h"

SUITE(peer_verify_details, .timeout = 300);

#define NUM(rows) (sizeof(rows) / sizeof(rows)[0])

Test(peer_verify_details, refuses_what_is_broken)
{
  static const int signature = X509_V_ERR_CERT_SIGNATURE_FAILURE;
  static const int critical = X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION;
  static const verify_case rows[] = {
      {"bad signature", "RFC 5280, 6.1.3 (a)(1)", "bad-signature middle",
       "root", .built = "bad-signature middle root",
       .refused = {signature, 0, "bad-signature", 51}},
      {"bad signature on the intermediate", "RFC 5280, 6.1.3 (a)(1)",
       "leaf-of-bad-middle bad-middle", "root",
       .built = "leaf-of-bad-middle bad-middle root",
       .refused = {signature, 1, "bad-middle", 51}},
      {"two signature algorithms", "RFC 5280, 4.1.1.2", "two-algorithms middle",
       "root", .built = "two-algorithms middle root",
       .refused = {signature, 0, "two-algorithms", 51}},
      {"an unknown critical extension", "RFC 5280, 6.1.5 (f)",
       "critical-unknown middle", "root",
       .built = "critical-unknown middle root",
       .refused = {critical, 0, "critical-unknown", 46}},
      {"the same on the intermediate", "RFC 5280, 6.1.4 (o)",
       "leaf-of-critical-unknown-ca critical-unknown-ca", "root",
       .built = "leaf-of-critical-unknown-ca critical-unknown-ca root",
       .refused = {critical, 1, "critical-unknown-ca", 46}},
      {"a critical authority key identifier", "RFC 5280, 4.2.1.1",
       "critical-issuer-id middle", "root",
       .built = "critical-issuer-id middle root",
       .refused = {critical, 0, "critical-issuer-id", 46}},
      {"a critical subject key identifier", "RFC 5280, 4.2.1.2",
       "critical-key-id middle", "root", .built = "critical-key-id middle root",
       .refused = {critical, 0, "critical-key-id", 46}},
      {"an issuer's key of a kind that nobody knows", "RFC 5280, 6.1.4 (d)",
       "leaf-of-unknown-key-middle unknown-key-middle", "root",
       .built = "leaf-of-unknown-key-middle",
       .refused = {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0,
                   "leaf-of-unknown-key-middle", 48},
       .by = BY_CLIENT, .only_1_3 = true},
      {"the same beside a good one", "RFC 4158, 2.3",
       "leaf unknown-key-double middle", "root", .built = "leaf middle root",
       .by = BY_CLIENT, .only_1_3 = true},
  };

  verify_case_run(rows, NUM(rows));
}

/* Each twice: strictness is what makes the difference. */
Test(peer_verify_details, may_be_strict)
{
  static const unsigned long strict = X509_V_FLAG_X509_STRICT;
  static const verify_case rows[] = {
      {"fine", "RFC 5280", "leaf middle", "root", .built = "leaf middle root",
       .flags = strict},
      {"no authority key identifier", "RFC 5280, 4.2.1.1",
       "no-issuer-id middle", "root", .built = "no-issuer-id middle root"},
      {"the same", "RFC 5280, 4.2.1.1", "no-issuer-id middle", "root",
       .built = "no-issuer-id middle root",
       .refused = {X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER, 0,
                   "no-issuer-id", 46},
       .flags = strict},
      {"a CA without a key identifier", "RFC 5280, 4.2.1.2",
       "leaf-of-no-id-ca no-id-ca", "root",
       .built = "leaf-of-no-id-ca no-id-ca root"},
      {"the same", "RFC 5280, 4.2.1.2", "leaf-of-no-id-ca no-id-ca", "root",
       .built = "leaf-of-no-id-ca no-id-ca root",
       .refused = {X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER, 1, "no-id-ca",
                   46},
       .flags = strict},
      {"a CA's basic constraints not critical", "RFC 5280, 4.2.1.9",
       "leaf-of-uncritical-ca uncritical-ca", "root",
       .built = "leaf-of-uncritical-ca uncritical-ca root"},
      {"the same", "RFC 5280, 4.2.1.9", "leaf-of-uncritical-ca uncritical-ca",
       "root", .built = "leaf-of-uncritical-ca uncritical-ca root",
       .refused = {X509_V_ERR_CA_BCONS_NOT_CRITICAL, 1, "uncritical-ca", 46},
       .flags = strict, .accepted_since_4_0 = true},
      {"a CA without key usage", "RFC 5280, 4.2.1.3",
       "leaf-of-usageless-ca usageless-ca", "root",
       .built = "leaf-of-usageless-ca usageless-ca root"},
      {"the same", "RFC 5280, 4.2.1.3", "leaf-of-usageless-ca usageless-ca",
       "root", .built = "leaf-of-usageless-ca usageless-ca root",
       .refused = {X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, 1, "usageless-ca", 46},
       .flags = strict},
      {"no issuer name", "RFC 5280, 4.1.2.4", "leaf-of-nameless-root",
       "nameless-root", .built = "leaf-of-nameless-root nameless-root"},
      {"the same", "RFC 5280, 4.1.2.4", "leaf-of-nameless-root",
       "nameless-root", .built = "leaf-of-nameless-root nameless-root",
       .refused = {X509_V_ERR_ISSUER_NAME_EMPTY, 0, "leaf-of-nameless-root",
                   46},
       .flags = strict},
      {"nameless with a critical alternative", "RFC 5280, 4.1.2.6",
       "nameless middle", "root", .built = "nameless middle root",
       .flags = strict},
      {"nameless without a critical one", "RFC 5280, 4.1.2.6",
       "nameless-uncritical middle", "root",
       .built = "nameless-uncritical middle root"},
      {"the same", "RFC 5280, 4.1.2.6", "nameless-uncritical middle", "root",
       .built = "nameless-uncritical middle root",
       .refused = {X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL, 0,
                   "nameless-uncritical", 46},
       .flags = strict, .accepted_since_4_0 = true},
      {"a leaf with a path length", "RFC 5280, 4.2.1.9",
       "path-length-leaf middle", "root",
       .built = "path-length-leaf middle root"},
      {"the same", "RFC 5280, 4.2.1.9", "path-length-leaf middle", "root",
       .built = "path-length-leaf middle root",
       .refused = {X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA, 0, "path-length-leaf",
                   46},
       .flags = strict},
      {"a leaf that may sign certificates", "RFC 5280, 4.2.1.3",
       "cert-sign-leaf middle", "root", .built = "cert-sign-leaf middle root"},
      {"the same", "RFC 5280, 4.2.1.3", "cert-sign-leaf middle", "root",
       .built = "cert-sign-leaf middle root",
       .refused = {X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA, 0,
                   "cert-sign-leaf", 46},
       .flags = strict},
      {"an empty alternative name", "RFC 5280, 4.2.1.6", "no-alt-name middle",
       "root", .built = "no-alt-name middle root", .by = BY_CLIENT},
      {"the same", "RFC 5280, 4.2.1.6", "no-alt-name middle", "root",
       .built = "no-alt-name middle root",
       .refused = {X509_V_ERR_EMPTY_SUBJECT_ALT_NAME, 0, "no-alt-name", 46},
       .flags = strict},
      {"extensions in version 2", "RFC 5280, 4.1.2.1", "v2-extended middle",
       "root", .built = "v2-extended middle root",
       .refused = {X509_V_ERR_CERT_SIGNATURE_FAILURE, 0, "v2-extended", 51}},
      {"the same", "RFC 5280, 4.1.2.1", "v2-extended middle", "root",
       .built = "v2-extended middle root",
       .refused = {X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3, 0, "v2-extended",
                   46},
       .flags = strict},
      {"two signature algorithms", "RFC 5280, 4.1.1.2", "two-algorithms middle",
       "root", .built = "two-algorithms middle root",
       .refused = {X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY, 0,
                   "two-algorithms", 46},
       .flags = strict},
      {"a root of version 1", "RFC 5280, 6.1.4 (k)", "leaf-of-v1-root",
       "v1-root", .built = "leaf-of-v1-root v1-root",
       .refused = {X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER, 0,
                   "leaf-of-v1-root", 46},
       .flags = strict},
  };

  verify_case_run(rows, NUM(rows));
}

/* At security level 2, which is the default. */
Test(peer_verify_details, minds_the_strength)
{
  static const int weak = X509_V_ERR_CA_MD_TOO_WEAK;
  static const verify_case rows[] = {
      {"a leaf of RSA 1024", "NIST SP 800-131A, 3", "rsa-1024 middle", "root",
       .built = "rsa-1024",
       .refused = {X509_V_ERR_EE_KEY_TOO_SMALL, 0, "rsa-1024", 42}},
      {"an intermediate of RSA 1024", "NIST SP 800-131A, 3",
       "leaf-of-rsa-1024-middle rsa-1024-middle", "root",
       .built = "leaf-of-rsa-1024-middle rsa-1024-middle root",
       .refused = {X509_V_ERR_CA_KEY_TOO_SMALL, 1, "rsa-1024-middle", 42}},
      {"a leaf signed with SHA-1", "RFC 9155, 1", "sha1 middle", "root",
       .built = "sha1 middle root", .refused = {weak, 0, "sha1", 42}},
      {"an intermediate signed with SHA-1", "RFC 9155, 1",
       "leaf-of-sha1-middle sha1-middle", "root",
       .built = "leaf-of-sha1-middle sha1-middle root",
       .refused = {weak, 1, "sha1-middle", 42}},
      {"how a root is signed is no matter", "RFC 5280, 6.1",
       "leaf-of-sha1-root", "sha1-root",
       .built = "leaf-of-sha1-root sha1-root"},
      {"a curve without a name", "RFC 5480, 2.1.1",
       "leaf-of-explicit-curve-middle explicit-curve-middle", "root",
       .built = "leaf-of-explicit-curve-middle explicit-curve-middle root",
       .refused = {X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, 1,
                   "explicit-curve-middle", 42}},
  };

  verify_case_run(rows, NUM(rows));
}

Test(peer_verify_details, takes_every_kind_of_key)
{
  static const verify_case rows[] = {
      {"RSA", "RFC 8446, 4.2.3", "rsa middle", "root",
       .built = "rsa middle root"},
      {"RSA-PSS", "RFC 8446, 4.2.3", "rsa-pss middle", "root",
       .built = "rsa-pss middle root"},
      {"P-384", "RFC 8446, 4.2.3", "p384 middle", "root",
       .built = "p384 middle root"},
      {"P-521", "RFC 8446, 4.2.3", "p521 middle", "root",
       .built = "p521 middle root"},
      {"Ed25519", "RFC 8446, 4.2.3", "ed25519 middle", "root",
       .built = "ed25519 middle root"},
      {"Ed448", "RFC 8446, 4.2.3", "ed448 middle", "root",
       .built = "ed448 middle root"},
      {"signed with RSA", "RFC 8446, 4.2.3", "leaf-of-rsa-middle rsa-middle",
       "root", .built = "leaf-of-rsa-middle rsa-middle root"},
      {"signed with Ed25519", "RFC 8410, 3",
       "leaf-of-ed25519-middle ed25519-middle", "root",
       .built = "leaf-of-ed25519-middle ed25519-middle root"},
      {"ML-DSA-44", "FIPS 204", "ml-dsa-44 middle", "root",
       .built = "ml-dsa-44 middle root", .only_1_3 = true},
      {"ML-DSA-65", "FIPS 204", "ml-dsa-65 middle", "root",
       .built = "ml-dsa-65 middle root", .only_1_3 = true},
      {"ML-DSA-87", "FIPS 204", "ml-dsa-87 middle", "root",
       .built = "ml-dsa-87 middle root", .only_1_3 = true},
      {"signed with ML-DSA", "RFC 9881", "leaf-of-ml-dsa-middle ml-dsa-middle",
       "root", .built = "leaf-of-ml-dsa-middle ml-dsa-middle root",
       .only_1_3 = true},
  };

  verify_case_run(rows, NUM(rows));
}
