/* SPDX-License-Identifier: MIT */
/* resumption: offers, stores and issues the sessions of one connection. */
#include "context/resumption.h"

#include <string.h>

#include <sanstls/session.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "context/policy_digest.h"
#include "context/psk_callbacks.h"
#include "context/session_check.h"

static size_t tickets_due(const stls_context *context, const SSL *ssl);
static size_t tickets_that_fit(size_t num, const SSL *ssl,
                               const stls_bio *outgoing);
static struct stls_session_lifetime initial_lifetime(
    const struct stls_ssl_owner *owner, const SSL *ssl);
static int64_t creation_time(const struct stls_ssl_owner *owner,
                             const SSL_SESSION *session);
static void set_used(struct stls_resumption *resumption, stls_session *session);
static int on_new_session(SSL *ssl, SSL_SESSION *ssl_session);
static bool is_external_psk(const struct stls_ssl_owner *owner, const SSL *ssl);
static stls_session *make_session(const struct stls_ssl_owner *owner,
                                  const SSL *ssl,
                                  const SSL_SESSION *ssl_session);
static void enqueue(struct stls_resumption *resumption, stls_session *session);
static void drop_all(struct stls_resumption *resumption);
static void store_tls_1_2(const struct stls_ssl_owner *owner, SSL *ssl);
static bool has_same_ticket(const stls_session *before, const SSL_SESSION *now);

void stls_resumption_install(SSL_CTX *ctx)
{
  SSL_CTX_set_session_cache_mode(
      ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ctx, on_new_session);
}

void stls_resumption_clear(struct stls_resumption *resumption)
{
  drop_all(resumption);
  stls_session_free(resumption->used);
  resumption->used = NULL;
  stls_ticket_size_clear(&resumption->size);
}

stls_result stls_resumption_offer(const struct stls_ssl_owner *owner, SSL *ssl,
                                  stls_session *session, stls_error *err)
{
  stls_result result = stls_session_check_compatible(session, *owner->context,
                                                     *owner->server_name, err);
  SSL_SESSION *copy;
  int is_set;

  if (result != STLS_OK) return result;
  copy = SSL_SESSION_dup(session->ssl_session);
  is_set = copy != NULL && SSL_set_session(ssl, copy);
  SSL_SESSION_free(copy);
  if (!is_set) return stls_error_memory(err);
  owner->resumption->used = stls_session_up_ref(session);
  owner->psk_callbacks->session_time = stls_session_time(session);
  return STLS_OK;
}

void stls_resumption_on_established(const struct stls_ssl_owner *owner,
                                    SSL *ssl, bool peer_verified)
{
  struct stls_resumption *resumption = owner->resumption;
  const bool is_tls_1_3 = SSL_version(ssl) == TLS1_3_VERSION;
  const bool is_resumed = SSL_session_reused(ssl) == 1;
  const bool is_server = SSL_is_server(ssl) == 1;

  if (is_external_psk(owner, ssl)) return;
  resumption->peer_verified = peer_verified;
  (void)stls_resumption_lifetime(owner, ssl);
  /* A later failure does not invalidate the offered session, unless it is the
   * one that TLS 1.2 goes on with. */
  if (is_tls_1_3 || !is_resumed) set_used(resumption, NULL);
  if (!is_tls_1_3 && !is_server) store_tls_1_2(owner, ssl);
}

void stls_resumption_on_failure(struct stls_resumption *resumption,
                                stls_result cause)
{
  if (cause == STLS_ERROR_TRUNCATED || cause == STLS_ERROR_MEMORY) return;
  stls_session_invalidate(resumption->used);
}

stls_session *stls_resumption_take(struct stls_resumption *resumption)
{
  stls_session *session = resumption->first;

  if (session == NULL) return NULL;
  resumption->first = session->next;
  session->next = NULL;
  resumption->num--;
  return session;
}

void stls_resumption_schedule_tickets(const struct stls_ssl_owner *owner,
                                      SSL *ssl, const stls_bio *outgoing)
{
  const stls_context *context = *owner->context;
  size_t due = 0, now = 0;

  if (SSL_version(ssl) != TLS1_3_VERSION) return;
  if (!stls_psk_callbacks_is_used(owner->psk_callbacks, ssl))
    due = tickets_due(context, ssl);
  if (context->ticket_timing == STLS_TICKETS_WITH_HANDSHAKE)
    now = tickets_that_fit(due, ssl, outgoing);
  SSL_set_num_tickets(ssl, now);
  owner->resumption->pending_tickets = due - now;
}

void stls_resumption_send_tickets(struct stls_resumption *resumption, SSL *ssl,
                                  const stls_bio *outgoing)
{
  size_t now;

  /* libssl accepts no request while it handles a message. */
  if (SSL_in_init(ssl)) return;
  now = tickets_that_fit(resumption->pending_tickets, ssl, outgoing);
  for (size_t i = 0; i < now; i++) SSL_new_session_ticket(ssl);
  resumption->pending_tickets -= now;
}

const struct stls_session_lifetime *stls_resumption_lifetime(
    const struct stls_ssl_owner *owner, const SSL *ssl)
{
  struct stls_resumption *resumption = owner->resumption;

  if (!resumption->has_lifetime)
    resumption->lifetime = initial_lifetime(owner, ssl);
  resumption->has_lifetime = true;
  stls_session_lifetime_limit_to_chain(&resumption->lifetime, ssl);
  return &resumption->lifetime;
}

void stls_resumption_show_session(struct stls_resumption *resumption,
                                  SSL_SESSION *session)
{
  resumption->shown_session_time = stls_session_lifetime_creation_time(session);
  stls_session_lifetime_set_creation_time(session, stls_clock_libssl_now());
}

/* A new ticket of TLS 1.2 does not prolong the session that was resumed. */
void stls_resumption_date_session(const struct stls_ssl_owner *owner,
                                  const SSL *ssl, SSL_SESSION *session)
{
  const struct stls_clock *clock = &(*owner->context)->clock;
  const bool is_old =
      SSL_version(ssl) != TLS1_3_VERSION && SSL_session_reused(ssl) == 1;

  if (clock->fn == NULL) return;
  stls_session_lifetime_set_creation_time(
      session, is_old ? creation_time(owner, session) : stls_clock_now(clock));
}

static size_t tickets_due(const stls_context *context, const SSL *ssl)
{
  const size_t num = context->num_tickets;

  if (context->ticket_timing == STLS_TICKETS_NEVER ||
      stls_ticket_size_is_too_long(ssl))
    return 0;
  /* A client that resumes still has its other tickets. */
  return SSL_session_reused(ssl) == 1 && num > 1 ? 1 : num;
}

/* An empty queue takes one ticket, whatever its limit. A queue whose end was
 * written takes none, which must not fail the handshake. */
static size_t tickets_that_fit(size_t num, const SSL *ssl,
                               const stls_bio *outgoing)
{
  size_t fit = stls_bio_room(outgoing) / stls_ticket_size_max(ssl);

  if (outgoing->eof_written) return 0;
  if (fit == 0 && outgoing->queue.len == 0) fit = 1;
  return num < fit ? num : fit;
}

/* A resumed connection inherits the lifetime of its session. */
static struct stls_session_lifetime initial_lifetime(
    const struct stls_ssl_owner *owner, const SSL *ssl)
{
  const struct stls_resumption *resumption = owner->resumption;
  const SSL_SESSION *session = SSL_get_session(ssl);
  struct stls_session_lifetime lifetime =
      stls_session_lifetime_new(stls_clock_now(&(*owner->context)->clock));

  if (SSL_session_reused(ssl) != 1) return lifetime;
  if (resumption->used != NULL) return resumption->used->lifetime;
  if (stls_session_lifetime_load(&lifetime, session)) return lifetime;
  /* The session is from a server's cache: see ticket_lifetime.c. */
  lifetime.authenticated_at = creation_time(owner, session);
  lifetime.expires_at =
      lifetime.authenticated_at + SSL_SESSION_get_timeout(session);
  return lifetime;
}

/* When the session that a server resumes was made. */
static int64_t creation_time(const struct stls_ssl_owner *owner,
                             const SSL_SESSION *session)
{
  return (*owner->context)->clock.fn == NULL
             ? stls_session_lifetime_creation_time(session)
             : owner->resumption->shown_session_time;
}

/* Takes a reference to the session. */
static void set_used(struct stls_resumption *resumption, stls_session *session)
{
  stls_session_free(resumption->used);
  resumption->used = stls_session_up_ref(session);
}

/* libssl's callback for new sessions. Those of TLS 1.3 come with tickets, after
 * the handshake. That of TLS 1.2 comes before the handshake has ended, and is
 * taken later. */
static int on_new_session(SSL *ssl, SSL_SESSION *ssl_session)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  const int not_taken_over = 0;
  stls_error_queue_guard guard;

  if (owner == NULL || SSL_version(ssl) != TLS1_3_VERSION ||
      is_external_psk(owner, ssl))
    return not_taken_over;
  /* libssl would take an entry that is left for its own failure. */
  stls_error_queue_enter(&guard);
  enqueue(owner->resumption, make_session(owner, ssl, ssl_session));
  stls_error_queue_leave(&guard);
  return not_taken_over;
}

/* An SSL_SESSION of TLS 1.3 does not tell that an external pre-shared key
 * authenticated the peer. */
static bool is_external_psk(const struct stls_ssl_owner *owner, const SSL *ssl)
{
  return SSL_version(ssl) == TLS1_3_VERSION &&
         stls_psk_callbacks_authenticates(owner->psk_callbacks, ssl);
}

/* Returns NULL where the session is not resumable or would be refused, or when
 * memory is short. */
static stls_session *make_session(const struct stls_ssl_owner *owner,
                                  const SSL *ssl,
                                  const SSL_SESSION *ssl_session)
{
  const struct stls_session_facts facts = {
      *owner->server_name, owner->resumption->peer_verified,
      stls_psk_callbacks_authenticates(owner->psk_callbacks, ssl),
      owner->resumption->lifetime, (*owner->context)->clock};
  unsigned char policy[STLS_SHA256_LEN];
  stls_session *session = NULL;
  SSL_SESSION *copy;

  /* The context's policy may have changed since the handshake. */
  if (SSL_SESSION_is_resumable(ssl_session) != 1 ||
      stls_session_must_be_discarded(ssl_session) ||
      stls_policy_digest_compute(*owner->context, policy, NULL) != STLS_OK ||
      !stls_policy_digest_matches(policy, ssl_session))
    return NULL;
  copy = SSL_SESSION_dup(ssl_session);
  if (copy != NULL && facts.clock.fn != NULL)
    stls_session_lifetime_set_creation_time(copy, stls_clock_now(&facts.clock));
  if (copy != NULL) session = stls_session_new(copy, &facts);
  if (session == NULL) SSL_SESSION_free(copy);
  return session;
}

/* Takes ownership of the session, which may be NULL. */
static void enqueue(struct stls_resumption *resumption, stls_session *session)
{
  stls_session **end = &resumption->first;

  if (session == NULL) return;
  if (resumption->num == STLS_RESUMPTION_MAX)
    stls_session_free(stls_resumption_take(resumption));
  while (*end != NULL) end = &(*end)->next;
  *end = session;
  resumption->num++;
}

static void drop_all(struct stls_resumption *resumption)
{
  while (resumption->first != NULL)
    stls_session_free(stls_resumption_take(resumption));
}

static void store_tls_1_2(const struct stls_ssl_owner *owner, SSL *ssl)
{
  struct stls_resumption *resumption = owner->resumption;
  const SSL_SESSION *now = SSL_get_session(ssl);
  stls_session *session = NULL;

  /* RFC 7627, 5.3: a session without an extended master secret is not resumed. */
  if (now != NULL && SSL_get_extms_support(ssl) == 1 &&
      !has_same_ticket(resumption->used, now))
    session = make_session(owner, ssl, now);
  if (session == NULL) return;
  set_used(resumption, session);
  enqueue(resumption, session);
}

/* Whether the server has sent no new ticket. */
static bool has_same_ticket(const stls_session *before, const SSL_SESSION *now)
{
  const unsigned char *old_ticket, *new_ticket;
  size_t old_len, new_len;

  if (before == NULL) return false;
  SSL_SESSION_get0_ticket(before->ssl_session, &old_ticket, &old_len);
  SSL_SESSION_get0_ticket(now, &new_ticket, &new_len);
  return old_len == new_len &&
         (new_len == 0 || memcmp(old_ticket, new_ticket, new_len) == 0);
}
