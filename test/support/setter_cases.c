/* SPDX-License-Identifier: MIT */
/* setter_cases: tables of calls of a context's setters, and their results. */
#include "setter_cases.h"

#include <sanstls/ciphers.h>
#include <sanstls/verify.h>
#include <string.h>

#include "expect.h"
#include "oom_sweep.h"

/* What can be read of a context, for comparison. */
struct values {
  stls_protocol min_version;
  stls_protocol max_version;
  stls_verify_mode mode;
  bool is_hostname_checked;
  unsigned long verify_flags;
  uint64_t options;
  int level;
  int depth;
  unsigned hostflags;
  size_t limit;
};

static void run_case(const setter_case *row, stls_role role);
static struct values read_values(const stls_context *context);
static void expect_same(const struct values *got, const struct values *want,
                        const char *label);
static void expect_refused(stls_result result, const stls_error *err,
                           const char *message, const char *label);

stls_context *setter_cases_context(stls_role role)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_context_new_without_trust(role, NULL, NULL, &context, &err), STLS_OK,
      err.message);
  return context;
}

void setter_cases_run(const setter_case *cases, size_t num)
{
  for (size_t i = 0; i < num; i++) {
    run_case(&cases[i], STLS_CLIENT);
    run_case(&cases[i], STLS_SERVER);
  }
}

static void run_case(const setter_case *row, stls_role role)
{
  bool is_client = role == STLS_CLIENT;
  stls_result want = is_client ? row->want_client : row->want_server;
  stls_context *context = setter_cases_context(role);
  struct values before = read_values(context), after;
  stls_error err = STLS_ERROR_INIT;
  stls_result result = row->set(context, &row->args, &err);
  char label[100];

  snprintf(label, sizeof label, "%s, %s", row->name,
           is_client ? "client" : "server");
  EXPECT_RESULT(result, want, expect_label("%s: %s", label, err.message));
  if (want != STLS_OK) {
    cr_expect(strstr(err.message, row->want_text), "%s: \"%s\"", label,
              err.message);
    after = read_values(context);
    expect_same(&after, &before, label);
  }
  result = row->set(NULL, &row->args, &err);
  expect_refused(result, &err, "context is NULL", label);
  ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
  result = row->set(context, &row->args, &err);
  expect_refused(result, &err, "context is sealed: no setting changes any more",
                 label);
  stls_context_free(context);
}

static struct values read_values(const stls_context *context)
{
  return (struct values){
      .min_version = stls_context_min_version(context),
      .max_version = stls_context_max_version(context),
      .mode = stls_context_verify_mode(context),
      .is_hostname_checked = stls_context_check_hostname(context),
      .verify_flags = stls_context_verify_flags(context),
      .options = stls_context_options(context),
      .level = stls_context_security_level(context),
      .depth = stls_context_verify_depth(context),
      .hostflags = stls_context_hostflags(context),
      .limit = stls_context_limit(context, STLS_LIMIT_KEY_UPDATES),
  };
}

static void expect_same(const struct values *got, const struct values *want,
                        const char *label)
{
  cr_expect_eq(got->min_version, want->min_version, "%s", label);
  cr_expect_eq(got->max_version, want->max_version, "%s", label);
  cr_expect_eq(got->mode, want->mode, "%s", label);
  cr_expect_eq(got->is_hostname_checked, want->is_hostname_checked, "%s",
               label);
  cr_expect_eq(got->verify_flags, want->verify_flags, "%s", label);
  cr_expect_eq(got->options, want->options, "%s", label);
  cr_expect_eq(got->level, want->level, "%s", label);
  cr_expect_eq(got->depth, want->depth, "%s", label);
  cr_expect_eq(got->hostflags, want->hostflags, "%s", label);
  cr_expect_eq(got->limit, want->limit, "%s", label);
}

static void expect_refused(stls_result result, const stls_error *err,
                           const char *message, const char *label)
{
  EXPECT_RESULT(result, STLS_ERROR_MISUSE, label);
  EXPECT_RESULT(err->result, STLS_ERROR_MISUSE, label);
  cr_expect_str_eq(err->message, message, "%s: %s", label, err->message);
}

struct starving {
  const setter_list *list;
  stls_context *context;
  const char *label;
};

static bool try_to_set(const void *subject, size_t nth)
{
  const struct starving *starving = subject;
  const setter_list *list = starving->list;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = list->set(starving->context, &list->two, NULL);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, starving->label, nth);
  cr_expect_eq(list->count(starving->context), result == STLS_OK ? 2U : 1U,
               "%s: %zu", starving->label, nth);
  ASSERT_RESULT(list->set(starving->context, &list->one, NULL), STLS_OK,
                starving->label);
  return refused;
}

void setter_cases_starve(const setter_list *list, const char *label)
{
  const struct starving starving = {list, setter_cases_context(STLS_SERVER),
                                    label};
  size_t nth = 1;

  ASSERT_RESULT(list->set(starving.context, &list->one, NULL), STLS_OK, label);
  while (oom_sweep_try(try_to_set, &starving, nth, label)) nth++;
  cr_expect_gt(nth, 2U, "%s", label);
  stls_context_free(starving.context);
}
