/* SPDX-License-Identifier: MIT */
/* program: runs the main() of a program under test, and keeps what it prints. */
#define PROGRAM_C

#include "program.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/data_files.h"
#include "support/expect.h"

enum {
  MAX_ARGUMENTS = 32
};

static program_run run;
/* The context, and the arguments that it was made for. */
static stls_context *kept_context;
static char *kept_for;

static void forget_run(void)
{
  free(run.out);
  free(run.err);
  memset(&run, 0, sizeof run);
}

static void forget_context(void)
{
  stls_context_free(kept_context);
  kept_context = NULL;
  free(kept_for);
  kept_for = NULL;
}

void program_forget(void)
{
  forget_run();
  forget_context();
}

bool program_reuse(stls_context **out_context)
{
  if (kept_context == NULL) return false;
  *out_context = stls_context_up_ref(kept_context);
  return true;
}

stls_result program_keep(stls_result result, stls_context *const *context)
{
  if (result == STLS_OK) kept_context = stls_context_up_ref(*context);
  return result;
}

/* Points a descriptor to a new file; the old one is kept. */
static int redirect(int fd, int *kept)
{
  FILE *file = tmpfile();
  cr_assert_not_null(file);
  int copy = dup(fileno(file));
  (void)fclose(file);
  *kept = dup(fd);
  cr_assert(copy >= 0 && *kept >= 0 && dup2(copy, fd) >= 0);
  return copy;
}

static char *read_back(int file, size_t *len)
{
  off_t end = lseek(file, 0, SEEK_END);
  char *text = calloc(1, (size_t)end + 1);
  cr_assert(end >= 0 && text != NULL);
  *len = (size_t)end;
  cr_assert_eq(pread(file, text, *len, 0), end);
  close(file);
  return text;
}

static void restore(int fd, int kept)
{
  dup2(kept, fd);
  close(kept);
}

static int count(char *arguments, char *argv[])
{
  int argc = 0;
  argv[argc++] = arguments;
  for (char *at = arguments; (at = strchr(at, ' ')) != NULL;) {
    *at++ = '\0';
    cr_assert_lt(argc, MAX_ARGUMENTS);
    argv[argc++] = at;
  }
  return argc;
}

const program_run *program_start(const char *arguments, const char *in)
{
  char *text = strdup(arguments);
  char *argv[MAX_ARGUMENTS + 1] = {NULL};
  char *paths[MAX_ARGUMENTS + 1] = {NULL};
  int kept[3];
  size_t err_len = 0;
  int argc = count(text, argv);
  forget_run();
  if (kept_for == NULL || strcmp(kept_for, arguments) != 0) {
    forget_context();
    kept_for = strdup(arguments);
  }
  for (int i = 0; i < argc; i++) {
    if (argv[i][0] != '@') continue;
    argv[i] = paths[i] = strdup(data_file_path(argv[i] + 1));
  }
  (void)fflush(NULL);
  int input = redirect(0, &kept[0]);
  int output = redirect(1, &kept[1]);
  int errors = redirect(2, &kept[2]);
  size_t in_len = in != NULL ? strlen(in) : 0;
  cr_assert_eq(pwrite(input, in, in_len, 0), (ssize_t)in_len);
  optind = 0; /* getopt() begins anew. */
  run.status = program_main(argc, argv);
  (void)fflush(NULL);
  for (int fd = 0; fd < 3; fd++) restore(fd, kept[fd]);
  close(input);
  run.out = read_back(output, &run.out_len);
  run.err = read_back(errors, &err_len);
  for (int i = 0; i < argc; i++) free(paths[i]);
  free(text);
  return &run;
}
