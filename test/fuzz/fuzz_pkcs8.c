/* SPDX-License-Identifier: MIT */
/* fuzz_pkcs8: target: private keys in PKCS #8. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sanstls/sanstls.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* The certificate of the one key that fits, of RFC 8410, 10.3. */
static uint8_t *leaf;
static size_t leaf_len;

static void make_leaf(void)
{
  static const uint8_t secret[] = {
      0xd4, 0xee, 0x72, 0xdb, 0xf9, 0x13, 0x58, 0x4a, 0xd5, 0xb6, 0xd8,
      0xf1, 0xf7, 0x69, 0xf8, 0xad, 0x3a, 0xfe, 0x7c, 0x28, 0xcb, 0xf1,
      0xd4, 0xfb, 0xe0, 0x97, 0xa8, 0x8f, 0x44, 0x75, 0x58, 0x42};
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret,
                                               sizeof secret);
  X509 *cert = X509_new();
  int len;

  fuzz_expect(
      X509_set_pubkey(cert, key) == 1 &&
      ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(cert), 0) != NULL &&
      ASN1_TIME_set_string(X509_getm_notAfter(cert), "21991231235959Z") == 1 &&
      X509_sign(cert, key, NULL) > 0);
  len = i2d_X509(cert, &leaf);
  fuzz_expect(len > 0);
  leaf_len = (size_t)len;
  X509_free(cert);
  EVP_PKEY_free(key);
}

/* The same behind these bytes, and a tag and a length of three bytes before all
 * of it; frees what it takes. */
static uint8_t *wrap(uint8_t tag, const void *front, size_t front_len,
                     uint8_t *data, size_t *len)
{
  size_t all = front_len + *len;
  uint8_t *out = malloc(5 + all);

  out[0] = tag;
  out[1] = 0x83;
  out[2] = (uint8_t)(all >> 16);
  out[3] = (uint8_t)(all >> 8);
  out[4] = (uint8_t)all;
  if (front_len > 0) memcpy(out + 5, front, front_len);
  memcpy(out + 5 + front_len, data, *len);
  free(data);
  *len = 5 + all;
  return out;
}

static uint8_t *copy(const uint8_t *data, size_t len)
{
  uint8_t *out = malloc(len > 0 ? len : 1);

  if (len > 0) memcpy(out, data, len);
  return out;
}

/* RFC 7292, 4: a bag of this kind with the key, and one with the certificate. */
static uint8_t *make_pkcs12(uint8_t kind, const uint8_t *data, size_t *len)
{
  static const uint8_t version[] = {0x02, 0x01, 0x03},
                       oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                0xf7, 0x0d, 0x01, 0x07, 0x01},
                       x509[] = {0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86,
                                 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01};
  uint8_t bag[] = {0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                   0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x03};
  size_t key_len = *len, cert_len = leaf_len;
  uint8_t *key, *cert = copy(leaf, leaf_len);

  cert = wrap(0x04, NULL, 0, cert, &cert_len);
  cert = wrap(0xa0, NULL, 0, cert, &cert_len);
  cert = wrap(0x30, x509, sizeof x509, cert, &cert_len);
  cert = wrap(0xa0, NULL, 0, cert, &cert_len);
  cert = wrap(0x30, bag, sizeof bag, cert, &cert_len);
  bag[sizeof bag - 1] = kind;
  key = wrap(0xa0, NULL, 0, copy(data, *len), &key_len);
  key = wrap(0x30, bag, sizeof bag, key, &key_len);
  key = wrap(0x30, cert, cert_len, key, &key_len);
  free(cert);
  for (int i = 0; i < 2; i++) {
    key = wrap(0x04, NULL, 0, key, &key_len);
    key = wrap(0xa0, NULL, 0, key, &key_len);
    key = wrap(0x30, oid, sizeof oid, key, &key_len);
    key = wrap(0x30, i == 0 ? NULL : version, i == 0 ? 0 : sizeof version, key,
               &key_len);
  }
  *len = key_len;
  return key;
}

static void check(stls_result result, stls_credential *credential,
                  const stls_error *err)
{
  fuzz_expect((result == STLS_OK) == (credential != NULL));
  fuzz_expect(result == STLS_OK || err->message[0] != '\0');
  stls_credential_free(credential);
}

static bool try_der(const uint8_t *data, size_t len,
                    const stls_passphrase *secret)
{
  stls_der_source source = STLS_DER_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;

  source.chain = leaf;
  source.chain_len = leaf_len;
  source.key = data;
  source.key_len = len;
  source.passphrase = secret;
  result = stls_credential_new_der(&source, NULL, NULL, &credential, &err);
  check(result, credential, &err);
  return result == STLS_OK;
}

static bool try_bag(uint8_t kind, const uint8_t *data, size_t len,
                    const stls_passphrase *secret)
{
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  uint8_t *pkcs12 = make_pkcs12(kind, data, &len);
  stls_result result = stls_credential_new_pkcs12(pkcs12, len, secret, NULL,
                                                  NULL, &credential, &err);

  check(result, credential, &err);
  free(pkcs12);
  return result == STLS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  stls_passphrase secret = STLS_PASSPHRASE_INIT;
  bool is_read;

  if (leaf == NULL) make_leaf();
  if (len > 65536) return 0;
  secret.data = "secret";
  secret.len = strlen("secret");
  /* By itself a key of indefinite length is no DER. */
  is_read = try_der(data, len, &secret) || (len > 1 && data[1] == 0x80);
  fuzz_expect(!try_bag(1, data, len, &secret) || is_read);
  fuzz_expect(!try_bag(2, data, len, &secret) || is_read);
  return 0;
}
