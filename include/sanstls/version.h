/* SPDX-License-Identifier: MIT */
/* version: which library, and which OpenSSL, is running. */
#ifndef SANSTLS_VERSION_H
#define SANSTLS_VERSION_H

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

STLS_END_DECLS

#endif
