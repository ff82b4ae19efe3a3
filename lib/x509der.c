/* SPDX-License-Identifier: MIT */
/* x509der (L3): certificates and keys out of DER, with their place. */
#include "x509der.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <stdio.h>

#include "error.h"
#include "passphrase.h"

static stls_result read_certs(const struct stls_pem_text *der,
                              const struct stls_x509pem_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err);
static stls_result check_whole(const struct stls_pem_text *der,
                               stls_error *err);
static EVP_PKEY *open_key(const X509_SIG *locked,
                          const struct stls_x509pem_scope *scope,
                          struct stls_asking *asking);

bool stls_x509der_measure(const uint8_t *data, size_t len, size_t *out_len)
{
  const int is_broken = 0x80, is_indefinite = 0x01;
  const unsigned char *at = data;
  long content = 0;
  int tag = 0, class = 0, form;

  if (len == 0 || len > LONG_MAX) return false;
  form = ASN1_get_object(&at, &content, &tag, &class, (long)len);
  if ((form & (is_broken | is_indefinite)) != 0 || tag != V_ASN1_SEQUENCE ||
      class != V_ASN1_UNIVERSAL)
    return false;
  *out_len = (size_t)(at - data) + (size_t)content;
  return true;
}

X509 *stls_x509der_cert(const uint8_t *data, size_t len,
                        const struct stls_x509pem_scope *scope)
{
  X509 *cert = X509_new_ex(scope->libctx, scope->propq);
  const unsigned char *at = data;

  if (cert != NULL && len <= LONG_MAX &&
      d2i_X509(&cert, &at, (long)len) != NULL && at == data + len)
    return cert;
  X509_free(cert);
  return NULL;
}

stls_result stls_x509der_certs(const struct stls_pem_text *der,
                               const struct stls_x509pem_scope *scope,
                               STACK_OF(X509) * *out_certs, stls_error *err)
{
  STACK_OF(X509) *certs = sk_X509_new_null();
  stls_result result;

  if (certs == NULL) return stls_error_memory(err);
  result = read_certs(der, scope, certs, err);
  if (result == STLS_OK)
    *out_certs = certs;
  else
    stls_x509pem_certs_free(certs);
  return result;
}

stls_result stls_x509der_key(const struct stls_pem_text *der,
                             const struct stls_x509pem_scope *scope,
                             struct stls_asking *asking, EVP_PKEY **out_key,
                             stls_error *err)
{
  stls_result result = check_whole(der, err);
  const unsigned char *at = der->data;
  char where[256];
  X509_SIG *locked;

  if (result != STLS_OK) return result;
  snprintf(where, sizeof where, "%s: private key", der->name);
  locked = d2i_X509_SIG(NULL, &at, (long)der->len);
  if (locked != NULL) {
    result =
        stls_x509der_locked_key(locked, where, scope, asking, out_key, err);
    X509_SIG_free(locked);
    return result;
  }
  at = der->data;
  stls_error_queue_clear();
  *out_key = d2i_AutoPrivateKey_ex(NULL, &at, (long)der->len, scope->libctx,
                                   scope->propq);
  if (*out_key != NULL) return STLS_OK;
  return stls_asking_explain(asking, where, err);
}

stls_result stls_x509der_locked_key(const X509_SIG *locked, const char *where,
                                    const struct stls_x509pem_scope *scope,
                                    struct stls_asking *asking,
                                    EVP_PKEY **out_key, stls_error *err)
{
  const X509_ALGOR *algorithm;
  const ASN1_OBJECT *oid;
  char name[80] = "", full[400];

  *out_key = open_key(locked, scope, asking);
  if (*out_key != NULL) return STLS_OK;
  X509_SIG_get0(locked, &algorithm, NULL);
  X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
  OBJ_obj2txt(name, sizeof name, oid, 0);
  snprintf(full, sizeof full, "%s (%s)", where, name);
  return stls_asking_explain(asking, full, err);
}

static stls_result read_certs(const struct stls_pem_text *der,
                              const struct stls_x509pem_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err)
{
  const uint8_t *data = der->data;
  size_t at = 0, len;

  if (der->len == 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_EMPTY,
                           "%s: it does not contain a certificate", der->name);
  for (; at < der->len; at += len) {
    X509 *cert = NULL;
    if (stls_x509der_measure(data + at, der->len - at, &len))
      cert = stls_x509der_cert(data + at, len, scope);
    if (cert == NULL)
      return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                     STLS_REASON_CERTIFICATE_BROKEN,
                                     "%s: offset %zu: certificate %d",
                                     der->name, at, sk_X509_num(certs) + 1);
    if (sk_X509_push(certs, cert) <= 0) {
      X509_free(cert);
      return stls_error_memory(err);
    }
  }
  return STLS_OK;
}

static stls_result check_whole(const struct stls_pem_text *der, stls_error *err)
{
  size_t len;

  if (!stls_x509der_measure(der->data, der->len, &len))
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_KEY_BROKEN,
                                   "%s: offset 0: private key", der->name);
  if (len < der->len)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TRAILING_DATA,
                           "%s: offset %zu: there is something behind the "
                           "private key",
                           der->name, len);
  return STLS_OK;
}

static EVP_PKEY *open_key(const X509_SIG *locked,
                          const struct stls_x509pem_scope *scope,
                          struct stls_asking *asking)
{
  PKCS8_PRIV_KEY_INFO *info = NULL;
  EVP_PKEY *key = NULL;

  if (stls_asking_get(asking))
    info = PKCS8_decrypt_ex(locked, asking->text, (int)asking->len,
                            scope->libctx, scope->propq);
  if (info != NULL) key = EVP_PKCS82PKEY_ex(info, scope->libctx, scope->propq);
  PKCS8_PRIV_KEY_INFO_free(info);
  return key;
}
