/* SPDX-License-Identifier: MIT */
/* test_direct_fetch: direct records ask OpenSSL for algorithms once a context. */
/*
 * A fetch takes locks that all threads share, and costs as much as a small record. The
 * contexts here have a library context whose provider counts what it is asked for;
 * from the end of the handshakes on, the default library context has nothing.
 */
#include <openssl/core_dispatch.h>
#include <openssl/evp.h>
#include <sanstls/ciphers.h>

#include "records/provider_copy.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"

SUITE(direct_fetch);

static size_t count_fetches(void)
{
  return provider_copy_num_queries(OSSL_OP_CIPHER) +
         provider_copy_num_queries(OSSL_OP_KDF);
}

static stls_context *new_context(OSSL_LIB_CTX *libctx, stls_role role,
                                 stls_protocol version, stls_records records)
{
  stls_context *context = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (role == STLS_CLIENT) {
    ASSERT_RESULT(
        stls_context_new_insecure_client(libctx, NULL, &context, &err), STLS_OK,
        err.message);
  } else {
    stls_pem_source source = STLS_PEM_SOURCE_INIT;
    stls_credential *credential = NULL;
    source.chain_file = data_file_path("server-ecdsa.pem");
    source.key_file = data_file_path("server-ecdsa.key");
    ASSERT_RESULT(
        stls_credential_new_pem(&source, libctx, NULL, &credential, &err),
        STLS_OK, err.message);
    ASSERT_RESULT(stls_context_new_server(libctx, NULL, &context, &err),
                  STLS_OK, err.message);
    ASSERT_RESULT(stls_context_set_credential(context, credential, &err),
                  STLS_OK, err.message);
    stls_credential_free(credential);
  }
  ASSERT_RETURNS(stls_context_set_versions(context, version, version, NULL),
                 STLS_OK);
  ASSERT_RETURNS(stls_context_set_records(context, records, NULL), STLS_OK);
  return context;
}

static test_pair new_pair(stls_context *client, stls_context *server)
{
  test_pair pair = {.feed = FEED_WHOLE};
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_object_new(client, NULL, NULL, NULL, &pair.client, &err),
                STLS_OK, err.message);
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, &err),
                STLS_OK, err.message);
  return pair;
}

/* How many fetches a handshake makes on both sides, all of which are libssl's. */
static size_t cost_of_handshake(OSSL_LIB_CTX *libctx, stls_protocol version,
                                stls_records records, test_pair *out_pair)
{
  stls_context *client = new_context(libctx, STLS_CLIENT, version, records);
  stls_context *server = new_context(libctx, STLS_SERVER, version, records);
  size_t before;

  *out_pair = new_pair(client, server);
  before = count_fetches();
  ASSERT_RESULT(pair_handshake(out_pair), STLS_OK,
                pair_message(out_pair->client));
  cr_expect_eq(pair_is_direct(out_pair->client),
               records == STLS_RECORDS_DIRECT);
  cr_expect_eq(pair_is_direct(out_pair->server),
               records == STLS_RECORDS_DIRECT);
  stls_context_free(client);
  stls_context_free(server);
  return count_fetches() - before;
}

/* Keys are derived with the first data, and EVP contexts are made anew behind a
 * trim. */
static void expect_no_fetches(test_pair *pair, const char *label)
{
  size_t before;

  pair_settle(pair);
  before = count_fetches();
  for (int turn = 0; turn < 2; turn++) {
    pair_transfer(pair, pair->client, pair->server, 20000);
    pair_transfer(pair, pair->server, pair->client, 20000);
    stls_object_trim(pair->client);
    stls_object_trim(pair->server);
  }
  cr_expect_eq(count_fetches(), before, "%s: %zu", label,
               count_fetches() - before);
}

Test(direct_fetch, is_done_for_a_context)
{
  static const stls_protocol versions[] = {STLS_TLS_1_2, STLS_TLS_1_3};
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  OSSL_PROVIDER *copy = provider_copy_load(libctx, "copy");

  pair_need_direct();
  for (int i = 0; i < 2; i++) {
    const char *label = expect_label("version %d", i);
    test_pair by_libssl, direct;
    const size_t cost =
        cost_of_handshake(libctx, versions[i], STLS_RECORDS_LIBSSL, &by_libssl);
    cr_expect_eq(
        cost_of_handshake(libctx, versions[i], STLS_RECORDS_DIRECT, &direct),
        cost, "%s: %zu", label, cost);
    cr_assert_eq(EVP_set_default_properties(NULL, "provider=nobody"), 1);
    expect_no_fetches(&direct, label);
    cr_assert_eq(EVP_set_default_properties(NULL, ""), 1);
    pair_free(&by_libssl);
    pair_free(&direct);
  }
  OSSL_PROVIDER_unload(copy);
  OSSL_LIB_CTX_free(libctx);
}
