/* SPDX-License-Identifier: MIT */
/* verify: settings for the verification of the peer: mode, flags, depth, names. */
#ifndef SANSTLS_VERIFY_H
#define SANSTLS_VERIFY_H

#include <stdbool.h>

#include <sanstls/constants.h>
#include <sanstls/context.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * A handshake verifies the chain up to a trust anchor (RFC 5280), with its times,
 * its purposes and, at the security level, its keys; the server's name; and CRLs
 * if the verify flags ask for them. It does not verify OCSP responses, stapled or
 * fetched. A certificate that requires a stapled response (must-staple, RFC 7633)
 * is accepted without one; stls_certificate_must_staple recognises such a
 * certificate.
 */

/*
 * Sets whether a server requests a client certificate, and whether it requires one.
 * On a client REQUIRED and OPTIONAL both mean required; NONE is refused with
 * STLS_ERROR_MISUSE: see stls_context_set_insecure_verify_none.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_mode(
    stls_context *context, stls_verify_mode mode, stls_error *err);

/* Returns the verify mode; STLS_VERIFY_NONE for NULL. */
STLS_EXPORT stls_verify_mode
stls_context_verify_mode(const stls_context *context);

/* Client only: accepts any server certificate, unverified, under any name.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_verify_none(stls_context *context, stls_error *err);

/*
 * Client only: requires that the certificate matches the object's server name.
 * This is the default if certificates are verified. The call reverses
 * stls_context_set_insecure_hostname_any. As in CPython, it raises a verify mode
 * of NONE to REQUIRED.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_check_hostname(stls_context *context, stls_error *err);

/* Client only: verifies the chain, but not the name of the certificate.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_set_insecure_hostname_any(stls_context *context, stls_error *err);

/* Returns whether objects check the server's name. */
STLS_EXPORT bool stls_context_check_hostname(const stls_context *context);

/* Sets the bits of stls_verify_flag, or others of X509_V_FLAG_* in
 * <openssl/x509_vfy.h> (ssl.SSLContext.verify_flags), in place of all earlier ones.
 * NO_CHECK_TIME, IGNORE_CRITICAL and ALLOW_PROXY_CERTS are refused with
 * STLS_ERROR_MISUSE. Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_flags(
    stls_context *context, unsigned long flags, stls_error *err);

/* As stls_context_set_verify_flags, and accepts bits that weaken security.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_verify_flags(
    stls_context *context, unsigned long flags, stls_error *err);

/* Returns the bits that stls_context_set_verify_flags sets; 0 for NULL. */
STLS_EXPORT unsigned long stls_context_verify_flags(
    const stls_context *context);

/*
 * Sets the maximal number of certificates between the peer's certificate and the
 * trust anchor (SSL_CTX_set_verify_depth). The default is OpenSSL's, 100. A
 * negative number is refused with STLS_ERROR_MISUSE.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_depth(
    stls_context *context, int depth, stls_error *err);

/* Returns the depth; -1 for NULL. */
STLS_EXPORT int stls_context_verify_depth(const stls_context *context);

/* The default: STLS_HOSTFLAG_NO_PARTIAL_WILDCARDS (a wildcard is a whole label) and
 * STLS_HOSTFLAG_NEVER_CHECK_SUBJECT (a common name is not a host name; RFC 9525,
 * 6.3). */
#define STLS_HOSTFLAGS_DEFAULT 0x24U

/*
 * A flag that OpenSSL does not have: labels of the server's name may begin or end
 * with a hyphen, and a wildcard also matches labels with underscores; see
 * STLS_HOSTNAME_ANY_LABEL in hostname.h. The default does not include it.
 * stls_context_set_hostflags accepts it, because only the owner of the wildcard's
 * domain can make such names.
 */
#define STLS_HOSTFLAG_ANY_LABEL 0x10000U

/*
 * Client only: sets the STLS_HOSTFLAG_* bits, in place of all earlier ones. They
 * control how the names of a certificate are compared with the server's name.
 * Flags that are less strict than STLS_HOSTFLAGS_DEFAULT are refused with
 * STLS_ERROR_MISUSE. Applies to objects made afterwards.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_hostflags(
    stls_context *context, unsigned hostflags, stls_error *err);

/* As stls_context_set_hostflags, and accepts bits that weaken security. Unknown bits
 * are still refused.
 * Results as every setter of stls_context. */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_hostflags(
    stls_context *context, unsigned hostflags, stls_error *err);

/* Returns the STLS_HOSTFLAG_* bits; 0 for NULL. */
STLS_EXPORT unsigned stls_context_hostflags(const stls_context *context);

/*
 * Client only: sets whether the common name of a certificate counts as a host
 * name if its subjectAltName has no DNS name. The default is false; CPython's is
 * true (ssl.SSLContext.hostname_checks_common_name). The call clears or sets
 * STLS_HOSTFLAG_NEVER_CHECK_SUBJECT, and leaves the other hostflags as they are.
 * Applies to objects made afterwards.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_insecure_common_name(
    stls_context *context, bool is_on, stls_error *err);

/* Returns whether STLS_HOSTFLAG_NEVER_CHECK_SUBJECT is clear; false for NULL. */
STLS_EXPORT bool stls_context_insecure_common_name(const stls_context *context);

STLS_END_DECLS

#endif
