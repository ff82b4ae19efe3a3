/* SPDX-License-Identifier: MIT */
/* trust_store: adds parsed certificates and CRLs to a trust set, all or
 * none. */
#include "verify/trust_store.h"

#include "base/error.h"
#include "verify/trust_lookup.h"

static bool reserve(stls_trust *trust, const struct stls_trust_batch *batch);
static void add_certs(stls_trust *trust, STACK_OF(X509) * certs);
static void add_crls(stls_trust *trust, STACK_OF(X509_CRL) * crls);

bool stls_trust_store_batch_init(struct stls_trust_batch *batch)
{
  batch->certs = sk_X509_new_null();
  batch->crls = sk_X509_CRL_new_null();
  return batch->certs != NULL && batch->crls != NULL;
}

void stls_trust_store_batch_free(struct stls_trust_batch *batch)
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
  }
  CRYPTO_THREAD_unlock(trust->lock);
  return done ? STLS_OK : stls_error_memory(err);
}

X509_STORE *stls_trust_store(const stls_trust *trust)
{
  return trust->store;
}

/* Also encodes the subject names, because OpenSSL does so at the first
 * comparison of a name that an application has built, and that must not fail
 * later. */
static bool reserve(stls_trust *trust, const struct stls_trust_batch *batch)
{
  const int num_certs = sk_X509_num(batch->certs);
  const int num_crls = sk_X509_CRL_num(batch->crls);
  bool done = sk_X509_reserve(trust->certs, num_certs) == 1 &&
              sk_X509_reserve(trust->by_subject, num_certs) == 1 &&
              sk_X509_CRL_reserve(trust->crls, num_crls) == 1 &&
              sk_X509_CRL_reserve(trust->by_issuer, num_crls) == 1;

  for (int i = 0; done && i < num_certs; i++)
    done = i2d_X509_NAME(X509_get_subject_name(sk_X509_value(batch->certs, i)),
                         NULL) > 0;
  return done;
}

/* Cannot fail: there is room. */
static void add_certs(stls_trust *trust, STACK_OF(X509) * certs)
{
  for (int i = 0; i < sk_X509_num(certs); i++) {
    X509 *cert = sk_X509_value(certs, i);
    bool is_known;
    int at = stls_trust_lookup_cert(trust, cert, &is_known);
    if (is_known || X509_up_ref(cert) != 1) continue;
    sk_X509_push(trust->certs, cert);
    sk_X509_insert(trust->by_subject, cert, at);
  }
}

static void add_crls(stls_trust *trust, STACK_OF(X509_CRL) * crls)
{
  for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
    X509_CRL *crl = sk_X509_CRL_value(crls, i);
    bool is_known;
    int at = stls_trust_lookup_crl(trust, crl, &is_known);
    if (is_known || X509_CRL_up_ref(crl) != 1) continue;
    sk_X509_CRL_push(trust->crls, crl);
    sk_X509_CRL_insert(trust->by_issuer, crl, at);
  }
}
