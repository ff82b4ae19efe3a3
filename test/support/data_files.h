/* SPDX-License-Identifier: MIT */
/* data_files: the files of test/data, wherever a test is run from. */
#ifndef STLS_TEST_DATA_FILES_H
#define STLS_TEST_DATA_FILES_H

#include <stddef.h>

/*
 * The path of a file in test/data, such as test_data("ca.pem"). Lives until the
 * program ends, or until the eighth call after this one.
 */
const char *test_data(const char *name);

/* A whole file; `data` has a zero byte after its `len` bytes. */
typedef struct test_file {
  char *data;
  size_t len;
} test_file;

/* Reads a file of test/data; a file that cannot be read fails the test. Free
 * it with test_file_free. */
test_file test_load(const char *name);
void test_file_free(test_file *file);

/* The passphrase of every *-encrypted.key in test/data. */
#define TEST_PASSPHRASE "secret"

#endif
