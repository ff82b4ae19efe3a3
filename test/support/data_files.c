/* SPDX-License-Identifier: MIT */
/* data_files: finds and loads the files of test/data. */
#include "data_files.h"

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
