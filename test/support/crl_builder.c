/* SPDX-License-Identifier: MIT */
/* crl_builder: certificate revocation lists built from a description. */
#include "crl_builder.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "check.h"
#include "pki.h"

static ASN1_TIME *time_of(const char *text, const char *fallback);
static void add_entries(X509_CRL *crl, const char *names);
static void add_extensions(X509_CRL *crl, const char *list);
static const char *next_of(const char **list, char separator, char *out,
                           size_t out_cap);

X509_CRL *crl_builder_new(const crl_builder_order *order)
{
  const char *signer = order->signer ? order->signer : order->issuer;
  X509_CRL *crl = X509_CRL_new();
  ASN1_TIME *from = time_of(order->from, "20200101000000Z");
  ASN1_TIME *until = time_of(order->until, "21991231235959Z");

  cr_assert_not_null(crl);
  cr_assert_eq(X509_CRL_set_version(crl, X509_CRL_VERSION_2), 1);
  cr_assert_eq(X509_CRL_set_issuer_name(
                   crl, X509_get_subject_name(pki_cert(order->issuer))),
               1);
  cr_assert_eq(X509_CRL_set1_lastUpdate(crl, from), 1);
  cr_assert_eq(X509_CRL_set1_nextUpdate(crl, until), 1);
  if (order->revokes != NULL) add_entries(crl, order->revokes);
  if (order->extensions != NULL) add_extensions(crl, order->extensions);
  cr_assert_gt(X509_CRL_sign(crl, pki_key(signer), EVP_sha256()), 0);
  ASN1_TIME_free(from);
  ASN1_TIME_free(until);
  return crl;
}

unsigned char *crl_builder_encode(const crl_builder_order *order, bool as_pem,
                                  size_t *out_len)
{
  X509_CRL *crl = crl_builder_new(order);
  BIO *bio = BIO_new(BIO_s_mem());
  unsigned char *copy;
  char *data;

  cr_assert_eq(
      as_pem ? PEM_write_bio_X509_CRL(bio, crl) : i2d_X509_CRL_bio(bio, crl),
      1);
  *out_len = (size_t)BIO_get_mem_data(bio, &data);
  copy = OPENSSL_memdup(data, *out_len);
  cr_assert_not_null(copy);
  BIO_free(bio);
  X509_CRL_free(crl);
  return copy;
}

static ASN1_TIME *time_of(const char *text, const char *fallback)
{
  ASN1_TIME *made = ASN1_TIME_new();

  cr_assert_eq(ASN1_TIME_set_string_X509(made, text ? text : fallback), 1);
  return made;
}

static void add_entries(X509_CRL *crl, const char *names)
{
  char name[64];

  while (next_of(&names, ' ', name, sizeof name) != NULL) {
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *when = time_of(NULL, "20200101000000Z");
    cr_assert_eq(X509_REVOKED_set_serialNumber(
                     entry, X509_get_serialNumber(pki_cert(name))),
                 1);
    cr_assert_eq(X509_REVOKED_set_revocationDate(entry, when), 1);
    cr_assert_eq(X509_CRL_add0_revoked(crl, entry), 1);
    ASN1_TIME_free(when);
  }
}

static void add_extensions(X509_CRL *crl, const char *list)
{
  char text[256];

  while (next_of(&list, '|', text, sizeof text) != NULL) {
    char *value = strchr(text, '=');
    X509V3_CTX ctx;
    X509_EXTENSION *made;
    cr_assert_not_null(value);
    *value++ = '\0';
    X509V3_set_ctx(&ctx, NULL, NULL, NULL, crl, 0);
    X509V3_set_ctx_nodb(&ctx);
    made = X509V3_EXT_nconf(NULL, &ctx, text, value);
    cr_assert_not_null(made, "%s", text);
    cr_assert_eq(X509_CRL_add_ext(crl, made, -1), 1);
    X509_EXTENSION_free(made);
  }
}

/* The next part of a list, which moves on; NULL behind the last one. */
static const char *next_of(const char **list, char separator, char *out,
                           size_t out_cap)
{
  const char *end = strchr(*list, separator);
  size_t len = end == NULL ? strlen(*list) : (size_t)(end - *list);

  if (len == 0) return NULL;
  cr_assert_lt(len, out_cap);
  memcpy(out, *list, len);
  out[len] = '\0';
  *list += len + (end != NULL);
  return out;
}
