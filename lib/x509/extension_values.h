/* SPDX-License-Identifier: MIT */
/* extension_values: decodes the values of certificate extensions. */
#ifndef STLS_LIB_EXTENSION_VALUES_H
#define STLS_LIB_EXTENSION_VALUES_H

#include "base/arena.h"
#include "wire/sct.h"
#include "x509/distinguished_name.h"
#include "x509/general_name.h"

/* Bytes with a terminating NUL behind them. They may contain NULs. */
struct stls_extension_bytes {
  const char *data;
  size_t len;
};

struct stls_extension_texts {
  size_t count;
  const struct stls_extension_bytes *at;
};

struct stls_extension_values {
  struct stls_general_names alt_names;
  struct stls_general_names authority_names;
  struct stls_general_names permitted_names;
  struct stls_general_names excluded_names;
  struct stls_extension_texts ocsp_uris;
  struct stls_extension_texts ca_issuers_uris;
  struct stls_extension_texts crl_uris;
  struct stls_extension_texts key_purposes;
  struct stls_extension_texts policies;
  struct stls_extension_bytes subject_key_id;
  struct stls_extension_bytes authority_key_id;
  const char *authority_serial;
  struct stls_scts scts;
  unsigned key_usage;
  long path_length;
  bool is_ca;
  bool must_staple;
};

/*
 * Decodes the value of one extension into `out`. `value` is the structure of
 * the ASN.1 item of the extension; for scts and tls_features it is the DER, a
 * struct stls_extension_bytes. What is decoded lives in the arena. On
 * STLS_ERROR_INPUT and STLS_ERROR_MEMORY the content of `out` is undefined. The
 * caller guards the error queue.
 */
typedef stls_result stls_extension_values_decoder(
    struct stls_arena *arena, const void *value,
    struct stls_extension_values *out);

stls_extension_values_decoder stls_extension_values_alt_names;
stls_extension_values_decoder stls_extension_values_key_usage;
stls_extension_values_decoder stls_extension_values_key_purposes;
stls_extension_values_decoder stls_extension_values_basic_constraints;
stls_extension_values_decoder stls_extension_values_subject_key_id;
stls_extension_values_decoder stls_extension_values_authority_key_id;
stls_extension_values_decoder stls_extension_values_info_access;
stls_extension_values_decoder stls_extension_values_crl_points;
stls_extension_values_decoder stls_extension_values_policies;
stls_extension_values_decoder stls_extension_values_name_constraints;
stls_extension_values_decoder stls_extension_values_scts;
stls_extension_values_decoder stls_extension_values_tls_features;

#endif
