/* SPDX-License-Identifier: MIT */
/* trust_directory: reads certificates and CRLs from a hashed directory. */
#ifndef STLS_LIB_TRUST_DIRECTORY_H
#define STLS_LIB_TRUST_DIRECTORY_H

#include "verify/trust.h"
#include "verify/trust_store.h"

/*
 * How strict the reader of a directory is. The lenient mode accepts a missing
 * or empty directory, skips broken and missing files, and does not open a file
 * whose name has the hash of a certificate that is already in the batch:
 * OpenSSL searches a directory only for unknown names.
 */
typedef enum stls_trust_directory_mode {
  STLS_TRUST_DIRECTORY_STRICT,
  STLS_TRUST_DIRECTORY_LENIENT
} stls_trust_directory_mode;

/* Appends the contents of a directory to `batch`, in the order of the file
 * names. The caller guards the error queue. */
stls_result stls_trust_directory_read(const char *path,
                                      const struct stls_x509_scope *scope,
                                      stls_trust_directory_mode mode,
                                      struct stls_trust_batch *batch,
                                      stls_error *err);

#endif
