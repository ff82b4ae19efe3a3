/* SPDX-License-Identifier: MIT */
/* signature_name: names the signature algorithms of a handshake. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#include "endpoint/signature_name.h"

static bool signs(const SSL *ssl);
static bool is_pss_key(const X509 *cert);

const char *stls_signature_name_own(SSL *ssl)
{
  int key = NID_undef, digest = NID_undef;
#if HAVE_DECL_SSL_GET0_SIGNATURE_NAME
  const char *name = NULL;

  if (signs(ssl) && SSL_get0_signature_name(ssl, &name) == 1) return name;
#endif
  if (!signs(ssl) || SSL_get_signature_type_nid(ssl, &key) != 1 ||
      SSL_get_signature_nid(ssl, &digest) != 1)
    return NULL;
  return stls_signature_name(key, digest, is_pss_key(SSL_get_certificate(ssl)));
}

/* OpenSSL at run time may be older than at build time: then it has NIDs, but
 * no names. */
const char *stls_signature_name_peer(SSL *ssl)
{
  int key = NID_undef, digest = NID_undef;
#if HAVE_DECL_SSL_GET0_SIGNATURE_NAME
  const char *name = NULL;

  if (SSL_get0_peer_signature_name(ssl, &name) == 1) return name;
#endif
  if (SSL_get_peer_signature_type_nid(ssl, &key) != 1 ||
      SSL_get_peer_signature_nid(ssl, &digest) != 1)
    return NULL;
  return stls_signature_name(key, digest,
                             is_pss_key(SSL_get0_peer_certificate(ssl)));
}

const char *stls_signature_name(int key, int digest, bool is_pss_key)
{
  static const struct {
    int key, digest;
    const char *name, *pss_name;
  } rows[] = {
      {NID_X9_62_id_ecPublicKey, NID_sha256, "ecdsa_secp256r1_sha256", NULL},
      {NID_X9_62_id_ecPublicKey, NID_sha384, "ecdsa_secp384r1_sha384", NULL},
      {NID_X9_62_id_ecPublicKey, NID_sha512, "ecdsa_secp521r1_sha512", NULL},
      {NID_X9_62_id_ecPublicKey, NID_sha224, "ecdsa_sha224", NULL},
      {NID_X9_62_id_ecPublicKey, NID_sha1, "ecdsa_sha1", NULL},
      {NID_ED25519, NID_undef, "ed25519", NULL},
      {NID_ED448, NID_undef, "ed448", NULL},
      {NID_rsassaPss, NID_sha256, "rsa_pss_rsae_sha256", "rsa_pss_pss_sha256"},
      {NID_rsassaPss, NID_sha384, "rsa_pss_rsae_sha384", "rsa_pss_pss_sha384"},
      {NID_rsassaPss, NID_sha512, "rsa_pss_rsae_sha512", "rsa_pss_pss_sha512"},
      {NID_rsaEncryption, NID_sha256, "rsa_pkcs1_sha256", NULL},
      {NID_rsaEncryption, NID_sha384, "rsa_pkcs1_sha384", NULL},
      {NID_rsaEncryption, NID_sha512, "rsa_pkcs1_sha512", NULL},
      {NID_rsaEncryption, NID_sha224, "rsa_pkcs1_sha224", NULL},
      {NID_rsaEncryption, NID_sha1, "rsa_pkcs1_sha1", NULL},
  };

  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].key == key && rows[i].digest == digest)
      return is_pss_key && rows[i].pss_name != NULL ? rows[i].pss_name
                                                    : rows[i].name;
  return NULL;
}

/* libssl also chooses an algorithm for a server whose key exchange needs no
 * signature. */
static bool signs(const SSL *ssl)
{
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
  int exchange = cipher == NULL ? NID_undef : SSL_CIPHER_get_kx_nid(cipher);

  return !SSL_is_server(ssl) ||
         (exchange != NID_kx_rsa && exchange != NID_kx_rsa_psk);
}

static bool is_pss_key(const X509 *cert)
{
  const EVP_PKEY *key = cert == NULL ? NULL : X509_get0_pubkey(cert);

  return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
}
