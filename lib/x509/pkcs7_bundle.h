/* SPDX-License-Identifier: MIT */
/* pkcs7_bundle: certificates and CRLs in PKCS #7 without any content. */
#ifndef STLS_LIB_PKCS7_BUNDLE_H
#define STLS_LIB_PKCS7_BUNDLE_H

#include <openssl/pkcs7.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/pem_reader.h"

/* Whether a PEM block, or bytes, should be one ("certs-only" of RFC 5652, 5.1:
 * SignedData that nobody has signed). */
bool stls_pkcs7_bundle_is_block(const struct stls_pem_reader_block *block);
bool stls_pkcs7_bundle_is_der(const void *data, size_t len);

/* Whether a text, PEM or DER, has one: nothing in it has an order then. */
bool stls_pkcs7_bundle_is_in_text(const void *data, size_t len);

/* The bundle that just these bytes are, for PKCS7_free. NULL: OpenSSL's queue says
 * why, and *out_fault, "" or a phrase. The caller guards the error queue, here and
 * below. */
PKCS7 *stls_pkcs7_bundle_decode(const uint8_t *der, size_t len,
                                const char **out_fault);

/* How many certificates and CRLs are in it, and one of them as DER, for
 * OPENSSL_free; its length is 0 where memory is short. */
int stls_pkcs7_bundle_num_certs(const PKCS7 *bundle);
int stls_pkcs7_bundle_num_crls(const PKCS7 *bundle);
size_t stls_pkcs7_bundle_cert(const PKCS7 *bundle, int index,
                              unsigned char **out_der);
size_t stls_pkcs7_bundle_crl(const PKCS7 *bundle, int index,
                             unsigned char **out_der);

#endif
