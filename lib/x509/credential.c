/* SPDX-License-Identifier: MIT */
/* credential: holds a certificate chain and its private key. */
#include "x509/credential.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sanstls/stapling.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/refs.h"
#include "x509/certificate.h"
#include "x509/distinguished_name.h"
#include "x509/x509_stack.h"

struct stls_credential {
  stls_refs refs;
  X509 *leaf;
  /* Does not contain the leaf. */
  STACK_OF(X509) * chain;
  EVP_PKEY *key;
  /* The lock protects the pointer, which changes while connections run. */
  CRYPTO_RWLOCK *lock;
  stls_ocsp_response *ocsp_response;
};

static X509 *issuer_of(const stls_credential *credential);
static stls_result check_public_keys(const struct stls_credential_parts *parts,
                                     stls_error *err);
static stls_result check_match(const struct stls_credential_parts *parts,
                               stls_error *err);
static stls_result fail_leaf_not_first(
    const struct stls_credential_parts *parts, int at, stls_error *err);
static stls_result check_curve(const X509 *leaf, stls_error *err);
static bool is_tls_curve(const char *curve);
static void remove_duplicates(STACK_OF(X509) * certs);

stls_result stls_credential_make(struct stls_credential_parts *parts,
                                 stls_credential **out_credential,
                                 stls_error *err)
{
  stls_credential *credential;
  stls_result result;

  /* Errors of earlier attempts in other formats must not appear as the reason
   * of a mismatch. */
  stls_error_queue_clear();
  result = check_public_keys(parts, err);
  if (result == STLS_OK) result = check_match(parts, err);
  if (result != STLS_OK) return result;
  credential = stls_mem_zalloc(sizeof *credential);
  if (credential == NULL) return stls_error_memory(err);
  credential->lock = CRYPTO_THREAD_lock_new();
  if (credential->lock == NULL) {
    stls_mem_free(credential);
    return stls_error_memory(err);
  }
  stls_refs_init(&credential->refs);
  remove_duplicates(parts->certs);
  credential->leaf = sk_X509_shift(parts->certs);
  credential->chain = parts->certs;
  credential->key = parts->key;
  parts->certs = NULL;
  parts->key = NULL;
  *out_credential = credential;
  return STLS_OK;
}

void stls_credential_parts_free(struct stls_credential_parts *parts)
{
  stls_x509_stack_free(parts->certs);
  EVP_PKEY_free(parts->key);
  parts->certs = NULL;
  parts->key = NULL;
}

void stls_credential_free(stls_credential *credential)
{
  stls_error_queue_guard guard;

  if (credential == NULL || !stls_refs_release(&credential->refs)) return;
  /* With more than ten ex_data indices, OpenSSL allocates memory to free an
   * object, and may record an error. */
  stls_error_queue_enter(&guard);
  X509_free(credential->leaf);
  stls_x509_stack_free(credential->chain);
  EVP_PKEY_free(credential->key);
  CRYPTO_THREAD_lock_free(credential->lock);
  stls_error_queue_leave(&guard);
  stls_ocsp_response_free(credential->ocsp_response);
  stls_mem_free(credential);
}

stls_credential *stls_credential_up_ref(stls_credential *credential)
{
  if (credential != NULL) stls_refs_take(&credential->refs);
  return credential;
}

size_t stls_credential_certificate_count(const stls_credential *credential)
{
  int num;

  if (credential == NULL) return 0;
  num = sk_X509_num(credential->chain);
  return 1 + (num > 0 ? (size_t)num : 0);
}

stls_result stls_credential_certificate(const stls_credential *credential,
                                        size_t index,
                                        stls_certificate **out_certificate,
                                        stls_error *err)
{
  stls_certificate *certificate = NULL;
  stls_result result = STLS_OK;
  X509 *x509 = NULL;
  stls_error_queue_guard guard;

  if (credential == NULL) return stls_error_null(err, "credential");
  if (out_certificate == NULL) return stls_error_null(err, "out_certificate");
  if (index == 0)
    x509 = credential->leaf;
  else if (index <= (size_t)sk_X509_num(credential->chain))
    x509 = sk_X509_value(credential->chain, (int)index - 1);
  stls_error_queue_enter(&guard);
  if (x509 != NULL) result = stls_certificate_wrap(x509, &certificate, err);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK) *out_certificate = certificate;
  return result;
}

stls_result stls_credential_install(const stls_credential *credential,
                                    SSL_CTX *ssl_ctx, stls_error *err)
{
  const int override = 1;
  /* libssl takes an empty chain as the complete chain, and does not build
   * one. */
  STACK_OF(X509) *chain =
      sk_X509_num(credential->chain) > 0 ? credential->chain : NULL;
  stls_result result = check_curve(credential->leaf, err);

  if (result != STLS_OK) return result;
  if (SSL_CTX_use_cert_and_key(ssl_ctx, credential->leaf, credential->key,
                               chain, override) == 1)
    return STLS_OK;
  return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                 STLS_REASON_CREDENTIAL_REFUSED,
                                 "credential: OpenSSL refuses its certificate "
                                 "or key");
}

stls_result stls_credential_set_ocsp_response(stls_credential *credential,
                                              const void *der, size_t der_len,
                                              stls_error *err)
{
  stls_ocsp_response *response = NULL, *previous;
  stls_result result = STLS_OK;
  stls_error_queue_guard guard;

  if (credential == NULL) return stls_error_null(err, "credential");
  if (der == NULL && der_len > 0) return stls_error_null(err, "der");
  if (der != NULL && der_len == 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_EMPTY,
                           "der_len is 0");
  stls_error_queue_enter(&guard);
  if (der != NULL)
    result = stls_ocsp_response_read(der, der_len, credential->leaf,
                                     issuer_of(credential), &response, err);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) return result;
  CRYPTO_THREAD_write_lock(credential->lock);
  previous = credential->ocsp_response;
  credential->ocsp_response = response;
  CRYPTO_THREAD_unlock(credential->lock);
  stls_ocsp_response_free(previous);
  return STLS_OK;
}

int64_t stls_credential_ocsp_next_update(const stls_credential *credential)
{
  stls_ocsp_response *response =
      credential == NULL ? NULL : stls_credential_ocsp_response(credential);
  const int64_t next_update = response == NULL ? -1 : response->next_update;

  stls_ocsp_response_free(response);
  return next_update;
}

stls_ocsp_response *stls_credential_ocsp_response(
    const stls_credential *credential)
{
  stls_ocsp_response *response;

  CRYPTO_THREAD_read_lock(credential->lock);
  response = stls_ocsp_response_up_ref(credential->ocsp_response);
  CRYPTO_THREAD_unlock(credential->lock);
  return response;
}

bool stls_credential_is_of_type(const stls_credential *credential,
                                const stls_credential *other)
{
  const char *type = EVP_PKEY_get0_type_name(X509_get0_pubkey(other->leaf));

  return type != NULL &&
         EVP_PKEY_is_a(X509_get0_pubkey(credential->leaf), type) == 1;
}

bool stls_credential_has_leaf(const stls_credential *credential,
                              const X509 *leaf)
{
  return credential->leaf == leaf;
}

bool stls_credential_digest(const stls_credential *credential,
                            OSSL_LIB_CTX *libctx, const char *propq,
                            unsigned char out[STLS_SHA256_LEN])
{
  unsigned char *der = NULL;
  int len = i2d_X509(credential->leaf, &der);
  bool done = len > 0 && stls_sha256(libctx, propq, der, (size_t)len, out);

  OPENSSL_free(der);
  return done;
}

/* A chain need not begin with the issuer, nor have it. */
static X509 *issuer_of(const stls_credential *credential)
{
  X509 *next = sk_X509_num(credential->chain) > 0
                   ? sk_X509_value(credential->chain, 0)
                   : NULL;

  return next != NULL && X509_check_issued(next, credential->leaf) == X509_V_OK
             ? next
             : NULL;
}

/* OpenSSL accepts a certificate whose key it cannot decode or measure, for
 * example for lack of memory, and later rejects the key as too weak. */
static stls_result check_public_keys(const struct stls_credential_parts *parts,
                                     stls_error *err)
{
  for (int i = 0; i < sk_X509_num(parts->certs); i++)
    if (EVP_PKEY_get_security_bits(
            X509_get0_pubkey(sk_X509_value(parts->certs, i))) <= 0)
      return stls_error_fail_openssl(
          err, STLS_ERROR_INPUT, STLS_REASON_CERTIFICATE_BROKEN,
          "%s: certificate %d: its public key cannot be used",
          parts->names.chain, i + 1);
  return STLS_OK;
}

/* libssl does not use a key that it cannot compare with the certificate. */
static stls_result check_match(const struct stls_credential_parts *parts,
                               stls_error *err)
{
  bool unknown;
  int found = stls_chain_order_find(parts->certs, parts->key, &unknown);

  if (found == 0) return STLS_OK;
  if (found > 0) return fail_leaf_not_first(parts, found, err);
  return stls_chain_order_fail_mismatch(unknown, &parts->names, err);
}

static stls_result fail_leaf_not_first(
    const struct stls_credential_parts *parts, int at, stls_error *err)
{
  struct stls_arena arena = {NULL};
  const stls_name *subject = stls_distinguished_name_decode(
      &arena, X509_get_subject_name(sk_X509_value(parts->certs, at)));
  stls_result result = STLS_ERROR_INPUT;

  if (subject == NULL) result = stls_error_queue_classify();
  if (result == STLS_ERROR_MEMORY)
    result = stls_error_memory(err);
  else
    result = stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_LEAF_NOT_FIRST,
        "%s: the private key belongs to certificate %d (\"%.100s\"); the leaf "
        "has to be first in %s",
        parts->names.key, at + 1,
        subject == NULL ? "" : stls_name_text(subject), parts->names.chain);
  stls_arena_free(&arena);
  return result;
}

/* Some files contain the leaf, and then the whole chain with the leaf again. */
static void remove_duplicates(STACK_OF(X509) * certs)
{
  for (int i = sk_X509_num(certs) - 1; i > 0; i--)
    for (int j = 0; j < i; j++)
      if (X509_cmp(sk_X509_value(certs, i), sk_X509_value(certs, j)) == 0) {
        X509_free(sk_X509_delete(certs, i));
        break;
      }
}

/* libssl accepts a key on another curve, but finds no signature algorithm or
 * cipher suite for it with any peer. */
static stls_result check_curve(const X509 *leaf, stls_error *err)
{
  EVP_PKEY *key = X509_get0_pubkey(leaf);
  char curve[80] = "";
  int is_explicit = 0;

  if (!EVP_PKEY_is_a(key, "EC")) return STLS_OK;
  if (EVP_PKEY_get_int_param(key,
                             OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                             &is_explicit) == 1 &&
      is_explicit != 0)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_CREDENTIAL_REFUSED,
        "credential: the curve of its certificate's key is given by explicit "
        "parameters, which TLS does not allow (RFC 8422, 5.1.1)");
  if (EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) == 1 &&
      is_tls_curve(curve))
    return STLS_OK;
  return stls_error_fail_openssl(
      err, STLS_ERROR_INPUT, STLS_REASON_CREDENTIAL_REFUSED,
      "credential: TLS has no curve \"%s\", which its certificate's key is on "
      "(RFC 8422, 5.1.1)",
      curve);
}

/* RFC 8422, 5.1.1; RFC 7027 and 8734. */
static bool is_tls_curve(const char *curve)
{
  static const int curves[] = {NID_X9_62_prime256v1, NID_secp384r1,
                               NID_secp521r1,        NID_brainpoolP256r1,
                               NID_brainpoolP384r1,  NID_brainpoolP512r1};
  int nid = OBJ_sn2nid(curve);

  for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++)
    if (nid == curves[i]) return true;
  return false;
}
