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

SUITE(context);

static stls_context *new_context(stls_role role)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(
      stls_context_new_without_trust(role, NULL, NULL, &context, &err), STLS_OK,
      err.message);
  return context;
}

Test(context, begins_with_safe_defaults)
{
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};

  for (size_t i = 0; i < 2; i++) {
    stls_context *context = new_context(roles[i]);
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

/* One call of a setter, and what it says. */
struct setting {
  const char *name;
  stls_result (*set)(stls_context *context, stls_error *err);
  stls_result want_client;
  stls_result want_server;
  const char *want_text;
};

#define SETTER(name, call) \
  static stls_result name(stls_context *context, stls_error *err) \
  { \
    return call; \
  }

static const char *const good_names[] = {"h2", "http/1.1"};
static const char *const empty_name[] = {"h2", ""};
static const char *const null_name[] = {NULL};

SETTER(ciphers_good, stls_context_set_ciphers(context, "ECDHE+AESGCM", err))
SETTER(ciphers_bad, stls_context_set_ciphers(context, "NONSENSE", err))
SETTER(ciphers_1_3,
       stls_context_set_ciphers(context, "TLS_AES_128_GCM_SHA256", err))
SETTER(ciphers_anonymous,
       stls_context_set_ciphers(context, "ALL:aNULL:@SECLEVEL=2", err))
SETTER(ciphers_plain, stls_context_set_ciphers(context, "eNULL:ECDHE", err))
SETTER(ciphers_weak,
       stls_context_set_ciphers(context, "ECDHE:@SECLEVEL=1", err))
SETTER(ciphers_insecure,
       stls_context_set_insecure_ciphers(context, "ECDHE:@SECLEVEL=0", err))
SETTER(suites_none, stls_context_set_ciphersuites(context, "", err))
SETTER(ciphers_null, stls_context_set_ciphers(context, NULL, err))
SETTER(suites_good,
       stls_context_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256", err))
SETTER(suites_bad, stls_context_set_ciphersuites(context, "NONSENSE", err))
SETTER(groups_good, stls_context_set_groups(context, "P-256:X25519", err))
SETTER(groups_bad, stls_context_set_groups(context, "P-256:P-257", err))
SETTER(groups_null, stls_context_set_groups(context, NULL, err))
SETTER(versions_good,
       stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_2, err))
SETTER(versions_crossed,
       stls_context_set_versions(context, STLS_TLS_1_3, STLS_TLS_1_2, err))
SETTER(versions_old,
       stls_context_set_versions(context, STLS_TLS_1_1, STLS_TLS_1_3, err))
SETTER(versions_odd, stls_context_set_versions(context, STLS_TLS_1_2,
                                               (stls_protocol)0x305, err))
SETTER(insecure_versions,
       stls_context_set_insecure_versions(context, STLS_TLS_1_0, STLS_TLS_1_3,
                                          err))
SETTER(mode_none, stls_context_set_verify_mode(context, STLS_VERIFY_NONE, err))
SETTER(mode_required,
       stls_context_set_verify_mode(context, STLS_VERIFY_REQUIRED, err))
SETTER(mode_odd,
       stls_context_set_verify_mode(context, (stls_verify_mode)7, err))
SETTER(verify_none, stls_context_set_insecure_verify_none(context, err))
SETTER(hostname, stls_context_set_check_hostname(context, err))
SETTER(hostname_any, stls_context_set_insecure_hostname_any(context, err))
SETTER(flags,
       stls_context_set_verify_flags(context, X509_V_FLAG_X509_STRICT, err))
SETTER(flags_weak,
       stls_context_set_verify_flags(context, X509_V_FLAG_NO_CHECK_TIME, err))
SETTER(flags_insecure,
       stls_context_set_insecure_verify_flags(context,
                                              X509_V_FLAG_NO_CHECK_TIME, err))
SETTER(alpn_good, stls_context_set_alpn(context, good_names, 2, err))
SETTER(alpn_none, stls_context_set_alpn(context, NULL, 0, err))
SETTER(alpn_empty, stls_context_set_alpn(context, empty_name, 2, err))
SETTER(alpn_null_name, stls_context_set_alpn(context, null_name, 1, err))
SETTER(alpn_null, stls_context_set_alpn(context, NULL, 1, err))
SETTER(buffers_kept, stls_context_set_buffers(context, STLS_BUFFERS_KEEP, err))
SETTER(buffers_odd, stls_context_set_buffers(context, (stls_buffers)7, err))
SETTER(limit_good,
       stls_context_set_limit(context, STLS_LIMIT_KEY_UPDATES, 1, err))
SETTER(limit_zero,
       stls_context_set_limit(context, STLS_LIMIT_KEY_UPDATES, 0, err))
SETTER(limit_odd, stls_context_set_limit(context, (stls_limit)99, 1, err))
SETTER(trace_none, stls_context_set_trace(context, NULL, NULL, err))
SETTER(credential_null, stls_context_set_credential(context, NULL, err))
SETTER(trust_null, stls_context_set_trust(context, NULL, err))

#define MISUSE STLS_ERROR_MISUSE
#define INPUT STLS_ERROR_INPUT

static const struct setting settings[] = {
    {"ciphers", ciphers_good, 0, 0, ""},
    {"unknown ciphers", ciphers_bad, INPUT, INPUT, "\"NONSENSE\""},
    {"a cipher of 1.3 for 1.2", ciphers_1_3, INPUT, INPUT, "TLS_AES_128"},
    {"anonymous ciphers", ciphers_anonymous, INPUT, INPUT, "insecure_ciphers"},
    {"ciphers without encryption", ciphers_plain, INPUT, INPUT, "eNULL"},
    {"a lower level", ciphers_weak, INPUT, INPUT, "a lower level weakens"},
    {"insecure ciphers", ciphers_insecure, 0, 0, ""},
    {"no suites", suites_none, INPUT, INPUT, "ciphersuites \"\""},
    {"no ciphers", ciphers_null, MISUSE, MISUSE, "ciphers is NULL"},
    {"suites", suites_good, 0, 0, ""},
    {"unknown suites", suites_bad, INPUT, INPUT, "\"NONSENSE\""},
    {"groups", groups_good, 0, 0, ""},
    {"unknown groups", groups_bad, INPUT, INPUT, "\"P-256:P-257\""},
    {"no groups", groups_null, MISUSE, MISUSE, "groups is NULL"},
    {"versions", versions_good, 0, 0, ""},
    {"versions crossed", versions_crossed, MISUSE, MISUSE, "min is above max"},
    {"old versions", versions_old, MISUSE, MISUSE, "insecure_versions"},
    {"odd versions", versions_odd, MISUSE, MISUSE, "0x305"},
    {"insecure versions", insecure_versions, 0, 0, ""},
    {"mode none", mode_none, MISUSE, 0, "insecure_verify_none"},
    {"mode required", mode_required, 0, 0, ""},
    {"mode odd", mode_odd, MISUSE, MISUSE, "mode 7"},
    {"insecure verify none", verify_none, 0, MISUSE, "not a client's"},
    {"check hostname", hostname, 0, MISUSE, "not a client's"},
    {"insecure hostname any", hostname_any, 0, MISUSE, "not a client's"},
    {"flags", flags, 0, 0, ""},
    {"weak flags", flags_weak, MISUSE, MISUSE, "insecure_verify_flags"},
    {"insecure flags", flags_insecure, 0, 0, ""},
    {"ALPN", alpn_good, 0, 0, ""},
    {"ALPN off", alpn_none, 0, 0, ""},
    {"ALPN with an empty name", alpn_empty, INPUT, INPUT, "ALPN name 2"},
    {"ALPN with a missing name", alpn_null_name, INPUT, INPUT, "ALPN name 1"},
    {"ALPN without names", alpn_null, MISUSE, MISUSE, "names is NULL"},
    {"buffers that are kept", buffers_kept, 0, 0, ""},
    {"odd buffers", buffers_odd, MISUSE, MISUSE, "buffers 7"},
    {"a limit", limit_good, 0, 0, ""},
    {"a limit of 0", limit_zero, MISUSE, MISUSE, "value is 0"},
    {"an odd limit", limit_odd, MISUSE, MISUSE, "limit 99"},
    {"no trace", trace_none, 0, 0, ""},
    {"no credential", credential_null, MISUSE, MISUSE, "credential is NULL"},
    {"no trust", trust_null, MISUSE, MISUSE, "trust is NULL"},
};

static void try_setting(const struct setting *row, stls_role role,
                        stls_result want)
{
  stls_context *context = new_context(role);
  stls_error err = STLS_ERROR_INIT;

  cr_expect_eq(row->set(context, &err), want, "%s: %s", row->name, err.message);
  if (want != STLS_OK)
    cr_expect(strstr(err.message, row->want_text), "%s: \"%s\"", row->name,
              err.message);
  EXPECT_RESULT(row->set(NULL, &err), STLS_ERROR_MISUSE, row->name);
  cr_expect_str_eq(err.message, "context is NULL", "%s", row->name);
  ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
  EXPECT_RESULT(row->set(context, &err), STLS_ERROR_MISUSE, row->name);
  cr_expect_str_eq(err.message, "context is sealed", "%s", row->name);
  stls_context_free(context);
}

Test(context, has_setters_that_refuse_what_makes_no_sense)
{
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
    try_setting(&settings[i], STLS_CLIENT, settings[i].want_client);
    try_setting(&settings[i], STLS_SERVER, settings[i].want_server);
  }
}

static void try_bad_settings(stls_context *context)
{
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
    if (settings[i].want_client != STLS_OK &&
        settings[i].want_server != STLS_OK)
      cr_expect_lt(settings[i].set(context, NULL), 0, "%s", settings[i].name);
}

Test(context, is_as_before_when_a_setter_fails)
{
  pair_options options = {.tune_client = try_bad_settings,
                          .tune_server = try_bad_settings};
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
  stls_context *context = new_context(STLS_CLIENT);

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
  stls_context *context = new_context(STLS_CLIENT);

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
  stls_context *context = new_context(STLS_SERVER);

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
