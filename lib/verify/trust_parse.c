/* SPDX-License-Identifier: MIT */
/* trust_parse: parses certificates and CRLs from PEM or DER. */
#include "verify/trust_parse.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "util/der_reader.h"
#include "util/pem_reader.h"
#include "x509/pkcs7_bundle.h"
#include "x509/x509_check.h"

static stls_result add_pem_item(const struct stls_named_input *text,
                                const struct stls_pem_reader_block *block,
                                const struct stls_x509_scope *scope,
                                stls_trust_kind kind,
                                struct stls_trust_batch *batch,
                                stls_error *err);
static stls_result add_pem_bundle(const struct stls_named_input *text,
                                  const struct stls_pem_reader_block *block,
                                  const struct stls_x509_scope *scope,
                                  stls_trust_kind kind,
                                  struct stls_trust_batch *batch,
                                  stls_error *err);
static stls_result add_bundle(const struct stls_named_input *text,
                              const struct stls_x509_scope *scope,
                              stls_trust_kind kind,
                              struct stls_trust_batch *batch, stls_error *err);
static stls_result add_bundle_item(const char *name, const PKCS7 *bundle,
                                   stls_trust_kind kind, int index,
                                   const struct stls_x509_scope *scope,
                                   struct stls_trust_batch *batch,
                                   stls_error *err);
static stls_result add_pem_crl(const struct stls_named_input *text,
                               const struct stls_pem_reader_block *block,
                               const struct stls_x509_scope *scope,
                               STACK_OF(X509_CRL) * crls, stls_error *err);
static X509_CRL *read_pem_crl(const struct stls_pem_reader_block *block,
                              const struct stls_x509_scope *scope);
static bool add_der_item(const uint8_t **at, long len,
                         const struct stls_x509_scope *scope,
                         stls_trust_kind kind, struct stls_trust_batch *batch,
                         bool *out_read, bool *out_delta);
static stls_result fail_missing(const struct stls_named_input *text,
                                stls_trust_kind kind, stls_error *err);
static int num_items(const struct stls_trust_batch *batch);
static stls_reason der_fault_reason(const struct stls_named_input *text,
                                    stls_trust_kind kind);
static bool is_delta_crl(const X509_CRL *crl);
static bool has_readable_extensions(const X509_CRL *crl);
static bool was_short_of_memory(void);
static bool is_last_intact(const STACK_OF(X509) * certs);

static const char delta_text[] =
    ": it is a delta CRL, which is no complete list";

stls_result stls_trust_parse_pem(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 stls_trust_kind kind,
                                 struct stls_trust_batch *batch,
                                 stls_error *err)
{
  const int before = num_items(batch);
  stls_result result = STLS_OK;
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;
  stls_pem_reader_step step = STLS_PEM_READER_END;

  stls_pem_reader_walk_init(&walk, text->data, text->len);
  while (result == STLS_OK &&
         (step = stls_pem_reader_next(&walk, &block)) == STLS_PEM_READER_BLOCK)
    result = add_pem_item(text, &block, scope, kind, batch, err);
  if (result == STLS_OK && step == STLS_PEM_READER_FAULT)
    result = stls_x509_pem_fail_block(text, &block, err);
  if (result == STLS_OK && num_items(batch) == before)
    result = fail_missing(text, kind, err);
  return result;
}

stls_result stls_trust_parse_der(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 stls_trust_kind kind,
                                 struct stls_trust_batch *batch,
                                 stls_error *err)
{
  const char *noun = kind == STLS_TRUST_CRLS ? "CRL" : "certificate";
  const uint8_t *start = text->data, *at = start;

  if (text->len == 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_EMPTY,
                           "%s: not enough data: it does not contain a %s",
                           text->name, noun);
  if (text->len > LONG_MAX)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
                           "%s: it is too long", text->name);
  if (stls_pkcs7_bundle_is_der(text->data, text->len)) {
    const int before = num_items(batch);
    stls_result result = add_bundle(
        text, scope, kind == STLS_TRUST_CRLS ? kind : STLS_TRUST_BOTH, batch,
        err);
    if (result != STLS_OK || num_items(batch) > before) return result;
    return stls_error_fail(err, STLS_ERROR_INPUT,
                           kind == STLS_TRUST_CRLS ? STLS_REASON_NO_CRL
                                                   : STLS_REASON_NO_CERTIFICATE,
                           "%s: the PKCS #7 does not contain a %s", text->name,
                           noun);
  }
  for (int item = 1; (size_t)(at - start) < text->len; item++) {
    size_t offset = (size_t)(at - start);
    long left = (long)(text->len - offset);
    bool was_read, is_delta;
    if (add_der_item(&at, left, scope, kind, batch, &was_read, &is_delta))
      continue;
    if (was_read) return stls_error_memory(err);
    return stls_error_fail_openssl(
        err, STLS_ERROR_INPUT,
        is_delta ? STLS_REASON_DELTA_CRL : der_fault_reason(text, kind),
        "%s: %s %d at byte %zu%s%s", text->name, noun, item, offset,
        is_delta ? delta_text : "",
        stls_pem_reader_finds(text->data, text->len) ? ": it looks like PEM"
                                                     : "");
  }
  return STLS_OK;
}

stls_result stls_trust_parse_crls(const struct stls_named_input *text,
                                  const struct stls_x509_scope *scope,
                                  struct stls_trust_batch *batch,
                                  stls_error *err)
{
  if (stls_der_reader_is_der(text->data, text->len))
    return stls_trust_parse_der(text, scope, STLS_TRUST_CRLS, batch, err);
  return stls_trust_parse_pem(text, scope, STLS_TRUST_CRLS, batch, err);
}

static stls_result add_pem_item(const struct stls_named_input *text,
                                const struct stls_pem_reader_block *block,
                                const struct stls_x509_scope *scope,
                                stls_trust_kind kind,
                                struct stls_trust_batch *batch, stls_error *err)
{
  if ((kind & STLS_TRUST_CERTS) && stls_x509_pem_is_cert(block)) {
    stls_result result =
        stls_x509_pem_add_cert(text, block, scope, batch->certs, err);
    if (result == STLS_OK && !is_last_intact(batch->certs))
      result = stls_error_memory(err);
    return result;
  }
  if ((kind & STLS_TRUST_CRLS) &&
      stls_pem_reader_is(block, PEM_STRING_X509_CRL))
    return add_pem_crl(text, block, scope, batch->crls, err);
  if (stls_pkcs7_bundle_is_block(block))
    return add_pem_bundle(text, block, scope, kind, batch, err);
  return STLS_OK;
}

static stls_result add_pem_bundle(const struct stls_named_input *text,
                                  const struct stls_pem_reader_block *block,
                                  const struct stls_x509_scope *scope,
                                  stls_trust_kind kind,
                                  struct stls_trust_batch *batch,
                                  stls_error *err)
{
  char name[256];
  long len = 0;
  unsigned char *der = stls_x509_pem_bytes(block, &len);
  struct stls_named_input bundle = {name, der, (size_t)len};
  stls_result result;

  snprintf(name, sizeof name, "%s:%zu", text->name, block->line);
  result = der == NULL ? stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                                 STLS_REASON_PEM_BROKEN,
                                                 "%s: PKCS #7", name)
                       : add_bundle(&bundle, scope, kind, batch, err);
  stls_x509_pem_bytes_free(der, len);
  return result;
}

static stls_result add_bundle(const struct stls_named_input *text,
                              const struct stls_x509_scope *scope,
                              stls_trust_kind kind,
                              struct stls_trust_batch *batch, stls_error *err)
{
  const char *fault;
  PKCS7 *bundle = stls_pkcs7_bundle_decode(text->data, text->len, &fault);
  int num_certs = 0, num_crls = 0;
  stls_result result = STLS_OK;

  if (bundle == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_CERTIFICATE_BROKEN,
                                   "%s: PKCS #7%s", text->name, fault);
  if ((kind & STLS_TRUST_CERTS) != 0)
    num_certs = stls_pkcs7_bundle_num_certs(bundle);
  if ((kind & STLS_TRUST_CRLS) != 0)
    num_crls = stls_pkcs7_bundle_num_crls(bundle);
  for (int i = 0; result == STLS_OK && i < num_certs; i++)
    result = add_bundle_item(text->name, bundle, STLS_TRUST_CERTS, i, scope,
                             batch, err);
  for (int i = 0; result == STLS_OK && i < num_crls; i++)
    result = add_bundle_item(text->name, bundle, STLS_TRUST_CRLS, i, scope,
                             batch, err);
  PKCS7_free(bundle);
  return result;
}

/* The items of a bundle are parsed like separate ones. */
static stls_result add_bundle_item(const char *name, const PKCS7 *bundle,
                                   stls_trust_kind kind, int index,
                                   const struct stls_x509_scope *scope,
                                   struct stls_trust_batch *batch,
                                   stls_error *err)
{
  struct stls_named_input item = {name, NULL, 0};
  unsigned char *der = NULL;
  stls_result result;

  item.len = kind == STLS_TRUST_CERTS
                 ? stls_pkcs7_bundle_cert(bundle, index, &der)
                 : stls_pkcs7_bundle_crl(bundle, index, &der);
  item.data = der;
  result = item.len == 0 ? stls_error_memory(err)
                         : stls_trust_parse_der(&item, scope, kind, batch, err);
  stls_mem_free(der);
  return result;
}

static stls_result add_pem_crl(const struct stls_named_input *text,
                               const struct stls_pem_reader_block *block,
                               const struct stls_x509_scope *scope,
                               STACK_OF(X509_CRL) * crls, stls_error *err)
{
  X509_CRL *crl = read_pem_crl(block, scope);
  bool is_delta = crl != NULL && is_delta_crl(crl);

  if (crl == NULL || is_delta || !has_readable_extensions(crl)) {
    X509_CRL_free(crl);
    return stls_error_fail_openssl(
        err, STLS_ERROR_INPUT,
        is_delta ? STLS_REASON_DELTA_CRL : STLS_REASON_CRL_BROKEN,
        "%s:%zu: CRL %d%s", text->name, block->line, sk_X509_CRL_num(crls) + 1,
        is_delta ? delta_text : "");
  }
  if (!was_short_of_memory() && sk_X509_CRL_push(crls, crl) > 0) return STLS_OK;
  X509_CRL_free(crl);
  return stls_error_memory(err);
}

static X509_CRL *read_pem_crl(const struct stls_pem_reader_block *block,
                              const struct stls_x509_scope *scope)
{
  X509_CRL *crl = X509_CRL_new_ex(scope->libctx, scope->propq);
  BIO *bio = stls_x509_pem_open(block);
  bool done = crl != NULL && bio != NULL &&
              PEM_read_bio_X509_CRL(bio, &crl, stls_x509_pem_no_passphrase,
                                    NULL) != NULL;

  BIO_free(bio);
  if (done) return crl;
  X509_CRL_free(crl);
  return NULL;
}

/* The same for DER. Advances *at behind the item. */
static bool add_der_item(const uint8_t **at, long len,
                         const struct stls_x509_scope *scope,
                         stls_trust_kind kind, struct stls_trust_batch *batch,
                         bool *out_read, bool *out_delta)
{
  bool added = false;

  *out_delta = false;
  if (kind == STLS_TRUST_CRLS) {
    X509_CRL *crl = X509_CRL_new_ex(scope->libctx, scope->propq);
    *out_read = crl != NULL && d2i_X509_CRL(&crl, at, len) != NULL;
    *out_delta = *out_read && is_delta_crl(crl);
    *out_read = *out_read && !*out_delta && has_readable_extensions(crl);
    added = *out_read && !was_short_of_memory() &&
            sk_X509_CRL_push(batch->crls, crl) > 0;
    if (!added) X509_CRL_free(crl);
  } else {
    X509 *cert = X509_new_ex(scope->libctx, scope->propq);
    *out_read = cert != NULL && d2i_X509(&cert, at, len) != NULL;
    added = *out_read && stls_x509_check_is_intact(cert) &&
            sk_X509_push(batch->certs, cert) > 0;
    if (!added) X509_free(cert);
  }
  return added;
}

static stls_result fail_missing(const struct stls_named_input *text,
                                stls_trust_kind kind, stls_error *err)
{
  const char *noun = "certificate";

  if (kind == STLS_TRUST_CRLS) noun = "CRL";
  if (kind == STLS_TRUST_BOTH) noun = "certificate or CRL";
  return stls_x509_pem_fail_missing(text, noun, err);
}

static int num_items(const struct stls_trust_batch *batch)
{
  return sk_X509_num(batch->certs) + sk_X509_CRL_num(batch->crls);
}

static stls_reason der_fault_reason(const struct stls_named_input *text,
                                    stls_trust_kind kind)
{
  if (stls_pem_reader_finds(text->data, text->len))
    return STLS_REASON_PEM_GIVEN;
  return kind == STLS_TRUST_CRLS ? STLS_REASON_CRL_BROKEN
                                 : STLS_REASON_CERTIFICATE_BROKEN;
}

/* OpenSSL uses a delta CRL as a complete one unless support of deltas is
 * enabled. RFC 5280, 5.2.4: an implementation that does not support the
 * extension must not use the CRL. */
static bool is_delta_crl(const X509_CRL *crl)
{
  return X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0;
}

/* OpenSSL ignores an extension of a CRL that it cannot decode, and so uses the
 * CRL for certificates outside of its scope (RFC 5280, 5.2.4 and 5.2.5). */
static bool has_readable_extensions(const X509_CRL *crl)
{
  int scope_at, number_at, issuer_at;
  ISSUING_DIST_POINT *scope = X509_CRL_get_ext_d2i(
      crl, NID_issuing_distribution_point, &scope_at, NULL);
  ASN1_INTEGER *number =
      X509_CRL_get_ext_d2i(crl, NID_crl_number, &number_at, NULL);
  AUTHORITY_KEYID *issuer =
      X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, &issuer_at, NULL);
  /* -1: the extension is absent; -2: it appears twice. */
  bool all = (scope != NULL || scope_at == -1) &&
             (number != NULL || number_at == -1) &&
             (issuer != NULL || issuer_at == -1);

  ISSUING_DIST_POINT_free(scope);
  ASN1_INTEGER_free(number);
  AUTHORITY_KEYID_free(issuer);
  return all;
}

/* When memory is short, OpenSSL also ignores the extension, and only the error
 * queue says so. */
static bool was_short_of_memory(void)
{
  bool was_short;

  stls_error_queue_drain(&was_short);
  return was_short;
}

static bool is_last_intact(const STACK_OF(X509) * certs)
{
  return stls_x509_check_is_intact(
      sk_X509_value(certs, sk_X509_num(certs) - 1));
}
