/* SPDX-License-Identifier: MIT */
/* data_files: finds and loads the files of test/data. */
#ifndef STLS_TEST_DATA_FILES_H
#define STLS_TEST_DATA_FILES_H

#include <openssl/x509v3.h>
#include <stddef.h>

/*
 * The path of a file in test/data, such as data_file_path("ca.pem"). Lives until the
 * program ends, or until the eighth call after this one.
 */
const char *data_file_path(const char *name);

/* A whole file; `data` has a zero byte after its `len` bytes. */
typedef struct data_file {
  char *data;
  size_t len;
} data_file;

/* Reads a file of test/data; a file that cannot be read fails the test. Free
 * it with data_file_free. */
data_file data_file_load(const char *name);
void data_file_free(data_file *file);

/* OpenSSL's certificate out of a PEM file; one that has none fails the test. Free
 * it with X509_free. */
X509 *data_file_x509(const char *name);

/* Its alternative names; it fails the test if it has none. Free them with
 * GENERAL_NAMES_free. */
GENERAL_NAMES *data_file_alt_names(const char *name);

/* The passphrase of every *-encrypted.key in test/data. */
#define TEST_PASSPHRASE "secret"

#endif
