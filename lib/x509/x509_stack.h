/* SPDX-License-Identifier: MIT */
/* x509_stack: lists of references to certificates, leaf first. */
#ifndef STLS_LIB_X509_STACK_H
#define STLS_LIB_X509_STACK_H

#include <openssl/x509.h>
#include <stdbool.h>

/* A list of its own: `leaf`, unless it is NULL or `certs` starts with it, and
 * then `certs`, which may be NULL. NULL when memory is short. */
STACK_OF(X509) * stls_x509_stack_copy(X509 *leaf, const STACK_OF(X509) * certs);

/* NULL is fine. */
void stls_x509_stack_free(STACK_OF(X509) * chain);

#endif
