/* SPDX-License-Identifier: MIT */
/* trust_sets: trust stores made for a test, and counts of their contents. */
#include "trust_sets.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "data_files.h"
#include "expect.h"

stls_trust *trust_sets_new(void)
{
  stls_trust *trust = NULL;

  ASSERT_RETURNS(stls_trust_new(NULL, NULL, &trust, NULL), STLS_OK);
  return trust;
}

stls_trust *trust_sets_load(const char *files)
{
  stls_trust *trust = trust_sets_new();

  trust_sets_add(trust, files);
  return trust;
}

void trust_sets_add(stls_trust *trust, const char *files)
{
  while (*files != '\0') {
    size_t len = strcspn(files, " ");
    stls_error err = STLS_ERROR_INIT;
    char name[128];

    cr_assert_lt(len, sizeof name);
    memcpy(name, files, len);
    name[len] = '\0';
    ASSERT_RESULT(stls_trust_add_file(trust, data_file_path(name), &err),
                  STLS_OK, err.message);
    files += len + strspn(files + len, " ");
  }
}

void trust_sets_set_purpose(stls_context *context, const char *file,
                            int purpose, trust_sets_setting setting)
{
  stls_trust *trust = trust_sets_new();
  BIO *in = BIO_new_file(data_file_path(file), "r");
  BIO *out = BIO_new(BIO_s_mem());
  X509 *cert = PEM_read_bio_X509(in, NULL, NULL, NULL);
  char *pem = NULL;
  long len;

  cr_assert_not_null(cert);
  cr_assert_eq(setting == TRUST_SETS_TRUSTED
                   ? X509_add1_trust_object(cert, OBJ_nid2obj(purpose))
                   : X509_add1_reject_object(cert, OBJ_nid2obj(purpose)),
               1);
  cr_assert_eq(PEM_write_bio_X509_AUX(out, cert), 1);
  len = BIO_get_mem_data(out, &pem);
  ASSERT_RETURNS(stls_trust_add_pem(trust, pem, (size_t)len, NULL), STLS_OK);
  ASSERT_RETURNS(stls_context_set_trust(context, trust, NULL), STLS_OK);
  stls_trust_free(trust);
  X509_free(cert);
  BIO_free(in);
  BIO_free(out);
}

bool trust_sets_have(const stls_trust *trust, size_t x509, size_t crl,
                     size_t x509_ca)
{
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;

  ASSERT_RETURNS(stls_trust_count(trust, &counts, NULL), STLS_OK);
  return counts.x509 == x509 && counts.crl == crl && counts.x509_ca == x509_ca;
}

const char *trust_sets_text(const stls_trust *trust)
{
  static char text[96];
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;

  ASSERT_RETURNS(stls_trust_count(trust, &counts, NULL), STLS_OK);
  snprintf(text, sizeof text, "x509 %zu, crl %zu, x509_ca %zu", counts.x509,
           counts.crl, counts.x509_ca);
  return text;
}
