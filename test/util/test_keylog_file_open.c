/* SPDX-License-Identifier: MIT */
/* test_keylog_file_open: files that a key log opens, and those it refuses. */
/* For pseudo-terminals. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <sanstls/trace.h>

#include "support/expect.h"
#include "support/pair.h"
#include "support/planted_errors.h"

static char folder[] = "/tmp/keylog-XXXXXX";
static char path[64];

static void make_folder(void)
{
  cr_assert_not_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/keys.log", folder);
}

static void drop_folder(void)
{
  unlink(path);
  rmdir(folder);
  check_leaks();
}

TestSuite(keylog_file_open, .init = make_folder, .fini = drop_folder,
          .timeout = 120);

static stls_keylog_file *open_log(void)
{
  stls_keylog_file *file = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_keylog_file_new(path, &file, &err), STLS_OK, err.message);
  return file;
}

/* The file of the tuned contexts, which take references of their own. */
static stls_keylog_file *log_file;

static void tune(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_insecure_keylog_file(context, log_file, NULL),
                STLS_OK, "file");
}

static void expect_refused(const char *kind, bool is_no_file)
{
  stls_keylog_file *file = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RESULT(stls_keylog_file_new(path, &file, &err), STLS_ERROR_INPUT,
                kind);
  cr_expect_null(file);
  cr_expect(strstr(err.message, path), "%s: %s", kind, err.message);
  cr_expect_eq(err.own_reason == STLS_REASON_NOT_REGULAR_FILE, is_no_file,
               "%s: %s", kind, err.message);
}

/* Each would end, stop or block the process sooner or later; and opening a FIFO
 * that nobody reads would wait for a reader. */
Test(keylog_file_open, must_be_a_file)
{
  char name[sizeof path];
  int reader, terminal;
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  int ends[2];

  memcpy(name, path, sizeof name);
  cr_assert_eq(mkfifo(path, 0600), 0);
  expect_refused("a FIFO without a reader", true);
  reader = open(path, O_RDONLY | O_NONBLOCK);
  expect_refused("a FIFO with a reader", true);
  close(reader);
  unlink(path);
  snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
  cr_assert_eq(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
  expect_refused("a socket", true);
  close(listener);
  unlink(path);
  cr_assert_eq(mkdir(path, 0700), 0);
  expect_refused("a directory", false);
  rmdir(path);
  cr_assert_eq(pipe(ends), 0);
  snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
  if (access(path, F_OK) == 0) expect_refused("a pipe", true);
  close(ends[0]);
  close(ends[1]);
  terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0) {
    snprintf(path, sizeof path, "%s", ptsname(terminal));
    expect_refused("a terminal", true);
  }
  if (terminal >= 0) close(terminal);
  memcpy(path, name, sizeof path);
}

Test(keylog_file_open, may_be_a_device)
{
  const pair_options options = {.tune_client = tune, .version = STLS_TLS_1_3};
  char name[sizeof path];
  test_pair pair;

  memcpy(name, path, sizeof name);
  snprintf(path, sizeof path, "/dev/null");
  log_file = open_log();
  pair = pair_open(&options);
  pair_free(&pair);
  EXPECT_RESULT(stls_keylog_file_error(log_file, NULL), STLS_OK, "null");
  stls_keylog_file_free(log_file);
  memcpy(path, name, sizeof path);
}

/* A program that is executed has no business with it. */
Test(keylog_file_open, is_closed_on_exec)
{
  bool is_closed[64];
  int fd = -1;

  for (int i = 0; i < 64; i++) is_closed[i] = fcntl(i, F_GETFD) < 0;
  log_file = open_log();
  for (int i = 0; i < 64; i++)
    if (is_closed[i] && fcntl(i, F_GETFD) >= 0) fd = i;
  cr_assert_geq(fd, 0);
  cr_expect((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  stls_keylog_file_free(log_file);
  cr_expect_lt(fcntl(fd, F_GETFD), 0, "the last reference closes it");
}

Test(keylog_file_open, leaves_a_stale_queue_as_it_is)
{
  stls_context *context = NULL;
  stls_keylog_file *file = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "context");
  for (size_t num = 0; num <= 4; num += 4) {
    planted_errors_put(num);
    log_file = open_log();
    tune(context);
    EXPECT_RESULT(stls_keylog_file_new(folder, &file, NULL), STLS_ERROR_INPUT,
                  "a folder");
    EXPECT_RESULT(stls_keylog_file_error(log_file, NULL), STLS_OK, "error");
    EXPECT_RESULT(stls_context_set_insecure_keylog_file(context, NULL, NULL),
                  STLS_OK, "no file");
    stls_keylog_file_free(log_file);
    planted_errors_expect(num, "file");
  }
  stls_context_free(context);
}
