/* SPDX-License-Identifier: MIT */
/* pkcs12_builder: contents of PKCS #12 that OpenSSL does not write, as DER. */
#ifndef STLS_TEST_PKCS12_BUILDER_H
#define STLS_TEST_PKCS12_BUILDER_H

#include <openssl/pkcs7.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKCS12_BUILDER_CAP 4096

/* An encoding; what has no room in it fails the test. */
struct pkcs12_builder_der {
  uint8_t data[PKCS12_BUILDER_CAP];
  size_t len;
};

/* Appends bytes, or a value with its tag and length. */
void pkcs12_builder_put(struct pkcs12_builder_der *out, const void *data,
                        size_t len);
void pkcs12_builder_put_value(struct pkcs12_builder_der *out, uint8_t tag,
                              const void *data, size_t len);

/* SafeContents with a key, or an encrypted one (RFC 7292, 4.2), in as many bags
 * of bags. */
void pkcs12_builder_key_bags(const struct pkcs12_builder_der *key,
                             bool is_locked, int depth,
                             struct pkcs12_builder_der *out);

/* It as the content of a PKCS #7, encrypted with "secret" or not; the
 * caller's. */
PKCS7 *pkcs12_builder_content(const struct pkcs12_builder_der *bags,
                              bool is_encrypted);

#endif
