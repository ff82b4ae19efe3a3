/* SPDX-License-Identifier: MIT */
/* credential (L3): a certificate chain and its private key, as one unit. */
#include "credential.h"

#include <openssl/x509.h>
#include <stdbool.h>

#include "error.h"
#include "file.h"
#include "mem.h"
#include "x509pem.h"

struct stls_credential {
  stls_refs refs;
  X509 *leaf;
  /* Without the leaf. */
  STACK_OF(X509) * chain;
  EVP_PKEY *key;
};

/* A text that may have been read from a file, and is wiped then. */
struct loaded {
  struct stls_pem_text text;
  uint8_t *owned;
};

static stls_result check_source(const stls_pem_source *source, stls_error *err);
static stls_result load(const char *file, const void *data, size_t len,
                        const char *name, struct loaded *out, stls_error *err);
static void unload(struct loaded *loaded);
static stls_result parse(const struct loaded *chain, const struct loaded *key,
                         const struct stls_x509pem_scope *scope,
                         const struct stls_x509pem_passphrase *passphrase,
                         stls_credential *out, stls_error *err);
static stls_result check_public_keys(const struct loaded *chain,
                                     STACK_OF(X509) * certs, stls_error *err);

stls_result stls_credential_new_pem(const stls_pem_source *source,
                                    OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_credential **out_credential,
                                    stls_error *err)
{
  const struct stls_x509pem_scope scope = {libctx, propq};
  struct loaded chain = {{NULL, NULL, 0}, NULL};
  struct loaded key = {{NULL, NULL, 0}, NULL};
  stls_credential *credential = NULL;
  stls_error_guard guard;
  stls_result result;

  stls_error_enter(&guard);
  result = check_source(source, err);
  if (result == STLS_OK && out_credential == NULL)
    result = stls_error_misuse(err, "out_credential is NULL");
  if (result == STLS_OK)
    result = load(source->chain_file, source->chain, source->chain_len, "chain",
                  &chain, err);
  if (result == STLS_OK && (source->key_file != NULL || source->key != NULL))
    result =
        load(source->key_file, source->key, source->key_len, "key", &key, err);
  if (result == STLS_OK) {
    credential = stls_mem_zalloc(sizeof *credential);
    if (credential == NULL) result = stls_error_memory(err);
  }
  if (result == STLS_OK) {
    const struct stls_x509pem_passphrase passphrase = {source->passphrase,
                                                       source->passphrase_len};
    stls_refs_init(&credential->refs);
    result = parse(&chain, key.text.name != NULL ? &key : &chain, &scope,
                   &passphrase, credential, err);
  }
  if (result == STLS_OK)
    *out_credential = credential;
  else
    stls_credential_free(credential);
  unload(&chain);
  unload(&key);
  stls_error_leave(&guard);
  return result;
}

void stls_credential_free(stls_credential *credential)
{
  if (credential == NULL || !stls_refs_release(&credential->refs)) return;
  X509_free(credential->leaf);
  stls_x509pem_certs_free(credential->chain);
  EVP_PKEY_free(credential->key);
  stls_mem_free(credential);
}

stls_credential *stls_credential_up_ref(stls_credential *credential)
{
  if (credential != NULL) stls_refs_take(&credential->refs);
  return credential;
}

stls_result stls_credential_install(const stls_credential *credential,
                                    SSL_CTX *ssl_ctx, stls_error *err)
{
  const int override = 1;

  if (SSL_CTX_use_cert_and_key(ssl_ctx, credential->leaf, credential->key,
                               credential->chain, override) == 1)
    return STLS_OK;
  return stls_error_set_openssl(err, STLS_ERROR_INPUT, "credential");
}

static stls_result check_source(const stls_pem_source *source, stls_error *err)
{
  if (source == NULL) return stls_error_misuse(err, "source is NULL");
  if (source->size < sizeof *source)
    return stls_error_misuse(err, "source->size is not set");
  if ((source->chain_file != NULL) == (source->chain != NULL))
    return stls_error_misuse(err, "give one of chain_file and chain");
  if (source->key_file != NULL && source->key != NULL)
    return stls_error_misuse(err, "give one of key_file and key");
  if (source->passphrase_len > STLS_PASSPHRASE_MAX)
    return stls_error_set(err, STLS_ERROR_MISUSE,
                          "passphrase cannot be longer than %zu bytes",
                          STLS_PASSPHRASE_MAX);
  return STLS_OK;
}

static stls_result load(const char *file, const void *data, size_t len,
                        const char *name, struct loaded *out, stls_error *err)
{
  stls_result result;

  if (file == NULL) {
    out->text = (struct stls_pem_text){name, data, len};
    return STLS_OK;
  }
  result = stls_file_read(file, &out->owned, &len, err);
  if (result == STLS_OK)
    out->text = (struct stls_pem_text){file, out->owned, len};
  return result;
}

static void unload(struct loaded *loaded)
{
  stls_mem_free_clear(loaded->owned, loaded->text.len);
}

static stls_result parse(const struct loaded *chain, const struct loaded *key,
                         const struct stls_x509pem_scope *scope,
                         const struct stls_x509pem_passphrase *passphrase,
                         stls_credential *out, stls_error *err)
{
  stls_result result =
      stls_x509pem_certs(&chain->text, scope, &out->chain, err);

  if (result != STLS_OK) return result;
  result = check_public_keys(chain, out->chain, err);
  if (result != STLS_OK) return result;
  out->leaf = sk_X509_shift(out->chain);
  result = stls_x509pem_key(&key->text, scope, passphrase, &out->key, err);
  if (result != STLS_OK) return result;
  if (X509_check_private_key(out->leaf, out->key) == 1) return STLS_OK;
  return stls_error_set_openssl(err, STLS_ERROR_INPUT,
                                "%s: the private key does not match the "
                                "certificate in %s",
                                key->text.name, chain->text.name);
}

/* OpenSSL parses a certificate whose key it cannot decode or measure, be it for
 * want of memory, and finds it too weak later on. */
static stls_result check_public_keys(const struct loaded *chain,
                                     STACK_OF(X509) * certs, stls_error *err)
{
  for (int i = 0; i < sk_X509_num(certs); i++)
    if (EVP_PKEY_get_security_bits(X509_get0_pubkey(sk_X509_value(certs, i))) <=
        0)
      return stls_error_set_openssl(err, STLS_ERROR_INPUT,
                                    "%s: certificate %d: public key",
                                    chain->text.name, i + 1);
  return STLS_OK;
}
