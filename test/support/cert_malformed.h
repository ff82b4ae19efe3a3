/* SPDX-License-Identifier: MIT */
/* cert_malformed: certificates with malformed contents. */
#ifndef STLS_TEST_CERT_MALFORMED_H
#define STLS_TEST_CERT_MALFORMED_H

#include <openssl/x509.h>
#include <sanstls/certificate.h>
#include <stdbool.h>

#include "data_files.h"

/*
 * A certificate to change: version 3, without extensions, its signature wrong
 * from now on. Any file of test/data will do; what cannot be done fails the
 * test.
 */
X509 *cert_malformed_begin(const char *file);

/* Adds an extension with this DER as its value. */
void cert_malformed_add_extension(X509 *x509, const char *oid, bool critical,
                                  const void *der, size_t der_len);

/* Its DER as it is now, for stls_mem_free or OPENSSL_free. */
uint8_t *cert_malformed_der(X509 *x509, size_t *out_len);

/* The same, read; frees x509. */
stls_certificate *cert_malformed_end(X509 *x509);

/* Whether OpenSSL would read it. */
bool cert_malformed_is_readable(X509 *x509);

/* A file of test/data that has one certificate. */
stls_certificate *cert_malformed_load(const char *file);

/* The same, its DER; free it with data_file_free. */
data_file cert_malformed_load_der(const char *file);

#endif
