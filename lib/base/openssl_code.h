/* SPDX-License-Identifier: MIT */
/* openssl_code: reads packed OpenSSL error codes and names their constants. */
#ifndef STLS_LIB_OPENSSL_CODE_H
#define STLS_LIB_OPENSSL_CODE_H

#include <stdbool.h>
#include <stddef.h>

/* A code is what ERR_get_error(3) returns; 0 is no error. */

/* ERR_GET_LIB(3) and ERR_GET_REASON(3). */
int stls_openssl_code_lib(unsigned long code);
int stls_openssl_code_reason(unsigned long code);

/* OpenSSL's texts for the two, "" for none; strerror(3) for a system error. The
 * texts are static, but for that of strerror. */
const char *stls_openssl_code_lib_text(unsigned long code);
const char *stls_openssl_code_reason_text(unsigned long code);

/* Whether the reason is an errno. */
bool stls_openssl_code_is_system(unsigned long code);

/* Whether libssl raised it. */
bool stls_openssl_code_is_ssl(unsigned long code);

/* Whether it reports a failed allocation. */
bool stls_openssl_code_is_memory(unsigned long code);

/* Whether its reason is one that all libraries share (ERR_RFLAG_COMMON), such as
 * "ASN1 lib", which only refers to another entry. */
bool stls_openssl_code_is_general(unsigned long code);

/*
 * Both write a terminated text of at most `cap` - 1 bytes, cut where it is longer;
 * "" for an unknown code. `cap` is at least 1.
 */

/* ERR_LIB_x without its prefix. */
void stls_openssl_code_lib_name(unsigned long code, char *out, size_t cap);

/* x_R_y or ERR_R_y without its prefix, derived from OpenSSL's reason text. */
void stls_openssl_code_reason_name(unsigned long code, char *out, size_t cap);

#endif
