/* SPDX-License-Identifier: MIT */
/* test_verify_policy_handshake: options, security level, depth and host flags in
 * handshakes. */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/hostname_oracle.h"
#include "support/pair.h"

SUITE(verify_policy_handshake, .timeout = 60);

static void ignore_the_end(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_options(
          context,
          stls_context_options(context) | STLS_OP_IGNORE_UNEXPECTED_EOF, NULL),
      STLS_OK, "options");
}

/* CPython: OP_IGNORE_UNEXPECTED_EOF reads b"". */
Test(verify_policy_handshake, ends_quietly_where_that_was_asked_for)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    for (int ignores = 0; ignores < 2; ignores++) {
      test_pair pair;
      char byte;
      size_t got;
      options.tune_client = ignores ? ignore_the_end : NULL;
      pair = pair_open(&options);
      pair_settle(&pair);
      stls_bio_write_eof(stls_object_incoming(pair.client));
      EXPECT_RESULT(stls_object_read(pair.client, &byte, 1, &got),
                    ignores ? STLS_CLOSED : STLS_ERROR_TRUNCATED, label);
      EXPECT_RESULT(stls_object_read(pair.client, &byte, 1, &got),
                    ignores ? STLS_CLOSED : STLS_ERROR_TRUNCATED, label);
      pair_free(&pair);
    }
  }
}

/* In the middle of a handshake, or of a record, there is no quiet end. */
Test(verify_policy_handshake, does_not_end_quietly_in_the_middle)
{
  pair_options options = {.tune_client = ignore_the_end};
  test_pair pair = pair_new(&options);
  char byte[4];
  size_t got;

  ASSERT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  stls_bio_write_eof(stls_object_incoming(pair.client));
  cr_expect_lt(stls_object_handshake(pair.client), 0);
  pair_free(&pair);

  pair = pair_open(&options);
  pair_settle(&pair);
  ASSERT_RETURNS(stls_object_write(pair.server, "abcd", 4, &got), STLS_OK);
  pair.feed = FEED_BYTES;
  for (int i = 0; i < 12; i++) pair_move(&pair, pair.server, pair.client);
  stls_bio_write_eof(stls_object_incoming(pair.client));
  EXPECT_RESULT(stls_object_read(pair.client, byte, 4, &got),
                STLS_ERROR_TRUNCATED, "half a record");
  pair_free(&pair);
}

static int bit_to_turn;

/* Returns whether the library lets it. */
static bool turn(stls_context *context)
{
  uint64_t options =
      stls_context_options(context) ^ (UINT64_C(1) << bit_to_turn);

  return stls_context_set_insecure_options(context, options, NULL) == STLS_OK;
}

static void turn_bit(stls_context *context)
{
  cr_assert(turn(context));
}

/* What can be turned does not stand in the way of data. */
Test(verify_policy_handshake, works_with_every_option)
{
  pair_options options = {.tune_client = turn_bit, .tune_server = turn_bit};
  stls_context *context = NULL;
  size_t num = 0;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  for (bit_to_turn = 0; bit_to_turn < 64; bit_to_turn++) {
    char label[64];
    if (!turn(context)) continue;
    num++;
    for (size_t row = 0; pair_row(row, &options, label);
         row += pair_row_step()) {
      test_pair pair = pair_open(&options);
      pair_transfer(&pair, pair.client, pair.server, 20000);
      pair_transfer(&pair, pair.server, pair.client, 20000);
      pair_free(&pair);
    }
  }
  cr_expect_geq(num, 20U, "%zu options", num);
  stls_context_free(context);
}

static void raise_level(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_security_level(context, 4, NULL), STLS_OK,
                "level");
}

/* Level 4 wants 192 bits: P-256 has 128. */
Test(verify_policy_handshake, refuses_what_the_level_does_not_allow)
{
  pair_options options = {0};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    test_pair pair;
    options.tune_client = raise_level;
    pair = pair_new(&options);
    cr_expect_lt(pair_handshake(&pair), 0, "%s", label);
    pair_free(&pair);
  }
}

static int depth_to_set;

static void set_depth(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_verify_depth(context, depth_to_set, NULL),
                STLS_OK, "depth");
}

/* The chain is leaf, intermediate, root: one between. */
Test(verify_policy_handshake, counts_what_is_between_leaf_and_anchor)
{
  pair_options options = {.server_credential = "server-chain",
                          .tune_client = set_depth};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row += pair_row_step()) {
    for (depth_to_set = 0; depth_to_set < 3; depth_to_set++) {
      test_pair pair = pair_new(&options);
      EXPECT_RESULT(pair_handshake(&pair),
                    depth_to_set == 0 ? STLS_ERROR_CERTIFICATE : STLS_OK,
                    label);
      pair_free(&pair);
    }
  }
}

#define CN(text) \
  { \
    V_ASN1_UTF8STRING, BYTES(text) \
  }
#define ALWAYS STLS_HOSTFLAG_ALWAYS_CHECK_SUBJECT
#define NO_WILDCARDS STLS_HOSTFLAG_NO_WILDCARDS
#define NO_PARTIAL STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS
#define MULTI STLS_HOSTFLAG_MULTI_LABEL_WILDCARDS
#define NEVER STLS_HOSTFLAG_NEVER_CHECK_SUBJECT

static const struct host_row {
  const char *reference;
  named_cert_common_name common_names[2];
  named_cert_alt_name names[2];
  unsigned hostflags;
  hostname_verdict want;
  const char *source;
} host_rows[] = {
    {"a.example", {{0}}, {DNS("a.example")}, NO_PARTIAL | NEVER, MATCH, "6.3"},
    {"a.example",
     {CN("a.example")},
     {{0}},
     NO_PARTIAL | NEVER,
     NO,
     "RFC 9525, 6.3"},
    {"a.example",
     {CN("a.example")},
     {{0}},
     NO_PARTIAL,
     MATCH,
     "CPython: hostname_checks_common_name"},
    {"a.example", {CN("b.example")}, {{0}}, NO_PARTIAL, NO, "RFC 6125, 6.4.4"},
    {"a.example",
     {CN("a.example")},
     {DNS("b.example")},
     NO_PARTIAL,
     NO,
     "RFC 2818, 3.1: there is a DNS name"},
    {"a.example",
     {CN("a.example")},
     {DNS("b.example")},
     NO_PARTIAL | ALWAYS,
     MATCH,
     "OpenSSL: ALWAYS_CHECK_SUBJECT"},
    {"a.example",
     {CN("a.example")},
     {DNS("b.example")},
     NO_PARTIAL | ALWAYS | NEVER,
     NO,
     "OpenSSL: NEVER is stronger"},
    {"a.example.com",
     {{0}},
     {DNS("*.example.com")},
     NO_PARTIAL | NEVER,
     MATCH,
     "RFC 9525, 6.3"},
    {"a.example.com",
     {{0}},
     {DNS("*.example.com")},
     NO_WILDCARDS | NEVER,
     NO,
     "OpenSSL: NO_WILDCARDS"},
    {"www.example.com",
     {{0}},
     {DNS("w*.example.com")},
     NO_PARTIAL | NEVER,
     NO,
     "RFC 9525, 6.3"},
    {"www.example.com",
     {{0}},
     {DNS("w*.example.com")},
     NEVER,
     MATCH,
     "RFC 6125, 6.4.3"},
    {"a.b.example.com",
     {{0}},
     {DNS("*.example.com")},
     NO_PARTIAL | NEVER,
     NO,
     "RFC 9525, 6.3"},
    {"a.b.example.com",
     {{0}},
     {DNS("*.example.com")},
     NO_PARTIAL | NEVER | MULTI,
     MATCH,
     "OpenSSL: MULTI_LABEL_WILDCARDS"},
    {"192.0.2.1",
     {CN("192.0.2.1")},
     {{0}},
     NO_PARTIAL,
     NO,
     "RFC 9525, 6.4: an address is no common name"},
    {"192.0.2.1", {{0}}, {IP("\300\0\2\1")}, 0, MATCH, "RFC 9525, 6.4"},
};

static const struct host_row *host_row;
static X509 *host_x509;

static void set_hostflags(stls_context *context)
{
  ASSERT_RESULT(
      stls_context_set_insecure_hostflags(context, host_row->hostflags, NULL),
      STLS_OK, host_row->source);
}

static void present(stls_context *context)
{
  stls_credential *credential = named_cert_credential(host_x509);

  ASSERT_RESULT(stls_context_set_credential(context, credential, NULL), STLS_OK,
                host_row->source);
  stls_credential_free(credential);
}

static void try_host_row(const char *label)
{
  pair_options options = {.tune_client = set_hostflags,
                          .tune_server = present,
                          .server_name = host_row->reference};
  char name[64];

  for (size_t row = 0; pair_row(row, &options, name); row += pair_row_step()) {
    test_pair pair = pair_new(&options);
    EXPECT_RESULT(pair_handshake(&pair),
                  host_row->want == MATCH ? STLS_OK : STLS_ERROR_CERTIFICATE,
                  label);
    pair_free(&pair);
  }
}

Test(verify_policy_handshake, takes_names_as_the_host_flags_say)
{
  for (size_t i = 0; i < sizeof host_rows / sizeof host_rows[0]; i++) {
    named_cert_request request = {0};
    ASN1_OCTET_STRING *address;
    int theirs;
    host_row = &host_rows[i];
    request.common_names = host_row->common_names;
    request.alt_names = host_row->names;
    host_x509 = named_cert_new(&request);
    address = a2i_IPADDRESS(host_row->reference);
    theirs = address != NULL ? X509_check_ip_asc(host_x509, host_row->reference,
                                                 host_row->hostflags)
                             : X509_check_host(host_x509, host_row->reference,
                                               0, host_row->hostflags, NULL);
    cr_expect_eq(theirs == 1, host_row->want == MATCH, "%s: OpenSSL: %s",
                 host_row->reference, host_row->source);
    ASN1_OCTET_STRING_free(address);
    try_host_row(host_row->source);
    X509_free(host_x509);
  }
}

/* ssl._create_unverified_context. */
Test(verify_policy_handshake, believes_anybody_where_that_was_asked_for)
{
  pair_options options = {.server_credential = "server-untrusted"};
  stls_context *client = NULL;
  stls_context *server = pair_context(&options, STLS_SERVER);
  test_pair pair = {.feed = FEED_WHOLE};
  stls_error err = STLS_ERROR_INIT;

  expect_misuse(stls_context_new_insecure_client(NULL, NULL, NULL, &err), &err,
                "out_context");
  ASSERT_RESULT(stls_context_new_insecure_client(NULL, NULL, &client, &err),
                STLS_OK, err.message);
  cr_expect_eq(stls_context_role(client), STLS_CLIENT);
  cr_expect_eq(stls_context_verify_mode(client), STLS_VERIFY_NONE);
  cr_expect_not(stls_context_check_hostname(client));
  ASSERT_RESULT(stls_object_new(client, NULL, NULL, NULL, &pair.client, &err),
                STLS_OK, "no name is needed");
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, &err),
                STLS_OK, err.message);
  EXPECT_RESULT(pair_handshake(&pair), STLS_OK, "untrusted");
  cr_expect_not(stls_conninfo_peer_verified(stls_object_conninfo(pair.client)));
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
}
