/* SPDX-License-Identifier: MIT */
/* credential: a certificate chain and its private key, as one unit. */
#ifndef SANSTLS_CREDENTIAL_H
#define SANSTLS_CREDENTIAL_H

#include <openssl/safestack.h>
#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <sanstls/certificate.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/* The type behind STACK_OF(X509). */
struct stack_st_X509;

/*
 * A credential. It is immutable and reference-counted. It may be set on any number
 * of contexts, and any thread may use it.
 */
typedef struct stls_credential stls_credential;

/* The greatest length of a passphrase in bytes, as in CPython. */
#define STLS_PASSPHRASE_MAX 1024

/*
 * A callback that supplies a passphrase. It writes at most `cap` bytes to `out` and
 * their number to *out_len, and returns true. If it has no passphrase it returns
 * false. It is called in the thread of the load, at most once, and only if
 * something is encrypted. `out` has STLS_PASSPHRASE_MAX bytes, which are wiped after
 * the load. If *out_len is above `cap`, the load fails with STLS_ERROR_INPUT. The
 * callback must return: it must not call longjmp.
 */
typedef bool (*stls_passphrase_fn)(void *user_data, char *out, size_t cap,
                                   size_t *out_len);

/*
 * The passphrase of an encrypted key: either `len` bytes at `data`, or the
 * passphrase that `fn` supplies. With neither, or without this struct, an encrypted
 * key is refused; the library never prompts. For an empty passphrase, `data` is not
 * NULL. The caller sets `size`, or starts from STLS_PASSPHRASE_INIT. The library
 * keeps nothing of it after the call.
 */
typedef struct stls_passphrase {
  size_t size;
  const void *data;
  size_t len;
  stls_passphrase_fn fn;
  void *user_data;
} stls_passphrase;

#define STLS_PASSPHRASE_INIT \
  { \
    sizeof(stls_passphrase), STLS_NULL, 0, STLS_NULL, STLS_NULL \
  }

/*
 * The functions stls_credential_new_* load a credential. Each of them makes a new
 * credential, or fails without any effect. `libctx` and `propq` may be NULL for
 * OpenSSL's default library context. A credential is only for contexts of the same
 * library context, which must outlive the credential. `passphrase` may be NULL. Any
 * thread may call these functions.
 */

/*
 * The sources of a credential as PEM. The caller sets `size` to
 * sizeof(stls_pem_source), or starts from STLS_PEM_SOURCE_INIT, and leaves unused
 * fields zero. The chain comes from a file or from memory, not both; so does the
 * key. If no key is given, it is read from the source of the chain.
 * <sanstls/util.h> describes PEM texts. The library keeps nothing of it after the
 * call.
 */
typedef struct stls_pem_source {
  size_t size;
  const char *chain_file;
  const void *chain;
  size_t chain_len;
  const char *key_file;
  const void *key;
  size_t key_len;
  /* For an encrypted key; may be NULL. */
  const stls_passphrase *passphrase;
} stls_pem_source;

#define STLS_PEM_SOURCE_INIT \
  { \
    sizeof(stls_pem_source), STLS_NULL, STLS_NULL, 0, STLS_NULL, STLS_NULL, 0, \
        STLS_NULL \
  }

/*
 * Reads a PEM chain (leaf first) and its private key
 * (ssl.SSLContext.load_cert_chain): PKCS #8 (RFC 5958) of either version, or a
 * traditional form, encrypted or not. Of several keys the first is used. Messages
 * name file, line and item.
 *
 * A chain may also be PKCS #7 without content ("PKCS7", "CMS": the "certs-only"
 * of RFC 5652, 5.1). Its certificates have no order, and are arranged as those of
 * PKCS #12. If a chain contains a certificate twice, the first one counts.
 *
 * STLS_OK: *out_credential is the caller's, to be released with
 *   stls_credential_free.
 * STLS_ERROR_INPUT: the input is missing or broken; the passphrase is wrong,
 *   absent or too long; an algorithm is only in OpenSSL's legacy provider; a
 *   certificate's public key cannot be used; or key and certificate do not match.
 *   The message says what is wrong and where.
 * STLS_ERROR_MISUSE: an argument is missing or given twice, or the passphrase
 *   is longer than STLS_PASSPHRASE_MAX.
 * STLS_ERROR_MEMORY: out of memory.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_credential_new_pem(
    const stls_pem_source *source, OSSL_LIB_CTX *libctx, const char *propq,
    stls_credential **out_credential, stls_error *err);

/* The sources of a credential as DER in memory. `size` is as in stls_pem_source;
 * STLS_DER_SOURCE_INIT sets it. */
typedef struct stls_der_source {
  size_t size;
  /* One certificate, or several in a row, leaf first; or PKCS #7, as with PEM. */
  const void *chain;
  size_t chain_len;
  /* PKCS #8 (RFC 5958) of either version, encrypted or not, or the traditional
   * RSA or EC form (RFC 8017, A.1.2; RFC 5915). */
  const void *key;
  size_t key_len;
  const stls_passphrase *passphrase;
} stls_der_source;

#define STLS_DER_SOURCE_INIT \
  { \
    sizeof(stls_der_source), STLS_NULL, 0, STLS_NULL, 0, STLS_NULL \
  }

/* Reads a DER chain and its private key. Bytes after them are refused. Messages name
 * the offset, in bytes, and the item. Results as stls_credential_new_pem. */
STLS_EXPORT STLS_CHECKED stls_result stls_credential_new_der(
    const stls_der_source *source, OSSL_LIB_CTX *libctx, const char *propq,
    stls_credential **out_credential, stls_error *err);

/*
 * Reads PKCS #12 (RFC 7292), from memory or from a file. The leaf is a certificate
 * of the first private key; if there are several, it is the one with the key's
 * localKeyID (RFC 2985, 5.5.2). Its issuers follow, nearest first. Other
 * certificates are left out. Private keys are of either version of PKCS #8 (RFC
 * 5958), encrypted or not. Integrity is checked if the file has a MAC. The format
 * does not distinguish between no passphrase and an empty one: each opens a file
 * that was made with the other.
 *
 * STLS_ERROR_INPUT: also if there is no private key, or no certificate of it.
 * Other results as stls_credential_new_pem.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_credential_new_pkcs12(
    const void *data, size_t len, const stls_passphrase *passphrase,
    OSSL_LIB_CTX *libctx, const char *propq, stls_credential **out_credential,
    stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_credential_new_pkcs12_file(
    const char *path, const stls_passphrase *passphrase, OSSL_LIB_CTX *libctx,
    const char *propq, stls_credential **out_credential, stls_error *err);

/* A PKCS #12 source with a choice among several keys. `size` is as in
 * stls_pem_source; STLS_PKCS12_SOURCE_INIT sets it. The caller sets either `file` or
 * `data`. */
typedef struct stls_pkcs12_source {
  size_t size;
  const char *file;
  const void *data;
  size_t len;
  /*
   * Selects the first private key with this friendlyName (RFC 2985, 5.5.1), in
   * UTF-8. If no key has it, the key with the localKeyID of a certificate that has
   * this friendlyName. NULL for the first key.
   */
  const char *alias;
  const stls_passphrase *passphrase;
} stls_pkcs12_source;

#define STLS_PKCS12_SOURCE_INIT \
  { \
    sizeof(stls_pkcs12_source), STLS_NULL, STLS_NULL, 0, STLS_NULL, STLS_NULL \
  }

/*
 * Reads PKCS #12 as stls_credential_new_pkcs12 does, and takes the private key that
 * the source names.
 *
 * STLS_ERROR_INPUT: also if no private key has the alias.
 * Other results as stls_credential_new_pkcs12.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_credential_new_pkcs12_from(
    const stls_pkcs12_source *source, OSSL_LIB_CTX *libctx, const char *propq,
    stls_credential **out_credential, stls_error *err);

/*
 * Makes a credential from OpenSSL's objects: the leaf, the certificates above it
 * (NULL for none) and the key. It takes a reference to each of them; the caller must
 * not change them afterwards. The key may be one that a provider does not export.
 * Its public part must be available, because OpenSSL needs it for TLS.
 *
 * STLS_ERROR_INPUT: also for a key without its private part.
 * Other results as stls_credential_new_pem.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_credential_new_x509(X509 *leaf, const STACK_OF(X509) * chain,
                         EVP_PKEY *key, OSSL_LIB_CTX *libctx, const char *propq,
                         stls_credential **out_credential, stls_error *err);

/*
 * Reads a URI. "file:" (RFC 8089) and a plain path read PEM, DER, PKCS #7 or PKCS
 * #12. Other schemes, such as "pkcs11:", are read through OSSL_STORE, if a provider
 * of `libctx` offers them. If `key_uri` is NULL, the key is read from `chain_uri`.
 * The first private key is used, and certificates are arranged as those of PKCS #12.
 * Other items of a file, such as parameters, are ignored. A provider gets a PIN
 * through `passphrase`. Messages name the URI without its query and without a
 * pin-value. Results as stls_credential_new_pem.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_credential_new_uri(
    const char *chain_uri, const char *key_uri,
    const stls_passphrase *passphrase, OSSL_LIB_CTX *libctx, const char *propq,
    stls_credential **out_credential, stls_error *err);

/* Returns the number of certificates, including the leaf; 0 for NULL. */
STLS_EXPORT size_t
stls_credential_certificate_count(const stls_credential *credential);

/*
 * Makes an object for one certificate of the chain. The leaf has index 0.
 *
 * STLS_OK: *out_certificate is the caller's, to be released with
 *   stls_certificate_free. It is NULL past the end.
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_credential_certificate(
    const stls_credential *credential, size_t index,
    stls_certificate **out_certificate, stls_error *err);

/* Releases one reference; the last release wipes the key. NULL is fine. */
STLS_EXPORT void stls_credential_free(stls_credential *credential);

/* Takes one more reference and returns `credential`. NULL returns NULL. */
STLS_EXPORT stls_credential *stls_credential_up_ref(
    stls_credential *credential);

STLS_END_DECLS

#endif
