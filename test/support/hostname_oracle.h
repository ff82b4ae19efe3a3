/* SPDX-License-Identifier: MIT */
/* hostname_oracle: who a certificate stands for, as all say who can be asked. */
#ifndef STLS_TEST_HOSTNAME_ORACLE_H
#define STLS_TEST_HOSTNAME_ORACLE_H

#include <openssl/x509v3.h>

#include "mint.h"

typedef enum verdict {
  NO,
  MATCH,
  /* The reference is no valid name or address. */
  REFUSED
} verdict;

enum {
  VERDICT_NAMES = 3
};

/* One certificate, by its alternative names, and one reference. Sources are RFC
 * sections, CVE numbers, CPython issues. */
typedef struct verdict_row {
  const char *reference;
  mint_name names[VERDICT_NAMES + 1];
  verdict want;
  /* Why OpenSSL says the opposite; NULL where it agrees. Behind "once: " for what
   * newer versions do no more. */
  const char *differs;
  const char *source;
} verdict_row;

/* Entries of subjectAltName, from literals. */
#define BYTES(text) (text), sizeof(text) - 1
#define DNS(text) \
  { \
    GEN_DNS, BYTES(text) \
  }
#define IP(octets) \
  { \
    GEN_IPADD, BYTES(octets) \
  }

const char *verdict_name(verdict got);

/* The certificate of a row; the caller's. */
X509 *verdict_mint(const verdict_row *row);

/* stls_hostname_match on it, with its flags; stls_hostname_match_names on those
 * of its alternative names that are of the reference's kind. */
verdict verdict_of_certificate(X509 *x509, const char *reference,
                               unsigned flags);
verdict verdict_of_list(const verdict_row *row);

/* OpenSSL's, with the flags of lib/context/peer_verify.c, but for the common name where that
 * is wanted. */
verdict verdict_of_openssl(X509 *x509, const char *reference,
                           bool with_common_name);

/* A client's that shakes hands with a server that presents it. */
verdict verdict_of_handshake(X509 *x509, const char *reference);

#endif
