/* SPDX-License-Identifier: MIT */
/* test_pkcs8: private keys in PKCS #8 of version 2 (RFC 5958), also in PKCS #12. */
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>

#include "support/cert_builder.h"
#include "support/credential_loaders.h"
#include "support/expect.h"
#include "support/pkcs12_builder.h"

SUITE(pkcs8, .timeout = 120);

enum {
  NUM_KINDS = 5
};

static const char *const kinds[NUM_KINDS] = {"ED25519", "ED448", "P-256",
                                             "RSA-2048", "RSA-PSS-2048"};

/* What is beside the private key. */
typedef enum flavour {
  PLAIN,
  WITH_ATTRIBUTES,
  /* As the Rust library ring has written it. */
  EXPLICIT,
  NO_PUBLIC_KEY,
  OTHER_PUBLIC_KEY,
  BROKEN_PUBLIC_KEY,
  TRAILING,
  VERSION_3,
  NUM_FLAVOURS
} flavour;

/* OneAsymmetricKey (RFC 5958, 2) by hand. */
static void make_v2(EVP_PKEY *key, EVP_PKEY *other, flavour kind,
                    struct pkcs12_builder_der *out)
{
  static const uint8_t attributes[] = {0xa0, 0x02, 0x31, 0x00};
  PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
  EVP_PKEY *beside = kind == OTHER_PUBLIC_KEY ? other : key;
  unsigned char *spki = NULL, *algorithm = NULL;
  uint8_t version = kind == VERSION_3 ? 2 : 1, bits[PKCS12_BUILDER_CAP] = {0};
  int spki_len = i2d_PUBKEY(beside, &spki), algorithm_len, secret_len, bits_len;
  const unsigned char *at = spki, *secret, *public_key;
  const X509_ALGOR *its_algorithm;
  X509_PUBKEY *decoded = d2i_X509_PUBKEY(NULL, &at, spki_len);
  struct pkcs12_builder_der in = {.len = 0}, wrapped = {.len = 0};

  PKCS8_pkey_get0(NULL, &secret, &secret_len, &its_algorithm, info);
  algorithm_len = i2d_X509_ALGOR((X509_ALGOR *)its_algorithm, &algorithm);
  X509_PUBKEY_get0_param(NULL, &public_key, &bits_len, NULL, decoded);
  memcpy(bits + 1, public_key, (size_t)bits_len);
  pkcs12_builder_put_value(&in, 0x02, &version, 1);
  pkcs12_builder_put(&in, algorithm, (size_t)algorithm_len);
  pkcs12_builder_put_value(&in, 0x04, secret, (size_t)secret_len);
  if (kind == WITH_ATTRIBUTES)
    pkcs12_builder_put(&in, attributes, sizeof attributes);
  if (kind == EXPLICIT) {
    pkcs12_builder_put_value(&wrapped, 0x03, bits, (size_t)bits_len + 1);
    pkcs12_builder_put_value(&in, 0xa1, wrapped.data, wrapped.len);
  } else if (kind != NO_PUBLIC_KEY) {
    pkcs12_builder_put_value(
        &in, 0x81, bits, kind == BROKEN_PUBLIC_KEY ? 3 : (size_t)bits_len + 1);
  }
  if (kind == TRAILING) pkcs12_builder_put_value(&in, 0x04, "x", 1);
  out->len = 0;
  pkcs12_builder_put_value(out, 0x30, in.data, in.len);
  X509_PUBKEY_free(decoded);
  OPENSSL_free(spki);
  OPENSSL_free(algorithm);
  PKCS8_PRIV_KEY_INFO_free(info);
}

/* The same as EncryptedPrivateKeyInfo, with the passphrase "secret". */
static void lock(const struct pkcs12_builder_der *key,
                 struct pkcs12_builder_der *out)
{
  unsigned char *der = NULL, *bytes = NULL;
  X509_ALGOR *algorithm = PKCS5_pbe2_set(EVP_aes_128_cbc(), 1000, NULL, 0);
  X509_SIG *locked = X509_SIG_new();
  X509_ALGOR *its_algorithm;
  ASN1_OCTET_STRING *content;
  int len;

  cr_assert_not_null(PKCS12_pbe_crypt(algorithm, "secret", 6, key->data,
                                      (int)key->len, &bytes, &len, 1));
  X509_SIG_getm(locked, &its_algorithm, &content);
  X509_ALGOR_copy(its_algorithm, algorithm);
  ASN1_OCTET_STRING_set(content, bytes, len);
  len = i2d_X509_SIG(locked, &der);
  out->len = 0;
  pkcs12_builder_put(out, der, (size_t)len);
  OPENSSL_free(der);
  OPENSSL_free(bytes);
  X509_SIG_free(locked);
  X509_ALGOR_free(algorithm);
}

static X509 *certificate_of(EVP_PKEY *key)
{
  const cert_builder_order order = {.name = "localhost"};
  EVP_PKEY *issuer = cert_builder_key("P-256");
  X509 *cert = cert_builder_new(&order, key, NULL, issuer);

  EVP_PKEY_free(issuer);
  return cert;
}

static stls_result load_der(X509 *cert, const struct pkcs12_builder_der *key,
                            bool is_locked, stls_credential **out,
                            stls_error *err)
{
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  stls_der_source source = STLS_DER_SOURCE_INIT;
  unsigned char *der = NULL;
  int len = i2d_X509(cert, &der);
  stls_result result;

  secret.data = is_locked ? "secret" : NULL;
  secret.len = is_locked ? 6 : 0;
  source.chain = der;
  source.chain_len = (size_t)len;
  source.key = key->data;
  source.key_len = key->len;
  source.passphrase = &secret;
  result = stls_credential_new_der(&source, NULL, NULL, out, err);
  OPENSSL_free(der);
  return result;
}

static stls_result load_pem(X509 *cert, const struct pkcs12_builder_der *key,
                            bool is_locked, stls_credential **out,
                            stls_error *err)
{
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  BIO *bio = BIO_new(BIO_s_mem());
  stls_result result;
  char *text;

  cr_assert(PEM_write_bio_X509(bio, cert) &&
            PEM_write_bio(bio,
                          is_locked ? PEM_STRING_PKCS8 : PEM_STRING_PKCS8INF,
                          "", key->data, (long)key->len));
  secret.data = is_locked ? "secret" : NULL;
  secret.len = is_locked ? 6 : 0;
  source.chain_len = (size_t)BIO_get_mem_data(bio, &text);
  source.chain = text;
  source.passphrase = &secret;
  result = stls_credential_new_pem(&source, NULL, NULL, out, err);
  BIO_free(bio);
  return result;
}

static stls_result load_pkcs12(X509 *cert,
                               const struct pkcs12_builder_der *bags,
                               bool is_encrypted, stls_credential **out,
                               stls_error *err)
{
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  STACK_OF(PKCS12_SAFEBAG) *certs = NULL;
  STACK_OF(PKCS7) *safes = NULL;
  unsigned char *der = NULL;
  stls_result result;
  PKCS12 *p12;
  int len;

  cr_assert(PKCS12_add_cert(&certs, cert) != NULL &&
            PKCS12_add_safe(&safes, certs, -1, 0, NULL) &&
            sk_PKCS7_push(safes, pkcs12_builder_content(bags, is_encrypted)) >
                0);
  p12 = PKCS12_add_safes(safes, 0);
  len = i2d_PKCS12(p12, &der);
  secret.data = "secret";
  secret.len = 6;
  result = stls_credential_new_pkcs12(der, (size_t)len, &secret, NULL, NULL,
                                      out, err);
  OPENSSL_free(der);
  PKCS12_free(p12);
  sk_PKCS7_pop_free(safes, PKCS7_free);
  sk_PKCS12_SAFEBAG_pop_free(certs, PKCS12_SAFEBAG_free);
  return result;
}

/* Version 3 there is none; bytes behind it are none of RFC 5958's either. */
static bool is_good(flavour kind)
{
  return kind == PLAIN || kind == WITH_ATTRIBUTES || kind == EXPLICIT ||
         kind == NO_PUBLIC_KEY;
}

enum {
  LOCKED = 1,
  NUM_WAYS = 9
};

/* By itself in DER and PEM; and in PKCS #12: in a bag, in a bag of bags, and where
 * the content is encrypted. All of them but the last with a key that is locked or
 * not. */
static stls_result load(int way, X509 *cert,
                        const struct pkcs12_builder_der *open,
                        const struct pkcs12_builder_der *locked,
                        stls_credential **out, stls_error *err)
{
  const bool is_locked = (way & LOCKED) != 0;
  const struct pkcs12_builder_der *key = is_locked ? locked : open;
  struct pkcs12_builder_der bags;

  if (way < 2) return load_der(cert, key, is_locked, out, err);
  if (way < 4) return load_pem(cert, key, is_locked, out, err);
  pkcs12_builder_key_bags(key, is_locked, way >= 6 && way < 8 ? 1 : 0, &bags);
  return load_pkcs12(cert, &bags, way == 8, out, err);
}

static void expect_flavour(EVP_PKEY *key, EVP_PKEY *other, const char *name,
                           flavour kind)
{
  X509 *cert = certificate_of(key);
  struct pkcs12_builder_der open, locked;

  make_v2(key, other, kind, &open);
  lock(&open, &locked);
  for (int way = 0; way < NUM_WAYS; way++) {
    stls_credential *credential = NULL;
    stls_error err = STLS_ERROR_INIT;
    stls_result result = load(way, cert, &open, &locked, &credential, &err);
    cr_expect_eq(result, is_good(kind) ? STLS_OK : STLS_ERROR_INPUT,
                 "%s, flavour %d, way %d: %s", name, (int)kind, way,
                 err.message);
    if (kind == OTHER_PUBLIC_KEY)
      cr_expect(strstr(err.message, "the public key in it is not"), "%s",
                err.message);
    if (result != STLS_OK)
      cr_expect(strstr(err.message, "private key"), "%s", err.message);
    stls_credential_free(credential);
  }
  X509_free(cert);
}

Test(pkcs8, of_version_2_is_read)
{
  /* RSA keys take their time, and valgrind 50 times as much. */
  size_t num_kinds = check_quick() ? 3 : NUM_KINDS;

  for (size_t i = 0; i < num_kinds; i++) {
    EVP_PKEY *key = cert_builder_key(kinds[i]),
             *other = cert_builder_key(kinds[i]);
    cr_assert(key != NULL && other != NULL, "%s", kinds[i]);
    for (int kind = 0; kind < NUM_FLAVOURS; kind++)
      expect_flavour(key, other, kinds[i], (flavour)kind);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
  }
}

/* RFC 8410, 10.3: with an attribute and the public key. */
static const char rfc8410[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
    "Z9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PRIVATE KEY-----\n";

Test(pkcs8, of_rfc_8410_is_read)
{
  static const uint8_t secret[] = {
      0xd4, 0xee, 0x72, 0xdb, 0xf9, 0x13, 0x58, 0x4a, 0xd5, 0xb6, 0xd8,
      0xf1, 0xf7, 0x69, 0xf8, 0xad, 0x3a, 0xfe, 0x7c, 0x28, 0xcb, 0xf1,
      0xd4, 0xfb, 0xe0, 0x97, 0xa8, 0x8f, 0x44, 0x75, 0x58, 0x42};
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret,
                                               sizeof secret);
  X509 *cert = certificate_of(key);
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  BIO *bio = BIO_new(BIO_s_mem());
  stls_error err = STLS_ERROR_INIT;
  char *text;

  cr_assert(PEM_write_bio_X509(bio, cert));
  source.chain_len = (size_t)BIO_get_mem_data(bio, &text);
  source.chain = text;
  source.key = rfc8410;
  source.key_len = strlen(rfc8410);
  EXPECT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &credential, &err),
                STLS_OK, err.message);
  stls_credential_free(credential);
  BIO_free(bio);
  X509_free(cert);
  EVP_PKEY_free(key);
}

/* Whatever its bytes are, one of them too few is no key. */
Test(pkcs8, is_refused_when_cut)
{
  EVP_PKEY *key = cert_builder_key("ED25519");
  X509 *cert = certificate_of(key);
  struct pkcs12_builder_der whole;

  make_v2(key, key, PLAIN, &whole);
  for (size_t len = 0; len < whole.len; len++) {
    struct pkcs12_builder_der cut = whole;
    stls_credential *credential = NULL;
    cut.len = len;
    EXPECT_RESULT(load_der(cert, &cut, false, &credential, NULL),
                  STLS_ERROR_INPUT, "DER");
    if (len == 0) continue;
    EXPECT_RESULT(load_pem(cert, &cut, false, &credential, NULL),
                  STLS_ERROR_INPUT, "PEM");
    cr_expect_null(credential);
  }
  X509_free(cert);
  EVP_PKEY_free(key);
}

/* Where bags have no end, they have one here. */
Test(pkcs8, is_not_looked_for_in_ever_more_bags)
{
  EVP_PKEY *key = cert_builder_key("ED25519");
  X509 *cert = certificate_of(key);
  struct pkcs12_builder_der open, bags;

  make_v2(key, key, PLAIN, &open);
  for (int depth = 0; depth <= 40; depth++) {
    stls_credential *credential = NULL;
    stls_error err = STLS_ERROR_INIT;
    pkcs12_builder_key_bags(&open, false, depth, &bags);
    EXPECT_RESULT(load_pkcs12(cert, &bags, depth % 2 == 0, &credential, &err),
                  depth <= 8 ? STLS_OK : STLS_ERROR_INPUT, err.message);
    if (depth > 8)
      cr_expect(strstr(err.message, "pkcs12: content"), "%s", err.message);
    stls_credential_free(credential);
  }
  X509_free(cert);
  EVP_PKEY_free(key);
}
