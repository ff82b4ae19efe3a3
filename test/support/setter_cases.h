/* SPDX-License-Identifier: MIT */
/* setter_cases: tables of calls of a context's setters, and their results. */
#ifndef STLS_TEST_SETTER_CASES_H
#define STLS_TEST_SETTER_CASES_H

#include <sanstls/sanstls.h>
#include <stddef.h>
#include <stdint.h>

/* The arguments of one call; a setter reads the members that it needs. */
typedef struct setter_args {
  const char *text;
  const char *const *names;
  size_t num_names;
  int numbers[2];
  uint64_t bits;
} setter_args;

/* The arguments in a row of a table. */
#define NO_ARGS \
  { \
    0 \
  }
#define TEXT(value) \
  { \
    .text = (value) \
  }
#define NAMES(array, num) \
  { \
    .names = (array), .num_names = (num) \
  }
#define NUMBERS(...) \
  { \
    .numbers = { __VA_ARGS__ } \
  }
#define BITS(value) \
  { \
    .bits = (value) \
  }

typedef stls_result setter_call(stls_context *context, const setter_args *args,
                                stls_error *err);

/* One call on a new context of each role. A message of a failure has want_text
 * in it. */
typedef struct setter_case {
  const char *name;
  setter_call *set;
  setter_args args;
  stls_result want_client;
  stls_result want_server;
  const char *want_text;
} setter_case;

/* Defines a setter_call of that name; the call takes its arguments from `args`. */
#define SETTER(name, call) \
  static stls_result name(stls_context *context, const setter_args *args, \
                          stls_error *err) \
  { \
    (void)args; \
    return call; \
  }

/* A context without trust, as each case gets one; the caller's. */
stls_context *setter_cases_context(stls_role role);

/* Runs all cases for both roles. A call that fails changes nothing; without a
 * context, or with a sealed one, each call is STLS_ERROR_MISUSE. */
void setter_cases_run(const setter_case *cases, size_t num);

/* A setter of a list, and how many the list then has. */
typedef struct setter_list {
  setter_call *set;
  size_t (*count)(const stls_context *context);
  setter_args one, two;
} setter_list;

/* Sets two on a server that has one, with each allocation refused in its turn: the
 * list then has two, or is as it was. */
void setter_cases_starve(const setter_list *list, const char *label);

#endif
