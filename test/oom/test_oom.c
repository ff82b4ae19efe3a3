/* SPDX-License-Identifier: MIT */
/* test_oom: construction under allocation failure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sanstls/conninfo.h>
#include <sanstls/verify.h>

#include "support/bytes.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/pair.h"

SUITE(oom, .timeout = 120);

/* Something that can be made: the calls that make, try and free it. */
struct maker {
  const char *name;
  stls_result (*make)(void **out, stls_error *err);
  bool (*works)(void *made);
  /* What has to be true even if it was made in spite of a refusal. */
  bool (*is_safe)(void *made);
  void (*free)(void *made);
  /* Refuses every `step`th allocation; the quick sweep is coarser. */
  size_t step, quick_step;
};

static stls_result make_bio(void **out, stls_error *err);
static stls_result make_credential(void **out, stls_error *err);
static stls_result make_locked(void **out, stls_error *err);
static stls_result make_trust(void **out, stls_error *err);
static stls_result make_client(void **out, stls_error *err);
static stls_result make_server(void **out, stls_error *err);
static stls_result make_default(void **out, stls_error *err);
static stls_result make_client_of_file(void **out, stls_error *err);
static stls_result make_server_of_files(void **out, stls_error *err);

static bool bio_works(void *made);
static bool credential_works(void *made);
static bool trust_works(void *made);
static bool client_works(void *made);
static bool server_works(void *made);
static bool client_of_file_works(void *made);
static bool server_of_files_works(void *made);
static bool client_is_safe(void *made);
static bool server_is_safe(void *made);

static void free_bio(void *made);
static void free_credential(void *made);
static void free_trust(void *made);
static void free_context(void *made);

static const struct maker makers[] = {
    {"bio", make_bio, bio_works, bio_works, free_bio, 1, 1},
    {"credential", make_credential, credential_works, credential_works,
     free_credential, 13, 211},
    {"encrypted credential", make_locked, credential_works, credential_works,
     free_credential, 29, 311},
    {"trust", make_trust, trust_works, trust_works, free_trust, 1, 3},
    {"client context", make_client, client_works, client_is_safe, free_context,
     2, 37},
    {"server context", make_server, server_works, server_is_safe, free_context,
     2, 37},
    {"default context", make_default, client_works, client_is_safe,
     free_context, 11, 97},
    {"client context of a file", make_client_of_file, client_of_file_works,
     client_is_safe, free_context, 7, 97},
    {"server context of files", make_server_of_files, server_of_files_works,
     server_is_safe, free_context, 13, 211},
};

/* Others to shake hands with, made once. */
static struct peers {
  stls_context *client, *server, *untrusted_server;
  stls_trust *trust;
} peers;

static void open_peers(void);
static void close_peers(void);
static void sweep_maker(const struct maker *maker);
static bool try_to_make(const void *subject, size_t nth);
static bool shakes(stls_context *client, stls_context *server);

Test(oom, makes_everything_whole_or_not_at_all)
{
  cr_assert_eq(setenv("SSL_CERT_FILE", data_file_path("both-cas.pem"), 1), 0);
  cr_assert_eq(setenv("SSL_CERT_DIR", data_file_path(""), 1), 0);
  open_peers();
  for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
    sweep_maker(&makers[i]);
  close_peers();
}

/* These do not involve OpenSSL, so nobody can disguise anything. */
Test(oom, changes_no_bio_that_it_cannot_give_memory)
{
  static const unsigned char data[30000];
  stls_bio *bio = bytes_bio(SIZE_MAX);
  bool refused = true;

  bytes_put(bio, 1500, 0);
  for (size_t nth = 1; refused; nth++) {
    stls_error err = STLS_ERROR_INIT;
    size_t count = 77, blocks = heap_live_blocks();
    void *room = NULL;
    stls_result result;
    oom_sweep_begin(nth);
    result = nth % 2 == 1
                 ? stls_bio_write(bio, data, sizeof data, &count, &err)
                 : stls_bio_reserve(bio, sizeof data, &room, &count, &err);
    refused = oom_sweep_end();
    oom_sweep_expect(refused, result, STLS_OK, "write and reserve", nth);
    if (!refused) continue;
    EXPECT_RESULT(result, STLS_ERROR_MEMORY, "write and reserve");
    EXPECT_RESULT(err.result, STLS_ERROR_MEMORY, "its record");
    cr_expect_eq(count, 0);
    cr_expect_null(room);
    cr_expect_eq(heap_live_blocks(), blocks);
    bytes_expect(bio, 1500, 0, "afterwards");
  }
  stls_bio_free(bio);
}

static void sweep_maker(const struct maker *maker)
{
  size_t step = check_quick() ? maker->quick_step : maker->step;
  void *made = NULL;

  ASSERT_RESULT(maker->make(&made, NULL), STLS_OK, maker->name);
  cr_assert(maker->works(made), "%s", maker->name);
  maker->free(made);
  for (size_t nth = 1; oom_sweep_try(try_to_make, maker, nth, maker->name);
       nth += step)
    continue;
}

static bool try_to_make(const void *subject, size_t nth)
{
  const struct maker *maker = subject;
  stls_error err = STLS_ERROR_INIT;
  void *made = NULL;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = maker->make(&made, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, maker->name, nth);
  EXPECT_RESULT(err.result, result, maker->name);
  cr_expect_eq(made != NULL, result == STLS_OK, "%s: allocation %zu",
               maker->name, nth);
  if (made != NULL)
    cr_expect(maker->is_safe(made), "%s: allocation %zu: it is broken",
              maker->name, nth);
  maker->free(made);
  return refused;
}

static stls_result make_bio(void **out, stls_error *err)
{
  return stls_bio_new((stls_bio **)out, err);
}

static stls_result make_credential(void **out, stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;

  source.chain_file = data_file_path("server-chain.pem");
  source.key_file = data_file_path("server-chain.key");
  return stls_credential_new_pem(&source, NULL, NULL, (stls_credential **)out,
                                 err);
}

static stls_result make_locked(void **out, stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_passphrase secret = STLS_PASSPHRASE_INIT;

  source.chain_file = data_file_path("server-ecdsa-encrypted-combined.pem");
  secret.data = TEST_PASSPHRASE;
  secret.len = strlen(TEST_PASSPHRASE);
  source.passphrase = &secret;
  return stls_credential_new_pem(&source, NULL, NULL, (stls_credential **)out,
                                 err);
}

static stls_result make_trust(void **out, stls_error *err)
{
  return stls_trust_new(NULL, "?provider=default", (stls_trust **)out, err);
}

static stls_result make_client(void **out, stls_error *err)
{
  return stls_context_new_without_trust(STLS_CLIENT, NULL, "?provider=default",
                                        (stls_context **)out, err);
}

static stls_result make_server(void **out, stls_error *err)
{
  return stls_context_new_without_trust(STLS_SERVER, NULL, NULL,
                                        (stls_context **)out, err);
}

static stls_result make_default(void **out, stls_error *err)
{
  return stls_context_new_client(NULL, NULL, (stls_context **)out, err);
}

static stls_result make_client_of_file(void **out, stls_error *err)
{
  return stls_context_new_client_from_files(data_file_path("ca.pem"),
                                            (stls_context **)out, err);
}

static stls_result make_server_of_files(void **out, stls_error *err)
{
  return stls_context_new_server_from_files(data_file_path("server-chain.pem"),
                                            data_file_path("server-chain.key"),
                                            (stls_context **)out, err);
}

static bool bio_works(void *made)
{
  bytes_put(made, 1000, 0);
  bytes_take(made, 1000, 0);
  return stls_bio_limit(made) == STLS_BIO_DEFAULT_LIMIT;
}

/* Served to somebody who trusts the root only: the chain has to be whole. */
static bool credential_works(void *made)
{
  stls_context *server = NULL;
  bool works;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_SERVER, NULL, NULL, &server, NULL),
      STLS_OK, "server");
  works = stls_context_set_credential(server, made, NULL) == STLS_OK &&
          shakes(peers.client, server);
  stls_context_free(server);
  return works;
}

static bool trust_works(void *made)
{
  stls_context *client = NULL;
  bool works;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_trust_add_file(made, data_file_path("ca.pem"), NULL),
                STLS_OK, "add_file");
  ASSERT_RESULT(stls_context_set_trust(client, made, NULL), STLS_OK, "trust");
  works = shakes(client, peers.server);
  stls_context_free(client);
  return works;
}

static bool client_works(void *made)
{
  ASSERT_RESULT(stls_context_set_trust(made, peers.trust, NULL), STLS_OK,
                "trust");
  return shakes(made, peers.server) && client_is_safe(made);
}

static bool server_works(void *made)
{
  void *credential = NULL;
  bool works;

  ASSERT_RESULT(make_credential(&credential, NULL), STLS_OK, "credential");
  ASSERT_RESULT(stls_context_set_credential(made, credential, NULL), STLS_OK,
                "credential");
  works = shakes(peers.client, made) && server_is_safe(made);
  stls_credential_free(credential);
  return works;
}

static bool client_of_file_works(void *made)
{
  return shakes(made, peers.server) && client_is_safe(made);
}

static bool server_of_files_works(void *made)
{
  return shakes(peers.client, made) && server_is_safe(made);
}

/* SSL_CTX_new takes an algorithm that it could not load for one that it does
 * not have. Such a context may not come to terms with anybody, but its policy
 * has to be whole, and it must not trust those whom nobody told it to trust. */
static bool client_is_safe(void *made)
{
  ASSERT_RESULT(stls_context_set_trust(made, peers.trust, NULL), STLS_OK,
                "trust");
  return stls_context_verify_mode(made) == STLS_VERIFY_REQUIRED &&
         stls_context_check_hostname(made) &&
         stls_context_min_version(made) == STLS_TLS_1_2 &&
         !shakes(made, peers.untrusted_server);
}

static bool server_is_safe(void *made)
{
  return stls_context_verify_mode(made) == STLS_VERIFY_NONE &&
         stls_context_min_version(made) == STLS_TLS_1_2;
}

static bool shakes(stls_context *client, stls_context *server)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  test_pair pair = {.feed = FEED_WHOLE};
  bool works;

  options.server_name = "server.example";
  ASSERT_RESULT(
      stls_object_new(client, NULL, NULL, &options, &pair.client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_object_new(server, NULL, NULL, NULL, &pair.server, NULL),
                STLS_OK, "server");
  works =
      pair_handshake(&pair) == STLS_OK &&
      stls_conninfo_peer_verified(stls_object_conninfo(pair.client)) &&
      stls_conninfo_version(stls_object_conninfo(pair.client)) == STLS_TLS_1_3;
  pair_free(&pair);
  return works;
}

static void open_peers(void)
{
  pair_options options = {0};

  peers.client = pair_context(&options, STLS_CLIENT);
  peers.server = pair_context(&options, STLS_SERVER);
  options.server_credential = "server-untrusted";
  peers.untrusted_server = pair_context(&options, STLS_SERVER);
  ASSERT_RESULT(stls_trust_new(NULL, NULL, &peers.trust, NULL), STLS_OK,
                "trust");
  ASSERT_RESULT(
      stls_trust_add_file(peers.trust, data_file_path("ca.pem"), NULL), STLS_OK,
      "ca.pem");
}

static void close_peers(void)
{
  stls_context_free(peers.client);
  stls_context_free(peers.server);
  stls_context_free(peers.untrusted_server);
  stls_trust_free(peers.trust);
}

static void free_bio(void *made)
{
  stls_bio_free(made);
}

static void free_credential(void *made)
{
  stls_credential_free(made);
}

static void free_trust(void *made)
{
  stls_trust_free(made);
}

static void free_context(void *made)
{
  stls_context_free(made);
}
