/* SPDX-License-Identifier: MIT */
/* trust (L3): the certificates that a peer's chain may end in. */
#include "trust.h"

#include "error.h"
#include "file.h"
#include "mem.h"
#include "x509pem.h"

struct stls_trust {
  stls_refs refs;
  X509_STORE *store;
  OSSL_LIB_CTX *libctx;
  char *propq;
};

static stls_result add_text(stls_trust *trust, const struct stls_pem_text *text,
                            stls_error *err);
static stls_result add_certs(stls_trust *trust, STACK_OF(X509) * certs,
                             stls_error *err);
static void remove_certs(stls_trust *trust, STACK_OF(X509) * certs, int num);

stls_result stls_trust_new(OSSL_LIB_CTX *libctx, const char *propq,
                           stls_trust **out_trust, stls_error *err)
{
  stls_trust *trust;
  stls_error_guard guard;

  if (out_trust == NULL) return stls_error_misuse(err, "out_trust is NULL");
  stls_error_enter(&guard);
  trust = stls_mem_zalloc(sizeof *trust);
  if (trust != NULL) {
    stls_refs_init(&trust->refs);
    trust->libctx = libctx;
    trust->store = X509_STORE_new();
    if (propq != NULL) trust->propq = stls_mem_strdup(propq);
  }
  if (trust != NULL && trust->store != NULL &&
      (propq == NULL || trust->propq != NULL)) {
    *out_trust = trust;
  } else {
    stls_trust_free(trust);
    trust = NULL;
  }
  stls_error_leave(&guard);
  return trust != NULL ? STLS_OK : stls_error_memory(err);
}

void stls_trust_free(stls_trust *trust)
{
  if (trust == NULL || !stls_refs_release(&trust->refs)) return;
  X509_STORE_free(trust->store);
  stls_mem_free(trust->propq);
  stls_mem_free(trust);
}

stls_trust *stls_trust_up_ref(stls_trust *trust)
{
  if (trust != NULL) stls_refs_take(&trust->refs);
  return trust;
}

stls_result stls_trust_add_pem(stls_trust *trust, const void *pem,
                               size_t pem_len, stls_error *err)
{
  const struct stls_pem_text text = {"pem", pem, pem_len};

  if (trust == NULL) return stls_error_misuse(err, "trust is NULL");
  if (pem == NULL && pem_len > 0) return stls_error_misuse(err, "pem is NULL");
  return add_text(trust, &text, err);
}

stls_result stls_trust_add_file(stls_trust *trust, const char *path,
                                stls_error *err)
{
  struct stls_pem_text text = {path, NULL, 0};
  uint8_t *data;
  stls_result result;

  if (trust == NULL) return stls_error_misuse(err, "trust is NULL");
  if (path == NULL) return stls_error_misuse(err, "path is NULL");
  result = stls_file_read(path, &data, &text.len, err);
  if (result != STLS_OK) return result;
  text.data = data;
  result = add_text(trust, &text, err);
  stls_mem_free(data);
  return result;
}

stls_result stls_trust_add_system(stls_trust *trust, stls_error *err)
{
  stls_result result = STLS_OK;
  stls_error_guard guard;

  if (trust == NULL) return stls_error_misuse(err, "trust is NULL");
  stls_error_enter(&guard);
  if (X509_STORE_set_default_paths_ex(trust->store, trust->libctx,
                                      trust->propq) != 1)
    result = stls_error_set_openssl(err, STLS_ERROR_MEMORY, "system trust");
  stls_error_leave(&guard);
  return result;
}

X509_STORE *stls_trust_store(const stls_trust *trust)
{
  return trust->store;
}

/* Everything is parsed before anything is added. */
static stls_result add_text(stls_trust *trust, const struct stls_pem_text *text,
                            stls_error *err)
{
  const struct stls_x509pem_scope scope = {trust->libctx, trust->propq};
  STACK_OF(X509) *certs = NULL;
  stls_error_guard guard;
  stls_result result;

  stls_error_enter(&guard);
  result = stls_x509pem_certs(text, &scope, &certs, err);
  if (result == STLS_OK) result = add_certs(trust, certs, err);
  stls_x509pem_certs_free(certs);
  stls_error_leave(&guard);
  return result;
}

/* X509_STORE_add_cert takes a duplicate for success, and fails for want of
 * memory only. */
static stls_result add_certs(stls_trust *trust, STACK_OF(X509) * certs,
                             stls_error *err)
{
  for (int i = 0; i < sk_X509_num(certs); i++)
    if (X509_STORE_add_cert(trust->store, sk_X509_value(certs, i)) != 1) {
      remove_certs(trust, certs, i);
      return stls_error_memory(err);
    }
  return STLS_OK;
}

/* The store holds references to what was added now, so that a certificate which
 * was there before, and is equal only, stays. */
static void remove_certs(stls_trust *trust, STACK_OF(X509) * certs, int num)
{
  STACK_OF(X509_OBJECT) * objects;

  X509_STORE_lock(trust->store);
  objects = X509_STORE_get0_objects(trust->store);
  for (int i = sk_X509_OBJECT_num(objects) - 1; i >= 0; i--) {
    X509_OBJECT *object = sk_X509_OBJECT_value(objects, i);
    X509 *cert = X509_OBJECT_get0_X509(object);
    for (int j = 0; j < num; j++)
      if (cert == sk_X509_value(certs, j)) {
        sk_X509_OBJECT_delete(objects, i);
        X509_OBJECT_free(object);
        break;
      }
  }
  X509_STORE_unlock(trust->store);
}
