/* SPDX-License-Identifier: MIT */
/* credential_file: reads certificates and keys from a file of any supported
 * format. */
#ifndef STLS_LIB_CREDENTIAL_FILE_H
#define STLS_LIB_CREDENTIAL_FILE_H

#include "util/passphrase.h"
#include "x509/credential.h"
#include "x509/x509_pem.h"

/* Which items to read. The others are skipped. */
typedef enum stls_credential_file_kind {
  STLS_CREDENTIAL_FILE_CERTS = 1,
  STLS_CREDENTIAL_FILE_KEY = 2,
  STLS_CREDENTIAL_FILE_BOTH = 3
} stls_credential_file_kind;

/*
 * Reads a PEM, DER or PKCS #12 file. Appends its certificates to parts->certs,
 * which must exist, and sets parts->key to its first private key, if there is
 * one. *out_known is false when the file has another format; nothing is read
 * then. STLS_ERROR_INPUT names file and item. STLS_ERROR_MEMORY. The caller
 * guards the error queue.
 */
stls_result stls_credential_file_read(const struct stls_named_input *file,
                                      stls_credential_file_kind kind,
                                      const struct stls_x509_scope *scope,
                                      struct stls_passphrase_prompt *prompt,
                                      struct stls_credential_parts *parts,
                                      bool *out_known, stls_error *err);

#endif
