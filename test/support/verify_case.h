/* SPDX-License-Identifier: MIT */
/* verify_case: runs one case of chain verification, and checks its error. */
#ifndef STLS_TEST_VERIFY_CASE_H
#define STLS_TEST_VERIFY_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "crl_builder.h"

/* Who presents the chain; zero is each in its turn. */
typedef enum verify_case_by {
  BY_BOTH,
  BY_SERVER,
  BY_CLIENT
} verify_case_by;

/* What the judge says: an X509_V_ERR_* code, at what depth, whose fault it is
 * ("" where it is the whole path's), and the alert that it sends. */
typedef struct verify_case_refusal {
  int code;
  int depth;
  const char *failed;
  int alert;
} verify_case_refusal;

/* One case of verification: zero where it does not matter. */
typedef struct verify_case {
  const char *name;
  const char *source;
  /* Names of support/pki.h, as in "leaf middle". */
  const char *presents;
  const char *trusts;
  /* What the path has to be, as far as it came. */
  const char *built;
  /* X509_V_OK: accepted. */
  verify_case_refusal refused;
  /* The judge's X509_V_FLAG_*, the name that it expects of a server, and how
   * many certificates it wants between the ends at most, plus one. */
  unsigned long flags;
  const char *host;
  int max_depth;
  verify_case_by by;
  /* In TLS 1.2 such a key is of no use. */
  bool only_1_3;
  /* The lists that the judge has, in both orders; one without issuer ends
   * them. */
  crl_builder_order crls[4];
  /* OpenSSL 4.0 and later accept what earlier ones refused. */
  bool accepted_since_4_0;
} verify_case;

/* Every row over TLS 1.2 and 1.3, fed whole and by the byte. */
void verify_case_run(const verify_case *rows, size_t num_rows);

#endif
