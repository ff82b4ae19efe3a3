/* SPDX-License-Identifier: MIT */
/* hostname_match: matches the names of a certificate against a reference
 * name. */
#ifndef STLS_LIB_HOSTNAME_MATCH_H
#define STLS_LIB_HOSTNAME_MATCH_H

#include <openssl/x509.h>
#include <stdbool.h>

/* Whether a DNS name in the subjectAltName of `cert` matches `name`, as with
 * STLS_HOSTNAME_ANY_LABEL. Also false when memory is short. */
bool stls_hostname_match_x509(const X509 *cert, const char *name);

#endif
