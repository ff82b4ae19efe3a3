/* SPDX-License-Identifier: MIT */
/* x509_stack: copies and frees lists of certificates. */
#ifndef STLS_LIB_X509_STACK_H
#define STLS_LIB_X509_STACK_H

#include <openssl/x509.h>
#include <stdbool.h>

/* Returns a new list with its own references: `leaf`, unless it is NULL or
 * the first of `certs`, then `certs`, which may be NULL. NULL when memory is
 * short. */
STACK_OF(X509) * stls_x509_stack_copy(X509 *leaf, const STACK_OF(X509) * certs);

/* Accepts NULL. */
void stls_x509_stack_free(STACK_OF(X509) * chain);

#endif
