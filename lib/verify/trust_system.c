/* SPDX-License-Identifier: MIT */
/* trust_system: loads the system's trusted certificates and reports their
 * paths. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/sized_struct.h"
#include "util/directory.h"
#include "util/file.h"
#include "verify/trust_directory.h"
#include "verify/trust_parse.h"
#include "verify/trust_store.h"

#define SEPARATOR ':'

STLS_SIZED_STRUCT(paths_layout, stls_trust_paths,
                  STLS_SIZED_END(stls_trust_paths, cafile),
                  STLS_SIZED_END(stls_trust_paths, capath),
                  STLS_SIZED_END(stls_trust_paths, openssl_cafile_env),
                  STLS_SIZED_END(stls_trust_paths, openssl_cafile),
                  STLS_SIZED_END(stls_trust_paths, openssl_capath_env),
                  STLS_SIZED_END(stls_trust_paths, openssl_capath));

static const char *default_file(void);
static const char *default_dirs(void);
static const char *from_environment(const char *name, const char *fallback);
static stls_result add_file(const char *path,
                            const struct stls_x509_scope *scope,
                            struct stls_trust_batch *batch, stls_error *err);
static stls_result parse_lenient(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 struct stls_trust_batch *batch,
                                 stls_error *err);
static stls_result read_dirs(const char *list,
                             const struct stls_x509_scope *scope,
                             struct stls_trust_batch *batch, stls_error *err);
static bool next_dir(const char **list, char **out_dir);
static bool has_dir(const char *list, bool *out_has);

stls_result stls_trust_add_system(stls_trust *trust, stls_error *err)
{
  struct stls_trust_batch batch;
  stls_error_queue_guard guard;
  stls_result result;

  if (trust == NULL) return stls_error_null(err, "trust");
  stls_error_queue_enter(&guard);
  result =
      stls_trust_store_batch_init(&batch) ? STLS_OK : stls_error_memory(err);
  if (result == STLS_OK)
    result = add_file(default_file(), &trust->scope, &batch, err);
  if (result == STLS_OK)
    result = read_dirs(default_dirs(), &trust->scope, &batch, err);
  if (result == STLS_OK) result = stls_trust_store_add(trust, &batch, err);
  if (result == STLS_OK) atomic_store(&trust->has_asked_system, true);
  stls_trust_store_batch_free(&batch);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_trust_default_paths(stls_trust_paths *out_paths,
                                     stls_error *err)
{
  const char *file = default_file(), *dirs = default_dirs();
  stls_trust_paths paths = STLS_TRUST_PATHS_INIT;
  bool has_file, has_dirs;
  stls_result result =
      stls_sized_struct_check(&paths_layout, out_paths, "out_paths", err);

  if (result != STLS_OK) return result;
  if (!has_dir(dirs, &has_dirs)) return stls_error_memory(err);
  has_file = stls_file_is_regular(file);
  if ((has_file && strlen(file) >= sizeof paths.cafile) ||
      (has_dirs && strlen(dirs) >= sizeof paths.capath))
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
                           "the default path of certificates is longer than "
                           "%zu bytes",
                           sizeof paths.capath - 1);
  strcpy(paths.cafile, has_file ? file : "");
  strcpy(paths.capath, has_dirs ? dirs : "");
  paths.openssl_cafile_env = X509_get_default_cert_file_env();
  paths.openssl_cafile = X509_get_default_cert_file();
  paths.openssl_capath_env = X509_get_default_cert_dir_env();
  paths.openssl_capath = X509_get_default_cert_dir();
  stls_sized_struct_write(&paths_layout, out_paths, &paths);
  return STLS_OK;
}

static const char *default_file(void)
{
  return from_environment(X509_get_default_cert_file_env(),
                          X509_get_default_cert_file());
}

static const char *default_dirs(void)
{
  return from_environment(X509_get_default_cert_dir_env(),
                          X509_get_default_cert_dir());
}

/* The user of a set-user-ID program must not choose what the program trusts. */
static const char *from_environment(const char *name, const char *fallback)
{
  const char *value = OPENSSL_issetugid() ? NULL : getenv(name);

  return value != NULL ? value : fallback;
}

/* Nothing is used of a file with a fault, as in OpenSSL. If the second attempt
 * finds no fault, memory was short, which OpenSSL reports as another error. */
static stls_result add_file(const char *path,
                            const struct stls_x509_scope *scope,
                            struct stls_trust_batch *batch, stls_error *err)
{
  struct stls_named_input text = {path, NULL, 0};
  uint8_t *data = NULL;
  stls_result result;

  if (!stls_file_is_regular(path)) return STLS_OK;
  result = stls_file_read(path, &data, &text.len, err);
  text.data = data;
  if (result == STLS_OK) result = parse_lenient(&text, scope, batch, err);
  stls_mem_free(data);
  return result;
}

static stls_result parse_lenient(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 struct stls_trust_batch *batch,
                                 stls_error *err)
{
  stls_result result =
      stls_trust_parse_pem(text, scope, STLS_TRUST_BOTH, batch, NULL);

  if (result == STLS_ERROR_INPUT) {
    if (stls_trust_parse_pem(text, scope, STLS_TRUST_BOTH, batch, NULL) !=
        STLS_ERROR_INPUT)
      return stls_error_memory(err);
    stls_trust_store_batch_free(batch);
    result = stls_trust_store_batch_init(batch) ? STLS_OK : STLS_ERROR_MEMORY;
  }
  return result == STLS_OK ? STLS_OK : stls_error_memory(err);
}

static stls_result read_dirs(const char *list,
                             const struct stls_x509_scope *scope,
                             struct stls_trust_batch *batch, stls_error *err)
{
  stls_result result = STLS_OK;

  while (result == STLS_OK && *list != '\0') {
    char *dir;
    if (!next_dir(&list, &dir)) return stls_error_memory(err);
    result = stls_trust_directory_read(dir, scope, STLS_TRUST_DIRECTORY_LENIENT,
                                       batch, err);
    stls_mem_free(dir);
  }
  return result;
}

/* Removes the first directory from a list. The caller owns it. It may be "". */
static bool next_dir(const char **list, char **out_dir)
{
  const char *end = strchr(*list, SEPARATOR);
  size_t len = end == NULL ? strlen(*list) : (size_t)(end - *list);
  char *dir = stls_mem_alloc(len + 1);

  if (dir == NULL) return false;
  memcpy(dir, *list, len);
  dir[len] = '\0';
  *list += end == NULL ? len : len + 1;
  *out_dir = dir;
  return true;
}

static bool has_dir(const char *list, bool *out_has)
{
  *out_has = false;
  while (!*out_has && *list != '\0') {
    char *dir;
    if (!next_dir(&list, &dir)) return false;
    *out_has = stls_file_is_directory(dir);
    stls_mem_free(dir);
  }
  return true;
}
