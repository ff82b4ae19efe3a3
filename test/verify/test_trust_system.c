/* SPDX-License-Identifier: MIT */
/* test_trust_system: trust from directories, and the system's paths. */
#include <openssl/x509.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/planted_errors.h"
#include "support/trust_sets.h"

SUITE(trust_system, .timeout = 60);

enum {
  NUM_PLANTED = 4
};

static const struct {
  const char *name;
  stls_result want;
  size_t x509, crl, x509_ca;
  const char *want_text;
  const char *source;
} directories[] = {
    {"trust/hashed-good", STLS_OK, 2, 2, 2, "", "openssl rehash"},
    {"trust/hashed-none", STLS_ERROR_INPUT, 0, 0, 0, "openssl rehash",
     "SEMANTICS 5.12: CPython takes it silently"},
    {"trust/no-such", STLS_ERROR_INPUT, 0, 0, 0, "No such file",
     "SEMANTICS 5.12: CPython takes it silently"},
    {"trust/root.pem", STLS_ERROR_INPUT, 0, 0, 0, "Not a directory", "a file"},
    {"trust/hashed-broken", STLS_ERROR_INPUT, 0, 0, 0,
     "3f4c1286.0:1: certificate 1", "X509_LOOKUP_hash_dir skips it"},
    {"trust/hashed-swapped", STLS_ERROR_INPUT, 0, 0, 0,
     ".0: no start line: it does not contain a certificate",
     "a CRL by the name of a certificate"},
};

/* By which name a file is taken, in a directory of its own. */
static const struct {
  const char *name;
  bool is_taken;
  const char *source;
} names[] = {
    {"0123abcd.0", true, "openssl rehash"},
    {"0123abcd.10", true, "openssl rehash: collisions"},
    {"0123abcd.r0", false, "a CRL's name: refused, it has none"},
    {"0123ABCD.0", false, "by_dir.c: %08lx"},
    {"0123abc.0", false, "by_dir.c: eight digits"},
    {"00123abcd.0", false, "by_dir.c: eight digits"},
    {"0123abcg.0", false, "no digit"},
    {"0123abcd.", false, "no number"},
    {"0123abcd.0x", false, "something behind"},
    {"0123abcd.0~", false, "an editor's copy"},
    {"0123abcd.r", false, "no number"},
    {"0123abcd.x0", false, "no kind"},
    {"0123abcd", false, "no dot"},
    {"root.pem", false, "not hashed"},
};

/* What SSL_CERT_FILE and SSL_CERT_DIR name in test/data; "" for an empty
 * value. */
static const struct {
  const char *file, *dirs[2];
  size_t x509, crl;
  const char *source;
} systems[] = {
    {"both-cas.pem", {"no-such", NULL}, 2, 0, "a file"},
    {"trust/root-both.pem", {"no-such", NULL}, 1, 1, "a file with a CRL"},
    {"no-such", {"trust/hashed-good", NULL}, 2, 2, "a directory"},
    {"trust/root.pem",
     {"trust/hashed-good", NULL},
     2,
     2,
     "both: the directory's root is not a second one"},
    {"ca.pem", {"trust/hashed-good", NULL}, 3, 2, "both, of several CAs"},
    {"ca.pem", {"no-such", "trust/hashed-good"}, 3, 2, "by_dir.c: a list"},
    {"no-such", {"trust/hashed-good", "trust/hashed-good"}, 2, 2, "twice"},
    {"no-such", {"no-such", NULL}, 0, 0, "nothing there adds nothing"},
    {"trust/broken-second.pem",
     {"no-such", NULL},
     0,
     0,
     "X509_load_cert_crl_file: a faulty file adds nothing"},
    {"trust/root.der", {"no-such", NULL}, 0, 0, "PEM only"},
    {"trust", {"ca.pem", NULL}, 0, 0, "file and directory swapped"},
    {"no-such",
     {"trust/hashed-broken", NULL},
     2,
     0,
     "by_dir.c: a faulty file is skipped"},
    {"no-such", {"trust/hashed-none", NULL}, 0, 0, "no hashed name"},
};

static void set_environment(const char *file, const char *const dirs[2]);
static void write_file(const char *path, const char *name);

Test(trust_system, reads_a_directory_all_or_nothing)
{
  for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
    const char *path = data_file_path(directories[i].name);
    stls_trust *trust = trust_sets_new();
    stls_error err = STLS_ERROR_INIT;

    planted_errors_put(NUM_PLANTED);
    cr_expect_eq(stls_trust_add_directory(trust, path, &err),
                 directories[i].want, "%s (%s): %s", path,
                 directories[i].source, err.message);
    planted_errors_expect(NUM_PLANTED, path);
    cr_expect(trust_sets_have(trust, directories[i].x509, directories[i].crl,
                              directories[i].x509_ca),
              "%s: %s", path, trust_sets_text(trust));
    cr_expect(strstr(err.message, directories[i].want_text), "%s: \"%s\"", path,
              err.message);
    if (directories[i].want != STLS_OK)
      cr_expect(strstr(err.message, directories[i].name), "%s", err.message);
    stls_trust_free(trust);
  }
}

Test(trust_system, opens_hashed_names_only)
{
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char dir[] = "/tmp/sanstls-test-XXXXXX", path[80];
    stls_trust *trust = trust_sets_new();

    cr_assert_not_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/%s", dir, names[i].name);
    write_file(path, "trust/root.pem");
    EXPECT_RESULT(stls_trust_add_directory(trust, dir, NULL),
                  names[i].is_taken ? STLS_OK : STLS_ERROR_INPUT,
                  names[i].name);
    cr_expect(trust_sets_have(trust, names[i].is_taken, 0, names[i].is_taken),
              "%s (%s): %s", names[i].name, names[i].source,
              trust_sets_text(trust));
    stls_trust_free(trust);
    unlink(path);
    rmdir(dir);
  }
}

/* To open one waits for a writer that never comes. */
Test(trust_system, opens_no_fifo)
{
  char dir[] = "/tmp/sanstls-test-XXXXXX", path[80];
  stls_trust *trust = trust_sets_new();
  stls_error err = STLS_ERROR_INIT;

  cr_assert_not_null(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/0123abcd.0", dir);
  cr_assert_eq(mkfifo(path, 0600), 0);
  EXPECT_RESULT(stls_trust_add_directory(trust, dir, &err), STLS_ERROR_INPUT,
                "directory");
  cr_expect(strstr(err.message, path), "%s", err.message);
  cr_expect(strstr(err.message, "no regular file"), "%s", err.message);
  setenv("SSL_CERT_FILE", "/nonexistent", 1);
  setenv("SSL_CERT_DIR", dir, 1);
  EXPECT_RESULT(stls_trust_add_system(trust, &err), STLS_OK, "system");
  cr_expect(trust_sets_have(trust, 0, 0, 0), "%s", trust_sets_text(trust));
  stls_trust_free(trust);
  unlink(path);
  rmdir(dir);
}

/* What is left of certificates that were removed: X509_LOOKUP_hash_dir finds
 * nothing there. By itself it is no trust. */
Test(trust_system, passes_over_what_is_gone_or_empty)
{
  for (int with_good = 0; with_good < 2; with_good++)
    for (int is_crl = 0; is_crl < 2; is_crl++) {
      char dir[] = "/tmp/sanstls-test-XXXXXX", link[80], empty[80], good[80];
      stls_trust *trust = trust_sets_new();
      stls_error err = STLS_ERROR_INIT;

      cr_assert_not_null(mkdtemp(dir));
      snprintf(link, sizeof link, "%s/0123abcd.%s0", dir, is_crl ? "r" : "");
      snprintf(empty, sizeof empty, "%s/0123abcd.%s1", dir, is_crl ? "r" : "");
      snprintf(good, sizeof good, "%s/0123abcd.2", dir);
      cr_assert_eq(symlink("no-such", link), 0);
      fclose(fopen(empty, "w"));
      if (with_good) write_file(good, "trust/root.pem");
      EXPECT_RESULT(stls_trust_add_directory(trust, dir, &err),
                    with_good ? STLS_OK : STLS_ERROR_INPUT, "directory");
      if (!with_good)
        cr_expect(strstr(err.message, dir) != NULL &&
                      strstr(err.message, "empty or gone") != NULL,
                  "%s", err.message);
      cr_expect(trust_sets_have(trust, (size_t)with_good, 0, (size_t)with_good),
                "%s", trust_sets_text(trust));
      stls_trust_free(trust);
      unlink(link);
      unlink(empty);
      unlink(good);
      rmdir(dir);
    }
}

/* Neither is gone: a link to itself, and a file that ends too early. */
Test(trust_system, refuses_what_is_broken)
{
  for (int is_loop = 0; is_loop < 2; is_loop++) {
    char dir[] = "/tmp/sanstls-test-XXXXXX", bad[80], good[80];
    stls_trust *trust = trust_sets_new();
    stls_error err = STLS_ERROR_INIT;

    cr_assert_not_null(mkdtemp(dir));
    snprintf(bad, sizeof bad, "%s/0123abcd.0", dir);
    snprintf(good, sizeof good, "%s/0123abcd.1", dir);
    if (is_loop)
      cr_assert_eq(symlink("0123abcd.0", bad), 0);
    else
      write_file(bad, "trust/hashed-broken/3f4c1286.0");
    write_file(good, "trust/root.pem");
    EXPECT_RESULT(stls_trust_add_directory(trust, dir, &err), STLS_ERROR_INPUT,
                  "directory");
    cr_expect(strstr(err.message, bad), "%s", err.message);
    cr_expect(trust_sets_have(trust, 0, 0, 0), "%s", trust_sets_text(trust));
    stls_trust_free(trust);
    unlink(bad);
    unlink(good);
    rmdir(dir);
  }
}

Test(trust_system, is_where_the_environment_says)
{
  for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
    stls_trust *trust = trust_sets_new();
    stls_error err = STLS_ERROR_INIT;

    set_environment(systems[i].file, systems[i].dirs);
    planted_errors_put(NUM_PLANTED);
    EXPECT_RESULT(stls_trust_add_system(trust, &err), STLS_OK,
                  systems[i].source);
    planted_errors_expect(NUM_PLANTED, systems[i].source);
    EXPECT_RESULT(err.result, STLS_OK,
                  expect_label("%s: the error was touched", systems[i].source));
    cr_expect(trust_sets_have(trust, systems[i].x509, systems[i].crl,
                              systems[i].x509),
              "%s: %s", systems[i].source, trust_sets_text(trust));
    stls_trust_free(trust);
  }
}

/* What was there before counts for the directory as well. */
Test(trust_system, is_added_to_what_is_there)
{
  static const char *const dirs[2] = {"trust/hashed-good", NULL};
  stls_trust *trust = trust_sets_load("trust/other.pem trust/root.crl");

  set_environment("ca.pem", dirs);
  EXPECT_RESULT(stls_trust_add_system(trust, NULL), STLS_OK, "first");
  cr_expect(trust_sets_have(trust, 3, 2, 3), "%s", trust_sets_text(trust));
  EXPECT_RESULT(stls_trust_add_system(trust, NULL), STLS_OK, "second");
  cr_expect(trust_sets_have(trust, 3, 2, 3), "%s", trust_sets_text(trust));
  stls_trust_free(trust);
}

/* ssl.get_default_verify_paths. */
Test(trust_system, says_where_it_is)
{
  static const char *const good[2] = {"no-such", "trust/hashed-good"};
  static const char *const bad[2] = {"ca.pem", NULL};
  stls_trust_paths paths = STLS_TRUST_PATHS_INIT;

  set_environment("ca.pem", good);
  ASSERT_RESULT(stls_trust_default_paths(&paths, NULL), STLS_OK, "good");
  cr_expect_str_eq(paths.cafile, data_file_path("ca.pem"));
  cr_expect_str_eq(paths.capath, getenv("SSL_CERT_DIR"));
  set_environment("trust", bad);
  /* They were copied. */
  cr_expect_str_eq(paths.cafile, data_file_path("ca.pem"));
  ASSERT_RESULT(stls_trust_default_paths(&paths, NULL), STLS_OK, "bad");
  cr_expect_str_eq(paths.cafile, "", "a directory is no file");
  cr_expect_str_eq(paths.capath, "", "a file is no directory");
  setenv("SSL_CERT_FILE", "", 1);
  setenv("SSL_CERT_DIR", "", 1);
  ASSERT_RESULT(stls_trust_default_paths(&paths, NULL), STLS_OK, "empty");
  cr_expect_str_eq(paths.cafile, "", "CPython: isfile(\"\")");
  cr_expect_str_eq(paths.capath, "", "CPython: isdir(\"\")");
  unsetenv("SSL_CERT_FILE");
  unsetenv("SSL_CERT_DIR");
  ASSERT_RESULT(stls_trust_default_paths(&paths, NULL), STLS_OK, "default");
  cr_expect(paths.cafile[0] == '\0' ||
            strcmp(paths.cafile, X509_get_default_cert_file()) == 0);
  cr_expect(paths.capath[0] == '\0' ||
            strcmp(paths.capath, X509_get_default_cert_dir()) == 0);
  cr_expect_str_eq(paths.openssl_cafile_env, "SSL_CERT_FILE");
  cr_expect_str_eq(paths.openssl_capath_env, "SSL_CERT_DIR");
  cr_expect_str_eq(paths.openssl_cafile, X509_get_default_cert_file());
  cr_expect_str_eq(paths.openssl_capath, X509_get_default_cert_dir());
}

Test(trust_system, says_that_a_path_has_no_room)
{
  static char list[5000];
  stls_trust_paths paths = STLS_TRUST_PATHS_INIT, before = paths, unsized;
  stls_error err = STLS_ERROR_INIT;

  memset(list, ':', sizeof list - 1);
  memcpy(list, "/", 1);
  setenv("SSL_CERT_DIR", list, 1);
  EXPECT_RESULT(stls_trust_default_paths(&paths, &err), STLS_ERROR_INPUT,
                "long");
  cr_expect(strstr(err.message, "4095"), "%s", err.message);
  cr_expect_arr_eq(&paths, &before, sizeof paths);
  unsized.size = 0;
  expect_misuse(stls_trust_default_paths(NULL, &err), &err, "out_paths");
  expect_misuse(stls_trust_default_paths(&unsized, &err), &err, "size");
}

static void set_environment(const char *file, const char *const dirs[2])
{
  char list[2048];

  snprintf(list, sizeof list, "%s%s%s", data_file_path(dirs[0]),
           dirs[1] == NULL ? "" : ":",
           dirs[1] == NULL ? "" : data_file_path(dirs[1]));
  cr_assert_eq(setenv("SSL_CERT_FILE", data_file_path(file), 1), 0);
  cr_assert_eq(setenv("SSL_CERT_DIR", list, 1), 0);
}

static void write_file(const char *path, const char *name)
{
  data_file from = data_file_load(name);
  FILE *to = fopen(path, "w");

  cr_assert_not_null(to);
  cr_assert_eq(fwrite(from.data, 1, from.len, to), from.len);
  fclose(to);
  data_file_free(&from);
}
