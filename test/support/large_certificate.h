/* SPDX-License-Identifier: MIT */
/* large_certificate: client certificates of any size. */
#ifndef STLS_TEST_LARGE_CERTIFICATE_H
#define STLS_TEST_LARGE_CERTIFICATE_H

#include <sanstls/sanstls.h>

/* Bytes of an extension that nobody knows. */
extern size_t large_certificate_padding;

/* Sets a certificate with such an extension, which a server that trusts ca.pem
 * accepts. */
void large_certificate_set(stls_context *context);

#endif
