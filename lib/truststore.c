/* SPDX-License-Identifier: MIT */
/* truststore (L3): adding to a set of trust, all or nothing. */
#include "error.h"
#include "trust.h"

static bool reserve(stls_trust *trust, const struct stls_trust_batch *batch);
static void add_certs(stls_trust *trust, STACK_OF(X509) * certs);
static void add_crls(stls_trust *trust, STACK_OF(X509_CRL) * crls);
static bool is_full(const stls_trust *trust);
static bool fill(stls_trust *trust);

bool stls_trust_batch_init(struct stls_trust_batch *batch)
{
  batch->certs = sk_X509_new_null();
  batch->crls = sk_X509_CRL_new_null();
  return batch->certs != NULL && batch->crls != NULL;
}

void stls_trust_batch_free(struct stls_trust_batch *batch)
{
  sk_X509_pop_free(batch->certs, X509_free);
  sk_X509_CRL_pop_free(batch->crls, X509_CRL_free);
}

stls_result stls_trust_store_add(stls_trust *trust,
                                 const struct stls_trust_batch *batch,
                                 stls_error *err)
{
  bool done;

  CRYPTO_THREAD_write_lock(trust->lock);
  done = reserve(trust, batch);
  if (done) {
    add_certs(trust, batch->certs);
    add_crls(trust, batch->crls);
    /* Objects that are there already are to know of it soon. For those that
     * come, stls_trust_store_fill makes sure. */
    (void)fill(trust);
  }
  CRYPTO_THREAD_unlock(trust->lock);
  return done ? STLS_OK : stls_error_memory(err);
}

stls_result stls_trust_store_fill(stls_trust *trust, stls_error *err)
{
  stls_error_guard guard;
  bool done;

  CRYPTO_THREAD_read_lock(trust->lock);
  done = is_full(trust);
  CRYPTO_THREAD_unlock(trust->lock);
  if (done) return STLS_OK;
  stls_error_enter(&guard);
  CRYPTO_THREAD_write_lock(trust->lock);
  done = fill(trust);
  CRYPTO_THREAD_unlock(trust->lock);
  stls_error_leave(&guard);
  return done ? STLS_OK : stls_error_memory(err);
}

X509_STORE *stls_trust_store(const stls_trust *trust)
{
  return trust->store;
}

static bool reserve(stls_trust *trust, const struct stls_trust_batch *batch)
{
  return sk_X509_reserve(trust->certs, sk_X509_num(batch->certs)) == 1 &&
         sk_X509_CRL_reserve(trust->crls, sk_X509_CRL_num(batch->crls)) == 1;
}

/* There is room, so that a push cannot fail. */
static void add_certs(stls_trust *trust, STACK_OF(X509) * certs)
{
  for (int i = 0; i < sk_X509_num(certs); i++) {
    X509 *cert = sk_X509_value(certs, i);
    bool is_known = false;
    for (int j = 0; !is_known && j < sk_X509_num(trust->certs); j++)
      is_known = X509_cmp(cert, sk_X509_value(trust->certs, j)) == 0;
    if (!is_known && X509_up_ref(cert) == 1) sk_X509_push(trust->certs, cert);
  }
}

static void add_crls(stls_trust *trust, STACK_OF(X509_CRL) * crls)
{
  for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
    X509_CRL *crl = sk_X509_CRL_value(crls, i);
    bool is_known = false;
    for (int j = 0; !is_known && j < sk_X509_CRL_num(trust->crls); j++)
      is_known = X509_CRL_match(crl, sk_X509_CRL_value(trust->crls, j)) == 0;
    if (!is_known && X509_CRL_up_ref(crl) == 1)
      sk_X509_CRL_push(trust->crls, crl);
  }
}

static bool is_full(const stls_trust *trust)
{
  return trust->num_certs_stored == sk_X509_num(trust->certs) &&
         trust->num_crls_stored == sk_X509_CRL_num(trust->crls);
}

static bool fill(stls_trust *trust)
{
  while (trust->num_certs_stored < sk_X509_num(trust->certs)) {
    X509 *cert = sk_X509_value(trust->certs, trust->num_certs_stored);
    if (X509_STORE_add_cert(trust->store, cert) != 1) return false;
    trust->num_certs_stored++;
  }
  while (trust->num_crls_stored < sk_X509_CRL_num(trust->crls)) {
    X509_CRL *crl = sk_X509_CRL_value(trust->crls, trust->num_crls_stored);
    if (X509_STORE_add_crl(trust->store, crl) != 1) return false;
    trust->num_crls_stored++;
  }
  return true;
}
