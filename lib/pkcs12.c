/* SPDX-License-Identifier: MIT */
/* pkcs12 (L3): a credential out of PKCS #12 (RFC 7292). */
#include <limits.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <string.h>

#include "credential.h"
#include "error.h"
#include "file.h"
#include "mem.h"
#include "passphrase.h"
#include "x509der.h"

/*
 * One attempt at a file. No passphrase and an empty one are encoded in two ways,
 * and nobody knows which one a writer has used: as_empty says which one this
 * attempt takes.
 */
struct attempt {
  const char *name;
  const struct stls_x509pem_scope *scope;
  struct stls_asking *asking;
  bool as_empty;
  struct stls_credential_parts *parts;
  stls_error *err;
};

static stls_result parse(const struct stls_pem_text *file,
                         const stls_passphrase *passphrase,
                         OSSL_LIB_CTX *libctx, const char *propq,
                         stls_credential **out_credential, stls_error *err);
static PKCS12 *decode(const struct stls_pem_text *file,
                      const struct stls_x509pem_scope *scope);
static stls_result read_twice(struct attempt *attempt, const PKCS12 *p12,
                              stls_error *err);
static stls_result read_once(struct attempt *attempt, const PKCS12 *p12);
static stls_result read_safe(struct attempt *attempt, PKCS7 *safe);
static stls_result read_bags(struct attempt *attempt,
                             const STACK_OF(PKCS12_SAFEBAG) * bags);
static stls_result read_bag(struct attempt *attempt, const PKCS12_SAFEBAG *bag);
static stls_result add_cert(struct attempt *attempt, const PKCS12_SAFEBAG *bag);
static stls_result add_key(struct attempt *attempt, const PKCS12_SAFEBAG *bag);
static stls_result check_complete(const struct attempt *attempt);
static bool get_passphrase(struct attempt *attempt, const char **out_text,
                           int *out_len);
static stls_result explain(const struct attempt *attempt, const char *what,
                           const X509_ALGOR *algorithm);

stls_result stls_credential_new_pkcs12(const void *data, size_t len,
                                       const stls_passphrase *passphrase,
                                       OSSL_LIB_CTX *libctx, const char *propq,
                                       stls_credential **out_credential,
                                       stls_error *err)
{
  const struct stls_pem_text file = {"pkcs12", data, len};

  if (data == NULL) return stls_error_null(err, "data");
  return parse(&file, passphrase, libctx, propq, out_credential, err);
}

stls_result stls_credential_new_pkcs12_file(
    const char *path, const stls_passphrase *passphrase, OSSL_LIB_CTX *libctx,
    const char *propq, stls_credential **out_credential, stls_error *err)
{
  struct stls_pem_text file = {path, NULL, 0};
  uint8_t *data;
  stls_result result;

  if (path == NULL) return stls_error_null(err, "path");
  result = stls_file_read(path, &data, &file.len, err);
  if (result != STLS_OK) return result;
  file.data = data;
  result = parse(&file, passphrase, libctx, propq, out_credential, err);
  stls_mem_free_clear(data, file.len);
  return result;
}

static stls_result parse(const struct stls_pem_text *file,
                         const stls_passphrase *passphrase,
                         OSSL_LIB_CTX *libctx, const char *propq,
                         stls_credential **out_credential, stls_error *err)
{
  const struct stls_x509pem_scope scope = {libctx, propq};
  struct stls_credential_parts parts = {NULL, NULL, {file->name, file->name}};
  struct stls_asking asking;
  struct attempt attempt = {file->name, &scope, &asking, false, &parts, NULL};
  stls_result result = stls_passphrase_check(passphrase, err);
  stls_error_guard guard;
  PKCS12 *p12;

  if (result != STLS_OK) return result;
  if (out_credential == NULL) return stls_error_null(err, "out_credential");
  stls_error_enter(&guard);
  stls_asking_begin(&asking, passphrase);
  p12 = decode(file, &scope);
  result = p12 == NULL ? stls_error_fail_openssl(
                             err, STLS_ERROR_INPUT, STLS_REASON_PKCS12_BROKEN,
                             "%s: it is no PKCS #12", file->name)
                       : read_twice(&attempt, p12, err);
  if (result == STLS_OK)
    result = stls_issuers_arrange(&parts.certs, parts.key, &parts.names, err);
  if (result == STLS_OK)
    result = stls_credential_make(&parts, out_credential, err);
  stls_credential_parts_free(&parts);
  PKCS12_free(p12);
  stls_asking_end(&asking);
  stls_error_leave(&guard);
  return result;
}

/* Decoding into a structure that exists keeps its library context. */
static PKCS12 *decode(const struct stls_pem_text *file,
                      const struct stls_x509pem_scope *scope)
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

static stls_result read_twice(struct attempt *attempt, const PKCS12 *p12,
                              stls_error *err)
{
  stls_error found = STLS_ERROR_INIT;
  stls_result result;

  attempt->err = &found;
  result = read_once(attempt, p12);
  if (result == STLS_ERROR_INPUT && attempt->asking->len == 0 &&
      attempt->asking->state != STLS_ASKING_UNNEEDED) {
    attempt->as_empty = true;
    stls_error_queue_clear();
    stls_credential_parts_free(attempt->parts);
    result = read_once(attempt, p12);
  }
  if (result != STLS_OK) stls_error_store(err, &found);
  return result;
}

static stls_result read_once(struct attempt *attempt, const PKCS12 *p12)
{
  stls_result result = STLS_OK;
  STACK_OF(PKCS7) * safes;
  const char *text;
  int len;

  attempt->parts->certs = sk_X509_new_null();
  if (attempt->parts->certs == NULL) return stls_error_memory(attempt->err);
  if (PKCS12_mac_present(p12) &&
      (!get_passphrase(attempt, &text, &len) ||
       PKCS12_verify_mac((PKCS12 *)p12, text, len) != 1))
    return explain(attempt, "MAC", NULL);
  safes = PKCS12_unpack_authsafes(p12);
  if (safes == NULL)
    return stls_error_fail_openssl(attempt->err, STLS_ERROR_INPUT,
                                   STLS_REASON_PKCS12_BROKEN, "%s: content",
                                   attempt->name);
  for (int i = 0; result == STLS_OK && i < sk_PKCS7_num(safes); i++)
    result = read_safe(attempt, sk_PKCS7_value(safes, i));
  sk_PKCS7_pop_free(safes, PKCS7_free);
  return result == STLS_OK ? check_complete(attempt) : result;
}

static stls_result read_safe(struct attempt *attempt, PKCS7 *safe)
{
  STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
  stls_result result;
  const char *text;
  int len;

  if (PKCS7_type_is_data(safe)) {
    bags = PKCS12_unpack_p7data(safe);
  } else if (PKCS7_type_is_encrypted(safe)) {
    if (get_passphrase(attempt, &text, &len))
      bags = PKCS12_unpack_p7encdata(safe, text, len);
    if (bags == NULL)
      return explain(attempt, "content",
                     safe->d.encrypted == NULL
                         ? NULL
                         : safe->d.encrypted->enc_data->algorithm);
  } else {
    return STLS_OK;
  }
  if (bags == NULL)
    return stls_error_fail_openssl(attempt->err, STLS_ERROR_INPUT,
                                   STLS_REASON_PKCS12_BROKEN, "%s: content",
                                   attempt->name);
  result = read_bags(attempt, bags);
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  return result;
}

static stls_result read_bags(struct attempt *attempt,
                             const STACK_OF(PKCS12_SAFEBAG) * bags)
{
  stls_result result = STLS_OK;

  for (int i = 0; result == STLS_OK && i < sk_PKCS12_SAFEBAG_num(bags); i++)
    result = read_bag(attempt, sk_PKCS12_SAFEBAG_value(bags, i));
  return result;
}

/* How deep bags lie in bags is limited by OpenSSL's decoder. */
static stls_result read_bag(struct attempt *attempt, const PKCS12_SAFEBAG *bag)
{
  switch (PKCS12_SAFEBAG_get_nid(bag)) {
    case NID_certBag:
      if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate)
        return STLS_OK;
      return add_cert(attempt, bag);
    case NID_keyBag:
    case NID_pkcs8ShroudedKeyBag:
      return attempt->parts->key != NULL ? STLS_OK : add_key(attempt, bag);
    case NID_safeContentsBag:
      return read_bags(attempt, PKCS12_SAFEBAG_get0_safes(bag));
    default:
      return STLS_OK;
  }
}

/* OpenSSL gives it out in the default library context only. */
static stls_result add_cert(struct attempt *attempt, const PKCS12_SAFEBAG *bag)
{
  X509 *foreign = PKCS12_SAFEBAG_get1_cert(bag), *cert = NULL;
  unsigned char *der = NULL;
  int len = foreign == NULL ? 0 : i2d_X509(foreign, &der);

  X509_free(foreign);
  if (len > 0) {
    stls_error_queue_clear();
    cert = stls_x509der_cert(der, (size_t)len, attempt->scope);
  }
  stls_mem_free(der);
  if (cert != NULL && sk_X509_push(attempt->parts->certs, cert) > 0)
    return STLS_OK;
  X509_free(cert);
  return stls_error_fail_openssl(attempt->err, STLS_ERROR_INPUT,
                                 STLS_REASON_CERTIFICATE_BROKEN,
                                 "%s: certificate %d", attempt->name,
                                 sk_X509_num(attempt->parts->certs) + 1);
}

static stls_result add_key(struct attempt *attempt, const PKCS12_SAFEBAG *bag)
{
  const struct stls_x509pem_scope *scope = attempt->scope;
  const X509_SIG *locked = PKCS12_SAFEBAG_get0_pkcs8(bag);
  const PKCS8_PRIV_KEY_INFO *info = PKCS12_SAFEBAG_get0_p8inf(bag);
  PKCS8_PRIV_KEY_INFO *opened = NULL;
  const X509_ALGOR *algorithm = NULL;
  const char *text;
  int len;

  if (locked != NULL) {
    if (get_passphrase(attempt, &text, &len))
      info = opened =
          PKCS8_decrypt_ex(locked, text, len, scope->libctx, scope->propq);
    X509_SIG_get0(locked, &algorithm, NULL);
  }
  if (info != NULL)
    attempt->parts->key = EVP_PKCS82PKEY_ex(info, scope->libctx, scope->propq);
  PKCS8_PRIV_KEY_INFO_free(opened);
  if (attempt->parts->key != NULL) return STLS_OK;
  return explain(attempt, "private key", algorithm);
}

static stls_result check_complete(const struct attempt *attempt)
{
  if (attempt->parts->key == NULL)
    return stls_error_fail(
        attempt->err, STLS_ERROR_INPUT, STLS_REASON_NO_PRIVATE_KEY,
        "%s: it does not contain a private key", attempt->name);
  if (sk_X509_num(attempt->parts->certs) == 0)
    return stls_error_fail(
        attempt->err, STLS_ERROR_INPUT, STLS_REASON_NO_CERTIFICATE,
        "%s: it does not contain a certificate", attempt->name);
  return STLS_OK;
}

static bool get_passphrase(struct attempt *attempt, const char **out_text,
                           int *out_len)
{
  struct stls_asking *asking = attempt->asking;
  bool is_given = stls_asking_get(asking);

  *out_len = (int)asking->len;
  *out_text = asking->len > 0 ? asking->text : attempt->as_empty ? "" : NULL;
  return is_given || asking->state == STLS_ASKING_ABSENT;
}

static stls_result explain(const struct attempt *attempt, const char *what,
                           const X509_ALGOR *algorithm)
{
  const ASN1_OBJECT *oid = NULL;
  char where[400], name[80] = "";

  if (algorithm != NULL) X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
  if (oid != NULL) OBJ_obj2txt(name, sizeof name, oid, 0);
  snprintf(where, sizeof where,
           name[0] == '\0' ? "%.200s: %s" : "%.200s: %s (%s)", attempt->name,
           what, name);
  return stls_asking_explain(attempt->asking, where, attempt->err);
}
