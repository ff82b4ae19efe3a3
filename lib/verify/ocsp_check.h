/* SPDX-License-Identifier: MIT */
/* ocsp_check: verifies an OCSP response of a peer's certificate. */
#ifndef STLS_LIB_OCSP_CHECK_H
#define STLS_LIB_OCSP_CHECK_H

#include <openssl/x509.h>
#include <sanstls/error.h>
#include <sanstls/stapling.h>
#include <stdbool.h>
#include <stdint.h>

#include "x509/x509_pem.h"

/* How far a responder's clock may be ahead, and how long a response without
 * nextUpdate counts, in seconds. */
#define STLS_OCSP_CHECK_SKEW 300
#define STLS_OCSP_CHECK_MAX_AGE 86400

struct stls_ocsp_check {
  /* The chain that was verified, the peer's certificate first. */
  const STACK_OF(X509) * chain;
  struct stls_x509_scope scope;
  /* The time, in seconds since the epoch, and whether it matters. */
  int64_t now;
  bool ignores_time;
  /* OpenSSL's security level. */
  int level;
};

/* Stores the verdict on the first certificate of the chain, which is not
 * STLS_OCSP_NONE. STLS_OK or STLS_ERROR_MEMORY. The caller guards the error
 * queue. */
stls_result stls_ocsp_check_run(const struct stls_ocsp_check *check,
                                const uint8_t *response, size_t len,
                                stls_ocsp_verdict *out_verdict);

#endif
