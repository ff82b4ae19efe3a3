/* SPDX-License-Identifier: MIT */
/* trust_load: adds certificates and CRLs from memory and files to a trust
 * set. */
#include "base/error.h"
#include "base/error_queue.h"
#include "util/file.h"
#include "verify/trust_parse.h"
#include "verify/trust_store.h"

typedef stls_result (*reader)(const struct stls_named_input *text,
                              const struct stls_x509_scope *scope,
                              struct stls_trust_batch *batch, stls_error *err);

static stls_result add_memory(stls_trust *trust, const char *name,
                              const void *data, size_t len, reader read,
                              stls_error *err);
static stls_result add_file(stls_trust *trust, const char *path, reader read,
                            stls_error *err);
static stls_result add_text(stls_trust *trust,
                            const struct stls_named_input *text, reader read,
                            stls_error *err);
static stls_result read_pem(const struct stls_named_input *text,
                            const struct stls_x509_scope *scope,
                            struct stls_trust_batch *batch, stls_error *err);
static stls_result read_der(const struct stls_named_input *text,
                            const struct stls_x509_scope *scope,
                            struct stls_trust_batch *batch, stls_error *err);

stls_result stls_trust_add_pem(stls_trust *trust, const void *pem,
                               size_t pem_len, stls_error *err)
{
  return add_memory(trust, "pem", pem, pem_len, read_pem, err);
}

stls_result stls_trust_add_der(stls_trust *trust, const void *der,
                               size_t der_len, stls_error *err)
{
  return add_memory(trust, "der", der, der_len, read_der, err);
}

stls_result stls_trust_add_crl(stls_trust *trust, const void *crl,
                               size_t crl_len, stls_error *err)
{
  return add_memory(trust, "crl", crl, crl_len, stls_trust_parse_crls, err);
}

stls_result stls_trust_add_file(stls_trust *trust, const char *path,
                                stls_error *err)
{
  return add_file(trust, path, read_pem, err);
}

stls_result stls_trust_add_crl_file(stls_trust *trust, const char *path,
                                    stls_error *err)
{
  return add_file(trust, path, stls_trust_parse_crls, err);
}

static stls_result add_memory(stls_trust *trust, const char *name,
                              const void *data, size_t len, reader read,
                              stls_error *err)
{
  const struct stls_named_input text = {name, data, len};

  if (trust == NULL) return stls_error_null(err, "trust");
  if (data == NULL && len > 0) return stls_error_null(err, name);
  return add_text(trust, &text, read, err);
}

static stls_result add_file(stls_trust *trust, const char *path, reader read,
                            stls_error *err)
{
  struct stls_named_input text = {path, NULL, 0};
  uint8_t *data;
  stls_result result;

  if (trust == NULL) return stls_error_null(err, "trust");
  if (path == NULL) return stls_error_null(err, "path");
  result = stls_file_read(path, &data, &text.len, err);
  if (result != STLS_OK) return result;
  text.data = data;
  result = add_text(trust, &text, read, err);
  stls_mem_free(data);
  return result;
}

/* All items are parsed before the first is added. */
static stls_result add_text(stls_trust *trust,
                            const struct stls_named_input *text, reader read,
                            stls_error *err)
{
  struct stls_trust_batch batch;
  stls_error_queue_guard guard;
  stls_result result;

  stls_error_queue_enter(&guard);
  result = stls_trust_store_batch_init(&batch)
               ? read(text, &trust->scope, &batch, err)
               : stls_error_memory(err);
  if (result == STLS_OK) result = stls_trust_store_add(trust, &batch, err);
  stls_trust_store_batch_free(&batch);
  stls_error_queue_leave(&guard);
  return result;
}

static stls_result read_pem(const struct stls_named_input *text,
                            const struct stls_x509_scope *scope,
                            struct stls_trust_batch *batch, stls_error *err)
{
  return stls_trust_parse_pem(text, scope, STLS_TRUST_BOTH, batch, err);
}

static stls_result read_der(const struct stls_named_input *text,
                            const struct stls_x509_scope *scope,
                            struct stls_trust_batch *batch, stls_error *err)
{
  return stls_trust_parse_der(text, scope, STLS_TRUST_CERTS, batch, err);
}
