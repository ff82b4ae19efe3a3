/* SPDX-License-Identifier: MIT */
/*
 * testing: all that libsanstls-testing has for unit tests of programs that embed the
 * library: seeded randomness, a clock that stands still, fixed certificates, recorded
 * connections, and their replay.
 *
 * It is a library of its own (pkg-config sanstls-testing), so that no product links it
 * by accident. Whoever knows a world's seed knows every key.
 */
#ifndef SANSTLS_TESTING_H
#define SANSTLS_TESTING_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/sanstls.h>

STLS_BEGIN_DECLS

/*
 * A testing world: a library context of OpenSSL whose random bytes follow from a seed,
 * and a clock that shows what it was set to, or the system's time. One for each
 * endpoint, so that the bytes of one end do not depend on what the other does, and for
 * one thread: then the same calls give the same ciphertext, on every machine with the
 * same OpenSSL. Another thread that uses it has random bytes of its own, and does not
 * disturb the first; they depend on how many threads came before it, unless it seeds
 * itself with stls_testing_reseed. fork(2) copies a world: the child draws what its parent
 * draws from then on, where OpenSSL's own generators would seed anew. One of the two has to
 * call stls_testing_reseed; of a world that has a secret seed neither is fit for secrets
 * then.
 *
 * stls_object_describe says "insecure randomness" of every connection whose context was
 * made in such a library context.
 */
typedef struct stls_testing stls_testing;

/*
 * Makes a world. `unix_time` is what its clock shows (STLS_CLOCK_FIRST to
 * STLS_CLOCK_LAST), or 0 for the system's clock, which goes on. A recorded call
 * (stls_transcript_record) sees one time from its beginning to its end, and this time is
 * noted.
 *
 * STLS_OK: *out_testing is the caller's, to be released with stls_testing_free.
 * STLS_ERROR_MISUSE: out_testing is NULL, or unix_time is out of range.
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_testing_new(uint64_t seed, int64_t unix_time, stls_testing **out_testing,
                 stls_error *err);

/*
 * The same for a connection to a peer outside of the tests, which is to be recorded. Its
 * seed has 256 bits, from the system's randomness: the random bytes (ChaCha20, RFC 8439)
 * are fit for secrets as long as nobody has the seed. That is in the memory of the
 * process until stls_testing_free wipes it, and stls_transcript_record notes it if it is
 * told to (with_secrets, transcript.h): then the transcript can be replayed, and whoever
 * has it can decrypt the connection.
 *
 * Make it after fork(2): a child would draw what its parent draws. And make one for each
 * connection: what a transcript has of one world reveals all of this world's connections
 * in the same thread. stls_testing_reseed gives the seed up.
 *
 * Results as stls_testing_new; STLS_ERROR_UNSUPPORTED: OpenSSL has no random bytes.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_testing_new_random(int64_t unix_time, stls_testing **out_testing,
                        stls_error *err);

/*
 * Releases a world. Everything that was made in its library context (contexts,
 * credentials, trust, objects, sessions) has to be freed before. NULL is fine.
 */
STLS_EXPORT void stls_testing_free(stls_testing *testing);

/*
 * Seeds the library context that programs use which pass NULL for it: from then on their
 * random bytes follow from the seed, and their contexts go by the clock, in this thread;
 * as in stls_testing_new, unix_time 0 is for the system's.
 * It lasts until the process ends. It has to come before anything draws a random byte;
 * later calls seed anew and set the time.
 *
 * STLS_OK: *out_testing is borrowed, for the life of the process; out_testing may be
 *   NULL.
 * STLS_ERROR_MISUSE: unix_time is out of range, or random bytes were drawn before the
 *   first call (STLS_REASON_WRONG_STATE).
 * STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_testing_install_insecure(uint64_t seed, int64_t unix_time,
                              stls_testing **out_testing, stls_error *err);

/* The library context, borrowed for the life of the world; NULL for the default one. It
 * is what functions take as `libctx`. */
STLS_EXPORT OSSL_LIB_CTX *stls_testing_libctx(const stls_testing *testing);

/* Begins the sequence of random bytes of `seed`, for this thread, as in a new world.
 * What was drawn before, such as the keys of a server's tickets, stays. NULL is
 * fine. */
STLS_EXPORT void stls_testing_reseed(stls_testing *testing, uint64_t seed);

/* Sets the clock; 0 is for the system's. A time out of range counts as the nearest one
 * in range. NULL is fine. */
STLS_EXPORT void stls_testing_set_time(stls_testing *testing,
                                       int64_t unix_time);

/* The seed of this thread's random bytes, 0 if it is secret; the time that the clock
 * shows; and how many bytes the thread has drawn since it was seeded. 0 for NULL. */
STLS_EXPORT uint64_t stls_testing_seed(const stls_testing *testing);
STLS_EXPORT int64_t stls_testing_time(const stls_testing *testing);
STLS_EXPORT uint64_t stls_testing_num_drawn(const stls_testing *testing);

/* Whether the seed of this thread's random bytes is one of stls_testing_new_random; false
 * for NULL. */
STLS_EXPORT bool stls_testing_is_secret(const stls_testing *testing);

/*
 * Makes a context in the world, by its clock. A client trusts stls_testing_trust; a
 * server presents the credential "ecdsa". It is not sealed: everything of it can be set.
 * (Contexts that stls_context_new_* makes in the library context go by the clock, too.)
 *
 * STLS_OK: *out_context is the caller's.
 * STLS_ERROR_MISUSE: a NULL argument, or no role. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_testing_context(stls_testing *testing, stls_role role,
                     stls_context **out_context, stls_error *err);

/*
 * Makes one of the fixed credentials, by name. Their keys are public: they are in the
 * library. All are for the name "localhost" and the addresses 127.0.0.1 and ::1, and
 * valid from 2000 to 2199, issued by the CA of stls_testing_trust, unless the name says
 * otherwise:
 *
 * "ecdsa", "rsa", "ed25519": servers' certificates by key type;
 * "chain": "ecdsa" below an intermediate CA;
 * "expired": valid until 2001; "not-yet-valid": from 2198 on;
 * "wrong-name": for "wrong.example"; "unknown-ca": of a CA that nobody trusts;
 * "self-signed"; "client": a client's certificate, named "client".
 *
 * STLS_OK: *out_credential is the caller's, in the world's library context.
 * STLS_ERROR_INPUT: there is none of this name (STLS_REASON_UNKNOWN_NAME).
 * STLS_ERROR_MISUSE: a NULL argument. STLS_ERROR_MEMORY.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_testing_credential(stls_testing *testing, const char *name,
                        stls_credential **out_credential, stls_error *err);

/* The names of the credentials, by index from 0; NULL past the end. Static text. */
STLS_EXPORT const char *stls_testing_credential_name(size_t index);
STLS_EXPORT size_t stls_testing_credential_count(void);

/*
 * The certificate and the private key of a credential as PEM, for programs that read
 * files: static text, terminated; NULL for an unknown name. The name "ca" gives the CA's
 * certificate, which has no key here.
 */
STLS_EXPORT const char *stls_testing_chain_pem(const char *name);
STLS_EXPORT const char *stls_testing_key_pem(const char *name);

/* Makes the trust in the CA of the credentials.
 *
 * STLS_OK: *out_trust is the caller's. STLS_ERROR_MISUSE: a NULL argument.
 * STLS_ERROR_MEMORY. */
STLS_EXPORT STLS_CHECKED stls_result stls_testing_trust(stls_testing *testing,
                                                        stls_trust **out_trust,
                                                        stls_error *err);

STLS_END_DECLS

#include <sanstls/player.h>
#include <sanstls/transcript.h>

#endif
