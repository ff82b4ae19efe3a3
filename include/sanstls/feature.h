/* SPDX-License-Identifier: MIT */
/* feature: what this build of the library, with the OpenSSL that runs, can do. */
#ifndef SANSTLS_FEATURE_H
#define SANSTLS_FEATURE_H

#include <stdbool.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/* What not every build can. A call that needs one that is missing answers
 * STLS_ERROR_UNSUPPORTED, and its message says what is needed. */
typedef enum stls_feature {
  /* The protocols (ssl.HAS_TLSv1 and so on). */
  STLS_FEATURE_TLS_1_0 = 0,
  STLS_FEATURE_TLS_1_1 = 1,
  STLS_FEATURE_TLS_1_2 = 2,
  STLS_FEATURE_TLS_1_3 = 3,
  /* Pre-shared keys (ssl.HAS_PSK). */
  STLS_FEATURE_PSK = 4,
  /* Server names beyond ASCII. */
  STLS_FEATURE_IDN = 5,
  /* stls_context_groups: SSL_CTX_get0_implemented_groups. */
  STLS_FEATURE_GROUP_LIST = 6,
  /* stls_signature_algorithms: SSL_get1_builtin_sigalgs. */
  STLS_FEATURE_SIGALG_LIST = 7,
  /* stls_conninfo_server_sigalg and _client_sigalg know every algorithm
   * (SSL_get0_signature_name); without it, those of RFC 8446, 4.2.3. */
  STLS_FEATURE_SIGALG_NAME = 8
} stls_feature;

/* Whether the library was built for it and the OpenSSL that runs has it; false
 * for a number that is no feature. Any thread. */
STLS_EXPORT bool stls_feature_available(stls_feature feature);

/* Its name, such as "GROUP_LIST"; "unknown" for none. Static. */
STLS_EXPORT const char *stls_feature_name(int value);

/* As in constants.h. */
STLS_EXPORT bool stls_feature_from_name(const char *name, int *out_value);

/* What it needs, such as "OpenSSL 3.5 or newer"; "" for no feature. Static. */
STLS_EXPORT const char *stls_feature_needs(stls_feature feature);

STLS_END_DECLS

#endif
