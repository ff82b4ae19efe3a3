/* SPDX-License-Identifier: MIT */
/* dh_params: sets a server's finite-field Diffie-Hellman group. */
#include <openssl/decoder.h>
#include <openssl/pem.h>

#include <sanstls/ciphers.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "context/setter.h"
#include "util/file.h"
#include "util/pem_reader.h"
#include "x509/x509_der.h"

static stls_result set(stls_context *context,
                       const struct stls_named_input *text, stls_error *err);
static void clear(stls_context *context);
static int allow_all(const SSL *ssl, const SSL_CTX *ssl_ctx, int op, int bits,
                     int nid, void *other, void *ex);
static stls_result find(const struct stls_named_input *text,
                        struct stls_pem_reader_block *block,
                        const char **out_format, stls_error *err);
static bool is_params(const struct stls_pem_reader_block *block);
static EVP_PKEY *decode(const struct stls_pem_reader_block *block,
                        const char *format, const stls_context *context);
static stls_result explain(const struct stls_named_input *text, size_t line,
                           stls_error *err);

stls_result stls_context_set_dh_params(stls_context *context, const void *data,
                                       size_t len, stls_error *err)
{
  const struct stls_named_input text = {"dh_params", data, len};
  stls_result result = stls_setter_begin(context, STLS_SERVER, err);

  if (result != STLS_OK) return result;
  if (data == NULL && len > 0) return stls_error_null(err, "data");
  if (data != NULL) return set(context, &text, err);
  clear(context);
  return STLS_OK;
}

stls_result stls_context_set_dh_params_file(stls_context *context,
                                            const char *path, stls_error *err)
{
  struct stls_named_input text = {path, NULL, 0};
  stls_result result = stls_setter_begin(context, STLS_SERVER, err);
  uint8_t *data;

  if (result != STLS_OK) return result;
  if (path == NULL) return stls_error_null(err, "path");
  result = stls_file_read(path, &data, &text.len, err);
  if (result != STLS_OK) return result;
  text.data = data;
  result = set(context, &text, err);
  stls_mem_free(data);
  return result;
}

bool stls_context_has_dh_params(const stls_context *context)
{
  return context != NULL && context->dh_params.is_set;
}

static stls_result set(stls_context *context,
                       const struct stls_named_input *text, stls_error *err)
{
  struct stls_pem_reader_block block;
  unsigned char digest[STLS_SHA256_LEN];
  EVP_PKEY *params = NULL;
  stls_error_queue_guard guard;
  const char *format;
  stls_result result;

  stls_error_queue_enter(&guard);
  result = find(text, &block, &format, err);
  if (result == STLS_OK &&
      !stls_sha256_with(context->sha256, block.data, block.len, digest))
    result = stls_error_memory(err);
  if (result == STLS_OK) params = decode(&block, format, context);
  if (result == STLS_OK &&
      (params == NULL ||
       SSL_CTX_set0_tmp_dh_pkey(context->ssl_ctx, params) != 1)) {
    EVP_PKEY_free(params);
    result = explain(text, block.line, err);
  }
  if (result == STLS_OK) {
    memcpy(context->dh_params.digest, digest, STLS_SHA256_LEN);
    context->dh_params.is_set = true;
  }
  stls_error_queue_leave(&guard);
  return result;
}

/* To libssl NULL is a group of 0 bits, which each security level refuses: the
 * security callback, its only check, is replaced meanwhile. */
static void clear(stls_context *context)
{
  int (*callback)(const SSL *, const SSL_CTX *, int, int, int, void *, void *) =
      SSL_CTX_get_security_callback(context->ssl_ctx);
  stls_error_queue_guard guard;

  stls_error_queue_enter(&guard);
  SSL_CTX_set_security_callback(context->ssl_ctx, allow_all);
  SSL_CTX_set0_tmp_dh_pkey(context->ssl_ctx, NULL);
  SSL_CTX_set_security_callback(context->ssl_ctx, callback);
  stls_error_queue_leave(&guard);
  context->dh_params.is_set = false;
}

static int allow_all(const SSL *ssl, const SSL_CTX *ssl_ctx, int op, int bits,
                     int nid, void *other, void *ex)
{
  (void)ssl;
  (void)ssl_ctx;
  (void)op;
  (void)bits;
  (void)nid;
  (void)other;
  (void)ex;
  return 1;
}

/* Finds the first PEM block of DH parameters, or takes the whole text as DER,
 * with line 0. */
static stls_result find(const struct stls_named_input *text,
                        struct stls_pem_reader_block *block,
                        const char **out_format, stls_error *err)
{
  struct stls_pem_reader_walk walk;
  stls_pem_reader_step step;
  size_t len;

  *out_format = "PEM";
  stls_pem_reader_walk_init(&walk, text->data, text->len);
  while ((step = stls_pem_reader_next(&walk, block)) == STLS_PEM_READER_BLOCK)
    if (is_params(block)) return STLS_OK;
  if (step == STLS_PEM_READER_FAULT)
    return stls_x509_pem_fail_block(text, block, err);
  *block = (struct stls_pem_reader_block){
      text->data, text->len, NULL, 0, 0, STLS_PEM_READER_OK};
  *out_format = "DER";
  if (stls_x509_der_measure(text->data, text->len, &len) && len == text->len)
    return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_PEM_BLOCK,
                         "%s: no start line: it does not contain DH parameters",
                         text->name);
}

static bool is_params(const struct stls_pem_reader_block *block)
{
  return stls_pem_reader_is(block, PEM_STRING_DHPARAMS) ||
         stls_pem_reader_is(block, PEM_STRING_DHXPARAMS);
}

/* A decoder without a passphrase callback never prompts;
 * PEM_read_bio_Parameters prompts on the terminal. */
static EVP_PKEY *decode(const struct stls_pem_reader_block *block,
                        const char *format, const stls_context *context)
{
  static const char *const types[] = {"DH", "DHX"};
  EVP_PKEY *params = NULL;

  for (size_t i = 0; params == NULL && i < sizeof types / sizeof types[0];
       i++) {
    const unsigned char *at = block->data;
    size_t len = block->len;
    OSSL_DECODER_CTX *decoder = OSSL_DECODER_CTX_new_for_pkey(
        &params, format, NULL, types[i], OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS,
        context->libctx, context->propq);
    if (decoder != NULL) OSSL_DECODER_from_data(decoder, &at, &len);
    OSSL_DECODER_CTX_free(decoder);
  }
  return params;
}

static stls_result explain(const struct stls_named_input *text, size_t line,
                           stls_error *err)
{
  if (line == 0)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_PARAMETERS_BROKEN,
                                   "%s: DH parameters", text->name);
  return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                 STLS_REASON_PARAMETERS_BROKEN,
                                 "%s:%zu: DH parameters", text->name, line);
}
