/* SPDX-License-Identifier: MIT */
/* conninfo: the facts about a connection, taken when its handshake ended. */
#include "endpoint/conninfo.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "base/mem.h"
#include "endpoint/signature_name.h"
#include "x509/x509_stack.h"

static void take_negotiated(stls_conninfo *info, SSL *ssl);
static void take_session(stls_conninfo *info, const SSL *ssl);
static bool take_peer(stls_conninfo *info, SSL *ssl,
                      const struct stls_peer_verify *verify);
static bool take_accepted(stls_conninfo *info, SSL *ssl);
static bool take_refused(stls_conninfo *info,
                         const struct stls_peer_verify *verify);
static bool copy_chain(STACK_OF(X509) * *out, X509 *leaf,
                       const STACK_OF(X509) * chain);
static bool take_alpn(stls_conninfo *info, SSL *ssl);
static bool take_server_name(stls_conninfo *info, const char *name);
static const char *group_name(SSL *ssl);
static void take_protection(stls_conninfo *info, SSL *ssl);
static void take_sigalgs(stls_conninfo *info, SSL *ssl);

stls_conninfo *stls_conninfo_take(SSL *ssl, bool succeeded,
                                  const struct stls_peer_verify *verify,
                                  const char *server_name)
{
  stls_conninfo *info = stls_mem_zalloc(sizeof *info);

  if (info == NULL) return NULL;
  info->established = succeeded;
  info->verify_code = verify->code;
  info->verify_depth = verify->depth;
  if (ssl != NULL) take_negotiated(info, ssl);
  if ((ssl == NULL || (take_peer(info, ssl, verify) && take_alpn(info, ssl))) &&
      take_server_name(info, server_name))
    return info;
  stls_conninfo_free(info);
  return NULL;
}

void stls_conninfo_free(stls_conninfo *info)
{
  if (info == NULL) return;
  stls_mem_free(info->alpn);
  stls_mem_free(info->server_name);
  stls_mem_free(info->psk_identity);
  for (size_t i = 0; i < info->num_peers; i++)
    stls_certificate_free(info->peers[i].certificate);
  stls_mem_free(info->peers);
  X509_free(info->peer);
  X509_free(info->failed);
  stls_x509_stack_free(info->presented);
  stls_x509_stack_free(info->built);
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

const uint8_t *stls_conninfo_session_id(const stls_conninfo *info,
                                        size_t *out_len)
{
  const size_t len = info == NULL ? 0 : info->session_id_len;

  if (out_len != NULL) *out_len = len;
  return len == 0 ? NULL : info->session_id;
}

bool stls_conninfo_session_reused(const stls_conninfo *info)
{
  return info != NULL && info->session_reused;
}

const char *stls_conninfo_server_sigalg(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->server_sigalg;
}

const char *stls_conninfo_client_sigalg(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->client_sigalg;
}

const char *stls_conninfo_compression(const stls_conninfo *info)
{
  return info == NULL ? NULL : info->compression;
}

bool stls_conninfo_extended_master_secret(const stls_conninfo *info)
{
  return info != NULL && info->extended_master_secret;
}

bool stls_conninfo_secure_renegotiation(const stls_conninfo *info)
{
  return info != NULL && info->secure_renegotiation;
}

bool stls_conninfo_hello_retried(const stls_conninfo *info)
{
  return info != NULL && info->hello_retried;
}

bool stls_conninfo_early_data(const stls_conninfo *info)
{
  return info != NULL && info->early_data;
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

static void take_negotiated(stls_conninfo *info, SSL *ssl)
{
  /* Before a ServerHello the current one is that of a session that a client
   * offers. */
  const SSL_CIPHER *cipher = info->established ? SSL_get_current_cipher(ssl)
                                               : SSL_get_pending_cipher(ssl);

  info->resumed = SSL_session_reused(ssl) == 1;
  if (info->established) take_session(info, ssl);
  info->session_reused = info->resumed;
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
  if (!info->established) return;
  take_protection(info, ssl);
  take_sigalgs(info, ssl);
}

/* RFC 8446, appendix D, wants what TLS 1.3 always does to be told as done. */
static void take_protection(stls_conninfo *info, SSL *ssl)
{
  bool is_1_3 = info->version >= TLS1_3_VERSION;

  info->extended_master_secret = is_1_3 || SSL_get_extms_support(ssl) == 1;
  info->secure_renegotiation =
      is_1_3 || SSL_get_secure_renegotiation_support(ssl) == 1;
  info->compression = SSL_COMP_get_name(SSL_get_current_compression(ssl));
  info->early_data = SSL_get_early_data_status(ssl) == SSL_EARLY_DATA_ACCEPTED;
}

/* Whatever a server has chosen beforehand, it signs nothing when it resumes. */
static void take_sigalgs(stls_conninfo *info, SSL *ssl)
{
  bool is_server = SSL_is_server(ssl);
  const char *own =
      is_server && info->resumed ? NULL : stls_signature_name_own(ssl);
  const char *peer = stls_signature_name_peer(ssl);

  info->server_sigalg = is_server ? own : peer;
  info->client_sigalg = is_server ? peer : own;
}

/* What resumes has the verdict of the handshake that verified. */
static void take_session(stls_conninfo *info, const SSL *ssl)
{
  const SSL_SESSION *session = SSL_get_session(ssl);
  const unsigned char *id;
  unsigned len = 0;

  if (info->resumed) info->verify_code = (int)SSL_get_verify_result(ssl);
  if (session == NULL) return;
  id = SSL_SESSION_get_id(session, &len);
  if (len > sizeof info->session_id) return;
  memcpy(info->session_id, id, len);
  info->session_id_len = len;
}

/* A session that a client only offered is not of this peer, perhaps. */
static bool take_peer(stls_conninfo *info, SSL *ssl,
                      const struct stls_peer_verify *verify)
{
  bool is_taken = true;

  if (verify->refused != NULL)
    is_taken = take_refused(info, verify);
  else if (verify->has_run || info->established)
    is_taken = take_accepted(info, ssl);
  /* A failed handshake may have died between chain and signature. */
  info->peer_verified = info->established && info->peer != NULL &&
                        (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0 &&
                        SSL_get_verify_result(ssl) == X509_V_OK &&
                        info->verify_code == X509_V_OK &&
                        (verify->leaf_accepted || info->resumed);
  return is_taken;
}

static bool take_accepted(stls_conninfo *info, SSL *ssl)
{
  info->peer = SSL_get1_peer_certificate(ssl);
  if (info->peer == NULL) return true;
  /* A client that accepts anybody goes on when there was no memory for it. */
  info->lost_built = !info->resumed && SSL_get0_verified_chain(ssl) == NULL;
  /* On a server this chain is without the peer's certificate. */
  return copy_chain(&info->presented, info->peer,
                    SSL_get_peer_cert_chain(ssl)) &&
         copy_chain(&info->built, NULL, SSL_get0_verified_chain(ssl));
}

static bool take_refused(stls_conninfo *info,
                         const struct stls_peer_verify *verify)
{
  info->lost_presented = verify->presented == NULL;
  info->lost_built = verify->built == NULL;
  if (X509_up_ref(verify->refused) == 1) info->peer = verify->refused;
  if (verify->failed != NULL && X509_up_ref(verify->failed) == 1)
    info->failed = verify->failed;
  return copy_chain(&info->presented, NULL, verify->presented) &&
         copy_chain(&info->built, NULL, verify->built);
}

/* Nothing of nothing. */
static bool copy_chain(STACK_OF(X509) * *out, X509 *leaf,
                       const STACK_OF(X509) * chain)
{
  if (leaf == NULL && chain == NULL) return true;
  *out = stls_x509_stack_copy(leaf, chain);
  return *out != NULL;
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

static bool take_server_name(stls_conninfo *info, const char *name)
{
  if (name == NULL) return true;
  info->server_name = stls_mem_strdup(name);
  return info->server_name != NULL;
}

static const char *group_name(SSL *ssl)
{
  int id = NID_undef;

  /* TLS 1.2 exchanges no keys when it resumes: the session has another's. */
  if (SSL_version(ssl) != TLS1_3_VERSION && SSL_session_reused(ssl) == 1)
    return NULL;
  /* OpenSSL looks into the session, which a server that fails has not got. */
  if (SSL_get_session(ssl) != NULL) id = (int)SSL_get_negotiated_group(ssl);
  return id == NID_undef ? NULL : SSL_group_to_name(ssl, id);
}
