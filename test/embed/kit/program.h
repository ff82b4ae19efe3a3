/* SPDX-License-Identifier: MIT */
/* program: runs the main() of a program under test, and keeps what it prints. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stddef.h>

/* The program's main(), which is compiled with -Dmain=program_main. */
int program_main(int argc, char **argv);

/* What a run left: valid until the next one, or program_forget. */
typedef struct program_run {
  int status;
  char *out; /* stdout, terminated; out_len of it. */
  size_t out_len;
  char *err; /* stderr, terminated. */
} program_run;

/* Runs it; arguments are separated by one blank. A name with a dot that is a file
 * of test/data stands for its path: @ca.pem. `in` is what stands in stdin. */
const program_run *program_start(const char *arguments, const char *in);

/* Frees what the last run left. */
void program_forget(void);

#endif
