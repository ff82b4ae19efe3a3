/* SPDX-License-Identifier: MIT */
/* opaque_provider: a provider that exports only a key's public part, as a token
 * does. */
#ifndef STLS_TEST_OPAQUE_PROVIDER_H
#define STLS_TEST_OPAQUE_PROVIDER_H

#include <openssl/evp.h>

/* Loads the provider into `libctx`, beside the default one, and gives out an EC
 * key of it that signs with `real`. Free the key, then call opaque_provider_close. */
EVP_PKEY *opaque_provider_open(OSSL_LIB_CTX *libctx, EVP_PKEY *real);
void opaque_provider_close(void);

/* How many signatures it has made. */
int opaque_provider_num_signatures(void);

#endif
