/* SPDX-License-Identifier: MIT */
/* hostname_oracle: host name verdicts of the library, OpenSSL and a handshake. */
#include "hostname_oracle.h"

#include <arpa/inet.h>

#include "expect.h"
#include "pair.h"

static void expect_row(const hostname_oracle_row *row, bool shake);
static hostname_verdict from_result(stls_result result, bool matches,
                                    const stls_error *err);
static bool is_address(const char *reference);
static const char *address_text(const named_cert_alt_name *name,
                                char out[INET6_ADDRSTRLEN]);
static void present(stls_context *context);

/* What `present` presents. */
static X509 *presented;

const char *hostname_oracle_name(hostname_verdict got)
{
  static const char *const names[] = {"no", "match", "refused"};

  return names[got];
}

X509 *hostname_oracle_certificate(const hostname_oracle_row *row)
{
  return named_cert_new(&(named_cert_request){.alt_names = row->names});
}

hostname_verdict hostname_oracle_library(X509 *x509, const char *reference,
                                         unsigned flags)
{
  stls_error err = STLS_ERROR_INIT;
  stls_certificate *certificate = NULL;
  bool matches = false;
  stls_result result;

  ASSERT_RESULT(stls_certificate_new_x509(x509, &certificate, &err), STLS_OK,
                err.message);
  result = stls_hostname_match(reference, certificate, flags, &matches, &err);
  stls_certificate_free(certificate);
  return from_result(result, matches, &err);
}

hostname_verdict hostname_oracle_library_list(const hostname_oracle_row *row)
{
  stls_error err = STLS_ERROR_INIT;
  const char *names[HOSTNAME_ORACLE_NAMES];
  size_t lens[HOSTNAME_ORACLE_NAMES], num = 0;
  char texts[HOSTNAME_ORACLE_NAMES][INET6_ADDRSTRLEN];
  bool matches = false;
  stls_result result;

  for (size_t i = 0; i < HOSTNAME_ORACLE_NAMES && row->names[i].bytes != NULL;
       i++) {
    const named_cert_alt_name *name = &row->names[i];
    if (name->kind != (is_address(row->reference) ? GEN_IPADD : GEN_DNS))
      continue;
    names[num] = name->bytes;
    lens[num] = name->len;
    if (name->kind == GEN_IPADD) {
      names[num] = address_text(name, texts[num]);
      lens[num] = strlen(names[num]);
    }
    num++;
  }
  result = stls_hostname_match_names(row->reference, names, lens, num, &matches,
                                     &err);
  return from_result(result, matches, &err);
}

hostname_verdict hostname_oracle_openssl(X509 *x509, const char *reference,
                                         bool with_common_name)
{
  unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
  ASN1_OCTET_STRING *address = a2i_IPADDRESS(reference);
  int got;

  if (!with_common_name) flags |= X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  got = address != NULL ? X509_check_ip_asc(x509, reference, flags)
                        : X509_check_host(x509, reference, 0, flags, NULL);
  ASN1_OCTET_STRING_free(address);
  return got == 1 ? MATCH : NO;
}

hostname_verdict hostname_oracle_handshake(X509 *x509, const char *reference)
{
  pair_options options = {.tune_server = present};
  stls_context *context = pair_context(&options, STLS_CLIENT);
  stls_object_options named = STLS_OBJECT_OPTIONS_INIT;
  stls_error err = STLS_ERROR_INIT;
  test_pair pair = {0};
  stls_result result;

  named.server_name = reference;
  result = stls_object_new(context, NULL, NULL, &named, &pair.client, &err);
  stls_context_free(context);
  if (result != STLS_OK) return from_result(result, false, &err);
  presented = x509;
  context = pair_context(&options, STLS_SERVER);
  ASSERT_RESULT(stls_object_new(context, NULL, NULL, NULL, &pair.server, &err),
                STLS_OK, err.message);
  stls_context_free(context);
  result = pair_handshake(&pair);
  cr_expect(result == STLS_OK || result == STLS_ERROR_CERTIFICATE, "%s: %s",
            reference, pair_message(pair.client));
  pair_free(&pair);
  return result == STLS_OK ? MATCH : NO;
}

void hostname_oracle_expect_rows(const hostname_oracle_row *rows, size_t num)
{
  for (size_t i = 0; i < num; i++)
    expect_row(&rows[i], !check_quick() || i % 8 == 0);
}

static void expect_row(const hostname_oracle_row *row, bool shake)
{
  X509 *x509 = hostname_oracle_certificate(row);
  hostname_verdict got, want = row->want == MATCH ? MATCH : NO;
  bool is_past;

  got = hostname_oracle_library_list(row);
  cr_expect_eq(got, row->want, "%s (%s), list: %s", row->reference, row->source,
               hostname_oracle_name(got));
  got = hostname_oracle_library(x509, row->reference, 0);
  cr_expect_eq(got, row->want, "%s (%s), certificate: %s", row->reference,
               row->source, hostname_oracle_name(got));
  if (row->differs != NULL) want = want == MATCH ? NO : MATCH;
  is_past = row->differs != NULL && strncmp(row->differs, "once: ", 6) == 0;
  got = hostname_oracle_openssl(x509, row->reference, false);
  cr_expect(got == want || (is_past && got == NO), "%s (%s), OpenSSL: %s",
            row->reference, row->source, hostname_oracle_name(got));
  got = shake ? hostname_oracle_handshake(x509, row->reference) : row->want;
  /* OpenSSL 4.0 takes fewer names for those of hosts. */
  cr_expect(
      got == row->want || (got == REFUSED && OPENSSL_version_major() >= 4),
      "%s (%s), handshake: %s", row->reference, row->source,
      hostname_oracle_name(got));
  X509_free(x509);
}

static hostname_verdict from_result(stls_result result, bool matches,
                                    const stls_error *err)
{
  if (result == STLS_OK) return matches ? MATCH : NO;
  EXPECT_RESULT(result, STLS_ERROR_INPUT, err->message);
  return REFUSED;
}

static bool is_address(const char *reference)
{
  unsigned char octets[16];

  return inet_pton(AF_INET, reference, octets) == 1 ||
         inet_pton(AF_INET6, reference, octets) == 1;
}

/* As stls_general_name_text, and so CPython, says it. */
static const char *address_text(const named_cert_alt_name *name,
                                char out[INET6_ADDRSTRLEN])
{
  if (name->len != 4 && name->len != 16) return "<invalid>";
  return inet_ntop(name->len == 4 ? AF_INET : AF_INET6, name->bytes, out,
                   INET6_ADDRSTRLEN);
}

static void present(stls_context *context)
{
  stls_credential *credential = named_cert_credential(presented);

  ASSERT_RETURNS(stls_context_set_credential(context, credential, NULL),
                 STLS_OK);
  stls_credential_free(credential);
}
