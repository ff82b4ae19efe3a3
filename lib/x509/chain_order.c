/* SPDX-License-Identifier: MIT */
/* chain_order: orders certificates into the chain of a private key. */
#include "x509/chain_order.h"

#include <openssl/x509v3.h>

#include "base/error.h"
#include "x509/x509_stack.h"

static stls_result move_cert(STACK_OF(X509) * from, int index,
                             STACK_OF(X509) * to, stls_error *err);
static stls_result move_issuers(STACK_OF(X509) * from, STACK_OF(X509) * to,
                                X509 *subject,
                                const struct stls_chain_order_names *names,
                                stls_error *err);
static stls_result check_issuer(X509 *cert, X509 *subject,
                                const struct stls_chain_order_names *names,
                                bool *out_is_issuer, stls_error *err);
static bool contains(const STACK_OF(X509) * certs, const X509 *cert);

int stls_chain_order_find(const STACK_OF(X509) * certs, EVP_PKEY *key,
                          bool *out_unknown)
{
  const int cannot_compare = -2;
  int found = -1;

  *out_unknown = false;
  for (int i = 0; found < 0 && i < sk_X509_num(certs); i++) {
    int equal = EVP_PKEY_eq(X509_get0_pubkey(sk_X509_value(certs, i)), key);
    if (equal == 1) found = i;
    if (equal == cannot_compare) *out_unknown = true;
  }
  return found;
}

stls_result stls_chain_order_arrange(STACK_OF(X509) * *certs, EVP_PKEY *key,
                                     const struct stls_chain_order_names *names,
                                     stls_error *err)
{
  bool unknown;
  int leaf = stls_chain_order_find(*certs, key, &unknown);
  STACK_OF(X509) * arranged;
  stls_result result;

  if (leaf < 0) return stls_chain_order_fail_mismatch(unknown, names, err);
  arranged = sk_X509_new_null();
  if (arranged == NULL) return stls_error_memory(err);
  result = move_cert(*certs, leaf, arranged, err);
  for (int i = 0; result == STLS_OK && i < sk_X509_num(arranged); i++)
    result =
        move_issuers(*certs, arranged, sk_X509_value(arranged, i), names, err);
  stls_x509_stack_free(*certs);
  *certs = arranged;
  return result;
}

stls_result stls_chain_order_fail_mismatch(
    bool unknown, const struct stls_chain_order_names *names, stls_error *err)
{
  return stls_error_fail_openssl(
      err, STLS_ERROR_INPUT, STLS_REASON_KEY_MISMATCH,
      unknown ? "%s: the private key cannot be compared with the certificate "
                "in %s"
              : "%s: the private key does not match the certificate in %s",
      names->key, names->chain);
}

static stls_result move_cert(STACK_OF(X509) * from, int index,
                             STACK_OF(X509) * to, stls_error *err)
{
  if (sk_X509_push(to, sk_X509_value(from, index)) <= 0)
    return stls_error_memory(err);
  sk_X509_delete(from, index);
  return STLS_OK;
}

static stls_result move_issuers(STACK_OF(X509) * from, STACK_OF(X509) * to,
                                X509 *subject,
                                const struct stls_chain_order_names *names,
                                stls_error *err)
{
  stls_result result = STLS_OK;

  for (int i = 0; result == STLS_OK && i < sk_X509_num(from);) {
    X509 *cert = sk_X509_value(from, i);
    bool is_issuer = false;
    result = check_issuer(cert, subject, names, &is_issuer, err);
    if (result == STLS_OK && is_issuer && !contains(to, cert))
      result = move_cert(from, i, to, err);
    else
      i++;
  }
  return result;
}

/* X509_check_issued compares names and key identifiers first, so that an
 * unrelated broken certificate is no failure. An issuer must not be omitted
 * when the reason may be lack of memory. */
static stls_result check_issuer(X509 *cert, X509 *subject,
                                const struct stls_chain_order_names *names,
                                bool *out_is_issuer, stls_error *err)
{
  switch (X509_check_issued(cert, subject)) {
    case X509_V_OK:
    case X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH:
    case X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM:
      *out_is_issuer = true;
      return STLS_OK;
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_NO_ISSUER_PUBLIC_KEY:
      return stls_error_fail_openssl(
          err, STLS_ERROR_INPUT, STLS_REASON_CERTIFICATE_BROKEN,
          "%s: an issuer's certificate is broken", names->chain);
    default:
      *out_is_issuer = false;
      return STLS_OK;
  }
}

static bool contains(const STACK_OF(X509) * certs, const X509 *cert)
{
  bool found = false;

  for (int i = 0; !found && i < sk_X509_num(certs); i++)
    found = X509_cmp(sk_X509_value(certs, i), cert) == 0;
  return found;
}
