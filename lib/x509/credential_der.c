/* SPDX-License-Identifier: MIT */
/* credential_der: loads a credential from DER or from OpenSSL's objects. */
#include <openssl/evp.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/sized_struct.h"
#include "util/passphrase.h"
#include "x509/credential.h"
#include "x509/pkcs7_bundle.h"
#include "x509/x509_der.h"

STLS_SIZED_STRUCT(layout, stls_der_source,
                  STLS_SIZED_END(stls_der_source, chain),
                  STLS_SIZED_END(stls_der_source, chain_len),
                  STLS_SIZED_END(stls_der_source, key),
                  STLS_SIZED_END(stls_der_source, key_len),
                  STLS_SIZED_END(stls_der_source, passphrase));

static stls_result read_source(const stls_der_source *given,
                               stls_der_source *source, stls_error *err);
static stls_result parse(const stls_der_source *source,
                         const struct stls_x509_scope *scope,
                         struct stls_credential_parts *parts, stls_error *err);
static stls_result add_references(X509 *leaf, const STACK_OF(X509) * chain,
                                  EVP_PKEY *key,
                                  struct stls_credential_parts *parts,
                                  stls_error *err);
static stls_result push(STACK_OF(X509) * certs, X509 *cert, stls_error *err);
static stls_result check_private(EVP_PKEY *key, OSSL_LIB_CTX *libctx,
                                 const char *propq, stls_error *err);

stls_result stls_credential_new_der(const stls_der_source *source,
                                    OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_credential **out_credential,
                                    stls_error *err)
{
  const struct stls_x509_scope scope = {libctx, propq};
  struct stls_credential_parts parts = {NULL, NULL, {"chain", "key"}};
  stls_der_source own = STLS_DER_SOURCE_INIT;
  stls_result result = read_source(source, &own, err);
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  if (out_credential == NULL) return stls_error_null(err, "out_credential");
  stls_error_queue_enter(&guard);
  result = parse(&own, &scope, &parts, err);
  if (result == STLS_OK)
    result = stls_credential_make(&parts, out_credential, err);
  stls_credential_parts_free(&parts);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_credential_new_x509(X509 *leaf, const STACK_OF(X509) * chain,
                                     EVP_PKEY *key, OSSL_LIB_CTX *libctx,
                                     const char *propq,
                                     stls_credential **out_credential,
                                     stls_error *err)
{
  struct stls_credential_parts parts = {NULL, NULL, {"leaf", "key"}};
  stls_error_queue_guard guard;
  stls_result result;

  if (leaf == NULL) return stls_error_null(err, "leaf");
  if (key == NULL) return stls_error_null(err, "key");
  if (out_credential == NULL) return stls_error_null(err, "out_credential");
  stls_error_queue_enter(&guard);
  result = check_private(key, libctx, propq, err);
  if (result == STLS_OK) result = add_references(leaf, chain, key, &parts, err);
  if (result == STLS_OK)
    result = stls_credential_make(&parts, out_credential, err);
  stls_credential_parts_free(&parts);
  stls_error_queue_leave(&guard);
  return result;
}

static stls_result read_source(const stls_der_source *given,
                               stls_der_source *source, stls_error *err)
{
  stls_result result =
      stls_sized_struct_read(&layout, given, "source", source, err);

  if (result != STLS_OK) return result;
  if (source->chain == NULL) return stls_error_null(err, "chain");
  if (source->key == NULL) return stls_error_null(err, "key");
  return stls_passphrase_check(source->passphrase, err);
}

static stls_result parse(const stls_der_source *source,
                         const struct stls_x509_scope *scope,
                         struct stls_credential_parts *parts, stls_error *err)
{
  const struct stls_named_input chain = {parts->names.chain, source->chain,
                                         source->chain_len};
  const struct stls_named_input key = {parts->names.key, source->key,
                                       source->key_len};
  struct stls_passphrase_prompt prompt;
  stls_result result;

  stls_passphrase_begin(&prompt, source->passphrase);
  result = stls_x509_der_certs(&chain, scope, &parts->certs, err);
  if (result == STLS_OK)
    result = stls_x509_der_key(&key, scope, &prompt, &parts->key, err);
  if (result == STLS_OK && stls_pkcs7_bundle_is_der(chain.data, chain.len))
    result =
        stls_chain_order_arrange(&parts->certs, parts->key, &parts->names, err);
  stls_passphrase_end(&prompt);
  return result;
}

static stls_result add_references(X509 *leaf, const STACK_OF(X509) * chain,
                                  EVP_PKEY *key,
                                  struct stls_credential_parts *parts,
                                  stls_error *err)
{
  stls_result result;

  parts->certs = sk_X509_new_null();
  if (parts->certs == NULL) return stls_error_memory(err);
  EVP_PKEY_up_ref(key);
  parts->key = key;
  result = push(parts->certs, leaf, err);
  for (int i = 0; result == STLS_OK && i < sk_X509_num(chain); i++)
    result = push(parts->certs, sk_X509_value(chain, i), err);
  return result;
}

static stls_result push(STACK_OF(X509) * certs, X509 *cert, stls_error *err)
{
  if (sk_X509_push(certs, cert) <= 0) return stls_error_memory(err);
  X509_up_ref(cert);
  return STLS_OK;
}

/* A provider whose keys cannot be exported need not implement this check. Then
 * the key is accepted. */
static stls_result check_private(EVP_PKEY *key, OSSL_LIB_CTX *libctx,
                                 const char *propq, stls_error *err)
{
  const int unsupported = -2;
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(libctx, key, propq);
  int verdict = ctx == NULL ? 0 : EVP_PKEY_private_check(ctx);

  EVP_PKEY_CTX_free(ctx);
  if (verdict == 1 || verdict == unsupported) return STLS_OK;
  return stls_error_fail_openssl(err, STLS_ERROR_INPUT, STLS_REASON_KEY_BROKEN,
                                 "key: it has no valid private part");
}
