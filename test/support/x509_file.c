/* SPDX-License-Identifier: MIT */
/* x509_file: OpenSSL's certificate from a PEM file of test/data. */
#include "x509_file.h"

#include <openssl/pem.h>

#include "check.h"
#include "data_files.h"

X509 *x509_file(const char *name)
{
  data_file file = data_file_load(name);
  BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
  X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);

  cr_assert_not_null(x509, "%s", name);
  BIO_free(bio);
  data_file_free(&file);
  return x509;
}

GENERAL_NAMES *x509_file_alt_names(const char *name)
{
  X509 *x509 = x509_file(name);
  GENERAL_NAMES *names =
      X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);

  cr_assert_not_null(names, "%s", name);
  X509_free(x509);
  return names;
}
