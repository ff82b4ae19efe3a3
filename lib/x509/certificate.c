/* SPDX-License-Identifier: MIT */
/* certificate: creates, shares and frees certificates and lists of them. */
#include "x509/certificate.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/refs.h"
#include "x509/x509_check.h"

struct stls_certificate_list {
  size_t count;
  stls_certificate *certificates[];
};

static stls_result wrap_one(void *arg, X509 *x509,
                            stls_certificate **out_certificate,
                            stls_error *err);
static stls_result check_input(const char *name, const void *data,
                               const void *out, stls_error *err);
static stls_result read_der(const uint8_t *der, size_t der_len,
                            const struct stls_x509_scope *scope,
                            X509 **out_x509, stls_error *err);
static stls_result create(X509 *x509, const struct stls_x509_scope *scope,
                          stls_certificate **out_certificate, stls_error *err);
static stls_result fail_copy(X509 *x509, stls_error *err);
static stls_result fail_encode(stls_error *err);
static stls_result decode(stls_certificate *certificate,
                          const struct stls_x509_scope *scope, stls_error *err);

stls_result stls_certificate_new_der(const void *der, size_t der_len,
                                     OSSL_LIB_CTX *libctx, const char *propq,
                                     stls_certificate **out_certificate,
                                     stls_error *err)
{
  const struct stls_x509_scope scope = {libctx, propq};
  stls_result result = check_input("der", der, out_certificate, err);
  stls_error_queue_guard guard;
  X509 *x509 = NULL;

  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = read_der(der, der_len, &scope, &x509, err);
  if (result == STLS_OK) result = create(x509, &scope, out_certificate, err);
  X509_free(x509);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_certificate_new_pem(const void *pem, size_t pem_len,
                                     OSSL_LIB_CTX *libctx, const char *propq,
                                     stls_certificate **out_certificate,
                                     stls_error *err)
{
  const struct stls_x509_scope scope = {libctx, propq};
  const struct stls_named_input text = {"pem", pem, pem_len};
  stls_result result = check_input("pem", pem, out_certificate, err);
  stls_error_queue_guard guard;
  X509 *x509 = NULL;

  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = stls_x509_pem_cert(&text, &scope, &x509, err);
  if (result == STLS_OK) result = create(x509, &scope, out_certificate, err);
  X509_free(x509);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_certificate_new_x509(X509 *x509,
                                      stls_certificate **out_certificate,
                                      stls_error *err)
{
  stls_result result = check_input("x509", x509, out_certificate, err);
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = stls_certificate_wrap(x509, out_certificate, err);
  stls_error_queue_leave(&guard);
  return result;
}

void stls_certificate_free(stls_certificate *certificate)
{
  stls_error_queue_guard guard;

  if (certificate == NULL || !stls_refs_release(&certificate->refs)) return;
  if (certificate->extensions != NULL)
    stls_extensions_free(certificate->extensions);
  /* With more than ten ex_data indices, OpenSSL allocates memory to free an
   * object, and may record an error. */
  stls_error_queue_enter(&guard);
  X509_free(certificate->x509);
  stls_error_queue_leave(&guard);
  stls_mem_free(certificate->der);
  stls_arena_free(&certificate->arena);
  stls_mem_free(certificate);
}

stls_certificate *stls_certificate_up_ref(stls_certificate *certificate)
{
  if (certificate != NULL) stls_refs_take(&certificate->refs);
  return certificate;
}

stls_result stls_certificate_decode(const stls_certificate *certificate,
                                    stls_error *err)
{
  if (certificate == NULL) return stls_error_null(err, "certificate");
  return stls_extensions_are_decoded(certificate->extensions, certificate->x509)
             ? STLS_OK
             : stls_error_memory(err);
}

bool stls_certificate_equal(const stls_certificate *a,
                            const stls_certificate *b)
{
  if (a == NULL || b == NULL) return a == b;
  return a->der_len == b->der_len && memcmp(a->der, b->der, a->der_len) == 0;
}

void stls_certificate_list_free(stls_certificate_list *list)
{
  if (list == NULL) return;
  for (size_t i = 0; i < list->count; i++)
    stls_certificate_free(list->certificates[i]);
  stls_mem_free(list);
}

size_t stls_certificate_list_count(const stls_certificate_list *list)
{
  return list == NULL ? 0 : list->count;
}

stls_certificate *stls_certificate_list_at(const stls_certificate_list *list,
                                           size_t index)
{
  return list == NULL || index >= list->count ? NULL
                                              : list->certificates[index];
}

stls_result stls_certificate_wrap(X509 *x509,
                                  stls_certificate **out_certificate,
                                  stls_error *err)
{
  static const struct stls_x509_scope none = {NULL, NULL};

  return create(x509, &none, out_certificate, err);
}

stls_result stls_certificate_list_wrap(const STACK_OF(X509) * certs,
                                       stls_certificate_list **out_list,
                                       stls_error *err)
{
  return stls_certificate_list_collect(certs, wrap_one, NULL, out_list, err);
}

stls_result stls_certificate_list_collect(const STACK_OF(X509) * certs,
                                          stls_certificate_source *source,
                                          void *arg,
                                          stls_certificate_list **out_list,
                                          stls_error *err)
{
  int count = certs == NULL ? 0 : sk_X509_num(certs);
  stls_certificate_list *list =
      stls_mem_zalloc(sizeof *list + (size_t)count * sizeof(void *));
  stls_result result = STLS_OK;

  if (list == NULL) return stls_error_memory(err);
  for (int i = 0; result == STLS_OK && i < count; i++) {
    result = source(arg, sk_X509_value(certs, i), &list->certificates[i], err);
    if (result == STLS_OK) list->count++;
  }
  if (result == STLS_OK)
    *out_list = list;
  else
    stls_certificate_list_free(list);
  return result;
}

static stls_result wrap_one(void *arg, X509 *x509,
                            stls_certificate **out_certificate, stls_error *err)
{
  (void)arg;
  return stls_certificate_wrap(x509, out_certificate, err);
}

static stls_result check_input(const char *name, const void *data,
                               const void *out, stls_error *err)
{
  if (data == NULL) return stls_error_null(err, name);
  if (out == NULL) return stls_error_null(err, "out_certificate");
  return STLS_OK;
}

static stls_result read_der(const uint8_t *der, size_t der_len,
                            const struct stls_x509_scope *scope,
                            X509 **out_x509, stls_error *err)
{
  const unsigned char *end = der;
  X509 *x509;

  if (der_len > LONG_MAX)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
                           "der: it has %zu bytes", der_len);
  x509 = X509_new_ex(scope->libctx, scope->propq);
  if (x509 == NULL) return stls_error_memory(err);
  /* On failure d2i_X509 frees the certificate and sets x509 to NULL. */
  if (d2i_X509(&x509, &end, (long)der_len) == NULL) {
    X509_free(x509);
    return stls_error_fail_openssl(
        err, STLS_ERROR_INPUT, STLS_REASON_CERTIFICATE_BROKEN,
        "der: it is no certificate, or a broken one");
  }
  if (end != der + der_len) {
    X509_free(x509);
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TRAILING_DATA,
                           "der: the certificate ends at byte %zu of %zu",
                           (size_t)(end - der), der_len);
  }
  *out_x509 = x509;
  return STLS_OK;
}

static stls_result create(X509 *x509, const struct stls_x509_scope *scope,
                          stls_certificate **out_certificate, stls_error *err)
{
  stls_certificate *certificate = stls_mem_zalloc(sizeof *certificate);
  stls_result result;

  if (certificate == NULL) return stls_error_memory(err);
  stls_refs_init(&certificate->refs);
  certificate->x509 = stls_x509_check_take_intact(x509);
  if (certificate->x509 != NULL)
    result = decode(certificate, scope, err);
  else
    result = fail_copy(x509, err);
  if (result == STLS_OK)
    *out_certificate = certificate;
  else
    stls_certificate_free(certificate);
  return result;
}

static stls_result decode(stls_certificate *certificate,
                          const struct stls_x509_scope *scope, stls_error *err)
{
  int len = i2d_X509(certificate->x509, &certificate->der);
  stls_result result;

  if (len <= 0) return fail_encode(err);
  certificate->der_len = (size_t)len;
  result = stls_certificate_fields_decode(
      &certificate->arena, certificate->x509, scope, &certificate->fields, err);
  if (result != STLS_OK) return result;
  certificate->extensions =
      stls_arena_alloc(&certificate->arena, sizeof *certificate->extensions);
  return certificate->extensions == NULL ? stls_error_memory(err) : STLS_OK;
}

/* A certificate that can be encoded can be decoded again, so that memory was
 * short. */
static stls_result fail_copy(X509 *x509, stls_error *err)
{
  unsigned char *der = NULL;
  int len;

  stls_error_queue_clear();
  len = i2d_X509(x509, &der);
  stls_mem_free(der);
  return len > 0 ? stls_error_memory(err) : fail_encode(err);
}

static stls_result fail_encode(stls_error *err)
{
  return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                 STLS_REASON_CERTIFICATE_BROKEN,
                                 "certificate: it cannot be encoded");
}
