/* SPDX-License-Identifier: MIT */
/* snapshot: copies the facts of a handshake or a later authentication. */
#include "endpoint/snapshot.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <string.h>

#include <sanstls/client_hello.h>
#include <sanstls/conninfo.h>

#include "base/mem.h"
#include "endpoint/signature_name.h"
#include "x509/x509_stack.h"

static const char *requested_name(const stls_object *object);
static stls_conninfo *take_info(SSL *ssl, bool succeeded,
                                const struct stls_peer_verify *verify,
                                const char *server_name);
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
static size_t fragment_length(const SSL_SESSION *session);
static void take_sigalgs(stls_conninfo *info, SSL *ssl);
static bool take_psk(stls_conninfo *info, const SSL *ssl,
                     const struct stls_psk_callbacks *run);
static bool copy_identity(stls_conninfo *info, const void *identity,
                          size_t len);
static bool copy_handshake(stls_conninfo *now, const stls_conninfo *then);
static stls_client_auth outcome(const stls_object *object);

bool stls_snapshot_take(stls_object *object)
{
  const char *name = requested_name(object);

  if (object->info != NULL) return true;
  stls_ssl_bios_guard(&object->io);
  object->info = take_info(object->io.ssl, object->state != STLS_STATE_FAILED,
                           &object->verify, name);
  if (object->info == NULL) return false;
  object->info->direct_records = object->io.direct != NULL;
  object->info->hello_retried = object->io.monitor.server_hellos > 1;
  /* libssl would return the group of the resumed session. */
  if (object->info->version == STLS_TLS_1_3 &&
      !object->hello_check.has_key_share)
    object->info->group_name = NULL;
  if (take_psk(object->info, object->io.ssl, &object->psk)) return true;
  stls_conninfo_free(object->info);
  object->info = NULL;
  return false;
}

void stls_snapshot_take_auth(stls_object *object)
{
  struct stls_post_handshake_auth *auth = &object->auth;
  struct stls_ssl_bios *io = &object->io;
  const struct stls_peer_verify *verify = &object->verify;
  bool is_refused = io->error.result == STLS_ERROR_CERTIFICATE;
  bool has_ended = io->error.result != STLS_OK;
  stls_conninfo *now;

  if (auth->state != STLS_CLIENT_AUTH_REQUESTED) {
    io->monitor.saw_auth_finished = false;
    return;
  }
  /* The callback sees Finished before libssl has accepted it. */
  if (!is_refused && (!io->monitor.saw_auth_finished || has_ended ||
                      SSL_in_init(io->ssl) == 1))
    return;
  stls_ssl_bios_guard(io);
  now = take_info(io->ssl, !is_refused, verify, object->info->server_name);
  if (now == NULL) return;
  if (!copy_handshake(now, object->info)) {
    stls_conninfo_free(now);
    return;
  }
  /* Only a verification of now counts, not that of a resumed session. */
  now->peer_verified = now->peer_verified && verify->leaf_accepted;
  auth->info = now;
  auth->state = outcome(object);
  io->monitor.saw_auth_finished = false;
}

/* The requested server name, in the same normalised form from each source. */
static const char *requested_name(const stls_object *object)
{
  if (object->hello_buffer != NULL)
    return stls_client_hello_server_name(object->hello_buffer->hello);
  return object->context->role == STLS_CLIENT ? object->server_name
                                              : object->hello_check.server_name;
}

/* `ssl` is NULL for a handshake that was refused before there was one. NULL when
 * memory is short. */
static stls_conninfo *take_info(SSL *ssl, bool succeeded,
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

static void take_negotiated(stls_conninfo *info, SSL *ssl)
{
  /* Before a ServerHello, the current cipher is that of the session that a
   * client offers. */
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
  /* Before a ServerHello, SSL_version returns the newest version offered. */
  if (!info->established && cipher == NULL) return;
  info->version = SSL_version(ssl);
  info->version_name = SSL_get_version(ssl);
  info->group_name = group_name(ssl);
  if (!info->established) return;
  take_protection(info, ssl);
  take_sigalgs(info, ssl);
}

/* RFC 8446, appendix D: what TLS 1.3 always does is reported as done. */
static void take_protection(stls_conninfo *info, SSL *ssl)
{
  bool is_1_3 = info->version >= TLS1_3_VERSION;

  info->extended_master_secret = is_1_3 || SSL_get_extms_support(ssl) == 1;
  info->secure_renegotiation =
      is_1_3 || SSL_get_secure_renegotiation_support(ssl) == 1;
  info->compression = SSL_COMP_get_name(SSL_get_current_compression(ssl));
  info->max_fragment_length = fragment_length(SSL_get_session(ssl));
  info->early_data = SSL_get_early_data_status(ssl) == SSL_EARLY_DATA_ACCEPTED;
}

/* RFC 6066, 4: code 1 stands for 2 to the power of 9, and so on. */
static size_t fragment_length(const SSL_SESSION *session)
{
  const unsigned code =
      session == NULL ? 0 : SSL_SESSION_get_max_fragment_length(session);

  return code == 0 ? 0 : (size_t)256 << code;
}

/* A server that resumes a session signs nothing, even if it has chosen an
 * algorithm. */
static void take_sigalgs(stls_conninfo *info, SSL *ssl)
{
  bool is_server = SSL_is_server(ssl);
  const char *own =
      is_server && info->resumed ? NULL : stls_signature_name_own(ssl);
  const char *peer = stls_signature_name_peer(ssl);

  info->server_sigalg = is_server ? own : peer;
  info->client_sigalg = is_server ? peer : own;
}

/* A resumed connection has the verify result of the handshake that verified. */
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

/* A session that a client only offered may be of another peer. */
static bool take_peer(stls_conninfo *info, SSL *ssl,
                      const struct stls_peer_verify *verify)
{
  bool is_taken = true;

  if (verify->refused != NULL)
    is_taken = take_refused(info, verify);
  else if (verify->has_run || info->established)
    is_taken = take_accepted(info, ssl);
  /* A failed handshake may have ended between the chain and the signature. */
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
  /* A client that does not verify continues when there was no memory for the
   * chain. */
  info->lost_built = !info->resumed && SSL_get0_verified_chain(ssl) == NULL;
  /* On a server this chain lacks the peer's certificate. */
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

/* *out stays NULL when there is neither leaf nor chain. */
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

  /* TLS 1.2 exchanges no keys when it resumes; the session's group is that of
   * another connection. */
  if (SSL_version(ssl) != TLS1_3_VERSION && SSL_session_reused(ssl) == 1)
    return NULL;
  /* SSL_get_negotiated_group reads the session, which a server that fails may
   * lack. */
  if (SSL_get_session(ssl) != NULL) id = (int)SSL_get_negotiated_group(ssl);
  return id == NID_undef ? NULL : SSL_group_to_name(ssl, id);
}

static bool take_psk(stls_conninfo *info, const SSL *ssl,
                     const struct stls_psk_callbacks *run)
{
  const char *identity;

  if (!info->established || !run->used) return true;
  info->psk = true;
  if (info->version == TLS1_3_VERSION) {
    /* libssl treats an external PSK as a resumed session. */
    info->resumed = false;
    info->verify_code = X509_V_OK;
    return copy_identity(info, run->identity, run->identity_len);
  }
  identity = SSL_get_psk_identity(ssl);
  return identity == NULL || copy_identity(info, identity, strlen(identity));
}

static bool copy_identity(stls_conninfo *info, const void *identity, size_t len)
{
  info->psk_identity = stls_mem_zalloc(len + 1);
  if (info->psk_identity == NULL) return false;
  memcpy(info->psk_identity, identity, len);
  info->psk_identity_len = len;
  return true;
}

/* An authentication leaves these facts unchanged, but libssl no longer has
 * some of them, or returns those of a later session. false when memory is
 * short. */
static bool copy_handshake(stls_conninfo *now, const stls_conninfo *then)
{
  now->established = true;
  now->resumed = then->resumed;
  now->session_reused = then->session_reused;
  now->extended_master_secret = then->extended_master_secret;
  now->secure_renegotiation = then->secure_renegotiation;
  now->hello_retried = then->hello_retried;
  now->early_data = then->early_data;
  now->version = then->version;
  now->version_name = then->version_name;
  now->cipher_id = then->cipher_id;
  now->cipher_bits = then->cipher_bits;
  now->cipher_name = then->cipher_name;
  now->group_name = then->group_name;
  now->compression = then->compression;
  now->server_sigalg = then->server_sigalg;
  now->session_id_len = then->session_id_len;
  memcpy(now->session_id, then->session_id, sizeof now->session_id);
  now->psk = then->psk;
  if (then->psk_identity == NULL) return true;
  now->psk_identity =
      stls_mem_dup(then->psk_identity, then->psk_identity_len + 1);
  if (now->psk_identity != NULL) now->psk_identity_len = then->psk_identity_len;
  return now->psk_identity != NULL;
}

static stls_client_auth outcome(const stls_object *object)
{
  if (object->io.error.result != STLS_OK) return STLS_CLIENT_AUTH_REFUSED;
  if (object->auth.info->peer_verified) return STLS_CLIENT_AUTH_VERIFIED;
  return object->verify.has_run ? STLS_CLIENT_AUTH_REFUSED
                                : STLS_CLIENT_AUTH_DECLINED;
}
