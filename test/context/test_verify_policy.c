/* SPDX-License-Identifier: MIT */
/* test_verify_policy: options, security level, depth and host flags of a context. */
#include <openssl/ssl.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(verify_policy);

static stls_context *new_context(stls_role role)
{
  stls_context *context = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(role, NULL, NULL, &context, NULL), STLS_OK,
      "new");
  return context;
}

typedef stls_result (*setter)(stls_context *context, stls_error *err);

#define SETTER(name, call) \
  static stls_result name(stls_context *context, stls_error *err) \
  { \
    return call; \
  }

/* With one bit of the context's options turned. */
#define TURN(name, bit) \
  SETTER(turn_##name, \
         stls_context_set_options(context, \
                                  stls_context_options(context) ^ (bit), err)) \
  SETTER(force_##name, \
         stls_context_set_insecure_options( \
             context, stls_context_options(context) ^ (bit), err))

TURN(ticket, STLS_OP_NO_TICKET)
TURN(preference, STLS_OP_CIPHER_SERVER_PREFERENCE)
TURN(middlebox, STLS_OP_ENABLE_MIDDLEBOX_COMPAT)
TURN(legacy, STLS_OP_LEGACY_SERVER_CONNECT)
TURN(unsafe, STLS_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION)
TURN(eof, STLS_OP_IGNORE_UNEXPECTED_EOF)
TURN(compression, STLS_OP_NO_COMPRESSION)
TURN(mac, STLS_OP_NO_ENCRYPT_THEN_MAC)
TURN(secret, STLS_OP_NO_EXTENDED_MASTER_SECRET)
TURN(replay, STLS_OP_NO_ANTI_REPLAY)
TURN(dhe, STLS_OP_ALLOW_NO_DHE_KEX)
TURN(rollback, STLS_OP_TLS_ROLLBACK_BUG)
TURN(fragments, STLS_OP_DONT_INSERT_EMPTY_FRAGMENTS)
TURN(renegotiation, STLS_OP_NO_RENEGOTIATION)
TURN(client_renegotiation, STLS_OP_ALLOW_CLIENT_RENEGOTIATION)
TURN(version, STLS_OP_NO_TLSv1_2)
TURN(sslv3, STLS_OP_NO_SSLv3)
TURN(ktls, STLS_OP_ENABLE_KTLS)
TURN(cookie, SSL_OP_COOKIE_EXCHANGE)
TURN(unknown, UINT64_C(1) << 63)
TURN(send_compressed, STLS_OP_NO_TX_CERTIFICATE_COMPRESSION)
TURN(read_compressed, STLS_OP_NO_RX_CERTIFICATE_COMPRESSION)
SETTER(options_none, stls_context_set_options(context, 0, err))

SETTER(level_up, stls_context_set_security_level(context, 5, err))
SETTER(level_same, stls_context_set_security_level(context, 2, err))
SETTER(level_down, stls_context_set_security_level(context, 1, err))
SETTER(level_forced, stls_context_set_insecure_security_level(context, 0, err))
SETTER(level_high, stls_context_set_security_level(context, 6, err))
SETTER(level_low, stls_context_set_insecure_security_level(context, -1, err))
SETTER(depth_none, stls_context_set_verify_depth(context, 0, err))
SETTER(depth_low, stls_context_set_verify_depth(context, -1, err))
SETTER(host_strict, stls_context_set_hostflags(context,
                                               STLS_HOSTFLAGS_DEFAULT |
                                                   STLS_HOSTFLAG_NO_WILDCARDS,
                                               err))
SETTER(host_whole,
       stls_context_set_hostflags(context,
                                  STLS_HOSTFLAG_NO_WILDCARDS |
                                      STLS_HOSTFLAG_NEVER_CHECK_SUBJECT,
                                  err))
SETTER(host_none, stls_context_set_hostflags(context, 0, err))
SETTER(host_partial,
       stls_context_set_hostflags(context, STLS_HOSTFLAG_NEVER_CHECK_SUBJECT,
                                  err))
SETTER(host_subject,
       stls_context_set_hostflags(context, STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS,
                                  err))
SETTER(host_multi,
       stls_context_set_hostflags(context,
                                  STLS_HOSTFLAGS_DEFAULT |
                                      STLS_HOSTFLAG_MULTI_LABEL_WILDCARDS,
                                  err))
SETTER(host_always,
       stls_context_set_hostflags(context,
                                  STLS_HOSTFLAGS_DEFAULT |
                                      STLS_HOSTFLAG_ALWAYS_CHECK_SUBJECT,
                                  err))
SETTER(host_forced, stls_context_set_insecure_hostflags(context, 0, err))
SETTER(host_unknown, stls_context_set_insecure_hostflags(context, 0x40, err))
SETTER(common_name, stls_context_set_insecure_common_name(context, true, err))
SETTER(no_common_name,
       stls_context_set_insecure_common_name(context, false, err))

#define MISUSE STLS_ERROR_MISUSE

static const struct setting {
  const char *name;
  setter set;
  stls_result want_client, want_server;
  const char *want_text;
} settings[] = {
    {"ticket", turn_ticket, 0, 0, ""},
    {"preference", turn_preference, 0, 0, ""},
    {"middlebox", turn_middlebox, 0, 0, ""},
    {"legacy", turn_legacy, MISUSE, MISUSE, "LEGACY_SERVER_CONNECT (0x4)"},
    {"unsafe", turn_unsafe, MISUSE, MISUSE, "ALLOW_UNSAFE_LEGACY"},
    {"EOF", turn_eof, MISUSE, MISUSE, "IGNORE_UNEXPECTED_EOF (0x80)"},
    {"compression", turn_compression, MISUSE, MISUSE, "cannot be cleared"},
    {"MAC", turn_mac, MISUSE, MISUSE, "set_insecure_options"},
    {"secret", turn_secret, MISUSE, MISUSE, "NO_EXTENDED_MASTER_SECRET"},
    {"replay", turn_replay, MISUSE, MISUSE, "NO_ANTI_REPLAY"},
    {"DHE", turn_dhe, MISUSE, MISUSE, "ALLOW_NO_DHE_KEX"},
    {"rollback", turn_rollback, MISUSE, MISUSE, "TLS_ROLLBACK_BUG"},
    {"fragments", turn_fragments, MISUSE, MISUSE, "EMPTY_FRAGMENTS"},
    {"insecure legacy", force_legacy, 0, 0, ""},
    {"insecure unsafe", force_unsafe, 0, 0, ""},
    {"insecure EOF", force_eof, 0, 0, ""},
    {"insecure compression", force_compression, 0, 0, ""},
    {"insecure MAC", force_mac, 0, 0, ""},
    {"insecure secret", force_secret, 0, 0, ""},
    {"insecure replay", force_replay, 0, 0, ""},
    {"insecure DHE", force_dhe, 0, 0, ""},
    {"insecure rollback", force_rollback, 0, 0, ""},
    {"insecure fragments", force_fragments, 0, 0, ""},
    {"insecure ticket", force_ticket, 0, 0, ""},
    {"insecure preference", force_preference, 0, 0, ""},
    {"insecure middlebox", force_middlebox, 0, 0, ""},
    {"renegotiation", turn_renegotiation, MISUSE, MISUSE, "do not renegotiate"},
    {"it, forced", force_renegotiation, MISUSE, MISUSE, "do not renegotiate"},
    {"the client's", turn_client_renegotiation, MISUSE, MISUSE, "0x100"},
    {"it, forced", force_client_renegotiation, MISUSE, MISUSE, "0x100"},
    {"a version", turn_version, MISUSE, MISUSE, "stls_context_set_versions"},
    {"it, forced", force_version, MISUSE, MISUSE, "NO_TLSv1_2"},
    {"SSL 3.0", turn_sslv3, MISUSE, MISUSE, "NO_SSLv3"},
    {"it, forced", force_sslv3, MISUSE, MISUSE, "never spoken"},
    {"compressed certificates out", turn_send_compressed, 0, 0, ""},
    {"compressed certificates in", turn_read_compressed, MISUSE, MISUSE,
     "NO_RX_CERTIFICATE_COMPRESSION (0x200000000) cannot be cleared"},
    {"they, forced", force_send_compressed, 0, 0, ""},
    {"they, forced", force_read_compressed, 0, 0, ""},
    {"kTLS", turn_ktls, MISUSE, MISUSE, "no socket"},
    {"it, forced", force_ktls, MISUSE, MISUSE, "no socket"},
    {"DTLS", turn_cookie, MISUSE, MISUSE, "0x2000: not known"},
    {"it, forced", force_cookie, MISUSE, MISUSE, "0x2000"},
    {"unknown", turn_unknown, MISUSE, MISUSE, "0x8000000000000000"},
    {"it, forced", force_unknown, MISUSE, MISUSE, "not known"},
    {"no options", options_none, MISUSE, MISUSE, "cannot be cleared"},
    {"level up", level_up, 0, 0, ""},
    {"level same", level_same, 0, 0, ""},
    {"level down", level_down, MISUSE, MISUSE, "insecure_security_level"},
    {"level forced", level_forced, 0, 0, ""},
    {"level high", level_high, MISUSE, MISUSE, "level 6"},
    {"level low", level_low, MISUSE, MISUSE, "level -1"},
    {"depth", depth_none, 0, 0, ""},
    {"depth low", depth_low, MISUSE, MISUSE, "depth -1"},
    {"strict hostflags", host_strict, 0, MISUSE, "not a client's"},
    {"whole labels", host_whole, 0, MISUSE, "not a client's"},
    {"no hostflags", host_none, MISUSE, MISUSE, ""},
    {"partial wildcards", host_partial, MISUSE, MISUSE, ""},
    {"the subject", host_subject, MISUSE, MISUSE, ""},
    {"many labels", host_multi, MISUSE, MISUSE, ""},
    {"always the subject", host_always, MISUSE, MISUSE, ""},
    {"forced hostflags", host_forced, 0, MISUSE, "not a client's"},
    {"unknown hostflags", host_unknown, MISUSE, MISUSE, ""},
    {"common name", common_name, 0, MISUSE, "not a client's"},
    {"no common name", no_common_name, 0, MISUSE, "not a client's"},
};

#define NUM_SETTINGS (sizeof settings / sizeof settings[0])

static void try_setting(const struct setting *row, stls_role role,
                        stls_result want)
{
  stls_context *context = new_context(role);
  stls_error err = STLS_ERROR_INIT;
  uint64_t options = stls_context_options(context);

  EXPECT_RESULT(row->set(context, &err), want, row->name);
  if (want != STLS_OK) {
    cr_expect(strstr(err.message, row->want_text), "%s: \"%s\"", row->name,
              err.message);
    cr_expect_eq(stls_context_options(context), options, "%s", row->name);
    cr_expect_eq(stls_context_security_level(context), 2, "%s", row->name);
    cr_expect_eq(stls_context_verify_depth(context), 100, "%s", row->name);
    cr_expect_eq(stls_context_hostflags(context), STLS_HOSTFLAGS_DEFAULT, "%s",
                 row->name);
  }
  expect_misuse(row->set(NULL, &err), &err, "context is NULL");
  ASSERT_RETURNS(stls_context_seal(context, NULL), STLS_OK);
  expect_misuse(row->set(context, &err), &err, "context is sealed");
  stls_context_free(context);
}

Test(verify_policy, has_setters_that_refuse_what_weakens_or_breaks)
{
  for (size_t i = 0; i < NUM_SETTINGS; i++) {
    try_setting(&settings[i], STLS_CLIENT, settings[i].want_client);
    try_setting(&settings[i], STLS_SERVER, settings[i].want_server);
  }
}

Test(verify_policy, says_what_was_set)
{
  stls_context *context = new_context(STLS_CLIENT);
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

  EXPECT_RETURNS(force_eof(context, NULL), STLS_OK);
  EXPECT_RESULT(
      stls_context_set_options(context, stls_context_options(context), NULL),
      STLS_OK, "what was insecure may stay");
  EXPECT_RESULT(turn_eof(context, NULL), STLS_OK, "and may end");

  EXPECT_RETURNS(stls_context_set_security_level(context, 3, NULL), STLS_OK);
  cr_expect_eq(stls_context_security_level(context), 3);
  cr_expect_eq(stls_context_set_security_level(context, 2, NULL), MISUSE);
  EXPECT_RETURNS(stls_context_set_verify_depth(context, 7, NULL), STLS_OK);
  cr_expect_eq(stls_context_verify_depth(context), 7);
  cr_expect_eq(SSL_CTX_get_verify_depth(stls_context_ssl_ctx(context)), 7);
  EXPECT_RETURNS(common_name(context, NULL), STLS_OK);
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
  stls_context *context = new_context(STLS_CLIENT);

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
    stls_context *context = new_context(STLS_SERVER);
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
  stls_context *context = new_context(STLS_CLIENT);

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
