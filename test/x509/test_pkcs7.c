/* SPDX-License-Identifier: MIT */
/* test_pkcs7: certificates and CRLs in PKCS #7, and irregular chain files. */
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/credential_loaders.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/trust_sets.h"

SUITE(pkcs7, .timeout = 120);

static const char *const labels[] = {PEM_STRING_PKCS7, PEM_STRING_PKCS7_SIGNED,
                                     PEM_STRING_CMS};

/* SignedData of what the files hold first, in this order. */
static PKCS7 *make(const char *const *certs, const char *crl)
{
  PKCS7 *bundle = PKCS7_new();

  cr_assert(PKCS7_set_type(bundle, NID_pkcs7_signed) &&
            PKCS7_content_new(bundle, NID_pkcs7_data));
  PKCS7_set_detached(bundle, 1);
  for (; *certs != NULL; certs++) {
    X509 *cert = data_file_x509(*certs);
    cr_assert(PKCS7_add_certificate(bundle, cert));
    X509_free(cert);
  }
  if (crl != NULL) {
    BIO *bio = BIO_new_file(data_file_path(crl), "r");
    X509_CRL *list = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
    cr_assert(list != NULL && PKCS7_add_crl(bundle, list));
    X509_CRL_free(list);
    BIO_free(bio);
  }
  return bundle;
}

static BIO *as_pem(const PKCS7 *bundle, const char *label)
{
  BIO *bio = BIO_new(BIO_s_mem());
  unsigned char *der = NULL;
  int len = i2d_PKCS7(bundle, &der);

  cr_assert(PEM_write_bio(bio, label, "", der, len));
  OPENSSL_free(der);
  return bio;
}

static const char *const chain[] = {"ca.pem", "intermediate.pem",
                                    "server-chain.pem", NULL};

static void expect_chain(stls_result result, stls_credential **credential,
                         const char *label, const stls_error *err)
{
  ASSERT_RESULT(result, STLS_OK, expect_label("%s: %s", label, err->message));
  cr_expect_eq(credential_load_count(*credential), 3, "%s", label);
  cr_expect(credential_load_is_chain(*credential), "%s", label);
  cr_expect(credential_load_works(*credential), "%s", label);
  stls_credential_free(*credential);
  *credential = NULL;
}

Test(pkcs7, is_a_chain_in_any_order)
{
  PKCS7 *bundle = make(chain, NULL);
  stls_der_source der = STLS_DER_SOURCE_INIT;
  stls_error err = STLS_ERROR_INIT;
  data_file key = data_file_load("credential/key-ec.der");
  unsigned char *bytes = NULL;
  stls_credential *credential = NULL;

  for (size_t i = 0; i < 3; i++) {
    stls_pem_source pem = STLS_PEM_SOURCE_INIT;
    BIO *bio = as_pem(bundle, labels[i]);
    char *text;
    pem.chain_len = (size_t)BIO_get_mem_data(bio, &text);
    pem.chain = text;
    pem.key_file = data_file_path("server-chain.key");
    expect_chain(stls_credential_new_pem(&pem, NULL, NULL, &credential, &err),
                 &credential, labels[i], &err);
    BIO_free(bio);
  }
  der.chain_len = (size_t)i2d_PKCS7(bundle, &bytes);
  der.chain = bytes;
  der.key = key.data;
  der.key_len = key.len;
  expect_chain(stls_credential_new_der(&der, NULL, NULL, &credential, &err),
               &credential, "DER", &err);
  OPENSSL_free(bytes);
  data_file_free(&key);
  PKCS7_free(bundle);
}

Test(pkcs7, is_trust)
{
  const char *const certs[] = {"ca.pem", "untrusted-ca.pem", NULL};
  PKCS7 *bundle = make(certs, "trust/root.crl");
  stls_error err = STLS_ERROR_INIT;
  unsigned char *der = NULL;
  size_t len = (size_t)i2d_PKCS7(bundle, &der);
  BIO *bio = as_pem(bundle, PEM_STRING_PKCS7);
  char *text;
  size_t text_len = (size_t)BIO_get_mem_data(bio, &text);

  for (int way = 0; way < 4; way++) {
    stls_trust *trust = trust_sets_new();
    stls_result result =
        way == 0   ? stls_trust_add_pem(trust, text, text_len, &err)
        : way == 1 ? stls_trust_add_der(trust, der, len, &err)
        : way == 2 ? stls_trust_add_crl(trust, text, text_len, &err)
                   : stls_trust_add_crl(trust, der, len, &err);
    EXPECT_RESULT(result, STLS_OK, err.message);
    cr_expect(trust_sets_have(trust, way < 2 ? 2 : 0, 1, way < 2 ? 2 : 0),
              "%d: %s", way, trust_sets_text(trust));
    stls_trust_free(trust);
  }
  BIO_free(bio);
  OPENSSL_free(der);
  PKCS7_free(bundle);
}

/* What is wanted is not in it, and it is no mistake of the form. */
Test(pkcs7, without_crls_is_not_taken_for_something_else)
{
  const char *const certs[] = {"ca.pem", NULL};
  PKCS7 *bundle = make(certs, NULL);
  stls_trust *trust = trust_sets_new();
  stls_error err = STLS_ERROR_INIT;
  unsigned char *der = NULL;
  size_t len = (size_t)i2d_PKCS7(bundle, &der);

  EXPECT_RETURNS(stls_trust_add_crl(trust, der, len, &err), STLS_ERROR_INPUT);
  cr_expect_eq(err.own_reason, STLS_REASON_NO_CRL, "%s", err.message);
  cr_expect_str_eq(err.message, "crl: the PKCS #7 does not contain a CRL");
  cr_expect(trust_sets_have(trust, 0, 0, 0));
  stls_trust_free(trust);
  OPENSSL_free(der);
  PKCS7_free(bundle);
}

/* Nothing of it is taken. */
static void expect_refused(const PKCS7 *bundle, const char *want)
{
  stls_trust *trust = trust_sets_new();
  stls_error err = STLS_ERROR_INIT;
  BIO *bio = as_pem(bundle, PEM_STRING_PKCS7);
  char *text;
  size_t len = (size_t)BIO_get_mem_data(bio, &text);

  EXPECT_RESULT(stls_trust_add_pem(trust, text, len, &err), STLS_ERROR_INPUT,
                want);
  cr_expect(strstr(err.message, want), "\"%s\" without \"%s\"", err.message,
            want);
  cr_expect(trust_sets_have(trust, 0, 0, 0));
  stls_trust_free(trust);
  BIO_free(bio);
}

Test(pkcs7, is_nothing_else)
{
  const char *const certs[] = {"server-ecdsa.pem", NULL}, *const none[] = {
                                                              NULL};
  PKCS7 *empty = make(none, NULL), *data = PKCS7_new();
  BIO *content = BIO_new_mem_buf("x", 1), *bio;
  X509 *signer = data_file_x509(certs[0]);
  EVP_PKEY *key;
  PKCS7 *message;

  bio = BIO_new_file(data_file_path("server-ecdsa.key"), "r");
  key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
  BIO_free(bio);
  message = PKCS7_sign(signer, key, NULL, content, 0);
  cr_assert_not_null(message);
  cr_assert(PKCS7_set_type(data, NID_pkcs7_data));
  expect_refused(empty, "does not contain");
  expect_refused(data, "pem:1: PKCS #7: it is no SignedData");
  expect_refused(message, "pem:1: PKCS #7: it is a signed message");
  PKCS7_free(message);
  PKCS7_free(data);
  PKCS7_free(empty);
  EVP_PKEY_free(key);
  X509_free(signer);
  BIO_free(content);
}

Test(pkcs7, is_refused_when_cut)
{
  PKCS7 *bundle = make(chain, NULL);
  unsigned char *der = NULL;
  size_t len = (size_t)i2d_PKCS7(bundle, &der);

  for (size_t cut = 0; cut < len; cut += check_quick() ? 37 : 3) {
    stls_trust *trust = trust_sets_new();
    EXPECT_RESULT(stls_trust_add_der(trust, der, cut, NULL), STLS_ERROR_INPUT,
                  "cut");
    cr_expect(trust_sets_have(trust, 0, 0, 0));
    stls_trust_free(trust);
  }
  OPENSSL_free(der);
  PKCS7_free(bundle);
}

/* A text of these files, one behind the other, after `start`. */
static size_t join(const char *start, const char *const *files, char *out,
                   size_t cap)
{
  size_t len = (size_t)snprintf(out, cap, "%s", start);

  for (; *files != NULL; files++) {
    data_file file = data_file_load(*files);
    cr_assert_lt(len + file.len, cap);
    memcpy(out + len, file.data, file.len);
    len += file.len;
    data_file_free(&file);
  }
  return len;
}

/* certbot's cert.pem and fullchain.pem together, say. */
Test(pkcs7, of_pem_has_each_certificate_once)
{
  const char *const files[] = {"server-chain.pem", "server-chain.pem",
                               "intermediate.pem", "ca.pem",
                               "ca.pem",           NULL};
  stls_pem_source pem = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  char text[16384];

  pem.chain = text;
  pem.chain_len = join("", files, text, sizeof text);
  pem.key_file = data_file_path("server-chain.key");
  expect_chain(stls_credential_new_pem(&pem, NULL, NULL, &credential, &err),
               &credential, "twice", &err);
}

/* s2n-tls#668, cert-manager#9294: what "openssl ecparam -genkey" writes. */
Test(pkcs7, may_have_parameters_before_its_key)
{
  static const char params[] =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
      "-----END EC PARAMETERS-----\n";
  const char *const files[] = {"server-ecdsa.key", "server-ecdsa.pem", NULL};
  char path[] = "/tmp/stls-test-XXXXXX", text[16384], uri[64];
  size_t len = join(params, files, text, sizeof text);
  int fd = mkstemp(path);
  const char *const uris[] = {path, uri};

  cr_assert_eq(write(fd, text, len), (ssize_t)len);
  close(fd);
  snprintf(uri, sizeof uri, "file:%s", path);
  for (size_t i = 0; i < 4; i++) {
    stls_credential *credential = NULL;
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(stls_credential_new_uri(uris[i % 2], i < 2 ? uris[i] : NULL,
                                          NULL, NULL, NULL, &credential, &err),
                  STLS_OK, err.message);
    stls_credential_free(credential);
  }
  unlink(path);
}
