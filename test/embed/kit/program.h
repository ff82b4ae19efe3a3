/* SPDX-License-Identifier: MIT */
/* program: runs the main() of a program under test, and keeps what it prints. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <sanstls/sanstls.h>
#include <stddef.h>

#include "../setup.h"

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

/* Frees what the last run left, and the context. */
void program_forget(void);

/*
 * To load keys and make a context takes longer than a connection. A sweep of a thousand
 * runs with the same arguments has one context: that of the first run, which this file
 * keeps. It frees its own reference only: one that the program does not free is a leak.
 */
bool program_reuse(stls_context **out_context);
stls_result program_keep(stls_result result, stls_context *const *context);

#ifndef PROGRAM_C
static inline stls_context *program_kept_server(const server_options *options)
{
  stls_context *context = NULL;
  if (program_reuse(&context)) return context;
  context = setup_server(options);
  (void)program_keep(context != NULL ? STLS_OK : STLS_ERROR_INPUT, &context);
  return context;
}

static inline stls_context *program_kept_client(const client_options *options,
                                                stls_trace_fn trace)
{
  stls_context *context = NULL;
  if (program_reuse(&context)) return context;
  context = setup_client(options, trace);
  (void)program_keep(context != NULL ? STLS_OK : STLS_ERROR_INPUT, &context);
  return context;
}

#define setup_server program_kept_server
#define setup_client program_kept_client
#define stls_context_new_server_from_files(chain, key, out, err) \
  (program_reuse(out) \
       ? STLS_OK \
       : program_keep( \
             stls_context_new_server_from_files(chain, key, out, err), out))
#define stls_context_new_client_from_files(file, out, err) \
  (program_reuse(out) \
       ? STLS_OK \
       : program_keep(stls_context_new_client_from_files(file, out, err), \
                      out))
/* Which the first run has done. */
#define stls_context_set_alpn(context, names, count, err) \
  (stls_context_is_sealed(context) \
       ? STLS_OK \
       : stls_context_set_alpn(context, names, count, err))
#endif

#endif
