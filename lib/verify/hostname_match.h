/* SPDX-License-Identifier: MIT */
/* hostname_match: whether presented names stand for a reference. */
#ifndef STLS_LIB_HOSTNAME_MATCH_H
#define STLS_LIB_HOSTNAME_MATCH_H

#include <openssl/x509.h>
#include <stdbool.h>

/* Whether a DNS name of its subjectAltName stands for `name`, as with
 * STLS_HOSTNAME_ANY_LABEL. false when memory is short, too. */
bool stls_hostname_match_x509(const X509 *cert, const char *name);

#endif
