/* SPDX-License-Identifier: MIT */
/* ocsp_check: verifies an OCSP response of a peer's certificate. */
#include "verify/ocsp_check.h"

#include <openssl/ocsp.h>
#include <openssl/x509_vfy.h>

#include "base/error_queue.h"
#include "x509/ocsp_response.h"
#include "x509/x509_der.h"
#include "x509/x509_stack.h"

static X509 *issuer_of(const struct stls_ocsp_check *check);
static bool is_signed_well(const struct stls_ocsp_check *check,
                           OCSP_BASICRESP *basic, X509 *issuer);
static bool is_digest_strong(const OCSP_BASICRESP *basic, int level);
static STACK_OF(X509) * signers_of(const struct stls_ocsp_check *check,
                                   OCSP_BASICRESP *basic, X509 *issuer);
static bool add_signer(STACK_OF(X509) * signers, X509 *cert,
                       const struct stls_x509_scope *scope);
static X509_STORE *store_of(const struct stls_ocsp_check *check, X509 *issuer);
static stls_ocsp_verdict judge(const struct stls_ocsp_check *check,
                               OCSP_SINGLERESP *single);
static bool has_expired(int64_t now, int64_t this_update, bool has_next,
                        int64_t next_update);

stls_result stls_ocsp_check_run(const struct stls_ocsp_check *check,
                                const uint8_t *response, size_t len,
                                stls_ocsp_verdict *out_verdict)
{
  X509 *cert = sk_X509_value(check->chain, 0), *issuer = issuer_of(check);
  stls_ocsp_verdict verdict = STLS_OCSP_UNVERIFIABLE;
  OCSP_BASICRESP *basic = NULL;
  OCSP_SINGLERESP *single = NULL;
  struct stls_ocsp_fault fault;
  stls_result result = STLS_ERROR_INPUT;
  bool is_short;

  if (issuer != NULL)
    result = stls_ocsp_response_decode(response, len, &basic, &fault);
  if (result == STLS_OK)
    result = stls_ocsp_response_find(basic, cert, issuer, &single);
  if (result == STLS_OK && single != NULL &&
      is_signed_well(check, basic, issuer))
    verdict = judge(check, single);
  OCSP_BASICRESP_free(basic);
  stls_error_queue_drain(&is_short);
  if (is_short || result == STLS_ERROR_MEMORY) return STLS_ERROR_MEMORY;
  *out_verdict = verdict;
  return STLS_OK;
}

/* A chain of one certificate ends in it: it has issued itself, or was trusted
 * without its issuer. */
static X509 *issuer_of(const struct stls_ocsp_check *check)
{
  const int last = sk_X509_num(check->chain) - 1;
  X509 *issuer =
      last < 0 ? NULL : sk_X509_value(check->chain, last > 0 ? 1 : 0);

  return last != 0 || (issuer != NULL && X509_self_signed(issuer, 0) == 1)
             ? issuer
             : NULL;
}

/* RFC 6960, 4.2.2.2: signed by the issuer, or by one to whom the issuer itself has
 * given a certificate for that. So the issuer is the only certificate to trust. */
static bool is_signed_well(const struct stls_ocsp_check *check,
                           OCSP_BASICRESP *basic, X509 *issuer)
{
  STACK_OF(X509) *signers = signers_of(check, basic, issuer);
  X509_STORE *store = store_of(check, issuer);
  bool is_good = signers != NULL && store != NULL &&
                 is_digest_strong(basic, check->level) &&
                 OCSP_basic_verify(basic, signers, store,
                                   OCSP_NOINTERN | OCSP_NOEXPLICIT) == 1;

  X509_STORE_free(store);
  stls_x509_stack_free(signers);
  return is_good;
}

/* As OpenSSL counts in certificates: SHA-1 and MD5 are weaker than their size. */
static bool is_digest_strong(const OCSP_BASICRESP *basic, int level)
{
  static const int needed[] = {0, 80, 112, 128, 192, 256};
  const int max_level = (int)(sizeof needed / sizeof needed[0]) - 1;
  const ASN1_OBJECT *algorithm = NULL;
  int digest = NID_undef, bits;

  X509_ALGOR_get0(&algorithm, NULL, NULL, OCSP_resp_get0_tbs_sigalg(basic));
  if (OBJ_find_sigid_algs(OBJ_obj2nid(algorithm), &digest, NULL) != 1 ||
      digest == NID_undef)
    return true;
  switch (digest) {
    case NID_md5:
      bits = 39;
      break;
    case NID_sha1:
      bits = 63;
      break;
    default:
      bits = EVP_MD_get_size(EVP_get_digestbynid(digest)) * 4;
  }
  return bits >= needed[level < 0 ? 0 : level > max_level ? max_level : level];
}

/* The certificates in the response belong to OpenSSL's default library context:
 * they are decoded again in that of the connection. NULL when memory is short. */
static STACK_OF(X509) * signers_of(const struct stls_ocsp_check *check,
                                   OCSP_BASICRESP *basic, X509 *issuer)
{
  const STACK_OF(X509) *sent = OCSP_resp_get0_certs(basic);
  STACK_OF(X509) *signers = stls_x509_stack_copy(issuer, NULL);
  const int num = sent == NULL ? 0 : sk_X509_num(sent);

  for (int i = 0; signers != NULL && i < num; i++)
    if (!add_signer(signers, sk_X509_value(sent, i), &check->scope)) {
      stls_x509_stack_free(signers);
      signers = NULL;
    }
  return signers;
}

static bool add_signer(STACK_OF(X509) * signers, X509 *cert,
                       const struct stls_x509_scope *scope)
{
  unsigned char *der = NULL;
  const int len = i2d_X509(cert, &der);
  X509 *own = len <= 0 ? NULL : stls_x509_der_cert(der, (size_t)len, scope);
  bool is_added = own != NULL && sk_X509_push(signers, own) > 0;

  if (!is_added) X509_free(own);
  OPENSSL_free(der);
  return is_added;
}

static X509_STORE *store_of(const struct stls_ocsp_check *check, X509 *issuer)
{
  X509_STORE *store = X509_STORE_new();
  X509_VERIFY_PARAM *param =
      store == NULL ? NULL : X509_STORE_get0_param(store);

  if (store == NULL || X509_STORE_add_cert(store, issuer) != 1) {
    X509_STORE_free(store);
    return NULL;
  }
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  /* A time that is set counts before the flag. */
  if (check->ignores_time)
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
  else
    X509_VERIFY_PARAM_set_time(param, (time_t)check->now);
  X509_VERIFY_PARAM_set_auth_level(param, check->level);
  return store;
}

/* A certificate that was revoked stays so. */
static stls_ocsp_verdict judge(const struct stls_ocsp_check *check,
                               OCSP_SINGLERESP *single)
{
  ASN1_GENERALIZEDTIME *this_time = NULL, *next_time = NULL;
  const int status =
      OCSP_single_get0_status(single, NULL, NULL, &this_time, &next_time);
  int64_t this_update, next_update = 0;
  bool has_next = next_time != NULL;

  if (!stls_ocsp_response_seconds(this_time, &this_update) ||
      (has_next && (!stls_ocsp_response_seconds(next_time, &next_update) ||
                    next_update < this_update)))
    return STLS_OCSP_UNVERIFIABLE;
  if (!check->ignores_time && this_update > check->now + STLS_OCSP_CHECK_SKEW)
    return STLS_OCSP_UNVERIFIABLE;
  if (status == V_OCSP_CERTSTATUS_REVOKED) return STLS_OCSP_REVOKED;
  if (!check->ignores_time &&
      has_expired(check->now, this_update, has_next, next_update))
    return STLS_OCSP_TOO_OLD;
  return status == V_OCSP_CERTSTATUS_GOOD ? STLS_OCSP_GOOD : STLS_OCSP_UNKNOWN;
}

static bool has_expired(int64_t now, int64_t this_update, bool has_next,
                        int64_t next_update)
{
  const int64_t end =
      has_next ? next_update : this_update + STLS_OCSP_CHECK_MAX_AGE;

  return now > end + STLS_OCSP_CHECK_SKEW;
}
