/* SPDX-License-Identifier: MIT */
/* record_suite: the algorithms that protect the records of a cipher suite. */
#ifndef STLS_LIB_RECORD_SUITE_H
#define STLS_LIB_RECORD_SUITE_H

#include "records/record_algorithms.h"

/* For every supported suite. */
#define STLS_RECORD_TAG_LEN ((size_t)16)
#define STLS_RECORD_IV_LEN ((size_t)12)
#define STLS_RECORD_KEY_MAX ((size_t)32)
#define STLS_RECORD_SECRET_MAX ((size_t)48)

/* The protection of a connection's records. */
struct stls_record_suite {
  const struct stls_record_algorithms *algorithms;
  enum stls_record_aead aead;
  bool is_tls_1_3;
  /* A TLS 1.2 record carries 8 bytes of its nonce (RFC 5288, 3); other suites
   * compute the nonce from the sequence number. */
  bool has_explicit_nonce;
  /* Records are opened by the invocation field of a nonce whose first 4 bytes are
   * set once: see record_protect. */
  bool opens_by_invocation;
  size_t key_len;
  /* How much longer a record is than its content, without padding. */
  size_t overhead;
  /* Of the hash, and so of a secret. */
  size_t hash_len;
  const char *hash_name;
};

/* Returns false for a suite or version that is not supported, and where an
 * algorithm is missing. `version` is TLS1_2_VERSION or TLS1_3_VERSION. */
bool stls_record_suite_find(struct stls_record_suite *out_suite,
                            const struct stls_record_algorithms *algorithms,
                            const SSL_CIPHER *cipher, int version);

static inline size_t stls_record_suite_overhead(
    const struct stls_record_suite *suite)
{
  return suite->overhead;
}

#endif
