/* SPDX-License-Identifier: MIT */
/* shared_ciphers: what a client offers and a server allows. */
#include "endpoint/object.h"

#include <sanstls/conninfo.h>

static const SSL_CIPHER *find(const stls_object *object, size_t index,
                              size_t *out_num);
static bool is_offered(const unsigned char *offered, size_t len,
                       const SSL_CIPHER *cipher);

size_t stls_object_shared_cipher_count(const stls_object *object)
{
  size_t num = 0;

  find(object, SIZE_MAX, &num);
  return num;
}

const char *stls_object_shared_cipher(const stls_object *object, size_t index,
                                      const char **out_protocol, int *out_bits)
{
  size_t num = 0;
  const SSL_CIPHER *cipher = find(object, index, &num);

  if (cipher == NULL) return NULL;
  if (out_protocol != NULL) *out_protocol = SSL_CIPHER_get_version(cipher);
  if (out_bits != NULL) *out_bits = SSL_CIPHER_get_bits(cipher, NULL);
  return SSL_CIPHER_get_name(cipher);
}

/* Stops at `index`, or counts all. Of a TLS 1.2 connection that was resumed
 * libssl keeps the offer as bytes only. */
static const SSL_CIPHER *find(const stls_object *object, size_t index,
                              size_t *out_num)
{
  const STACK_OF(SSL_CIPHER) * allowed;
  unsigned char *offered = NULL;
  size_t len;
  int num_allowed;

  if (object == NULL || object->context->role != STLS_SERVER ||
      object->io.ssl == NULL)
    return NULL;
  len = (size_t)SSL_get0_raw_cipherlist(object->io.ssl, &offered);
  allowed = SSL_get_ciphers(object->io.ssl);
  num_allowed = offered == NULL ? 0 : sk_SSL_CIPHER_num(allowed);
  for (int i = 0; i < num_allowed; i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(allowed, i);
    if (is_offered(offered, len, cipher) && (*out_num)++ == index)
      return cipher;
  }
  return NULL;
}

/* By number, of two bytes each. */
static bool is_offered(const unsigned char *offered, size_t len,
                       const SSL_CIPHER *cipher)
{
  const uint16_t number = SSL_CIPHER_get_protocol_id(cipher);

  for (size_t i = 0; i + 1 < len; i += 2)
    if ((offered[i] << 8 | offered[i + 1]) == number) return true;
  return false;
}
