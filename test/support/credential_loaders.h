/* SPDX-License-Identifier: MIT */
/* credential_loaders: the loaders of credentials, called alike. */
#ifndef STLS_TEST_CREDENTIAL_LOADERS_H
#define STLS_TEST_CREDENTIAL_LOADERS_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum loader {
  LOAD_PEM,
  LOAD_DER,
  LOAD_PKCS12,
  LOAD_PKCS12_FILE,
  LOAD_URI
} loader;

/* One load, and what comes of it. */
typedef struct load_row {
  /* Where the behaviour is defined, or what it is known from. */
  const char *source;
  const char *name;
  loader loader;
  /* Files of test/data; the key may be NULL where the loader allows that. */
  const char *chain;
  const char *key;
  /* NULL for none at all. */
  const char *passphrase;
  stls_result want;
  /* How many certificates a credential has, or what a message contains. */
  size_t num_certificates;
  const char *text;
  const char *too;
} load_row;

/* Loads what the row names, with this passphrase instead of the row's. */
stls_result load_with(const load_row *row, const stls_passphrase *passphrase,
                      OSSL_LIB_CTX *libctx, stls_credential **out_credential,
                      stls_error *err);

/* The same with the row's own. */
stls_result load_row_of(const load_row *row, stls_credential **out_credential,
                        stls_error *err);

/* Loads, and sees that it is as the row says. */
void expect_load(const load_row *row);

/* How many certificates it has. */
size_t load_count(const stls_credential *credential);

/* Whether its certificates are each issued by the next. */
bool load_is_chain(const stls_credential *credential);

/* Whether a server with it gets through to a client that trusts ca.pem only. */
bool load_works(stls_credential *credential);

#endif
