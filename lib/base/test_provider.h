/* SPDX-License-Identifier: MIT */
/* test_provider: finds the provider of libsanstls-testing, and asks it the time. */
#ifndef STLS_LIB_TEST_PROVIDER_H
#define STLS_LIB_TEST_PROVIDER_H

#include <openssl/types.h>
#include <stdint.h>

/* Names that both libraries know: of the provider, and of its parameter, the time as
 * an integer. */
#define STLS_TEST_PROVIDER_NAME "sanstls-insecure-testing"
#define STLS_TEST_PROVIDER_TIME "sanstls-time"

/* Returns the provider if it is active in the library context, else NULL. Borrowed,
 * for as long as it stays so. Between stls_error_queue_enter and _leave. */
OSSL_PROVIDER *stls_test_provider_find(OSSL_LIB_CTX *libctx);

/* A stls_clock_fn, whose user_data is the provider. */
int64_t stls_test_provider_time(void *provider);

#endif
