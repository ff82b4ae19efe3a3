/* SPDX-License-Identifier: MIT */
/* credential_pem: loads a credential from PEM files or PEM in memory. */
#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/sized_struct.h"
#include "util/file.h"
#include "util/passphrase.h"
#include "x509/credential.h"
#include "x509/pkcs7_bundle.h"
#include "x509/private_key_pem.h"
#include "x509/x509_pem.h"

/* A PEM text. One that was read from a file is owned, and wiped when it is
 * freed. */
struct pem_text {
  struct stls_named_input text;
  uint8_t *owned;
};

STLS_SIZED_STRUCT(layout, stls_pem_source,
                  STLS_SIZED_END(stls_pem_source, chain_file),
                  STLS_SIZED_END(stls_pem_source, chain),
                  STLS_SIZED_END(stls_pem_source, chain_len),
                  STLS_SIZED_END(stls_pem_source, key_file),
                  STLS_SIZED_END(stls_pem_source, key),
                  STLS_SIZED_END(stls_pem_source, key_len),
                  STLS_SIZED_END(stls_pem_source, passphrase));

static stls_result read_source(const stls_pem_source *given,
                               stls_pem_source *source, stls_error *err);
static stls_result load_text(const char *file, const void *data, size_t len,
                             const char *name, struct pem_text *out,
                             stls_error *err);
static void free_text(struct pem_text *pem_text);
static stls_result parse(const struct pem_text *chain,
                         const struct pem_text *key,
                         const struct stls_x509_scope *scope,
                         const stls_passphrase *passphrase,
                         stls_credential **out, stls_error *err);

stls_result stls_credential_new_pem(const stls_pem_source *source,
                                    OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_credential **out_credential,
                                    stls_error *err)
{
  const struct stls_x509_scope scope = {libctx, propq};
  struct pem_text chain = {{NULL, NULL, 0}, NULL};
  struct pem_text key = {{NULL, NULL, 0}, NULL};
  stls_pem_source own = STLS_PEM_SOURCE_INIT;
  stls_error_queue_guard guard;
  stls_result result;

  stls_error_queue_enter(&guard);
  result = read_source(source, &own, err);
  if (result == STLS_OK && out_credential == NULL)
    result = stls_error_null(err, "out_credential");
  if (result == STLS_OK)
    result = load_text(own.chain_file, own.chain, own.chain_len, "chain",
                       &chain, err);
  if (result == STLS_OK && (own.key_file != NULL || own.key != NULL))
    result = load_text(own.key_file, own.key, own.key_len, "key", &key, err);
  if (result == STLS_OK)
    result = parse(&chain, key.text.name != NULL ? &key : &chain, &scope,
                   own.passphrase, out_credential, err);
  free_text(&chain);
  free_text(&key);
  stls_error_queue_leave(&guard);
  return result;
}

static stls_result read_source(const stls_pem_source *given,
                               stls_pem_source *source, stls_error *err)
{
  stls_result result =
      stls_sized_struct_read(&layout, given, "source", source, err);

  if (result != STLS_OK) return result;
  if ((source->chain_file != NULL) == (source->chain != NULL))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "give one of chain_file and chain");
  if (source->key_file != NULL && source->key != NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "give one of key_file and key");
  return stls_passphrase_check(source->passphrase, err);
}

static stls_result load_text(const char *file, const void *data, size_t len,
                             const char *name, struct pem_text *out,
                             stls_error *err)
{
  stls_result result;

  if (file == NULL) {
    out->text = (struct stls_named_input){name, data, len};
    return STLS_OK;
  }
  result = stls_file_read(file, &out->owned, &len, err);
  if (result == STLS_OK)
    out->text = (struct stls_named_input){file, out->owned, len};
  return result;
}

static void free_text(struct pem_text *pem_text)
{
  stls_mem_free_clear(pem_text->owned, pem_text->text.len);
}

static stls_result parse(const struct pem_text *chain,
                         const struct pem_text *key,
                         const struct stls_x509_scope *scope,
                         const stls_passphrase *passphrase,
                         stls_credential **out, stls_error *err)
{
  struct stls_credential_parts parts = {
      NULL, NULL, {chain->text.name, key->text.name}};
  struct stls_passphrase_prompt prompt;
  stls_result result;

  stls_passphrase_begin(&prompt, passphrase);
  result = stls_x509_pem_certs(&chain->text, scope, &parts.certs, err);
  if (result == STLS_OK)
    result =
        stls_private_key_pem_read(&key->text, scope, &prompt, &parts.key, err);
  if (result == STLS_OK &&
      stls_pkcs7_bundle_is_in_text(chain->text.data, chain->text.len))
    result =
        stls_chain_order_arrange(&parts.certs, parts.key, &parts.names, err);
  if (result == STLS_OK) result = stls_credential_make(&parts, out, err);
  stls_credential_parts_free(&parts);
  stls_passphrase_end(&prompt);
  return result;
}
