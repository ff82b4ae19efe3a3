/* SPDX-License-Identifier: MIT */
/* policy: options, security level, depth, host flags, master secret. */
#ifndef SANSTLS_POLICY_H
#define SANSTLS_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include <sanstls/constants.h>
#include <sanstls/context.h>

STLS_BEGIN_DECLS

/* Setters and their results are those of context.h. */

/*
 * Sets SSL_OP_* bits (ssl.SSLContext.options), replacing all: to add one, hand
 * in those of stls_context_options and that one. STLS_OP_* are OpenSSL's
 * numbers; SSL_OP_* of a newer OpenSSL are understood as far as this library
 * knows them.
 *
 * STLS_ERROR_MISUSE, and the message names the bit: one that weakens security
 *   by being changed (LEGACY_SERVER_CONNECT, IGNORE_UNEXPECTED_EOF or
 *   NO_ENCRYPT_THEN_MAC set, NO_COMPRESSION or NO_RX_CERTIFICATE_COMPRESSION
 *   cleared and so on); one that
 *   stls_context_set_versions speaks for (NO_TLSv1_2); one that an object cannot
 *   do without (NO_RENEGOTIATION) or cannot do (ENABLE_KTLS); one that is not
 *   known.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_options(
    stls_context *context, uint64_t options, stls_error *err);

/* The same with what weakens security. After IGNORE_UNEXPECTED_EOF the end of
 * the transport between two records is STLS_CLOSED, as if the peer had sent
 * close_notify. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_options(
    stls_context *context, uint64_t options, stls_error *err);

/* 0 for NULL. */
STLS_EXPORT uint64_t stls_context_options(const stls_context *context);

/*
 * Raises the security level (SSL_CTX_set_security_level, 0 to 5): how strong
 * keys, signatures and cipher suites have to be. The default is 2: 112 bits. A
 * credential or group that was set before and is too weak for the new level is
 * found out by a handshake. Less than the present level is refused with
 * STLS_ERROR_MISUSE.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_security_level(
    stls_context *context, int level, stls_error *err);

/* The same without that check. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_security_level(
    stls_context *context, int level, stls_error *err);

/* ssl.SSLContext.security_level; -1 for NULL. */
STLS_EXPORT int stls_context_security_level(const stls_context *context);

/*
 * Sets how many certificates there may be between the peer's own and the trust
 * anchor (SSL_CTX_set_verify_depth). The default is OpenSSL's, 100. Negative
 * ones are refused with STLS_ERROR_MISUSE.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_depth(
    stls_context *context, int depth, stls_error *err);

/* -1 for NULL. */
STLS_EXPORT int stls_context_verify_depth(const stls_context *context);

/* RFC 9525, 6.3: a wildcard is a whole label, and a common name no host name. */
#define STLS_HOSTFLAGS_DEFAULT \
  ((unsigned)STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS | \
   (unsigned)STLS_HOSTFLAG_NEVER_CHECK_SUBJECT)

/*
 * Beside OpenSSL's: the server's name may have labels that begin or end with a
 * hyphen, and a wildcard stands for labels with underscores, too; see
 * STLS_HOSTNAME_ANY_LABEL in hostname.h. It is not in the default, which is
 * OpenSSL's, but may be set with it: nobody but the owner of a wildcard's domain
 * makes such names.
 */
#define STLS_HOSTFLAG_ANY_LABEL 0x10000U

/*
 * Client only: sets STLS_HOSTFLAG_* bits, how a certificate's names are compared
 * with the server's name, replacing all. Only what is at least as strict as
 * STLS_HOSTFLAGS_DEFAULT is taken; the rest is refused with STLS_ERROR_MISUSE.
 * Holds for objects made afterwards.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_hostflags(
    stls_context *context, unsigned hostflags, stls_error *err);

/* The same without that check; unknown bits are still refused. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_hostflags(
    stls_context *context, unsigned hostflags, stls_error *err);

/* 0 for NULL. */
STLS_EXPORT unsigned stls_context_hostflags(const stls_context *context);

/*
 * Client only: takes the common name of a certificate for a host name where it
 * has no DNS name in its subjectAltName, which is CPython's default
 * (ssl.SSLContext.hostname_checks_common_name). Is ended by
 * stls_context_set_hostflags.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_common_name(stls_context *context, stls_error *err);

/*
 * Whether a connection of TLS 1.2 has to have an extended master secret, which
 * depends on all of its handshake (RFC 7627); without one, whoever relays two
 * handshakes can make their secrets the same. TLS 1.3 always has it. Off by
 * default, for peers from before 2015.
 *
 * A server refuses the ClientHello, and a client the ServerHello, with
 * handshake_failure (RFC 7627, 5.2), whatever it verifies. The error is
 * STLS_ERROR_TLS with the reason STLS_REASON_EXTENDED_MASTER_SECRET_MISSING.
 *
 * Whatever is set here, no session without it is resumed, on either side (RFC
 * 7627, 5.3): the handshake is a full one.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_require_extended_master_secret(stls_context *context,
                                                bool require, stls_error *err);

/* false for NULL. */
STLS_EXPORT bool stls_context_require_extended_master_secret(
    const stls_context *context);

STLS_END_DECLS

#endif
