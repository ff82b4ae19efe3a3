/* SPDX-License-Identifier: MIT */
/* certificate_fields: decodes the basic fields of a certificate. */
#ifndef STLS_LIB_CERTIFICATE_FIELDS_H
#define STLS_LIB_CERTIFICATE_FIELDS_H

#include <sanstls/certificate.h>

#include "base/arena.h"
#include "x509/x509_pem.h"

struct stls_certificate_time {
  /* NULL when the time cannot be decoded. */
  const char *text;
  int64_t seconds;
};

struct stls_certificate_fields {
  int version;
  const char *serial;
  const stls_name *subject;
  const stls_name *issuer;
  unsigned long subject_hash;
  struct stls_certificate_time not_before;
  struct stls_certificate_time not_after;
  const char *signature_algorithm;
  const char *key_type;
  const char *key_curve;
  int key_bits;
  int key_security_bits;
  const uint8_t *spki;
  size_t spki_len;
  const uint8_t *sha1;
  const uint8_t *sha256;
};

/*
 * Decodes into `out`, which the caller has zeroed; the values live in the
 * arena. `scope` is used where the certificate has no library context of its
 * own. The caller guards the error queue. STLS_ERROR_INPUT names the field that
 * cannot be decoded. STLS_ERROR_MEMORY.
 */
stls_result stls_certificate_fields_decode(struct stls_arena *arena, X509 *x509,
                                           const struct stls_x509_scope *scope,
                                           struct stls_certificate_fields *out,
                                           stls_error *err);

/* The hexadecimal form that stls_certificate_serial returns, in the arena. NULL
 * when memory is short. */
const char *stls_certificate_fields_hex(struct stls_arena *arena,
                                        const ASN1_INTEGER *number);

#endif
