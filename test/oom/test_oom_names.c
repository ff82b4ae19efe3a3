/* SPDX-License-Identifier: MIT */
/* test_oom_names: distinguished and general names under allocation failure. */
#include <sanstls/name.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/error_queue.h"
#include "lib/x509/distinguished_name.h"
#include "lib/x509/general_name.h"
#include "support/check.h"
#include "support/data_files.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/planted_errors.h"

SUITE(oom_names, .timeout = 120);

struct subject {
  const X509_NAME *name;
  const GENERAL_NAMES *general;
  const char *want;
  const char *label;
};

static char *describe(const struct subject *subject, bool *out_done);
static void sweep(struct subject subject);
static bool try_names(const void *arg, size_t nth);

Test(oom_names, of_subjects)
{
  static const char *const files[] = {
      "subject-empty", "subject-multi",    "subject-strings",
      "subject-nul",   "subject-special",  "subject-oids",
      "subject-bits",  "subject-sequence", "subject-oid-too-long",
  };

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    char path[64];
    X509 *x509;
    snprintf(path, sizeof path, "names/%s.pem", files[i]);
    x509 = data_file_x509(path);
    sweep((struct subject){.name = X509_get_subject_name(x509),
                           .label = files[i]});
    X509_free(x509);
  }
}

Test(oom_names, of_every_kind)
{
  static const char *const files[] = {"alt-kinds", "alt-nul",   "alt-ip",
                                      "alt-rid",   "alt-other", "alt-none"};

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    char path[64];
    GENERAL_NAMES *names;
    snprintf(path, sizeof path, "names/%s.pem", files[i]);
    names = data_file_alt_names(path);
    sweep((struct subject){.general = names, .label = files[i]});
    GENERAL_NAMES_free(names);
  }
}

static void sweep(struct subject subject)
{
  bool done = false;
  char *want = describe(&subject, &done);
  size_t nth = 1;

  cr_assert(done, "%s", subject.label);
  subject.want = want;
  while (oom_sweep_try(try_names, &subject, nth, subject.label)) nth++;
  cr_expect_gt(nth, (size_t)1, "%s: nothing was allocated", subject.label);
  free(want);
}

static bool try_names(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  bool done = false, refused;
  char *got;

  oom_sweep_begin(nth);
  got = describe(subject, &done);
  refused = oom_sweep_end();
  planted_errors_expect(0, subject->label);
  if (done) cr_expect_str_eq(got, subject->want, "allocation %zu", nth);
  cr_expect(refused || done, "%s", subject->label);
  free(got);
  return refused;
}

/* All that was decoded, in memory that is never refused. */
static char *describe(const struct subject *subject, bool *out_done)
{
  struct stls_general_names general = {0};
  struct stls_arena arena = {0};
  const stls_name *name = NULL;
  stls_error_queue_guard guard;
  char *out = NULL;
  size_t out_len = 0, len;
  FILE *file = open_memstream(&out, &out_len);

  cr_assert_not_null(file);
  stls_error_queue_enter(&guard);
  if (subject->name != NULL)
    *out_done =
        (name = stls_distinguished_name_decode(&arena, subject->name)) != NULL;
  else
    *out_done =
        stls_general_name_decode_all(&arena, subject->general, &general);
  stls_error_queue_leave(&guard);
  if (*out_done && name != NULL) fputs(stls_name_text(name), file);
  for (size_t i = 0; *out_done && i < stls_name_rdn_count(name); i++) {
    const char *value = stls_name_attribute_value(name, i, 0, &len);
    fprintf(file, "\n%s %s %zu %s", stls_name_attribute_type(name, i, 0),
            stls_name_attribute_oid(name, i, 0), len,
            value == NULL ? "none" : value);
  }
  for (size_t i = 0; *out_done && i < general.count; i++)
    fprintf(file, "\n%s", stls_general_name_text(general.at[i], NULL));
  fclose(file);
  stls_arena_free(&arena);
  return out;
}
