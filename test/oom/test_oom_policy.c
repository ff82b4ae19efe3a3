/* SPDX-License-Identifier: MIT */
/* test_oom_policy: policy setters, lists and host flags under allocation failure. */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include <sanstls/alpn.h>
#include <sanstls/ciphers.h>
#include <sanstls/verify.h>

#include "support/expect.h"
#include "support/heap.h"
#include "support/named_cert.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(oom_policy, .timeout = 120);

/* One call; `got` says what can be seen of it afterwards. */
struct row {
  const char *name;
  stls_result (*call)(stls_context *context, char *got, stls_error *err);
};

enum {
  SEEN_SIZE = 4000
};

static size_t put(char *got, size_t at, const char *text)
{
  return at + (size_t)snprintf(got + at, SEEN_SIZE - at, "%s,", text);
}

static stls_result list_ciphers(stls_context *context, char *got,
                                stls_error *err)
{
  stls_cipher_list *list = NULL;
  stls_result result = stls_context_ciphers(context, &list, err);
  size_t at = 0;

  for (size_t i = 0; i < stls_cipher_list_count(list); i++)
    at = put(got, at, stls_cipher_description(stls_cipher_list_at(list, i)));
  cr_expect_eq(list == NULL, result != STLS_OK);
  stls_cipher_list_free(list);
  return result;
}

static stls_result read_alpn(stls_context *context, char *got, stls_error *err)
{
  static const char wire[] = "\1a\1b\1c\1d\1e\1f\1g\1h\1i\2jj";
  stls_string_list *list = NULL;
  stls_result result = stls_alpn_from_wire(wire, sizeof wire - 1, &list, err);
  size_t at = 0;

  (void)context;
  for (size_t i = 0; i < stls_string_list_count(list); i++)
    at = put(got, at, stls_string_list_at(list, i, NULL));
  cr_expect_eq(list == NULL, result != STLS_OK);
  stls_string_list_free(list);
  return result;
}

static stls_result set_curve(stls_context *context, char *got, stls_error *err)
{
  (void)got;
  return stls_context_set_ecdh_curve(context, "P-384", err);
}

static stls_result set_server_sigalgs(stls_context *context, char *got,
                                      stls_error *err)
{
  (void)got;
  return stls_context_set_server_sigalgs(context, "rsa_pss_rsae_sha256", err);
}

static stls_result set_client_sigalgs(stls_context *context, char *got,
                                      stls_error *err)
{
  (void)got;
  return stls_context_set_client_sigalgs(context, "rsa_pss_rsae_sha256", err);
}

static stls_result set_the_rest(stls_context *context, char *got,
                                stls_error *err)
{
  (void)got;
  if (stls_context_set_options(
          context, stls_context_options(context) | STLS_OP_NO_TICKET, err) !=
          STLS_OK ||
      stls_context_set_security_level(context, 3, err) != STLS_OK ||
      stls_context_set_verify_depth(context, 3, err) != STLS_OK)
    return STLS_ERROR_MEMORY;
  return stls_context_set_insecure_common_name(context, true, err);
}

static stls_result make_unverified(stls_context *context, char *got,
                                   stls_error *err)
{
  stls_context *made = NULL;
  stls_result result = stls_context_new_insecure_client(NULL, NULL, &made, err);

  (void)context;
  cr_expect_eq(made == NULL, result != STLS_OK);
  snprintf(got, SEEN_SIZE, "%d", (int)stls_context_verify_mode(made));
  stls_context_free(made);
  return result;
}

static stls_result take_random(stls_context *context, char *got,
                               stls_error *err)
{
  unsigned char bytes[16];
  stls_result result = stls_random_bytes(NULL, bytes, sizeof bytes, err);
  unsigned sum = 0;

  (void)context;
  for (size_t i = 0; i < sizeof bytes; i++) sum |= bytes[i];
  cr_expect_eq(sum != 0, result == STLS_OK, "%s", stls_result_name(result));
  got[0] = '\0';
  return result;
}

static const struct row rows[] = {
    {"ciphers", list_ciphers},
    {"ALPN from the wire", read_alpn},
    {"curve", set_curve},
    {"server's sigalgs", set_server_sigalgs},
    {"client's sigalgs", set_client_sigalgs},
    {"the rest", set_the_rest},
    {"unverified", make_unverified},
    {"random", take_random},
};

/* What a ClientHello says of the settings. */
static size_t client_hello_builder_take_records(stls_context *context,
                                                unsigned char *out, size_t cap)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;
  size_t len = 0;

  options.server_name = "server.example";
  ASSERT_RESULT(stls_object_new(context, NULL, NULL, &options, &object, NULL),
                STLS_OK, "object");
  EXPECT_RESULT(stls_object_handshake(object), STLS_WANT_READ, "hello");
  ASSERT_RESULT(
      stls_bio_read(stls_object_outgoing(object), out, cap, &len, NULL),
      STLS_OK, "hello");
  stls_object_free(object);
  return len;
}

static stls_context *client(void)
{
  stls_context *context = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, NULL),
      STLS_OK, "new");
  return context;
}

/* What a row says where nothing is refused, and how long hellos are. */
static char want_seen[SEEN_SIZE];
static size_t len_before, len_after;

static bool try_row(const void *subject, size_t nth)
{
  static char seen[SEEN_SIZE];
  unsigned char hello[2000];
  const struct row *row = subject;
  stls_context *context = client();
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  memset(seen, 0, sizeof seen);
  oom_sweep_begin(nth);
  result = row->call(context, seen, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, row->name, nth);
  EXPECT_RESULT(err.result, result, row->name);
  if (result == STLS_OK)
    cr_expect_str_eq(seen, want_seen, "%s: allocation %zu", row->name, nth);
  cr_expect_eq(client_hello_builder_take_records(context, hello, sizeof hello),
               result == STLS_OK ? len_after : len_before,
               "%s: allocation %zu: after %s", row->name, nth,
               stls_result_name(result));
  stls_context_free(context);
  return refused;
}

Test(oom_policy, is_whole_or_as_before)
{
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const size_t step = check_quick() ? 7 : 1;
    stls_context *context = client();
    unsigned char hello[2000];
    memset(want_seen, 0, sizeof want_seen);
    len_before =
        client_hello_builder_take_records(context, hello, sizeof hello);
    ASSERT_RESULT(rows[i].call(context, want_seen, NULL), STLS_OK,
                  rows[i].name);
    len_after = client_hello_builder_take_records(context, hello, sizeof hello);
    stls_context_free(context);
    for (size_t nth = 1; oom_sweep_try(try_row, &rows[i], nth, rows[i].name);
         nth += step)
      continue;
  }
}

static void present_common_name(stls_context *context)
{
  static const named_cert_common_name names[] = {
      {V_ASN1_UTF8STRING, "other.example", 13}, {0, NULL, 0}};
  named_cert_request request = {.common_names = names};
  X509 *x509 = named_cert_new(&request);
  stls_credential *credential = named_cert_credential(x509);

  ASSERT_RESULT(stls_context_set_credential(context, credential, NULL), STLS_OK,
                "credential");
  stls_credential_free(credential);
  X509_free(x509);
}

static void take_common_names(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_insecure_common_name(context, true, NULL),
                STLS_OK, "common name");
}

static stls_context *judge, *presenter;

static bool try_to_get_in(const void *subject, size_t nth)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  bool refused;

  (void)subject;
  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(judge, NULL, NULL, &options, &pair.client, NULL), STLS_OK,
      "client");
  ASSERT_RESULT(
      stls_object_new(presenter, NULL, NULL, NULL, &pair.server, NULL), STLS_OK,
      "server");
  EXPECT_RESULT(stls_object_handshake(pair.client), STLS_WANT_READ, "hello");
  pair_move_all(&pair, pair.client, pair.server);
  (void)!stls_object_handshake(pair.server);
  pair_move_all(&pair, pair.server, pair.client);
  oom_sweep_begin(nth);
  cr_expect_neq(stls_object_handshake(pair.client), STLS_OK,
                "allocation %zu: it was let in", nth);
  refused = oom_sweep_end();
  cr_expect_neq(pair_handshake(&pair), STLS_OK,
                "allocation %zu: it was let in later", nth);
  pair_free(&pair);
  return refused;
}

Test(oom_policy, lets_no_wrong_common_name_in)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  pair_options options = {.tune_client = take_common_names,
                          .tune_server = present_common_name};
  const size_t step = check_quick() ? 101 : 3;

  for (size_t i = 0; i < 2; i++) {
    options.version = versions[i];
    judge = pair_context(&options, STLS_CLIENT);
    presenter = pair_context(&options, STLS_SERVER);
    for (size_t nth = 1; oom_sweep_try(try_to_get_in, NULL, nth, "common name");
         nth += step)
      continue;
    stls_context_free(judge);
    stls_context_free(presenter);
  }
}
