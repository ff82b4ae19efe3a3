/* SPDX-License-Identifier: MIT */
/* peer_name: compares the peer's certificate with the name that it must have. */
#ifndef STLS_LIB_PEER_NAME_H
#define STLS_LIB_PEER_NAME_H

#include "context/peer_verify.h"
#include "context/ssl_owner.h"

/*
 * Requires that the peer's certificate has the name `name`, which is the
 * server_name of the SSL's owner: a DNS name without trailing dot, or an
 * address as text. `hostflags` are X509_CHECK_FLAG_* bits. Returns STLS_OK;
 * STLS_ERROR_INPUT where OpenSSL refuses the name; or STLS_ERROR_MEMORY. The
 * caller guards the error queue.
 */
stls_result stls_peer_name_set(struct stls_peer_verify *verify, SSL *ssl,
                               const char *name, bool is_address,
                               unsigned hostflags, stls_error *err);

/* Whether the leaf has the name that the owner's verification requires. The
 * caller guards the error queue. */
bool stls_peer_name_matches(const struct stls_ssl_owner *owner,
                            X509_STORE_CTX *store);

#endif
