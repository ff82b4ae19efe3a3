/* SPDX-License-Identifier: MIT */
/* file: reads a whole file, and tests what a path names. */
/* -std=c11 alone does not declare stat and access. */
#define _POSIX_C_SOURCE 200809L

#include "util/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"

#define FIRST_CAP ((size_t)8192)

struct bytes {
  uint8_t *data;
  size_t len;
  size_t cap;
};

static stls_result read_all(FILE *file, const char *path, struct bytes *bytes,
                            stls_error *err);
static bool grow(struct bytes *bytes);

stls_result stls_file_read(const char *path, uint8_t **out_data,
                           size_t *out_len, stls_error *err)
{
  struct bytes bytes = {NULL, 0, 0};
  /* "e" is O_CLOEXEC: a program that another thread starts must not inherit the
   * descriptor of a key file. */
  FILE *file = fopen(path, "rbe");
  stls_result result;

  if (file == NULL) return stls_error_system(err, errno, path);
  /* stdio does not wipe its buffer, and the file may hold a key. */
  setvbuf(file, NULL, _IONBF, 0);
  result = read_all(file, path, &bytes, err);
  fclose(file);
  if (result != STLS_OK) {
    stls_mem_free_clear(bytes.data, bytes.cap);
    return result;
  }
  *out_data = bytes.data;
  *out_len = bytes.len;
  return STLS_OK;
}

bool stls_file_is_directory(const char *path)
{
  struct stat found;

  return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

bool stls_file_is_regular(const char *path)
{
  struct stat found;

  return stat(path, &found) == 0 && S_ISREG(found.st_mode);
}

bool stls_file_is_readable(const char *path)
{
  return stls_file_is_regular(path) && access(path, R_OK) == 0;
}

bool stls_file_is_missing(const char *path)
{
  struct stat found;

  return stat(path, &found) != 0 && errno == ENOENT;
}

bool stls_file_is_special(const char *path)
{
  struct stat found;

  return stat(path, &found) == 0 && !S_ISREG(found.st_mode) &&
         !S_ISDIR(found.st_mode);
}

static stls_result read_all(FILE *file, const char *path, struct bytes *bytes,
                            stls_error *err)
{
  for (;;) {
    size_t got;
    if (bytes->len == bytes->cap && !grow(bytes)) return stls_error_memory(err);
    errno = 0;
    got = fread(bytes->data + bytes->len, 1, bytes->cap - bytes->len, file);
    bytes->len += got;
    if (ferror(file)) return stls_error_system(err, errno, path);
    if (got == 0) return STLS_OK;
    if (bytes->len > STLS_FILE_MAX)
      return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
                             "%s: larger than %zu bytes", path, STLS_FILE_MAX);
  }
}

static bool grow(struct bytes *bytes)
{
  size_t cap = bytes->cap == 0 ? FIRST_CAP : bytes->cap * 2;
  uint8_t *data = stls_mem_alloc(cap);

  if (data == NULL) return false;
  if (bytes->len > 0) memcpy(data, bytes->data, bytes->len);
  stls_mem_free_clear(bytes->data, bytes->cap);
  bytes->data = data;
  bytes->cap = cap;
  return true;
}
