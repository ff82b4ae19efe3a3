/* SPDX-License-Identifier: MIT */
/* credential_pkcs12: loads a credential from PKCS #12 (RFC 7292). */
#include "x509/credential_pkcs12.h"

#include <limits.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/sized_struct.h"
#include "util/file.h"
#include "util/pkcs8.h"
#include "x509/pkcs12_contents.h"
#include "x509/x509_der.h"

/* The state of reading a file with one encoding of the passphrase. */
struct attempt {
  struct stls_pkcs12_opening opening;
  const char *alias;
  struct stls_pkcs12_contents bags;
  /* The bag of the selected key, borrowed from `bags`. */
  const stls_pkcs12_safe_bag *key_bag;
  struct stls_credential_parts *parts;
  stls_error *err;
};

STLS_SIZED_STRUCT(layout, stls_pkcs12_source,
                  STLS_SIZED_END(stls_pkcs12_source, file),
                  STLS_SIZED_END(stls_pkcs12_source, data),
                  STLS_SIZED_END(stls_pkcs12_source, len),
                  STLS_SIZED_END(stls_pkcs12_source, alias),
                  STLS_SIZED_END(stls_pkcs12_source, passphrase));

static stls_result read_source(const stls_pkcs12_source *given,
                               stls_pkcs12_source *source, stls_error *err);
static stls_result load(const struct stls_named_input *file,
                        const stls_pkcs12_source *source, OSSL_LIB_CTX *libctx,
                        const char *propq, stls_credential **out_credential,
                        stls_error *err);
static stls_result check_complete(const struct stls_credential_parts *parts,
                                  stls_error *err);
static PKCS12 *decode(const struct stls_named_input *file,
                      const struct stls_x509_scope *scope);
static stls_result fail_decode(const struct stls_named_input *file,
                               stls_error *err);
static stls_result read_twice(struct attempt *attempt, const PKCS12 *p12,
                              stls_error *err);
static stls_result read_once(struct attempt *attempt, const PKCS12 *p12);
static stls_result choose_key(struct attempt *attempt);
static const stls_pkcs12_safe_bag *find_alias(const struct attempt *attempt);
static stls_result fail_alias(const struct attempt *attempt);
static stls_result add_certs(struct attempt *attempt);
static stls_result add_cert(struct attempt *attempt,
                            const stls_pkcs12_safe_bag *bag);
static stls_result put_leaf_first(struct attempt *attempt);
static stls_result open_key(struct attempt *attempt);

stls_result stls_credential_new_pkcs12(const void *data, size_t len,
                                       const stls_passphrase *passphrase,
                                       OSSL_LIB_CTX *libctx, const char *propq,
                                       stls_credential **out_credential,
                                       stls_error *err)
{
  stls_pkcs12_source source = STLS_PKCS12_SOURCE_INIT;

  if (data == NULL) return stls_error_null(err, "data");
  source.data = data;
  source.len = len;
  source.passphrase = passphrase;
  return stls_credential_new_pkcs12_from(&source, libctx, propq, out_credential,
                                         err);
}

stls_result stls_credential_new_pkcs12_file(
    const char *path, const stls_passphrase *passphrase, OSSL_LIB_CTX *libctx,
    const char *propq, stls_credential **out_credential, stls_error *err)
{
  stls_pkcs12_source source = STLS_PKCS12_SOURCE_INIT;

  if (path == NULL) return stls_error_null(err, "path");
  source.file = path;
  source.passphrase = passphrase;
  return stls_credential_new_pkcs12_from(&source, libctx, propq, out_credential,
                                         err);
}

stls_result stls_credential_new_pkcs12_from(const stls_pkcs12_source *source,
                                            OSSL_LIB_CTX *libctx,
                                            const char *propq,
                                            stls_credential **out_credential,
                                            stls_error *err)
{
  struct stls_named_input file = {"pkcs12", NULL, 0};
  stls_pkcs12_source own = STLS_PKCS12_SOURCE_INIT;
  stls_result result = read_source(source, &own, err);
  uint8_t *data = NULL;

  if (result != STLS_OK) return result;
  if (out_credential == NULL) return stls_error_null(err, "out_credential");
  file.data = own.data;
  file.len = own.len;
  if (own.file != NULL) {
    result = stls_file_read(own.file, &data, &file.len, err);
    if (result != STLS_OK) return result;
    file.name = own.file;
    file.data = data;
  }
  result = load(&file, &own, libctx, propq, out_credential, err);
  stls_mem_free_clear(data, file.len);
  return result;
}

stls_result stls_credential_pkcs12_read(const struct stls_named_input *file,
                                        const char *alias,
                                        const struct stls_x509_scope *scope,
                                        struct stls_passphrase_prompt *prompt,
                                        struct stls_credential_parts *parts,
                                        stls_error *err)
{
  struct attempt attempt = {.opening = {file->name, scope, prompt, false},
                            .alias = alias,
                            .parts = parts};
  PKCS12 *p12 = decode(file, scope);
  stls_result result =
      p12 == NULL ? fail_decode(file, err) : read_twice(&attempt, p12, err);

  PKCS12_free(p12);
  return result;
}

static stls_result read_source(const stls_pkcs12_source *given,
                               stls_pkcs12_source *source, stls_error *err)
{
  stls_result result =
      stls_sized_struct_read(&layout, given, "source", source, err);

  if (result != STLS_OK) return result;
  if ((source->file != NULL) == (source->data != NULL))
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                           "give one of file and data");
  return stls_passphrase_check(source->passphrase, err);
}

static stls_result load(const struct stls_named_input *file,
                        const stls_pkcs12_source *source, OSSL_LIB_CTX *libctx,
                        const char *propq, stls_credential **out_credential,
                        stls_error *err)
{
  const struct stls_x509_scope scope = {libctx, propq};
  struct stls_credential_parts parts = {NULL, NULL, {file->name, file->name}};
  struct stls_passphrase_prompt prompt;
  stls_error_queue_guard guard;
  stls_result result;

  stls_error_queue_enter(&guard);
  stls_passphrase_begin(&prompt, source->passphrase);
  result = stls_credential_pkcs12_read(file, source->alias, &scope, &prompt,
                                       &parts, err);
  if (result == STLS_OK) result = check_complete(&parts, err);
  if (result == STLS_OK)
    result =
        stls_chain_order_arrange(&parts.certs, parts.key, &parts.names, err);
  if (result == STLS_OK)
    result = stls_credential_make(&parts, out_credential, err);
  stls_credential_parts_free(&parts);
  stls_passphrase_end(&prompt);
  stls_error_queue_leave(&guard);
  return result;
}

static stls_result check_complete(const struct stls_credential_parts *parts,
                                  stls_error *err)
{
  if (parts->key == NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_PRIVATE_KEY,
                           "%s: it does not contain a private key",
                           parts->names.key);
  if (sk_X509_num(parts->certs) == 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_CERTIFICATE,
                           "%s: it does not contain a certificate",
                           parts->names.chain);
  return STLS_OK;
}

/* Decoding into an existing structure keeps its library context. */
static PKCS12 *decode(const struct stls_named_input *file,
                      const struct stls_x509_scope *scope)
{
  PKCS12 *p12 = PKCS12_init_ex(NID_pkcs7_data, scope->libctx, scope->propq);
  const unsigned char *at = file->data;

  if (p12 != NULL && file->len <= INT_MAX &&
      d2i_PKCS12(&p12, &at, (long)file->len) != NULL &&
      at == (const unsigned char *)file->data + file->len)
    return p12;
  PKCS12_free(p12);
  return NULL;
}

static stls_result fail_decode(const struct stls_named_input *file,
                               stls_error *err)
{
  bool is_pem = stls_pem_reader_finds(file->data, file->len);

  return stls_error_fail_openssl(
      err, STLS_ERROR_INPUT,
      is_pem ? STLS_REASON_PEM_GIVEN : STLS_REASON_PKCS12_BROKEN,
      "%s: it is no PKCS #12%s", file->name,
      is_pem ? ": it looks like PEM" : "");
}

static stls_result read_twice(struct attempt *attempt, const PKCS12 *p12,
                              stls_error *err)
{
  const struct stls_passphrase_prompt *prompt = attempt->opening.prompt;
  stls_error found = STLS_ERROR_INIT;
  stls_result result;

  attempt->err = &found;
  result = read_once(attempt, p12);
  if (result == STLS_ERROR_INPUT && prompt->len == 0 &&
      prompt->state != STLS_PASSPHRASE_PROMPT_UNUSED) {
    attempt->opening.as_empty = true;
    stls_error_queue_clear();
    stls_credential_parts_free(attempt->parts);
    result = read_once(attempt, p12);
  }
  if (result != STLS_OK) stls_error_store(err, &found);
  return result;
}

static stls_result read_once(struct attempt *attempt, const PKCS12 *p12)
{
  stls_result result = stls_pkcs12_contents_open(&attempt->opening, p12,
                                                 &attempt->bags, attempt->err);

  attempt->key_bag = NULL;
  if (result == STLS_OK) result = choose_key(attempt);
  if (result == STLS_OK && attempt->key_bag != NULL) result = open_key(attempt);
  if (result == STLS_OK) result = add_certs(attempt);
  if (result == STLS_OK && attempt->key_bag != NULL)
    result = put_leaf_first(attempt);
  stls_pkcs12_contents_free(&attempt->bags);
  return result;
}

static stls_result choose_key(struct attempt *attempt)
{
  bool was_short;

  if (sk_stls_pkcs12_safe_bag_num(attempt->bags.keys) == 0) return STLS_OK;
  attempt->key_bag = attempt->alias == NULL
                         ? sk_stls_pkcs12_safe_bag_value(attempt->bags.keys, 0)
                         : find_alias(attempt);
  /* When memory was short, a bag with the name may have been skipped. */
  stls_error_queue_drain(&was_short);
  if (was_short) return stls_error_memory(attempt->err);
  return attempt->key_bag != NULL ? STLS_OK : fail_alias(attempt);
}

/* Windows sets the friendlyName of a key to its container, and that of the
 * certificate to the name that users see. */
static const stls_pkcs12_safe_bag *find_alias(const struct attempt *attempt)
{
  const STACK_OF(stls_pkcs12_safe_bag) *keys = attempt->bags.keys;
  const STACK_OF(stls_pkcs12_safe_bag) *certs = attempt->bags.certs;

  for (int i = 0; i < sk_stls_pkcs12_safe_bag_num(keys); i++)
    if (stls_pkcs12_safe_bag_has_alias(sk_stls_pkcs12_safe_bag_value(keys, i),
                                       attempt->alias))
      return sk_stls_pkcs12_safe_bag_value(keys, i);
  for (int i = 0; i < sk_stls_pkcs12_safe_bag_num(certs); i++) {
    const stls_pkcs12_safe_bag *cert = sk_stls_pkcs12_safe_bag_value(certs, i);
    if (!stls_pkcs12_safe_bag_has_alias(cert, attempt->alias)) continue;
    for (int j = 0; j < sk_stls_pkcs12_safe_bag_num(keys); j++)
      if (stls_pkcs12_safe_bag_same_id(sk_stls_pkcs12_safe_bag_value(keys, j),
                                       cert))
        return sk_stls_pkcs12_safe_bag_value(keys, j);
  }
  return NULL;
}

static stls_result fail_alias(const struct attempt *attempt)
{
  return stls_error_fail(
      attempt->err, STLS_ERROR_INPUT, STLS_REASON_NO_PRIVATE_KEY,
      "%s: none of its private keys (%d) has the alias \"%.100s\"",
      attempt->opening.name, sk_stls_pkcs12_safe_bag_num(attempt->bags.keys),
      attempt->alias);
}

static stls_result add_certs(struct attempt *attempt)
{
  const STACK_OF(stls_pkcs12_safe_bag) *bags = attempt->bags.certs;
  stls_result result = STLS_OK;

  attempt->parts->certs = sk_X509_new_null();
  if (attempt->parts->certs == NULL) return stls_error_memory(attempt->err);
  for (int i = 0; result == STLS_OK && i < sk_stls_pkcs12_safe_bag_num(bags);
       i++)
    result = add_cert(attempt, sk_stls_pkcs12_safe_bag_value(bags, i));
  return result;
}

static stls_result add_cert(struct attempt *attempt,
                            const stls_pkcs12_safe_bag *bag)
{
  ASN1_TYPE *owner = NULL;
  struct stls_der_reader_span der;
  X509 *cert = NULL;

  if (stls_pkcs12_safe_bag_cert(bag, &owner, &der) && owner != NULL)
    cert = stls_x509_der_cert(der.data, der.len, attempt->opening.scope);
  ASN1_TYPE_free(owner);
  if (cert != NULL && sk_X509_push(attempt->parts->certs, cert) > 0)
    return STLS_OK;
  X509_free(cert);
  return stls_error_fail_openssl(attempt->err, STLS_ERROR_INPUT,
                                 STLS_REASON_CERTIFICATE_BROKEN,
                                 "%s: certificate %d", attempt->opening.name,
                                 sk_X509_num(attempt->parts->certs) + 1);
}

/* When several certificates belong to the key, the one with the localKeyID of
 * the key is the leaf: the writer has assigned it to the key. */
static stls_result put_leaf_first(struct attempt *attempt)
{
  STACK_OF(X509) *certs = attempt->parts->certs;
  bool was_short;
  X509 *leaf;
  int at = -1;

  for (int i = 0; at < 0 && i < sk_X509_num(certs); i++)
    if (stls_pkcs12_safe_bag_same_id(
            sk_stls_pkcs12_safe_bag_value(attempt->bags.certs, i),
            attempt->key_bag) &&
        EVP_PKEY_eq(X509_get0_pubkey(sk_X509_value(certs, i)),
                    attempt->parts->key) == 1)
      at = i;
  /* When memory was short, the leaf may have been skipped. */
  stls_error_queue_drain(&was_short);
  if (was_short) return stls_error_memory(attempt->err);
  if (at <= 0) return STLS_OK;
  leaf = sk_X509_delete(certs, at);
  if (sk_X509_unshift(certs, leaf) > 0) return STLS_OK;
  X509_free(leaf);
  return stls_error_memory(attempt->err);
}

static stls_result open_key(struct attempt *attempt)
{
  const struct stls_x509_scope *scope = attempt->opening.scope;
  X509_SIG *locked = stls_pkcs12_safe_bag_locked_key(attempt->key_bag);
  stls_pkcs8_fault fault = STLS_PKCS8_UNREADABLE;
  stls_result result = STLS_OK;
  struct stls_der_reader_span open;
  EVP_PKEY *key = NULL;
  char where[300];
  const char *text;
  int len;

  if (stls_pkcs12_safe_bag_key(attempt->key_bag, &open))
    key = stls_pkcs8_decode(open.data, open.len, scope->libctx, scope->propq,
                            &fault);
  else if (locked != NULL &&
           stls_pkcs12_contents_passphrase(&attempt->opening, &text, &len))
    key = stls_pkcs8_decrypt(locked, text, len, scope->libctx, scope->propq,
                             &fault);
  attempt->parts->key = key;
  snprintf(where, sizeof where, "%.200s: private key", attempt->opening.name);
  if (key == NULL)
    result = stls_pkcs8_explain(fault, locked, attempt->opening.prompt, where,
                                attempt->err);
  X509_SIG_free(locked);
  return result;
}
