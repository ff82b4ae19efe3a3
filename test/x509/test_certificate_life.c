/* SPDX-License-Identifier: MIT */
/* test_certificate_life: comparison, encoding, counting and lists of certificates. */
#include <pthread.h>
#include <sanstls/certificate.h>
#include <sanstls/hostname.h>
#include <stdatomic.h>

#include "lib/x509/certificate.h"
#include "support/cert_malformed.h"
#include "support/data_files.h"
#include "support/expect.h"

SUITE(certificate_life);

enum {
  NUM_READERS = 4
};

struct shared {
  stls_certificate *certificate;
  atomic_int num_waiting;
  const stls_general_name *first[NUM_READERS];
  size_t num_names[NUM_READERS];
};

struct reader {
  struct shared *shared;
  size_t index;
};

static void *read_names(void *arg);
static STACK_OF(X509) * chain_of(const char *file, int count);

Test(certificate_life, equal_by_every_byte)
{
  stls_certificate *a = cert_malformed_load("ca.pem"),
                   *same = cert_malformed_load("ca.pem");
  stls_certificate *other = cert_malformed_load("untrusted-ca.pem");
  stls_certificate *trusted = cert_malformed_load("certificate/trusted.pem");
  stls_certificate *ca = cert_malformed_load("certificate/ca.pem");
  data_file der = cert_malformed_load_der("ca.pem");
  stls_certificate *changed = NULL;

  /* In the signature. */
  der.data[der.len - 1] ^= 1;
  ASSERT_RESULT(
      stls_certificate_new_der(der.data, der.len, NULL, NULL, &changed, NULL),
      STLS_OK, "changed");
  cr_expect(stls_certificate_equal(a, a));
  cr_expect(stls_certificate_equal(a, same));
  cr_expect(stls_certificate_equal(NULL, NULL));
  cr_expect(stls_certificate_equal(ca, trusted), "trust is not a part of it");
  cr_expect_not(stls_certificate_equal(a, other));
  cr_expect_not(stls_certificate_equal(a, changed));
  cr_expect_not(stls_certificate_equal(a, NULL));
  cr_expect_not(stls_certificate_equal(NULL, a));
  stls_certificate_free(a);
  stls_certificate_free(same);
  stls_certificate_free(other);
  stls_certificate_free(trusted);
  stls_certificate_free(ca);
  stls_certificate_free(changed);
  data_file_free(&der);
}

Test(certificate_life, to_pem_and_back)
{
  stls_certificate *it = cert_malformed_load("certificate/full.pem"),
                   *back = NULL;
  char text[4096];
  size_t len, want;

  ASSERT_RESULT(stls_certificate_to_pem(it, NULL, 0, &want, NULL), STLS_OK,
                "length");
  ASSERT_RESULT(stls_certificate_to_pem(it, text, sizeof text, &len, NULL),
                STLS_OK, "to PEM");
  cr_expect_eq(len, want);
  ASSERT_RESULT(stls_certificate_new_pem(text, len, NULL, NULL, &back, NULL),
                STLS_OK, "back");
  cr_expect(stls_certificate_equal(it, back));
  stls_certificate_free(it);
  stls_certificate_free(back);
}

Test(certificate_life, references_are_counted)
{
  stls_certificate *it = cert_malformed_load("ca.pem");

  cr_expect_eq(stls_certificate_up_ref(it), it);
  stls_certificate_free(it);
  cr_expect_not_null(stls_certificate_subject(it));
  stls_certificate_free(it);
  cr_expect_null(stls_certificate_up_ref(NULL));
  stls_certificate_free(NULL);
}

Test(certificate_life, lists_keep_their_order)
{
  STACK_OF(X509) *chain = chain_of("ca.pem", 3);
  stls_certificate_list *list = NULL, *empty = NULL;
  stls_certificate *kept;

  ASSERT_RESULT(stls_certificate_list_wrap(chain, &list, NULL), STLS_OK, "3");
  cr_expect_eq(stls_certificate_list_count(list), (size_t)3);
  for (size_t i = 0; i < 3; i++)
    cr_expect_eq(stls_certificate_x509(stls_certificate_list_at(list, i)),
                 sk_X509_value(chain, (int)i));
  cr_expect_null(stls_certificate_list_at(list, 3));
  kept = stls_certificate_up_ref(stls_certificate_list_at(list, 1));
  sk_X509_pop_free(chain, X509_free);
  stls_certificate_list_free(list);
  cr_expect_eq(stls_certificate_version(kept), 3);
  stls_certificate_free(kept);

  ASSERT_RESULT(stls_certificate_list_wrap(NULL, &empty, NULL), STLS_OK, "0");
  cr_expect_eq(stls_certificate_list_count(empty), (size_t)0);
  cr_expect_null(stls_certificate_list_at(empty, 0));
  stls_certificate_list_free(empty);
  cr_expect_eq(stls_certificate_list_count(NULL), (size_t)0);
  cr_expect_null(stls_certificate_list_at(NULL, 0));
  stls_certificate_list_free(NULL);
}

Test(certificate_life, of_null_nothing_is_said)
{
  size_t len = 1, spki_len = 1;

  cr_expect_null(stls_certificate_x509(NULL));
  cr_expect_null(stls_certificate_der(NULL, &len));
  cr_expect_null(stls_certificate_spki(NULL, &spki_len));
  cr_expect_eq(len + spki_len, (size_t)0);
  cr_expect_null(stls_certificate_sha1(NULL));
  cr_expect_null(stls_certificate_sha256(NULL));
  cr_expect_eq(stls_certificate_version(NULL), 0);
  cr_expect_null(stls_certificate_serial(NULL));
  cr_expect_null(stls_certificate_subject(NULL));
  cr_expect_null(stls_certificate_issuer(NULL));
  cr_expect_eq(stls_certificate_subject_hash(NULL), 0UL);
  cr_expect_null(stls_certificate_not_before_text(NULL));
  cr_expect_null(stls_certificate_not_after_text(NULL));
  cr_expect_not(stls_certificate_not_before(NULL, NULL));
  cr_expect_not(stls_certificate_not_after(NULL, NULL));
  cr_expect_null(stls_certificate_signature_algorithm(NULL));
  cr_expect_null(stls_certificate_key_type(NULL));
  cr_expect_null(stls_certificate_key_curve(NULL));
  cr_expect_eq(stls_certificate_key_bits(NULL), 0);
  cr_expect_eq(stls_certificate_key_security_bits(NULL), 0);
}

/* The first who asks decodes, and all get the same. */
Test(certificate_life, is_decoded_once_for_all_threads)
{
  for (int round = 0; round < (check_quick() ? 3 : 50); round++) {
    struct shared shared = {.certificate =
                                cert_malformed_load("certificate/full.pem")};
    struct reader readers[NUM_READERS];
    pthread_t threads[NUM_READERS];

    for (size_t i = 0; i < NUM_READERS; i++) {
      readers[i] = (struct reader){&shared, i};
      cr_assert_eq(pthread_create(&threads[i], NULL, read_names, &readers[i]),
                   0);
    }
    for (size_t i = 0; i < NUM_READERS; i++) pthread_join(threads[i], NULL);
    ASSERT_RESULT(stls_certificate_decode(shared.certificate, NULL), STLS_OK,
                  "decode");
    for (size_t i = 0; i < NUM_READERS; i++) {
      cr_expect_not_null(shared.first[i]);
      cr_expect_eq(shared.first[i],
                   stls_certificate_alt_name(shared.certificate, 0));
      cr_expect_eq(shared.num_names[i], shared.num_names[0]);
    }
    stls_certificate_free(shared.certificate);
  }
}

static void *read_names(void *arg)
{
  struct reader *reader = arg;
  struct shared *shared = reader->shared;
  const stls_certificate *certificate = shared->certificate;
  size_t num = 0;

  atomic_fetch_add(&shared->num_waiting, 1);
  while (atomic_load(&shared->num_waiting) < NUM_READERS) continue;
  shared->first[reader->index] = stls_certificate_alt_name(certificate, 0);
  while (stls_certificate_alt_name(certificate, num) != NULL) num++;
  shared->num_names[reader->index] = num;
  return NULL;
}

static STACK_OF(X509) * chain_of(const char *file, int count)
{
  STACK_OF(X509) *chain = sk_X509_new_null();

  for (int i = 0; i < count; i++)
    cr_assert_gt(sk_X509_push(chain, cert_malformed_begin(file)), 0);
  return chain;
}
