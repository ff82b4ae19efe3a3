/* SPDX-License-Identifier: MIT */
/* openssl_reason_names: the names of OpenSSL's constants for its own errors. */
#ifndef STLS_LIB_OPENSSL_REASON_NAMES_H
#define STLS_LIB_OPENSSL_REASON_NAMES_H

#include <stddef.h>

/*
 * Both write a text of at most `cap` - 1 bytes for a packed code, "" for none.
 * `cap` is at least 1.
 */

/* ERR_LIB_x without its prefix. */
void stls_openssl_reason_names_lib(unsigned long code, char *out, size_t cap);

/* x_R_y or ERR_R_y without its prefix, out of OpenSSL's words for it. */
void stls_openssl_reason_names_reason(unsigned long code, char *out,
                                      size_t cap);

#endif
