/* SPDX-License-Identifier: MIT */
/* credential (L3): a certificate chain and its private key, as one unit. */
#ifndef STLS_CREDENTIAL_H
#define STLS_CREDENTIAL_H

#include <openssl/ssl.h>
#include <sanstls/credential.h>

/* Sets the credential on a context, whose previous one stays on failure. The
 * caller guards the error queue. */
stls_result stls_credential_install(const stls_credential *credential,
                                    SSL_CTX *ssl_ctx, stls_error *err);

#endif
