/* SPDX-License-Identifier: MIT */
/* fuzz_clienthello: target: decoding of a ClientHello. */
#include <sanstls/sanstls.h>
#include <string.h>

#include "fuzz.h"

/* Every byte has its place: RFC 8446, 4.1.2. */
static size_t encoded_len(const stls_client_hello *hello)
{
  size_t len = 4 + 2 + stls_client_hello_random(hello).len + 1 +
               stls_client_hello_session_id(hello).len + 2 + 1 +
               stls_client_hello_compression_methods(hello).len;
  stls_span data;

  for (size_t i = 0; stls_client_hello_cipher_suite(hello, i) >= 0; i++)
    len += 2;
  if (stls_client_hello_extension(hello, 0, NULL) >= 0) len += 2;
  for (size_t i = 0; stls_client_hello_extension(hello, i, &data) >= 0; i++)
    len += 4 + data.len;
  return len;
}

static void touch_lists(const stls_client_hello *hello)
{
  static int (*const lists[])(const stls_client_hello *, size_t) = {
      stls_client_hello_supported_version, stls_client_hello_group,
      stls_client_hello_key_share_group, stls_client_hello_signature_algorithm,
      stls_client_hello_point_format};
  const char *name;
  stls_span data;
  size_t len;

  for (size_t list = 0; list < sizeof lists / sizeof lists[0]; list++)
    for (size_t i = 0; lists[list](hello, i) >= 0; i++)
      fuzz_expect(lists[list](hello, i) <= 0xffff);
  for (size_t i = 0; (name = stls_client_hello_alpn(hello, i, &len)) != NULL;
       i++) {
    fuzz_expect(len > 0);
    fuzz_touch(name, len);
  }
  for (size_t i = 0; stls_client_hello_extension(hello, i, &data) >= 0; i++)
    fuzz_touch(data.data, data.len);
  data = stls_client_hello_random(hello);
  fuzz_touch(data.data, data.len);
  data = stls_client_hello_session_id(hello);
  fuzz_touch(data.data, data.len);
}

static void check_name(const char *name)
{
  bool matches = false;

  if (name == NULL) return;
  fuzz_expect(strchr(name, '*') == NULL);
  /* A name that is fit to be verified, too. */
  fuzz_expect(stls_hostname_match_names(name, &name, NULL, 1, &matches, NULL) ==
              STLS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  char ja4[STLS_JA4_SIZE], hash[STLS_JA3_HASH_SIZE];
  stls_client_hello *hello = NULL;
  stls_error err = STLS_ERROR_INIT;
  size_t text_len = 0;

  if (stls_client_hello_new(data, len, NULL, &hello, &err) != STLS_OK) {
    fuzz_expect(hello == NULL && err.message[0] != '\0');
    return 0;
  }
  /* An empty list of extensions is two bytes, or none. */
  fuzz_expect(encoded_len(hello) == len || encoded_len(hello) + 2 == len);
  touch_lists(hello);
  check_name(stls_client_hello_server_name(hello));
  (void)stls_client_hello_offers_resumption(hello);
  fuzz_expect(stls_client_hello_ja3(hello, NULL, 0, &text_len, NULL) ==
              STLS_OK);
  fuzz_expect(text_len >= 5);
  fuzz_expect(stls_client_hello_ja3_hash(hello, hash, sizeof hash, &text_len,
                                         NULL) == STLS_OK);
  fuzz_expect(stls_client_hello_ja4(hello, ja4, sizeof ja4, &text_len, NULL) ==
              STLS_OK);
  fuzz_expect(strlen(ja4) == STLS_JA4_SIZE - 1);
  fuzz_expect(strlen(hash) == STLS_JA3_HASH_SIZE - 1);
  stls_client_hello_free(hello);
  return 0;
}
