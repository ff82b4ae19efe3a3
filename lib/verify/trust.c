/* SPDX-License-Identifier: MIT */
/* trust: holds a set of trusted certificates and CRLs. */
#include "verify/trust.h"

#include <openssl/x509v3.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/refs.h"
#include "base/sized_struct.h"
#include "verify/trust_lookup.h"
#include "verify/trust_store.h"
#include "x509/certificate.h"
#include "x509/x509_check.h"
#include "x509/x509_stack.h"

STLS_SIZED_STRUCT(counts_layout, stls_trust_counts,
                  STLS_SIZED_END(stls_trust_counts, x509),
                  STLS_SIZED_END(stls_trust_counts, crl),
                  STLS_SIZED_END(stls_trust_counts, x509_ca));

static bool create(stls_trust *trust, OSSL_LIB_CTX *libctx, const char *propq);
static void destroy(stls_trust *trust);
static stls_result take(struct stls_trust_batch *batch, X509 *cert,
                        stls_error *err);
static stls_result select_cas(const stls_trust *trust, STACK_OF(X509) * out_cas,
                              stls_error *err);

stls_result stls_trust_new(OSSL_LIB_CTX *libctx, const char *propq,
                           stls_trust **out_trust, stls_error *err)
{
  stls_trust *trust;
  stls_error_queue_guard guard;

  if (out_trust == NULL) return stls_error_null(err, "out_trust");
  stls_error_queue_enter(&guard);
  trust = stls_mem_zalloc(sizeof *trust);
  if (trust != NULL) stls_refs_init(&trust->refs);
  if (trust != NULL && create(trust, libctx, propq)) {
    *out_trust = trust;
  } else {
    stls_trust_free(trust);
    trust = NULL;
  }
  stls_error_queue_leave(&guard);
  return trust != NULL ? STLS_OK : stls_error_memory(err);
}

void stls_trust_free(stls_trust *trust)
{
  stls_error_queue_guard guard;

  if (trust == NULL || !stls_refs_release(&trust->refs)) return;
  /* OpenSSL 4.0 allocates memory to flush a hash table, and may record an
   * error. */
  stls_error_queue_enter(&guard);
  if (trust->is_installed)
    X509_STORE_free(trust->store);
  else
    destroy(trust);
  stls_error_queue_leave(&guard);
}

stls_trust *stls_trust_up_ref(stls_trust *trust)
{
  if (trust != NULL) stls_refs_take(&trust->refs);
  return trust;
}

stls_result stls_trust_add_certificate(stls_trust *trust,
                                       const stls_certificate *certificate,
                                       stls_error *err)
{
  struct stls_trust_batch batch;
  X509 *cert = stls_certificate_x509(certificate);
  stls_error_queue_guard guard;
  stls_result result;

  if (trust == NULL) return stls_error_null(err, "trust");
  if (cert == NULL) return stls_error_null(err, "certificate");
  stls_error_queue_enter(&guard);
  result = stls_trust_store_batch_init(&batch) ? take(&batch, cert, err)
                                               : stls_error_memory(err);
  if (result == STLS_OK) result = stls_trust_store_add(trust, &batch, err);
  stls_trust_store_batch_free(&batch);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_trust_count(const stls_trust *trust,
                             stls_trust_counts *out_counts, stls_error *err)
{
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;
  stls_error_queue_guard guard;
  stls_result result;

  if (trust == NULL) return stls_error_null(err, "trust");
  result =
      stls_sized_struct_check(&counts_layout, out_counts, "out_counts", err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  CRYPTO_THREAD_read_lock(trust->lock);
  for (int i = 0; i < sk_X509_num(trust->certs); i++)
    if (X509_check_ca(sk_X509_value(trust->certs, i)) != 0) counts.x509_ca++;
  counts.x509 = (size_t)sk_X509_num(trust->certs);
  counts.crl = (size_t)sk_X509_CRL_num(trust->crls);
  CRYPTO_THREAD_unlock(trust->lock);
  stls_error_queue_leave(&guard);
  stls_sized_struct_write(&counts_layout, out_counts, &counts);
  return STLS_OK;
}

stls_result stls_trust_ca_certificates(const stls_trust *trust,
                                       stls_certificate_list **out_list,
                                       stls_error *err)
{
  STACK_OF(X509) * cas;
  stls_error_queue_guard guard;
  stls_result result;

  if (trust == NULL) return stls_error_null(err, "trust");
  if (out_list == NULL) return stls_error_null(err, "out_list");
  stls_error_queue_enter(&guard);
  cas = sk_X509_new_null();
  result = cas == NULL ? stls_error_memory(err) : select_cas(trust, cas, err);
  if (result == STLS_OK)
    result = stls_certificate_list_wrap(cas, out_list, err);
  stls_x509_stack_free(cas);
  stls_error_queue_leave(&guard);
  return result;
}

stls_reason stls_trust_empty_reason(const stls_trust *trust)
{
  bool is_empty = true;

  if (trust != NULL) {
    CRYPTO_THREAD_read_lock(trust->lock);
    is_empty = sk_X509_num(trust->certs) == 0;
    CRYPTO_THREAD_unlock(trust->lock);
  }
  if (!is_empty) return STLS_REASON_NONE;
  return trust != NULL && atomic_load(&trust->has_asked_system)
             ? STLS_REASON_SYSTEM_TRUST_EMPTY
             : STLS_REASON_NO_TRUST;
}

static bool create(stls_trust *trust, OSSL_LIB_CTX *libctx, const char *propq)
{
  trust->lock = CRYPTO_THREAD_lock_new();
  trust->certs = sk_X509_new_null();
  trust->crls = sk_X509_CRL_new_null();
  trust->by_subject = sk_X509_new_null();
  trust->by_issuer = sk_X509_CRL_new_null();
  if (propq != NULL) trust->propq = stls_mem_strdup(propq);
  trust->scope.libctx = libctx;
  trust->scope.propq = trust->propq;
  if (trust->lock == NULL || trust->certs == NULL || trust->crls == NULL ||
      trust->by_subject == NULL || trust->by_issuer == NULL ||
      (propq != NULL && trust->propq == NULL))
    return false;
  trust->store = X509_STORE_new();
  if (trust->store == NULL) return false;
  trust->is_installed = stls_trust_lookup_install(trust, destroy);
  if (!trust->is_installed) X509_STORE_free(trust->store);
  return trust->is_installed;
}

static void destroy(stls_trust *trust)
{
  sk_X509_free(trust->by_subject);
  sk_X509_CRL_free(trust->by_issuer);
  sk_X509_pop_free(trust->certs, X509_free);
  sk_X509_CRL_pop_free(trust->crls, X509_CRL_free);
  CRYPTO_THREAD_lock_free(trust->lock);
  stls_mem_free(trust->propq);
  stls_mem_free(trust);
}

static stls_result take(struct stls_trust_batch *batch, X509 *cert,
                        stls_error *err)
{
  if (!stls_x509_check_is_intact(cert)) return stls_error_memory(err);
  if (sk_X509_push(batch->certs, cert) <= 0) return stls_error_memory(err);
  X509_up_ref(cert);
  return STLS_OK;
}

/* The copy has its own references, because other threads may add to the set
 * while the list is created. */
static stls_result select_cas(const stls_trust *trust, STACK_OF(X509) * out_cas,
                              stls_error *err)
{
  bool done = true;

  CRYPTO_THREAD_read_lock(trust->lock);
  for (int i = 0; done && i < sk_X509_num(trust->certs); i++) {
    X509 *cert = sk_X509_value(trust->certs, i);
    if (X509_check_ca(cert) == 0) continue;
    done = sk_X509_push(out_cas, cert) > 0;
    if (done) X509_up_ref(cert);
  }
  CRYPTO_THREAD_unlock(trust->lock);
  return done ? STLS_OK : stls_error_memory(err);
}
