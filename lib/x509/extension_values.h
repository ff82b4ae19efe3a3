/* SPDX-License-Identifier: MIT */
/* extension_values: what certificate extensions say, out of OpenSSL's structures. */
#ifndef STLS_LIB_EXTENSION_VALUES_H
#define STLS_LIB_EXTENSION_VALUES_H

#include "base/arena.h"
#include "wire/sct.h"
#include "x509/distinguished_name.h"
#include "x509/general_name.h"

/* Terminated, and may have NULs before their end. */
struct stls_extbytes {
  const char *data;
  size_t len;
};

struct stls_exttexts {
  size_t count;
  const struct stls_extbytes *at;
};

struct stls_extension_values {
  struct stls_general_names alt_names;
  struct stls_general_names authority_names;
  struct stls_general_names permitted_names;
  struct stls_general_names excluded_names;
  struct stls_exttexts ocsp_uris;
  struct stls_exttexts ca_issuers_uris;
  struct stls_exttexts crl_uris;
  struct stls_exttexts key_purposes;
  struct stls_exttexts policies;
  struct stls_extbytes subject_key_id;
  struct stls_extbytes authority_key_id;
  const char *authority_serial;
  struct stls_scts scts;
  unsigned key_usage;
  long path_length;
  bool is_ca;
  bool must_staple;
};

/*
 * Each takes the structure that the extension's ASN.1 item decodes to; the last
 * two take its DER, a struct stls_extbytes. What they make lives in the arena.
 * STLS_ERROR_INPUT, STLS_ERROR_MEMORY: `out` is then good for nothing. The
 * caller guards the error queue.
 */
typedef stls_result stls_extvalues_take(struct stls_arena *arena,
                                        const void *value,
                                        struct stls_extension_values *out);

stls_extvalues_take stls_extension_values_alt_names;
stls_extvalues_take stls_extension_values_key_usage;
stls_extvalues_take stls_extension_values_key_purposes;
stls_extvalues_take stls_extension_values_constraints;
stls_extvalues_take stls_extension_values_subject_key;
stls_extvalues_take stls_extension_values_authority_key;
stls_extvalues_take stls_extension_values_info_access;
stls_extvalues_take stls_extension_values_crl_points;
stls_extvalues_take stls_extension_values_policies;
stls_extvalues_take stls_extension_values_name_constraints;
stls_extvalues_take stls_extension_values_scts;
stls_extvalues_take stls_extension_values_tls_features;

#endif
