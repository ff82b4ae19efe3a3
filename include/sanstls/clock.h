/* SPDX-License-Identifier: MIT */
/* clock: the time that a context goes by. */
#ifndef SANSTLS_CLOCK_H
#define SANSTLS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * Returns the time, in seconds since 1970-01-01T00:00:00Z without leap seconds, as
 * time(2) does. Called by the thread that makes the call on the object, context or
 * session that asks; with a sealed context by several threads at once. It may be
 * called several times within one call, and by any call of the library that takes
 * such an argument: do not count on a number of calls.
 *
 * It has to return at once, and cannot fail. It may go forwards and backwards. A
 * time below STLS_CLOCK_FIRST counts as that, and one above STLS_CLOCK_LAST as that.
 * It must not use an object, context or session of the library.
 */
typedef int64_t (*stls_clock_fn)(void *user_data);

/* The first second of 1970 but one: to OpenSSL a session of 0 has no time. And the
 * last second of 2500: OpenSSL 3.2 and newer count to 2554. */
#define STLS_CLOCK_FIRST INT64_C(1)
#define STLS_CLOCK_LAST INT64_C(16756761599)

/*
 * Sets what tells the context and its connections the time; NULL for the default: the
 * system's clock, or, in a library context of libsanstls-testing, the clock of that. For
 * tests, for recorded connections, and for machines whose system has no clock, or a wrong
 * one. Where it is not set nothing is asked and nothing costs more.
 *
 * The clock is asked by:
 *
 * - the verification of certificates and CRLs, in the handshake and afterwards
 *   (post_handshake_auth.h), at the moment of each verification;
 * - OCSP responses (stapling.h): whether a server sends them, and a client accepts
 *   them;
 * - sessions: when they are made, whether they are offered and resumed, their
 *   timeout and maximal age, on clients and servers, with tickets and without;
 * - tickets: the time in those that a server makes, and the age that a client
 *   tells in TLS 1.3 (RFC 8446, 4.2.11.1);
 * - the keys that a server makes for its tickets by itself, when they are
 *   replaced. If the clock is set back by more than a minute to before a key was
 *   made, a new one is made.
 *
 * A time or a flag that the application has set itself counts before the clock:
 * X509_VERIFY_PARAM_set_time on SSL_CTX_get0_param or SSL_get0_param,
 * X509_V_FLAG_USE_CHECK_TIME and X509_V_FLAG_NO_CHECK_TIME. With choose_context the
 * clock is that of the context that was chosen. A session has the clock of the
 * context whose connection made it, for stls_session_is_resumable; a context that
 * offers a session, and stls_session_check, use the clock of that context; a session
 * of stls_session_new_serialized has the system's.
 *
 * On a server, the sessions that the context stores itself (session.h) then lie
 * beside OpenSSL's cache, which knows only the system's time: with as many of them
 * (SSL_CTX_sess_set_cache_size), and with the counts of stls_context_session_stats,
 * but without SSL_CTX_sess_number and SSL_CTX_sessions. To libssl, a session that is
 * resumed was made at the moment when it is looked up: SSL_SESSION_get_time on a
 * server's SSL says so. The clock needs SSL_CTX_set_session_ticket_cb,
 * SSL_CTX_sess_set_new_cb, and on a server SSL_CTX_sess_set_get_cb, which the
 * application then must not set.
 *
 * The policy does not depend on the clock: a session that was made with one may be
 * resumed with another. `user_data` stays the caller's: it must live as long as the
 * context, its objects, and all sessions that these returned.
 *
 * Results as every setter of stls_context. A call that fails leaves the old clock.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_clock(stls_context *context, stls_clock_fn clock,
                       void *user_data, stls_error *err);

/* Returns whether the context has a clock of the application; false for NULL. */
STLS_EXPORT bool stls_context_has_clock(const stls_context *context);

STLS_END_DECLS

#endif
