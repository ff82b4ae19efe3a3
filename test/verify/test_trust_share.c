/* SPDX-License-Identifier: MIT */
/* test_trust_share: one trust store in several contexts, while it grows. */
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <sanstls/verify.h>

#include "lib/verify/trust_store.h"
#include "support/cert_builder.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/pair.h"
#include "support/trust_sets.h"

SUITE(trust_share, .timeout = 120);

enum {
  NUM_READERS = 3,
  NUM_MANY = 2000
};

static stls_context *new_client(stls_trust *trust, unsigned long flags);
static test_pair new_pair(stls_context *client, const char *credential);
static long code_of(stls_context *client, const char *credential);

/* CPython: a context is given trust in several steps. */
Test(trust_share, may_grow_after_it_was_set)
{
  stls_trust *trust = trust_sets_load("trust/other.pem");
  stls_context *client = new_client(trust, 0);

  cr_expect_eq(code_of(client, "trust/server-good"),
               X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  trust_sets_add(trust, "trust/root.pem");
  cr_expect_eq(code_of(client, "trust/server-good"), X509_V_OK);
  ASSERT_RESULT(stls_context_seal(client, NULL), STLS_OK, "seal");
  cr_expect_eq(code_of(client, "server-ecdsa"),
               X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  trust_sets_add(trust, "ca.pem");
  cr_expect_eq(code_of(client, "server-ecdsa"), X509_V_OK);
  stls_context_free(client);
  stls_trust_free(trust);
}

/* Lists are renewed under contexts that are in use. */
Test(trust_share, takes_the_newest_list_from_when_it_was_added)
{
  stls_trust *trust = trust_sets_load("trust/root.pem trust/root-expired.crl");
  stls_context *clients[] = {new_client(trust, X509_V_FLAG_CRL_CHECK),
                             new_client(trust, X509_V_FLAG_CRL_CHECK)};

  for (size_t i = 0; i < 2; i++)
    ASSERT_RESULT(stls_context_seal(clients[i], NULL), STLS_OK, "seal");
  for (size_t i = 0; i < 2; i++)
    cr_expect_eq(code_of(clients[i], "trust/server-revoked"),
                 X509_V_ERR_CRL_HAS_EXPIRED);
  trust_sets_add(trust, "trust/root-empty.crl");
  for (size_t i = 0; i < 2; i++)
    cr_expect_eq(code_of(clients[i], "trust/server-revoked"), X509_V_OK);
  trust_sets_add(trust, "trust/root.crl");
  for (size_t i = 0; i < 2; i++)
    cr_expect_eq(code_of(clients[i], "trust/server-revoked"),
                 X509_V_ERR_CERT_REVOKED);
  for (size_t i = 0; i < 2; i++) stls_context_free(clients[i]);
  stls_trust_free(trust);
}

/* A context keeps what it was given, and lets go of what was there before. */
Test(trust_share, lives_as_long_as_a_context_has_it)
{
  stls_trust *first = trust_sets_load("trust/other.pem");
  stls_trust *second = trust_sets_load("trust/root.pem");
  stls_context *client = new_client(first, 0);

  stls_trust_free(first);
  cr_expect_eq(code_of(client, "trust/server-good"),
               X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  ASSERT_RESULT(stls_context_set_trust(client, second, NULL), STLS_OK, "set");
  ASSERT_RESULT(stls_context_set_trust(client, second, NULL), STLS_OK, "again");
  stls_trust_free(second);
  cr_expect_eq(code_of(client, "trust/server-good"), X509_V_OK);
  stls_context_free(client);
}

static X509 *new_ca(int number, EVP_PKEY *key)
{
  char name[32];
  cert_builder_order order = {.name = name, .is_ca = true};

  snprintf(name, sizeof name, "CA %d", number % 1000);
  return cert_builder_new(&order, key, NULL, key);
}

static int code_in(X509_STORE *store, X509 *cert)
{
  X509_STORE_CTX *run = X509_STORE_CTX_new();
  int code;

  cr_assert_eq(X509_STORE_CTX_init(run, store, cert, NULL), 1);
  (void)X509_verify_cert(run);
  code = X509_STORE_CTX_get_error(run);
  X509_STORE_CTX_free(run);
  return code;
}

/* Two of each name, in no order; none twice. */
Test(trust_share, finds_each_of_many)
{
  const int num = check_quick() ? 100 : NUM_MANY;
  EVP_PKEY *key = cert_builder_key("ED25519");
  X509 **cas = malloc((size_t)num * sizeof(X509 *));
  stls_trust *trust = trust_sets_new();
  X509 *stranger = new_ca(1, key);

  for (int i = 0; i < num; i++) cas[i] = new_ca(i * 7, key);
  for (int i = 0; i < 2 * num; i++) {
    stls_certificate *certificate = NULL;
    ASSERT_RESULT(stls_certificate_new_x509(cas[i % num], &certificate, NULL),
                  STLS_OK, "certificate");
    ASSERT_RESULT(stls_trust_add_certificate(trust, certificate, NULL), STLS_OK,
                  "add");
    stls_certificate_free(certificate);
  }
  cr_expect(trust_sets_have(trust, (size_t)num, 0, (size_t)num), "%s",
            trust_sets_text(trust));
  for (int i = 0; i < num; i += 17)
    cr_expect_eq(code_in(stls_trust_store(trust), cas[i]), X509_V_OK, "%d", i);
  cr_expect_neq(code_in(stls_trust_store(trust), stranger), X509_V_OK);
  for (int i = 0; i < num; i++) X509_free(cas[i]);
  X509_free(stranger);
  free(cas);
  EVP_PKEY_free(key);
  stls_trust_free(trust);
}

/* An SSL_CTX that somebody keeps has the store, and so what is in it. */
Test(trust_share, lives_as_long_as_a_store_is_held)
{
  stls_trust *trust = trust_sets_load("trust/root.pem");
  X509_STORE *store = stls_trust_store(trust);
  X509 *root = data_file_x509("trust/root.pem"), *other = data_file_x509("ca.pem");

  cr_assert_eq(X509_STORE_up_ref(store), 1);
  stls_trust_free(trust);
  cr_expect_eq(code_in(store, root), X509_V_OK);
  cr_expect_neq(code_in(store, other), X509_V_OK);
  /* What is added by OpenSSL's own call counts, too. */
  cr_assert_eq(X509_STORE_add_cert(store, other), 1);
  cr_expect_eq(code_in(store, other), X509_V_OK);
  cr_expect_eq(code_in(store, root), X509_V_OK);
  X509_STORE_free(store);
  X509_free(root);
  X509_free(other);
}

struct shared {
  stls_trust *trust;
  stls_context *client, *server;
  data_file three, crls;
  atomic_bool is_over;
  atomic_int num_failed;
};

/* Criterion's assertions belong to one thread: the others count. */
static void note(struct shared *shared, bool is_good)
{
  if (!is_good) atomic_fetch_add(&shared->num_failed, 1);
}

static stls_object *open_object(stls_context *context, bool is_client)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_object *object = NULL;

  options.server_name = is_client ? "server.example" : NULL;
  return stls_object_new(context, NULL, NULL, &options, &object, NULL) ==
                 STLS_OK
             ? object
             : NULL;
}

static void move(stls_object *from, stls_object *to)
{
  unsigned char bytes[20000];
  size_t len, done;

  while (stls_bio_read(stls_object_outgoing(from), bytes, sizeof bytes, &len,
                       NULL) == STLS_OK)
    if (stls_bio_write(stls_object_incoming(to), bytes, len, &done, NULL) !=
        STLS_OK)
      return;
}

static bool shakes(struct shared *shared)
{
  stls_object *client = open_object(shared->client, true);
  stls_object *server = open_object(shared->server, false);
  stls_result result = STLS_WANT_READ;

  for (int turn = 0; turn < 10 && result == STLS_WANT_READ; turn++) {
    result = stls_object_handshake(client);
    move(client, server);
    if (stls_object_handshake(server) < 0) break;
    move(server, client);
  }
  stls_object_free(client);
  stls_object_free(server);
  return result == STLS_OK;
}

static void *connect_often(void *arg)
{
  struct shared *shared = arg;

  while (!atomic_load(&shared->is_over)) note(shared, shakes(shared));
  return NULL;
}

static void *look_often(void *arg)
{
  struct shared *shared = arg;

  while (!atomic_load(&shared->is_over)) {
    stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;
    stls_certificate_list *list = NULL;
    note(shared, stls_trust_count(shared->trust, &counts, NULL) == STLS_OK &&
                     counts.x509 >= 1 && counts.x509_ca == counts.x509);
    note(shared,
         stls_trust_ca_certificates(shared->trust, &list, NULL) == STLS_OK &&
             stls_certificate_list_count(list) >= counts.x509_ca);
    stls_certificate_list_free(list);
  }
  return NULL;
}

static void *add_often(void *arg)
{
  struct shared *shared = arg;
  const data_file *three = &shared->three, *crls = &shared->crls;

  for (int i = 0; i < (check_quick() ? 5 : 100); i++) {
    stls_error err = STLS_ERROR_INIT;
    note(shared, stls_trust_add_der(shared->trust, three->data, three->len,
                                    &err) == STLS_OK);
    note(shared, stls_trust_add_crl(shared->trust, crls->data, crls->len,
                                    &err) == STLS_OK);
    note(shared, stls_trust_add_der(shared->trust, three->data, three->len - 1,
                                    &err) == STLS_ERROR_INPUT);
  }
  return NULL;
}

/* trust.h: any thread, any time. Two add, others verify with it or look. */
Test(trust_share, may_grow_while_others_verify)
{
  pair_options options = {.server_credential = "trust/server-good"};
  struct shared shared = {.trust = trust_sets_load("trust/root.pem"),
                          .server = pair_context(&options, STLS_SERVER),
                          .three = data_file_load("trust/three.der"),
                          .crls = data_file_load("trust/two-crls.der")};
  pthread_t readers[NUM_READERS], looker, adders[2];

  shared.client = new_client(shared.trust, 0);
  ASSERT_RESULT(stls_context_seal(shared.client, NULL), STLS_OK, "seal");
  for (size_t i = 0; i < NUM_READERS; i++)
    cr_assert_eq(pthread_create(&readers[i], NULL, connect_often, &shared), 0);
  cr_assert_eq(pthread_create(&looker, NULL, look_often, &shared), 0);
  for (size_t i = 0; i < 2; i++)
    cr_assert_eq(pthread_create(&adders[i], NULL, add_often, &shared), 0);
  for (size_t i = 0; i < 2; i++) pthread_join(adders[i], NULL);
  atomic_store(&shared.is_over, true);
  for (size_t i = 0; i < NUM_READERS; i++) pthread_join(readers[i], NULL);
  pthread_join(looker, NULL);
  cr_expect_eq(atomic_load(&shared.num_failed), 0);
  cr_expect(trust_sets_have(shared.trust, 3, 2, 3), "%s",
            trust_sets_text(shared.trust));
  stls_context_free(shared.client);
  stls_context_free(shared.server);
  stls_trust_free(shared.trust);
  data_file_free(&shared.three);
  data_file_free(&shared.crls);
}

static stls_context *new_client(stls_trust *trust, unsigned long flags)
{
  stls_context *client = NULL;

  ASSERT_RESULT(
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &client, NULL),
      STLS_OK, "client");
  ASSERT_RESULT(stls_context_set_trust(client, trust, NULL), STLS_OK, "trust");
  ASSERT_RESULT(stls_context_set_verify_flags(
                    client, stls_context_verify_flags(client) | flags, NULL),
                STLS_OK, "flags");
  return client;
}

static test_pair new_pair(stls_context *client, const char *credential)
{
  pair_options options = {.server_credential = credential};
  test_pair pair = pair_new(&options);

  stls_object_free(pair.client);
  pair.client = open_object(client, true);
  cr_assert_not_null(pair.client);
  return pair;
}

/* What a client of this context finds wrong with that server. */
static long code_of(stls_context *client, const char *credential)
{
  test_pair pair = new_pair(client, credential);
  stls_error err = STLS_ERROR_INIT;

  (void)pair_handshake(&pair);
  (void)stls_object_error(pair.client, &err);
  pair_free(&pair);
  return err.verify_code;
}
