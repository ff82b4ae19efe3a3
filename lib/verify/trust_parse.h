/* SPDX-License-Identifier: MIT */
/* trust_parse: certificates and CRLs out of PEM or DER, with their place. */
#ifndef STLS_LIB_TRUST_PARSE_H
#define STLS_LIB_TRUST_PARSE_H

#include "verify/trust.h"
#include "verify/trust_store.h"

/* What is taken; other PEM blocks are passed over like the text between. */
typedef enum stls_trust_kind {
  STLS_TRUST_CERTS = 1,
  STLS_TRUST_CRLS = 2,
  STLS_TRUST_BOTH = 3
} stls_trust_kind;

/*
 * All of them append to `batch`, at least one item. STLS_ERROR_INPUT names text,
 * place and item; the batch may have more than before nevertheless. The caller
 * guards the error queue.
 */
stls_result stls_trust_parse_pem(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 stls_trust_kind kind,
                                 struct stls_trust_batch *batch,
                                 stls_error *err);

/* One kind of item, one behind the other. */
stls_result stls_trust_parse_der(const struct stls_named_input *text,
                                 const struct stls_x509_scope *scope,
                                 stls_trust_kind kind,
                                 struct stls_trust_batch *batch,
                                 stls_error *err);

/* CRLs, in the form that the text has. */
stls_result stls_trust_parse_crls(const struct stls_named_input *text,
                                  const struct stls_x509_scope *scope,
                                  struct stls_trust_batch *batch,
                                  stls_error *err);

#endif
