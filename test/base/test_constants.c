/* SPDX-License-Identifier: MIT */
/* test_constants: constants have OpenSSL's numbers, and names map both ways. */
#include <ctype.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sanstls/sanstls.h>
#include <stdio.h>
#include <string.h>

#include "support/check.h"

SUITE(constants);

/* One family, and every value that may be in it. */
static const struct family {
  const char *label;
  const char *(*name)(int value);
  bool (*from_name)(const char *name, int *out_value);
  int first, last;
  size_t count;
} families[] = {
    {"role", stls_role_name, stls_role_from_name, -1, 10, 2},
    {"purpose", stls_purpose_name, stls_purpose_from_name, -1, 300, 2},
    {"version", stls_protocol_name, stls_protocol_from_name, -9, 0x400, 7},
    {"mode", stls_verify_mode_name, stls_verify_mode_from_name, -1, 10, 3},
    {"flag", stls_verify_flag_name, stls_verify_flag_from_name, -1, 0x100000,
     7},
    {"hostflag", stls_hostflag_name, stls_hostflag_from_name, -1, 0x100, 6},
    {"content", stls_content_type_name, stls_content_type_from_name, -1, 0x200,
     6},
    {"message", stls_message_type_name, stls_message_type_from_name, -1, 0x200,
     23},
    {"alert", stls_alert_name, stls_alert_from_name, -1, 300, 35},
    {"feature", stls_feature_name, stls_feature_from_name, -1, 100, 9},
};

/* Whether it is a name, which leads back to the value in whatever case. */
static bool leads_back(const struct family *family, int value)
{
  const char *name = family->name(value);
  char other[80];
  int got = 7777;

  if (strcmp(name, "unknown") == 0) return false;
  for (size_t i = 0; i < sizeof other; i++) {
    bool is_upper = isupper((unsigned char)name[i]) != 0;
    other[i] = (char)(is_upper ? tolower(name[i]) : toupper(name[i]));
    if (name[i] == '\0') break;
  }
  cr_expect(family->from_name(name, &got), "%s", name);
  cr_expect_eq(got, value, "%s: %d instead of %d", name, got, value);
  got = 7777;
  cr_expect(family->from_name(other, &got), "%s", other);
  cr_expect_eq(got, value, "%s: %d instead of %d", other, got, value);
  return true;
}

Test(constants, have_names_that_lead_back)
{
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
    const struct family *family = &families[i];
    size_t count = 0;
    for (int value = family->first; value <= family->last; value++)
      if (leads_back(family, value)) count++;
    cr_expect_eq(count, family->count, "%s: %zu names", family->label, count);
  }
}

Test(constants, have_no_names_for_nothing)
{
  static const char *const strange[] = {
      "", "unknown", "client_hell", "client_helloo", " alert", "STLS_OK"};

  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
    const struct family *family = &families[i];
    int got = 7777;
    for (size_t k = 0; k < sizeof strange / sizeof strange[0]; k++)
      cr_expect_not(family->from_name(strange[k], &got), "%s: \"%s\"",
                    family->label, strange[k]);
    cr_expect_not(family->from_name(NULL, &got), "%s", family->label);
    cr_expect_not(family->from_name(family->name(family->first + 1), NULL),
                  "%s", family->label);
    cr_expect_eq(got, 7777, "%s", family->label);
  }
  cr_expect_str_eq(stls_alert_name(-1), "unknown");
}

Test(constants, are_those_of_openssl)
{
  static const struct {
    const char *name;
    long ours, theirs;
  } rows[] = {
      {"MINIMUM_SUPPORTED", STLS_TLS_MINIMUM_SUPPORTED, -2},
      {"MAXIMUM_SUPPORTED", STLS_TLS_MAXIMUM_SUPPORTED, -1},
      {"SSL 3.0", STLS_SSL_3_0, SSL3_VERSION},
      {"TLS 1.0", STLS_TLS_1_0, TLS1_VERSION},
      {"TLS 1.3", STLS_TLS_1_3, TLS1_3_VERSION},
      {"purpose", STLS_PURPOSE_SERVER_AUTH, NID_server_auth},
      {"purpose", STLS_PURPOSE_CLIENT_AUTH, NID_client_auth},
      {"leaf", STLS_VERIFY_CRL_CHECK_LEAF, X509_V_FLAG_CRL_CHECK},
      {"chain", STLS_VERIFY_CRL_CHECK_CHAIN,
       X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL},
      {"strict", STLS_VERIFY_X509_STRICT, X509_V_FLAG_X509_STRICT},
      {"proxy", STLS_VERIFY_ALLOW_PROXY_CERTS, X509_V_FLAG_ALLOW_PROXY_CERTS},
      {"first", STLS_VERIFY_X509_TRUSTED_FIRST, X509_V_FLAG_TRUSTED_FIRST},
      {"partial", STLS_VERIFY_X509_PARTIAL_CHAIN, X509_V_FLAG_PARTIAL_CHAIN},
      {"always", STLS_HOSTFLAG_ALWAYS_CHECK_SUBJECT,
       X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT},
      {"no wildcards", STLS_HOSTFLAG_NO_WILDCARDS,
       X509_CHECK_FLAG_NO_WILDCARDS},
      {"no partial", STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS,
       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS},
      {"multi", STLS_HOSTFLAG_MULTI_LABEL_WILDCARDS,
       X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS},
      {"single", STLS_HOSTFLAG_SINGLE_LABEL_SUBDOMAINS,
       X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS},
      {"never", STLS_HOSTFLAG_NEVER_CHECK_SUBJECT,
       X509_CHECK_FLAG_NEVER_CHECK_SUBJECT},
      {"header", STLS_CONTENT_HEADER, SSL3_RT_HEADER},
      {"inner", STLS_CONTENT_INNER_TYPE, SSL3_RT_INNER_CONTENT_TYPE},
      {"data", STLS_CONTENT_APPLICATION_DATA, SSL3_RT_APPLICATION_DATA},
      {"hello", STLS_MESSAGE_CLIENT_HELLO, SSL3_MT_CLIENT_HELLO},
      {"ticket", STLS_MESSAGE_NEW_SESSION_TICKET, SSL3_MT_NEWSESSION_TICKET},
      {"hash", STLS_MESSAGE_MESSAGE_HASH, SSL3_MT_MESSAGE_HASH},
      {"ccs", STLS_MESSAGE_CHANGE_CIPHER_SPEC, SSL3_MT_CHANGE_CIPHER_SPEC},
      {"alpn", STLS_ALERT_NO_APPLICATION_PROTOCOL,
       SSL_AD_NO_APPLICATION_PROTOCOL},
      {"user", STLS_ALERT_USER_CANCELED, SSL_AD_USER_CANCELLED},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    cr_expect_eq(rows[i].ours, rows[i].theirs, "%s: %ld, %ld", rows[i].name,
                 rows[i].ours, rows[i].theirs);
}

/* It writes "unknown CA", and sometimes an underscore. */
static void spell_alike(char *out, size_t size, const char *text)
{
  snprintf(out, size, "%s", text);
  for (char *at = out; *at != '\0'; at++)
    *at = *at == '_' ? ' ' : (char)tolower((unsigned char)*at);
}

Test(constants, call_alerts_what_openssl_calls_them)
{
  size_t num = 0;

  for (int alert = 0; alert < 256; alert++) {
    char ours[64], theirs[64];
    spell_alike(ours, sizeof ours, stls_alert_name(alert));
    spell_alike(theirs, sizeof theirs, SSL_alert_desc_string_long(alert));
    if (strcmp(theirs, "unknown") == 0) continue;
    cr_expect_str_eq(ours, theirs, "%d", alert);
    num++;
  }
  cr_expect_gt(num, 30U);
}

#define OP(name) \
  { \
#name, STLS_OP_##name, SSL_OP_##name \
  }

static const struct option_row {
  const char *name;
  uint64_t ours, theirs;
} option_rows[] = {
    OP(NO_EXTENDED_MASTER_SECRET),
    OP(CLEANSE_PLAINTEXT),
    OP(LEGACY_SERVER_CONNECT),
    OP(ENABLE_KTLS),
    OP(TLSEXT_PADDING),
    OP(SAFARI_ECDHE_ECDSA_BUG),
    OP(IGNORE_UNEXPECTED_EOF),
    OP(ALLOW_CLIENT_RENEGOTIATION),
    OP(DISABLE_TLSEXT_CA_NAMES),
    OP(ALLOW_NO_DHE_KEX),
    OP(DONT_INSERT_EMPTY_FRAGMENTS),
    OP(NO_TICKET),
    OP(NO_SESSION_RESUMPTION_ON_RENEGOTIATION),
    OP(NO_COMPRESSION),
    OP(ALLOW_UNSAFE_LEGACY_RENEGOTIATION),
    OP(NO_ENCRYPT_THEN_MAC),
    OP(ENABLE_MIDDLEBOX_COMPAT),
    OP(PRIORITIZE_CHACHA),
    OP(CIPHER_SERVER_PREFERENCE),
    OP(TLS_ROLLBACK_BUG),
    OP(NO_ANTI_REPLAY),
    OP(NO_SSLv3),
    OP(NO_TLSv1),
    OP(NO_TLSv1_2),
    OP(NO_TLSv1_1),
    OP(NO_TLSv1_3),
    OP(NO_RENEGOTIATION),
    OP(CRYPTOPRO_TLSEXT_BUG),
#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
    OP(NO_TX_CERTIFICATE_COMPRESSION),
    OP(NO_RX_CERTIFICATE_COMPRESSION),
#endif
    /* CPython's, which keeps the empty fragments. */
    {"ALL", STLS_OP_ALL, SSL_OP_ALL & ~SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS},
};

Test(constants, of_options_are_those_of_openssl)
{
  uint64_t got = 77;

  for (size_t i = 0; i < sizeof option_rows / sizeof option_rows[0]; i++) {
    const struct option_row *row = &option_rows[i];
    cr_expect_eq(row->ours, row->theirs, "%s", row->name);
    cr_expect_str_eq(stls_option_name(row->ours), row->name);
    cr_expect(stls_option_from_name(row->name, &got), "%s", row->name);
    cr_expect_eq(got, row->ours, "%s", row->name);
  }
  cr_expect(stls_option_from_name("no_sslv2", &got));
  cr_expect_eq(got, 0U, "CPython: it means nothing");
  got = 77;
  cr_expect_not(stls_option_from_name("NO_SSLv4", &got));
  cr_expect_not(stls_option_from_name(NULL, &got));
  cr_expect_not(stls_option_from_name("NO_TICKET", NULL));
  cr_expect_eq(got, 77U);
  cr_expect_str_eq(stls_option_name(UINT64_MAX), "unknown");
  cr_expect_str_eq(stls_option_name(UINT64_C(1) << 63), "unknown");
  cr_expect_str_eq(stls_option_name(3), "unknown", "two bits");
}

Test(constants, of_verification_are_those_of_openssl)
{
  static const struct {
    int code;
    const char *name;
  } rows[] = {
      {X509_V_OK, "OK"},
      {X509_V_ERR_UNSPECIFIED, "UNSPECIFIED"},
      {X509_V_ERR_CERT_HAS_EXPIRED, "CERT_HAS_EXPIRED"},
      {X509_V_ERR_HOSTNAME_MISMATCH, "HOSTNAME_MISMATCH"},
      {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
       "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"},
  };
  int got = 0;

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cr_expect_str_eq(stls_verify_code_name(rows[i].code), rows[i].name);
    cr_expect(stls_verify_code_from_name(rows[i].name, &got));
    cr_expect_eq(got, rows[i].code, "%s", rows[i].name);
  }
  cr_expect_not(stls_verify_code_from_name("X509_V_OK", &got));
  cr_expect_not(stls_verify_code_from_name(NULL, &got));
}

/* Whatever this OpenSSL has words for has a name. */
Test(constants, of_verification_are_complete)
{
  const char *none = X509_verify_cert_error_string(99999);

  cr_expect_str_eq(stls_verify_code_text(99999), none);
  for (int code = 0; code < 200; code++) {
    const char *text = X509_verify_cert_error_string(code);
    bool is_named = strcmp(stls_verify_code_name(code), "unknown") != 0;
    cr_expect_str_eq(stls_verify_code_text(code), text);
    if (strcmp(text, none) != 0)
      cr_expect(is_named, "%d: \"%s\" has no name", code, text);
  }
}
