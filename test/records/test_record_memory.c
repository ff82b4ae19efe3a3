/* SPDX-License-Identifier: MIT */
/* test_record_memory: records without memory, and what they leave in it. */
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <pthread.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/records/record_protect.h"
#include "records_case.h"
#include "support/check.h"
#include "support/heap.h"

SUITE(record_memory);

enum {
  CONTENT_LEN = 3000,
  ROOM = CONTENT_LEN + 64,
  STACK_LEN = 1 << 20,
  /* What a function of ours has for its variables, at most. OpenSSL's functions,
   * further down, leave copies of their own. */
  FRAME_LEN = 800,
  SAMPLE_LEN = 16
};

static const struct {
  const char *name;
  int version;
} suites[] = {{"TLS_AES_128_GCM_SHA256", TLS1_3_VERSION},
              {"TLS_CHACHA20_POLY1305_SHA256", TLS1_3_VERSION},
              {"ECDHE-ECDSA-AES128-GCM-SHA256", TLS1_2_VERSION},
              {"ECDHE-RSA-AES256-GCM-SHA384", TLS1_2_VERSION}};

enum {
  NUM_SUITES = sizeof suites / sizeof *suites
};

static const struct stls_record_key key = {{1, 2, 3}, {4, 5, 6}};
static uint8_t content[CONTENT_LEN], record[ROOM], opened[ROOM];

static bool seal(struct stls_record_protect *protect,
                 const struct records_case *rc)
{
  const stls_span span = {content, CONTENT_LEN};
  const struct stls_record_content form = {
      .type = 23, .spans = &span, .len = CONTENT_LEN};

  memset(content, 'x', sizeof content);
  return stls_record_protect_seal(protect, &rc->suite, &key, 1, 1, &form,
                                  record);
}

static stls_record_opened open_record(struct stls_record_protect *protect,
                                      const struct records_case *rc)
{
  const size_t len = CONTENT_LEN + stls_record_suite_overhead(&rc->suite);
  const stls_span span = {record, len};
  size_t out_len;
  uint8_t type;

  memset(opened, 0, sizeof opened);
  return stls_record_protect_open(protect, &rc->suite, &key, 1, &span, len,
                                  opened, CONTENT_LEN, &out_len, &type);
}

/* It says so, leaves nothing behind, and works when it is tried again. */
Test(record_memory, may_be_short)
{
  for (int i = 0; i < NUM_SUITES; i++) {
    bool refused = true;
    struct records_case rc;
    records_case_open(&rc, suites[i].name, suites[i].version);
    for (size_t nth = 1; refused; nth++) {
      struct stls_record_protect seals = {NULL, false}, opens = {NULL, false};
      stls_record_opened result;
      bool is_sealed;
      heap_fail_at(nth);
      is_sealed = seal(&seals, &rc);
      refused = heap_stop_failing();
      cr_expect_eq(is_sealed, !refused, "%s, %zu", suites[i].name, nth);
      cr_assert(seal(&seals, &rc));
      heap_fail_at(nth);
      result = open_record(&opens, &rc);
      refused = heap_stop_failing();
      cr_expect_eq(result, refused ? STLS_RECORD_NO_MEMORY : STLS_RECORD_OPENED,
                   "%s, %zu", suites[i].name, nth);
      if (refused)
        for (size_t at = 0; at < sizeof opened; at++)
          cr_assert_eq(opened[at], 0);
      cr_assert_eq(open_record(&opens, &rc), STLS_RECORD_OPENED);
      stls_record_protect_clear(&seals);
      stls_record_protect_clear(&opens);
    }
    records_case_close(&rc);
  }
}

Test(record_memory, is_given_back)
{
  for (int i = 0; i < 3; i++) {
    const size_t before = heap_live_blocks();
    struct stls_record_protect seals = {NULL, false};
    struct records_case rc;
    records_case_open(&rc, suites[0].name, suites[0].version);
    cr_assert(seal(&seals, &rc));
    stls_record_protect_clear(&seals);
    records_case_close(&rc);
    /* OpenSSL keeps what it has loaded once. */
    if (i > 0) cr_expect_eq(heap_live_blocks(), before);
  }
}

/* The key of one direction is not used for the other by mistake. */
Test(record_memory, of_one_direction_is_not_used_for_the_other)
{
  struct stls_record_protect seals = {NULL, false}, opens = {NULL, false};
  struct records_case rc;

  records_case_open(&rc, suites[0].name, suites[0].version);
  cr_assert(seal(&seals, &rc));
  cr_assert_eq(open_record(&opens, &rc), STLS_RECORD_OPENED);
  cr_expect_neq(open_record(&seals, &rc), STLS_RECORD_OPENED);
  cr_expect_not(seal(&opens, &rc));
  stls_record_protect_clear(&seals);
  stls_record_protect_clear(&opens);
  records_case_close(&rc);
}

Test(record_memory, may_be_short_for_keys)
{
  static const uint8_t zeroes[sizeof(struct stls_record_key)];
  bool refused = true;
  struct records_case rc;

  records_case_open(&rc, suites[0].name, suites[0].version);
  for (size_t nth = 1; refused; nth++) {
    uint8_t secret[48] = {7, 7, 7}, before[48];
    struct stls_record_key made;
    bool is_done;
    memset(&made, 0xee, sizeof made);
    heap_fail_at(nth);
    is_done = stls_record_keys_derive(&rc.suite, secret, &made);
    refused = heap_stop_failing();
    if (!is_done)
      cr_expect_arr_eq(&made, zeroes, sizeof made, "allocation %zu", nth);
    cr_expect(is_done || refused);
    memcpy(before, secret, sizeof secret);
    heap_fail_at(nth);
    is_done = stls_record_keys_update(&rc.suite, secret);
    refused = heap_stop_failing() || refused;
    cr_expect_eq(memcmp(before, secret, sizeof secret) == 0, !is_done);
  }
  records_case_close(&rc);
}

/* Algorithms come from the library context and the property query that the user
 * has set. */
static void expect_none(const struct stls_record_algorithms *algorithms)
{
  for (int i = 0; i < STLS_RECORD_NUM_AEADS; i++)
    cr_expect_null(algorithms->aeads[i], "%d", i);
  cr_expect_null(algorithms->tls_1_3_kdf);
  cr_expect_null(algorithms->tls_1_2_prf);
}

Test(record_memory, has_no_algorithms_that_were_not_asked_for)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  OSSL_PROVIDER *provider = OSSL_PROVIDER_load(libctx, "null");
  struct stls_record_algorithms algorithms;
  struct stls_record_key made;
  uint8_t secret[48] = {0};
  struct records_case rc;

  cr_assert_not_null(provider);
  stls_record_algorithms_fetch(&algorithms, libctx, NULL);
  expect_none(&algorithms);
  stls_record_algorithms_clear(&algorithms);
  stls_record_algorithms_fetch(&algorithms, NULL, "provider=none");
  expect_none(&algorithms);
  records_case_open(&rc, suites[0].name, suites[0].version);
  rc.algorithms.propq = "provider=none";
  cr_expect_not(stls_record_keys_derive(&rc.suite, secret, &made));
  cr_expect_not(stls_record_keys_update(&rc.suite, secret));
  stls_record_algorithms_clear(&algorithms);
  stls_record_algorithms_fetch(&algorithms, NULL, "provider=default");
  cr_expect_str_eq(algorithms.propq, "provider=default");
  stls_record_algorithms_clear(&algorithms);
  records_case_close(&rc);
  OSSL_PROVIDER_unload(provider);
  OSSL_LIB_CTX_free(libctx);
}

/* Without one of its algorithms a suite is libssl's. */
Test(record_memory, has_no_suite_without_its_algorithms)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_method());
  SSL *ssl = SSL_new(ctx);
  const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(SSL_get_ciphers(ssl), 0);
  struct stls_record_algorithms whole, part;
  struct stls_record_suite suite;

  cr_assert_eq(SSL_CIPHER_get_protocol_id(cipher) >> 8, 0x13);
  stls_record_algorithms_fetch(&whole, NULL, NULL);
  cr_expect(stls_record_suite_find(&suite, &whole, cipher, TLS1_3_VERSION));
  cr_expect_not(stls_record_suite_find(&suite, &whole, NULL, TLS1_3_VERSION));
  part = whole;
  part.tls_1_3_kdf = NULL;
  cr_expect_not(stls_record_suite_find(&suite, &part, cipher, TLS1_3_VERSION));
  part = whole;
  memset(part.aeads, 0, sizeof part.aeads);
  cr_expect_not(stls_record_suite_find(&suite, &part, cipher, TLS1_3_VERSION));
  stls_record_algorithms_clear(&whole);
  SSL_free(ssl);
  SSL_CTX_free(ctx);
}

/* --- what is left on the stack --- */

struct job {
  struct records_case rc;
  bool is_tls_1_3;
  uint8_t secret[48];
  struct stls_record_key client, server;
  /* What the function that derives has left on the stack. */
  uint8_t frame[FRAME_LEN];
};

/* Sanitizers: it reads beyond its variables. */
__attribute__((no_sanitize("address", "undefined"))) static void *derive(
    void *arg)
{
  static const uint8_t randoms[32] = {1};
  struct job *job = arg;
  const volatile uint8_t *frame =
      (const uint8_t *)__builtin_frame_address(0) - FRAME_LEN;

  if (job->is_tls_1_3)
    cr_assert(stls_record_keys_update(&job->rc.suite, job->secret));
  else
    cr_assert(stls_record_keys_expand(&job->rc.suite, job->secret, 48, randoms,
                                      randoms, &job->client, &job->server));
  /* Before the thread's end writes over it. */
  for (size_t i = 0; i < FRAME_LEN; i++) job->frame[i] = frame[i];
  return NULL;
}

static bool is_in(const uint8_t *sample, const uint8_t *frame)
{
  for (size_t i = 0; i + SAMPLE_LEN <= FRAME_LEN; i++)
    if (memcmp(frame + i, sample, SAMPLE_LEN) == 0) return true;
  return false;
}

/* A thread whose stack is this memory, which stays readable behind it. */
Test(record_memory, keeps_no_keys_on_the_stack)
{
  if (check_quick()) cr_skip_test("valgrind sees that the stack is searched");
  for (int i = 0; i < 2; i++) {
    static struct job job;
    uint8_t *stack = aligned_alloc(4096, STACK_LEN);
    pthread_attr_t attributes;
    pthread_t thread;
    cr_assert_not_null(stack);
    memset(stack, 0, STACK_LEN);
    memset(&job, 9, sizeof job);
    job.is_tls_1_3 = i == 0;
    records_case_open(&job.rc, i == 0 ? suites[0].name : suites[3].name,
                      i == 0 ? TLS1_3_VERSION : TLS1_2_VERSION);
    cr_assert_eq(pthread_attr_init(&attributes), 0);
    cr_assert_eq(pthread_attr_setstack(&attributes, stack, STACK_LEN), 0);
    cr_assert_eq(pthread_create(&thread, &attributes, derive, &job), 0);
    cr_assert_eq(pthread_join(thread, NULL), 0);
    if (i == 0) {
      cr_expect_not(is_in(job.secret, job.frame), "the next secret");
    } else {
      cr_expect_not(is_in(job.client.key, job.frame), "our key");
      cr_expect_not(is_in(job.server.key, job.frame), "the peer's key");
    }
    pthread_attr_destroy(&attributes);
    free(stack);
    records_case_close(&job.rc);
  }
}
