/* SPDX-License-Identifier: MIT */
/* x509_check: checks an X509 for faults that OpenSSL does not report. */
#ifndef STLS_LIB_X509_CHECK_H
#define STLS_LIB_X509_CHECK_H

#include <openssl/x509.h>
#include <stdbool.h>

/*
 * OpenSSL decodes the key and the extensions of a certificate once. When memory
 * is short at that moment, it reports no error, and the X509 stays incomplete.
 * Returns false if that happened: where something looks wrong, the certificate
 * is decoded again and the results are compared. May leave entries in the error
 * queue, which the caller guards.
 */
bool stls_x509_check_is_intact(X509 *cert);

/* Returns a reference to the certificate if it is intact, otherwise a new
 * decoding of it. NULL when memory is short. */
X509 *stls_x509_check_take_intact(X509 *cert);

/* Whether the key of the certificate has the size 0, like an RSA key with the
 * modulus 0. */
bool stls_x509_check_has_empty_key(const X509 *cert);

/* Whether a certificate is valid at the time of a verification. */
bool stls_x509_check_is_in_time(const X509 *cert,
                                const X509_VERIFY_PARAM *param);

#endif
