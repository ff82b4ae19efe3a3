/* SPDX-License-Identifier: MIT */
/* credential_uri: loads a credential from a URI, through OSSL_STORE or a
 * file. */
#include <openssl/crypto.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "util/file.h"
#include "util/passphrase.h"
#include "x509/credential.h"
#include "x509/credential_file.h"
#include "x509/x509_pem.h"

/* The length of a URI in an error message is limited to this. */
#define NAME_CAP 200

struct request {
  OSSL_LIB_CTX *libctx;
  const char *propq;
  UI_METHOD *ui;
  struct stls_passphrase_prompt *prompt;
  struct stls_credential_parts *parts;
};

static void set_name(char *out, const char *uri);
static stls_result fetch(struct request *request, const char *chain_uri,
                         const char *key_uri, stls_error *err);
static stls_result fetch_chain(struct request *request, const char *uri,
                               stls_error *err);
static stls_result fetch_one(struct request *request, const char *uri,
                             const char *name, stls_credential_file_kind kind,
                             stls_error *err);
static stls_result fetch_file(struct request *request, const char *uri,
                              const char *name, stls_credential_file_kind kind,
                              bool *out_done, stls_error *err);
static const char *path_of(const char *uri);
static stls_result fetch_store(struct request *request, const char *uri,
                               const char *name, int expected, stls_error *err);
static stls_result load_all(struct request *request, OSSL_STORE_CTX *store,
                            const char *name, stls_error *err);
static stls_result check_load_error(const struct stls_passphrase_prompt *prompt,
                                    OSSL_STORE_CTX *store, const char *name,
                                    stls_error *err);
static stls_result add_object(struct stls_credential_parts *parts,
                              const OSSL_STORE_INFO *info, stls_error *err);
static stls_result check_complete(const struct stls_credential_parts *parts,
                                  stls_error *err);

stls_result stls_credential_new_uri(const char *chain_uri, const char *key_uri,
                                    const stls_passphrase *passphrase,
                                    OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_credential **out_credential,
                                    stls_error *err)
{
  char chain_name[NAME_CAP], key_name[NAME_CAP];
  struct stls_credential_parts parts = {NULL, NULL, {chain_name, key_name}};
  struct stls_passphrase_prompt prompt;
  struct request request = {libctx, propq, NULL, &prompt, &parts};
  stls_result result = stls_passphrase_check(passphrase, err);
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  if (chain_uri == NULL) return stls_error_null(err, "chain_uri");
  if (out_credential == NULL) return stls_error_null(err, "out_credential");
  set_name(chain_name, chain_uri);
  set_name(key_name, key_uri == NULL ? chain_uri : key_uri);
  stls_error_queue_enter(&guard);
  stls_passphrase_begin(&prompt, passphrase);
  request.ui = UI_UTIL_wrap_read_pem_callback(stls_passphrase_pem_callback, 0);
  parts.certs = sk_X509_new_null();
  result = request.ui == NULL || parts.certs == NULL
               ? stls_error_memory(err)
               : fetch(&request, chain_uri, key_uri, err);
  if (result == STLS_OK) result = check_complete(&parts, err);
  if (result == STLS_OK)
    result =
        stls_chain_order_arrange(&parts.certs, parts.key, &parts.names, err);
  if (result == STLS_OK)
    result = stls_credential_make(&parts, out_credential, err);
  stls_credential_parts_free(&parts);
  UI_destroy_method(request.ui);
  stls_passphrase_end(&prompt);
  stls_error_queue_leave(&guard);
  return result;
}

/* Error messages must not contain the PIN, which is in the query of a URI (RFC
 * 7512, 2.3), or in another part by mistake. */
static void set_name(char *out, const char *uri)
{
  static const char secret[] = "pin-value";
  size_t len = 0;

  while (len < NAME_CAP - 1 && uri[len] != '\0' && uri[len] != '?' &&
         !stls_ascii_equal(uri + len, secret, sizeof secret - 1))
    len++;
  memcpy(out, uri, len);
  out[len] = '\0';
}

static stls_result fetch(struct request *request, const char *chain_uri,
                         const char *key_uri, stls_error *err)
{
  const char *chain_name = request->parts->names.chain;
  stls_result result;

  if (key_uri == NULL)
    return fetch_one(request, chain_uri, chain_name, STLS_CREDENTIAL_FILE_BOTH,
                     err);
  result = fetch_one(request, key_uri, request->parts->names.key,
                     STLS_CREDENTIAL_FILE_KEY, err);
  return result == STLS_OK ? fetch_chain(request, chain_uri, err) : result;
}

/* With OSSL_STORE_expect for certificates, a token does not ask for its PIN.
 * But a file store fails on other contents of the file then. */
static stls_result fetch_chain(struct request *request, const char *uri,
                               stls_error *err)
{
  const char *name = request->parts->names.chain;
  STACK_OF(X509) *certs = request->parts->certs;
  bool is_done;
  stls_result result =
      fetch_file(request, uri, name, STLS_CREDENTIAL_FILE_CERTS, &is_done, err);

  if (is_done) return result;
  result = fetch_store(request, uri, name, OSSL_STORE_INFO_CERT, NULL);
  if (result == STLS_ERROR_MEMORY) return stls_error_memory(err);
  if (result == STLS_OK && sk_X509_num(certs) > 0) return result;
  while (sk_X509_num(certs) > 0) X509_free(sk_X509_pop(certs));
  return fetch_store(request, uri, name, 0, err);
}

static stls_result fetch_one(struct request *request, const char *uri,
                             const char *name, stls_credential_file_kind kind,
                             stls_error *err)
{
  bool is_done;
  stls_result result = fetch_file(request, uri, name, kind, &is_done, err);

  if (is_done) return result;
  return fetch_store(
      request, uri, name,
      kind == STLS_CREDENTIAL_FILE_KEY ? OSSL_STORE_INFO_PKEY : 0, err);
}

/* OpenSSL's file store skips what it cannot decode, and fails when parameters
 * precede a key. */
static stls_result fetch_file(struct request *request, const char *uri,
                              const char *name, stls_credential_file_kind kind,
                              bool *out_done, stls_error *err)
{
  const struct stls_x509_scope scope = {request->libctx, request->propq};
  struct stls_named_input text = {name, NULL, 0};
  const char *path = path_of(uri);
  stls_error found = STLS_ERROR_INIT;
  stls_result result;
  uint8_t *data;

  *out_done = false;
  if (path == NULL) return STLS_OK;
  result = stls_file_read(path, &data, &text.len, &found);
  if (result != STLS_OK) {
    /* The error names the whole path, which may contain a PIN. */
    *out_done = result == STLS_ERROR_MEMORY || strcmp(name, uri) == 0;
    if (*out_done) stls_error_store(err, &found);
    return result;
  }
  text.data = data;
  result = stls_credential_file_read(&text, kind, &scope, request->prompt,
                                     request->parts, out_done, err);
  stls_mem_free_clear(data, text.len);
  return result;
}

/* NULL for a URI with another scheme than "file" (RFC 8089), or with another
 * host. */
static const char *path_of(const char *uri)
{
  static const char file[] = "file:", host[] = "//localhost/";
  size_t scheme = strspn(uri,
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789+-.");

  if (stls_ascii_equal(uri, file, sizeof file - 1)) {
    const char *path = uri + sizeof file - 1;
    if (stls_ascii_equal(path, host, sizeof host - 1))
      path += sizeof host - 2;
    else if (strncmp(path, "///", 3) == 0)
      path += 2;
    return path[0] == '/' && path[1] != '/' ? path : NULL;
  }
  return scheme > 0 && uri[scheme] == ':' ? NULL : uri;
}

/* `expected` is an OSSL_STORE_INFO_ number, or 0 for all types. */
static stls_result fetch_store(struct request *request, const char *uri,
                               const char *name, int expected, stls_error *err)
{
  OSSL_STORE_CTX *store =
      OSSL_STORE_open_ex(uri, request->libctx, request->propq, request->ui,
                         request->prompt, NULL, NULL, NULL);
  stls_result result;

  if (store != NULL &&
      (expected == 0 || OSSL_STORE_expect(store, expected) == 1))
    result = load_all(request, store, name, err);
  else
    result =
        stls_error_fail_openssl(err, STLS_ERROR_INPUT, STLS_REASON_URI_UNUSABLE,
                                "%s: OpenSSL has no store that opens it", name);
  OSSL_STORE_close(store);
  return result;
}

static stls_result load_all(struct request *request, OSSL_STORE_CTX *store,
                            const char *name, stls_error *err)
{
  stls_result result = STLS_OK;

  while (result == STLS_OK && !OSSL_STORE_eof(store)) {
    OSSL_STORE_INFO *info;
    stls_error_queue_clear();
    info = OSSL_STORE_load(store);
    if (info != NULL)
      result = add_object(request->parts, info, err);
    else if (OSSL_STORE_error(store))
      result = check_load_error(request->prompt, store, name, err);
    OSSL_STORE_INFO_free(info);
  }
  return result;
}

/* At the end of a file OpenSSL reports an error without a reason. */
static stls_result check_load_error(const struct stls_passphrase_prompt *prompt,
                                    OSSL_STORE_CTX *store, const char *name,
                                    stls_error *err)
{
  stls_error found = STLS_ERROR_INIT;
  stls_result result = stls_passphrase_explain(prompt, name, &found);

  if (OSSL_STORE_eof(store) && found.lib == 0 &&
      stls_passphrase_is_satisfied(prompt))
    return STLS_OK;
  stls_error_store(err, &found);
  return result;
}

static stls_result add_object(struct stls_credential_parts *parts,
                              const OSSL_STORE_INFO *info, stls_error *err)
{
  X509 *cert;

  switch (OSSL_STORE_INFO_get_type(info)) {
    case OSSL_STORE_INFO_CERT:
      cert = OSSL_STORE_INFO_get1_CERT(info);
      if (cert != NULL && sk_X509_push(parts->certs, cert) > 0) return STLS_OK;
      X509_free(cert);
      return stls_error_memory(err);
    case OSSL_STORE_INFO_PKEY:
      if (parts->key == NULL) parts->key = OSSL_STORE_INFO_get1_PKEY(info);
      return STLS_OK;
    default:
      return STLS_OK;
  }
}

static stls_result check_complete(const struct stls_credential_parts *parts,
                                  stls_error *err)
{
  if (sk_X509_num(parts->certs) == 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_CERTIFICATE,
                           "%s: it does not contain a certificate",
                           parts->names.chain);
  if (parts->key == NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_PRIVATE_KEY,
                           "%s: it does not contain a private key",
                           parts->names.key);
  return STLS_OK;
}
