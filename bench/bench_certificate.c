/* SPDX-License-Identifier: MIT */
/* bench_certificate: measures decoding, getters and matching of certificates. */
/*
 * Usage: bench_certificate [--full] DATA_DIR. For a plain certificate of a server
 * and for one with every extension that is decoded. Freeing is part of each
 * figure.
 *
 * parse_der: stls_certificate_new_der decodes all at once; d2i_X509 leaves the
 *   extensions and more to later, so `openssl_and_facts` asks it for what the
 *   library's getters tell afterwards.
 * parse_pem: against PEM_read_bio_X509; pem_to_der: the form alone, against
 *   PEM_read_bio.
 * facts: what a log line or a decision takes (names, serial number, times,
 *   alternative names, purposes) of a certificate that is there already.
 * fingerprint: SHA-256. json: against X509_print, as the nearest thing.
 * hostname_*: against X509_check_host and X509_check_ip_asc.
 */
#include <math.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bench.h"
#include "support/x509facts.h"

enum {
  COUNT = 100,
  MAX_FILE = 16384
};

/* One certificate, in all its forms. */
struct subject {
  const char *name;
  const char *file;
  char pem[MAX_FILE];
  size_t pem_len;
  const uint8_t *der;
  size_t der_len;
  stls_certificate *certificate;
  X509 *x509;
  const char *reference;
};

/* So that nothing is left out for want of a reader. */
static volatile size_t sink;

/* --- parsing --- */

static double time_new_der(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    stls_certificate *certificate = NULL;
    bench_must(stls_certificate_new_der(subject->der, subject->der_len, NULL,
                                        NULL, &certificate, NULL),
               "stls_certificate_new_der", NULL);
    stls_certificate_free(certificate);
  }
  return bench_now_ns() - began;
}

static X509 *decode(const struct subject *subject)
{
  const uint8_t *at = subject->der;
  X509 *x509 = d2i_X509(NULL, &at, (long)subject->der_len);

  bench_need(x509 != NULL, "d2i_X509");
  return x509;
}

static double time_d2i(void *state, size_t count)
{
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) X509_free(decode(state));
  return bench_now_ns() - began;
}

static double time_new_pem(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    stls_certificate *certificate = NULL;
    bench_must(stls_certificate_new_pem(subject->pem, subject->pem_len, NULL,
                                        NULL, &certificate, NULL),
               "stls_certificate_new_pem", NULL);
    stls_certificate_free(certificate);
  }
  return bench_now_ns() - began;
}

static double time_read_pem(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    BIO *bio = BIO_new_mem_buf(subject->pem, (int)subject->pem_len);
    X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    bench_need(x509 != NULL, "PEM_read_bio_X509");
    X509_free(x509);
    BIO_free(bio);
  }
  return bench_now_ns() - began;
}

static double time_pem_to_der(void *state, size_t count)
{
  const struct subject *subject = state;
  uint8_t out[MAX_FILE];
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    size_t len = 0;
    bench_must(stls_pem_decode_certificate(subject->pem, subject->pem_len, out,
                                           sizeof out, &len, NULL),
               "stls_pem_decode_certificate", NULL);
    sink += len;
  }
  return bench_now_ns() - began;
}

static double time_pem_read(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    BIO *bio = BIO_new_mem_buf(subject->pem, (int)subject->pem_len);
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long len = 0;
    bench_need(PEM_read_bio(bio, &name, &header, &data, &len) == 1,
               "PEM_read_bio");
    sink += (size_t)len;
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    BIO_free(bio);
  }
  return bench_now_ns() - began;
}

/* --- facts --- */

static size_t ask(const stls_certificate *certificate)
{
  const stls_general_name *name;
  size_t sum = strlen(stls_name_text(stls_certificate_subject(certificate))) +
               strlen(stls_name_text(stls_certificate_issuer(certificate))) +
               strlen(stls_certificate_serial(certificate));
  int64_t from = 0, until = 0;
  unsigned bits = 0;

  stls_certificate_not_before(certificate, &from);
  stls_certificate_not_after(certificate, &until);
  stls_certificate_key_usage(certificate, &bits);
  for (size_t i = 0; (name = stls_certificate_alt_name(certificate, i)) != NULL;
       i++)
    sum += strlen(stls_general_name_text(name, NULL));
  return sum + (size_t)from + (size_t)until + bits;
}

static double time_facts(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) sink += ask(subject->certificate);
  return bench_now_ns() - began;
}

static double time_openssl_facts(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) sink += x509facts_ask(subject->x509);
  return bench_now_ns() - began;
}

static double time_d2i_and_facts(void *state, size_t count)
{
  uint8_t sha1[EVP_MAX_MD_SIZE], sha256[EVP_MAX_MD_SIZE];
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    X509 *x509 = decode(state);
    sink += x509facts_ask(x509);
    bench_need(X509_digest(x509, EVP_sha1(), sha1, NULL) == 1 &&
                   X509_digest(x509, EVP_sha256(), sha256, NULL) == 1 &&
                   X509_get0_pubkey(x509) != NULL,
               "X509_digest");
    X509_free(x509);
  }
  return bench_now_ns() - began;
}

static double time_sha256(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    sink += stls_certificate_sha256(subject->certificate)[i % 32];
  return bench_now_ns() - began;
}

static double time_digest(void *state, size_t count)
{
  const struct subject *subject = state;
  uint8_t digest[EVP_MAX_MD_SIZE];
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    bench_need(X509_digest(subject->x509, EVP_sha256(), digest, NULL) == 1,
               "X509_digest");
    sink += digest[i % 32];
  }
  return bench_now_ns() - began;
}

static double time_json(void *state, size_t count)
{
  const struct subject *subject = state;
  char out[MAX_FILE];
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    size_t len = 0;
    bench_must(stls_certificate_to_json(subject->certificate, out, sizeof out,
                                        &len, NULL),
               "stls_certificate_to_json", NULL);
    sink += len;
  }
  return bench_now_ns() - began;
}

static double time_print(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    BIO *bio = BIO_new(BIO_s_mem());
    bench_need(X509_print(bio, subject->x509) == 1, "X509_print");
    sink += BIO_ctrl_pending(bio);
    BIO_free(bio);
  }
  return bench_now_ns() - began;
}

/* --- names --- */

static double time_match(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++) {
    bool matches = false;
    bench_must(stls_hostname_match(subject->reference, subject->certificate, 0,
                                   &matches, NULL),
               "stls_hostname_match", NULL);
    sink += matches;
  }
  return bench_now_ns() - began;
}

static double time_check(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    sink += (size_t)X509_check_host(subject->x509, subject->reference, 0,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL);
  return bench_now_ns() - began;
}

static double time_check_ip(void *state, size_t count)
{
  const struct subject *subject = state;
  double began = bench_now_ns();

  for (size_t i = 0; i < count; i++)
    sink += (size_t)X509_check_ip_asc(subject->x509, subject->reference, 0);
  return bench_now_ns() - began;
}

/* --- all --- */

typedef double (*run_fn)(void *state, size_t count);

/* The library's way, OpenSSL's, and where there is one OpenSSL's to the same
 * end. */
static void compare(const char *what, struct subject *subject, run_fn library,
                    run_fn openssl, run_fn openssl_and_facts)
{
  struct bench_variant variants[] = {
      {.name = "library", .run = library, .state = subject},
      {.name = "openssl", .run = openssl, .state = subject},
      {.name = "openssl_and_facts",
       .run = openssl_and_facts,
       .state = subject}};
  size_t num = openssl_and_facts == NULL ? 2 : 3;
  char scenario[64];

  snprintf(scenario, sizeof scenario, "%s_%s", what, subject->name);
  bench_compare(scenario, variants, num, COUNT, 1, "ns");
  bench_at_least(scenario, "openssl/library",
                 bench_ratio_of(&variants[1], &variants[0]), NAN);
  if (num == 3)
    bench_at_least(scenario, "openssl_and_facts/library",
                   bench_ratio_of(&variants[2], &variants[0]), NAN);
}

/* Both must say the same before it is measured how fast. */
static void compare_names(struct subject *subject, const char *what,
                          const char *reference, bool is_address, bool expected)
{
  bool matches = !expected;

  subject->reference = reference;
  bench_must(
      stls_hostname_match(reference, subject->certificate, 0, &matches, NULL),
      reference, NULL);
  bench_need(matches == expected, reference);
  bench_need((is_address ? X509_check_ip_asc(subject->x509, reference, 0)
                         : X509_check_host(subject->x509, reference, 0,
                                           X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                                           NULL)) == expected,
             reference);
  compare(what, subject, time_match, is_address ? time_check_ip : time_check,
          NULL);
}

static void load(struct subject *subject)
{
  char path[4096];
  FILE *file;

  snprintf(path, sizeof path, "%s/%s", bench_data_dir(), subject->file);
  file = fopen(path, "r");
  bench_need(file != NULL, path);
  subject->pem_len = fread(subject->pem, 1, sizeof subject->pem, file);
  fclose(file);
  bench_must(stls_certificate_new_pem(subject->pem, subject->pem_len, NULL,
                                      NULL, &subject->certificate, NULL),
             path, NULL);
  subject->der = stls_certificate_der(subject->certificate, &subject->der_len);
  subject->x509 = decode(subject);
}

static void compare_all(struct subject *subject)
{
  compare("parse_der", subject, time_new_der, time_d2i, time_d2i_and_facts);
  compare("parse_pem", subject, time_new_pem, time_read_pem, NULL);
  compare("pem_to_der", subject, time_pem_to_der, time_pem_read, NULL);
  compare("facts", subject, time_facts, time_openssl_facts, NULL);
  compare("fingerprint", subject, time_sha256, time_digest, NULL);
  compare("json", subject, time_json, time_print, NULL);
}

int main(int argc, char **argv)
{
  static struct subject plain = {.name = "plain", .file = "server-ecdsa.pem"};
  static struct subject full = {.name = "full", .file = "certificate/full.pem"};

  bench_begin(argc, argv);
  load(&plain);
  load(&full);
  compare_all(&plain);
  compare_all(&full);
  compare_names(&plain, "hostname_first", "localhost", false, true);
  compare_names(&plain, "hostname_wildcard", "www.wild.example", false, true);
  compare_names(&plain, "hostname_none", "www.other.example", false, false);
  compare_names(&plain, "hostname_address", "127.0.0.1", true, true);
  stls_certificate_free(plain.certificate);
  stls_certificate_free(full.certificate);
  X509_free(plain.x509);
  X509_free(full.x509);
  return bench_end();
}
