/* SPDX-License-Identifier: MIT */
/* signature_name: names the signature algorithms of a handshake. */
#ifndef STLS_LIB_SIGNATURE_NAME_H
#define STLS_LIB_SIGNATURE_NAME_H

#include <openssl/ssl.h>
#include <stdbool.h>

/* The signature algorithm of this side, or of the peer, in the handshake; NULL
 * for none. The name lives as long as the SSL_CTX. */
const char *stls_signature_name_own(SSL *ssl);
const char *stls_signature_name_peer(SSL *ssl);

/* The name in RFC 8446, 4.2.3 of a key type with a hash function, both as
 * NIDs. `is_pss_key`: the key is for RSA-PSS only. NULL for an unknown
 * pair. */
const char *stls_signature_name(int key, int digest, bool is_pss_key);

#endif
