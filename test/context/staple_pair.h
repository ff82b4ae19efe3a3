/* SPDX-License-Identifier: MIT */
/* staple_pair: pairs whose server may staple an OCSP response. */
#ifndef STLS_TEST_STAPLE_PAIR_H
#define STLS_TEST_STAPLE_PAIR_H

#include "support/pair.h"
#include "verify/ocsp_builder.h"

/* What the next pair is made with. */
typedef struct staple_pair_setup {
  /* Of support/pki.h, below "middle". */
  const char *cert;
  /* What the server staples; NULL for nothing. */
  const ocsp_builder_order *order;
  stls_stapling stapling;
  /* The time of both. */
  int64_t now;
} staple_pair_setup;

/* The default: "leaf" without a response, not asked for, half a day after
 * OCSP_BUILDER_BEGIN. */
extern staple_pair_setup staple_pair;
void staple_pair_reset(void);

/* Options for such pairs. */
pair_options staple_pair_options(void);

/* A credential of the certificate with "middle" behind it, and the response; the
 * caller's. */
stls_credential *staple_pair_credential(const char *cert,
                                        const ocsp_builder_order *order);

/* Sets the response, or none. */
void staple_pair_set(stls_credential *credential,
                     const ocsp_builder_order *order);

/* For `tune_client` and `tune_server`. */
void staple_pair_tune_client(stls_context *context);
void staple_pair_tune_server(stls_context *context);

/* Whether an object has a response with the order's status; NULL for none. */
bool staple_pair_has(const stls_object *object,
                     const ocsp_builder_order *order);

#endif
