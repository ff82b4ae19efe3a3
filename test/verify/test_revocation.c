/* SPDX-License-Identifier: MIT */
/* test_revocation: CRLs that apply to a certificate, and those that do not. */
#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/crl_builder.h"
#include "support/expect.h"
#include "support/pki.h"
#include "support/trust_sets.h"
#include "support/verify_case.h"

SUITE(revocation, .timeout = 120);

#define NUM(rows) (sizeof(rows) / sizeof(rows)[0])

enum {
  LEAF = X509_V_FLAG_CRL_CHECK,
  ALL = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL,
  EXTENDED = LEAF | X509_V_FLAG_EXTENDED_CRL_SUPPORT
};

/* issuingDistributionPoint (RFC 5280, 5.2.5), by its fields. */
#define SCOPE(der) "issuingDistributionPoint=critical,DER:" der
#define ONLY_USERS SCOPE("30:03:81:01:ff")
#define ONLY_CAS SCOPE("30:03:82:01:ff")
#define ONLY_ATTRIBUTES SCOPE("30:03:85:01:ff")
#define USERS_AND_CAS SCOPE("30:06:81:01:ff:82:01:ff")
#define KEY_COMPROMISE SCOPE("30:04:83:02:06:40")
#define OTHER_REASONS SCOPE("30:05:83:03:07:3f:80")
#define INDIRECT SCOPE("30:03:84:01:ff")
#define AT_A SCOPE("30:0e:a0:0c:a0:0a:86:08:68:74:74:70:3a:2f:2f:61")
#define AT_B SCOPE("30:0e:a0:0c:a0:0a:86:08:68:74:74:70:3a:2f:2f:62")
#define RELATIVE SCOPE("30:0e:a0:0c:a1:0a:30:08:06:03:55:04:03:0c:01:78")
#define DELTA "crlNumber=DER:02:01:02|deltaCRL=critical,DER:02:01:01"

#define NEWER .from = "20210101000000Z"

#define BY_ROOT "leaf-of-root", "root", .built = "leaf-of-root root"

/* A list about some is none about all: the leaf stays unknown, or is looked up
 * in the list that is about it. */
Test(revocation, minds_what_a_list_is_about)
{
  static const int none = X509_V_ERR_UNABLE_TO_GET_CRL;
  static const int scope = X509_V_ERR_DIFFERENT_CRL_SCOPE;
  static const int revoked = X509_V_ERR_CERT_REVOKED;
  static const verify_case rows[] = {
      {"users", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .crls = {{"root", .extensions = ONLY_USERS}}},
      {"users, revoked", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .extensions = ONLY_USERS, .revokes = "leaf-of-root"}}},
      {"CAs", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .refused = {scope, 0, "leaf-of-root", 46},
       .crls = {{"root", .extensions = ONLY_CAS}}},
      {"newer, about CAs, beside one of all", "RFC 5280, 5.2.5", BY_ROOT,
       .flags = LEAF, .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", .extensions = ONLY_CAS, NEWER}}},
      {"newer, about attributes", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", .extensions = ONLY_ATTRIBUTES, NEWER}}},
      {"newer, about both and so about none", "RFC 5280, 5.2.5", BY_ROOT,
       .flags = LEAF, .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", .extensions = USERS_AND_CAS, NEWER}}},
      {"one reason only", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .refused = {none, 0, "leaf-of-root", 48},
       .crls = {{"root", .extensions = KEY_COMPROMISE}}},
      {"one reason only, newer", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", .extensions = KEY_COMPROMISE, NEWER}}},
      {"one reason only, where that is supported", "RFC 5280, 6.3.3", BY_ROOT,
       .flags = EXTENDED, .refused = {none, 0, "leaf-of-root", 48},
       .crls = {{"root", .extensions = KEY_COMPROMISE}}},
      {"the other reasons in a second one", "RFC 5280, 6.3.3", BY_ROOT,
       .flags = EXTENDED, .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .extensions = KEY_COMPROMISE},
                {"root", .extensions = OTHER_REASONS,
                 .revokes = "leaf-of-root"}}},
      {"of others", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .refused = {none, 0, "leaf-of-root", 48},
       .crls = {{"root", .extensions = INDIRECT}}},
      {"of others, newer", "RFC 5280, 5.2.5", BY_ROOT, .flags = LEAF,
       .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", .extensions = INDIRECT, NEWER}}},
      {"a point that the certificate does not name", "RFC 5280, 6.3.3 (b)",
       BY_ROOT, .flags = LEAF, .refused = {scope, 0, "leaf-of-root", 46},
       .crls = {{"root", .extensions = AT_A}}},
      {"a point that the certificate names", "RFC 5280, 6.3.3 (b)",
       "with-point", "root", .built = "with-point root", .flags = LEAF,
       .crls = {{"root", .extensions = AT_A}}},
      {"newer, at another point", "RFC 5280, 6.3.3 (b)", "with-point", "root",
       .built = "with-point root", .flags = LEAF,
       .refused = {revoked, 0, "with-point", 44},
       .crls = {{"root", .extensions = AT_A, .revokes = "with-point"},
                {"root", .extensions = AT_B, NEWER}}},
      {"newer, at a name relative to the issuer", "RFC 5280, 4.2.1.13",
       "with-point", "root", .built = "with-point root", .flags = LEAF,
       .refused = {revoked, 0, "with-point", 44},
       .crls = {{"root", .extensions = AT_A, .revokes = "with-point"},
                {"root", .extensions = RELATIVE, NEWER}}},
      {"a critical extension that nobody knows", "RFC 5280, 5.2", BY_ROOT,
       .flags = LEAF,
       .refused = {X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, 0,
                   "leaf-of-root", 46},
       .crls = {{"root",
                 .extensions = "1.3.6.1.4.1.55555.1=critical,DER:05:00"}}},
      {"it, newer", "RFC 5280, 5.2", BY_ROOT, .flags = LEAF,
       .refused = {revoked, 0, "leaf-of-root", 44},
       .crls = {{"root", .revokes = "leaf-of-root"},
                {"root", NEWER,
                 .extensions = "1.3.6.1.4.1.55555.1=critical,DER:05:00"}}},
      {"users, where a CA is looked up, too", "RFC 5280, 5.2.5", "leaf middle",
       "root", .built = "leaf middle root", .flags = ALL,
       .refused = {scope, 1, "middle", 46},
       .crls = {{.issuer = "middle"}, {"root", .extensions = ONLY_USERS}}},
  };

  verify_case_run(rows, NUM(rows));
}

/* OpenSSL 4.0 does not even decode some of them. */
static void check_delta_error(const stls_error *err, const char *item)
{
  cr_expect_not_null(strstr(err->message, item), "%s", err->message);
  if (OPENSSL_version_major() >= 4 && err->own_reason == STLS_REASON_CRL_BROKEN)
    return;
  cr_expect_eq(err->own_reason, STLS_REASON_DELTA_CRL);
  cr_expect_not_null(strstr(err->message, "delta CRL"), "%s", err->message);
}

/* What takes a delta for a list of all lets in whom only the list of all
 * revokes (openssl#31040). */
Test(revocation, takes_no_delta)
{
  static const char *const deltas[] = {
      DELTA,
      "crlNumber=DER:02:01:02|deltaCRL=DER:02:01:01",
      DELTA "|" ONLY_USERS,
      DELTA "|" KEY_COMPROMISE,
      DELTA "|" AT_A,
      "deltaCRL=critical,DER:02:01:01",
      "deltaCRL=critical,DER:05:00",
  };

  for (size_t i = 0; i < 2 * NUM(deltas); i++) {
    crl_builder_order order = {"root", .extensions = deltas[i / 2]};
    crl_builder_order whole = {"root", .revokes = "leaf-of-root"};
    stls_trust *trust = pki_trust_new("root");
    stls_error err = STLS_ERROR_INIT;
    size_t len, whole_len;
    bool is_pem = i % 2 == 0;
    unsigned char *delta = crl_builder_encode(&order, is_pem, &len);
    unsigned char *all = crl_builder_encode(&whole, is_pem, &whole_len);
    unsigned char *both = OPENSSL_malloc(len + whole_len);

    memcpy(both, all, whole_len);
    memcpy(both + whole_len, delta, len);
    EXPECT_RESULT(stls_trust_add_crl(trust, delta, len, &err), STLS_ERROR_INPUT,
                  deltas[i / 2]);
    check_delta_error(&err, "CRL 1");
    EXPECT_RESULT(stls_trust_add_crl(trust, both, len + whole_len, &err),
                  STLS_ERROR_INPUT, "behind a complete one");
    check_delta_error(&err, "CRL 2");
    if (is_pem)
      EXPECT_RESULT(stls_trust_add_pem(trust, both, len + whole_len, NULL),
                    STLS_ERROR_INPUT, "PEM");
    cr_expect(trust_sets_have(trust, 1, 0, 1), "%s", trust_sets_text(trust));
    OPENSSL_free(both);
    OPENSSL_free(all);
    OPENSSL_free(delta);
    stls_trust_free(trust);
  }
  pki_free();
}

/* From files: by itself, in a directory, and where the system's trust is. */
Test(revocation, takes_no_delta_from_a_file)
{
  crl_builder_order order = {"root", .extensions = DELTA};
  char dir[] = "/tmp/sanstls-test-XXXXXX", path[80];
  stls_trust *trust = pki_trust_new("root");
  stls_error err = STLS_ERROR_INIT;
  size_t len;
  unsigned char *delta = crl_builder_encode(&order, true, &len);
  FILE *file;

  cr_assert_not_null(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/0123abcd.r0", dir);
  file = fopen(path, "w");
  cr_assert_eq(fwrite(delta, 1, len, file), len);
  fclose(file);
  EXPECT_RESULT(stls_trust_add_crl_file(trust, path, NULL), STLS_ERROR_INPUT,
                "CRL file");
  EXPECT_RESULT(stls_trust_add_file(trust, path, NULL), STLS_ERROR_INPUT,
                "file");
  EXPECT_RESULT(stls_trust_add_directory(trust, dir, &err), STLS_ERROR_INPUT,
                "directory");
  cr_expect(strstr(err.message, "0123abcd.r0:1: CRL 1: it is a delta CRL"),
            "%s", err.message);
  setenv("SSL_CERT_FILE", path, 1);
  setenv("SSL_CERT_DIR", dir, 1);
  /* A system's file with a fault adds nothing. */
  EXPECT_RESULT(stls_trust_add_system(trust, NULL), STLS_OK, "system");
  cr_expect(trust_sets_have(trust, 1, 0, 1), "%s", trust_sets_text(trust));
  unlink(path);
  rmdir(dir);
  OPENSSL_free(delta);
  stls_trust_free(trust);
  pki_free();
}

Test(revocation, takes_a_short_list)
{
  /* Ed25519 and version 1: nothing is shorter than 128 bytes with others. */
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  X509_CRL *crl = X509_CRL_new();
  X509_NAME *name = X509_NAME_new();
  ASN1_TIME *when = ASN1_TIME_set(NULL, 1700000000);
  unsigned char *der = NULL, two[300];
  stls_trust *trust = trust_sets_new();
  int len;

  cr_assert_eq(
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 (const unsigned char *)"CA", -1, -1, 0),
      1);
  cr_assert_eq(X509_CRL_set_issuer_name(crl, name), 1);
  cr_assert_eq(X509_CRL_set1_lastUpdate(crl, when), 1);
  cr_assert_gt(X509_CRL_sign(crl, key, NULL), 0);
  len = i2d_X509_CRL(crl, &der);
  cr_assert(len > 0 && len < 128, "%d", len);
  EXPECT_RESULT(stls_trust_add_crl(trust, der, (size_t)len, NULL), STLS_OK,
                "one");
  cr_expect(trust_sets_have(trust, 0, 1, 0), "%s", trust_sets_text(trust));
  memcpy(two, der, (size_t)len);
  memcpy(two + len, der, (size_t)len);
  EXPECT_RESULT(stls_trust_add_crl(trust, two, 2 * (size_t)len, NULL), STLS_OK,
                "two");
  for (size_t i = 0; i < (size_t)len; i++)
    EXPECT_RESULT(stls_trust_add_crl(trust, der, i, NULL), STLS_ERROR_INPUT,
                  "a part");
  cr_expect(trust_sets_have(trust, 0, 1, 0), "%s", trust_sets_text(trust));
  OPENSSL_free(der);
  ASN1_TIME_free(when);
  X509_NAME_free(name);
  X509_CRL_free(crl);
  EVP_PKEY_free(key);
  stls_trust_free(trust);
}

/* "0" is a SEQUENCE's tag. */
Test(revocation, takes_a_text_that_begins_with_a_digit)
{
  static const char *const beginnings[] = {"0\n", "00\n", "010 lists\n",
                                           "0-0 lists\n"};
  crl_builder_order order = {.issuer = "root"};
  size_t len;
  unsigned char *pem = crl_builder_encode(&order, true, &len);

  for (size_t i = 0; i < NUM(beginnings); i++) {
    stls_trust *trust = trust_sets_new();
    char *text = OPENSSL_malloc(len + 20);
    size_t all;
    all = strlen(strcpy(text, beginnings[i]));
    memcpy(text + all, pem, len);
    EXPECT_RESULT(stls_trust_add_crl(trust, text, all + len, NULL), STLS_OK,
                  beginnings[i]);
    OPENSSL_free(text);
    stls_trust_free(trust);
  }
  OPENSSL_free(pem);
  pki_free();
}
