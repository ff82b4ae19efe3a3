/* SPDX-License-Identifier: MIT */
/* test_credential_pkcs12: credentials from PKCS #12. */
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <string.h>

#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(credential_pkcs12, .timeout = 120);

#define DIR "credential/"

static const credential_load rows[] = {
    {"RFC 7292, 4", "as OpenSSL makes it", LOAD_PKCS12, DIR "chain.p12", NULL,
     "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 7292, 4", "RSA", LOAD_PKCS12, DIR "rsa.p12", NULL, "secret", STLS_OK,
     1, NULL, NULL},
    {"RFC 7292, App. C", "triple DES", LOAD_PKCS12, DIR "chain-3des.p12", NULL,
     "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 7292, 4", "without a MAC", LOAD_PKCS12, DIR "chain-nomac.p12", NULL,
     "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 7292, 4", "without a MAC, wrong", LOAD_PKCS12, DIR "chain-nomac.p12",
     NULL, "wrong", STLS_ERROR_INPUT, 0, "private key (PBES2)",
     "wrong passphrase?"},
    {"RFC 7292, 4", "without a MAC, none", LOAD_PKCS12, DIR "chain-nomac.p12",
     NULL, NULL, STLS_ERROR_INPUT, 0, "no passphrase was given", NULL},
    {"RFC 7292, 4.2.1", "neither encrypted nor sealed", LOAD_PKCS12,
     DIR "chain-open.p12", NULL, NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 7292, 4.2.1", "the same with a passphrase", LOAD_PKCS12,
     DIR "chain-open.p12", NULL, "any", STLS_OK, 2, NULL, NULL},
    {"RFC 7292, 4.2.1", "sealed only", LOAD_PKCS12, DIR "chain-open-mac.p12",
     NULL, "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 7292, 4.2.1", "sealed only, wrong", LOAD_PKCS12,
     DIR "chain-open-mac.p12", NULL, "wrong", STLS_ERROR_INPUT, 0, "MAC",
     "wrong passphrase?"},
    {"PKCS12_parse(3)", "empty", LOAD_PKCS12, DIR "chain-empty.p12", NULL, "",
     STLS_OK, 2, NULL, NULL},
    {"PKCS12_parse(3)", "none for empty", LOAD_PKCS12, DIR "chain-empty.p12",
     NULL, NULL, STLS_OK, 2, NULL, NULL},
    {"PKCS12_parse(3)", "wrong for empty", LOAD_PKCS12, DIR "chain-empty.p12",
     NULL, "wrong", STLS_ERROR_INPUT, 0, "pkcs12: MAC", "wrong passphrase?"},
    {"PKCS12_parse(3)", "wrong", LOAD_PKCS12, DIR "chain.p12", NULL, "wrong",
     STLS_ERROR_INPUT, 0, "pkcs12: MAC", "wrong passphrase?"},
    {"PKCS12_parse(3)", "empty, but it has one", LOAD_PKCS12, DIR "chain.p12",
     NULL, "", STLS_ERROR_INPUT, 0, "pkcs12: MAC", "wrong passphrase?"},
    {"PKCS12_parse(3)", "none, but it has one", LOAD_PKCS12, DIR "chain.p12",
     NULL, NULL, STLS_ERROR_INPUT, 0, "pkcs12: MAC", "no passphrase was given"},
    {"OSSL_PROVIDER-legacy(7)", "RC2", LOAD_PKCS12_FILE, DIR "chain-legacy.p12",
     NULL, "secret", STLS_ERROR_INPUT, 0, "pbeWithSHA1And40BitRC2-CBC",
     "unsupported algorithm, which may be one of OpenSSL's legacy provider"},
    {"RFC 8446, 4.4.2", "in any order, with strangers", LOAD_PKCS12,
     DIR "chain-mixed.p12", NULL, "secret", STLS_OK, 3, NULL, NULL},
    {"PKCS12_parse(3)", "no key", LOAD_PKCS12, DIR "nokey.p12", NULL, "secret",
     STLS_ERROR_INPUT, 0, "does not contain a private key", NULL},
    {"PKCS12_parse(3)", "no certificate", LOAD_PKCS12_FILE, DIR "nocert.p12",
     NULL, "secret", STLS_ERROR_INPUT, 0, "nocert.p12: it does not contain",
     "a certificate"},
    {"PKCS12_parse(3)", "another's certificate", LOAD_PKCS12_FILE,
     DIR "mismatched.p12", NULL, "secret", STLS_ERROR_INPUT, 0,
     "mismatched.p12: the private key does not match", NULL},
    {"PKCS12_parse(3)", "a file", LOAD_PKCS12_FILE, DIR "chain.p12", NULL,
     "secret", STLS_OK, 2, NULL, NULL},
    {"PKCS12_parse(3)", "a file, wrong", LOAD_PKCS12_FILE, DIR "chain.p12",
     NULL, "wrong", STLS_ERROR_INPUT, 0, "chain.p12: MAC", "wrong passphrase?"},
    {"fopen(3)", "a missing file", LOAD_PKCS12_FILE, DIR "missing.p12", NULL,
     "secret", STLS_ERROR_INPUT, 0, "missing.p12", "No such file"},
    {"PKCS12_parse(3)", "PEM", LOAD_PKCS12_FILE, "server-chain.pem", NULL,
     "secret", STLS_ERROR_INPUT, 0, "server-chain.pem: it is no PKCS #12",
     NULL},
    {"PKCS12_parse(3)", "DER of another kind", LOAD_PKCS12, DIR "leaf.der",
     NULL, "secret", STLS_ERROR_INPUT, 0, "it is no PKCS #12", NULL},
};

/* How the two ways of writing no passphrase are read. */
static const struct encoding {
  const char *name;
  const char *made_with;
  int nid;
  int mac_iterations;
} encodings[] = {
    {"NULL", NULL, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 1},
    {"empty", "", NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 1},
    {"NULL without MAC", NULL, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, -1},
    {"empty without MAC", "", NID_pbe_WithSHA1And3_Key_TripleDES_CBC, -1},
};

static int make_encoded(const struct encoding *row, unsigned char **out);

Test(credential_pkcs12, is_read)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    credential_load_expect(&rows[i]);
}

Test(credential_pkcs12, tells_no_passphrase_from_an_empty_one_for_nobody)
{
  for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
    unsigned char *der = NULL;
    size_t len = (size_t)make_encoded(&encodings[i], &der);
    stls_passphrase empty = STLS_PASSPHRASE_INIT, wrong = STLS_PASSPHRASE_INIT;
    const stls_passphrase *const good[] = {NULL, &empty};
    stls_credential *credential = NULL;
    stls_error err = STLS_ERROR_INIT;
    empty.data = "";
    wrong.data = "wrong";
    wrong.len = 5;
    for (size_t j = 0; j < 2; j++) {
      EXPECT_RESULT(stls_credential_new_pkcs12(der, len, good[j], NULL, NULL,
                                               &credential, &err),
                    STLS_OK, encodings[i].name);
      stls_credential_free(credential);
      credential = NULL;
    }
    EXPECT_RESULT(stls_credential_new_pkcs12(der, len, &wrong, NULL, NULL,
                                             &credential, &err),
                  STLS_ERROR_INPUT, encodings[i].name);
    cr_expect(strstr(err.message, "wrong passphrase?"), "%s", err.message);
    cr_expect_null(credential);
    OPENSSL_free(der);
  }
}

/* An open file has no MAC, so that every cut comes as far as it can; in a sealed
 * one the outer lengths tell. */
Test(credential_pkcs12, is_refused_when_cut)
{
  const char *const names[] = {DIR "chain-open.p12", DIR "chain.p12"};
  stls_passphrase secret = STLS_PASSPHRASE_INIT;

  secret.data = "secret";
  secret.len = 6;
  for (size_t i = 0; i < 2; i++) {
    data_file file = data_file_load(names[i]);
    for (size_t len = 0; len < file.len; len++) {
      char *cut = malloc(len + 1);
      stls_credential *credential = NULL;
      cr_assert_not_null(cut);
      memcpy(cut, file.data, len);
      EXPECT_RESULT(stls_credential_new_pkcs12(cut, len, &secret, NULL, NULL,
                                               &credential, NULL),
                    STLS_ERROR_INPUT, names[i]);
      cr_expect_null(credential);
      free(cut);
    }
    /* A data_file has a zero byte behind its end. */
    stls_credential *credential = NULL;
    EXPECT_RESULT(stls_credential_new_pkcs12(file.data, file.len + 1, &secret,
                                             NULL, NULL, &credential, NULL),
                  STLS_ERROR_INPUT, "a byte behind it");
    data_file_free(&file);
  }
}

/* Whatever a changed byte does, it does not crash, and what comes out is whole. */
Test(credential_pkcs12, survives_every_changed_byte)
{
  data_file file = data_file_load(DIR "chain-open.p12");
  size_t step = check_quick() ? 37 : 1;

  for (size_t at = 0; at < file.len; at += step) {
    stls_credential *credential = NULL;
    stls_result result;
    file.data[at] ^= 0x55;
    result = stls_credential_new_pkcs12(file.data, file.len, NULL, NULL, NULL,
                                        &credential, NULL);
    cr_expect(result == STLS_OK || result == STLS_ERROR_INPUT, "at %zu: %s", at,
              stls_result_name(result));
    cr_expect_eq(credential != NULL, result == STLS_OK);
    stls_credential_free(credential);
    file.data[at] ^= 0x55;
  }
  data_file_free(&file);
}

Test(credential_pkcs12, needs_its_arguments)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(
      stls_credential_new_pkcs12(NULL, 0, NULL, NULL, NULL, &credential, &err),
      &err, "data is NULL");
  expect_misuse(
      stls_credential_new_pkcs12("x", 1, NULL, NULL, NULL, NULL, &err), &err,
      "out_credential is NULL");
  expect_misuse(stls_credential_new_pkcs12_file(NULL, NULL, NULL, NULL,
                                                &credential, &err),
                &err, "path is NULL");
  expect_misuse(stls_credential_new_pkcs12_file(data_file_path(DIR "chain.p12"),
                                                NULL, NULL, NULL, NULL, &err),
                &err, "out_credential is NULL");
  cr_expect_null(credential);
}

static int make_encoded(const struct encoding *row, unsigned char **out)
{
  BIO *bio = BIO_new_file(data_file_path("server-ecdsa-combined.pem"), "r");
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
  X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
  PKCS12 *p12 = PKCS12_create(row->made_with, "name", key, cert, NULL, row->nid,
                              row->nid, 1, row->mac_iterations, 0);
  int len;

  cr_assert_not_null(p12, "%s", row->name);
  len = i2d_PKCS12(p12, out);
  cr_assert_gt(len, 0);
  PKCS12_free(p12);
  X509_free(cert);
  EVP_PKEY_free(key);
  BIO_free(bio);
  return len;
}
