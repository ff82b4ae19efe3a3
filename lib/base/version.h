/* SPDX-License-Identifier: MIT */
/* version: the versions of the library and of the OpenSSL that is running. */
#ifndef STLS_LIB_VERSION_H
#define STLS_LIB_VERSION_H

#include <sanstls/version.h>
#include <stdbool.h>

/* STLS_ERROR_UNSUPPORTED when the major versions differ. `what` names the library
 * in the message. */
stls_result stls_version_match(const char *what, int built_major,
                               int running_major, stls_error *err);

/* As stls_version_check, for OpenSSL alone. */
stls_result stls_version_check_openssl(stls_error *err);

/* Whether the OpenSSL that is running, not that of the headers, is
 * `major`.`minor` or later. */
bool stls_version_openssl_at_least(unsigned major, unsigned minor);

#endif
