/* SPDX-License-Identifier: MIT */
/* pki: certificates of the verification tests, by name. */
#ifndef STLS_TEST_PKI_H
#define STLS_TEST_PKI_H

#include <openssl/ssl.h>
#include <sanstls/sanstls.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Each is made when it is first asked for, with those above it, and lives until
 * pki_free. The list of them is in pki_table.c. A name that is not there fails the
 * test.
 */
X509 *pki_cert(const char *name);
EVP_PKEY *pki_key(const char *name);
void pki_free(void);

/* Whether this OpenSSL can make it and all those above it. */
bool pki_is_possible(const char *name);

/* Has a context present certificates, "leaf" or "leaf intermediate …", whatever
 * OpenSSL thinks of them. */
void pki_present(stls_context *context, const char *names);

/* A set of trust with certificates, "" for none; the caller's. */
stls_trust *pki_trust_new(const char *names);

/* Has a context trust certificates, "" for none. */
void pki_trust(stls_context *context, const char *names);

/* The names of what is in a list, in its order, in one static buffer of four;
 * "?" for a stranger. Frees the list. */
const char *pki_names(stls_certificate_list *list);

/* The name of one certificate, "" for NULL. Frees it. */
const char *pki_name(stls_certificate *certificate);

#endif
