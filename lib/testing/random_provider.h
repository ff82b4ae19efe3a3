/* SPDX-License-Identifier: MIT */
/* random_provider: gives a library context a world's random bytes, and shows its time. */
#ifndef STLS_LIB_RANDOM_PROVIDER_H
#define STLS_LIB_RANDOM_PROVIDER_H

#include "testing/testing.h"

/*
 * Makes a world in the library context, NULL for the default one, which must not have
 * drawn a random byte. `name` is that of the provider: STLS_TEST_PROVIDER_NAME, or
 * another one, for a world of which the library shall not know: only the random bytes are
 * the world's then, not the time. Between stls_error_queue_enter and _leave.
 *
 * STLS_OK: *out_testing belongs to the provider, which belongs to the library context;
 * testing->provider is a reference. STLS_ERROR_MISUSE: it was drawn from.
 * STLS_ERROR_MEMORY.
 */
stls_result stls_random_provider_load(OSSL_LIB_CTX *libctx, const char *name,
                                      stls_testing **out_testing,
                                      stls_error *err);

/* Returns the world that a library context has, or NULL: none that the library knows. */
stls_testing *stls_random_provider_find(OSSL_LIB_CTX *libctx);

/* Lets the clock stand still, for a call that is recorded: however often it is asked in
 * between, it shows one time, which is returned. As often as it is held, it has to be
 * released. */
int64_t stls_random_provider_hold_time(stls_testing *testing);
void stls_random_provider_release_time(stls_testing *testing);

#endif
