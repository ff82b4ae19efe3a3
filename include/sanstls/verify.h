/* SPDX-License-Identifier: MIT */
/* verify: settings for the verification of the peer: mode, flags, depth, names. */
#ifndef SANSTLS_VERIFY_H
#define SANSTLS_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sanstls/certificate.h>
#include <sanstls/constants.h>
#include <sanstls/context.h>
#include <sanstls/error.h>
#include <sanstls/trust.h>

STLS_BEGIN_DECLS

/*
 * A handshake verifies the chain up to a trust anchor (RFC 5280), with its times,
 * its purposes and, at the security level, its keys; the server's name; and CRLs
 * if the verify flags ask for them. A client that asks for OCSP responses
 * (stapling.h) verifies those that servers staple; none is fetched. By default it
 * does not ask, and accepts a certificate that requires a stapled response
 * (must-staple, RFC 7633) without one; stls_certificate_must_staple recognises such
 * a certificate.
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

/*
 * Server only: requires that a client's certificate has one of `names`, which are DNS
 * names or addresses as in stls_object_options.server_name (SSL_add1_host does that for
 * servers' names). They are compared as stls_hostname_match does; a wildcard of the
 * certificate counts. Like stls_context_set_check_hostname, the call raises a verify
 * mode of NONE to REQUIRED; with OPTIONAL a client without a certificate is still
 * accepted. A certificate with other names is refused as a server's is, with
 * X509_V_ERR_HOSTNAME_MISMATCH, or X509_V_ERR_IP_ADDRESS_MISMATCH where all of `names`
 * are addresses. The names are copied, in place of all earlier ones; num_names 0
 * expects none, which is the default.
 *
 * STLS_ERROR_INPUT: one is not a valid name or address; the message quotes it.
 * STLS_ERROR_UNSUPPORTED: one needs STLS_FEATURE_IDN.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_expected_client(
    stls_context *context, const char *const *names, size_t num_names,
    stls_error *err);

/* Returns how many names are expected of a client; 0 for NULL. */
STLS_EXPORT size_t
stls_context_expected_client_count(const stls_context *context);

/* Returns the name at `index`, in the form of DNS (stls_hostname_to_ascii), lower
 * case; NULL past the end and for a NULL context. Borrowed until the next
 * stls_context_set_expected_client that succeeds, or until the context is freed. */
STLS_EXPORT const char *stls_context_expected_client_at(
    const stls_context *context, size_t index);

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

/*
 * Sets the certificate policies that the application accepts, as OIDs in dotted form:
 * the initial policy set of RFC 5280, 6.1.1 (c) (X509_VERIFY_PARAM_set1_policies, which
 * objects call for each verification; an SSL that the application makes from
 * stls_context_ssl_ctx does not know them).
 * With X509_V_FLAG_EXPLICIT_POLICY among the verify flags a chain must be valid under
 * one of them, and is else refused with X509_V_ERR_NO_EXPLICIT_POLICY; without it they
 * refuse nothing. They are copied, in place of all earlier ones. The call also sets
 * X509_V_FLAG_POLICY_CHECK, which num_oids 0 leaves as it is; num_oids 0 accepts any
 * policy, which is the default.
 *
 * STLS_ERROR_INPUT: one is not an OID in dotted form; the message quotes it.
 * Results as every setter of stls_context.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_context_set_verify_policies(
    stls_context *context, const char *const *oids, size_t num_oids,
    stls_error *err);

/* Returns how many policies are set; 0 for NULL. */
STLS_EXPORT size_t
stls_context_verify_policy_count(const stls_context *context);

/* Returns the OID at `index`; NULL past the end and for a NULL context. Borrowed until
 * the next stls_context_set_verify_policies that succeeds, or until the context is
 * freed. */
STLS_EXPORT const char *stls_context_verify_policy_at(
    const stls_context *context, size_t index);

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

/* --- chains without a handshake --- */

/*
 * Verifies a chain as a handshake of the context would: with its trust, verify
 * flags and depth, hostflags, security level and clock, by the same code. For
 * tests, for monitoring, and for chains that arrive in another way. The verify mode
 * does not matter. That the peer has the key is not verified, nor an OCSP response.
 *
 * `chain` has `num_certificates` certificates, which are borrowed: the peer's own
 * first, the others as a peer would send them, in any order. `server_name` is as in
 * stls_object_options, and required where it is there. The server's name is not
 * verified where it is not in a handshake (stls_context_set_insecure_hostname_any).
 *
 * STLS_OK: accepted. *out_path, unless NULL, is the verified path, the peer's
 *   certificate first and the trust anchor last; the caller's, to be released with
 *   stls_certificate_list_free.
 * STLS_ERROR_CERTIFICATE: refused. The error is that of a handshake: the code and the
 *   depth of the first check that failed, and the message; only alert_sent is -1,
 *   because nothing was sent. *out_failed, unless NULL, is the certificate that
 *   failed, to be released with stls_certificate_free, or NULL where it was the path
 *   as a whole.
 * STLS_ERROR_MISUSE: context or chain, or a certificate in it, is NULL;
 *   num_certificates is 0; server_name is missing, or given on a server.
 * STLS_ERROR_INPUT: server_name is not a valid name or address.
 * STLS_ERROR_UNSUPPORTED: server_name needs STLS_FEATURE_IDN.
 * STLS_ERROR_MEMORY.
 * After other results than the first *out_path is as before; after other results
 * than the second, *out_failed. Any thread, if the context is sealed.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_context_verify(stls_context *context, stls_certificate *const *chain,
                    size_t num_certificates, const char *server_name,
                    stls_certificate_list **out_path,
                    stls_certificate **out_failed, stls_error *err);

/* How a chain is verified. Start from STLS_TRUST_VERIFY_OPTIONS_INIT. */
typedef struct stls_trust_verify_options {
  size_t size;
  /* The name or address that the certificate must have, as in stls_object_options.
   * NULL: names are not verified. NULL for clients. */
  const char *server_name;
  /* What the certificate is for: STLS_PURPOSE_SERVER_AUTH, the default, verifies
   * it as a client verifies a server, STLS_PURPOSE_CLIENT_AUTH the other way round. */
  stls_purpose purpose;
  /* As stls_context_set_verify_depth; -1 for OpenSSL's default. */
  int verify_depth;
  /* As stls_context_set_verify_flags. The default is that of
   * stls_context_new_client. */
  unsigned long verify_flags;
  /* The time of the verification, in seconds since the epoch (stls_clock_fn); 0 for
   * the system's present time. */
  int64_t time;
} stls_trust_verify_options;

#define STLS_TRUST_VERIFY_OPTIONS_INIT \
  { \
    sizeof(stls_trust_verify_options), STLS_NULL, STLS_PURPOSE_SERVER_AUTH, \
        -1, \
        STLS_VERIFY_X509_TRUSTED_FIRST | STLS_VERIFY_X509_PARTIAL_CHAIN | \
            STLS_VERIFY_X509_STRICT, \
        0 \
  }

/*
 * The same by a set of trust alone: as a handshake of a context with the default
 * settings, this trust and these options, which is made for the call and costs about
 * as much as a handshake. `options` may be NULL. The library context is that of the
 * trust.
 *
 * STLS_ERROR_MISUSE also: trust is NULL; the size of the options is not set; purpose
 *   is not an stls_purpose; the verify flags weaken security: a context that has
 *   them, and stls_context_verify, does that.
 * Other results as stls_context_verify. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_trust_verify(
    stls_trust *trust, stls_certificate *const *chain, size_t num_certificates,
    const stls_trust_verify_options *options, stls_certificate_list **out_path,
    stls_certificate **out_failed, stls_error *err);

STLS_END_DECLS

#endif
