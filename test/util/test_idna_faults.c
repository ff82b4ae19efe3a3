/* SPDX-License-Identifier: MIT */
/* test_idna_faults: faults of libidn2 are refusals. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifdef HAVE_LIBIDN2
#include <idn2.h>
#endif
#include <sanstls/sanstls.h>
#include <stdlib.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(idna_faults, .timeout = 60);

#ifdef HAVE_LIBIDN2

#define L50 "a23456789-123456789-123456789-123456789-123456789a"
#define L200 L50 "." L50 "." L50 "." L50

/* One answer of libidn2, and what has to come of it. */
static const struct answer {
  int code;
  const char *name;
  stls_result want;
  const char *want_name;
} answers[] = {
    {IDN2_OK, "example.com", STLS_OK, "example.com"},
    {IDN2_OK, "192.0.2.1", STLS_OK, "192.0.2.1"},
    {IDN2_OK, L200 "." L50 ".", STLS_ERROR_INPUT, NULL},
    {IDN2_OK, L200 "." L50 ".a", STLS_ERROR_INPUT, NULL},
    {IDN2_OK, L200 "." L200 "." L200, STLS_ERROR_INPUT, NULL},
    {IDN2_OK, "", STLS_ERROR_INPUT, NULL},
    {IDN2_OK, ".", STLS_ERROR_INPUT, NULL},
    {IDN2_OK, "b\303\274cher.example", STLS_ERROR_INPUT, NULL},
    {IDN2_OK, "*.example.com", STLS_ERROR_INPUT, NULL},
    {IDN2_MALLOC, NULL, STLS_ERROR_MEMORY, NULL},
    {IDN2_NFC, NULL, STLS_ERROR_INPUT, NULL},
    {IDN2_NO_CODESET, NULL, STLS_ERROR_INPUT, NULL},
    {-4711, NULL, STLS_ERROR_INPUT, NULL},
    {4711, NULL, STLS_ERROR_INPUT, NULL},
};

static const struct answer *answer;
static size_t num_asked;

/* Found before libidn2's own. */
int idn2_lookup_u8(const uint8_t *src, uint8_t **lookupname, int flags)
{
  num_asked++;
  cr_expect_str_eq((const char *)src, "\303\274");
  cr_expect_eq(flags, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (answer->name != NULL) {
    *lookupname = malloc(strlen(answer->name) + 1);
    cr_assert_not_null(*lookupname);
    memcpy(*lookupname, answer->name, strlen(answer->name) + 1);
  }
  return answer->code;
}

Test(idna_faults, become_results)
{
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    stls_error err = STLS_ERROR_INIT;
    char out[300] = {0};
    size_t len = 4711;
    answer = &answers[i];
    EXPECT_RESULT(
        stls_hostname_to_ascii("\303\274", out, sizeof out, &len, &err),
        answer->want, answer->name == NULL ? "code" : answer->name);
    EXPECT_RESULT(err.result, answer->want, "record");
    if (answer->want_name != NULL) cr_expect_str_eq(out, answer->want_name);
    cr_expect_eq(len, answer->want_name == NULL ? 0 : strlen(out));
  }
  cr_expect_eq(num_asked, sizeof answers / sizeof answers[0]);
}

Test(idna_faults, make_no_object)
{
  pair_options options = {0};
  stls_context *context = pair_context(&options, STLS_CLIENT);
  stls_object_options named = STLS_OBJECT_OPTIONS_INIT;

  named.server_name = "\303\274";
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    stls_object *object = NULL;
    answer = &answers[i];
    EXPECT_RESULT(stls_object_new(context, NULL, NULL, &named, &object, NULL),
                  answer->want, answer->name == NULL ? "code" : answer->name);
    cr_expect_eq(object != NULL, answer->want == STLS_OK);
    stls_object_free(object);
  }
  stls_context_free(context);
}

#else

Test(idna_faults, do_not_happen_without_libidn2)
{
  size_t len;

  EXPECT_RESULT(stls_hostname_to_ascii("\303\274", NULL, 0, &len, NULL),
                STLS_ERROR_UNSUPPORTED, "refused");
}

#endif
