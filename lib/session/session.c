/* SPDX-License-Identifier: MIT */
/* session: stores a client's session for resumption by a later connection. */
#include "session/session.h"

#include <string.h>

#include <sanstls/session.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/refs.h"

static stls_result expired(const char *why, stls_error *err);

stls_session *stls_session_new(SSL_SESSION *ssl_session,
                               const struct stls_session_facts *facts)
{
  stls_session *session = stls_mem_zalloc(sizeof *session);

  if (session == NULL) return NULL;
  stls_refs_init(&session->refs);
  atomic_init(&session->is_invalidated, false);
  session->peer_verified = facts->peer_verified;
  session->is_by_psk = facts->is_by_psk;
  session->lifetime = facts->lifetime;
  session->clock = facts->clock;
  if (facts->server_name != NULL) {
    session->server_name = stls_mem_strdup(facts->server_name);
    if (session->server_name == NULL) {
      stls_mem_free(session);
      return NULL;
    }
  }
  session->ssl_session = ssl_session;
  return session;
}

void stls_session_free(stls_session *session)
{
  stls_error_queue_guard guard;

  if (session == NULL || !stls_refs_release(&session->refs)) return;
  /* OpenSSL allocates memory to free more than ten ex_data of the application. */
  stls_error_queue_enter(&guard);
  SSL_SESSION_free(session->ssl_session);
  stls_error_queue_leave(&guard);
  stls_mem_free(session->server_name);
  stls_mem_free(session);
}

stls_session *stls_session_up_ref(stls_session *session)
{
  if (session != NULL) stls_refs_take(&session->refs);
  return session;
}

void stls_session_invalidate(stls_session *session)
{
  if (session != NULL) atomic_store(&session->is_invalidated, true);
}

const uint8_t *stls_session_id(const stls_session *session, size_t *out_len)
{
  const uint8_t *id = NULL;
  unsigned len = 0;

  if (session != NULL) id = SSL_SESSION_get_id(session->ssl_session, &len);
  if (out_len != NULL) *out_len = len;
  return id;
}

bool stls_session_equal(const stls_session *a, const stls_session *b)
{
  size_t a_len, b_len;
  const uint8_t *a_id = stls_session_id(a, &a_len);
  const uint8_t *b_id = stls_session_id(b, &b_len);

  return a_id != NULL && b_id != NULL && a_len == b_len &&
         memcmp(a_id, b_id, a_len) == 0;
}

int64_t stls_session_time(const stls_session *session)
{
  return session == NULL
             ? 0
             : stls_session_lifetime_creation_time(session->ssl_session);
}

int64_t stls_session_timeout(const stls_session *session)
{
  return session == NULL ? 0 : SSL_SESSION_get_timeout(session->ssl_session);
}

uint64_t stls_session_ticket_lifetime_hint(const stls_session *session)
{
  return session == NULL
             ? 0
             : SSL_SESSION_get_ticket_lifetime_hint(session->ssl_session);
}

bool stls_session_has_ticket(const stls_session *session)
{
  return session != NULL && SSL_SESSION_has_ticket(session->ssl_session) == 1;
}

bool stls_session_is_resumable(const stls_session *session)
{
  return session != NULL &&
         stls_session_check_validity(session, STLS_SESSION_LIFETIME_MAX_AGE,
                                     stls_clock_now(&session->clock),
                                     NULL) == STLS_OK;
}

int stls_session_version(const stls_session *session)
{
  return session == NULL
             ? 0
             : SSL_SESSION_get_protocol_version(session->ssl_session);
}

const char *stls_session_cipher_name(const stls_session *session)
{
  const SSL_CIPHER *cipher =
      session == NULL ? NULL : SSL_SESSION_get0_cipher(session->ssl_session);

  return cipher == NULL ? NULL : SSL_CIPHER_get_name(cipher);
}

const char *stls_session_server_name(const stls_session *session)
{
  return session == NULL ? NULL : session->server_name;
}

stls_result stls_session_check_validity(const stls_session *session,
                                        int64_t max_age, int64_t now,
                                        stls_error *err)
{
  const int64_t made = stls_session_time(session);
  const char *over =
      stls_session_lifetime_expiry_reason(&session->lifetime, max_age, now);
  const uint64_t hint = stls_session_ticket_lifetime_hint(session);

  if (atomic_load(&session->is_invalidated))
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_SESSION_NOT_RESUMABLE,
        "the session is not resumable: a connection with it failed");
  if (SSL_SESSION_is_resumable(session->ssl_session) != 1)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_SESSION_NOT_RESUMABLE,
        "the session is not resumable: it has neither identifier nor ticket");
  if (stls_session_must_be_discarded(session->ssl_session))
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_SESSION_NOT_RESUMABLE,
        "the session is not resumable: its ticket was to be discarded");
  if (over != NULL) return expired(over, err);
  if (made < 0) return expired("it is older than time", err);
  if (stls_session_lifetime_is_in_future(made, now))
    return expired("the clock has been set back since it was made", err);
  if (now - made > stls_session_timeout(session))
    return expired("its time is over", err);
  if (hint > 0 && now > made && (uint64_t)(now - made) > hint)
    return expired("its ticket's time is over", err);
  return STLS_OK;
}

bool stls_session_must_be_discarded(const SSL_SESSION *session)
{
  return SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION &&
         SSL_SESSION_get_ticket_lifetime_hint(session) == 0;
}

bool stls_session_peer_verified(const stls_session *session)
{
  return session != NULL && session->peer_verified;
}

static stls_result expired(const char *why, stls_error *err)
{
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_SESSION_EXPIRED,
                         "the session is not resumable: %s", why);
}
