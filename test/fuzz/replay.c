/* SPDX-License-Identifier: MIT */
/* replay: runs a fuzz target on every file of a corpus, as TAP. */
#include <dirent.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#ifndef FUZZ_CORPUS
#error "FUZZ_CORPUS names the folder"
#endif

static int is_file(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

static bool replay(const char *name)
{
  char path[4096];
  uint8_t *data = NULL;
  long len = -1;
  FILE *file;

  snprintf(path, sizeof path, "%s/%s", FUZZ_CORPUS, name);
  file = fopen(path, "rb");
  if (file == NULL) return false;
  if (fseek(file, 0, SEEK_END) == 0) len = ftell(file);
  rewind(file);
  /* Exactly as long as the input, so that a byte too far is seen. */
  if (len >= 0) data = malloc(len > 0 ? (size_t)len : 1);
  if (data != NULL && fread(data, 1, (size_t)len, file) != (size_t)len) {
    free(data);
    data = NULL;
  }
  fclose(file);
  if (data == NULL) return false;
  LLVMFuzzerTestOneInput(data, (size_t)len);
  free(data);
  return ERR_peek_error() == 0;
}

int main(void)
{
  struct dirent **entries = NULL;
  int count = scandir(FUZZ_CORPUS, &entries, is_file, alphasort);
  int failed = 0;

  if (count <= 0) {
    printf("Bail out! no corpus in %s\n", FUZZ_CORPUS);
    return 1;
  }
  printf("1..%d\n", count);
  for (int i = 0; i < count; i++) {
    bool ok = replay(entries[i]->d_name);
    printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, entries[i]->d_name);
    fflush(stdout);
    failed += !ok;
    free(entries[i]);
  }
  free(entries);
  return failed != 0;
}
