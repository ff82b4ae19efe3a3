/* SPDX-License-Identifier: MIT */
/* algorithms: groups and signature algorithms of a context, and what there is. */
#ifndef SANSTLS_ALGORITHMS_H
#define SANSTLS_ALGORITHMS_H

#include <openssl/types.h>
#include <stdbool.h>

#include <sanstls/context.h>
#include <sanstls/textlist.h>

STLS_BEGIN_DECLS

/* Setters and their results are those of context.h. */

/*
 * Sets the one group for key exchange, in place of all (ssl.SSLContext.
 * set_ecdh_curve): "prime256v1", "P-256", "secp256r1", "X25519". For several see
 * stls_context_set_groups. In TLS 1.2 a client's groups are also those of the
 * ECDSA certificates that it takes. STLS_ERROR_INPUT also for what is not one
 * name.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_ecdh_curve(
    stls_context *context, const char *name, stls_error *err);

/*
 * Sets the signature algorithms by which servers authenticate
 * (SSL_CTX_set1_sigalgs_list), and those by which clients do
 * (SSL_CTX_set1_client_sigalgs_list), most wanted first, such as
 * "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256". What the security level does not
 * allow is not used, whatever the list says.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_server_sigalgs(
    stls_context *context, const char *sigalgs, stls_error *err);
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_client_sigalgs(
    stls_context *context, const char *sigalgs, stls_error *err);

/*
 * The groups that the context's library context has for its versions
 * (ssl.SSLContext.get_groups), and with `include_aliases` their other names.
 *
 * STLS_OK: *out_names is the caller's, to be released with stls_text_list_free.
 * STLS_ERROR_UNSUPPORTED: it needs OpenSSL 3.5 (STLS_FEATURE_GROUP_LIST).
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_groups(const stls_context *context, bool include_aliases,
                    stls_text_list **out_names, stls_error *err);

/*
 * The signature algorithms of TLS that a library context, NULL for the default
 * one, has (ssl.get_sigalgs). Results as above.
 *
 * STLS_ERROR_UNSUPPORTED: it needs OpenSSL 3.4 (STLS_FEATURE_SIGALG_LIST).
 */
STLS_EXPORT STLS_CHECKED stls_result stls_signature_algorithms(
    OSSL_LIB_CTX *libctx, stls_text_list **out_names, stls_error *err);

STLS_END_DECLS

#endif
