/* SPDX-License-Identifier: MIT */
/* trust (L3): the certificates that a peer's chain may end in. */
#ifndef STLS_TRUST_H
#define STLS_TRUST_H

#include <openssl/x509_vfy.h>
#include <sanstls/trust.h>

/* Borrowed. */
X509_STORE *stls_trust_store(const stls_trust *trust);

#endif
