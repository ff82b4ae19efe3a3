/* SPDX-License-Identifier: MIT */
/* x509_der: certificates and keys out of DER, with their place. */
#ifndef STLS_LIB_X509_DER_H
#define STLS_LIB_X509_DER_H

#include <stdbool.h>
#include <stdint.h>

#include "x509/x509_pem.h"

struct stls_asking;

/* Whether there is a whole SEQUENCE at `data`, and how many bytes it has. */
bool stls_x509_der_measure(const uint8_t *data, size_t len, size_t *out_len);

/* One certificate of just these bytes, or NULL. The caller guards the error
 * queue, here and below. */
X509 *stls_x509_der_cert(const uint8_t *data, size_t len,
                         const struct stls_x509_scope *scope);

/* All certificates, one behind the other; as stls_x509_pem_certs. */
stls_result stls_x509_der_certs(const struct stls_named_input *der,
                                const struct stls_x509_scope *scope,
                                STACK_OF(X509) * *out_certs, stls_error *err);

/* The one private key; as stls_private_key_pem_read. */
stls_result stls_x509_der_key(const struct stls_named_input *der,
                              const struct stls_x509_scope *scope,
                              struct stls_asking *asking, EVP_PKEY **out_key,
                              stls_error *err);

#endif
