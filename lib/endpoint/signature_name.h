/* SPDX-License-Identifier: MIT */
/* signature_name: what the two sides of a connection signed with. */
#ifndef STLS_LIB_SIGNATURE_NAME_H
#define STLS_LIB_SIGNATURE_NAME_H

#include <openssl/ssl.h>
#include <stdbool.h>

/* The algorithm that this side, or the peer, signed its handshake with; NULL for
 * none. Lives as long as the SSL_CTX. */
const char *stls_signature_name_own(SSL *ssl);
const char *stls_signature_name_peer(SSL *ssl);

/* What RFC 8446, 4.2.3 calls a key type with a hash function, both numbered by
 * OpenSSL; `is_pss_key` for a key that is for RSA-PSS only. NULL for what it does
 * not know. */
const char *stls_signature_name(int key, int digest, bool is_pss_key);

#endif
