/* SPDX-License-Identifier: MIT */
/* session_check: checks whether a context may resume a session. */
#include "context/session_check.h"

#include <sanstls/session.h>
#include <sanstls/verify.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "context/policy_digest.h"
#include "util/idna.h"

static stls_result explain(const stls_session *session,
                           const stls_context *context, stls_error *err);
static bool has_suite(const stls_context *context, const SSL_CIPHER *suite);
static bool is_same_name(const char *a, const char *b);

stls_result stls_session_check(const stls_session *session,
                               const stls_context *context,
                               const char *server_name, stls_error *err)
{
  struct stls_reference found;
  stls_result result = STLS_OK;
  stls_error_queue_guard guard;

  if (session == NULL) return stls_error_null(err, "session");
  if (context == NULL) return stls_error_null(err, "context");
  if (context->role == STLS_SERVER)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_ROLE,
                           "context is not a client's");
  if (server_name != NULL)
    result = stls_idna_resolve(
        server_name, "server_name",
        (context->hostflags & STLS_HOSTFLAG_ANY_LABEL) != 0, &found, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = stls_session_check_compatible(
      session, context, server_name == NULL ? NULL : found.text, err);
  stls_error_queue_leave(&guard);
  return result;
}

stls_result stls_session_check_compatible(const stls_session *session,
                                          const stls_context *context,
                                          const char *name, stls_error *err)
{
  stls_result result = stls_session_check_validity(
      session, context->session_max_age, stls_clock_now(&context->clock), err);
  unsigned char policy[STLS_SHA256_LEN];

  if (result != STLS_OK) return result;
  if (!is_same_name(session->server_name, name))
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_SESSION_OTHER_SERVER,
        "the session was made with the server \"%.200s\", not \"%.200s\"",
        session->server_name == NULL ? "" : session->server_name,
        name == NULL ? "" : name);
  if (!session->peer_verified && !session->is_by_psk &&
      context->verify_mode != STLS_VERIFY_NONE)
    return stls_error_fail(err, STLS_ERROR_INPUT,
                           STLS_REASON_SESSION_NOT_VERIFIED,
                           "the session was made with a server that was not "
                           "verified");
  result = stls_policy_digest_compute(context, policy, err);
  if (result == STLS_OK &&
      !stls_policy_digest_matches(policy, session->ssl_session))
    result = explain(session, context, err);
  return result;
}

/* The digest only tells that the policies differ; this finds the reason where
 * it can. */
static stls_result explain(const stls_session *session,
                           const stls_context *context, stls_error *err)
{
  const int version = stls_session_version(session);
  const char *suite = stls_session_cipher_name(session);

  if (version < (int)context->min_version ||
      version > (int)context->max_version)
    return stls_error_fail(
        err, STLS_ERROR_INPUT, STLS_REASON_SESSION_OTHER_POLICY,
        "the session is of version 0x%x, which the context's "
        "policy has no more",
        (unsigned)version);
  if (!has_suite(context, SSL_SESSION_get0_cipher(session->ssl_session)))
    return stls_error_fail(err, STLS_ERROR_INPUT,
                           STLS_REASON_SESSION_OTHER_POLICY,
                           "the session is of cipher suite %s, which the "
                           "context's policy has no more",
                           suite == NULL ? "unknown" : suite);
  return stls_error_fail(
      err, STLS_ERROR_INPUT, STLS_REASON_SESSION_OTHER_POLICY,
      "the session was made under another policy: verify mode or flags, names, "
      "certificate policies, stapling, security level, trust, versions, cipher "
      "suites, groups, signature algorithms, or the client's own credential");
}

static bool has_suite(const stls_context *context, const SSL_CIPHER *suite)
{
  const STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(context->ssl_ctx);

  for (int i = 0; suite != NULL && i < sk_SSL_CIPHER_num(suites); i++)
    if (SSL_CIPHER_get_id(sk_SSL_CIPHER_value(suites, i)) ==
        SSL_CIPHER_get_id(suite))
      return true;
  return false;
}

/* Names are ASCII here, and compared without case (RFC 4343). */
static bool is_same_name(const char *a, const char *b)
{
  if (a == NULL || b == NULL) return a == b;
  return stls_ascii_equal_text(a, b);
}
