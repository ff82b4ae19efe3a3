/* SPDX-License-Identifier: MIT */
/* hostname: compares a server's name or address with a certificate or names. */
#ifndef SANSTLS_HOSTNAME_H
#define SANSTLS_HOSTNAME_H

#include <stdbool.h>
#include <stddef.h>

#include <sanstls/certificate.h>
#include <sanstls/error.h>

STLS_BEGIN_DECLS

/*
 * The name check of a handshake (stls_object_options.server_name) as pure
 * functions: RFC 9525, 6.2 to 6.5. The results are those of OpenSSL
 * (X509_check_host with X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
 * X509_check_ip_asc). The functions do not verify the certificate or its chain.
 *
 * The reference is what the caller wants to reach: a DNS name, or an IPv4 or
 * IPv6 address in strict text form ("192.0.2.1", "2001:db8::1"; no brackets, no
 * zone). One trailing dot of a DNS name is ignored. Non-ASCII labels are
 * converted as stls_hostname_to_ascii does.
 *
 * The presented names are those of the certificate. A DNS name matches only
 * presented DNS names:
 *
 * - The letters A to Z match in upper and lower case, all other bytes exactly. A
 *   presented name with a NUL, a trailing dot or U-labels therefore matches
 *   nothing.
 * - "*" is a wildcard only if it is the whole left-most label and at least two
 *   labels follow: "*.example.com", but not "*.com", "w*.example.com",
 *   "xn--*.example.com" or "www.*.com". There is no list of public suffixes:
 *   "*.co.uk" is a wildcard. A wildcard stands for exactly one label. This label
 *   is not empty, and may be an A-label. Without STLS_HOSTNAME_ANY_LABEL a
 *   wildcard matches no name that contains an underscore anywhere.
 *
 * An address matches only presented addresses, octet by octet. An IPv4 address
 * does not match the IPv6 address that it is mapped to.
 */

/* Flags of stls_hostname_match. */
typedef enum stls_hostname_flag {
  /*
   * If the certificate presents no DNS name, its common names are used as DNS
   * names (RFC 6125, 6.4.4; RFC 9525, 6.3 forbids it). They are tried outermost
   * first, up to the first one that is not text. They are never compared with an
   * address. A subjectAltName that cannot be decoded counts as one with DNS names.
   */
  STLS_HOSTNAME_INSECURE_COMMON_NAME = 1,
  /*
   * Accepts labels as DNS (RFC 2181, 11) and browsers do. Labels of the reference
   * may begin and end with a hyphen, and a wildcard also matches names with
   * underscores (cpython#103490), in its own label and in others. The other rules
   * for wildcards do not change. The flag for handshakes is
   * STLS_HOSTFLAG_ANY_LABEL.
   */
  STLS_HOSTNAME_ANY_LABEL = 2
} stls_hostname_flag;

/*
 * Stores whether a certificate matches `reference`. `flags` is 0 or some of the
 * flags above. A malformed subjectAltName (stls_certificate_extension) matches
 * nothing. In one case a handshake is less strict: OpenSSL accepts a
 * subjectAltName with bytes after its value.
 *
 * STLS_OK: *out_matches is set.
 * STLS_ERROR_INPUT: `reference` is not a valid name or address. The message
 *   quotes it and gives the reason.
 * STLS_ERROR_MISUSE: a NULL argument, or an unknown flag.
 * STLS_ERROR_MEMORY. Any thread.
 */
STLS_EXPORT STLS_CHECKED stls_result
stls_hostname_match(const char *reference, const stls_certificate *certificate,
                    unsigned flags, bool *out_matches, stls_error *err);

/*
 * As stls_hostname_match, for names that the caller has as text, such as those in
 * the dictionary of ssl.SSLSocket.getpeercert. The text does not say of which kind a
 * name was in the certificate. Pass only names of the reference's kind: DNS names
 * for a DNS name, addresses for an address. `name_lens` may be NULL if all names are
 * terminated.
 *
 * A name that is NULL is STLS_ERROR_MISUSE. Results as stls_hostname_match.
 */
STLS_EXPORT STLS_CHECKED stls_result stls_hostname_match_names(
    const char *reference, const char *const *names, const size_t *name_lens,
    size_t num_names, bool *out_matches, stls_error *err);

/*
 * Converts a server's name to the form of DNS, SNI and certificates. Non-ASCII
 * labels, in UTF-8, become A-labels (RFC 5891, 5; UTS 46, non-transitional: upper
 * case and other spellings are mapped first). This needs a library that was built
 * with libidn2 (STLS_FEATURE_IDN). It differs from CPython's codec "idna" (IDNA
 * 2003), which converts the sharp s of a German name to "ss". A name in ASCII and
 * an address do not change, except that one trailing dot is removed.
 *
 * `NULL, 0` asks for the length (an output buffer: sanstls.h), which is at most 253.
 *
 * STLS_OK: *out_len is the length of the text.
 * STLS_ERROR_INPUT: `name` is not a valid name or address, or IDNA 2008 does not
 *   allow it. The message quotes it and gives the reason.
 * STLS_ERROR_UNSUPPORTED: `name` is not ASCII, and there is no libidn2. All
 *   functions that take a server's name return this.
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
