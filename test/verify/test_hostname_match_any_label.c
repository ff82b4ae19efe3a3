/* SPDX-License-Identifier: MIT */
/* test_hostname_match_any_label: host names with underscores or outer hyphens, by one flag. */
#include <openssl/x509v3.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>
#include <strings.h>

#include "support/check.h"
#include "support/expect.h"
#include "support/hostname_oracle.h"
#include "support/named_cert.h"
#include "support/pair.h"

SUITE(hostname_match_any_label, .timeout = 60);

#define WITH (STLS_HOSTFLAGS_DEFAULT | STLS_HOSTFLAG_ANY_LABEL)

/* RFC 2181, 11: any octets are a label. RFC 9525, 6.3, for wildcards. */
static const struct row {
  const char *reference;
  named_cert_alt_name names[3];
  hostname_verdict strict, any;
  const char *source;
} rows[] = {
    {"foo_bar.a.example", {DNS("*.a.example")}, NO, MATCH, "cpython#103490"},
    {"code_cube.a.example", {DNS("*.a.example")}, NO, MATCH, "openssl#12566"},
    {"FOO_bar.a.example", {DNS("*.A.example")}, NO, MATCH, "RFC 4343, 3"},
    {"a.b_c.example", {DNS("*.b_c.example")}, NO, MATCH, "below a label"},
    {"foo_bar.a.example", {DNS("foo_bar.a.example")}, MATCH, MATCH, "itself"},
    {"foo-.a.example", {DNS("*.a.example")}, REFUSED, MATCH, "at the end"},
    {"-foo.a.example", {DNS("*.a.example")}, REFUSED, MATCH, "at the start"},
    {"-foo-.a.example", {DNS("-foo-.a.example")}, REFUSED, MATCH, "both"},
    {"-.a.example", {DNS("*.a.example")}, REFUSED, MATCH, "alone"},
    {"foo.-a-.example", {DNS("*.-a-.example")}, REFUSED, MATCH, "below"},
    {"foo_bar.a.example",
     {DNS("x.example"), DNS("*.a.example")},
     NO,
     MATCH,
     "the second"},
    /* What does not change. */
    {"www.a.example", {DNS("*.a.example")}, MATCH, MATCH, "RFC 9525, 6.3"},
    {"foo_bar.a.example", {DNS("*.b.example")}, NO, NO, "another domain"},
    {"foo_bar.a.example", {DNS("*.example")}, NO, NO, "one label only"},
    {"x.foo_bar.a.example", {DNS("*.a.example")}, NO, NO, "one label only"},
    {"foo_bar.example", {DNS("*.example")}, NO, NO, "two labels below"},
    {"foo_bar.a.example", {DNS("foo*.a.example")}, NO, NO, "a whole label"},
    {"foo_bar.a.example", {DNS("foo.*.example")}, NO, NO, "the left-most"},
    {"-foo.a.example", {DNS("foo.a.example")}, REFUSED, NO, "another name"},
    {"a..example", {DNS("*.example")}, REFUSED, REFUSED, "an empty label"},
    {"a b.a.example", {DNS("*.a.example")}, REFUSED, REFUSED, "a blank"},
};

#define NUM_ROWS (sizeof rows / sizeof rows[0])

static X509 *mint_row(const struct row *row)
{
  const named_cert_request request = {.alt_names = row->names};

  return named_cert_new(&request);
}

Test(hostname_match_any_label, are_matched_as_the_flag_says)
{
  for (size_t i = 0; i < NUM_ROWS; i++) {
    X509 *x509 = mint_row(&rows[i]);
    hostname_verdict strict =
        hostname_oracle_library(x509, rows[i].reference, 0);
    hostname_verdict any = hostname_oracle_library(x509, rows[i].reference,
                                                   STLS_HOSTNAME_ANY_LABEL);
    cr_expect_eq(strict, rows[i].strict, "%s (%s): %s", rows[i].reference,
                 rows[i].source, hostname_oracle_name(strict));
    cr_expect_eq(any, rows[i].any, "%s (%s) with the flag: %s",
                 rows[i].reference, rows[i].source, hostname_oracle_name(any));
    X509_free(x509);
  }
}

static const struct row *presented;
static unsigned hostflags;

static void present(stls_context *context)
{
  X509 *x509 = mint_row(presented);
  stls_credential *credential = named_cert_credential(x509);

  ASSERT_RESULT(stls_context_set_credential(context, credential, NULL), STLS_OK,
                "credential");
  stls_credential_free(credential);
  X509_free(x509);
}

static void set_flags(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_hostflags(context, hostflags, NULL), STLS_OK,
                "no insecure one");
  cr_expect_eq(stls_context_hostflags(context), hostflags);
}

/* The server hears the name as it was sent. */
static void expect_handshake(pair_options *options, hostname_verdict want,
                             const char *label)
{
  test_pair pair = pair_new(options);
  stls_result result = pair_handshake(&pair);
  const stls_conninfo *info = stls_object_conninfo(pair.server);

  EXPECT_RESULT(result, want == MATCH ? STLS_OK : STLS_ERROR_CERTIFICATE,
                options->server_name);
  if (want == NO)
    cr_expect_eq(stls_conninfo_verify_code(stls_object_conninfo(pair.client)),
                 X509_V_ERR_HOSTNAME_MISMATCH, "%s", label);
  else
    cr_expect_eq(
        strcasecmp(stls_conninfo_server_name(info), options->server_name), 0,
        "%s", label);
  pair_free(&pair);
}

Test(hostname_match_any_label, let_a_handshake_succeed_as_the_flag_says)
{
  pair_options options = {.server_credential = "",
                          .tune_client = set_flags,
                          .tune_server = present};
  char label[64];

  for (size_t i = 0; i < NUM_ROWS; i += check_quick() ? 3 : 1)
    for (size_t row = 0; pair_row(row, &options, label); row += 3)
      for (int with = 0; with < 2; with++) {
        stls_object_options named = STLS_OBJECT_OPTIONS_INIT;
        hostname_verdict want = with ? rows[i].any : rows[i].strict;
        stls_object *object = NULL;
        stls_context *context;
        hostflags = with ? WITH : STLS_HOSTFLAGS_DEFAULT;
        presented = &rows[i];
        options.server_name = named.server_name = rows[i].reference;
        if (want != REFUSED) {
          expect_handshake(&options, want, label);
          continue;
        }
        context = pair_context(&options, STLS_CLIENT);
        EXPECT_RESULT(
            stls_object_new(context, NULL, NULL, &named, &object, NULL),
            STLS_ERROR_INPUT, rows[i].reference);
        stls_context_free(context);
      }
}

/* A wildcard that is not allowed stands for nothing, whatever its labels. */
Test(hostname_match_any_label, leave_no_wildcards_where_there_are_none)
{
  pair_options options = {.server_credential = "",
                          .server_name = "foo_bar.a.example",
                          .tune_client = set_flags,
                          .tune_server = present};

  presented = &rows[0];
  hostflags = WITH | (unsigned)STLS_HOSTFLAG_NO_WILDCARDS;
  expect_handshake(&options, NO, "no wildcards");
  presented = &rows[4];
  expect_handshake(&options, MATCH, "itself");
}
