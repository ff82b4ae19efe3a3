/* SPDX-License-Identifier: MIT */
/* test_peer_verify: chains that are accepted, and the errors of those that are
 * not. */
#include <openssl/x509_vfy.h>

#include "support/check.h"
#include "support/verify_case.h"

SUITE(peer_verify, .timeout = 300);

#define NUM(rows) (sizeof(rows) / sizeof(rows)[0])

Test(peer_verify, finds_a_path)
{
  static const verify_case rows[] = {
      {"leaf and intermediate", "RFC 5280, 6.1", "leaf middle", "root",
       .built = "leaf middle root"},
      {"no intermediate is needed", "RFC 5280, 6.1", "leaf-of-root", "root",
       .built = "leaf-of-root root"},
      {"two intermediates", "RFC 5280, 6.1", "leaf-of-lower lower middle",
       "root", .built = "leaf-of-lower lower middle root"},
      {"the root is sent along", "RFC 8446, 4.4.2", "leaf middle root", "root",
       .built = "leaf middle root"},
      {"unrelated certificates", "RFC 8446, 4.4.2",
       "leaf stranger middle selfsigned", "root", .built = "leaf middle root"},
      {"the wrong order", "RFC 8446, 4.4.2", "leaf-of-lower middle lower",
       "root", .built = "leaf-of-lower lower middle root"},
      {"one twice", "RFC 8446, 4.4.2", "leaf middle middle", "root",
       .built = "leaf middle root"},
      {"the intermediate is trusted beside the root", "RFC 4158, 2.1", "leaf",
       "middle root", .built = "leaf middle root"},
      {"two roots, one name", "RFC 4158, 3.5.13", "leaf middle", "twin root",
       .built = "leaf middle root"},
      {"a second certificate of the intermediate", "RFC 4158, 2.3",
       "leaf middle middle-by-stranger", "root", .built = "leaf middle root"},
      {"the second of two leads to trust, and comes first", "RFC 4158, 2.3",
       "leaf middle-by-stranger middle", "stranger",
       .built = "leaf middle-by-stranger stranger"},
      {"self-signed and trusted", "RFC 6818, 2", "selfsigned", "selfsigned",
       .built = "selfsigned"},
      {"a nameless leaf", "RFC 5280, 4.1.2.6", "nameless middle", "root",
       .built = "nameless middle root"},
      {"an unknown extension", "RFC 5280, 4.2", "uncritical-unknown middle",
       "root", .built = "uncritical-unknown middle root"},
      {"a root of version 1", "RFC 5280, 6.1.1 (d)", "leaf-of-v1-root",
       "v1-root", .built = "leaf-of-v1-root v1-root"},
  };

  verify_case_run(rows, NUM(rows));
}

/* A partial chain, down to the leaf itself, needs a flag (RFC 5280, 6.1: any CA
 * may be a trust anchor). */
Test(peer_verify, ends_at_any_trusted_certificate_if_told_so)
{
  static const unsigned long partial = X509_V_FLAG_PARTIAL_CHAIN;
  static const verify_case rows[] = {
      {"only the intermediate is trusted", "OpenSSL, PARTIAL_CHAIN", "leaf",
       "middle", .built = "leaf middle",
       .refused = {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, 1, "middle", 48}},
      {"the same, and it may be", "OpenSSL, PARTIAL_CHAIN", "leaf", "middle",
       .built = "leaf middle", .flags = partial},
      {"it is sent along", "OpenSSL, PARTIAL_CHAIN", "leaf middle", "middle",
       .built = "leaf middle", .flags = partial},
      {"only the leaf is trusted", "OpenSSL, PARTIAL_CHAIN", "leaf", "leaf",
       .built = "leaf",
       .refused = {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0, "leaf",
                   48}},
      {"the same, and it may be", "OpenSSL, PARTIAL_CHAIN", "leaf", "leaf",
       .built = "leaf", .flags = partial},
      {"a trusted leaf has to be valid", "RFC 5280, 6.1.3 (a)(2)", "expired",
       "expired", .built = "expired",
       .refused = {X509_V_ERR_CERT_HAS_EXPIRED, 0, "expired", 45},
       .flags = partial},
      {"a trusted leaf has to fit", "RFC 5280, 4.2.1.12", "server-only",
       "server-only", .built = "server-only",
       .refused = {X509_V_ERR_INVALID_PURPOSE, 0, "server-only", 43},
       .flags = partial, .by = BY_CLIENT},
      {"a trusted leaf has to bear the name", "RFC 9525, 6.3", "leaf", "leaf",
       .built = "leaf",
       .refused = {X509_V_ERR_HOSTNAME_MISMATCH, 0, "leaf", 42},
       .flags = partial, .host = "other.example", .by = BY_SERVER},
      {"to the root, where that is trusted", "OpenSSL, PARTIAL_CHAIN",
       "leaf middle", "root middle", .built = "leaf middle", .flags = partial},
  };

  verify_case_run(rows, NUM(rows));
}

Test(peer_verify, finds_no_path)
{
  static const int locally = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  static const verify_case rows[] = {
      {"no trust at all", "RFC 5280, 6.1.1 (d)", "leaf middle", "",
       .built = "leaf middle", .refused = {locally, 1, "middle", 48}},
      {"nobody knows the issuer", "RFC 5280, 6.1.1 (d)", "leaf-of-stranger",
       "root", .built = "leaf-of-stranger",
       .refused = {locally, 0, "leaf-of-stranger", 48}},
      {"the intermediate is missing", "RFC 8446, 4.4.2", "leaf", "root",
       .built = "leaf", .refused = {locally, 0, "leaf", 48}},
      {"one of two is missing", "RFC 8446, 4.4.2", "leaf-of-lower lower",
       "root", .built = "leaf-of-lower lower",
       .refused = {locally, 1, "lower", 48}},
      {"the one at the leaf is missing", "RFC 8446, 4.4.2",
       "leaf-of-lower middle", "root", .built = "leaf-of-lower",
       .refused = {locally, 0, "leaf-of-lower", 48}},
      {"another root is trusted", "RFC 5280, 6.1.1 (d)", "leaf middle",
       "stranger", .built = "leaf middle",
       .refused = {locally, 1, "middle", 48}},
      {"the root comes along, but is not trusted", "RFC 5280, 6.1.1 (d)",
       "leaf-of-stranger stranger", "root",
       .built = "leaf-of-stranger stranger",
       .refused = {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, 1, "stranger", 48}},
      {"self-signed", "RFC 6818, 2", "selfsigned", "root",
       .built = "selfsigned",
       .refused = {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, 0, "selfsigned",
                   48}},
      {"a root of the same name, another key", "RFC 5280, 6.1.3 (a)(1)",
       "leaf middle", "twin", .built = "leaf middle",
       .refused = {locally, 1, "middle", 48}},
      {"the same without a key identifier", "RFC 5280, 6.1.3 (a)(1)",
       "leaf-of-twins-middle twins-middle", "root",
       .built = "leaf-of-twins-middle twins-middle root",
       .refused = {X509_V_ERR_CERT_SIGNATURE_FAILURE, 1, "twins-middle", 51}},
      {"no way back from the only one", "RFC 4158, 2.3", "leaf middle",
       "stranger", .built = "leaf middle",
       .refused = {locally, 1, "middle", 48}},
      {"longer than wanted", "OpenSSL, SSL_set_verify_depth", "leaf middle",
       "root", .built = "leaf middle",
       .refused = {X509_V_ERR_CERT_CHAIN_TOO_LONG, 1, "middle", 48},
       .max_depth = 1},
      {"as long as wanted", "OpenSSL, SSL_set_verify_depth", "leaf middle",
       "root", .built = "leaf middle root", .max_depth = 2},
  };

  verify_case_run(rows, NUM(rows));
}

Test(peer_verify, minds_the_date)
{
  static const verify_case rows[] = {
      {"expired leaf", "RFC 5280, 6.1.3 (a)(2)", "expired middle", "root",
       .built = "expired middle root",
       .refused = {X509_V_ERR_CERT_HAS_EXPIRED, 0, "expired", 45}},
      {"leaf not yet valid", "RFC 5280, 6.1.3 (a)(2)", "notyet middle", "root",
       .built = "notyet middle root",
       .refused = {X509_V_ERR_CERT_NOT_YET_VALID, 0, "notyet", 42}},
      {"expired intermediate", "RFC 5280, 6.1.3 (a)(2)",
       "leaf-of-expired-middle expired-middle", "root",
       .built = "leaf-of-expired-middle expired-middle root",
       .refused = {X509_V_ERR_CERT_HAS_EXPIRED, 1, "expired-middle", 45}},
      {"intermediate not yet valid", "RFC 5280, 6.1.3 (a)(2)",
       "leaf-of-notyet-middle notyet-middle", "root",
       .built = "leaf-of-notyet-middle notyet-middle root",
       .refused = {X509_V_ERR_CERT_NOT_YET_VALID, 1, "notyet-middle", 42}},
      {"expired root", "OpenSSL, X509_verify_cert", "leaf-of-expired-root",
       "expired-root", .built = "leaf-of-expired-root expired-root",
       .refused = {X509_V_ERR_CERT_HAS_EXPIRED, 1, "expired-root", 45}},
  };

  verify_case_run(rows, NUM(rows));
}

Test(peer_verify, minds_the_purpose)
{
  static const int purpose = X509_V_ERR_INVALID_PURPOSE;
  static const verify_case rows[] = {
      {"a client's on a server", "RFC 5280, 4.2.1.12", "client-only middle",
       "root", .built = "client-only middle root",
       .refused = {purpose, 0, "client-only", 43}, .by = BY_SERVER},
      {"a server's on a client", "RFC 5280, 4.2.1.12", "server-only middle",
       "root", .built = "server-only middle root",
       .refused = {purpose, 0, "server-only", 43}, .by = BY_CLIENT},
      {"a client's on a client", "RFC 5280, 4.2.1.12", "client-only middle",
       "root", .built = "client-only middle root", .by = BY_CLIENT},
      {"a server's on a server", "RFC 5280, 4.2.1.12", "server-only middle",
       "root", .built = "server-only middle root", .by = BY_SERVER},
      {"without any", "RFC 5280, 4.2.1.12", "any-purpose middle", "root",
       .built = "any-purpose middle root"},
      {"an intermediate's", "OpenSSL, X509_check_purpose",
       "leaf-of-mail-middle mail-middle", "root",
       .built = "leaf-of-mail-middle mail-middle root",
       .refused = {purpose, 1, "mail-middle", 43}},
      {"a key for revocation lists only", "RFC 5280, 4.2.1.3",
       "signs-lists-only middle", "root",
       .built = "signs-lists-only middle root",
       .refused = {purpose, 0, "signs-lists-only", 43}, .only_1_3 = true},
  };

  verify_case_run(rows, NUM(rows));
}

Test(peer_verify, minds_who_is_an_authority)
{
  static const int invalid = X509_V_ERR_INVALID_CA;
  static const verify_case rows[] = {
      {"a leaf is none", "RFC 5280, 6.1.4 (k)", "leaf-of-leaf leaf middle",
       "root", .built = "leaf-of-leaf leaf middle root",
       .refused = {invalid, 1, "leaf", 48}},
      {"no basic constraints", "RFC 5280, 6.1.4 (k)",
       "leaf-of-unconstrained unconstrained", "root",
       .built = "leaf-of-unconstrained unconstrained root",
       .refused = {invalid, 1, "unconstrained", 48}},
      {"its key is for other signatures", "RFC 5280, 6.1.4 (n)",
       "leaf-of-no-cert-sign no-cert-sign", "root",
       .built = "leaf-of-no-cert-sign no-cert-sign root",
       .refused = {invalid, 1, "no-cert-sign", 48}},
      {"an intermediate of version 1", "RFC 5280, 6.1.4 (k)",
       "leaf-of-v1-middle v1-middle", "root",
       .built = "leaf-of-v1-middle v1-middle root",
       .refused = {invalid, 1, "v1-middle", 48}},
      {"the last of a path", "RFC 5280, 4.2.1.9", "leaf-of-last-ca last-ca",
       "root", .built = "leaf-of-last-ca last-ca root"},
      {"one more than the path may have", "RFC 5280, 6.1.4 (l)",
       "leaf-too-deep one-ca-more last-ca", "root",
       .built = "leaf-too-deep one-ca-more last-ca root",
       .refused = {X509_V_ERR_PATH_LENGTH_EXCEEDED, 2, "last-ca", 48}},
      {"one more, but the second is trusted", "RFC 5280, 6.1.1 (d)",
       "leaf-too-deep one-ca-more", "one-ca-more",
       .built = "leaf-too-deep one-ca-more",
       .flags = X509_V_FLAG_PARTIAL_CHAIN},
  };

  verify_case_run(rows, NUM(rows));
}

Test(peer_verify, minds_the_name)
{
  static const int host = X509_V_ERR_HOSTNAME_MISMATCH;
  static const int not_permitted = X509_V_ERR_PERMITTED_VIOLATION;
  static const int excluded = X509_V_ERR_EXCLUDED_VIOLATION;
  static const verify_case rows[] = {
      {"another name", "RFC 9525, 6.3", "leaf middle", "root",
       .built = "leaf middle root", .refused = {host, 0, "leaf", 42},
       .host = "other.example", .by = BY_SERVER},
      {"an address", "RFC 9525, 6.4", "leaf middle", "root",
       .built = "leaf middle root", .host = "127.0.0.1", .by = BY_SERVER},
      {"another address", "RFC 9525, 6.4", "leaf middle", "root",
       .built = "leaf middle root",
       .refused = {X509_V_ERR_IP_ADDRESS_MISMATCH, 0, "leaf", 42},
       .host = "127.0.0.2", .by = BY_SERVER},
      {"a common name is no host", "RFC 9525, 6.3", "common-name-only middle",
       "root", .built = "common-name-only middle root",
       .refused = {host, 0, "common-name-only", 42}, .by = BY_SERVER},
      {"within the constraints", "RFC 5280, 6.1.3 (b)",
       "permitted permits-example", "root",
       .built = "permitted permits-example root"},
      {"not permitted", "RFC 5280, 6.1.3 (b)", "not-permitted permits-other",
       "root", .built = "not-permitted permits-other root",
       .refused = {not_permitted, 0, "not-permitted", 46}},
      {"not permitted from higher up", "RFC 5280, 6.1.4 (g)",
       "leaf-of-lower-not-permitted lower-not-permitted permits-other", "root",
       .built =
           "leaf-of-lower-not-permitted lower-not-permitted permits-other root",
       .refused = {not_permitted, 0, "leaf-of-lower-not-permitted", 46}},
      {"excluded", "RFC 5280, 6.1.3 (c)", "name-excluded excludes-name", "root",
       .built = "name-excluded excludes-name root",
       .refused = {excluded, 0, "name-excluded", 46}},
      {"address excluded", "RFC 5280, 6.1.3 (c)",
       "address-excluded excludes-address", "root",
       .built = "address-excluded excludes-address root",
       .refused = {excluded, 0, "address-excluded", 46}},
  };

  verify_case_run(rows, NUM(rows));
}

/* A certificate that presents a wildcard stands for names that no CA above it may
 * speak for (x509-limbo, cve-2025-61727; openssl#30706). */
Test(peer_verify, minds_the_name_behind_a_wildcard)
{
  static const int excluded = X509_V_ERR_EXCLUDED_VIOLATION;
  static const int not_permitted = X509_V_ERR_PERMITTED_VIOLATION;
  static const char *const bar = "bar.www.example";
  static const verify_case rows[] = {
      {"excluded", "RFC 5280, 4.2.1.10", "wildcard excludes-bar", "root",
       .built = "wildcard excludes-bar root", .host = bar, .by = BY_SERVER,
       .refused = {excluded, 0, "wildcard", 46}},
      {"excluded, in capitals", "RFC 4343", "wildcard excludes-bar", "root",
       .built = "wildcard excludes-bar root", .host = "BAR.www.example",
       .by = BY_SERVER, .refused = {excluded, 0, "wildcard", 46}},
      {"beside it", "RFC 5280, 4.2.1.10", "wildcard excludes-bar", "root",
       .built = "wildcard excludes-bar root", .host = "foo.www.example",
       .by = BY_SERVER},
      {"longer than it", "RFC 5280, 4.2.1.10", "wildcard excludes-bar", "root",
       .built = "wildcard excludes-bar root", .host = "foobar.www.example",
       .by = BY_SERVER},
      {"from higher up", "RFC 5280, 6.1.4 (g)",
       "wildcard-of-lower lower-excludes-bar excludes-bar", "root",
       .built = "wildcard-of-lower lower-excludes-bar excludes-bar root",
       .host = bar, .by = BY_SERVER,
       .refused = {excluded, 0, "wildcard-of-lower", 46}},
      {"the trusted one excludes", "OpenSSL, PARTIAL_CHAIN", "wildcard",
       "excludes-bar", .built = "wildcard excludes-bar",
       .flags = X509_V_FLAG_PARTIAL_CHAIN, .host = bar, .by = BY_SERVER,
       .refused = {excluded, 0, "wildcard", 46}},
      {"what lies below", "RFC 5280, 4.2.1.10", "wildcards excludes-below",
       "root", .built = "wildcards excludes-below root", .host = bar,
       .by = BY_SERVER},
      {"and no other", "RFC 5280, 4.2.1.10", "wildcards excludes-below", "root",
       .built = "wildcards excludes-below root", .host = "bar.sub.example",
       .by = BY_SERVER, .refused = {excluded, 0, "wildcards", 46}},
      {"an address", "RFC 5280, 4.2.1.10", "wildcard-and-address excludes-bar",
       "root", .built = "wildcard-and-address excludes-bar root",
       .host = "127.0.0.1", .by = BY_SERVER},
      {"within what is permitted", "RFC 5280, 4.2.1.10",
       "wildcard-permitted permits-example", "root",
       .built = "wildcard-permitted permits-example root", .host = bar,
       .by = BY_SERVER},
      {"a wildcard is permitted", "RFC 5280, 4.2.1.10",
       "wildcard-permits-wildcard permits-wildcard", "root",
       .built = "wildcard-permits-wildcard permits-wildcard root", .host = bar,
       .by = BY_SERVER,
       .refused = {not_permitted, 0, "wildcard-permits-wildcard", 46}},
      {"a client has no such name", "RFC 5280, 4.2.1.10",
       "wildcard excludes-bar", "root", .built = "wildcard excludes-bar root",
       .by = BY_CLIENT},
  };

  verify_case_run(rows, NUM(rows));
}

Test(peer_verify, minds_policies_if_told_so)
{
  static const verify_case rows[] = {
      {"none is required", "RFC 5280, 6.1.5 (g)", "leaf middle", "root",
       .built = "leaf middle root", .flags = X509_V_FLAG_POLICY_CHECK},
      {"one is required", "RFC 5280, 6.1.5 (g)", "leaf middle", "root",
       .built = "leaf middle root",
       .refused = {X509_V_ERR_NO_EXPLICIT_POLICY, 0, "", 46},
       .flags = X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_EXPLICIT_POLICY},
  };

  verify_case_run(rows, NUM(rows));
}
