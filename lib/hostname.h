/* SPDX-License-Identifier: MIT */
/* hostname (L1): what kind of reference name a text is. */
#ifndef STLS_HOSTNAME_H
#define STLS_HOSTNAME_H

#include <stddef.h>

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

#endif
