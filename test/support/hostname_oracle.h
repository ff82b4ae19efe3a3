/* SPDX-License-Identifier: MIT */
/* hostname_oracle: host name verdicts of the library, OpenSSL and a handshake. */
#ifndef STLS_TEST_HOSTNAME_ORACLE_H
#define STLS_TEST_HOSTNAME_ORACLE_H

#include <openssl/x509v3.h>

#include "named_cert.h"

typedef enum hostname_verdict {
  NO,
  MATCH,
  /* The reference is no valid name or address. */
  REFUSED
} hostname_verdict;

enum {
  HOSTNAME_ORACLE_NAMES = 3
};

/* One certificate, by its alternative names, and one reference. Sources are RFC
 * sections, CVE numbers, CPython issues. */
typedef struct hostname_oracle_row {
  const char *reference;
  named_cert_alt_name names[HOSTNAME_ORACLE_NAMES + 1];
  hostname_verdict want;
  /* Why OpenSSL says the opposite; NULL where it agrees. Behind "once: " for what
   * newer versions do no more. */
  const char *differs;
  const char *source;
} hostname_oracle_row;

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

const char *hostname_oracle_name(hostname_verdict got);

/* The certificate of a row; the caller's. */
X509 *hostname_oracle_certificate(const hostname_oracle_row *row);

/* stls_hostname_match on it, with its flags; stls_hostname_match_names on those
 * of its alternative names that are of the reference's kind. */
hostname_verdict hostname_oracle_library(X509 *x509, const char *reference,
                                         unsigned flags);
hostname_verdict hostname_oracle_library_list(const hostname_oracle_row *row);

/* OpenSSL's, with the flags of lib/context/peer_verify.c, but for the common name where that
 * is wanted. */
hostname_verdict hostname_oracle_openssl(X509 *x509, const char *reference,
                                         bool with_common_name);

/* A client's that shakes hands with a server that presents it. */
hostname_verdict hostname_oracle_handshake(X509 *x509, const char *reference);

/* Expects the verdicts of these rows from all of them; with STLS_TEST_QUICK only
 * every eighth row has a handshake. */
void hostname_oracle_expect_rows(const hostname_oracle_row *rows, size_t num);

#endif
