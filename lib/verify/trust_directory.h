/* SPDX-License-Identifier: MIT */
/* trust_directory: trust out of a directory of hashed names. */
#ifndef STLS_LIB_TRUST_DIRECTORY_H
#define STLS_LIB_TRUST_DIRECTORY_H

#include "verify/trust.h"
#include "verify/trust_store.h"

/*
 * How lenient a look into a directory is. A lenient one takes a directory that
 * is not there or has nothing in it, passes over files that are broken or gone,
 * and does not open a file whose name says the hash of a certificate that the
 * batch has already: OpenSSL asks a directory for unknown names only.
 */
typedef enum stls_trust_directory_mode {
  STLS_TRUST_DIRECTORY_STRICT,
  STLS_TRUST_DIRECTORY_LENIENT
} stls_trust_directory_mode;

/* Appends to `batch` what is in a directory, in the order of the names. The
 * caller guards the error queue. */
stls_result stls_trust_directory_read(const char *path,
                                      const struct stls_x509_scope *scope,
                                      stls_trust_directory_mode mode,
                                      struct stls_trust_batch *batch,
                                      stls_error *err);

#endif
