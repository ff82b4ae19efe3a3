/* SPDX-License-Identifier: MIT */
/* certpem (L3): the only certificate of a PEM text. */
#ifndef STLS_CERTPEM_H
#define STLS_CERTPEM_H

#include "x509pem.h"

/*
 * As stls_x509pem_certs, but there has to be just one, and nothing behind it in
 * its block; the message names the line of a second one. *out_cert is the
 * caller's. STLS_ERROR_INPUT, STLS_ERROR_MEMORY. The caller guards the error
 * queue.
 */
stls_result stls_certpem_read(const struct stls_pem_text *text,
                              const struct stls_x509pem_scope *scope,
                              X509 **out_cert, stls_error *err);

#endif
