/* SPDX-License-Identifier: MIT */
/* hostname: matches a certificate or names with a server's name or address. */
#ifndef SANSTLS_HOSTNAME_H
#define SANSTLS_HOSTNAME_H

#include <stdbool.h>
#include <stddef.h>

#include <sanstls/certificate.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * What a handshake checks by itself (stls_object_options.server_name), as pure
 * functions: RFC 9525, 6.2 to 6.5, with OpenSSL's verdicts (X509_check_host with
 * X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, X509_check_ip_asc). They do
 * not verify the certificate or its chain.
 *
 * The reference is what the caller wants to reach: a DNS name, or an IPv4 or
 * IPv6 address in strict text form ("192.0.2.1", "2001:db8::1"; no brackets, no
 * zone). One trailing dot of a DNS name is ignored. Labels beyond ASCII are
 * converted as stls_hostname_to_ascii does.
 *
 * A DNS name matches presented DNS names only:
 *
 * - Letters A to Z match in either case; all other bytes exactly. So a presented
 *   name with a NUL, a trailing dot or U-labels matches nothing.
 * - "*" is a wildcard only as the whole left-most label, and with at least two
 *   labels below it: "*.example.com", never "*.com", "w*.example.com",
 *   "xn--*.example.com" or "www.*.com". There is no list of public suffixes:
 *   "*.co.uk" is one. It stands for just one label, which is not empty and may be
 *   an A-label; and, without STLS_HOSTNAME_ANY_LABEL, for no name that has an
 *   underscore anywhere.
 *
 * An address matches presented addresses only, octet by octet: an IPv4 address
 * is not the IPv6 address that it is mapped to.
 */

/* Flags of stls_hostname_match. */
typedef enum stls_hostname_flag {
  /*
   * Where the certificate presents no DNS name at all, its common names are
   * taken for DNS names (RFC 6125, 6.4.4; RFC 9525, 6.3 forbids it): each of
   * them, outermost first, up to one that is no text. Addresses are never looked
   * for there. A subjectAltName that cannot be decoded counts as one with DNS
   * names.
   */
  STLS_HOSTNAME_INSECURE_COMMON_NAME = 1,
  /*
   * Labels as DNS has them (RFC 2181, 11), and browsers: those of the reference
   * may begin and end with a hyphen, and "*" stands for one with underscores
   * (cpython#103490), and for one below a label with underscores. What is a
   * wildcard, and that it stands for one label, stays. For handshakes there is
   * STLS_HOSTFLAG_ANY_LABEL.
   */
  STLS_HOSTNAME_ANY_LABEL = 2
} stls_hostname_flag;

/*
 * Returns whether a certificate matches `reference`. `flags` is 0 or flags of
 * above. A subjectAltName that is malformed (stls_certificate_extension)
 * matches nothing, also where OpenSSL still reads it, and so a handshake goes
 * on: where there are bytes behind its value.
 *
 * STLS_OK: *out_matches is set.
 * STLS_ERROR_INPUT: `reference` is not a valid name or address; the message
 *   quotes it and says why.
 * STLS_ERROR_MISUSE: a NULL argument, or an unknown flag. STLS_ERROR_MEMORY. Any
 *   thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_hostname_match(const char *reference, const stls_certificate *certificate,
                    unsigned flags, bool *out_matches, stls_error *err);

/*
 * The same for names that the caller has as text, such as those of a dictionary
 * of ssl.SSLSocket.getpeercert: DNS names for a reference that is one, addresses
 * for an address. A text does not say of what kind it was in a certificate: hand
 * in those of the reference's kind. `name_lens` may be NULL, where all names are
 * terminated.
 *
 * Results as above. STLS_ERROR_MISUSE also where a name is NULL.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_hostname_match_names(
    const char *reference, const char *const *names, const size_t *name_lens,
    size_t num_names, bool *out_matches, stls_error *err);

/*
 * Converts a server's name to the form of DNS, SNI and certificates: non-ASCII
 * labels, in UTF-8, become A-labels (RFC 5891, 5; UTS 46, non-transitional:
 * upper case and other spellings are mapped first), where the library was built
 * with libidn2; elsewhere they are refused (STLS_FEATURE_IDN). This is not
 * CPython's codec "idna" (IDNA 2003), in which the sharp s of a German name
 * becomes "ss". A name in ASCII, or an address, stays as it is; one trailing
 * dot is cut off.
 *
 * An output buffer, of at most 253 bytes.
 *
 * STLS_OK.
 * STLS_ERROR_INPUT: not a valid name or address, or one that IDNA 2008 does not
 *   allow; the message quotes it and says why.
 * STLS_ERROR_UNSUPPORTED: it is not ASCII, and there is no libidn2; so it is
 *   wherever a server's name is given.
 * STLS_ERROR_MISUSE: a NULL argument, or out_cap is too small.
 * STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_hostname_to_ascii(const char *name,
                                                            char *out,
                                                            size_t out_cap,
                                                            size_t *out_len,
                                                            stls_error *err);

STLS_END_DECLS

#endif
