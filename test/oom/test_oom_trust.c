/* SPDX-License-Identifier: MIT */
/* test_oom_trust: trust stores under allocation failure. */
/*
 * Each loader has each of its allocations refused. Whatever it answers, the set
 * has everything or nothing of it, and so has the store that verifies with it.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <stdlib.h>

#include "lib/verify/trust_store.h"
#include "lib/x509/certificate.h"
#include "support/data_files.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/trust_sets.h"

SUITE(oom_trust, .timeout = 300);

/* What is added to a set, and what it has then. */
struct row {
  const char *name;
  const char *before;
  stls_result (*add)(stls_trust *trust, stls_error *err);
  size_t x509, crl;
  /* X509_verify_cert's code for server-good with the CRL check then. */
  int want_code;
  /* Every so many allocations; the quick sweep is coarser. */
  size_t step, quick_step;
};

static stls_result add_pem(stls_trust *trust, stls_error *err);
static stls_result add_file(stls_trust *trust, stls_error *err);
static stls_result add_der(stls_trust *trust, stls_error *err);
static stls_result add_crl(stls_trust *trust, stls_error *err);
static stls_result add_crl_der(stls_trust *trust, stls_error *err);
static stls_result add_crl_file(stls_trust *trust, stls_error *err);
static stls_result add_scoped_crl(stls_trust *trust, stls_error *err);
static stls_result add_directory(stls_trust *trust, stls_error *err);
static stls_result add_system(stls_trust *trust, stls_error *err);
static stls_result add_certificate(stls_trust *trust, stls_error *err);
static stls_result add_bundle(stls_trust *trust, stls_error *err);
static stls_result add_bundle_pem(stls_trust *trust, stls_error *err);
static stls_result add_bundle_of_crls(stls_trust *trust, stls_error *err);

enum {
  NO_CRL = X509_V_ERR_UNABLE_TO_GET_CRL,
  NO_ISSUER = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
};

#define OTHER "trust/other.pem"
#define ROOT "trust/root.pem"

static const struct row rows[] = {
    {"add_pem", OTHER, add_pem, 2, 1, X509_V_OK, 3, 151},
    {"add_file", OTHER, add_file, 2, 1, X509_V_OK, 3, 151},
    {"add_der", OTHER, add_der, 3, 0, NO_CRL, 3, 151},
    {"add_crl", ROOT, add_crl, 1, 1, X509_V_OK, 1, 51},
    {"add_crl, DER", ROOT, add_crl_der, 1, 1, X509_V_OK, 1, 51},
    {"add_crl_file", ROOT, add_crl_file, 1, 1, X509_V_OK, 1, 51},
    {"add_crl, about CAs", ROOT, add_scoped_crl, 1, 1,
     X509_V_ERR_DIFFERENT_CRL_SCOPE, 1, 51},
    {"add_directory", OTHER, add_directory, 2, 2, X509_V_OK, 5, 151},
    {"add_system", OTHER, add_system, 3, 2, X509_V_OK, 3, 301},
    {"add_der, PKCS #7", OTHER, add_bundle, 2, 1, X509_V_OK, 1, 101},
    {"add_pem, PKCS #7", OTHER, add_bundle_pem, 2, 1, X509_V_OK, 1, 101},
    {"add_crl, PKCS #7", ROOT, add_bundle_of_crls, 1, 1, X509_V_OK, 1, 51},
    {"add_certificate", OTHER, add_certificate, 2, 0, NO_CRL, 1, 1},
};

/* Loaded before anything is refused. */
static struct {
  data_file both, certs, crl, crl_der;
  stls_certificate *root;
  X509 *leaf;
  /* PKCS #7 with the root and its CRL, as DER and as PEM. */
  unsigned char *bundle;
  size_t bundle_len;
  BIO *bundle_pem;
} stock;

static void open_stock(void);
static void close_stock(void);
static void open_bundle(X509 *root);
static bool try_row(const void *subject, size_t nth);
static bool try_to_list(const void *subject, size_t nth);
static bool try_paths(const void *subject, size_t nth);
static bool try_to_read(const void *subject, size_t nth);
static bool try_to_make(const void *subject, size_t nth);
static int verify(X509_STORE *store);

Test(oom_trust, adds_all_or_nothing)
{
  open_stock();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const size_t step = check_quick() ? rows[i].quick_step : rows[i].step;
    size_t nth = 1;
    while (oom_sweep_try(try_row, &rows[i], nth, rows[i].name)) nth += step;
    cr_expect_gt(nth, (size_t)1, "%s: nothing was allocated", rows[i].name);
  }
  close_stock();
}

Test(oom_trust, is_made_or_not)
{
  size_t nth = 1;

  while (oom_sweep_try(try_to_make, NULL, nth, "new")) nth++;
  cr_expect_gt(nth, (size_t)5);
}

Test(oom_trust, lists_all_or_nothing)
{
  stls_trust *trust = trust_sets_load("trust/root.pem trust/other.pem ca.pem");
  size_t nth = 1;

  while (oom_sweep_try(try_to_list, trust, nth, "ca_certificates")) nth++;
  cr_expect_gt(nth, (size_t)1);
  stls_trust_free(trust);
}

Test(oom_trust, says_where_it_is_or_nothing)
{
  size_t nth = 1;

  setenv("SSL_CERT_FILE", data_file_path("ca.pem"), 1);
  setenv("SSL_CERT_DIR", "no-such:no-such-either:.", 1);
  while (oom_sweep_try(try_paths, NULL, nth, "default_paths")) nth++;
  cr_expect_gt(nth, (size_t)1);
}

/* A fault stays one, and leaves nothing, when memory runs out in it. */
Test(oom_trust, refuses_what_is_broken)
{
  static const char *const files[] = {"trust/broken-second.pem",
                                      "broken-second.pem"};

  for (size_t i = 0; i < 2; i++)
    for (size_t nth = 1; oom_sweep_try(try_to_read, files[i], nth, files[i]);)
      nth += check_quick() ? 151 : 7;
}

static bool try_row(const void *subject, size_t nth)
{
  const struct row *row = subject;
  stls_trust *trust = trust_sets_load(row->before);
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused, is_added;
  int code, want_code;

  oom_sweep_begin(nth);
  result = row->add(trust, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, row->name, nth);
  EXPECT_RESULT(err.result, result, row->name);
  is_added = result == STLS_OK;
  cr_expect(trust_sets_have(trust, is_added ? row->x509 : 1,
                            is_added ? row->crl : 0, is_added ? row->x509 : 1),
            "%s: allocation %zu: %s has %s", row->name, nth,
            stls_result_name(result), trust_sets_text(trust));
  code = verify(stls_trust_store(trust));
  want_code = row->before[6] == 'r' ? NO_CRL : NO_ISSUER;
  if (is_added) want_code = row->want_code;
  cr_expect_eq(code, want_code, "%s: allocation %zu: %s, then code %d",
               row->name, nth, stls_result_name(result), code);
  stls_trust_free(trust);
  return refused;
}

static bool try_to_make(const void *subject, size_t nth)
{
  stls_trust *trust = NULL;
  stls_result result;
  bool refused;

  (void)subject;
  oom_sweep_begin(nth);
  result = stls_trust_new(NULL, "?fips=yes", &trust, NULL);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "new", nth);
  cr_expect_eq(trust != NULL, result == STLS_OK);
  stls_trust_free(trust);
  return refused;
}

static bool try_to_list(const void *subject, size_t nth)
{
  stls_certificate_list *list = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_trust_ca_certificates(subject, &list, &err);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "ca_certificates", nth);
  cr_expect_eq(stls_certificate_list_count(list),
               (size_t)(result == STLS_OK ? 3 : 0), "allocation %zu", nth);
  stls_certificate_list_free(list);
  return refused;
}

static bool try_paths(const void *subject, size_t nth)
{
  stls_trust_paths paths = STLS_TRUST_PATHS_INIT;
  stls_result result;
  bool refused;

  (void)subject;
  oom_sweep_begin(nth);
  result = stls_trust_default_paths(&paths, NULL);
  refused = oom_sweep_end();
  EXPECT_RESULT(result, refused ? STLS_ERROR_MEMORY : STLS_OK, "paths");
  cr_expect_str_eq(paths.capath, refused ? "" : "no-such:no-such-either:.");
  return refused;
}

static bool try_to_read(const void *subject, size_t nth)
{
  stls_trust *trust = trust_sets_new();
  stls_result result;
  bool refused;

  oom_sweep_begin(nth);
  result = stls_trust_add_file(trust, data_file_path(subject), NULL);
  refused = oom_sweep_end();
  cr_expect(
      result == STLS_ERROR_INPUT || (refused && result == STLS_ERROR_MEMORY),
      "%s: allocation %zu: %s", (const char *)subject, nth,
      stls_result_name(result));
  cr_expect(trust_sets_have(trust, 0, 0, 0), "%s", trust_sets_text(trust));
  stls_trust_free(trust);
  /* The error queue keeps the memory of texts that were in it. */
  OPENSSL_thread_stop();
  return refused;
}

/* As a handshake does that begins now. */
static int verify(X509_STORE *store)
{
  X509_STORE_CTX *run = X509_STORE_CTX_new();
  int code;

  cr_assert_eq(X509_STORE_CTX_init(run, store, stock.leaf, NULL), 1);
  X509_STORE_CTX_set_flags(run, X509_V_FLAG_CRL_CHECK);
  (void)X509_verify_cert(run);
  code = X509_STORE_CTX_get_error(run);
  X509_STORE_CTX_free(run);
  ERR_clear_error();
  return code;
}

static void open_stock(void)
{
  X509 *root = data_file_x509("trust/root.pem");

  /* The directory does not have it. */
  cr_assert_eq(
      setenv("SSL_CERT_FILE", data_file_path("trust/intermediate.pem"), 1), 0);
  cr_assert_eq(setenv("SSL_CERT_DIR", data_file_path("trust/hashed-good"), 1),
               0);
  stock.both = data_file_load("trust/root-both.pem");
  stock.certs = data_file_load("trust/three.der");
  stock.crl = data_file_load("trust/root.crl");
  stock.crl_der = data_file_load("trust/root-crl.der");
  stock.leaf = data_file_x509("trust/server-good.pem");
  open_bundle(root);
  ASSERT_RESULT(stls_certificate_wrap(root, &stock.root, NULL), STLS_OK,
                "root");
  X509_free(root);
}

static void close_stock(void)
{
  data_file_free(&stock.both);
  data_file_free(&stock.certs);
  data_file_free(&stock.crl);
  data_file_free(&stock.crl_der);
  stls_certificate_free(stock.root);
  X509_free(stock.leaf);
  OPENSSL_free(stock.bundle);
  BIO_free(stock.bundle_pem);
}

static void open_bundle(X509 *root)
{
  PKCS7 *bundle = PKCS7_new();
  const unsigned char *at = (const unsigned char *)stock.crl_der.data;
  X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)stock.crl_der.len);

  cr_assert(PKCS7_set_type(bundle, NID_pkcs7_signed) &&
            PKCS7_content_new(bundle, NID_pkcs7_data) &&
            PKCS7_set_detached(bundle, 1));
  cr_assert(PKCS7_add_certificate(bundle, root) && PKCS7_add_crl(bundle, crl));
  stock.bundle_len = (size_t)i2d_PKCS7(bundle, &stock.bundle);
  stock.bundle_pem = BIO_new(BIO_s_mem());
  cr_assert(PEM_write_bio_PKCS7(stock.bundle_pem, bundle));
  X509_CRL_free(crl);
  PKCS7_free(bundle);
}

static stls_result add_pem(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_pem(trust, stock.both.data, stock.both.len, err);
}

static stls_result add_file(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_file(trust, data_file_path("trust/root-both.pem"), err);
}

static stls_result add_der(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_der(trust, stock.certs.data, stock.certs.len, err);
}

static stls_result add_crl(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_crl(trust, stock.crl.data, stock.crl.len, err);
}

static stls_result add_crl_der(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_crl(trust, stock.crl_der.data, stock.crl_der.len, err);
}

static stls_result add_crl_file(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_crl_file(trust, data_file_path("trust/root.crl"), err);
}

static stls_result add_scoped_crl(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_crl_file(trust, data_file_path("trust/root-cas.crl"),
                                 err);
}

static stls_result add_directory(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_directory(trust, data_file_path("trust/hashed-good"),
                                  err);
}

static stls_result add_system(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_system(trust, err);
}

static stls_result add_certificate(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_certificate(trust, stock.root, err);
}

static stls_result add_bundle(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_der(trust, stock.bundle, stock.bundle_len, err);
}

static stls_result add_bundle_pem(stls_trust *trust, stls_error *err)
{
  char *text;
  size_t len = (size_t)BIO_get_mem_data(stock.bundle_pem, &text);

  return stls_trust_add_pem(trust, text, len, err);
}

static stls_result add_bundle_of_crls(stls_trust *trust, stls_error *err)
{
  return stls_trust_add_crl(trust, stock.bundle, stock.bundle_len, err);
}
