/* SPDX-License-Identifier: MIT */
/* trustdigest (L3): what is in a set of trust, as one short value. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "error.h"
#include "trust.h"

static bool is_current(const stls_trust *trust);
static bool renew(stls_trust *trust);
static bool collect(const stls_trust *trust, const EVP_MD *md,
                    unsigned char *list);
static int compare(const void *a, const void *b);

stls_result stls_trust_digest(stls_trust *trust,
                              unsigned char out[STLS_DIGEST_LEN],
                              stls_error *err)
{
  bool done;

  CRYPTO_THREAD_read_lock(trust->lock);
  done = is_current(trust);
  if (done) memcpy(out, trust->digest, STLS_DIGEST_LEN);
  CRYPTO_THREAD_unlock(trust->lock);
  if (done) return STLS_OK;
  CRYPTO_THREAD_write_lock(trust->lock);
  done = is_current(trust) || renew(trust);
  if (done) memcpy(out, trust->digest, STLS_DIGEST_LEN);
  CRYPTO_THREAD_unlock(trust->lock);
  return done ? STLS_OK
              : stls_error_fail_openssl(err, STLS_ERROR_MEMORY,
                                        STLS_REASON_OUT_OF_MEMORY,
                                        "digest of the trust");
}

/* Nothing ever leaves the lists, so that their lengths tell. */
static bool is_current(const stls_trust *trust)
{
  return trust->has_digest &&
         trust->num_certs_digested == sk_X509_num(trust->certs) &&
         trust->num_crls_digested == sk_X509_CRL_num(trust->crls);
}

/* Of the sorted digests: the order in which things were added is no part of what
 * they say. */
static bool renew(stls_trust *trust)
{
  const int num_certs = sk_X509_num(trust->certs);
  const int num_crls = sk_X509_CRL_num(trust->crls);
  const size_t len = (size_t)(num_certs + num_crls) * STLS_DIGEST_LEN;
  EVP_MD *md = EVP_MD_fetch(trust->scope.libctx, "SHA256", trust->scope.propq);
  unsigned char *list = stls_mem_alloc(len);
  bool done = md != NULL && list != NULL && collect(trust, md, list);

  if (done) {
    qsort(list, (size_t)num_certs, STLS_DIGEST_LEN, compare);
    qsort(list + (size_t)num_certs * STLS_DIGEST_LEN, (size_t)num_crls,
          STLS_DIGEST_LEN, compare);
    done = stls_digest(trust->scope.libctx, trust->scope.propq, list, len,
                       trust->digest);
  }
  /* A digest that was half written is not one. */
  trust->has_digest = done;
  trust->num_certs_digested = num_certs;
  trust->num_crls_digested = num_crls;
  stls_mem_free(list);
  EVP_MD_free(md);
  return done;
}

static bool collect(const stls_trust *trust, const EVP_MD *md,
                    unsigned char *list)
{
  bool done = true;

  for (int i = 0; done && i < sk_X509_num(trust->certs); i++) {
    done = X509_digest(sk_X509_value(trust->certs, i), md, list, NULL) == 1;
    list += STLS_DIGEST_LEN;
  }
  for (int i = 0; done && i < sk_X509_CRL_num(trust->crls); i++) {
    done =
        X509_CRL_digest(sk_X509_CRL_value(trust->crls, i), md, list, NULL) == 1;
    list += STLS_DIGEST_LEN;
  }
  return done;
}

static int compare(const void *a, const void *b)
{
  return memcmp(a, b, STLS_DIGEST_LEN);
}
