/* SPDX-License-Identifier: MIT */
/* trust_lookup: answers OpenSSL's lookups from a trust set. */
#include "verify/trust_lookup.h"

#include <openssl/x509v3.h>
#include <stdatomic.h>

#include "x509/x509_check.h"

/* OpenSSL 4.0 has const parameters in these callbacks. */
#if OPENSSL_VERSION_MAJOR >= 4
#define CONST_SINCE_4_0 const
#else
#define CONST_SINCE_4_0
#endif

/* As in peer_verify.c. Unlike a once-function, a failed allocation can be
 * repeated. */
static atomic_int store_index = -1;
static void (*_Atomic destroy_trust)(stls_trust *trust);

/* Compares the item at an index with a key: below 0 when the item is before the
 * key. */
typedef int order_fn(const stls_trust *trust, int at, const void *key);

static bool has_index(void);
static void on_store_free(void *parent, void *trust, CRYPTO_EX_DATA *data,
                          int index, long argl, void *argp);
static stls_trust *trust_of(const X509_STORE_CTX *ctx);
static int find_issuer(X509 **out_issuer, X509_STORE_CTX *ctx,
                       CONST_SINCE_4_0 X509 *cert);
static X509 *choose_issuer(const stls_trust *trust, X509_STORE_CTX *ctx,
                           CONST_SINCE_4_0 X509 *cert);
static STACK_OF(X509) *
    find_certs(CONST_SINCE_4_0 X509_STORE_CTX *ctx, const X509_NAME *subject);
static STACK_OF(X509_CRL) *
    find_crls(const X509_STORE_CTX *ctx, const X509_NAME *issuer);
static bool add_certs(STACK_OF(X509) * to, const stls_trust *trust,
                      const X509_NAME *subject);
static bool add_crls(STACK_OF(X509_CRL) * to, const stls_trust *trust,
                     const X509_NAME *issuer);
static int first_cert(const stls_trust *trust, const X509_NAME *subject);
static int first_crl(const stls_trust *trust, const X509_NAME *issuer);
static int find(const stls_trust *trust, int num, order_fn *order,
                const void *key, bool *out_is_there);
static int order_cert(const stls_trust *trust, int at, const void *cert);
static int order_crl(const stls_trust *trust, int at, const void *crl);
static int order_subject(const stls_trust *trust, int at, const void *subject);
static int order_issuer(const stls_trust *trust, int at, const void *issuer);

bool stls_trust_lookup_install(stls_trust *trust,
                               void (*destroy)(stls_trust *trust))
{
  atomic_store(&destroy_trust, destroy);
  if (!has_index() ||
      X509_STORE_set_ex_data(trust->store, store_index, trust) != 1)
    return false;
  X509_STORE_set_get_issuer(trust->store, find_issuer);
  X509_STORE_set_lookup_certs(trust->store, find_certs);
  X509_STORE_set_lookup_crls(trust->store, find_crls);
  return true;
}

int stls_trust_lookup_cert(const stls_trust *trust, const X509 *cert,
                           bool *out_is_there)
{
  return find(trust, sk_X509_num(trust->by_subject), order_cert, cert,
              out_is_there);
}

int stls_trust_lookup_crl(const stls_trust *trust, const X509_CRL *crl,
                          bool *out_is_there)
{
  return find(trust, sk_X509_CRL_num(trust->by_issuer), order_crl, crl,
              out_is_there);
}

static bool has_index(void)
{
  int index = atomic_load(&store_index);
  int fresh;

  if (index >= 0) return true;
  fresh = X509_STORE_get_ex_new_index(0, NULL, NULL, NULL, on_store_free);
  if (fresh >= 0) atomic_compare_exchange_strong(&store_index, &index, fresh);
  return fresh >= 0;
}

static void on_store_free(void *parent, void *trust, CRYPTO_EX_DATA *data,
                          int index, long argl, void *argp)
{
  (void)parent;
  (void)data;
  (void)index;
  (void)argl;
  (void)argp;
  if (trust != NULL) atomic_load (&destroy_trust)(trust);
}

static stls_trust *trust_of(const X509_STORE_CTX *ctx)
{
  X509_STORE *store = X509_STORE_CTX_get0_store(ctx);

  return store == NULL ? NULL : X509_STORE_get_ex_data(store, store_index);
}

/* Falls back to X509_STORE_CTX_get1_issuer, which finds certificates that the
 * application has added to the store itself. */
static int find_issuer(X509 **out_issuer, X509_STORE_CTX *ctx,
                       CONST_SINCE_4_0 X509 *cert)
{
  stls_trust *trust = trust_of(ctx);
  X509 *issuer = NULL;

  if (trust != NULL) {
    CRYPTO_THREAD_read_lock(trust->lock);
    issuer = choose_issuer(trust, ctx, cert);
    if (issuer != NULL) X509_up_ref(issuer);
    CRYPTO_THREAD_unlock(trust->lock);
  }
  if (issuer == NULL) return X509_STORE_CTX_get1_issuer(out_issuer, ctx, cert);
  *out_issuer = issuer;
  return 1;
}

/* A self-issued certificate in the set is its own issuer, as OpenSSL requires.
 * Otherwise the first issuer that is valid now, or else the one that expires
 * last. */
static X509 *choose_issuer(const stls_trust *trust, X509_STORE_CTX *ctx,
                           CONST_SINCE_4_0 X509 *cert)
{
  const X509_NAME *name = X509_get_issuer_name(cert);
  const X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
  X509_STORE_CTX_check_issued_fn has_issued =
      X509_STORE_CTX_get_check_issued(ctx);
  X509 *best = NULL;
  bool is_there;
  int at = stls_trust_lookup_cert(trust, cert, &is_there);

  if (is_there && has_issued(ctx, cert, cert))
    return sk_X509_value(trust->by_subject, at);
  for (int i = first_cert(trust, name); i < sk_X509_num(trust->by_subject);
       i++) {
    X509 *issuer = sk_X509_value(trust->by_subject, i);
    if (X509_NAME_cmp(X509_get_subject_name(issuer), name) != 0) break;
    if (!has_issued(ctx, cert, issuer)) continue;
    if (stls_x509_check_is_in_time(issuer, param)) return issuer;
    if (best == NULL || ASN1_TIME_compare(X509_get0_notAfter(issuer),
                                          X509_get0_notAfter(best)) > 0)
      best = issuer;
  }
  return best;
}

/* As OpenSSL's function, returns an empty list when there is none. */
static STACK_OF(X509) *
    find_certs(CONST_SINCE_4_0 X509_STORE_CTX *ctx, const X509_NAME *subject)
{
  stls_trust *trust = trust_of(ctx);
  STACK_OF(X509) *found = X509_STORE_CTX_get1_certs(ctx, subject);
  bool done = true;

  if (found == NULL) found = sk_X509_new_null();
  if (trust == NULL || found == NULL) return found;
  CRYPTO_THREAD_read_lock(trust->lock);
  done = add_certs(found, trust, subject);
  CRYPTO_THREAD_unlock(trust->lock);
  if (done) return found;
  sk_X509_pop_free(found, X509_free);
  return NULL;
}

/* The set contains no delta CRLs. Those that the application has added to the
 * store are ignored. As OpenSSL's function, returns NULL when there is none. */
static STACK_OF(X509_CRL) *
    find_crls(const X509_STORE_CTX *ctx, const X509_NAME *issuer)
{
  stls_trust *trust = trust_of(ctx);
  STACK_OF(X509_CRL) *found = X509_STORE_CTX_get1_crls(ctx, issuer);
  bool done = true;

  if (found == NULL) found = sk_X509_CRL_new_null();
  for (int i = sk_X509_CRL_num(found) - 1; i >= 0; i--)
    if (X509_CRL_get_ext_by_NID(sk_X509_CRL_value(found, i), NID_delta_crl,
                                -1) >= 0)
      X509_CRL_free(sk_X509_CRL_delete(found, i));
  if (trust == NULL || found == NULL) return found;
  CRYPTO_THREAD_read_lock(trust->lock);
  done = add_crls(found, trust, issuer);
  CRYPTO_THREAD_unlock(trust->lock);
  if (done && sk_X509_CRL_num(found) > 0) return found;
  sk_X509_CRL_pop_free(found, X509_CRL_free);
  return NULL;
}

static bool add_certs(STACK_OF(X509) * to, const stls_trust *trust,
                      const X509_NAME *subject)
{
  for (int i = first_cert(trust, subject); i < sk_X509_num(trust->by_subject);
       i++) {
    X509 *cert = sk_X509_value(trust->by_subject, i);
    if (X509_NAME_cmp(X509_get_subject_name(cert), subject) != 0) break;
    if (sk_X509_push(to, cert) <= 0) return false;
    X509_up_ref(cert);
  }
  return true;
}

static bool add_crls(STACK_OF(X509_CRL) * to, const stls_trust *trust,
                     const X509_NAME *issuer)
{
  for (int i = first_crl(trust, issuer); i < sk_X509_CRL_num(trust->by_issuer);
       i++) {
    X509_CRL *crl = sk_X509_CRL_value(trust->by_issuer, i);
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl), issuer) != 0) break;
    if (sk_X509_CRL_push(to, crl) <= 0) return false;
    X509_CRL_up_ref(crl);
  }
  return true;
}

static int first_cert(const stls_trust *trust, const X509_NAME *subject)
{
  bool is_there;

  return find(trust, sk_X509_num(trust->by_subject), order_subject, subject,
              &is_there);
}

static int first_crl(const stls_trust *trust, const X509_NAME *issuer)
{
  bool is_there;

  return find(trust, sk_X509_CRL_num(trust->by_issuer), order_issuer, issuer,
              &is_there);
}

/* The index of the first of `num` items that is not before the key. */
static int find(const stls_trust *trust, int num, order_fn *order,
                const void *key, bool *out_is_there)
{
  int low = 0, high = num;

  *out_is_there = false;
  while (low < high) {
    int middle = low + (high - low) / 2;
    int sign = order(trust, middle, key);
    if (sign == 0) *out_is_there = true;
    if (sign < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static int order_cert(const stls_trust *trust, int at, const void *cert)
{
  int order = order_subject(trust, at, X509_get_subject_name(cert));

  return order != 0 ? order
                    : X509_cmp(sk_X509_value(trust->by_subject, at), cert);
}

static int order_crl(const stls_trust *trust, int at, const void *crl)
{
  int order = order_issuer(trust, at, X509_CRL_get_issuer(crl));

  return order != 0
             ? order
             : X509_CRL_match(sk_X509_CRL_value(trust->by_issuer, at), crl);
}

static int order_subject(const stls_trust *trust, int at, const void *subject)
{
  const X509 *cert = sk_X509_value(trust->by_subject, at);

  return X509_NAME_cmp(X509_get_subject_name(cert), subject);
}

static int order_issuer(const stls_trust *trust, int at, const void *issuer)
{
  const X509_CRL *crl = sk_X509_CRL_value(trust->by_issuer, at);

  return X509_NAME_cmp(X509_CRL_get_issuer(crl), issuer);
}
