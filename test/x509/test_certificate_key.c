/* SPDX-License-Identifier: MIT */
/* test_certificate_key: the kind and strength of a certificate's public key. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sanstls/certificate.h>

#include "support/cert_malformed.h"
#include "support/expect.h"

SUITE(certificate_key);

/* The strengths are those of NIST SP 800-57, part 1, table 2. */
static const struct {
  const char *file;
  const char *type, *curve;
  int bits, security_bits;
} keys[] = {
    {"certificate/rsa-2048.pem", "RSA", NULL, 2048, 112},
    {"certificate/rsa-pss.pem", "RSA-PSS", NULL, 2048, 112},
    {"certificate/dsa.pem", "DSA", NULL, 2048, 112},
    {"certificate/ec-p256.pem", "EC", "prime256v1", 256, 128},
    {"certificate/ec-p384.pem", "EC", "secp384r1", 384, 192},
    {"certificate/ec-secp256k1.pem", "EC", "secp256k1", 256, 128},
    {"certificate/ed25519.pem", "ED25519", NULL, 256, 128},
    {"certificate/ed448.pem", "ED448", NULL, 456, 224},
};

static void expect_text(const char *got, const char *want, const char *label);

Test(certificate_key, says_what_its_key_is)
{
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    stls_certificate *it = cert_malformed_load(keys[i].file);
    const char *label = keys[i].file;
    expect_text(stls_certificate_key_type(it), keys[i].type, label);
    expect_text(stls_certificate_key_curve(it), keys[i].curve, label);
    cr_expect_eq(stls_certificate_key_bits(it), keys[i].bits, "%s: %d", label,
                 stls_certificate_key_bits(it));
    cr_expect_eq(stls_certificate_key_security_bits(it), keys[i].security_bits,
                 "%s: %d", label, stls_certificate_key_security_bits(it));
    stls_certificate_free(it);
  }
}

/* A curve that is written out may be recognized or not, but is 256 bits wide. */
Test(certificate_key, with_an_explicit_curve_is_read)
{
  stls_certificate *it = cert_malformed_load("certificate/ec-explicit.pem");

  expect_text(stls_certificate_key_type(it), "EC", "type");
  cr_expect_eq(stls_certificate_key_bits(it), 256);
  stls_certificate_free(it);
}

Test(certificate_key, with_a_key_of_an_unknown_kind_is_read)
{
  X509 *x509 = cert_malformed_begin("certificate/ed25519.pem");
  stls_certificate *it;

  cr_assert_eq(
      X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(x509),
                             OBJ_txt2obj("1.3.6.1.4.1.99999.4", 1),
                             V_ASN1_UNDEF, NULL, OPENSSL_memdup("key", 3), 3),
      1);
  it = cert_malformed_end(x509);
  cr_expect_null(stls_certificate_key_type(it));
  cr_expect_null(stls_certificate_key_curve(it));
  cr_expect_eq(stls_certificate_key_bits(it), 0);
  cr_expect_eq(stls_certificate_key_security_bits(it), 0);
  cr_expect_not_null(stls_certificate_spki(it, NULL));
  expect_text(stls_name_text(stls_certificate_subject(it)), "CN=ed25519",
              "subject");
  stls_certificate_free(it);
}

/* Where this OpenSSL has no ML-DSA, the key is of an unknown kind. */
Test(certificate_key, with_a_post_quantum_key_says_so)
{
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ML-DSA-65");
  X509 *x509;
  stls_certificate *it;

  if (key == NULL) cr_skip_test("this OpenSSL has no ML-DSA");
  x509 = cert_malformed_begin("certificate/ed25519.pem");
  cr_assert_eq(X509_set_pubkey(x509, key), 1);
  it = cert_malformed_end(x509);
  expect_text(stls_certificate_key_type(it), "ML-DSA-65", "type");
  expect_text(stls_certificate_key_curve(it), NULL, "curve");
  cr_expect_eq(stls_certificate_key_bits(it), EVP_PKEY_get_bits(key));
  cr_expect_eq(stls_certificate_key_security_bits(it), 192);
  stls_certificate_free(it);
  EVP_PKEY_free(key);
}

static void expect_text(const char *got, const char *want, const char *label)
{
  cr_expect_eq(got == NULL, want == NULL, "%s: %s instead of %s", label,
               got ? got : "NULL", want ? want : "NULL");
  if (got != NULL && want != NULL)
    cr_expect_str_eq(got, want, "%s: %s instead of %s", label, got, want);
}
