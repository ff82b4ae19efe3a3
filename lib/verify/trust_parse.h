/* SPDX-License-Identifier: MIT */
/* trust_parse: parses certificates and CRLs from PEM or DER. */
#ifndef STLS_LIB_TRUST_PARSE_H
#define STLS_LIB_TRUST_PARSE_H

#include "verify/trust.h"
#include "verify/trust_store.h"

/* Which items to read. Other PEM blocks are skipped like the text between
 * blocks. */
typedef enum stls_trust_kind {
  STLS_TRUST_CERTS = 1,
  STLS_TRUST_CRLS = 2,
  STLS_TRUST_BOTH = 3
} stls_trust_kind;

/*
 * These functions append at least one item to `batch`. STLS_ERROR_INPUT names
 * text, place and item; STLS_ERROR_MEMORY. On failure some items may already be
 * appended. The caller guards the error queue.
 */
stls_result stls_trust_parse_pem(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 stls_trust_kind kind,
                                 struct stls_trust_batch *batch,
                                 stls_error *err);

/* Reads a concatenation of items of one kind. */
stls_result stls_trust_parse_der(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 stls_trust_kind kind,
                                 struct stls_trust_batch *batch,
                                 stls_error *err);

/* Reads CRLs in PEM or DER, whichever the text is. */
stls_result stls_trust_parse_crls(const struct stls_named_input *text,
                                  const struct stls_x509_scope *scope,
                                  struct stls_trust_batch *batch,
                                  stls_error *err);

#endif
