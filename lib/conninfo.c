/* SPDX-License-Identifier: MIT */
/* conninfo (L5): the facts about a connection, taken when its handshake ended. */
#include "conninfo.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#include "error.h"
#include "mem.h"

static void take_negotiated(stls_conninfo *info, SSL *ssl);
static void take_peer(stls_conninfo *info, SSL *ssl,
                      const struct stls_verify *verify);
static bool take_alpn(stls_conninfo *info, SSL *ssl);
static bool take_server_name(stls_conninfo *info, SSL *ssl, const char *own);
static const char *group_name(SSL *ssl);

stls_conninfo *stls_conninfo_take(SSL *ssl, bool succeeded,
                                  const struct stls_verify *verify,
                                  const char *server_name)
{
  stls_conninfo *info = stls_mem_zalloc(sizeof *info);

  if (info == NULL) return NULL;
  info->established = succeeded;
  info->verify_code = verify->code;
  info->verify_depth = verify->depth;
  take_negotiated(info, ssl);
  take_peer(info, ssl, verify);
  if (take_alpn(info, ssl) && take_server_name(info, ssl, server_name))
    return info;
  stls_conninfo_free(info);
  return NULL;
}

void stls_conninfo_free(stls_conninfo *info)
{
  if (info == NULL) return;
  stls_mem_free(info->alpn);
  stls_mem_free(info->server_name);
  X509_free(info->peer);
  stls_mem_free(info);
}

bool stls_conninfo_established(const stls_conninfo *info)
{
  return info != NULL && info->established;
}

int stls_conninfo_version(const stls_conninfo *info)
{
  return info == NULL ? 0 : info->version;
}

const char *stls_conninfo_version_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->version_name;
}

const char *stls_conninfo_cipher_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->cipher_name;
}

int stls_conninfo_cipher_id(const stls_conninfo *info)
{
  return info == NULL ? 0 : info->cipher_id;
}

int stls_conninfo_cipher_bits(const stls_conninfo *info)
{
  return info == NULL ? 0 : info->cipher_bits;
}

const char *stls_conninfo_group_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->group_name;
}

const char *stls_conninfo_alpn(const stls_conninfo *info, size_t *out_len)
{
  if (out_len != NULL) *out_len = info == NULL ? 0 : info->alpn_len;
  return info == NULL ? NULL : info->alpn;
}

const char *stls_conninfo_server_name(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->server_name;
}

bool stls_conninfo_resumed(const stls_conninfo *info)
{
  return info != NULL && info->resumed;
}

bool stls_conninfo_peer_verified(const stls_conninfo *info)
{
  return info != NULL && info->peer_verified;
}

long stls_conninfo_verify_code(const stls_conninfo *info)
{
  return info == NULL ? X509_V_OK : info->verify_code;
}

int stls_conninfo_verify_depth(const stls_conninfo *info)
{
  return info == NULL ? -1 : info->verify_depth;
}

const char *stls_conninfo_verify_text(const stls_conninfo *info)
{
  return X509_verify_cert_error_string(stls_conninfo_verify_code(info));
}

stls_result stls_conninfo_peer_certificate_der(const stls_conninfo *info,
                                               uint8_t *out, size_t out_cap,
                                               size_t *out_len, stls_error *err)
{
  stls_error_guard guard;
  int len = 0;

  if (out_len == NULL) return stls_error_misuse(err, "out_len is NULL");
  *out_len = 0;
  if (info == NULL || info->peer == NULL) return STLS_OK;
  stls_error_enter(&guard);
  len = i2d_X509(info->peer, NULL);
  if (len > 0) *out_len = (size_t)len;
  if (len > 0 && out != NULL && out_cap >= (size_t)len)
    len = i2d_X509(info->peer, &out);
  stls_error_leave(&guard);
  if (len <= 0) return stls_error_memory(err);
  if (out_cap != 0 && out == NULL) return stls_error_misuse(err, "out is NULL");
  if (out_cap != 0 && out_cap < (size_t)len)
    return stls_error_set(err, STLS_ERROR_MISUSE,
                          "out_cap is %zu, but the certificate has %d bytes",
                          out_cap, len);
  return STLS_OK;
}

static void take_negotiated(stls_conninfo *info, SSL *ssl)
{
  const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

  info->resumed = SSL_session_reused(ssl) == 1;
  if (cipher != NULL) {
    info->cipher_name = SSL_CIPHER_get_name(cipher);
    info->cipher_id = SSL_CIPHER_get_protocol_id(cipher);
    info->cipher_bits = SSL_CIPHER_get_bits(cipher, NULL);
  }
  /* Before a ServerHello SSL_version tells the newest that was offered. */
  if (!info->established && cipher == NULL) return;
  info->version = SSL_version(ssl);
  info->version_name = SSL_get_version(ssl);
  info->group_name = group_name(ssl);
}

static void take_peer(stls_conninfo *info, SSL *ssl,
                      const struct stls_verify *verify)
{
  info->peer = SSL_get1_peer_certificate(ssl);
  if (info->peer == NULL && verify->refused != NULL &&
      X509_up_ref(verify->refused) == 1)
    info->peer = verify->refused;
  /* A failed handshake may have died between chain and signature. */
  info->peer_verified = info->established && info->peer != NULL &&
                        (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0 &&
                        SSL_get_verify_result(ssl) == X509_V_OK &&
                        info->verify_code == X509_V_OK &&
                        (verify->leaf_accepted || info->resumed);
}

static bool take_alpn(stls_conninfo *info, SSL *ssl)
{
  const unsigned char *alpn = NULL;
  unsigned len = 0;

  SSL_get0_alpn_selected(ssl, &alpn, &len);
  if (len == 0) return true;
  info->alpn = stls_mem_zalloc((size_t)len + 1);
  if (info->alpn == NULL) return false;
  memcpy(info->alpn, alpn, len);
  info->alpn_len = len;
  return true;
}

static bool take_server_name(stls_conninfo *info, SSL *ssl, const char *own)
{
  const char *name =
      own != NULL ? own : SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

  if (name == NULL) return true;
  info->server_name = stls_mem_strdup(name);
  return info->server_name != NULL;
}

static const char *group_name(SSL *ssl)
{
  int id = (int)SSL_get_negotiated_group(ssl);

  return id == NID_undef ? NULL : SSL_group_to_name(ssl, id);
}
