/* SPDX-License-Identifier: MIT */
/* post_handshake_auth: what became of a client that was asked after its handshake. */
#include "endpoint/post_handshake_auth.h"

#include <string.h>

#include <sanstls/conninfo.h>

#include "base/mem.h"

static bool copy_handshake(stls_conninfo *now, const stls_conninfo *then);
static stls_client_auth outcome(const struct stls_ssl_bios *io,
                                const struct stls_peer_verify *verify,
                                const stls_conninfo *info);

void stls_post_handshake_auth_begin(struct stls_post_handshake_auth *auth,
                                    struct stls_ssl_bios *io,
                                    struct stls_peer_verify *verify)
{
  stls_post_handshake_auth_close(auth);
  auth->state = STLS_CLIENT_AUTH_REQUESTED;
  io->monitor.saw_auth_finished = false;
  stls_peer_verify_restart(verify);
}

void stls_post_handshake_auth_settle(struct stls_post_handshake_auth *auth,
                                     struct stls_ssl_bios *io,
                                     const struct stls_peer_verify *verify,
                                     const stls_conninfo *info)
{
  bool is_refused = io->error.result == STLS_ERROR_CERTIFICATE;
  bool has_ended = io->error.result != STLS_OK;
  stls_conninfo *now;

  if (auth->state != STLS_CLIENT_AUTH_REQUESTED) {
    io->monitor.saw_auth_finished = false;
    return;
  }
  /* Its Finished was seen when it came, which is not yet to say accepted. */
  if (!is_refused && (!io->monitor.saw_auth_finished || has_ended ||
                      SSL_in_init(io->ssl) == 1))
    return;
  stls_ssl_bios_guard(io);
  now = stls_conninfo_take(io->ssl, !is_refused, verify, info->server_name);
  if (now == NULL) return;
  if (!copy_handshake(now, info)) {
    stls_conninfo_free(now);
    return;
  }
  /* What was verified now, not in the session that the handshake resumed. */
  now->peer_verified = now->peer_verified && verify->leaf_accepted;
  auth->info = now;
  auth->state = outcome(io, verify, now);
  io->monitor.saw_auth_finished = false;
}

void stls_post_handshake_auth_close(struct stls_post_handshake_auth *auth)
{
  stls_conninfo_free(auth->info);
  auth->info = NULL;
}

/* Of what an answer does not change, libssl has forgotten some, or tells what is
 * of a later session. false: no memory. */
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

static stls_client_auth outcome(const struct stls_ssl_bios *io,
                                const struct stls_peer_verify *verify,
                                const stls_conninfo *info)
{
  if (io->error.result != STLS_OK) return STLS_CLIENT_AUTH_REFUSED;
  if (info->peer_verified) return STLS_CLIENT_AUTH_VERIFIED;
  return verify->has_run ? STLS_CLIENT_AUTH_REFUSED : STLS_CLIENT_AUTH_DECLINED;
}
