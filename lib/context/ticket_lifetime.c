/* SPDX-License-Identifier: MIT */
/* ticket_lifetime: limits the lifetime of a server's tickets and sessions. */
#include "context/ticket_lifetime.h"

#include "base/error.h"
#include "base/error_queue.h"
#include "context/client_hello_check.h"
#include "context/resumption.h"
#include "context/session_lookup.h"

static int on_generate_ticket(SSL *ssl, void *arg);
static SSL_TICKET_RETURN on_decrypt_ticket(SSL *ssl, SSL_SESSION *session,
                                           const unsigned char *key_name,
                                           size_t key_name_len,
                                           SSL_TICKET_STATUS status, void *arg);
static int on_new_session(SSL *ssl, SSL_SESSION *session);
static void limit_stored_session(const struct stls_ssl_owner *owner, SSL *ssl,
                                 SSL_SESSION *session);
static bool may_resume(const struct stls_ssl_owner *owner, const SSL *ssl);
static bool is_expired(const SSL *ssl, const SSL_SESSION *session);
static void hide_time(const SSL *ssl, SSL_SESSION *session);
static void shorten_timeout(SSL_SESSION *session, int64_t end);

void stls_ticket_lifetime_install(SSL_CTX *ctx)
{
  SSL_CTX_set_session_ticket_cb(ctx, on_generate_ticket, on_decrypt_ticket,
                                NULL);
  SSL_CTX_sess_set_new_cb(ctx, on_new_session);
}

/* Each session from a ticket has a lifetime in it. */
bool stls_ticket_lifetime_is_shared(const SSL *ssl)
{
  struct stls_session_lifetime lifetime;

  return SSL_version(ssl) != TLS1_3_VERSION && SSL_session_reused(ssl) == 1 &&
         !stls_session_lifetime_load(&lifetime, SSL_get_session(ssl));
}

/* libssl fails the connection if this callback fails. So where memory for
 * the lifetime is short, or the session must not be resumed, its timeout is
 * shortened instead, and on_decrypt_ticket refuses a ticket without a
 * lifetime. */
static int on_generate_ticket(SSL *ssl, void *arg)
{
  const int go_on = 1;
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  SSL_SESSION *session = SSL_get_session(ssl);
  const struct stls_session_lifetime *lifetime;
  const stls_context *context;
  stls_error_queue_guard guard;

  (void)arg;
  if (owner == NULL || session == NULL || stls_ticket_lifetime_is_shared(ssl))
    return go_on;
  context = *owner->context;
  stls_error_queue_enter(&guard);
  stls_resumption_date_session(owner, ssl, session);
  lifetime = stls_resumption_lifetime(owner, ssl);
  if (may_resume(owner, ssl) && stls_session_lifetime_store(lifetime, session))
    shorten_timeout(
        session, stls_session_lifetime_end(lifetime, context->session_max_age));
  else
    shorten_timeout(session, 0);
  /* Where that fails, libssl fails, too. */
  if (SSL_version(ssl) != TLS1_3_VERSION && stls_ticket_size_is_too_long(ssl))
    (void)!stls_ticket_size_hide_certificate(&owner->resumption->size, ssl,
                                             context->libctx, context->propq);
  stls_error_queue_leave(&guard);
  return go_on;
}

/* The results are libssl's defaults, except for expired tickets. */
static SSL_TICKET_RETURN on_decrypt_ticket(SSL *ssl, SSL_SESSION *session,
                                           const unsigned char *key_name,
                                           size_t key_name_len,
                                           SSL_TICKET_STATUS status, void *arg)
{
  (void)key_name;
  (void)key_name_len;
  (void)arg;
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  if (is_expired(ssl, session)) return SSL_TICKET_RETURN_IGNORE_RENEW;
  hide_time(ssl, session);
  return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE
                                      : SSL_TICKET_RETURN_USE_RENEW;
}

/* A session of TLS 1.2 without a ticket, which no client can ask for yet; or one
 * of TLS 1.3, whose time on_generate_ticket has limited. */
static int on_new_session(SSL *ssl, SSL_SESSION *session)
{
  const int not_taken_over = 0;
  const bool is_1_3 = SSL_version(ssl) == TLS1_3_VERSION;
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  stls_error_queue_guard guard;

  if (owner == NULL || (is_1_3 && (*owner->context)->session_store == NULL))
    return not_taken_over;
  stls_error_queue_enter(&guard);
  if (!is_1_3) limit_stored_session(owner, ssl, session);
  if (SSL_SESSION_is_resumable(session) == 1)
    stls_session_lookup_store(owner, ssl, session);
  stls_error_queue_leave(&guard);
  return not_taken_over;
}

static void limit_stored_session(const struct stls_ssl_owner *owner, SSL *ssl,
                                 SSL_SESSION *session)
{
  const stls_context *context = *owner->context;

  stls_resumption_date_session(owner, ssl, session);
  if (may_resume(owner, ssl))
    shorten_timeout(
        session, stls_session_lifetime_end(stls_resumption_lifetime(owner, ssl),
                                           context->session_max_age));
  else
    SSL_CTX_remove_session(context->ssl_ctx, session);
}

/* RFC 7627, 5.3 and 5.4: a session without an extended master secret is not
 * resumed. */
static bool may_resume(const struct stls_ssl_owner *owner, const SSL *ssl)
{
  return SSL_version(ssl) == TLS1_3_VERSION ||
         owner->hello_check->has_extended_master_secret;
}

static bool is_expired(const SSL *ssl, const SSL_SESSION *session)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  struct stls_session_lifetime lifetime;

  if (owner == NULL) return false;
  return !stls_session_lifetime_load(&lifetime, session) ||
         stls_session_lifetime_expiry_reason(
             &lifetime, (*owner->context)->session_max_age,
             stls_clock_now(&(*owner->context)->clock)) != NULL;
}

/* libssl compares the time of a ticket with the system's. With another clock it
 * sees a new one, or one that is over. */
static void hide_time(const SSL *ssl, SSL_SESSION *session)
{
  const struct stls_ssl_owner *owner = stls_ssl_owner_of(ssl);
  const struct stls_clock *clock;
  int64_t age;

  if (owner == NULL) return;
  clock = &(*owner->context)->clock;
  if (clock->fn == NULL) return;
  age = stls_clock_now(clock) - stls_session_lifetime_creation_time(session);
  if (age > SSL_SESSION_get_timeout(session))
    stls_session_lifetime_set_creation_time(session, STLS_CLOCK_FIRST);
  else
    stls_resumption_show_session(owner->resumption, session);
}

/* libssl resumes no session after its timeout, and tells clients the
 * timeout. It fails for a timeout of 0, which it replaces by another one in
 * the ticket. */
static void shorten_timeout(SSL_SESSION *session, int64_t end)
{
  int64_t left = end - stls_session_lifetime_creation_time(session);

  if (left < 1) left = 1;
  if (left < SSL_SESSION_get_timeout(session))
    SSL_SESSION_set_timeout(session, (long)left);
}
