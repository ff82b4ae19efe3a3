/* SPDX-License-Identifier: MIT */
/* certificate: the life of a certificate, and lists of them. */
#ifndef STLS_LIB_CERTIFICATE_H
#define STLS_LIB_CERTIFICATE_H

#include <openssl/x509.h>
#include <sanstls/certificate.h>

#include "base/mem.h"
#include "x509/certificate_fields.h"
#include "x509/extensions.h"

/* All but the extensions is decoded when it is made. */
struct stls_certificate {
  stls_refs refs;
  X509 *x509;
  uint8_t *der;
  size_t der_len;
  struct stls_arena arena;
  struct stls_certificate_fields fields;
  /* In the arena. */
  struct stls_extensions_cache *extensions;
};

/* Both take references of their own; the caller guards the error queue. NULL
 * gives an empty list. STLS_ERROR_INPUT where a certificate's field cannot be
 * read. */
stls_result stls_certificate_wrap(X509 *x509,
                                  stls_certificate **out_certificate,
                                  stls_error *err);
stls_result stls_certificate_list_wrap(const STACK_OF(X509) * certs,
                                       stls_certificate_list **out_list,
                                       stls_error *err);

/* The same of certificates that `source` makes of each, a reference for the
 * list. */
typedef stls_result stls_certificate_source(void *arg, X509 *x509,
                                            stls_certificate **out_certificate,
                                            stls_error *err);
stls_result stls_certificate_list_collect(const STACK_OF(X509) * certs,
                                          stls_certificate_source *source,
                                          void *arg,
                                          stls_certificate_list **out_list,
                                          stls_error *err);

#endif
