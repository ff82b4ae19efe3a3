/* SPDX-License-Identifier: MIT */
/* pkcs7_bundle: decodes certificates and CRLs from certs-only PKCS #7. */
#ifndef STLS_LIB_PKCS7_BUNDLE_H
#define STLS_LIB_PKCS7_BUNDLE_H

#include <openssl/pkcs7.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/pem_reader.h"

/* Whether a PEM block, or bytes, should contain a bundle: "certs-only" of RFC
 * 5652, 5.1, a SignedData without signers. */
bool stls_pkcs7_bundle_is_block(const struct stls_pem_reader_block *block);
bool stls_pkcs7_bundle_is_der(const void *data, size_t len);

/* Whether a text in PEM or DER contains a bundle. The certificates of such a
 * text have no order. */
bool stls_pkcs7_bundle_is_in_text(const void *data, size_t len);

/* Decodes a bundle that has exactly these bytes; the caller frees it with
 * PKCS7_free. NULL on failure: the reason is in OpenSSL's queue and in
 * *out_fault, which is "" or a phrase. The caller guards the error queue, here
 * and below. */
PKCS7 *stls_pkcs7_bundle_decode(const uint8_t *der, size_t len,
                                const char **out_fault);

/* The number of certificates and of CRLs, and one of them in DER, which the
 * caller frees with OPENSSL_free. The returned length is 0 when memory is
 * short. */
int stls_pkcs7_bundle_num_certs(const PKCS7 *bundle);
int stls_pkcs7_bundle_num_crls(const PKCS7 *bundle);
size_t stls_pkcs7_bundle_cert(const PKCS7 *bundle, int index,
                              unsigned char **out_der);
size_t stls_pkcs7_bundle_crl(const PKCS7 *bundle, int index,
                             unsigned char **out_der);

#endif
