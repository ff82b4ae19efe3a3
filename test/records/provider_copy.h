/* SPDX-License-Identifier: MIT */
/* provider_copy: a provider of any name that has all that OpenSSL's default one
 * has. */
#ifndef STLS_TEST_PROVIDER_COPY_H
#define STLS_TEST_PROVIDER_COPY_H

#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <stddef.h>

/* Loads it into `libctx`. Unload it before that is freed. */
OSSL_PROVIDER *provider_copy_load(OSSL_LIB_CTX *libctx, const char *name);

/* How often all copies were asked for an OSSL_OP so far: once for each fetch in a
 * library context that has nothing else, as OpenSSL may not keep the answer. */
size_t provider_copy_num_queries(int operation);

#endif
