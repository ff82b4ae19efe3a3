/* SPDX-License-Identifier: MIT */
/* credential_file: reads certificates and keys from a file of any supported
 * format. */
#include "x509/credential_file.h"

#include <openssl/asn1.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "util/der_reader.h"
#include "x509/credential_pkcs12.h"
#include "x509/pkcs7_bundle.h"
#include "x509/private_key_pem.h"
#include "x509/x509_der.h"
#include "x509/x509_stack.h"

typedef enum der_form {
  FORM_UNKNOWN,
  FORM_CERTS,
  FORM_KEY,
  FORM_PKCS12
} der_form;

static stls_result read_pem(const struct stls_named_input *file,
                            stls_credential_file_kind kind,
                            const struct stls_x509_scope *scope,
                            struct stls_passphrase_prompt *prompt,
                            struct stls_credential_parts *parts,
                            stls_error *err);
static stls_result read_pkcs12(const struct stls_named_input *file,
                               stls_credential_file_kind kind,
                               const struct stls_x509_scope *scope,
                               struct stls_passphrase_prompt *prompt,
                               struct stls_credential_parts *parts,
                               stls_error *err);
static stls_result move_all(STACK_OF(X509) * from, STACK_OF(X509) * to,
                            stls_error *err);
static der_form form_of(const struct stls_named_input *file);

stls_result stls_credential_file_read(const struct stls_named_input *file,
                                      stls_credential_file_kind kind,
                                      const struct stls_x509_scope *scope,
                                      struct stls_passphrase_prompt *prompt,
                                      struct stls_credential_parts *parts,
                                      bool *out_known, stls_error *err)
{
  STACK_OF(X509) *certs = NULL;
  stls_result result = STLS_OK;
  der_form form;

  *out_known = true;
  if (stls_pem_reader_finds(file->data, file->len))
    return read_pem(file, kind, scope, prompt, parts, err);
  form = form_of(file);
  stls_error_queue_clear();
  if (form == FORM_PKCS12)
    return read_pkcs12(file, kind, scope, prompt, parts, err);
  if (form == FORM_CERTS && (kind & STLS_CREDENTIAL_FILE_CERTS) != 0) {
    result = stls_x509_der_certs(file, scope, &certs, err);
    return result == STLS_OK ? move_all(certs, parts->certs, err) : result;
  }
  if (form == FORM_KEY && (kind & STLS_CREDENTIAL_FILE_KEY) != 0)
    return stls_x509_der_key(file, scope, prompt, &parts->key, err);
  *out_known = form != FORM_UNKNOWN;
  return result;
}

static stls_result read_pem(const struct stls_named_input *file,
                            stls_credential_file_kind kind,
                            const struct stls_x509_scope *scope,
                            struct stls_passphrase_prompt *prompt,
                            struct stls_credential_parts *parts,
                            stls_error *err)
{
  bool has_certs = false, has_key = false;
  STACK_OF(X509) *certs = NULL;
  stls_result result = STLS_OK;
  struct stls_pem_reader_walk walk;
  struct stls_pem_reader_block block;
  stls_pem_reader_step step;

  stls_pem_reader_walk_init(&walk, file->data, file->len);
  while ((step = stls_pem_reader_next(&walk, &block)) ==
         STLS_PEM_READER_BLOCK) {
    if (stls_x509_pem_is_cert(&block) || stls_pkcs7_bundle_is_block(&block))
      has_certs = true;
    if (stls_private_key_pem_is_block(&block)) has_key = true;
  }
  if (step == STLS_PEM_READER_FAULT)
    return stls_x509_pem_fail_block(file, &block, err);
  if (has_key && (kind & STLS_CREDENTIAL_FILE_KEY) != 0)
    result = stls_private_key_pem_read(file, scope, prompt, &parts->key, err);
  if (result != STLS_OK || !has_certs ||
      (kind & STLS_CREDENTIAL_FILE_CERTS) == 0)
    return result;
  result = stls_x509_pem_certs(file, scope, &certs, err);
  return result == STLS_OK ? move_all(certs, parts->certs, err) : result;
}

static stls_result read_pkcs12(const struct stls_named_input *file,
                               stls_credential_file_kind kind,
                               const struct stls_x509_scope *scope,
                               struct stls_passphrase_prompt *prompt,
                               struct stls_credential_parts *parts,
                               stls_error *err)
{
  struct stls_credential_parts found = {NULL, NULL, parts->names};
  stls_result result =
      stls_credential_pkcs12_read(file, NULL, scope, prompt, &found, err);

  if (result == STLS_OK && (kind & STLS_CREDENTIAL_FILE_CERTS) != 0) {
    result = move_all(found.certs, parts->certs, err);
    found.certs = NULL;
  }
  if (result == STLS_OK && (kind & STLS_CREDENTIAL_FILE_KEY) != 0) {
    parts->key = found.key;
    found.key = NULL;
  }
  stls_credential_parts_free(&found);
  return result;
}

/* Frees `from`. */
static stls_result move_all(STACK_OF(X509) * from, STACK_OF(X509) * to,
                            stls_error *err)
{
  stls_result result = STLS_OK;

  while (result == STLS_OK && sk_X509_num(from) > 0) {
    X509 *cert = sk_X509_shift(from);
    if (sk_X509_push(to, cert) > 0) continue;
    X509_free(cert);
    result = stls_error_memory(err);
  }
  stls_x509_stack_free(from);
  return result;
}

/* The format follows from the first element of the outermost SEQUENCE: PKCS #12
 * has version 3 (RFC 7292, 4), private keys have version 0 or 1. Certificates
 * and encrypted keys (RFC 5958, 3) begin with a SEQUENCE, which in encrypted
 * keys is followed by an OCTET STRING. */
static der_form form_of(const struct stls_named_input *file)
{
  struct stls_der_reader_span rest = {file->data, file->len}, in, version;

  if (stls_pkcs7_bundle_is_der(file->data, file->len)) return FORM_CERTS;
  if (!stls_der_reader_take(&rest, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, NULL,
                            &in))
    return FORM_UNKNOWN;
  if (stls_der_reader_take(&in, V_ASN1_INTEGER, V_ASN1_UNIVERSAL, NULL,
                           &version)) {
    if (version.len != 1) return FORM_UNKNOWN;
    if (version.data[0] == 3) return FORM_PKCS12;
    return version.data[0] <= 1 ? FORM_KEY : FORM_UNKNOWN;
  }
  if (!stls_der_reader_take(&in, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, NULL, NULL))
    return FORM_UNKNOWN;
  if (stls_der_reader_take(&in, V_ASN1_OCTET_STRING, V_ASN1_UNIVERSAL, NULL,
                           NULL))
    return FORM_KEY;
  return FORM_CERTS;
}
