/* SPDX-License-Identifier: MIT */
/* trust_lookup: what OpenSSL finds in a set of trust. */
#ifndef STLS_LIB_TRUST_LOOKUP_H
#define STLS_LIB_TRUST_LOOKUP_H

#include "verify/trust.h"

/*
 * Has the set's store look into the set, and own it: where the store goes, which
 * other owners may outlive the set's, `destroy` is called with the set. false when
 * memory is short; nothing is owned then.
 *
 * OpenSSL's own list in the store stays empty. It is sorted anew for each
 * certificate that is added, which takes seconds for thousands.
 */
bool stls_trust_lookup_install(stls_trust *trust,
                               void (*destroy)(stls_trust *trust));

/* Where in the sorted lists one stands or belongs, by name and then by content. */
int stls_trust_lookup_cert(const stls_trust *trust, const X509 *cert,
                           bool *out_is_there);
int stls_trust_lookup_crl(const stls_trust *trust, const X509_CRL *crl,
                          bool *out_is_there);

#endif
