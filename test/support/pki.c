/* SPDX-License-Identifier: MIT */
/* pki: certificates of the verification tests, by name. */
#include "pki.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/ciphers.h>

#include "expect.h"
#include "pki_table.h"

/* More than there are in the pki_table. */
enum {
  MAX_FAMILY = 200
};

static struct {
  X509 *cert;
  EVP_PKEY *key;
} made[MAX_FAMILY];

static size_t find(const char *name);
static size_t find_first(const char **names);
static const char *name_of(X509 *cert);

X509 *pki_cert(const char *name)
{
  size_t i = find(name);
  const cert_builder_order *order = &pki_table[i];
  const char *issuer = order->issuer;

  if (made[i].cert == NULL)
    made[i].cert =
        cert_builder_new(order, pki_key(name), issuer ? pki_cert(issuer) : NULL,
                         pki_key(issuer ? issuer : name));
  return made[i].cert;
}

EVP_PKEY *pki_key(const char *name)
{
  size_t i = find(name);
  const char *kind = pki_table[i].key ? pki_table[i].key : "P-256";

  if (kind[0] == '=') return pki_key(kind + 1);
  if (made[i].key == NULL) made[i].key = cert_builder_key(kind);
  cr_assert_not_null(made[i].key, "%s", kind);
  return made[i].key;
}

void pki_free(void)
{
  for (size_t i = 0; i < pki_table_len; i++) {
    X509_free(made[i].cert);
    EVP_PKEY_free(made[i].key);
    made[i].cert = NULL;
    made[i].key = NULL;
  }
}

bool pki_is_possible(const char *name)
{
  const cert_builder_order *order = &pki_table[find(name)];

  if (order->issuer != NULL && !pki_is_possible(order->issuer)) return false;
  if (order->key == NULL || order->key[0] == '=') return true;
  return cert_builder_key_is_possible(order->key);
}

void pki_present(stls_context *context, const char *names)
{
  SSL_CTX *ctx = stls_context_ssl_ctx(context);
  STACK_OF(X509) *chain = sk_X509_new_null();
  size_t leaf = find_first(&names);

  while (names[0] != '\0')
    cr_assert_gt(
        sk_X509_push(chain, pki_cert(pki_table[find_first(&names)].name)), 0);
  /* Weak ones can be presented, too; what is missing stays missing. */
  ASSERT_RETURNS(
      stls_context_set_insecure_ciphers(context, "DEFAULT:@SECLEVEL=0", NULL),
      STLS_OK);
  SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
  cr_assert_eq(
      SSL_CTX_use_cert_and_key(ctx, pki_cert(pki_table[leaf].name),
                               pki_key(pki_table[leaf].name), chain, 1),
      1, "%s", pki_table[leaf].name);
  sk_X509_free(chain);
}

void pki_trust(stls_context *context, const char *names)
{
  stls_trust *trust = pki_trust_new(names);

  ASSERT_RETURNS(stls_context_set_trust(context, trust, NULL), STLS_OK);
  stls_trust_free(trust);
}

stls_trust *pki_trust_new(const char *names)
{
  stls_trust *trust = NULL;
  BIO *pem = BIO_new(BIO_s_mem());
  char *text;
  long len;

  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK);
  while (names[0] != '\0')
    cr_assert_eq(
        PEM_write_bio_X509(pem, pki_cert(pki_table[find_first(&names)].name)),
        1);
  len = BIO_get_mem_data(pem, &text);
  if (len > 0)
    ASSERT_RETURNS(stls_trust_add_pem(trust, text, (size_t)len, NULL), STLS_OK);
  BIO_free(pem);
  return trust;
}

const char *pki_names(stls_certificate_list *list)
{
  static char texts[4][400];
  static unsigned next;
  char *text = texts[next++ % 4];
  size_t len = 0;

  text[0] = '\0';
  for (size_t i = 0; i < stls_certificate_list_count(list); i++) {
    stls_certificate *certificate = stls_certificate_list_at(list, i);
    len += (size_t)snprintf(text + len, sizeof texts[0] - len, "%s%s",
                            i > 0 ? " " : "",
                            name_of(stls_certificate_x509(certificate)));
    cr_assert_lt(len, sizeof texts[0]);
  }
  stls_certificate_list_free(list);
  return text;
}

const char *pki_name(stls_certificate *certificate)
{
  const char *name =
      certificate == NULL ? "" : name_of(stls_certificate_x509(certificate));

  stls_certificate_free(certificate);
  return name;
}

static size_t find(const char *name)
{
  size_t i = 0;

  cr_assert_leq(pki_table_len, (size_t)MAX_FAMILY);
  while (i < pki_table_len && strcmp(pki_table[i].name, name) != 0) i++;
  cr_assert_lt(i, pki_table_len, "nobody is called %s", name);
  return i;
}

/* The first of a list of names, which moves on to the next. */
static size_t find_first(const char **names)
{
  char name[64];
  size_t len = strcspn(*names, " ");

  cr_assert_lt(len, sizeof name);
  memcpy(name, *names, len);
  name[len] = '\0';
  *names += len + ((*names)[len] == ' ');
  return find(name);
}

static const char *name_of(X509 *cert)
{
  for (size_t i = 0; i < pki_table_len; i++)
    if (made[i].cert != NULL && X509_cmp(made[i].cert, cert) == 0)
      return pki_table[i].name;
  return "?";
}
