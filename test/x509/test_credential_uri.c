/* SPDX-License-Identifier: MIT */
/* test_credential_uri: credentials from a URI of OSSL_STORE. */
#include <string.h>

#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(credential_uri, .timeout = 120);

#define DIR "credential/"

static const credential_load rows[] = {
    {"ossl_store-file(7)", "PEM", LOAD_URI, "server-chain.pem",
     "server-chain.key", NULL, STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "PEM, RSA", LOAD_URI, "server-rsa.pem",
     "server-rsa.key", NULL, STLS_OK, 1, NULL, NULL},
    {"ossl_store-file(7)", "one PEM file", LOAD_URI,
     "server-ecdsa-combined.pem", NULL, NULL, STLS_OK, 1, NULL, NULL},
    {"ossl_store-file(7)", "one PEM file with text between", LOAD_URI,
     DIR "all-encrypted.pem", NULL, "secret", STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "the same without the passphrase", LOAD_URI,
     DIR "all-encrypted.pem", NULL, NULL, STLS_ERROR_INPUT, 0,
     "all-encrypted.pem", "no passphrase was given"},
    {"ossl_store-file(7)", "the same with a wrong one", LOAD_URI,
     DIR "all-encrypted.pem", NULL, "wrong", STLS_ERROR_INPUT, 0,
     "all-encrypted.pem", "wrong passphrase?"},
    {"ossl_store-file(7)", "an encrypted traditional key", LOAD_URI,
     "server-rsa.pem", "server-rsa-encrypted.key", "secret", STLS_OK, 1, NULL,
     NULL},
    {"ossl_store-file(7)", "the same without", LOAD_URI, "server-rsa.pem",
     "server-rsa-encrypted.key", NULL, STLS_ERROR_INPUT, 0,
     "server-rsa-encrypted.key", "no passphrase was given"},
    {"OSSL_STORE_expect(3)", "a chain beside another key", LOAD_URI,
     "server-ecdsa-combined.pem", "server-ecdsa.key", NULL, STLS_OK, 1, NULL,
     NULL},
    {"ossl_store-file(7)", "DER", LOAD_URI, DIR "chain.der", DIR "key-ec.der",
     NULL, STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "DER, encrypted", LOAD_URI, DIR "chain.der",
     DIR "key-encrypted.der", "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 8446, 4.4.2", "leaf behind its issuer", LOAD_URI,
     DIR "chain-reversed.pem", "server-chain.key", NULL, STLS_OK, 2, NULL,
     NULL},
    {"ossl_store-file(7)", "PKCS #12", LOAD_URI, DIR "chain.p12", NULL,
     "secret", STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "PKCS #12 for both", LOAD_URI, DIR "chain.p12",
     DIR "chain.p12", "secret", STLS_OK, 2, NULL, NULL},
    {"ossl_store-file(7)", "PKCS #12, wrong", LOAD_URI, DIR "chain.p12", NULL,
     "wrong", STLS_ERROR_INPUT, 0, "chain.p12", "wrong passphrase?"},
    {"ossl_store-file(7)", "PKCS #12, none", LOAD_URI, DIR "chain.p12", NULL,
     NULL, STLS_ERROR_INPUT, 0, "chain.p12", "no passphrase was given"},
    {"ossl_store-file(7)", "PKCS #12, legacy", LOAD_URI, DIR "chain-legacy.p12",
     NULL, "secret", STLS_ERROR_INPUT, 0, "chain-legacy.p12",
     "legacy provider"},
    {"OSSL_STORE_open(3)", "missing", LOAD_URI, "missing.pem",
     "server-chain.key", NULL, STLS_ERROR_INPUT, 0, "missing.pem", NULL},
    {"OSSL_STORE_open(3)", "missing key", LOAD_URI, "server-chain.pem",
     "missing.key", NULL, STLS_ERROR_INPUT, 0, "missing.key", NULL},
    {"OSSL_STORE_load(3)", "no key", LOAD_URI, "server-chain.pem", NULL, NULL,
     STLS_ERROR_INPUT, 0, "server-chain.pem: it does not contain", "key"},
    {"OSSL_STORE_load(3)", "no certificate", LOAD_URI, "server-chain.key", NULL,
     NULL, STLS_ERROR_INPUT, 0, "server-chain.key: it does not contain",
     "certificate"},
    {"X509_check_private_key(3)", "another's key", LOAD_URI, "server-chain.pem",
     "server-ecdsa.key", NULL, STLS_ERROR_INPUT, 0,
     "server-ecdsa.key: the private key does not match", "server-chain.pem"},
    {"OSSL_STORE_load(3)", "broken", LOAD_URI, "broken-second.pem",
     "server-ecdsa.key", NULL, STLS_ERROR_INPUT, 0, "broken-second.pem", NULL},
    {"OSSL_STORE_load(3)", "broken DER", LOAD_URI, "broken-der.pem",
     "server-ecdsa.key", NULL, STLS_ERROR_INPUT, 0, "broken-der.pem", NULL},
    {"OSSL_STORE_load(3)", "empty", LOAD_URI, "broken-empty.pem",
     "server-ecdsa.key", NULL, STLS_ERROR_INPUT, 0, "broken-empty.pem", NULL},
};

Test(credential_uri, is_read)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    credential_load_expect(&rows[i]);
}

/* RFC 7512, 2.3 puts the PIN into the query; users put it anywhere. */
static const struct secret {
  const char *uri;
  const char *want;
} secrets[] = {
    {"pkcs11:token=t;object=o?pin-value=1234", "pkcs11:token=t;object=o"},
    {"pkcs11:token=t;pin-value=1234;object=o", "pkcs11:token=t;"},
    {"pkcs11:token=t;PIN-VALUE=1234", "pkcs11:token=t;"},
    {"nosuch:thing?module-path=/x&pin-value=1234", "nosuch:thing"},
    {"file:/no/such/1/file?pin-value=1234", "file:/no/such/1/file"},
};

Test(credential_uri, never_names_a_pin)
{
  for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
    stls_credential *credential = NULL;
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(stls_credential_new_uri(secrets[i].uri, NULL, NULL, NULL,
                                          NULL, &credential, &err),
                  STLS_ERROR_INPUT, secrets[i].uri);
    cr_expect(strstr(err.message, secrets[i].want), "\"%s\"", err.message);
    cr_expect_null(strstr(err.message, "1234"), "\"%s\"", err.message);
    cr_expect_null(credential);
  }
}

Test(credential_uri, cuts_what_it_names)
{
  char uri[3000];
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  memset(uri, 'x', sizeof uri);
  memcpy(uri, "file:/", 6);
  uri[sizeof uri - 1] = '\0';
  EXPECT_RESULT(
      stls_credential_new_uri(uri, uri, NULL, NULL, NULL, &credential, &err),
      STLS_ERROR_INPUT, "a long one");
}

Test(credential_uri, takes_a_plain_path)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(
      stls_credential_new_uri(data_file_path("server-ecdsa-combined.pem"), NULL,
                              NULL, NULL, NULL, &credential, &err),
      STLS_OK, err.message);
  stls_credential_free(credential);
}

Test(credential_uri, needs_its_arguments)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(
      stls_credential_new_uri(NULL, "x", NULL, NULL, NULL, &credential, &err),
      &err, "chain_uri is NULL");
  expect_misuse(
      stls_credential_new_uri("x", NULL, NULL, NULL, NULL, NULL, &err), &err,
      "out_credential is NULL");
  cr_expect_null(credential);
}
