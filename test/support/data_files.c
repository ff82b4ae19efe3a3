/* SPDX-License-Identifier: MIT */
/* data_files: finds and loads the files of test/data. */
#include "data_files.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

enum {
  NUM_PATHS = 8,
  PATH_LEN = 4096
};

const char *data_file_path(const char *name)
{
  static char paths[NUM_PATHS][PATH_LEN];
  static unsigned next;
  char *path = paths[next++ % NUM_PATHS];
  int len = snprintf(path, PATH_LEN, "%s/%s", TEST_DATA_DIR, name);
  cr_assert(len > 0 && len < PATH_LEN, "path of %s is too long", name);
  return path;
}

data_file data_file_load(const char *name)
{
  data_file file = {NULL, 0};
  FILE *in = fopen(data_file_path(name), "rb");
  cr_assert_not_null(in, "cannot open %s", name);
  cr_assert_eq(fseek(in, 0, SEEK_END), 0);
  long len = ftell(in);
  cr_assert_geq(len, 0);
  rewind(in);
  file.len = (size_t)len;
  file.data = malloc(file.len + 1);
  cr_assert_not_null(file.data);
  cr_assert_eq(fread(file.data, 1, file.len, in), file.len, "%s", name);
  file.data[file.len] = '\0';
  fclose(in);
  return file;
}

void data_file_free(data_file *file)
{
  free(file->data);
  file->data = NULL;
  file->len = 0;
}

X509 *data_file_x509(const char *name)
{
  data_file file = data_file_load(name);
  BIO *bio = BIO_new_mem_buf(file.data, (int)file.len);
  X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);

  cr_assert_not_null(x509, "%s", name);
  BIO_free(bio);
  data_file_free(&file);
  return x509;
}

GENERAL_NAMES *data_file_alt_names(const char *name)
{
  X509 *x509 = data_file_x509(name);
  GENERAL_NAMES *names =
      X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);

  cr_assert_not_null(names, "%s", name);
  X509_free(x509);
  return names;
}
