/* SPDX-License-Identifier: MIT */
/* verify_case: a chain of the cast before a judge, who must say what is expected. */
#ifndef STLS_TEST_VERIFY_CASE_H
#define STLS_TEST_VERIFY_CASE_H

#include <stdbool.h>
#include <stddef.h>

#include "crl_builder.h"

/* Who presents the chain; zero is each in its turn. */
typedef enum trial_by {
  BY_BOTH,
  BY_SERVER,
  BY_CLIENT
} trial_by;

/* What the judge says: an X509_V_ERR_* code, at what depth, whose fault it is
 * ("" where it is the whole path's), and the alert that it sends. */
typedef struct trial_refusal {
  int code;
  int depth;
  const char *failed;
  int alert;
} trial_refusal;

/* One case of verification: zero where it does not matter. */
typedef struct trial {
  const char *name;
  const char *source;
  /* Names of the cast, as in "leaf middle". */
  const char *presents;
  const char *trusts;
  /* What the path has to be, as far as it came. */
  const char *built;
  /* X509_V_OK: accepted. */
  trial_refusal refused;
  /* The judge's X509_V_FLAG_*, the name that it expects of a server, and how
   * many certificates it wants between the ends at most, plus one. */
  unsigned long flags;
  const char *host;
  int max_depth;
  trial_by by;
  /* In TLS 1.2 such a key is of no use. */
  bool only_1_3;
  /* The lists that the judge has, in both orders; one without issuer ends
   * them. */
  crls_order crls[4];
  /* OpenSSL 4.0 and later accept what earlier ones refused. */
  bool accepted_since_4_0;
} trial;

/* Every row over TLS 1.2 and 1.3, fed whole and by the byte. */
void trial_run(const trial *rows, size_t num_rows);

#endif
