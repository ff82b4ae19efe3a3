/* SPDX-License-Identifier: MIT */
/* test_verify_policy: options, security level, depth and host flags of a context. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/setter_cases.h"

SUITE(verify_policy);

/* With some bits of the context's options turned. */
SETTER(turn, stls_context_set_options(
                 context, stls_context_options(context) ^ args->bits, err))
SETTER(insecure_turn,
       stls_context_set_insecure_options(
           context, stls_context_options(context) ^ args->bits, err))
SETTER(no_options, stls_context_set_options(context, 0, err))
SETTER(level, stls_context_set_security_level(context, args->numbers[0], err))
SETTER(insecure_level,
       stls_context_set_insecure_security_level(context, args->numbers[0], err))
SETTER(depth, stls_context_set_verify_depth(context, args->numbers[0], err))
SETTER(hostflags,
       stls_context_set_hostflags(context, (unsigned)args->bits, err))
SETTER(insecure_hostflags,
       stls_context_set_insecure_hostflags(context, (unsigned)args->bits, err))
SETTER(insecure_common_name,
       stls_context_set_insecure_common_name(context, args->numbers[0], err))

#define MISUSE STLS_ERROR_MISUSE

static const setter_case cases[] = {
    {"ticket", turn, BITS(STLS_OP_NO_TICKET), 0, 0, ""},
    {"preference", turn, BITS(STLS_OP_CIPHER_SERVER_PREFERENCE), 0, 0, ""},
    {"middlebox", turn, BITS(STLS_OP_ENABLE_MIDDLEBOX_COMPAT), 0, 0, ""},
    {"legacy", turn, BITS(STLS_OP_LEGACY_SERVER_CONNECT), MISUSE, MISUSE,
     "LEGACY_SERVER_CONNECT (0x4)"},
    {"unsafe", turn, BITS(STLS_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION), MISUSE,
     MISUSE, "ALLOW_UNSAFE_LEGACY"},
    {"EOF", turn, BITS(STLS_OP_IGNORE_UNEXPECTED_EOF), MISUSE, MISUSE,
     "IGNORE_UNEXPECTED_EOF (0x80)"},
    {"compression", turn, BITS(STLS_OP_NO_COMPRESSION), MISUSE, MISUSE,
     "cannot be cleared"},
    {"MAC", turn, BITS(STLS_OP_NO_ENCRYPT_THEN_MAC), MISUSE, MISUSE,
     "set_insecure_options"},
    {"secret", turn, BITS(STLS_OP_NO_EXTENDED_MASTER_SECRET), MISUSE, MISUSE,
     "NO_EXTENDED_MASTER_SECRET"},
    {"replay", turn, BITS(STLS_OP_NO_ANTI_REPLAY), MISUSE, MISUSE,
     "NO_ANTI_REPLAY"},
    {"DHE", turn, BITS(STLS_OP_ALLOW_NO_DHE_KEX), MISUSE, MISUSE,
     "ALLOW_NO_DHE_KEX"},
    {"rollback", turn, BITS(STLS_OP_TLS_ROLLBACK_BUG), MISUSE, MISUSE,
     "TLS_ROLLBACK_BUG"},
    {"fragments", turn, BITS(STLS_OP_DONT_INSERT_EMPTY_FRAGMENTS), MISUSE,
     MISUSE, "EMPTY_FRAGMENTS"},
    {"insecure legacy", insecure_turn, BITS(STLS_OP_LEGACY_SERVER_CONNECT), 0,
     0, ""},
    {"insecure unsafe", insecure_turn,
     BITS(STLS_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION), 0, 0, ""},
    {"insecure EOF", insecure_turn, BITS(STLS_OP_IGNORE_UNEXPECTED_EOF), 0, 0,
     ""},
    {"insecure compression", insecure_turn, BITS(STLS_OP_NO_COMPRESSION), 0, 0,
     ""},
    {"insecure MAC", insecure_turn, BITS(STLS_OP_NO_ENCRYPT_THEN_MAC), 0, 0,
     ""},
    {"insecure secret", insecure_turn, BITS(STLS_OP_NO_EXTENDED_MASTER_SECRET),
     0, 0, ""},
    {"insecure replay", insecure_turn, BITS(STLS_OP_NO_ANTI_REPLAY), 0, 0, ""},
    {"insecure DHE", insecure_turn, BITS(STLS_OP_ALLOW_NO_DHE_KEX), 0, 0, ""},
    {"insecure rollback", insecure_turn, BITS(STLS_OP_TLS_ROLLBACK_BUG), 0, 0,
     ""},
    {"insecure fragments", insecure_turn,
     BITS(STLS_OP_DONT_INSERT_EMPTY_FRAGMENTS), 0, 0, ""},
    {"insecure ticket", insecure_turn, BITS(STLS_OP_NO_TICKET), 0, 0, ""},
    {"insecure preference", insecure_turn,
     BITS(STLS_OP_CIPHER_SERVER_PREFERENCE), 0, 0, ""},
    {"insecure middlebox", insecure_turn, BITS(STLS_OP_ENABLE_MIDDLEBOX_COMPAT),
     0, 0, ""},
    {"renegotiation", turn, BITS(STLS_OP_NO_RENEGOTIATION), MISUSE, MISUSE,
     "do not renegotiate"},
    {"it, forced", insecure_turn, BITS(STLS_OP_NO_RENEGOTIATION), MISUSE,
     MISUSE, "do not renegotiate"},
    {"the client's", turn, BITS(STLS_OP_ALLOW_CLIENT_RENEGOTIATION), MISUSE,
     MISUSE, "0x100"},
    {"it, forced", insecure_turn, BITS(STLS_OP_ALLOW_CLIENT_RENEGOTIATION),
     MISUSE, MISUSE, "0x100"},
    {"a version", turn, BITS(STLS_OP_NO_TLSv1_2), MISUSE, MISUSE,
     "stls_context_set_versions"},
    {"it, forced", insecure_turn, BITS(STLS_OP_NO_TLSv1_2), MISUSE, MISUSE,
     "NO_TLSv1_2"},
    {"SSL 3.0", turn, BITS(STLS_OP_NO_SSLv3), MISUSE, MISUSE, "NO_SSLv3"},
    {"it, forced", insecure_turn, BITS(STLS_OP_NO_SSLv3), MISUSE, MISUSE,
     "never spoken"},
    {"compressed certificates out", turn,
     BITS(STLS_OP_NO_TX_CERTIFICATE_COMPRESSION), 0, 0, ""},
    {"compressed certificates in", turn,
     BITS(STLS_OP_NO_RX_CERTIFICATE_COMPRESSION), MISUSE, MISUSE,
     "NO_RX_CERTIFICATE_COMPRESSION (0x200000000) cannot be cleared"},
    {"they, forced", insecure_turn, BITS(STLS_OP_NO_TX_CERTIFICATE_COMPRESSION),
     0, 0, ""},
    {"they, forced", insecure_turn, BITS(STLS_OP_NO_RX_CERTIFICATE_COMPRESSION),
     0, 0, ""},
    {"kTLS", turn, BITS(STLS_OP_ENABLE_KTLS), MISUSE, MISUSE, "no socket"},
    {"it, forced", insecure_turn, BITS(STLS_OP_ENABLE_KTLS), MISUSE, MISUSE,
     "no socket"},
    {"DTLS", turn, BITS(SSL_OP_COOKIE_EXCHANGE), MISUSE, MISUSE,
     "0x2000: not known"},
    {"it, forced", insecure_turn, BITS(SSL_OP_COOKIE_EXCHANGE), MISUSE, MISUSE,
     "0x2000"},
    {"unknown", turn, BITS(UINT64_C(1) << 63), MISUSE, MISUSE,
     "0x8000000000000000"},
    {"it, forced", insecure_turn, BITS(UINT64_C(1) << 63), MISUSE, MISUSE,
     "not known"},
    {"no options", no_options, NO_ARGS, MISUSE, MISUSE, "cannot be cleared"},
    {"level up", level, NUMBERS(5), 0, 0, ""},
    {"level same", level, NUMBERS(2), 0, 0, ""},
    {"level down", level, NUMBERS(1), MISUSE, MISUSE,
     "insecure_security_level"},
    {"level forced", insecure_level, NUMBERS(0), 0, 0, ""},
    {"level high", level, NUMBERS(6), MISUSE, MISUSE, "level 6"},
    {"level low", insecure_level, NUMBERS(-1), MISUSE, MISUSE, "level -1"},
    {"depth", depth, NUMBERS(0), 0, 0, ""},
    {"depth low", depth, NUMBERS(-1), MISUSE, MISUSE, "depth -1"},
    {"strict hostflags", hostflags,
     BITS(STLS_HOSTFLAGS_DEFAULT | STLS_HOSTFLAG_NO_WILDCARDS), 0, MISUSE,
     "not a client's"},
    {"whole labels", hostflags,
     BITS(STLS_HOSTFLAG_NO_WILDCARDS | STLS_HOSTFLAG_NEVER_CHECK_SUBJECT), 0,
     MISUSE, "not a client's"},
    {"no hostflags", hostflags, BITS(0), MISUSE, MISUSE, ""},
    {"partial wildcards", hostflags, BITS(STLS_HOSTFLAG_NEVER_CHECK_SUBJECT),
     MISUSE, MISUSE, ""},
    {"the subject", hostflags, BITS(STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS), MISUSE,
     MISUSE, ""},
    {"many labels", hostflags,
     BITS(STLS_HOSTFLAGS_DEFAULT | STLS_HOSTFLAG_MULTI_LABEL_WILDCARDS), MISUSE,
     MISUSE, ""},
    {"always the subject", hostflags,
     BITS(STLS_HOSTFLAGS_DEFAULT | STLS_HOSTFLAG_ALWAYS_CHECK_SUBJECT), MISUSE,
     MISUSE, ""},
    {"forced hostflags", insecure_hostflags, BITS(0), 0, MISUSE,
     "not a client's"},
    {"unknown hostflags", insecure_hostflags, BITS(0x40), MISUSE, MISUSE, ""},
    {"common name", insecure_common_name, NUMBERS(true), 0, MISUSE,
     "not a client's"},
    {"no common name", insecure_common_name, NUMBERS(false), 0, MISUSE,
     "not a client's"},
};

Test(verify_policy, has_defaults_of_its_own)
{
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};

  for (size_t i = 0; i < 2; i++) {
    stls_context *context = setter_cases_context(roles[i]);
    cr_expect_eq(stls_context_security_level(context), 2, "%zu", i);
    cr_expect_eq(stls_context_verify_depth(context), 100, "%zu", i);
    cr_expect_eq(stls_context_hostflags(context), STLS_HOSTFLAGS_DEFAULT, "%zu",
                 i);
    stls_context_free(context);
  }
}

Test(verify_policy, has_setters_that_refuse_what_weakens_or_breaks)
{
  setter_cases_run(cases, sizeof cases / sizeof cases[0]);
}

Test(verify_policy, says_what_was_set)
{
  const setter_args eof = {.bits = STLS_OP_IGNORE_UNEXPECTED_EOF};
  stls_context *context = setter_cases_context(STLS_CLIENT);
  uint64_t options = stls_context_options(context);

  /* CPython's 0x82520050, no renegotiation, no compressed certificates. */
  cr_expect_eq(options, STLS_OP_ALL | STLS_OP_NO_SSLv3 |
                            STLS_OP_NO_COMPRESSION | STLS_OP_NO_RENEGOTIATION |
                            STLS_OP_CIPHER_SERVER_PREFERENCE |
                            STLS_OP_ENABLE_MIDDLEBOX_COMPAT |
                            STLS_OP_NO_TX_CERTIFICATE_COMPRESSION |
                            STLS_OP_NO_RX_CERTIFICATE_COMPRESSION);
  EXPECT_RESULT(stls_context_set_options(context, options, NULL), STLS_OK,
                "what is there may stay");
  EXPECT_RETURNS(
      stls_context_set_options(context, options | STLS_OP_NO_TICKET, NULL),
      STLS_OK);
  cr_expect_eq(stls_context_options(context), options | STLS_OP_NO_TICKET);
  EXPECT_RETURNS(stls_context_set_options(context, options, NULL), STLS_OK);
  cr_expect_eq(stls_context_options(context), options, "all are replaced");

  EXPECT_RETURNS(insecure_turn(context, &eof, NULL), STLS_OK);
  EXPECT_RESULT(
      stls_context_set_options(context, stls_context_options(context), NULL),
      STLS_OK, "what was insecure may stay");
  EXPECT_RESULT(turn(context, &eof, NULL), STLS_OK, "and may end");

  EXPECT_RETURNS(stls_context_set_security_level(context, 3, NULL), STLS_OK);
  cr_expect_eq(stls_context_security_level(context), 3);
  cr_expect_eq(stls_context_set_security_level(context, 2, NULL), MISUSE);
  EXPECT_RETURNS(stls_context_set_verify_depth(context, 7, NULL), STLS_OK);
  cr_expect_eq(stls_context_verify_depth(context), 7);
  cr_expect_eq(SSL_CTX_get_verify_depth(stls_context_ssl_ctx(context)), 7);
  EXPECT_RETURNS(stls_context_set_insecure_common_name(context, true, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_hostflags(context),
               (unsigned)STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS);
  EXPECT_RETURNS(
      stls_context_set_hostflags(context, STLS_HOSTFLAGS_DEFAULT, NULL),
      STLS_OK);
  cr_expect_eq(stls_context_hostflags(context), STLS_HOSTFLAGS_DEFAULT);
  stls_context_free(context);
}

Test(verify_policy, of_nothing_is_nothing)
{
  cr_expect_eq(stls_context_options(NULL), 0U);
  cr_expect_eq(stls_context_security_level(NULL), -1);
  cr_expect_eq(stls_context_verify_depth(NULL), -1);
  cr_expect_eq(stls_context_hostflags(NULL), 0U);
}

Test(verify_policy, of_versions_knows_the_oldest_and_the_newest)
{
  stls_context *context = setter_cases_context(STLS_CLIENT);

  EXPECT_RETURNS(stls_context_set_versions(context, STLS_TLS_MINIMUM_SUPPORTED,
                                           STLS_TLS_MAXIMUM_SUPPORTED, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_min_version(context), STLS_TLS_1_2);
  cr_expect_eq(stls_context_max_version(context), STLS_TLS_1_3);
  EXPECT_RETURNS(stls_context_set_versions(context, STLS_TLS_MAXIMUM_SUPPORTED,
                                           STLS_TLS_MAXIMUM_SUPPORTED, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_min_version(context), STLS_TLS_1_3);
  EXPECT_RETURNS(stls_context_set_insecure_versions(
                     context, STLS_TLS_MINIMUM_SUPPORTED, STLS_TLS_1_2, NULL),
                 STLS_OK);
  cr_expect_eq(stls_context_min_version(context), STLS_TLS_1_0);
  cr_expect_eq(
      stls_context_set_versions(context, STLS_SSL_3_0, STLS_TLS_1_2, NULL),
      MISUSE);
  cr_expect_eq(stls_context_set_insecure_versions(context, STLS_SSL_3_0,
                                                  STLS_TLS_1_2, NULL),
               MISUSE);
  stls_context_free(context);
}

/* Insecure versions lower the level; what was asked for comes back with proper
 * ones, or more. */
Test(verify_policy, of_levels_survives_insecure_versions)
{
  static const struct {
    int before, during, want;
  } levels[] = {{2, -1, 2}, {3, -1, 3}, {2, 1, 2}, {2, 3, 3}, {1, -1, 1}};

  for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
    stls_context *context = setter_cases_context(STLS_SERVER);
    ASSERT_RESULT(stls_context_set_insecure_security_level(
                      context, levels[i].before, NULL),
                  STLS_OK, "before");
    ASSERT_RESULT(stls_context_set_insecure_versions(context, STLS_TLS_1_0,
                                                     STLS_TLS_1_2, NULL),
                  STLS_OK, "insecure");
    cr_expect_eq(stls_context_security_level(context), 0);
    if (levels[i].during >= 0)
      ASSERT_RESULT(
          stls_context_set_security_level(context, levels[i].during, NULL),
          STLS_OK, "during");
    ASSERT_RESULT(
        stls_context_set_versions(context, STLS_TLS_1_2, STLS_TLS_1_3, NULL),
        STLS_OK, "proper");
    cr_expect_eq(stls_context_security_level(context), levels[i].want,
                 "row %zu: %d", i, stls_context_security_level(context));
    stls_context_free(context);
  }
}

/* CPython: hostname_checks_common_name is a property, which can be cleared. */
Test(verify_policy, turns_common_names_on_and_off)
{
  const unsigned others = STLS_HOSTFLAG_NO_WILDCARDS | STLS_HOSTFLAG_ANY_LABEL;
  const unsigned never = STLS_HOSTFLAG_NEVER_CHECK_SUBJECT;
  stls_context *context = setter_cases_context(STLS_CLIENT);

  cr_expect_not(stls_context_insecure_common_name(context), "by default");
  cr_expect_not(stls_context_insecure_common_name(NULL));
  ASSERT_RESULT(stls_context_set_hostflags(context, others | never, NULL),
                STLS_OK, "strict");
  for (int round = 0; round < 2; round++) {
    ASSERT_RESULT(stls_context_set_insecure_common_name(context, true, NULL),
                  STLS_OK, "on");
    cr_expect(stls_context_insecure_common_name(context));
    cr_expect_eq(stls_context_hostflags(context), others);
    ASSERT_RESULT(stls_context_set_insecure_common_name(context, false, NULL),
                  STLS_OK, "off");
    cr_expect_not(stls_context_insecure_common_name(context));
    cr_expect_eq(stls_context_hostflags(context), others | never);
  }
  stls_context_free(context);
}
