/* SPDX-License-Identifier: MIT */
/* test_context: defaults and setters of a context. */
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/trace.h>
#include <sanstls/verify.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/setter_cases.h"

SUITE(context);

Test(context, begins_with_safe_defaults)
{
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};

  for (size_t i = 0; i < 2; i++) {
    stls_context *context = setter_cases_context(roles[i]);
    SSL_CTX *ssl_ctx = stls_context_ssl_ctx(context);
    bool is_client = roles[i] == STLS_CLIENT;
    uint64_t options = SSL_CTX_get_options(ssl_ctx);
    long mode = SSL_CTX_get_mode(ssl_ctx);

    cr_expect_eq(stls_context_role(context), roles[i]);
    cr_expect_eq(stls_context_min_version(context), STLS_TLS_1_2);
    cr_expect_eq(stls_context_max_version(context), STLS_TLS_1_3);
    cr_expect_eq(SSL_CTX_get_min_proto_version(ssl_ctx), 0x303);
    cr_expect_eq(stls_context_verify_mode(context),
                 is_client ? STLS_VERIFY_REQUIRED : STLS_VERIFY_NONE);
    cr_expect_eq(stls_context_check_hostname(context), is_client);
    cr_expect_eq(stls_context_verify_flags(context),
                 (unsigned long)X509_V_FLAG_TRUSTED_FIRST);
    cr_expect(options & SSL_OP_NO_RENEGOTIATION);
    cr_expect(options & SSL_OP_NO_COMPRESSION);
    cr_expect(options & SSL_OP_CIPHER_SERVER_PREFERENCE);
    cr_expect_not(options & SSL_OP_LEGACY_SERVER_CONNECT);
    cr_expect_not(options & SSL_OP_IGNORE_UNEXPECTED_EOF);
    cr_expect((unsigned long)mode & SSL_MODE_NO_AUTO_CHAIN);
    cr_expect((unsigned long)mode & SSL_MODE_RELEASE_BUFFERS);
    cr_expect_eq(SSL_CTX_get_security_level(ssl_ctx), 2);
    cr_expect_not(stls_context_is_sealed(context));
    stls_context_free(context);
  }
}

/* SEMANTICS: create_default_context, 3.13. */
Test(context, by_default_verifies_strictly)
{
  static stls_result (*const makers[])(OSSL_LIB_CTX *, const char *,
                                       stls_context **, stls_error *) = {
      stls_context_new_client, stls_context_new_server};
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};

  for (size_t i = 0; i < 2; i++) {
    stls_context *context = NULL;
    ASSERT_RETURNS(makers[i](NULL, NULL, &context, NULL), STLS_OK);
    cr_expect_eq(stls_context_verify_flags(context), 0x88020UL);
    cr_expect_eq(stls_context_role(context), roles[i]);
    stls_context_free(context);
  }
}

Test(context, refuses_a_meaningless_beginning)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  EXPECT_RETURNS(
      stls_context_new_without_trust((stls_role)3, NULL, NULL, &context, &err),
      STLS_ERROR_MISUSE);
  cr_expect(strstr(err.message, "role 3"), "%s", err.message);
  EXPECT_RETURNS(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, NULL, &err),
      STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_context_new_client(NULL, NULL, NULL, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_context_new_server(NULL, NULL, NULL, &err),
                 STLS_ERROR_MISUSE);
  EXPECT_RETURNS(stls_context_new_without_trust(
                     STLS_CLIENT, NULL, "provider=none", &context, &err),
                 STLS_ERROR_UNSUPPORTED);
  cr_expect_null(context);
}

static const char *const good_names[] = {"h2", "http/1.1"};
static const char *const empty_name[] = {"h2", ""};
static const char *const null_name[] = {NULL};

SETTER(ciphers, stls_context_set_ciphers(context, args->text, err))
SETTER(insecure_ciphers,
       stls_context_set_insecure_ciphers(context, args->text, err))
SETTER(ciphersuites, stls_context_set_ciphersuites(context, args->text, err))
SETTER(groups, stls_context_set_groups(context, args->text, err))
SETTER(versions,
       stls_context_set_versions(context, (stls_protocol)args->numbers[0],
                                 (stls_protocol)args->numbers[1], err))
SETTER(insecure_versions,
       stls_context_set_insecure_versions(context,
                                          (stls_protocol)args->numbers[0],
                                          (stls_protocol)args->numbers[1], err))
SETTER(mode,
       stls_context_set_verify_mode(context, (stls_verify_mode)args->numbers[0],
                                    err))
SETTER(insecure_verify_none,
       stls_context_set_insecure_verify_none(context, err))
SETTER(check_hostname, stls_context_set_check_hostname(context, err))
SETTER(insecure_hostname_any,
       stls_context_set_insecure_hostname_any(context, err))
SETTER(flags,
       stls_context_set_verify_flags(context, (unsigned long)args->bits, err))
SETTER(insecure_flags,
       stls_context_set_insecure_verify_flags(context,
                                              (unsigned long)args->bits, err))
SETTER(alpn, stls_context_set_alpn(context, args->names, args->num_names, err))
SETTER(buffers,
       stls_context_set_buffers(context, (stls_buffers)args->numbers[0], err))
SETTER(records,
       stls_context_set_records(context, (stls_records)args->numbers[0], err))
SETTER(limit, stls_context_set_limit(context, (stls_limit)args->numbers[0],
                                     (size_t)args->numbers[1], err))
SETTER(no_trace, stls_context_set_trace(context, NULL, NULL, err))
SETTER(no_credential, stls_context_set_credential(context, NULL, err))
SETTER(no_trust, stls_context_set_trust(context, NULL, err))

#define MISUSE STLS_ERROR_MISUSE
#define INPUT STLS_ERROR_INPUT

static const setter_case cases[] = {
    {"ciphers", ciphers, TEXT("ECDHE+AESGCM"), 0, 0, ""},
    {"unknown ciphers", ciphers, TEXT("NONSENSE"), INPUT, INPUT,
     "\"NONSENSE\""},
    {"a cipher of 1.3 for 1.2", ciphers, TEXT("TLS_AES_128_GCM_SHA256"), INPUT,
     INPUT, "TLS_AES_128"},
    {"anonymous ciphers", ciphers, TEXT("ALL:aNULL:@SECLEVEL=2"), INPUT, INPUT,
     "insecure_ciphers"},
    {"ciphers without encryption", ciphers, TEXT("eNULL:ECDHE"), INPUT, INPUT,
     "eNULL"},
    {"a lower level", ciphers, TEXT("ECDHE:@SECLEVEL=1"), INPUT, INPUT,
     "a lower level weakens"},
    {"insecure ciphers", insecure_ciphers, TEXT("ECDHE:@SECLEVEL=0"), 0, 0, ""},
    {"no suites", ciphersuites, TEXT(""), INPUT, INPUT, "ciphersuites \"\""},
    {"no ciphers", ciphers, NO_ARGS, MISUSE, MISUSE, "ciphers is NULL"},
    {"suites", ciphersuites, TEXT("TLS_AES_128_GCM_SHA256"), 0, 0, ""},
    {"unknown suites", ciphersuites, TEXT("NONSENSE"), INPUT, INPUT,
     "\"NONSENSE\""},
    {"groups", groups, TEXT("P-256:X25519"), 0, 0, ""},
    {"unknown groups", groups, TEXT("P-256:P-257"), INPUT, INPUT,
     "\"P-256:P-257\""},
    {"no groups", groups, NO_ARGS, MISUSE, MISUSE, "groups is NULL"},
    {"versions", versions, NUMBERS(STLS_TLS_1_2, STLS_TLS_1_2), 0, 0, ""},
    {"versions crossed", versions, NUMBERS(STLS_TLS_1_3, STLS_TLS_1_2), MISUSE,
     MISUSE, "min is above max"},
    {"old versions", versions, NUMBERS(STLS_TLS_1_1, STLS_TLS_1_3), MISUSE,
     MISUSE, "insecure_versions"},
    {"odd versions", versions, NUMBERS(STLS_TLS_1_2, 0x305), MISUSE, MISUSE,
     "0x305"},
    {"insecure versions", insecure_versions,
     NUMBERS(STLS_TLS_1_0, STLS_TLS_1_3), 0, 0, ""},
    {"mode none", mode, NUMBERS(STLS_VERIFY_NONE), MISUSE, 0,
     "insecure_verify_none"},
    {"mode required", mode, NUMBERS(STLS_VERIFY_REQUIRED), 0, 0, ""},
    {"mode odd", mode, NUMBERS(7), MISUSE, MISUSE, "mode 7"},
    {"insecure verify none", insecure_verify_none, NO_ARGS, 0, MISUSE,
     "not a client's"},
    {"check hostname", check_hostname, NO_ARGS, 0, MISUSE, "not a client's"},
    {"insecure hostname any", insecure_hostname_any, NO_ARGS, 0, MISUSE,
     "not a client's"},
    {"flags", flags, BITS(X509_V_FLAG_X509_STRICT), 0, 0, ""},
    {"weak flags", flags, BITS(X509_V_FLAG_NO_CHECK_TIME), MISUSE, MISUSE,
     "insecure_verify_flags"},
    {"insecure flags", insecure_flags, BITS(X509_V_FLAG_NO_CHECK_TIME), 0, 0,
     ""},
    {"ALPN", alpn, NAMES(good_names, 2), 0, 0, ""},
    {"ALPN off", alpn, NAMES(NULL, 0), 0, 0, ""},
    {"ALPN with an empty name", alpn, NAMES(empty_name, 2), INPUT, INPUT,
     "ALPN name 2"},
    {"ALPN with a missing name", alpn, NAMES(null_name, 1), INPUT, INPUT,
     "ALPN name 1"},
    {"ALPN without names", alpn, NAMES(NULL, 1), MISUSE, MISUSE,
     "names is NULL"},
    {"buffers that are kept", buffers, NUMBERS(STLS_BUFFERS_KEEP), 0, 0, ""},
    {"libssl's records", records, NUMBERS(STLS_RECORDS_LIBSSL), 0, 0, ""},
    {"records by choice", records, NUMBERS(STLS_RECORDS_AUTO), 0, 0, ""},
    {"odd records", records, NUMBERS(3), MISUSE, MISUSE, "records 3"},
    {"odd buffers", buffers, NUMBERS(7), MISUSE, MISUSE, "buffers 7"},
    {"a limit", limit, NUMBERS(STLS_LIMIT_KEY_UPDATES, 1), 0, 0, ""},
    {"a limit of 0", limit, NUMBERS(STLS_LIMIT_KEY_UPDATES, 0), MISUSE, MISUSE,
     "value is 0"},
    {"an odd limit", limit, NUMBERS(99, 1), MISUSE, MISUSE, "limit 99"},
    {"no trace", no_trace, NO_ARGS, 0, 0, ""},
    {"no credential", no_credential, NO_ARGS, MISUSE, MISUSE,
     "credential is NULL"},
    {"no trust", no_trust, NO_ARGS, MISUSE, MISUSE, "trust is NULL"},
};

#define NUM_CASES (sizeof cases / sizeof cases[0])

Test(context, has_setters_that_refuse_what_makes_no_sense)
{
  setter_cases_run(cases, NUM_CASES);
}

static void try_bad_cases(stls_context *context)
{
  for (size_t i = 0; i < NUM_CASES; i++)
    if (cases[i].want_client != STLS_OK && cases[i].want_server != STLS_OK)
      cr_expect_lt(cases[i].set(context, &cases[i].args, NULL), 0, "%s",
                   cases[i].name);
}

Test(context, is_as_before_when_a_setter_fails)
{
  pair_options options = {.tune_client = try_bad_cases,
                          .tune_server = try_bad_cases};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    const stls_conninfo *info = stls_object_conninfo(pair.client);
    cr_expect_str_eq(stls_conninfo_group_name(info),
                     pair_default_group(options.version), "%s", label);
    cr_expect_eq(stls_conninfo_cipher_bits(info), 128, "%s", label);
    pair_free(&pair);
  }
}

Test(context, couples_mode_and_hostname_as_in_cpython)
{
  stls_context *context = setter_cases_context(STLS_CLIENT);

  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
  cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_NONE);
  cr_expect_not(stls_context_check_hostname(context));
  ASSERT_RETURNS(stls_context_set_check_hostname(context, NULL), STLS_OK);
  cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_REQUIRED);
  cr_expect(stls_context_check_hostname(context));
  ASSERT_RETURNS(
      stls_context_set_verify_mode(context, STLS_VERIFY_OPTIONAL, NULL),
      STLS_OK);
  ASSERT_RETURNS(stls_context_set_check_hostname(context, NULL), STLS_OK);
  cr_expect_eq(stls_context_verify_mode(context), STLS_VERIFY_OPTIONAL);
  stls_context_free(context);
}

Test(context, checks_names_again_once_it_verifies_again)
{
  stls_context *context = setter_cases_context(STLS_CLIENT);

  ASSERT_RETURNS(stls_context_set_insecure_verify_none(context, NULL), STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, NULL),
      STLS_OK);
  cr_expect(stls_context_check_hostname(context));
  ASSERT_RETURNS(stls_context_set_insecure_hostname_any(context, NULL),
                 STLS_OK);
  ASSERT_RETURNS(
      stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, NULL),
      STLS_OK);
  cr_expect_not(stls_context_check_hostname(context), "asked for by name");
  stls_context_free(context);
}

Test(context, remembers_what_is_set)
{
  stls_context *context = setter_cases_context(STLS_SERVER);

  ASSERT_RETURNS(
      stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_3, NULL),
      STLS_OK);
  cr_expect_eq(stls_context_min_version(context), STLS_TLS_1_3);
  ASSERT_RETURNS(
      stls_context_set_verify_flags(context, X509_V_FLAG_X509_STRICT, NULL),
      STLS_OK);
  cr_expect_eq(stls_context_verify_flags(context),
               (unsigned long)X509_V_FLAG_X509_STRICT, "others are cleared");
  for (int i = 0; i < 5; i++) {
    cr_expect_gt(stls_context_limit(context, (stls_limit)i), (size_t)0);
    ASSERT_RETURNS(stls_context_set_limit(context, (stls_limit)i, 777, NULL),
                   STLS_OK);
    cr_expect_eq(stls_context_limit(context, (stls_limit)i), (size_t)777);
  }
  cr_expect_eq(stls_context_limit(context, (stls_limit)99), (size_t)0);
  stls_context_free(context);
}

Test(context, gives_nothing_for_nothing)
{
  cr_expect_eq((int)stls_context_role(NULL), 0);
  cr_expect_eq((int)stls_context_min_version(NULL), 0);
  cr_expect_eq((int)stls_context_max_version(NULL), 0);
  cr_expect_eq(stls_context_verify_mode(NULL), STLS_VERIFY_NONE);
  cr_expect_eq(stls_context_verify_flags(NULL), 0UL);
  cr_expect_not(stls_context_check_hostname(NULL));
  cr_expect_not(stls_context_is_sealed(NULL));
  cr_expect_eq(stls_context_limit(NULL, STLS_LIMIT_KEY_UPDATES), (size_t)0);
  cr_expect_null(stls_context_ssl_ctx(NULL));
  cr_expect_null(stls_context_up_ref(NULL));
  EXPECT_RETURNS(stls_context_seal(NULL, NULL), STLS_ERROR_MISUSE);
  stls_context_free(NULL);
}

Test(context, lives_as_long_as_its_objects)
{
  pair_options options = {0};
  stls_context *context = pair_context(&options, STLS_SERVER);
  stls_object *object = NULL;

  ASSERT_RETURNS(stls_object_new(context, NULL, NULL, NULL, &object, NULL),
                 STLS_OK);
  cr_expect_eq(stls_object_context(object), context);
  stls_context_free(context);
  cr_expect(stls_context_is_sealed(stls_object_context(object)));
  EXPECT_RETURNS(stls_object_handshake(object), STLS_WANT_READ);
  stls_object_free(object);
}
