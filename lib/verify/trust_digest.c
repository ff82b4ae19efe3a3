/* SPDX-License-Identifier: MIT */
/* trust_digest: computes a digest of the contents of a trust set. */
#include "verify/trust_digest.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdlib.h>
#include <string.h>

#include "base/byte_reader.h"
#include "base/error.h"
#include "base/sha256.h"

static bool is_current(const stls_trust *trust);
static bool update(stls_trust *trust);
static bool collect(const stls_trust *trust, const EVP_MD *md,
                    unsigned char *list);
static bool digest_cert(X509 *cert, const EVP_MD *md,
                        unsigned char out[STLS_SHA256_LEN]);
static bool put_purposes(EVP_MD_CTX *ctx, const STACK_OF(ASN1_OBJECT) * list);
static bool put_number(EVP_MD_CTX *ctx, uint32_t number);
static int compare(const void *a, const void *b);

stls_result stls_trust_digest(stls_trust *trust,
                              unsigned char out[STLS_SHA256_LEN],
                              stls_error *err)
{
  bool done;

  CRYPTO_THREAD_read_lock(trust->lock);
  done = is_current(trust);
  if (done) memcpy(out, trust->digest, STLS_SHA256_LEN);
  CRYPTO_THREAD_unlock(trust->lock);
  if (done) return STLS_OK;
  CRYPTO_THREAD_write_lock(trust->lock);
  done = is_current(trust) || update(trust);
  if (done) memcpy(out, trust->digest, STLS_SHA256_LEN);
  CRYPTO_THREAD_unlock(trust->lock);
  return done ? STLS_OK
              : stls_error_fail_openssl(err, STLS_ERROR_MEMORY,
                                        STLS_REASON_OUT_OF_MEMORY,
                                        "digest of the trust");
}

/* Items are never removed, so equal lengths mean equal contents. */
static bool is_current(const stls_trust *trust)
{
  return trust->has_digest &&
         trust->num_certs_digested == sk_X509_num(trust->certs) &&
         trust->num_crls_digested == sk_X509_CRL_num(trust->crls);
}

/* The digests of the items are sorted, so that the order of addition does not
 * matter. */
static bool update(stls_trust *trust)
{
  const int num_certs = sk_X509_num(trust->certs);
  const int num_crls = sk_X509_CRL_num(trust->crls);
  const size_t len = (size_t)(num_certs + num_crls) * STLS_SHA256_LEN;
  EVP_MD *md = EVP_MD_fetch(trust->scope.libctx, "SHA256", trust->scope.propq);
  unsigned char *list = stls_mem_alloc(len);
  bool done = md != NULL && list != NULL && collect(trust, md, list);

  if (done) {
    qsort(list, (size_t)num_certs, STLS_SHA256_LEN, compare);
    qsort(list + (size_t)num_certs * STLS_SHA256_LEN, (size_t)num_crls,
          STLS_SHA256_LEN, compare);
    done = stls_sha256(trust->scope.libctx, trust->scope.propq, list, len,
                       trust->digest);
  }
  /* After a failure the digest may be incomplete. */
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
    done = digest_cert(sk_X509_value(trust->certs, i), md, list);
    list += STLS_SHA256_LEN;
  }
  for (int i = 0; done && i < sk_X509_CRL_num(trust->crls); i++) {
    done =
        X509_CRL_digest(sk_X509_CRL_value(trust->crls, i), md, list, NULL) == 1;
    list += STLS_SHA256_LEN;
  }
  return done;
}

/* A "TRUSTED CERTIFICATE" has trust settings behind its DER: the purposes it is
 * trusted for and rejected for. Most certificates have none. */
static bool digest_cert(X509 *cert, const EVP_MD *md,
                        unsigned char out[STLS_SHA256_LEN])
{
  const STACK_OF(ASN1_OBJECT) *trusted = X509_get0_trust_objects(cert);
  const STACK_OF(ASN1_OBJECT) *rejected = X509_get0_reject_objects(cert);
  EVP_MD_CTX *ctx;
  bool done = X509_digest(cert, md, out, NULL) == 1;

  if (!done || (trusted == NULL && rejected == NULL)) return done;
  ctx = EVP_MD_CTX_new();
  done = ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1 &&
         EVP_DigestUpdate(ctx, out, STLS_SHA256_LEN) == 1 &&
         put_purposes(ctx, trusted) && put_purposes(ctx, rejected) &&
         EVP_DigestFinal_ex(ctx, out, NULL) == 1;
  EVP_MD_CTX_free(ctx);
  return done;
}

/* An empty list and no list differ. */
static bool put_purposes(EVP_MD_CTX *ctx, const STACK_OF(ASN1_OBJECT) * list)
{
  int num = sk_ASN1_OBJECT_num(list);
  bool done = put_number(ctx, (uint32_t)num);

  for (int i = 0; done && i < num; i++) {
    const ASN1_OBJECT *purpose = sk_ASN1_OBJECT_value(list, i);
    size_t len = OBJ_length(purpose);
    done = put_number(ctx, (uint32_t)len) &&
           EVP_DigestUpdate(ctx, OBJ_get0_data(purpose), len) == 1;
  }
  return done;
}

static bool put_number(EVP_MD_CTX *ctx, uint32_t number)
{
  unsigned char bytes[sizeof number];

  stls_byte_reader_put(bytes, number, sizeof bytes);
  return EVP_DigestUpdate(ctx, bytes, sizeof bytes) == 1;
}

static int compare(const void *a, const void *b)
{
  return memcmp(a, b, STLS_SHA256_LEN);
}
