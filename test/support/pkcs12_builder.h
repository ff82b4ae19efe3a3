/* SPDX-License-Identifier: MIT */
/* pkcs12_builder: contents of PKCS #12 that OpenSSL does not write, as DER. */
#ifndef STLS_TEST_PKCS12_BUILDER_H
#define STLS_TEST_PKCS12_BUILDER_H

#include <openssl/pkcs7.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BAGS_CAP 4096

/* An encoding; what has no room in it fails the test. */
struct bags_der {
  uint8_t data[BAGS_CAP];
  size_t len;
};

/* Appends bytes, or a value with its tag and length. */
void bags_put(struct bags_der *out, const void *data, size_t len);
void bags_put_value(struct bags_der *out, uint8_t tag, const void *data,
                    size_t len);

/* SafeContents with a key, or an encrypted one (RFC 7292, 4.2), in as many bags
 * of bags. */
void bags_make(const struct bags_der *key, bool is_locked, int depth,
               struct bags_der *out);

/* It as the content of a PKCS #7, encrypted with "secret" or not; the
 * caller's. */
PKCS7 *bags_safe(const struct bags_der *bags, bool is_encrypted);

#endif
