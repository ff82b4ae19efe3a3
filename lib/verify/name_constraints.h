/* SPDX-License-Identifier: MIT */
/* name_constraints: whether the CAs of a chain may speak for a DNS name. */
#ifndef STLS_LIB_NAME_CONSTRAINTS_H
#define STLS_LIB_NAME_CONSTRAINTS_H

#include <openssl/x509.h>

/*
 * Looks at the name constraints (RFC 5280, 4.2.1.10) of all certificates but the
 * leaf: X509_V_OK, X509_V_ERR_EXCLUDED_VIOLATION or
 * X509_V_ERR_PERMITTED_VIOLATION. X509_V_ERR_OUT_OF_MEM where one cannot be
 * decoded, which OpenSSL has done before. The caller guards the error queue.
 *
 * OpenSSL compares them with the names that the leaf presents, of which
 * "*.example.com" does not lie within an excluded "bar.example.com", though it
 * stands for that name (CVE-2025-61727 is the same fault in Go). A wildcard within
 * a permitted subtree stands for names within it only, unless the base of the
 * subtree is itself a wildcard, which it must not be.
 */
int stls_name_constraints_check(const STACK_OF(X509) * chain, const char *name);

#endif
