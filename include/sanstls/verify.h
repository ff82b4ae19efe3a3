/* SPDX-License-Identifier: MIT */
/* verify: how the peer is verified: mode, flags, depth, names. */
#ifndef SANSTLS_VERIFY_H
#define SANSTLS_VERIFY_H

#include <stdbool.h>

#include <sanstls/constants.h>
#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * What is verified: the chain to an anchor of the trust (RFC 5280), its times,
 * purposes and keys at the security level, the server's name, and CRLs where the
 * verify flags ask for them. Not verified: OCSP responses, stapled or fetched.
 * A certificate that demands a stapled response (must-staple, RFC 7633) is
 * accepted without one: stls_certificate_must_staple tells which those are.
 */

/*
 * Sets whether a server requests a client certificate, and whether it requires one.
 * On a client REQUIRED and OPTIONAL both mean required; NONE is refused with
 * STLS_ERROR_MISUSE: see stls_context_set_insecure_verify_none.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_mode(
    stls_context *context, stls_verify_mode mode, stls_error *err);
STLS_EXPORT stls_verify_mode
stls_context_verify_mode(const stls_context *context);

/* Client only: accepts any server certificate, unverified, under any name. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_verify_none(stls_context *context, stls_error *err);

/*
 * Client only: requires that the certificate matches the object's server name,
 * which is the default wherever certificates are verified, and ends
 * stls_context_set_insecure_hostname_any. As in CPython, raises a verify mode of
 * NONE to REQUIRED.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_check_hostname(stls_context *context, stls_error *err);

/* Client only: verifies the chain, but accepts it under any name. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_hostname_any(stls_context *context, stls_error *err);

/* Whether objects check the server's name. */
STLS_EXPORT bool stls_context_check_hostname(const stls_context *context);

/* Sets X509_V_FLAG_* bits (ssl.SSLContext.verify_flags), replacing all. Refuses
 * NO_CHECK_TIME, IGNORE_CRITICAL and ALLOW_PROXY_CERTS with STLS_ERROR_MISUSE. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_flags(
    stls_context *context, unsigned long flags, stls_error *err);

/* The same without that check. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_verify_flags(
    stls_context *context, unsigned long flags, stls_error *err);

STLS_EXPORT unsigned long stls_context_verify_flags(
    const stls_context *context);

/*
 * Sets how many certificates there may be between the peer's own and the trust
 * anchor (SSL_CTX_set_verify_depth). The default is OpenSSL's, 100. Negative
 * ones are refused with STLS_ERROR_MISUSE.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_depth(
    stls_context *context, int depth, stls_error *err);

/* -1 for NULL. */
STLS_EXPORT int stls_context_verify_depth(const stls_context *context);

/* STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS and STLS_HOSTFLAG_NEVER_CHECK_SUBJECT: a
 * wildcard is a whole label, and a common name is not a host name (RFC 9525, 6.3).
 */
#define STLS_HOSTFLAGS_DEFAULT 0x24U

/*
 * Beside OpenSSL's: the server's name may have labels that begin or end with a
 * hyphen, and a wildcard matches labels with underscores, too; see
 * STLS_HOSTNAME_ANY_LABEL in hostname.h. It is not in the default, which is
 * OpenSSL's, but is accepted with it, because only the owner of a wildcard's domain can
 * make such names.
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
 * Client only: whether the common name of a certificate counts as a host name
 * where its subjectAltName has no DNS name: off by default. CPython's default is
 * on (ssl.SSLContext.hostname_checks_common_name). Clears or sets
 * STLS_HOSTFLAG_NEVER_CHECK_SUBJECT, and leaves the other hostflags. Holds for
 * objects made afterwards.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_common_name(
    stls_context *context, bool is_on, stls_error *err);

/* Whether STLS_HOSTFLAG_NEVER_CHECK_SUBJECT is clear. false for NULL. */
STLS_EXPORT bool stls_context_insecure_common_name(const stls_context *context);

STLS_END_DECLS

#endif
