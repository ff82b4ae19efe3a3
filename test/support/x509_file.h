/* SPDX-License-Identifier: MIT */
/* x509_file: OpenSSL's certificate from a PEM file of test/data. */
#ifndef STLS_TEST_X509_FILE_H
#define STLS_TEST_X509_FILE_H

#include <openssl/x509v3.h>

/* A file that has none fails the test. Free it with X509_free. */
X509 *x509_file(const char *name);

/* Its alternative names; it fails the test if it has none. Free them with
 * GENERAL_NAMES_free. */
GENERAL_NAMES *x509_file_alt_names(const char *name);

#endif
