/* SPDX-License-Identifier: MIT */
/* postauth (L5): what became of a client that was asked after its handshake. */
#include "postauth.h"

static stls_client_auth judge(const struct stls_drive *drive,
                              const struct stls_verify *verify,
                              const stls_conninfo *info);

void stls_postauth_begin(struct stls_postauth *auth, struct stls_drive *drive,
                         struct stls_verify *verify)
{
  stls_postauth_close(auth);
  auth->state = STLS_CLIENT_AUTH_REQUESTED;
  drive->watch.has_answered = false;
  stls_verify_restart(verify);
}

void stls_postauth_settle(struct stls_postauth *auth, struct stls_drive *drive,
                          const struct stls_verify *verify,
                          const stls_conninfo *info)
{
  bool is_refused = drive->cause.result == STLS_ERROR_CERTIFICATE;
  bool has_ended = drive->cause.result != STLS_OK;
  stls_conninfo *now;

  if (auth->state != STLS_CLIENT_AUTH_REQUESTED) return;
  /* Its Finished was seen when it came, which is not yet to say accepted. */
  if (!is_refused &&
      (!drive->watch.has_answered || has_ended || SSL_in_init(drive->ssl) == 1))
    return;
  stls_drive_guard(drive);
  now = stls_conninfo_take(drive->ssl, !is_refused, verify, info->server_name);
  if (now == NULL) return;
  now->established = true;
  now->hello_retried = info->hello_retried;
  now->group_name = info->group_name;
  /* What was verified now, not in the session that the handshake resumed. */
  now->peer_verified = now->peer_verified && verify->leaf_accepted;
  auth->info = now;
  auth->state = judge(drive, verify, now);
}

void stls_postauth_close(struct stls_postauth *auth)
{
  stls_conninfo_free(auth->info);
  auth->info = NULL;
}

static stls_client_auth judge(const struct stls_drive *drive,
                              const struct stls_verify *verify,
                              const stls_conninfo *info)
{
  if (drive->cause.result != STLS_OK) return STLS_CLIENT_AUTH_REFUSED;
  if (info->peer_verified) return STLS_CLIENT_AUTH_VERIFIED;
  return verify->has_run ? STLS_CLIENT_AUTH_REFUSED : STLS_CLIENT_AUTH_DECLINED;
}
