/* SPDX-License-Identifier: MIT */
/* test_conninfo: the snapshot of a connection's properties. */
#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/conninfo.h>

#include "support/expect.h"
#include "support/pair.h"

SUITE(conninfo);

static void speak_http(stls_context *context)
{
  static const char *const names[] = {"h2", "http/1.1"};
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_context_set_alpn(context, names, 2, &err), STLS_OK,
                err.message);
}

static void speak_old_http(stls_context *context)
{
  static const char *const names[] = {"http/1.0", "http/1.1"};

  ASSERT_RETURNS(stls_context_set_alpn(context, names, 2, NULL), STLS_OK);
}

static void speak_gopher(stls_context *context)
{
  static const char *const names[] = {"gopher"};

  ASSERT_RETURNS(stls_context_set_alpn(context, names, 1, NULL), STLS_OK);
}

Test(conninfo, is_nothing_before_the_handshake_ended)
{
  pair_options options = {0};
  test_pair pair = pair_new(&options);

  cr_expect_null(stls_object_conninfo(pair.client));
  EXPECT_RETURNS(stls_object_handshake(pair.client), STLS_WANT_READ);
  cr_expect_null(stls_object_conninfo(pair.client));
  pair_free(&pair);
}

Test(conninfo, gives_nothing_for_nothing)
{
  size_t len = 7;

  cr_expect_not(stls_conninfo_established(NULL));
  cr_expect_eq(stls_conninfo_version(NULL), 0);
  cr_expect_null(stls_conninfo_version_name(NULL));
  cr_expect_null(stls_conninfo_cipher_name(NULL));
  cr_expect_eq(stls_conninfo_cipher_id(NULL), 0);
  cr_expect_eq(stls_conninfo_cipher_bits(NULL), 0);
  cr_expect_null(stls_conninfo_group_name(NULL));
  cr_expect_null(stls_conninfo_alpn(NULL, &len));
  cr_expect_eq(len, (size_t)0);
  cr_expect_null(stls_conninfo_server_name(NULL));
  cr_expect_not(stls_conninfo_resumed(NULL));
  cr_expect_not(stls_conninfo_peer_verified(NULL));
  cr_expect_eq(stls_conninfo_verify_code(NULL), X509_V_OK);
  cr_expect_eq(stls_conninfo_verify_depth(NULL), -1);
}

Test(conninfo, tells_what_was_negotiated_on_both_sides)
{
  pair_options options = {.tune_client = speak_http, .tune_server = speak_http};
  char label[64];

  for (size_t row = 0; pair_row(row, &options, label); row++) {
    test_pair pair = pair_open(&options);
    stls_object *sides[] = {pair.client, pair.server};
    bool is_1_3 = options.version == STLS_TLS_1_3;

    for (size_t i = 0; i < 2; i++) {
      const stls_conninfo *info = stls_object_conninfo(sides[i]);
      size_t len = 0;
      cr_expect(stls_conninfo_established(info), "%s", label);
      cr_expect_eq(stls_conninfo_version(info), (int)options.version);
      cr_expect_str_eq(stls_conninfo_version_name(info),
                       is_1_3 ? "TLSv1.3" : "TLSv1.2");
      cr_expect_str_eq(
          stls_conninfo_cipher_name(info),
          is_1_3 ? "TLS_AES_128_GCM_SHA256" : "ECDHE-ECDSA-AES128-GCM-SHA256");
      cr_expect_eq(stls_conninfo_cipher_id(info), is_1_3 ? 0x1301 : 0xc02b);
      cr_expect_eq(stls_conninfo_cipher_bits(info), 128);
      cr_expect_str_eq(stls_conninfo_group_name(info),
                       pair_default_group(is_1_3 ? STLS_TLS_1_3 : STLS_TLS_1_2),
                       "%s", label);
      cr_expect_str_eq(stls_conninfo_alpn(info, &len), "h2", "%s", label);
      cr_expect_eq(len, (size_t)2);
      cr_expect_str_eq(stls_conninfo_server_name(info), "server.example");
      cr_expect_not(stls_conninfo_resumed(info));
      cr_expect_eq(stls_conninfo_verify_code(info), X509_V_OK);
      cr_expect_eq(stls_conninfo_verify_depth(info), -1);
      cr_expect_str_neq(stls_conninfo_verify_text(info), "");
    }
    pair_free(&pair);
  }
}

Test(conninfo, has_the_servers_choice_of_protocol)
{
  pair_options options = {.tune_client = speak_http,
                          .tune_server = speak_old_http};
  test_pair pair = pair_open(&options);

  cr_expect_str_eq(stls_conninfo_alpn(stls_object_conninfo(pair.client), NULL),
                   "http/1.1");
  pair_free(&pair);
}

Test(conninfo, has_no_protocol_without_overlap)
{
  pair_options options = {.tune_client = speak_gopher,
                          .tune_server = speak_http};
  test_pair pair = pair_open(&options);

  cr_expect_null(stls_conninfo_alpn(stls_object_conninfo(pair.client), NULL));
  cr_expect_null(stls_conninfo_alpn(stls_object_conninfo(pair.server), NULL));
  pair_free(&pair);
}

Test(conninfo, sends_no_address_as_server_name)
{
  pair_options options = {.server_name = "127.0.0.1"};
  test_pair pair = pair_open(&options);

  cr_expect_str_eq(stls_conninfo_server_name(stls_object_conninfo(pair.client)),
                   "127.0.0.1");
  cr_expect_null(stls_conninfo_server_name(stls_object_conninfo(pair.server)));
  pair_free(&pair);
}

Test(conninfo, sends_a_name_without_its_trailing_dot)
{
  pair_options options = {.server_name = "server.example."};
  test_pair pair = pair_open(&options);

  cr_expect_str_eq(stls_conninfo_server_name(stls_object_conninfo(pair.server)),
                   "server.example");
  pair_free(&pair);
}
