/* SPDX-License-Identifier: MIT */
/*
 * testing: all that libsanstls-testing has for unit tests of programs that embed the
 * library: seeded randomness, a clock that stands still, fixed certificates, recorded
 * connections, and their replay.
 *
 * It is a library of its own (pkg-config sanstls-testing), so that no product links it
 * by accident. Whoever knows the seed knows every key.
 */
#ifndef SANSTLS_TESTING_H
#define SANSTLS_TESTING_H

#include <openssl/types.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/sanstls.h>

STLS_BEGIN_DECLS

/*
 * A testing world: a library context of OpenSSL whose random bytes follow from a seed,
 * and a clock that shows what it was set to. One for each endpoint, so that the bytes of
 * one end do not depend on what the other does, and for one thread: then the same calls
 * give the same ciphertext, on every machine with the same OpenSSL.
 *
 * stls_object_describe says "insecure randomness" of every connection whose context was
 * made in such a library context.
 */
typedef struct stls_testing stls_testing;

/*
 * Makes a world. `unix_time` is what its clock shows (STLS_CLOCK_FIRST to
 * STLS_CLOCK_LAST).
 *
 * STLS_OK: *out_testing is the caller's, to be released with stls_testing_free.
 * STLS_ERROR_MISUSE: out_testing is NULL, or unix_time is out of range.
 * STLS_ERROR_UNSUPPORTED: this OpenSSL has no such providers.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_testing_new(uint64_t seed,
                                                      int64_t unix_time,
                                                      stls_testing **out_testing,
                                                      stls_error *err);

/*
 * Releases a world. Everything that was made in its library context (contexts,
 * credentials, trust, objects, sessions) has to be freed before. NULL is fine.
 */
STLS_EXPORT void stls_testing_free(stls_testing *testing);

/*
 * Seeds the library context that programs use which pass NULL for it: from then on their
 * random bytes follow from the seed, and their contexts go by the clock, in this thread.
 * It lasts until the process ends. It has to come before anything draws a random byte;
 * later calls seed anew and set the time.
 *
 * STLS_OK: *out_testing is borrowed, for the life of the process; out_testing may be
 *   NULL.
 * STLS_ERROR_MISUSE: unix_time is out of range, or random bytes were drawn before the
 *   first call (STLS_REASON_WRONG_STATE).
 * STLS_ERROR_UNSUPPORTED, STLS_ERROR_MEMORY as stls_testing_new.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_testing_install_insecure(uint64_t seed, int64_t unix_time,
                              stls_testing **out_testing, stls_error *err);

/* The library context, borrowed for the life of the world; NULL for the default one. It
 * is what functions take as `libctx`. */
STLS_EXPORT OSSL_LIB_CTX *stls_testing_libctx(const stls_testing *testing);

/* Begins the sequence of random bytes of `seed`, for this thread, as in a new world.
 * What was drawn before stays. NULL is fine. */
STLS_EXPORT void stls_testing_reseed(stls_testing *testing, uint64_t seed);

/* Sets the clock. A time out of range counts as the nearest one in range. NULL is
 * fine. */
STLS_EXPORT void stls_testing_set_time(stls_testing *testing, int64_t unix_time);

/* The seed of the world, the time that its clock shows, and how many random bytes were
 * drawn since it was made or seeded; 0 for NULL. */
STLS_EXPORT uint64_t stls_testing_seed(const stls_testing *testing);
STLS_EXPORT int64_t stls_testing_time(const stls_testing *testing);
STLS_EXPORT uint64_t stls_testing_num_drawn(const stls_testing *testing);

STLS_END_DECLS

#endif
