/* SPDX-License-Identifier: MIT */
/* hostname: classifies and matches host names and IP addresses (RFC 9525). */
#ifndef STLS_LIB_HOSTNAME_H
#define STLS_LIB_HOSTNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 1035, 2.3.4, in text form. */
#define STLS_HOSTNAME_MAX ((size_t)253)

typedef enum stls_hostname_kind {
  STLS_HOSTNAME_DNS,
  STLS_HOSTNAME_ADDRESS,
  STLS_HOSTNAME_INVALID
} stls_hostname_kind;

/*
 * Tells a DNS name (LDH labels and underscores; one trailing dot is allowed)
 * from an IPv4 or IPv6 address in strict text form. *out_len is the length
 * without the trailing dot. For STLS_HOSTNAME_INVALID *out_why says what is
 * wrong, as a static phrase.
 */
stls_hostname_kind stls_hostname_classify(const char *text, size_t *out_len,
                                          const char **out_why);

/* The same, and a label may begin and end with a hyphen. */
stls_hostname_kind stls_hostname_classify_any(const char *text, size_t *out_len,
                                              const char **out_why);

/* Parses an address in that form. Returns the number of octets, 4 or 16; 0 for any
 * other text. */
size_t stls_hostname_parse_address(const char *text, uint8_t out[16]);

/* A to Z become a to z; everything else stays. */
void stls_hostname_lower(char *text);

/*
 * Whether a presented DNS name, which may be any bytes, stands for a reference
 * that is a valid DNS name without its trailing dot: see sanstls/hostname.h.
 * `any_label`: a wildcard stands for names with underscores, too.
 */
bool stls_hostname_covers(const char *presented, size_t presented_len,
                          const char *reference, size_t reference_len,
                          bool any_label);

/* Whether a name lies within the subtree of a name constraint (RFC 5280,
 * 4.2.1.10), whose base may be any bytes: all lie within an empty one, and only
 * what has more labels within one that begins with a dot. */
bool stls_hostname_is_within(const char *name, size_t name_len,
                             const char *base, size_t base_len);

#endif
