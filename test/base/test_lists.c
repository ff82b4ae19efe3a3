/* SPDX-License-Identifier: MIT */
/* test_lists: every count equals the number of items by index. */
#include <sanstls/sanstls.h>

#include "support/client_hello_builder.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(lists, .timeout = 60);

/* One list of a value: its count, and whether it has an item at an index. */
struct row {
  const char *name;
  size_t (*count)(const void *value);
  bool (*has)(const void *value, size_t index);
};

#define ROW(prefix, name, type, test) \
  static size_t count_##name(const void *value) \
  { \
    return stls_##prefix##_##name##_count(value); \
  } \
  static bool has_##name(const void *value, size_t index) \
  { \
    const type *it = value; \
    return test; \
  }

#define CERTIFICATE(name, ...) \
  ROW(certificate, name, stls_certificate, \
      stls_certificate_##name(__VA_ARGS__) != NULL)
#define NUMBER(name, ...) \
  ROW(client_hello, name, stls_client_hello, \
      stls_client_hello_##name(__VA_ARGS__) >= 0)

CERTIFICATE(alt_name, it, index)
CERTIFICATE(ocsp_uri, it, index, NULL)
CERTIFICATE(ca_issuers_uri, it, index, NULL)
CERTIFICATE(crl_uri, it, index, NULL)
CERTIFICATE(key_purpose, it, index)
CERTIFICATE(authority_name, it, index)
CERTIFICATE(policy, it, index)
CERTIFICATE(permitted_name, it, index)
CERTIFICATE(excluded_name, it, index)
CERTIFICATE(sct, it, index)

NUMBER(cipher_suite, it, index)
NUMBER(supported_version, it, index)
NUMBER(group, it, index)
NUMBER(key_share_group, it, index)
NUMBER(signature_algorithm, it, index)
NUMBER(point_format, it, index)
NUMBER(extension, it, index, NULL)
ROW(client_hello, alpn, stls_client_hello,
    stls_client_hello_alpn(it, index, NULL) != NULL)

#define LIST(name) \
  { \
#name, count_##name, has_##name \
  }

static const struct row of_certificates[] = {
    LIST(alt_name), LIST(ocsp_uri),       LIST(ca_issuers_uri),
    LIST(crl_uri),  LIST(key_purpose),    LIST(authority_name),
    LIST(policy),   LIST(permitted_name), LIST(excluded_name),
    LIST(sct),
};
static const struct row of_hellos[] = {
    LIST(cipher_suite),
    LIST(supported_version),
    LIST(group),
    LIST(key_share_group),
    LIST(signature_algorithm),
    LIST(point_format),
    LIST(extension),
    LIST(alpn),
};

#define NUM(rows) (sizeof(rows) / sizeof(rows)[0])

/* Returns the count. */
static size_t expect_list(const struct row *row, const void *value)
{
  size_t count = row->count(value);

  for (size_t i = 0; i < count; i++)
    cr_expect(row->has(value, i), "%s %zu of %zu", row->name, i, count);
  cr_expect_not(row->has(value, count), "%s behind %zu", row->name, count);
  cr_expect_not(row->has(value, (size_t)-1), "%s", row->name);
  cr_expect_eq(row->count(NULL), 0, "%s", row->name);
  cr_expect_not(row->has(NULL, 0), "%s", row->name);
  return count;
}

Test(lists, of_certificates_have_a_count)
{
  size_t most[NUM(of_certificates)] = {0};
  static const char *const files[] = {"certificate/full.pem",
                                      "certificate/ca.pem"};

  for (size_t f = 0; f < NUM(files); f++) {
    data_file file = data_file_load(files[f]);
    stls_certificate *certificate = NULL;
    ASSERT_RESULT(stls_certificate_new_pem(file.data, file.len, NULL, NULL,
                                           &certificate, NULL),
                  STLS_OK, files[f]);
    for (size_t r = 0; r < NUM(of_certificates); r++) {
      size_t count = expect_list(&of_certificates[r], certificate);
      if (count > most[r]) most[r] = count;
    }
    stls_certificate_free(certificate);
    data_file_free(&file);
  }
  for (size_t r = 0; r < NUM(of_certificates); r++)
    cr_expect_gt(most[r], 0, "no certificate has a list of %s",
                 of_certificates[r].name);
}

static void see_hello(stls_object *server)
{
  const stls_client_hello *hello = stls_object_client_hello(server);

  cr_assert_not_null(hello);
  for (size_t r = 0; r < NUM(of_hellos); r++)
    cr_expect_gt(expect_list(&of_hellos[r], hello), 0, "%s", of_hellos[r].name);
}

static void offer_alpn(stls_context *context)
{
  const char *const names[] = {"h2", "http/1.1"};

  ASSERT_RESULT(stls_context_set_alpn(context, names, 2, NULL), STLS_OK,
                "alpn");
}

Test(lists, of_a_client_hello_have_a_count)
{
  pair_options options = {.choose_context = true, .tune_client = offer_alpn};
  test_pair pair = pair_new(&options);

  (void)!stls_object_handshake(pair.client);
  pair_move(&pair, pair.client, pair.server);
  ASSERT_RESULT(stls_object_handshake(pair.server), STLS_WANT_CONTEXT, "hello");
  see_hello(pair.server);
  pair_free(&pair);
}

Test(lists, of_a_credential_have_a_count)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_certificate *certificate = NULL;

  source.chain_file = data_file_path("server-chain.pem");
  source.key_file = data_file_path("server-chain.key");
  ASSERT_RESULT(stls_credential_new_pem(&source, NULL, NULL, &credential, NULL),
                STLS_OK, "chain");
  cr_assert_eq(stls_credential_certificate_count(credential), 2);
  cr_expect_eq(stls_credential_certificate_count(NULL), 0);
  for (size_t i = 0; i < 3; i++) {
    ASSERT_RESULT(
        stls_credential_certificate(credential, i, &certificate, NULL), STLS_OK,
        "certificate");
    cr_expect_eq(certificate != NULL, i < 2, "certificate %zu", i);
    stls_certificate_free(certificate);
  }
  stls_credential_free(credential);
}
