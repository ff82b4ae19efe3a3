/* SPDX-License-Identifier: MIT */
/* records_case: a cipher suite for tests of records, and computations of its own. */
#include "records_case.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "lib/base/ascii.h"

static void hmac(const struct records_case *rc, const uint8_t *key,
                 size_t key_len, const uint8_t *data, size_t len, uint8_t *out);

bool records_case_find(struct records_case *rc, const char *name, int version)
{
  SSL_CTX *ctx = SSL_CTX_new(TLS_method());
  STACK_OF(SSL_CIPHER) * ciphers;
  bool found = false;

  memset(rc, 0, sizeof *rc);
  stls_record_algorithms_fetch(&rc->algorithms, NULL, NULL);
  cr_assert_not_null(ctx);
  SSL_CTX_set_security_level(ctx, 0);
  cr_assert_eq(
      SSL_CTX_set_ciphersuites(
          ctx, version == TLS1_3_VERSION ? name : "TLS_AES_128_GCM_SHA256"),
      1);
  if (version != TLS1_3_VERSION) SSL_CTX_set_cipher_list(ctx, name);
  ciphers = SSL_CTX_get_ciphers(ctx);
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
    const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
    if (strcmp(SSL_CIPHER_get_name(cipher), name) == 0)
      found =
          stls_record_suite_find(&rc->suite, &rc->algorithms, cipher, version);
  }
  SSL_CTX_free(ctx);
  return found;
}

void records_case_open(struct records_case *rc, const char *name, int version)
{
  cr_assert(records_case_find(rc, name, version), "%s", name);
}

void records_case_close(struct records_case *rc)
{
  stls_record_algorithms_clear(&rc->algorithms);
}

size_t records_case_hex(const char *text, uint8_t *out)
{
  size_t len = 0;

  for (; *text != '\0'; text++) {
    if (*text == ' ') continue;
    cr_assert(stls_ascii_is_hex_digit(text[0]) &&
              stls_ascii_is_hex_digit(text[1]));
    out[len++] = (uint8_t)(stls_ascii_hex_value(text[0]) << 4 |
                           stls_ascii_hex_value(text[1]));
    text++;
  }
  return len;
}

void records_case_expand_label(const struct records_case *rc,
                               const uint8_t *secret, const char *label,
                               uint8_t *out)
{
  const size_t label_len = strlen(label), hash_len = rc->suite.hash_len;
  uint8_t info[64] = {0, (uint8_t)hash_len, (uint8_t)(6 + label_len)};
  size_t len = 3;

  memcpy(info + len, "tls13 ", 6);
  memcpy(info + len + 6, label, label_len);
  len += 6 + label_len;
  info[len++] = 0;
  info[len++] = 1;
  hmac(rc, secret, hash_len, info, len, out);
}

void records_case_key_block(const struct records_case *rc,
                            const uint8_t *master, const uint8_t *client_random,
                            const uint8_t *server_random, uint8_t *out,
                            size_t out_len)
{
  const size_t hash_len = rc->suite.hash_len;
  uint8_t seed[13 + 64], a[48], both[48 + sizeof seed], part[48];

  memcpy(seed, "key expansion", 13);
  memcpy(seed + 13, server_random, 32);
  memcpy(seed + 45, client_random, 32);
  hmac(rc, master, 48, seed, sizeof seed, a);
  for (size_t done = 0; done < out_len; done += hash_len) {
    size_t len = out_len - done < hash_len ? out_len - done : hash_len;
    memcpy(both, a, hash_len);
    memcpy(both + hash_len, seed, sizeof seed);
    hmac(rc, master, 48, both, hash_len + sizeof seed, part);
    memcpy(out + done, part, len);
    hmac(rc, master, 48, a, hash_len, part);
    memcpy(a, part, hash_len);
  }
}

static void hmac(const struct records_case *rc, const uint8_t *key,
                 size_t key_len, const uint8_t *data, size_t len, uint8_t *out)
{
  unsigned out_len = 0;

  cr_assert_not_null(HMAC(EVP_get_digestbyname(rc->suite.hash_name), key,
                          (int)key_len, data, len, out, &out_len));
  cr_assert_eq(out_len, rc->suite.hash_len);
}
