/* SPDX-License-Identifier: MIT */
/* test_oom_credential: loading of credentials under allocation failure. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/ciphers.h>

#include "support/cert_builder.h"
#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"

SUITE(oom_credential, .timeout = 600);

#define DIR "credential/"

enum {
  /* What an END line does not write over. */
  TAIL = 24
};

static void expect_wiped(const credential_load *row, const data_file *file,
                         const char *tail);

/* Of URIs only those of files, which the library reads itself: OpenSSL's own file
 * store (3.0) reads through a NULL pointer when an allocation fails in it. */
static const credential_load rows[] = {
    {"load_cert_chain", "PEM", LOAD_PEM, "server-chain.pem", "server-chain.key",
     NULL, STLS_OK, 2, NULL, NULL},
    {"load_cert_chain", "PEM, traditional, encrypted", LOAD_PEM,
     "server-rsa.pem", "server-rsa-encrypted.key", "secret", STLS_OK, 1, NULL,
     NULL},
    {"RFC 5208", "DER", LOAD_DER, DIR "chain.der", DIR "key-ec.der", NULL,
     STLS_OK, 2, NULL, NULL},
    {"RFC 5208", "DER, encrypted", LOAD_DER, DIR "chain.der",
     DIR "key-encrypted.der", "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 5208", "DER, mismatched", LOAD_DER, DIR "chain.der",
     DIR "key-rsa.der", NULL, STLS_ERROR_INPUT, 0, NULL, NULL},
    {"RFC 5208", "DER, wrong order", LOAD_DER, DIR "chain-reversed.der",
     DIR "key-ec.der", NULL, STLS_ERROR_INPUT, 0, NULL, NULL},
    {"RFC 7292", "PKCS #12", LOAD_PKCS12, DIR "chain-mixed.p12", NULL, "secret",
     STLS_OK, 3, NULL, NULL},
    {"RFC 8089", "URI, PEM", LOAD_URI, DIR "all-encrypted.pem", NULL, "secret",
     STLS_OK, 2, NULL, NULL},
    {"RFC 8089", "URI, PKCS #12", LOAD_URI, DIR "chain.p12", NULL, "secret",
     STLS_OK, 2, NULL, NULL},
    {"RFC 8089", "URI, DER", LOAD_URI, DIR "chain.der", DIR "key-encrypted.der",
     "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 5652", "PKCS #7, PEM", LOAD_PEM, DIR "chain.p7b", "server-chain.key",
     NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 5652", "PKCS #7, DER", LOAD_DER, DIR "chain-p7b.der",
     DIR "key-ec.der", NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 5958", "version 2", LOAD_PEM, DIR "ed25519.pem", DIR "key-v2.pem",
     NULL, STLS_OK, 1, NULL, NULL},
    {"RFC 5652", "URI, PKCS #7", LOAD_URI, DIR "chain.p7b", "server-chain.key",
     NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 5958", "PKCS #12, version 2", LOAD_PKCS12, DIR "v2.p12", NULL, NULL,
     STLS_OK, 1, NULL, NULL},
    {"RFC 7292", "PKCS #12, not encrypted", LOAD_PKCS12, DIR "chain-open.p12",
     NULL, NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 7292", "PKCS #12, empty", LOAD_PKCS12, DIR "chain-empty.p12", NULL,
     NULL, STLS_OK, 2, NULL, NULL},
    {"RFC 7292", "PKCS #12, a file", LOAD_PKCS12_FILE, DIR "chain-nomac.p12",
     NULL, "secret", STLS_OK, 2, NULL, NULL},
    {"RFC 7292", "PKCS #12, wrong", LOAD_PKCS12, DIR "chain-nomac.p12", NULL,
     "wrong", STLS_ERROR_INPUT, 0, NULL, NULL},
    {"RFC 7292", "PKCS #12, mismatched", LOAD_PKCS12, DIR "mismatched.p12",
     NULL, "secret", STLS_ERROR_INPUT, 0, NULL, NULL},
};

static bool try_row(const void *subject, size_t nth)
{
  const credential_load *row = subject;
  stls_error err = STLS_ERROR_INIT;
  stls_credential *credential = NULL;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = credential_load_run(row, &credential, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, row->want, row->name, nth);
  EXPECT_RESULT(err.result, result, row->name);
  cr_expect_eq(credential != NULL, result == STLS_OK, "%s: allocation %zu",
               row->name, nth);
  cr_expect(row->want == STLS_OK || result != STLS_OK,
            "%s: allocation %zu: it was let through", row->name, nth);
  if (credential != NULL) {
    cr_expect_eq(credential_load_count(credential), row->num_certificates,
                 "%s: allocation %zu: %zu certificates", row->name, nth,
                 credential_load_count(credential));
    cr_expect(credential_load_is_chain(credential),
              "%s: allocation %zu: no chain", row->name, nth);
  }
  stls_credential_free(credential);
  return refused;
}

/* OpenSSL's decoders make thousands of allocations for one key: not each of them
 * in each row. */
static void sweep(const credential_load *row)
{
  size_t nth = 1, step = check_quick() ? 307 : 61;

  /* What OpenSSL fetches once and keeps is not to be refused for good. */
  credential_load_expect(row);
  while (oom_sweep_try(try_row, row, nth, row->name)) nth += step;
  cr_expect_gt(nth, (size_t)20, "%s", row->name);
}

Test(oom_credential, is_whole_or_nothing)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) sweep(&rows[i]);
}

/* Of two keys, one with the alias, or with the certificate that has it. */
static struct choice {
  const char *alias, *leaf;
} choices[] = {{NULL, "one"}, {"{1A}", "one"}, {"mail", "two"}, {"none", NULL}};

static unsigned char *two_keys;
static size_t two_keys_len;

static void add_entry(STACK_OF(PKCS12_SAFEBAG) * *bags, const char *name,
                      unsigned char id, const char *key_alias,
                      const char *alias)
{
  const cert_builder_order order = {.name = name};
  EVP_PKEY *pair = cert_builder_key("ED25519");
  X509 *cert = cert_builder_new(&order, pair, NULL, pair);
  PKCS12_SAFEBAG *bag = PKCS12_add_cert(bags, cert);

  cr_assert(PKCS12_add_localkeyid(bag, &id, 1) &&
            PKCS12_add_friendlyname_utf8(bag, alias, -1));
  bag = PKCS12_add_key(bags, pair, 0, 0, -1, NULL);
  cr_assert(PKCS12_add_localkeyid(bag, &id, 1) &&
            PKCS12_add_friendlyname_utf8(bag, key_alias, -1));
  X509_free(cert);
  EVP_PKEY_free(pair);
}

static void make_two_keys(void)
{
  STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
  STACK_OF(PKCS7) *safes = NULL;
  PKCS12 *p12;

  add_entry(&bags, "one", 1, "{1A}", "www");
  add_entry(&bags, "two", 2, "{2B}", "mail");
  cr_assert(PKCS12_add_safe(&safes, bags, -1, 0, NULL));
  p12 = PKCS12_add_safes(safes, 0);
  two_keys_len = (size_t)i2d_PKCS12(p12, &two_keys);
  PKCS12_free(p12);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

static void expect_leaf(const stls_credential *credential, const char *want)
{
  stls_certificate *leaf = NULL;
  char text[20];

  ASSERT_RESULT(stls_credential_certificate(credential, 0, &leaf, NULL),
                STLS_OK, "leaf");
  snprintf(text, sizeof text, "CN=%s", want);
  cr_expect_str_eq(stls_name_text(stls_certificate_subject(leaf)), text);
  stls_certificate_free(leaf);
}

static bool try_choice(const void *subject, size_t nth)
{
  const struct choice *choice = subject;
  stls_pkcs12_source source = STLS_PKCS12_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  source.data = two_keys;
  source.len = two_keys_len;
  source.alias = choice->alias;
  oom_sweep_begin(nth);
  result =
      stls_credential_new_pkcs12_from(&source, NULL, NULL, &credential, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result,
                   choice->leaf != NULL ? STLS_OK : STLS_ERROR_INPUT,
                   choice->alias != NULL ? choice->alias : "first", nth);
  cr_expect_eq(credential != NULL, result == STLS_OK);
  if (credential != NULL && choice->leaf != NULL)
    expect_leaf(credential, choice->leaf);
  stls_credential_free(credential);
  return refused;
}

/* None but the key that is asked for, whatever could not be looked at. */
Test(oom_credential, is_the_one_that_was_chosen)
{
  make_two_keys();
  for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
    size_t nth = 1;
    (void)try_choice(&choices[i], SIZE_MAX);
    while (oom_sweep_try(try_choice, &choices[i], nth, "choice"))
      nth += check_quick() ? 53 : 3;
    cr_expect_gt(nth, (size_t)20);
  }
  OPENSSL_free(two_keys);
}

/* The same for what is in memory already. */
static stls_certificate *certificates[2];
static EVP_PKEY *key;

static bool try_x509(const void *subject, size_t nth)
{
  STACK_OF(X509) *chain = sk_X509_new_null();
  stls_credential *credential = NULL;
  stls_certificate *certificate = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  (void)subject;
  cr_assert_gt(sk_X509_push(chain, stls_certificate_x509(certificates[1])), 0);
  oom_sweep_begin(nth);
  result = stls_credential_new_x509(stls_certificate_x509(certificates[0]),
                                    chain, key, NULL, NULL, &credential, &err);
  if (result == STLS_OK)
    result = stls_credential_certificate(credential, 1, &certificate, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "x509", nth);
  if (credential != NULL) cr_expect_eq(credential_load_count(credential), 2);
  cr_expect_eq(certificate != NULL, result == STLS_OK);
  stls_certificate_free(certificate);
  stls_credential_free(credential);
  sk_X509_free(chain);
  return refused;
}

Test(oom_credential, is_whole_of_openssls_own)
{
  stls_credential *credential = NULL;
  data_file file = data_file_load(DIR "key-ec.der");
  const unsigned char *at = (const unsigned char *)file.data;
  size_t nth = 1, step = check_quick() ? 101 : 3;

  key = d2i_AutoPrivateKey(NULL, &at, (long)file.len);
  ASSERT_RESULT(credential_load_run(&rows[0], &credential, NULL), STLS_OK,
                "load");
  for (size_t i = 0; i < 2; i++)
    ASSERT_RESULT(
        stls_credential_certificate(credential, i, &certificates[i], NULL),
        STLS_OK, "certificate");
  while (oom_sweep_try(try_x509, NULL, nth, "x509")) nth += step;
  cr_expect_gt(nth, (size_t)4);
  for (size_t i = 0; i < 2; i++) stls_certificate_free(certificates[i]);
  stls_credential_free(credential);
  EVP_PKEY_free(key);
  data_file_free(&file);
}

static bool try_params(const void *subject, size_t nth)
{
  const data_file *file = subject;
  stls_context *server = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  oom_sweep_begin(nth);
  result = stls_context_set_dh_params(server, file->data, file->len, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "DH parameters", nth);
  stls_context_free(server);
  return refused;
}

Test(oom_credential, of_dh_parameters_too)
{
  const char *const names[] = {DIR "dh-2048.pem", DIR "dh-2048.der",
                               DIR "dhx-2048.pem"};

  for (size_t i = 0; i < 3; i++) {
    data_file file = data_file_load(names[i]);
    size_t nth = 1, step = check_quick() ? 101 : 3;
    while (oom_sweep_try(try_params, &file, nth, names[i])) nth += step;
    cr_expect_gt(nth, (size_t)20);
    data_file_free(&file);
  }
}

/* A line of PEM may be the most of a key: no more is left in memory that is free
 * than OpenSSL's own reader of keys leaves (its base64 decoder wipes nothing). */
Test(oom_credential, leaves_no_key_behind)
{
  static const credential_load pem[] = {
      {"RFC 5208", "version 1", LOAD_PEM, "server-chain.pem",
       "server-chain.key", NULL, STLS_OK, 2, NULL, NULL},
      {"RFC 5958", "version 2", LOAD_PEM, DIR "ed25519.pem", DIR "key-v2.pem",
       NULL, STLS_OK, 1, NULL, NULL},
  };

  for (size_t i = 0; i < sizeof pem / sizeof pem[0]; i++) {
    data_file file = data_file_load(pem[i].key);
    const char *line = file.data, *end = line + file.len, *newline;
    size_t num_lines = 0;
    for (; (newline = memchr(line, '\n', (size_t)(end - line))) != NULL;
         line = newline + 1)
      if (line[0] != '-' && newline - line >= TAIL) {
        expect_wiped(&pem[i], &file, newline - TAIL);
        num_lines++;
      }
    cr_expect_gt(num_lines, 0, "%s", pem[i].name);
    data_file_free(&file);
  }
}

static void expect_wiped(const credential_load *row, const data_file *file,
                         const char *tail)
{
  stls_credential *credential = NULL;
  BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
  unsigned char *der = NULL;
  size_t by_openssl, by_us;
  long len = 0;

  heap_watch(tail, TAIL);
  cr_expect_eq(PEM_bytes_read_bio_secmem(&der, &len, NULL, PEM_STRING_EVP_PKEY,
                                         bio, NULL, NULL),
               1);
  OPENSSL_secure_clear_free(der, (size_t)len);
  by_openssl = heap_num_spilled();
  heap_watch(tail, TAIL);
  ASSERT_RESULT(credential_load_run(row, &credential, NULL), STLS_OK,
                row->name);
  by_us = heap_num_spilled();
  heap_watch(NULL, 0);
  cr_expect_leq(by_us, by_openssl, "%s: %zu blocks with \"%.*s\"", row->name,
                by_us, TAIL, tail);
  stls_credential_free(credential);
  BIO_free(bio);
}
