/* SPDX-License-Identifier: MIT */
/* record_algorithms: fetches the AEADs and KDFs of records from OpenSSL. */
#ifndef STLS_LIB_RECORD_ALGORITHMS_H
#define STLS_LIB_RECORD_ALGORITHMS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stls_record_aead {
  STLS_RECORD_AES_128_GCM,
  STLS_RECORD_AES_256_GCM,
  STLS_RECORD_CHACHA20_POLY1305,
  STLS_RECORD_NUM_AEADS
};

/* OpenSSL's implementations, fetched once for many connections. What the library
 * context does not have is NULL. Zeroes are valid, and have nothing. */
struct stls_record_algorithms {
  EVP_CIPHER *aeads[STLS_RECORD_NUM_AEADS];
  EVP_KDF *tls_1_3_kdf;
  EVP_KDF *tls_1_2_prf;
  /* Borrowed; NULL for none. */
  const char *propq;
};

/* The caller guards the error queue. `propq` must outlive the struct. */
void stls_record_algorithms_fetch(struct stls_record_algorithms *algorithms,
                                  OSSL_LIB_CTX *libctx, const char *propq);
void stls_record_algorithms_clear(struct stls_record_algorithms *algorithms);

#endif
