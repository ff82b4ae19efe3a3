/* SPDX-License-Identifier: MIT */
/* test_credential_der: credentials from DER and from OpenSSL's objects. */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "support/cert_builder.h"
#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(credential_der);

#define DIR "credential/"

static const credential_load rows[] = {
    {"RFC 5208, 5", "PKCS #8", LOAD_DER, DIR "chain.der", DIR "key-pkcs8.der",
     NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 5915, 3", "EC", LOAD_DER, DIR "chain.der", DIR "key-ec.der", NULL,
     STLS_OK, 2, NULL, NULL},
    {"RFC 8017, A.1.2", "RSA", LOAD_DER, DIR "rsa.der", DIR "key-rsa.der", NULL,
     STLS_OK, 1, NULL, NULL},
    {"RFC 5208, 6", "encrypted", LOAD_DER, DIR "chain.der",
     DIR "key-encrypted.der", "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 5208, 6", "encrypted with an empty one", LOAD_DER, DIR "chain.der",
     DIR "key-empty.der", "", STLS_OK, 2, NULL, NULL},
    {"CPython #129216", "a passphrase that is not needed", LOAD_DER,
     DIR "chain.der", DIR "key-ec.der", "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 5208, 6", "wrong passphrase", LOAD_DER, DIR "chain.der",
     DIR "key-encrypted.der", "wrong", STLS_ERROR_INPUT, 0, "key: private key",
     "wrong passphrase?"},
    {"RFC 5208, 6", "empty passphrase", LOAD_DER, DIR "chain.der",
     DIR "key-encrypted.der", "", STLS_ERROR_INPUT, 0, "key: private key",
     "wrong passphrase?"},
    {"RFC 5208, 6", "no passphrase", LOAD_DER, DIR "chain.der",
     DIR "key-encrypted.der", NULL, STLS_ERROR_INPUT, 0, "key: private key",
     "it is encrypted, and no passphrase was given"},
    {"OSSL_PROVIDER-legacy(7)", "legacy", LOAD_DER, DIR "chain.der",
     DIR "key-legacy.der", "secret", STLS_ERROR_INPUT, 0,
     "pbeWithSHA1And40BitRC2-CBC", "unsupported algorithm"},
    {"X509_check_private_key(3)", "another's key", LOAD_DER, DIR "chain.der",
     DIR "key-rsa.der", NULL, STLS_ERROR_INPUT, 0,
     "key: the private key does not match", "chain"},
    {"RFC 8446, 4.4.2", "leaf behind its issuer", LOAD_DER,
     DIR "chain-reversed.der", DIR "key-ec.der", NULL, STLS_ERROR_INPUT, 0,
     "belongs to certificate 2 (\"CN=server.example\"); the leaf has to be "
     "first",
     NULL},
    {"RFC 8446, 4.4.2", "leaf behind its issuer, PEM", LOAD_PEM,
     DIR "chain-reversed.pem", "server-chain.key", NULL, STLS_ERROR_INPUT, 0,
     "belongs to certificate 2 (\"CN=server.example\"); the leaf has to be "
     "first",
     "chain-reversed.pem"},
    {"CPython, cadata", "PEM", LOAD_DER, "server-chain.pem", DIR "key-ec.der",
     NULL, STLS_ERROR_INPUT, 0, "chain: offset 0: certificate 1", NULL},
    {"CPython, cadata", "a PEM key", LOAD_DER, DIR "chain.der",
     "server-chain.key", NULL, STLS_ERROR_INPUT, 0, "key: offset 0", NULL},
    {"RFC 5280, 4.1", "a public key", LOAD_DER, DIR "chain.der",
     DIR "key-public.der", NULL, STLS_ERROR_INPUT, 0, "key: private key", NULL},
    {"RFC 5280, 4.1", "a certificate for a key", LOAD_DER, DIR "chain.der",
     DIR "leaf.der", NULL, STLS_ERROR_INPUT, 0, "key: private key", NULL},
    {"RFC 5280, 4.1", "a key for a certificate", LOAD_DER, DIR "key-ec.der",
     DIR "key-ec.der", NULL, STLS_ERROR_INPUT, 0, "chain: offset 0", NULL},
};

static stls_result load_bytes(const void *chain, size_t chain_len,
                              const void *key, size_t key_len, stls_error *err);
static EVP_PKEY *read_key(const char *name);

Test(credential_der, reads_der)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    credential_load_expect(&rows[i]);
}

/* Each length but the whole one is refused, or is one certificate less. */
Test(credential_der, refuses_what_is_cut)
{
  data_file chain = data_file_load(DIR "chain.der"),
            key = data_file_load(DIR "key-ec.der");
  data_file leaf = data_file_load(DIR "leaf.der");

  for (size_t len = 0; len <= chain.len; len++)
    EXPECT_RESULT(
        load_bytes(chain.data, len, key.data, key.len, NULL),
        len == chain.len || len == leaf.len ? STLS_OK : STLS_ERROR_INPUT,
        "chain");
  for (size_t len = 0; len <= key.len; len++)
    EXPECT_RESULT(load_bytes(chain.data, chain.len, key.data, len, NULL),
                  len == key.len ? STLS_OK : STLS_ERROR_INPUT, "key");
  data_file_free(&chain);
  data_file_free(&key);
  data_file_free(&leaf);
}

Test(credential_der, says_where_garbage_begins)
{
  data_file chain = data_file_load(DIR "chain.der"),
            key = data_file_load(DIR "key-ec.der");
  stls_error err = STLS_ERROR_INIT;
  char at[64];

  /* A data_file has a zero byte behind its end. */
  EXPECT_RESULT(load_bytes(chain.data, chain.len + 1, key.data, key.len, &err),
                STLS_ERROR_INPUT, "chain");
  snprintf(at, sizeof at, "chain: offset %zu: certificate 3", chain.len);
  cr_expect(strstr(err.message, at), "%s", err.message);
  EXPECT_RESULT(load_bytes(chain.data, chain.len, key.data, key.len + 1, &err),
                STLS_ERROR_INPUT, "key");
  snprintf(at, sizeof at, "key: offset %zu: ", key.len);
  cr_expect(strstr(err.message, at), "%s", err.message);
  data_file_free(&chain);
  data_file_free(&key);
}

Test(credential_der, needs_its_arguments)
{
  stls_der_source source = STLS_DER_SOURCE_INIT, unsized = {0};
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_credential_new_der(NULL, NULL, NULL, &credential, &err),
                &err, "source is NULL");
  expect_misuse(
      stls_credential_new_der(&unsized, NULL, NULL, &credential, &err), &err,
      "source->size");
  expect_misuse(stls_credential_new_der(&source, NULL, NULL, &credential, &err),
                &err, "chain is NULL");
  source.chain = "x";
  expect_misuse(stls_credential_new_der(&source, NULL, NULL, &credential, &err),
                &err, "key is NULL");
  source.key = "x";
  expect_misuse(stls_credential_new_der(&source, NULL, NULL, NULL, &err), &err,
                "out_credential is NULL");
  cr_expect_null(credential);
}

Test(credential_der, takes_openssls_own)
{
  X509 *leaf = data_file_x509("server-chain.pem");
  X509 *issuer = data_file_x509("intermediate.pem");
  EVP_PKEY *key = read_key("server-chain.key");
  STACK_OF(X509) *chain = sk_X509_new_null();
  stls_credential *alone = NULL, *whole = NULL;
  stls_error err = STLS_ERROR_INIT;

  cr_assert_gt(sk_X509_push(chain, issuer), 0);
  EXPECT_RESULT(
      stls_credential_new_x509(leaf, chain, key, NULL, NULL, &whole, &err),
      STLS_OK, err.message);
  EXPECT_RESULT(
      stls_credential_new_x509(leaf, NULL, key, NULL, NULL, &alone, &err),
      STLS_OK, err.message);
  /* The caller's references are the caller's. */
  sk_X509_pop_free(chain, X509_free);
  X509_free(leaf);
  EVP_PKEY_free(key);
  cr_expect_eq(credential_load_count(whole), 2);
  cr_expect(credential_load_works(whole));
  cr_expect_eq(credential_load_count(alone), 1);
  cr_expect(!credential_load_works(alone));
  stls_credential_free(whole);
  stls_credential_free(alone);
}

Test(credential_der, takes_no_key_that_cannot_sign)
{
  X509 *leaf = data_file_x509("server-chain.pem"),
       *rsa = data_file_x509("server-rsa.pem");
  EVP_PKEY *key = read_key("server-ecdsa.key");
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(
      stls_credential_new_x509(leaf, NULL, key, NULL, NULL, &credential, &err),
      STLS_ERROR_INPUT, "another's");
  cr_expect(strstr(err.message, "does not match"), "%s", err.message);
  EXPECT_RESULT(stls_credential_new_x509(leaf, NULL, X509_get0_pubkey(leaf),
                                         NULL, NULL, &credential, &err),
                STLS_ERROR_INPUT, "public EC");
  cr_expect(strstr(err.message, "private part"), "%s", err.message);
  EXPECT_RESULT(stls_credential_new_x509(rsa, NULL, X509_get0_pubkey(rsa), NULL,
                                         NULL, &credential, &err),
                STLS_ERROR_INPUT, "public RSA");
  cr_expect(strstr(err.message, "private part"), "%s", err.message);
  expect_misuse(
      stls_credential_new_x509(NULL, NULL, key, NULL, NULL, &credential, &err),
      &err, "leaf is NULL");
  expect_misuse(
      stls_credential_new_x509(leaf, NULL, NULL, NULL, NULL, &credential, &err),
      &err, "key is NULL");
  expect_misuse(
      stls_credential_new_x509(leaf, NULL, key, NULL, NULL, NULL, &err), &err,
      "out_credential is NULL");
  cr_expect_null(credential);
  X509_free(leaf);
  X509_free(rsa);
  EVP_PKEY_free(key);
}

/* Whatever a subject is, a line of a log has room for its name. */
Test(credential_der, names_the_leaf_that_is_not_first)
{
  static const char *const subjects[][2] = {
      {"leaf", "certificate 2 (\"CN=leaf\"); the leaf has to be first in leaf"},
      {"a\"b\n\x7f", "certificate 2 (\"CN=a\\\"b\\0A\\7F\"); the leaf"},
      {"", "certificate 2 (\"\"); the leaf has to be first"},
  };

  for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
    const cert_builder_order order = {.name = "leaf",
                                      .subject = subjects[i][0]},
                             other = {.name = "other"};
    EVP_PKEY *key = cert_builder_key("P-256"),
             *other_key = cert_builder_key("P-256");
    X509 *first = cert_builder_new(&other, other_key, NULL, other_key),
         *leaf = cert_builder_new(&order, key, NULL, key);
    STACK_OF(X509) *chain = sk_X509_new_null();
    stls_credential *credential = NULL;
    stls_error err = STLS_ERROR_INIT;
    cr_assert_gt(sk_X509_push(chain, leaf), 0);
    EXPECT_RESULT(stls_credential_new_x509(first, chain, key, NULL, NULL,
                                           &credential, &err),
                  STLS_ERROR_INPUT, err.message);
    cr_expect_eq(err.own_reason, STLS_REASON_LEAF_NOT_FIRST);
    cr_expect(strstr(err.message, subjects[i][1]), "%s", err.message);
    sk_X509_pop_free(chain, X509_free);
    X509_free(first);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other_key);
  }
}

Test(credential_der, gives_its_chain_back)
{
  credential_load row = rows[0];
  stls_credential *credential = NULL;
  stls_certificate *certificate = NULL;
  stls_error err = STLS_ERROR_INIT;
  data_file leaf = data_file_load(DIR "leaf.der");
  const uint8_t *der;
  size_t len;

  ASSERT_RESULT(credential_load_run(&row, &credential, NULL), STLS_OK, "load");
  ASSERT_RESULT(stls_credential_certificate(credential, 0, &certificate, &err),
                STLS_OK, "leaf");
  der = stls_certificate_der(certificate, &len);
  cr_expect_eq(len, leaf.len);
  cr_expect_arr_eq(der, leaf.data, leaf.len);
  stls_certificate_free(certificate);
  ASSERT_RESULT(stls_credential_certificate(credential, 2, &certificate, &err),
                STLS_OK, "past the end");
  cr_expect_null(certificate);
  ASSERT_RESULT(
      stls_credential_certificate(credential, SIZE_MAX, &certificate, &err),
      STLS_OK, "far past the end");
  cr_expect_null(certificate);
  expect_misuse(stls_credential_certificate(NULL, 0, &certificate, &err), &err,
                "credential is NULL");
  expect_misuse(stls_credential_certificate(credential, 0, NULL, &err), &err,
                "out_certificate is NULL");
  stls_credential_free(credential);
  data_file_free(&leaf);
}

static stls_result load_bytes(const void *chain, size_t chain_len,
                              const void *key, size_t key_len, stls_error *err)
{
  stls_der_source source = STLS_DER_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_result result;

  source.chain = chain;
  source.chain_len = chain_len;
  source.key = key;
  source.key_len = key_len;
  result = stls_credential_new_der(&source, NULL, NULL, &credential, err);
  cr_expect_eq(credential != NULL, result == STLS_OK);
  stls_credential_free(credential);
  return result;
}

static EVP_PKEY *read_key(const char *name)
{
  BIO *bio = BIO_new_file(data_file_path(name), "r");
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

  cr_assert_not_null(key);
  BIO_free(bio);
  return key;
}
