/* SPDX-License-Identifier: MIT */
/* expected_client: compares a client's certificate with the names that it may have. */
#ifndef STLS_LIB_EXPECTED_CLIENT_H
#define STLS_LIB_EXPECTED_CLIENT_H

#include <openssl/x509_vfy.h>
#include <sanstls/context.h>
#include <sanstls/util.h>

/* Stores the names in the form in which certificates have them; NULL for none. The
 * list is the caller's. Results as stls_context_set_expected_client. */
stls_result stls_expected_client_resolve(const char *const *names,
                                         size_t num_names,
                                         stls_string_list **out_list,
                                         stls_error *err);

/*
 * Compares the names of the leaf of `store`, whose chain was built, with those that
 * the context expects of a client, and a DNS name also with the name constraints of
 * the chain. Returns X509_V_OK where one fits or none is expected; otherwise the
 * X509_V_ERR_* code of the refusal. The caller guards the error queue.
 */
int stls_expected_client_check(const stls_context *context,
                               X509_STORE_CTX *store);

#endif
