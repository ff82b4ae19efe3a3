/* SPDX-License-Identifier: MIT */
/* version: versions of the library and of OpenSSL, and optional features. */
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

/* Returns STLS_VERSION_NUMBER of the running library. Any thread. */
STLS_EXPORT int stls_version_number(void);

/* Returns the same as text, such as "0.1.0". Static text. Any thread. */
STLS_EXPORT const char *stls_version_text(void);

/* Returns OpenSSL_version(OPENSSL_VERSION) of the running OpenSSL. Static text. */
STLS_EXPORT const char *stls_version_openssl_running(void);

/* Returns OPENSSL_VERSION_TEXT of the headers that the library was built with.
 * Static text. */
STLS_EXPORT const char *stls_version_openssl_built(void);

/*
 * Checks whether this library, the caller's headers and the running OpenSSL are
 * compatible. The caller passes STLS_VERSION_NUMBER. The functions that make
 * contexts check OpenSSL by themselves. A language binding calls this function
 * once when it is loaded.
 *
 * STLS_OK: they are compatible.
 * STLS_ERROR_UNSUPPORTED: two major versions differ. The message names both.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_version_check(int header_version,
                                                        stls_error *err);

/* Features that some builds do not have. A call that needs a missing feature
 * returns STLS_ERROR_UNSUPPORTED, and the message says what is needed. */
typedef enum stls_feature {
  /* Protocol versions (ssl.HAS_TLSv1 and so on). */
  STLS_FEATURE_TLS_1_0 = 0,
  STLS_FEATURE_TLS_1_1 = 1,
  STLS_FEATURE_TLS_1_2 = 2,
  STLS_FEATURE_TLS_1_3 = 3,
  /* Pre-shared keys (ssl.HAS_PSK). */
  STLS_FEATURE_PSK = 4,
  /* Non-ASCII server names. */
  STLS_FEATURE_IDN = 5,
  /* stls_context_groups: SSL_CTX_get0_implemented_groups. */
  STLS_FEATURE_GROUP_LIST = 6,
  /* stls_signature_algorithms: SSL_get1_builtin_sigalgs. */
  STLS_FEATURE_SIGALG_LIST = 7,
  /* stls_conninfo_server_sigalg and _client_sigalg name every algorithm
   * (SSL_get0_signature_name). Without this feature they name those of RFC 8446,
   * 4.2.3. */
  STLS_FEATURE_SIGALG_NAME = 8
} stls_feature;

/* Returns whether the library was built with the feature and the running OpenSSL
 * has it; false for an unknown number. Any thread. */
STLS_EXPORT bool stls_feature_available(stls_feature feature);

/* Returns the name, such as "GROUP_LIST"; "unknown" for an unknown number. Static
 * text. */
STLS_EXPORT const char *stls_feature_name(int value);

/* Stores the feature of a name and returns true, as the x_from_name functions of
 * constants.h do. */
STLS_EXPORT bool stls_feature_from_name(const char *name, int *out_value);

/* Returns what the feature needs, such as "OpenSSL 3.5 or newer"; "" for an unknown
 * number. Static text. */
STLS_EXPORT const char *stls_feature_needs(stls_feature feature);

STLS_END_DECLS

#endif
