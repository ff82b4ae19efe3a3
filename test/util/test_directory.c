/* SPDX-License-Identifier: MIT */
/* test_directory: names in a directory, and types of paths. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/directory.h"
#include "lib/util/file.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(directory, .timeout = 30);

static bool is_any(const char *name);
static bool is_der(const char *name);
static bool is_none(const char *name);
static void make_file(const char *dir, const char *name);

/* POSIX, readdir: the order of names is unspecified. */
Test(directory, lists_what_is_wanted_in_order)
{
  static const char *const want[] = {"root-cas.der", "root-crl.der", "root.der",
                                     "three.der", "two-crls.der"};
  struct stls_directory found = {NULL, 0};

  ASSERT_RESULT(
      stls_directory_list(data_file_path("trust"), is_der, &found, NULL),
      STLS_OK, "trust");
  cr_assert_eq(found.num, sizeof want / sizeof want[0]);
  for (size_t i = 0; i < found.num; i++)
    cr_expect_str_eq(found.names[i], want[i]);
  stls_directory_free(&found);
  cr_expect_null(found.names);
  ASSERT_RESULT(
      stls_directory_list(data_file_path("trust"), is_none, &found, NULL),
      STLS_OK, "none");
  cr_expect_eq(found.num, (size_t)0);
  stls_directory_free(&found);
}

/* More names than the first room that is made for them. */
Test(directory, of_many_lists_all)
{
  enum {
    NUM_FILES = 300
  };
  char dir[] = "/tmp/sanstls-test-XXXXXX", name[32];
  struct stls_directory found = {NULL, 0};

  cr_assert_not_null(mkdtemp(dir));
  for (int i = 0; i < NUM_FILES; i++) {
    snprintf(name, sizeof name, "%04d.der", i);
    make_file(dir, name);
  }
  EXPECT_RESULT(stls_directory_list(dir, is_der, &found, NULL), STLS_OK, dir);
  cr_expect_eq(found.num, (size_t)NUM_FILES);
  for (size_t i = 0; i < found.num; i++) {
    snprintf(name, sizeof name, "%04d.der", (int)i);
    cr_expect_str_eq(found.names[i], name);
  }
  stls_directory_free(&found);
  for (int i = 0; i < NUM_FILES; i++) {
    char path[64];
    snprintf(path, sizeof path, "%s/%04d.der", dir, i);
    unlink(path);
  }
  rmdir(dir);
}

Test(directory, that_cannot_be_read_is_named)
{
  static const struct {
    const char *path, *want_text;
  } rows[] = {
      {"no-such", "No such file"},
      {"trust/root.pem", "Not a directory"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct stls_directory found = {NULL, 0};
    stls_error err = STLS_ERROR_INIT;
    EXPECT_RESULT(
        stls_directory_list(data_file_path(rows[i].path), is_any, &found, &err),
        STLS_ERROR_INPUT, rows[i].path);
    cr_expect(strstr(err.message, rows[i].path) &&
                  strstr(err.message, rows[i].want_text),
              "%s", err.message);
    cr_expect_null(found.names);
  }
}

Test(directory, knows_files_and_directories)
{
  static const struct {
    const char *path;
    bool is_there, is_file;
  } rows[] = {
      {"", true, false},
      {"trust", true, false},
      {"ca.pem", false, true},
      {"no-such", false, false},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *path = data_file_path(rows[i].path);
    cr_expect_eq(stls_file_is_directory(path), rows[i].is_there, "%s", path);
    cr_expect_eq(stls_file_is_regular(path), rows[i].is_file, "%s", path);
  }
  cr_expect(!stls_file_is_regular("/dev/null"), "a device is no file");
}

static bool is_any(const char *name)
{
  (void)name;
  return true;
}

static bool is_der(const char *name)
{
  return strstr(name, ".der") != NULL;
}

static bool is_none(const char *name)
{
  (void)name;
  return false;
}

static void make_file(const char *dir, const char *name)
{
  char path[64];
  FILE *file;

  snprintf(path, sizeof path, "%s/%s", dir, name);
  file = fopen(path, "w");
  cr_assert_not_null(file);
  fclose(file);
}
