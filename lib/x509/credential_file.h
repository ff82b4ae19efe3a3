/* SPDX-License-Identifier: MIT */
/* credential_file: what a file has of a credential, in whatever form. */
#ifndef STLS_LIB_CREDENTIAL_FILE_H
#define STLS_LIB_CREDENTIAL_FILE_H

#include "util/passphrase.h"
#include "x509/credential.h"
#include "x509/x509_pem.h"

/* What is wanted of it; the rest is passed over. */
typedef enum stls_credential_file_kind {
  STLS_CREDENTIAL_FILE_CERTS = 1,
  STLS_CREDENTIAL_FILE_KEY = 2,
  STLS_CREDENTIAL_FILE_BOTH = 3
} stls_credential_file_kind;

/*
 * Appends the certificates of a PEM, DER or PKCS #12 file to parts->certs, which is
 * there already, and sets parts->key to its first private key, if there are any.
 * *out_known is false where nothing was taken because the form is another one.
 * STLS_ERROR_INPUT names file and item. The caller guards the error queue.
 */
stls_result stls_credential_file_read(const struct stls_named_input *file,
                                      stls_credential_file_kind kind,
                                      const struct stls_x509_scope *scope,
                                      struct stls_asking *asking,
                                      struct stls_credential_parts *parts,
                                      bool *out_known, stls_error *err);

#endif
