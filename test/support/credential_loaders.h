/* SPDX-License-Identifier: MIT */
/* credential_loaders: the loaders of credentials behind one interface. */
#ifndef STLS_TEST_CREDENTIAL_LOADERS_H
#define STLS_TEST_CREDENTIAL_LOADERS_H

#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum credential_loader {
  LOAD_PEM,
  LOAD_DER,
  LOAD_PKCS12,
  LOAD_PKCS12_FILE,
  LOAD_URI
} credential_loader;

/* One load, and what comes of it. */
typedef struct credential_load {
  /* Where the behaviour is defined, or what it is known from. */
  const char *source;
  const char *name;
  credential_loader credential_loader;
  /* Files of test/data; the key may be NULL where the credential_loader allows that. */
  const char *chain;
  const char *key;
  /* NULL for none at all. */
  const char *passphrase;
  stls_result want;
  /* How many certificates a credential has, or what a message contains. */
  size_t num_certificates;
  const char *text;
  const char *too;
} credential_load;

/* Loads what the row names, with this passphrase instead of the row's. */
stls_result credential_load_with(const credential_load *row,
                                 const stls_passphrase *passphrase,
                                 OSSL_LIB_CTX *libctx,
                                 stls_credential **out_credential,
                                 stls_error *err);

/* The same with the row's own. */
stls_result credential_load_run(const credential_load *row,
                                stls_credential **out_credential,
                                stls_error *err);

/* Loads, and sees that it is as the row says. */
void credential_load_expect(const credential_load *row);

/* How many certificates it has. */
size_t credential_load_count(const stls_credential *credential);

/* Whether its certificates are each issued by the next. */
bool credential_load_is_chain(const stls_credential *credential);

/* Whether a server with it gets through to a client that trusts ca.pem only. */
bool credential_load_works(stls_credential *credential);

#endif
