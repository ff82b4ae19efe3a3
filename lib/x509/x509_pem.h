/* SPDX-License-Identifier: MIT */
/* x509_pem: certificates out of PEM blocks, with their place. */
#ifndef STLS_LIB_X509_PEM_H
#define STLS_LIB_X509_PEM_H

#include <openssl/x509.h>
#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/pem_reader.h"

/* A PEM text (or DER bytes), and how messages call it: a path, or "chain" and
 * the like. */
struct stls_named_input {
  const char *name;
  const void *data;
  size_t len;
};

/* The library context that things are made in. */
struct stls_x509_scope {
  OSSL_LIB_CTX *libctx;
  const char *propq;
};

/*
 * Every certificate in the text, in order. *out_certs is the caller's, for
 * OSSL_STACK_OF_X509_free. STLS_ERROR_INPUT, naming text, line and item, also
 * when there is none. The caller guards the error queue.
 */
stls_result stls_x509_pem_certs(const struct stls_named_input *text,
                                const struct stls_x509_scope *scope,
                                STACK_OF(X509) * *out_certs, stls_error *err);

/* The same for one block of a text: whether it is a certificate, in any of the
 * spellings; appending it; and what is wrong where a walk ends with a fault. */
bool stls_x509_pem_is_cert(const struct stls_pem_reader_block *block);
stls_result stls_x509_pem_add_cert(const struct stls_named_input *text,
                                   const struct stls_pem_reader_block *block,
                                   const struct stls_x509_scope *scope,
                                   STACK_OF(X509) * certs, stls_error *err);
stls_result stls_x509_pem_fail_block(const struct stls_named_input *text,
                                     const struct stls_pem_reader_block *block,
                                     stls_error *err);

/* A block to read from, for BIO_free; NULL when memory is short, or where it is
 * longer than OpenSSL can read. */
BIO *stls_x509_pem_open(const struct stls_pem_reader_block *block);

/* The bytes of a block without headers, or NULL. They may be a key's, and are
 * wiped when they are freed; NULL is fine there. */
unsigned char *stls_x509_pem_bytes(const struct stls_pem_reader_block *block,
                                   long *out_len);
void stls_x509_pem_bytes_free(unsigned char *der, long len);

/* Appends the certificates of PKCS #7, which messages call `where`. */
stls_result stls_x509_pem_add_bundle(const char *where, const uint8_t *der,
                                     size_t len,
                                     const struct stls_x509_scope *scope,
                                     STACK_OF(X509) * certs, stls_error *err);

/* There is no `noun`; the message says so where the text looks like DER. */
stls_result stls_x509_pem_fail_missing(const struct stls_named_input *text,
                                       const char *noun, stls_error *err);

/* The only certificate in the text; the message names the line of a second one.
 * *out_cert is the caller's. */
stls_result stls_x509_pem_cert(const struct stls_named_input *text,
                               const struct stls_x509_scope *scope,
                               X509 **out_cert, stls_error *err);

/* A pem_password_cb that has none: a certificate or a CRL is no secret, but its
 * block may say that it is encrypted, and without this OpenSSL would ask on the
 * terminal. */
int stls_x509_pem_no_passphrase(char *out, int cap, int writing, void *arg);

#endif
