/* SPDX-License-Identifier: MIT */
/* session_lifetime: computes until when a session may be resumed. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "session/session_lifetime.h"

#include <limits.h>
#include <openssl/x509_vfy.h>
#include <time.h>

#include "base/byte_reader.h"

/* The clocks of servers that share ticket keys differ. */
#define CLOCK_SKEW 60

#define SECONDS_PER_DAY INT64_C(86400)

/* A version, 1 byte, and both times, 8 bytes each, in network order. */
#define NOTE_VERSION 1
#define NOTE_LEN ((size_t)17)

static bool checks_times(const SSL *ssl);
static int64_t not_after_of(const X509 *cert, int64_t system_now);

struct stls_session_lifetime stls_session_lifetime_new(int64_t now)
{
  const struct stls_session_lifetime lifetime = {
      now, STLS_SESSION_LIFETIME_UNLIMITED};

  return lifetime;
}

void stls_session_lifetime_limit_to_chain(
    struct stls_session_lifetime *lifetime, const SSL *ssl)
{
  const STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
  int64_t system_now;

  if (chain == NULL || !checks_times(ssl)) return;
  system_now = (int64_t)time(NULL);
  for (int i = 0; i < sk_X509_num(chain); i++) {
    int64_t end = not_after_of(sk_X509_value(chain, i), system_now);
    if (end < lifetime->expires_at) lifetime->expires_at = end;
  }
}

const char *stls_session_lifetime_expiry_reason(
    const struct stls_session_lifetime *lifetime, int64_t max_age, int64_t now)
{
  if (lifetime->authenticated_at < 0) return "it is older than time";
  if (stls_session_lifetime_is_in_future(lifetime->authenticated_at, now))
    return "the clock has been set back since it was made";
  if (now - lifetime->authenticated_at > max_age)
    return "its full handshake was too long ago";
  if (now > lifetime->expires_at)
    return "a certificate of the peer has run out";
  return NULL;
}

int64_t stls_session_lifetime_end(const struct stls_session_lifetime *lifetime,
                                  int64_t max_age)
{
  const int64_t oldest = lifetime->authenticated_at + max_age;

  return lifetime->expires_at < oldest ? lifetime->expires_at : oldest;
}

int64_t stls_session_lifetime_creation_time(const SSL_SESSION *session)
{
#ifdef HAVE_SSL_SESSION_GET_TIME_EX
  return (int64_t)SSL_SESSION_get_time_ex(session);
#else
  return SSL_SESSION_get_time(session);
#endif
}

void stls_session_lifetime_set_creation_time(SSL_SESSION *session,
                                             int64_t seconds)
{
#ifdef HAVE_SSL_SESSION_GET_TIME_EX
  SSL_SESSION_set_time_ex(session, (time_t)seconds);
#else
  SSL_SESSION_set_time(session, seconds < LONG_MAX ? (long)seconds : LONG_MAX);
#endif
}

bool stls_session_lifetime_store(const struct stls_session_lifetime *lifetime,
                                 SSL_SESSION *session)
{
  unsigned char note[NOTE_LEN] = {NOTE_VERSION};
  unsigned char *end = note + 1;

  end = stls_byte_reader_put(end, (uint64_t)lifetime->authenticated_at, 8);
  stls_byte_reader_put(end, (uint64_t)lifetime->expires_at, 8);
  return SSL_SESSION_set1_ticket_appdata(session, note, sizeof note) == 1;
}

bool stls_session_lifetime_load(struct stls_session_lifetime *out_life,
                                const SSL_SESSION *session)
{
  const unsigned char *note;
  void *data = NULL;
  size_t len = 0;

  /* The function does not change its argument. */
  if (SSL_SESSION_get0_ticket_appdata((SSL_SESSION *)session, &data, &len) !=
          1 ||
      len != NOTE_LEN || *(unsigned char *)data != NOTE_VERSION)
    return false;
  note = data;
  out_life->authenticated_at = (int64_t)stls_byte_reader_uint(note + 1, 8);
  out_life->expires_at = (int64_t)stls_byte_reader_uint(note + 9, 8);
  return true;
}

bool stls_session_lifetime_is_in_future(int64_t seconds, int64_t now)
{
  return seconds > now + CLOCK_SKEW;
}

/* Whether a full handshake would check the certificates' times against this
 * clock. */
static bool checks_times(const SSL *ssl)
{
  /* The function does not change its argument. */
  const X509_VERIFY_PARAM *param = SSL_get0_param((SSL *)ssl);
  const unsigned long other =
      X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_USE_CHECK_TIME;

  return (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0 &&
         SSL_get_verify_result(ssl) == X509_V_OK &&
         (X509_VERIFY_PARAM_get_flags(param) & other) == 0;
}

/* A time that cannot be decoded counts as past: it was not verified. OpenSSL
 * tells how far another one is from the system's time. */
static int64_t not_after_of(const X509 *cert, int64_t system_now)
{
  int days, seconds;

  if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)) != 1)
    return 0;
  return system_now + days * SECONDS_PER_DAY + seconds;
}
