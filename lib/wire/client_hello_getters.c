/* SPDX-License-Identifier: MIT */
/* client_hello_getters: the getters of a parsed ClientHello. */
#include <openssl/ssl3.h>
#include <openssl/tls1.h>

#include <sanstls/client_hello.h>

#include "base/byte_reader.h"
#include "wire/client_hello.h"

/* Two bytes of type or group and two of length precede the data of an item. */
#define ITEM_HEADER_LEN 4

static int number_at(const struct stls_client_hello_numbers *list,
                     size_t index);

int stls_client_hello_legacy_version(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->legacy_version;
}

stls_span stls_client_hello_random(const stls_client_hello *hello)
{
  const stls_span none = {NULL, 0};

  return hello == NULL ? none : hello->random;
}

stls_span stls_client_hello_session_id(const stls_client_hello *hello)
{
  const stls_span none = {NULL, 0};

  return hello == NULL ? none : hello->session_id;
}

stls_span stls_client_hello_compression_methods(const stls_client_hello *hello)
{
  const stls_span none = {NULL, 0};

  return hello == NULL ? none : hello->compression_methods;
}

int stls_client_hello_cipher_suite(const stls_client_hello *hello, size_t index)
{
  return hello == NULL ? -1 : number_at(&hello->cipher_suites, index);
}

int stls_client_hello_supported_version(const stls_client_hello *hello,
                                        size_t index)
{
  return hello == NULL ? -1 : number_at(&hello->versions, index);
}

int stls_client_hello_group(const stls_client_hello *hello, size_t index)
{
  return hello == NULL ? -1 : number_at(&hello->groups, index);
}

int stls_client_hello_key_share_group(const stls_client_hello *hello,
                                      size_t index)
{
  if (hello == NULL || index >= hello->key_shares.num) return -1;
  return stls_byte_reader_u16(hello->key_shares.at[index]);
}

int stls_client_hello_signature_algorithm(const stls_client_hello *hello,
                                          size_t index)
{
  return hello == NULL ? -1 : number_at(&hello->signature_algorithms, index);
}

int stls_client_hello_point_format(const stls_client_hello *hello, size_t index)
{
  if (hello == NULL || index >= hello->point_formats.num) return -1;
  return hello->point_formats.at[index];
}

const char *stls_client_hello_server_name(const stls_client_hello *hello)
{
  return hello == NULL ? NULL : hello->server_name;
}

const char *stls_client_hello_alpn(const stls_client_hello *hello, size_t index,
                                   size_t *out_len)
{
  const uint8_t *name =
      hello == NULL || index >= hello->alpn.num ? NULL : hello->alpn.at[index];

  if (out_len != NULL) *out_len = name == NULL ? 0 : name[0];
  return name == NULL ? NULL : (const char *)name + 1;
}

int stls_client_hello_extension(const stls_client_hello *hello, size_t index,
                                stls_span *out_data)
{
  const uint8_t *at;

  if (hello == NULL || index >= hello->extensions.num) return -1;
  at = hello->extensions.at[index];
  if (out_data != NULL) {
    out_data->data = at + ITEM_HEADER_LEN;
    out_data->len = stls_byte_reader_u16(at + 2);
  }
  return stls_byte_reader_u16(at);
}

bool stls_client_hello_has_extension(const stls_client_hello *hello, int type,
                                     stls_span *out_data)
{
  if (hello == NULL) return false;
  for (size_t i = 0; i < hello->extensions.num; i++)
    if (stls_client_hello_extension(hello, i, NULL) == type) {
      stls_client_hello_extension(hello, i, out_data);
      return true;
    }
  return false;
}

bool stls_client_hello_offers_resumption(const stls_client_hello *hello)
{
  stls_span ticket;
  int version;

  if (hello == NULL) return false;
  if (stls_client_hello_has_extension(hello, TLSEXT_TYPE_psk, NULL))
    return true;
  if (stls_client_hello_has_extension(hello, TLSEXT_TYPE_session_ticket,
                                      &ticket) &&
      ticket.len > 0)
    return true;
  /* In TLS 1.3 the session id is a new random value (RFC 8446, D.4). */
  for (size_t i = 0;
       (version = stls_client_hello_supported_version(hello, i)) >= 0; i++)
    if (version == TLS1_3_VERSION) return false;
  return hello->session_id.len > 0;
}

bool stls_client_hello_offers_early_data(const stls_client_hello *hello)
{
  return stls_client_hello_has_extension(hello, TLSEXT_TYPE_early_data, NULL);
}

size_t stls_client_hello_cipher_suite_count(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->cipher_suites.num;
}

size_t stls_client_hello_supported_version_count(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->versions.num;
}

size_t stls_client_hello_group_count(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->groups.num;
}

size_t stls_client_hello_key_share_group_count(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->key_shares.num;
}

size_t stls_client_hello_signature_algorithm_count(
    const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->signature_algorithms.num;
}

size_t stls_client_hello_point_format_count(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->point_formats.num;
}

size_t stls_client_hello_alpn_count(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->alpn.num;
}

size_t stls_client_hello_extension_count(const stls_client_hello *hello)
{
  return hello == NULL ? 0 : hello->extensions.num;
}

static int number_at(const struct stls_client_hello_numbers *list, size_t index)
{
  return index >= list->num ? -1 : stls_byte_reader_u16(list->at + 2 * index);
}
