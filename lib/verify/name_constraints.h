/* SPDX-License-Identifier: MIT */
/* name_constraints: checks a DNS name against the name constraints of a
 * chain. */
#ifndef STLS_LIB_NAME_CONSTRAINTS_H
#define STLS_LIB_NAME_CONSTRAINTS_H

#include <openssl/x509.h>

/*
 * Checks the name constraints (RFC 5280, 4.2.1.10) of all certificates of a
 * chain but the leaf. Returns X509_V_OK, X509_V_ERR_EXCLUDED_VIOLATION or
 * X509_V_ERR_PERMITTED_VIOLATION; X509_V_ERR_OUT_OF_MEM when an extension
 * cannot be decoded, because OpenSSL has decoded it before. The caller guards
 * the error queue.
 *
 * OpenSSL checks the names in the leaf. It takes "*.example.com" for a name
 * outside of an excluded "bar.example.com", although the wildcard matches that
 * name (CVE-2025-61727 is the same fault in Go). A wildcard within a permitted
 * subtree matches only names within it, unless the base of the subtree is
 * itself a wildcard, which RFC 5280 forbids.
 */
int stls_name_constraints_check(const STACK_OF(X509) * chain, const char *name);

#endif
