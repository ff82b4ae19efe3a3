/* SPDX-License-Identifier: MIT */
/* test_credential_pkcs12_entries: selection among several keys and certificates of
 * a PKCS #12. */
#include <openssl/pkcs12.h>
#include <sanstls/sanstls.h>
#include <string.h>

#include "support/cert_builder.h"
#include "support/expect.h"

SUITE(credential_pkcs12_entries, .timeout = 120);

enum {
  MAX_ENTRIES = 4
};

/* A key or a certificate: which key it has (1 or 2; 0 for no entry), its
 * certificate's name, its localKeyID and friendlyName (0 and NULL for none). */
struct entry {
  int key;
  const char *name;
  unsigned char id;
  const char *alias;
};

static const struct row {
  const char *source, *name;
  struct entry certs[MAX_ENTRIES], keys[MAX_ENTRIES];
  const char *alias;
  /* The common name of the leaf; or what the message contains. */
  const char *want, *want_error;
} rows[] = {
    {"conscrypt#1076",
     "the certificate with the key's id",
     {{1, "old", 0, NULL}, {1, "new", 1, NULL}},
     {{1, NULL, 1, NULL}},
     NULL,
     "new",
     NULL},
    {"node-signpdf#13",
     "another certificate of that key has another id",
     {{1, "old", 2, NULL}, {1, "new", 1, NULL}},
     {{1, NULL, 1, NULL}},
     NULL,
     "new",
     NULL},
    {"RFC 2985, 5.5.2",
     "an id without the key",
     {{2, "stranger", 1, NULL}, {1, "own", 0, NULL}},
     {{1, NULL, 1, NULL}},
     NULL,
     "own",
     NULL},
    {"RFC 2985, 5.5.2",
     "no ids at all",
     {{1, "first", 0, NULL}, {1, "second", 0, NULL}},
     {{1, NULL, 0, NULL}},
     NULL,
     "first",
     NULL},
    {"RFC 7292, 4.2",
     "the first of two keys",
     {{2, "two", 2, "two"}, {1, "one", 1, "one"}},
     {{1, NULL, 1, "one"}, {2, NULL, 2, "two"}},
     NULL,
     "one",
     NULL},
    {"keytool(1), -alias",
     "the key of that alias",
     {{1, "one", 1, "one"}, {2, "two", 2, "two"}},
     {{1, NULL, 1, "one"}, {2, NULL, 2, "two"}},
     "two",
     "two",
     NULL},
    {"RFC 2985, 5.5.1",
     "not of ASCII",
     {{1, "one", 1, NULL}, {2, "two", 2, NULL}},
     {{1, NULL, 1, "one"}, {2, NULL, 2, "schl\xc3\xbcssel"}},
     "schl\xc3\xbcssel",
     "two",
     NULL},
    {"certutil(1)",
     "the certificate's name, where a key has its container's",
     {{1, "one", 1, "www"}, {2, "two", 2, "mail"}},
     {{1, NULL, 1, "{1A}"}, {2, NULL, 2, "{2B}"}},
     "mail",
     "two",
     NULL},
    {"RFC 2985, 5.5.1",
     "a key's alias before a certificate's",
     {{1, "one", 1, "mail"}, {2, "two", 2, NULL}},
     {{1, NULL, 1, NULL}, {2, NULL, 2, "mail"}},
     "mail",
     "two",
     NULL},
    {"keytool(1), -alias",
     "an alias that nothing has",
     {{1, "one", 1, "one"}},
     {{1, NULL, 1, "one"}},
     "One",
     NULL,
     "pkcs12: none of its private keys (1) has the alias \"One\""},
    {"RFC 2985, 5.5.2",
     "an alias of a certificate without a key",
     {{1, "one", 1, "one"}, {2, "two", 2, "two"}},
     {{1, NULL, 1, "one"}},
     "two",
     NULL,
     "has the alias \"two\""},
};

static EVP_PKEY *keys[3];

static X509 *make_cert(const struct entry *entry)
{
  const cert_builder_order order = {.name = entry->name};

  return cert_builder_new(&order, keys[entry->key], NULL, keys[0]);
}

static void dress(PKCS12_SAFEBAG *bag, const struct entry *entry)
{
  cr_assert_not_null(bag);
  if (entry->id != 0)
    cr_assert(PKCS12_add_localkeyid(bag, (unsigned char *)&entry->id, 1));
  if (entry->alias != NULL)
    cr_assert(PKCS12_add_friendlyname_utf8(bag, entry->alias, -1));
}

static int make(const struct row *row, bool is_locked, unsigned char **out)
{
  STACK_OF(PKCS12_SAFEBAG) *certs = NULL, *secrets = NULL;
  STACK_OF(PKCS7) *safes = NULL;
  PKCS12 *p12;
  int len;

  for (int i = 0; i < MAX_ENTRIES && row->certs[i].key != 0; i++) {
    X509 *cert = make_cert(&row->certs[i]);
    dress(PKCS12_add_cert(&certs, cert), &row->certs[i]);
    X509_free(cert);
  }
  for (int i = 0; i < MAX_ENTRIES && row->keys[i].key != 0; i++)
    dress(PKCS12_add_key(&secrets, keys[row->keys[i].key], 0, 100,
                         is_locked ? NID_aes_128_cbc : -1, "secret"),
          &row->keys[i]);
  cr_assert(PKCS12_add_safe(&safes, certs, is_locked ? NID_aes_128_cbc : -1,
                            100, "secret"));
  cr_assert(PKCS12_add_safe(&safes, secrets, -1, 0, NULL));
  p12 = PKCS12_add_safes(safes, 0);
  cr_assert(PKCS12_set_mac(p12, "secret", -1, NULL, 0, 100, EVP_sha256()));
  len = i2d_PKCS12(p12, out);
  PKCS12_free(p12);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  sk_PKCS12_SAFEBAG_pop_free(certs, PKCS12_SAFEBAG_free);
  sk_PKCS12_SAFEBAG_pop_free(secrets, PKCS12_SAFEBAG_free);
  return len;
}

static void expect_leaf(const stls_credential *credential, const char *want,
                        const char *label)
{
  stls_certificate *leaf = NULL;
  char name[100] = "";

  ASSERT_RESULT(stls_credential_certificate(credential, 0, &leaf, NULL),
                STLS_OK, label);
  X509_NAME_get_text_by_NID(X509_get_subject_name(stls_certificate_x509(leaf)),
                            NID_commonName, name, sizeof name);
  cr_expect_str_eq(name, want, "%s: %s instead of %s", label, name, want);
  stls_certificate_free(leaf);
}

static void expect_row(const struct row *row, bool is_locked)
{
  stls_pkcs12_source source = STLS_PKCS12_SOURCE_INIT;
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  unsigned char *der = NULL;

  secret.data = "secret";
  secret.len = 6;
  source.len = (size_t)make(row, is_locked, &der);
  source.data = der;
  source.alias = row->alias;
  source.passphrase = &secret;
  EXPECT_RESULT(
      stls_credential_new_pkcs12_from(&source, NULL, NULL, &credential, &err),
      row->want != NULL ? STLS_OK : STLS_ERROR_INPUT, row->name);
  if (row->want != NULL && credential != NULL)
    expect_leaf(credential, row->want, row->name);
  if (row->want_error != NULL)
    cr_expect(strstr(err.message, row->want_error), "%s: %s", row->name,
              err.message);
  stls_credential_free(credential);
  OPENSSL_free(der);
}

Test(credential_pkcs12_entries, are_chosen)
{
  for (size_t i = 0; i < 3; i++) keys[i] = cert_builder_key("P-256");
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    expect_row(&rows[i], false);
    expect_row(&rows[i], true);
  }
  for (size_t i = 0; i < 3; i++) EVP_PKEY_free(keys[i]);
}

Test(credential_pkcs12_entries, need_arguments)
{
  stls_pkcs12_source source = STLS_PKCS12_SOURCE_INIT, unsized = {0};
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(
      stls_credential_new_pkcs12_from(NULL, NULL, NULL, &credential, &err),
      &err, "source");
  expect_misuse(
      stls_credential_new_pkcs12_from(&unsized, NULL, NULL, &credential, &err),
      &err, "size");
  expect_misuse(
      stls_credential_new_pkcs12_from(&source, NULL, NULL, &credential, &err),
      &err, "one of file and data");
  source.file = "x";
  source.data = "x";
  expect_misuse(
      stls_credential_new_pkcs12_from(&source, NULL, NULL, &credential, &err),
      &err, "one of file and data");
  source.data = NULL;
  expect_misuse(
      stls_credential_new_pkcs12_from(&source, NULL, NULL, NULL, &err), &err,
      "out_credential");
  cr_expect_null(credential);
}
