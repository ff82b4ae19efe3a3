/* SPDX-License-Identifier: MIT */
/* openssl_build: says what the build of an OpenSSL changes in a handshake. */
#ifndef STLS_LIB_OPENSSL_BUILD_H
#define STLS_LIB_OPENSSL_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#define STLS_OPENSSL_BUILD_SIZE ((size_t)256)

/* Writes what the running OpenSSL offers by default, as text: groups, compression
 * methods, and a checksum over the whole ClientHello but for its random bytes. No random
 * byte of another library context is drawn. false when memory is short. */
bool stls_openssl_build_describe(char out[STLS_OPENSSL_BUILD_SIZE]);

/* Whether the running OpenSSL is, by these lines of a header, one that makes the same
 * bytes: the same major and minor version, and build. */
bool stls_openssl_build_is_same(const char *openssl, const char *build);

#endif
