/* SPDX-License-Identifier: MIT */
/* ticket_age: sets the age of the session that a client offers. */
#include "context/ticket_age.h"

#include "session/session_lifetime.h"

void stls_ticket_age_set(SSL *ssl, const struct stls_clock *clock, int64_t made)
{
  SSL_SESSION *session = SSL_get_session(ssl);
  const int64_t system_now = stls_clock_libssl_now();
  int64_t age = stls_clock_now(clock) - made;

  if (session == NULL) return;
  if (age < 0) age = 0;
  /* Such a session is not offered anyway. */
  if (age >= system_now) age = system_now - 1;
  stls_session_lifetime_set_creation_time(session, system_now - age);
}
