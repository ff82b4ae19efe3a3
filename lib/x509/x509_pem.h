/* SPDX-License-Identifier: MIT */
/* x509_pem: reads certificates from PEM. */
#ifndef STLS_LIB_X509_PEM_H
#define STLS_LIB_X509_PEM_H

#include <openssl/x509.h>
#include <sanstls/error.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/pem_reader.h"

/* A PEM text or DER bytes, and their name in error messages: a path, or "chain"
 * and so on. */
struct stls_named_input {
  const char *name;
  const void *data;
  size_t len;
};

/* The library context and property query of what is decoded. */
struct stls_x509_scope {
  OSSL_LIB_CTX *libctx;
  const char *propq;
};

/*
 * Reads every certificate in the text, in order. The caller frees *out_certs
 * with stls_x509_stack_free. STLS_ERROR_INPUT names text, line and item, and
 * also means that there is no certificate. STLS_ERROR_MEMORY. The caller guards
 * the error queue.
 */
stls_result stls_x509_pem_certs(const struct stls_named_input *text,
                                const struct stls_x509_scope *scope,
                                STACK_OF(X509) * *out_certs, stls_error *err);

/* For one block of a text: whether its label is one of those of certificates;
 * append its certificate to a list; and the error for a walk that ends with a
 * fault. */
bool stls_x509_pem_is_cert(const struct stls_pem_reader_block *block);
stls_result stls_x509_pem_add_cert(const struct stls_named_input *text,
                                   const struct stls_pem_reader_block *block,
                                   const struct stls_x509_scope *scope,
                                   STACK_OF(X509) * certs, stls_error *err);
stls_result stls_x509_pem_fail_block(const struct stls_named_input *text,
                                     const struct stls_pem_reader_block *block,
                                     stls_error *err);

/* A BIO that reads a block, to be freed with BIO_free. NULL when memory is
 * short, or when the block is longer than INT_MAX. */
BIO *stls_x509_pem_open(const struct stls_pem_reader_block *block);

/* The decoded bytes of a block without headers, or NULL. They may be a private
 * key: stls_x509_pem_bytes_free wipes them. It accepts NULL. */
unsigned char *stls_x509_pem_bytes(const struct stls_pem_reader_block *block,
                                   long *out_len);
void stls_x509_pem_bytes_free(unsigned char *der, long len);

/* Appends the certificates of a PKCS #7; `where` is its name in error
 * messages. */
stls_result stls_x509_pem_add_bundle(const char *where, const uint8_t *der,
                                     size_t len,
                                     const struct stls_x509_scope *scope,
                                     STACK_OF(X509) * certs, stls_error *err);

/* Fails because the text contains no `noun`. The message says so when the text
 * looks like DER. */
stls_result stls_x509_pem_fail_missing(const struct stls_named_input *text,
                                       const char *noun, stls_error *err);

/* Reads the only certificate in the text. The message names the line of a
 * second one. The caller owns *out_cert. */
stls_result stls_x509_pem_cert(const struct stls_named_input *text,
                               const struct stls_x509_scope *scope,
                               X509 **out_cert, stls_error *err);

/* A pem_password_cb without a passphrase. A block with a certificate or CRL may
 * say that it is encrypted; without this callback OpenSSL would ask on the
 * terminal. */
int stls_x509_pem_no_passphrase(char *out, int cap, int writing, void *arg);

#endif
