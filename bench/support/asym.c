/* SPDX-License-Identifier: MIT */
/* asym: does a handshake's key agreements and signatures by libcrypto alone. */
#include "asym.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum {
  X25519_LEN = 32,
  SIGNATURE_MAX = 512
};

struct asym {
  EVP_PKEY *key;
  EVP_PKEY *ca;
  uint8_t ca_signature[SIGNATURE_MAX];
  size_t ca_signature_len;
};

/* As long as what a CertificateVerify signs (RFC 8446, 4.4.3). */
static const uint8_t signed_text[130] = {1};

static EVP_PKEY *read_key(const char *name);
static size_t sign(EVP_PKEY *key, uint8_t *out);
static void verify(EVP_PKEY *key, const uint8_t *signature, size_t len);
static void use_pss(EVP_PKEY *key, EVP_PKEY_CTX *ctx);
static void agree(void);
static EVP_PKEY *generate(uint8_t *out_public);
static void derive(EVP_PKEY *own, const uint8_t *peer, uint8_t *out);

struct asym *asym_open(const struct pair_config *config)
{
  struct asym *asym = calloc(1, sizeof *asym);

  bench_need(asym != NULL, "memory");
  asym->key = read_key(pair_key_name(config->key));
  asym->ca = read_key("ca");
  asym->ca_signature_len = sign(asym->ca, asym->ca_signature);
  return asym;
}

void asym_close(struct asym *asym)
{
  EVP_PKEY_free(asym->key);
  EVP_PKEY_free(asym->ca);
  free(asym);
}

void asym_shake(struct asym *asym, bool is_resumed)
{
  uint8_t signature[SIGNATURE_MAX];
  size_t len;

  agree();
  if (is_resumed) return;
  len = sign(asym->key, signature);
  verify(asym->key, signature, len);
  verify(asym->ca, asym->ca_signature, asym->ca_signature_len);
}

static EVP_PKEY *read_key(const char *name)
{
  EVP_PKEY *key = NULL;
  char path[4096];
  FILE *file;

  snprintf(path, sizeof path, "%s/%s.key", bench_data_dir(), name);
  file = fopen(path, "r");
  if (file != NULL) {
    key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    fclose(file);
  }
  bench_need(key != NULL, path);
  return key;
}

static size_t sign(EVP_PKEY *key, uint8_t *out)
{
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  EVP_PKEY_CTX *key_ctx = NULL;
  size_t len = SIGNATURE_MAX;

  bench_need(EVP_DigestSignInit_ex(ctx, &key_ctx, "SHA256", NULL, NULL, key,
                                   NULL) == 1,
             "EVP_DigestSignInit_ex");
  use_pss(key, key_ctx);
  bench_need(
      EVP_DigestSign(ctx, out, &len, signed_text, sizeof signed_text) == 1,
      "EVP_DigestSign");
  EVP_MD_CTX_free(ctx);
  return len;
}

static void verify(EVP_PKEY *key, const uint8_t *signature, size_t len)
{
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  EVP_PKEY_CTX *key_ctx = NULL;

  bench_need(EVP_DigestVerifyInit_ex(ctx, &key_ctx, "SHA256", NULL, NULL, key,
                                     NULL) == 1,
             "EVP_DigestVerifyInit_ex");
  use_pss(key, key_ctx);
  bench_need(EVP_DigestVerify(ctx, signature, len, signed_text,
                              sizeof signed_text) == 1,
             "EVP_DigestVerify");
  EVP_MD_CTX_free(ctx);
}

/* As TLS signs (RFC 8446, 4.2.3). */
static void use_pss(EVP_PKEY *key, EVP_PKEY_CTX *ctx)
{
  if (!EVP_PKEY_is_a(key, "RSA")) return;
  bench_need(
      EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1,
      "RSA-PSS");
}

static void agree(void)
{
  uint8_t publics[2][X25519_LEN], secrets[2][X25519_LEN];
  EVP_PKEY *client = generate(publics[0]);
  EVP_PKEY *server = generate(publics[1]);

  derive(server, publics[0], secrets[0]);
  derive(client, publics[1], secrets[1]);
  bench_need(memcmp(secrets[0], secrets[1], X25519_LEN) == 0, "X25519");
  EVP_PKEY_free(client);
  EVP_PKEY_free(server);
}

static EVP_PKEY *generate(uint8_t *out_public)
{
  EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
  size_t len = X25519_LEN;

  bench_need(
      key != NULL && EVP_PKEY_get_raw_public_key(key, out_public, &len) == 1,
      "EVP_PKEY_Q_keygen");
  return key;
}

static void derive(EVP_PKEY *own, const uint8_t *peer, uint8_t *out)
{
  EVP_PKEY *other =
      EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, peer, X25519_LEN);
  EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
  size_t len = X25519_LEN;

  bench_need(other != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
                 EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
                 EVP_PKEY_derive(ctx, out, &len) == 1,
             "EVP_PKEY_derive");
  EVP_PKEY_CTX_free(ctx);
  EVP_PKEY_free(other);
}
