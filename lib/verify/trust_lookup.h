/* SPDX-License-Identifier: MIT */
/* trust_lookup: answers OpenSSL's lookups from a trust set. */
#ifndef STLS_LIB_TRUST_LOOKUP_H
#define STLS_LIB_TRUST_LOOKUP_H

#include "verify/trust.h"

/*
 * Makes the store of the set look up certificates and CRLs in the set, and own
 * the set: `destroy` is called with the set when the store is freed, which
 * other owners of the store may delay. false when memory is short; nothing is
 * owned then.
 *
 * The store's own list stays empty, because OpenSSL sorts it again for each
 * added certificate, which takes seconds for thousands.
 */
bool stls_trust_lookup_install(stls_trust *trust,
                               void (*destroy)(stls_trust *trust));

/* Return the index of an item in the sorted list, or the index to insert it at.
 * The order is by name, then by content. */
int stls_trust_lookup_cert(const stls_trust *trust, const X509 *cert,
                           bool *out_is_there);
int stls_trust_lookup_crl(const stls_trust *trust, const X509_CRL *crl,
                          bool *out_is_there);

#endif
