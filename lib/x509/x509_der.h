/* SPDX-License-Identifier: MIT */
/* x509_der: reads certificates and private keys from DER. */
#ifndef STLS_LIB_X509_DER_H
#define STLS_LIB_X509_DER_H

#include <stdbool.h>
#include <stdint.h>

#include "x509/x509_pem.h"

struct stls_passphrase_prompt;

/* Whether a complete SEQUENCE starts at `data`, and its length in bytes. */
bool stls_x509_der_measure(const uint8_t *data, size_t len, size_t *out_len);

/* Decodes a certificate that has exactly these bytes. NULL on failure. The
 * caller guards the error queue, here and below. */
X509 *stls_x509_der_cert(const uint8_t *data, size_t len,
                         const struct stls_x509_scope *scope);

/* Reads all certificates of a concatenation. Results and ownership as for
 * stls_x509_pem_certs. */
stls_result stls_x509_der_certs(const struct stls_named_input *der,
                                const struct stls_x509_scope *scope,
                                STACK_OF(X509) * *out_certs, stls_error *err);

/* Reads the only private key. Results and ownership as for
 * stls_private_key_pem_read. */
stls_result stls_x509_der_key(const struct stls_named_input *der,
                              const struct stls_x509_scope *scope,
                              struct stls_passphrase_prompt *prompt,
                              EVP_PKEY **out_key, stls_error *err);

#endif
