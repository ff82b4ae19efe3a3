/* SPDX-License-Identifier: MIT */
/* version: versions and optional features. */
#ifndef SANSTLS_VERSION_H
#define SANSTLS_VERSION_H

#include <stdbool.h>

#include <sanstls/error.h>

STLS_BEGIN_DECLS

/* The version of these headers. */
#define STLS_VERSION_MAJOR 0
#define STLS_VERSION_MINOR 1
#define STLS_VERSION_PATCH 0
#define STLS_VERSION_NUMBER \
  (STLS_VERSION_MAJOR * 10000 + STLS_VERSION_MINOR * 100 + STLS_VERSION_PATCH)

/* STLS_VERSION_NUMBER of the library that runs. Any thread. */
STLS_EXPORT int stls_version_number(void);

/* The same as text, such as "0.1.0". Static. Any thread. */
STLS_EXPORT const char *stls_version_text(void);

/* OpenSSL_version(OPENSSL_VERSION) of the libssl that runs. Static. */
STLS_EXPORT const char *stls_version_openssl_running(void);

/* OPENSSL_VERSION_TEXT of the headers that the library was built with. */
STLS_EXPORT const char *stls_version_openssl_built(void);

/*
 * Whether this library, the caller's headers and the running OpenSSL fit
 * together. Pass STLS_VERSION_NUMBER. Contexts ask the OpenSSL half by
 * themselves; a language binding calls this once when it loads.
 *
 * STLS_OK: they fit.
 * STLS_ERROR_UNSUPPORTED: the major versions differ; `err` names both.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_version_check(int header_version,
                                                        stls_error *err);

/* Features that not every build has. A call that needs a missing one returns
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
