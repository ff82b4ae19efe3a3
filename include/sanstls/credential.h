/* SPDX-License-Identifier: MIT */
/* credential: a certificate chain and its private key, as one unit. */
#ifndef SANSTLS_CREDENTIAL_H
#define SANSTLS_CREDENTIAL_H

#include <openssl/types.h>
#include <stddef.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * Immutable and reference-counted: may be set on any number of contexts, and
 * used by any thread.
 */
typedef struct stls_credential stls_credential;

/* The most bytes a passphrase may have, as in CPython. */
#define STLS_PASSPHRASE_MAX ((size_t)1024)

/*
 * What a credential is read from. Set `size` to sizeof(stls_pem_source) (or
 * start from STLS_PEM_SOURCE_INIT) and the rest to zero where it is not used.
 * Each of chain and key comes from a file or from memory, not both. Without a
 * key of its own, the key is read from where the chain is. Text outside of PEM
 * blocks is allowed. Nothing is kept after the call.
 */
typedef struct stls_pem_source {
  size_t size;
  const char *chain_file;
  const void *chain;
  size_t chain_len;
  const char *key_file;
  const void *key;
  size_t key_len;
  /* For an encrypted key. Without one such a key is refused: nobody is ever
   * prompted. */
  const void *passphrase;
  size_t passphrase_len;
} stls_pem_source;

#define STLS_PEM_SOURCE_INIT \
  { \
    sizeof(stls_pem_source), 0, 0, 0, 0, 0, 0, 0, 0 \
  }

/*
 * Reads a PEM chain (leaf first) and its private key (ssl.SSLContext.
 * load_cert_chain). `libctx` and `propq` may be NULL for OpenSSL's default
 * library context; a credential is for contexts of the same library context.
 *
 * STLS_OK: *out_credential is the caller's; release with stls_credential_free.
 * STLS_ERROR_INPUT: a file is missing, a block is broken, the passphrase is
 *   wrong or absent, or key and certificate do not match; the message names
 *   file, line and item.
 * STLS_ERROR_MISUSE: an argument is missing or given twice, or the passphrase
 *   is longer than STLS_PASSPHRASE_MAX.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_credential_new_pem(
    const stls_pem_source *source, OSSL_LIB_CTX *libctx, const char *propq,
    stls_credential **out_credential, stls_error *err);

/* Gives back one reference; the last wipes the key. NULL is fine. */
STLS_EXPORT void stls_credential_free(stls_credential *credential);

/* Takes one more reference and returns `credential`. NULL gives NULL. */
STLS_EXPORT stls_credential *stls_credential_up_ref(
    stls_credential *credential);

STLS_END_DECLS

#endif
