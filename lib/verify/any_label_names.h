/* SPDX-License-Identifier: MIT */
/* any_label_names: a certificate's DNS names, for a name with any labels. */
#ifndef STLS_LIB_ANY_LABEL_NAMES_H
#define STLS_LIB_ANY_LABEL_NAMES_H

#include <openssl/x509.h>
#include <stdbool.h>

/* Whether a DNS name of its subjectAltName stands for `name`, as with
 * STLS_HOSTNAME_ANY_LABEL. false when memory is short, too. */
bool stls_any_label_names_match(const X509 *cert, const char *name);

#endif
