/* SPDX-License-Identifier: MIT */
/* x509_der: reads certificates and private keys from DER. */
#include "x509/x509_der.h"

#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "util/passphrase.h"
#include "util/pkcs8.h"
#include "x509/pkcs7_bundle.h"
#include "x509/x509_stack.h"

static stls_result read_certs(const struct stls_named_input *der,
                              const struct stls_x509_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err);
static stls_result check_whole(const struct stls_named_input *der,
                               stls_error *err);
static EVP_PKEY *read_open(const struct stls_named_input *der,
                           const struct stls_x509_scope *scope,
                           stls_pkcs8_fault *out_fault);
static stls_reason fault_reason(const struct stls_named_input *der,
                                stls_reason otherwise);
static const char *pem_hint(const struct stls_named_input *der);

bool stls_x509_der_measure(const uint8_t *data, size_t len, size_t *out_len)
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

X509 *stls_x509_der_cert(const uint8_t *data, size_t len,
                         const struct stls_x509_scope *scope)
{
  X509 *cert = X509_new_ex(scope->libctx, scope->propq);
  const unsigned char *at = data;

  if (cert != NULL && len <= LONG_MAX &&
      d2i_X509(&cert, &at, (long)len) != NULL && at == data + len)
    return cert;
  X509_free(cert);
  return NULL;
}

stls_result stls_x509_der_certs(const struct stls_named_input *der,
                                const struct stls_x509_scope *scope,
                                STACK_OF(X509) * *out_certs, stls_error *err)
{
  STACK_OF(X509) *certs = sk_X509_new_null();
  stls_result result;

  if (certs == NULL) return stls_error_memory(err);
  result = read_certs(der, scope, certs, err);
  if (result == STLS_OK)
    *out_certs = certs;
  else
    stls_x509_stack_free(certs);
  return result;
}

stls_result stls_x509_der_key(const struct stls_named_input *der,
                              const struct stls_x509_scope *scope,
                              struct stls_passphrase_prompt *prompt,
                              EVP_PKEY **out_key, stls_error *err)
{
  stls_result result = check_whole(der, err);
  stls_pkcs8_fault fault = STLS_PKCS8_UNREADABLE;
  const unsigned char *at = der->data;
  char where[256];
  X509_SIG *locked;

  if (result != STLS_OK) return result;
  snprintf(where, sizeof where, "%s: private key", der->name);
  locked = d2i_X509_SIG(NULL, &at, (long)der->len);
  if (locked == NULL)
    *out_key = read_open(der, scope, &fault);
  else
    *out_key = stls_pkcs8_decrypt_with_prompt(locked, prompt, scope->libctx,
                                              scope->propq, &fault);
  if (*out_key == NULL)
    result = stls_pkcs8_explain(fault, locked, prompt, where, err);
  X509_SIG_free(locked);
  return result;
}

static stls_result read_certs(const struct stls_named_input *der,
                              const struct stls_x509_scope *scope,
                              STACK_OF(X509) * certs, stls_error *err)
{
  const uint8_t *data = der->data;
  size_t at = 0, len;

  if (der->len == 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_EMPTY,
                           "%s: it does not contain a certificate", der->name);
  if (stls_pkcs7_bundle_is_der(data, der->len)) {
    stls_result result =
        stls_x509_pem_add_bundle(der->name, data, der->len, scope, certs, err);
    if (result == STLS_OK && sk_X509_num(certs) == 0)
      result =
          stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_CERTIFICATE,
                          "%s: it does not contain a certificate", der->name);
    return result;
  }
  for (; at < der->len; at += len) {
    X509 *cert = NULL;
    if (stls_x509_der_measure(data + at, der->len - at, &len))
      cert = stls_x509_der_cert(data + at, len, scope);
    if (cert == NULL)
      return stls_error_fail_openssl(
          err, STLS_ERROR_INPUT,
          fault_reason(der, STLS_REASON_CERTIFICATE_BROKEN),
          "%s: offset %zu: certificate %d%s", der->name, at,
          sk_X509_num(certs) + 1, pem_hint(der));
    if (sk_X509_push(certs, cert) <= 0) {
      X509_free(cert);
      return stls_error_memory(err);
    }
  }
  return STLS_OK;
}

static stls_result check_whole(const struct stls_named_input *der,
                               stls_error *err)
{
  size_t len;

  if (!stls_x509_der_measure(der->data, der->len, &len))
    return stls_error_fail_openssl(
        err, STLS_ERROR_INPUT, fault_reason(der, STLS_REASON_KEY_BROKEN),
        "%s: offset 0: private key%s", der->name, pem_hint(der));
  if (len < der->len)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TRAILING_DATA,
                           "%s: offset %zu: there is something behind the "
                           "private key",
                           der->name, len);
  return STLS_OK;
}

static EVP_PKEY *read_open(const struct stls_named_input *der,
                           const struct stls_x509_scope *scope,
                           stls_pkcs8_fault *out_fault)
{
  const unsigned char *at = der->data;

  if (stls_pkcs8_is_v2(der->data, der->len))
    return stls_pkcs8_decode(der->data, der->len, scope->libctx, scope->propq,
                             out_fault);
  stls_error_queue_clear();
  return d2i_AutoPrivateKey_ex(NULL, &at, (long)der->len, scope->libctx,
                               scope->propq);
}

static stls_reason fault_reason(const struct stls_named_input *der,
                                stls_reason otherwise)
{
  return stls_pem_reader_finds(der->data, der->len) ? STLS_REASON_PEM_GIVEN
                                                    : otherwise;
}

static const char *pem_hint(const struct stls_named_input *der)
{
  return stls_pem_reader_finds(der->data, der->len) ? ": it looks like PEM"
                                                    : "";
}
