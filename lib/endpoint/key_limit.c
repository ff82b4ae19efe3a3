/* SPDX-License-Identifier: MIT */
/* key_limit: how much a key may protect, and how much it has. */
#include "endpoint/key_limit.h"

#include "wire/record_header.h"

uint64_t stls_key_limit_records(const SSL *ssl)
{
  const uint64_t gcm = (uint64_t)1 << 24, ccm = (uint64_t)1 << 22;
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

  if (cipher == NULL || SSL_CIPHER_is_aead(cipher) != 1) return UINT64_MAX;
  switch (SSL_CIPHER_get_cipher_nid(cipher)) {
    case NID_chacha20_poly1305:
      return UINT64_MAX;
    case NID_aes_128_ccm:
    case NID_aes_256_ccm:
      return ccm;
    default:
      return gcm;
  }
}

/* What counts is the number of blocks: TLS 1.2, which has but one key, is given
 * as many as full records of that number have. */
bool stls_key_limit_is_reached(const struct stls_ssl_bios *io)
{
  return stls_key_limit_is_near(io) && SSL_version(io->ssl) != TLS1_3_VERSION &&
         io->budget.bytes_out / STLS_RECORD_HEADER_PLAINTEXT_MAX >=
             io->key_records;
}
