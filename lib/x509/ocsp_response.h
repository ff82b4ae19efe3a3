/* SPDX-License-Identifier: MIT */
/* ocsp_response: keeps an OCSP response, and finds a certificate's status in one. */
#ifndef STLS_LIB_OCSP_RESPONSE_H
#define STLS_LIB_OCSP_RESPONSE_H

#include <openssl/ocsp.h>
#include <sanstls/error.h>
#include <stdint.h>

#include "base/refs.h"

/* The bytes, which do not change. */
typedef struct stls_ocsp_response {
  stls_refs refs;
  /* In seconds since the epoch; INT64_MAX for none. */
  int64_t next_update;
  size_t len;
  uint8_t data[];
} stls_ocsp_response;

/* Copies the bytes. NULL when memory is short. */
stls_ocsp_response *stls_ocsp_response_new(const void *data, size_t len);

/* Both accept NULL. */
void stls_ocsp_response_free(stls_ocsp_response *response);
stls_ocsp_response *stls_ocsp_response_up_ref(stls_ocsp_response *response);

/* What is wrong with bytes: static text, and the reason. Zeroes for nothing. */
struct stls_ocsp_fault {
  const char *text;
  stls_reason reason;
};

/*
 * Decodes bytes that are a whole response, with an answer (RFC 6960, 4.2.1). The
 * caller frees *out_basic with OCSP_BASICRESP_free. STLS_ERROR_INPUT, with the fault;
 * STLS_ERROR_MEMORY. The caller guards the error queue, here and below.
 */
stls_result stls_ocsp_response_decode(const uint8_t *data, size_t len,
                                      OCSP_BASICRESP **out_basic,
                                      struct stls_ocsp_fault *out_fault);

/*
 * Finds the status of `cert`, borrowed from `basic`. `issuer` is the certificate that
 * issued it, whose key the response has to name; NULL where it is not known. STLS_OK,
 * with NULL if there is none; STLS_ERROR_MEMORY.
 */
stls_result stls_ocsp_response_find(OCSP_BASICRESP *basic, X509 *cert,
                                    X509 *issuer, OCSP_SINGLERESP **out_single);

/*
 * Makes a response of bytes that a caller gave, which have to be one of `cert`;
 * `issuer` as above. STLS_ERROR_INPUT says what they are instead; STLS_ERROR_MEMORY.
 */
stls_result stls_ocsp_response_read(const void *der, size_t len, X509 *cert,
                                    X509 *issuer,
                                    stls_ocsp_response **out_response,
                                    stls_error *err);

/* Converts a time to seconds since the epoch. false if it is none. */
bool stls_ocsp_response_seconds(const ASN1_GENERALIZEDTIME *time,
                                int64_t *out_seconds);

#endif
