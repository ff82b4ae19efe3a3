/* SPDX-License-Identifier: MIT */
/* certificate: creates, shares and frees certificates and lists of them. */
#ifndef STLS_LIB_CERTIFICATE_H
#define STLS_LIB_CERTIFICATE_H

#include <openssl/x509.h>
#include <sanstls/certificate.h>

#include "base/mem.h"
#include "base/refs.h"
#include "x509/certificate_fields.h"
#include "x509/extensions.h"

/* The fields are decoded when the certificate is created, the extensions at
 * their first use. */
struct stls_certificate {
  stls_refs refs;
  X509 *x509;
  uint8_t *der;
  size_t der_len;
  struct stls_arena arena;
  struct stls_certificate_fields fields;
  /* In the arena; NULL only while the certificate is being created. */
  struct stls_extensions_cache *extensions;
};

/* Create a certificate from an X509, or a list from a list of them; both take
 * their own references. NULL for `certs` gives an empty list. The caller guards
 * the error queue. STLS_ERROR_INPUT when a field of a certificate cannot be
 * decoded. STLS_ERROR_MEMORY. */
stls_result stls_certificate_wrap(X509 *x509,
                                  stls_certificate **out_certificate,
                                  stls_error *err);
stls_result stls_certificate_list_wrap(const STACK_OF(X509) * certs,
                                       stls_certificate_list **out_list,
                                       stls_error *err);

/* The same for a list whose certificates `source` returns; each call passes one
 * reference to the list. */
typedef stls_result stls_certificate_source(void *arg, X509 *x509,
                                            stls_certificate **out_certificate,
                                            stls_error *err);
stls_result stls_certificate_list_collect(const STACK_OF(X509) * certs,
                                          stls_certificate_source *source,
                                          void *arg,
                                          stls_certificate_list **out_list,
                                          stls_error *err);

#endif
