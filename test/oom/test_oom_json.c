/* SPDX-License-Identifier: MIT */
/* test_oom_json: JSON of certificates under allocation failure. */
#include <sanstls/certificate.h>
#include <stdio.h>
#include <string.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/oom_sweep.h"

SUITE(oom_json, .timeout = 60);

struct subject {
  stls_certificate *certificate;
  stls_result want;
  const char *label;
  char json[8192];
  size_t len;
};

static bool try_json(const void *arg, size_t nth);
static void load(struct subject *subject, const char *file);

Test(oom_json, is_whole_or_not_there)
{
  static const char *const files[] = {"alt-kinds",      "subject-oids",
                                      "alt-rid",        "alt-control",
                                      "alt-dns-latin1", "subject-sequence"};

  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    static struct subject subject;
    size_t nth = 1;
    load(&subject, files[i]);
    while (oom_sweep_try(try_json, &subject, nth, files[i])) nth++;
    cr_expect_gt(nth, (size_t)1, "%s: nothing was allocated", files[i]);
    stls_certificate_free(subject.certificate);
  }
}

static bool try_json(const void *arg, size_t nth)
{
  const struct subject *subject = arg;
  char out[sizeof subject->json] = "";
  size_t len = 0;
  stls_result got;
  bool refused;

  oom_sweep_begin(nth);
  got = stls_certificate_to_json(subject->certificate, out, sizeof out, &len,
                                 NULL);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, got, subject->want, subject->label, nth);
  if (refused)
    cr_expect(got == STLS_ERROR_MEMORY || got == subject->want, "%s",
              subject->label);
  cr_expect_eq(len, got == STLS_OK ? subject->len : 0);
  if (got == STLS_OK) cr_expect_arr_eq(out, subject->json, subject->len);
  return refused;
}

static void load(struct subject *subject, const char *file)
{
  char path[64];
  data_file pem;

  snprintf(path, sizeof path, "names/%s.pem", file);
  pem = data_file_load(path);
  subject->label = file;
  ASSERT_RESULT(stls_certificate_new_pem(pem.data, pem.len, NULL, NULL,
                                         &subject->certificate, NULL),
                STLS_OK, file);
  subject->want =
      stls_certificate_to_json(subject->certificate, subject->json,
                               sizeof subject->json, &subject->len, NULL);
  data_file_free(&pem);
}
