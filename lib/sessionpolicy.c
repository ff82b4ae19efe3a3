/* SPDX-License-Identifier: MIT */
/* sessionpolicy (L4): how a context verifies its peers, as one short value. */
#include "sessionpolicy.h"

#include <openssl/x509_vfy.h>
#include <string.h>

#include "error.h"
#include "trust.h"

/* Nine numbers of eight bytes, and two digests. */
#define POLICY_LEN (9 * 8 + 2 * STLS_DIGEST_LEN)

static stls_result digest(const stls_context *context,
                          const unsigned char trust[STLS_DIGEST_LEN],
                          unsigned char out[STLS_DIGEST_LEN], stls_error *err);
static bool has_psk(const stls_context *context);
static unsigned char *put_number(unsigned char *out, int64_t number);
static unsigned char *put_numbers(unsigned char *out,
                                  const stls_context *context);

stls_result stls_sessionpolicy_digest(const stls_context *context,
                                      unsigned char out[STLS_DIGEST_LEN],
                                      stls_error *err)
{
  unsigned char trust[STLS_DIGEST_LEN] = {0};
  stls_result result = STLS_OK;

  if (context->trust != NULL)
    result = stls_trust_digest(context->trust, trust, err);
  if (result != STLS_OK) return result;
  if (context->sealed_policy.is_known &&
      memcmp(context->sealed_policy.trust, trust, STLS_DIGEST_LEN) == 0) {
    memcpy(out, context->sealed_policy.policy, STLS_DIGEST_LEN);
    return STLS_OK;
  }
  return digest(context, trust, out, err);
}

void stls_sessionpolicy_seal(stls_context *context)
{
  unsigned char trust[STLS_DIGEST_LEN] = {0};

  context->sealed_policy.is_known =
      (context->trust == NULL ||
       stls_trust_digest(context->trust, trust, NULL) == STLS_OK) &&
      digest(context, trust, context->sealed_policy.policy, NULL) == STLS_OK;
  memcpy(context->sealed_policy.trust, trust, STLS_DIGEST_LEN);
}

stls_result stls_sessionpolicy_bind(const stls_context *context, SSL *ssl,
                                    stls_error *err)
{
  unsigned char policy[STLS_DIGEST_LEN];
  stls_result result = stls_sessionpolicy_digest(context, policy, err);

  /* Cannot fail: SSL_MAX_SID_CTX_LENGTH is 32. */
  if (result == STLS_OK) SSL_set_session_id_context(ssl, policy, sizeof policy);
  return result;
}

bool stls_sessionpolicy_is_of(const unsigned char policy[STLS_DIGEST_LEN],
                              const SSL_SESSION *session)
{
  unsigned len = 0;
  const unsigned char *of = SSL_SESSION_get0_id_context(session, &len);

  return len == STLS_DIGEST_LEN && memcmp(of, policy, STLS_DIGEST_LEN) == 0;
}

static unsigned char *put_numbers(unsigned char *out,
                                  const stls_context *context)
{
  const X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context->ssl_ctx);
  const unsigned long flags = stls_context_verify_flags(context);
  int mode = (int)context->verify_mode;

  /* The same to a client. */
  if (context->role == STLS_CLIENT && mode == STLS_VERIFY_OPTIONAL)
    mode = STLS_VERIFY_REQUIRED;
  out = put_number(out, (int)context->role);
  out = put_number(
      out, (int64_t)context->hostflags << 1 | context->post_handshake_auth);
  /* No two look-ups need know the same keys. */
  out = put_number(out, has_psk(context) ? context->trust_generation : 0);
  out = put_number(out, 4 * (context->trust != NULL) +
                            8 * stls_context_check_hostname(context) + mode);
  out = put_number(out, (int64_t)flags);
  out = put_number(out, (flags & X509_V_FLAG_USE_CHECK_TIME) == 0
                            ? 0
                            : (int64_t)X509_VERIFY_PARAM_get_time(param));
  out = put_number(out, X509_VERIFY_PARAM_get_depth(param));
  out = put_number(out, X509_VERIFY_PARAM_get_auth_level(param));
  return put_number(out, SSL_CTX_get_security_level(context->ssl_ctx));
}

static stls_result digest(const stls_context *context,
                          const unsigned char trust[STLS_DIGEST_LEN],
                          unsigned char out[STLS_DIGEST_LEN], stls_error *err)
{
  unsigned char policy[POLICY_LEN] = {0};
  unsigned char *end = put_numbers(policy, context);

  memcpy(end, trust, STLS_DIGEST_LEN);
  end += STLS_DIGEST_LEN;
  if (context->role == STLS_CLIENT)
    memcpy(end, context->identity, STLS_DIGEST_LEN);
  if (stls_digest(context->libctx, context->propq, policy, sizeof policy, out))
    return STLS_OK;
  return stls_error_fail_openssl(err, STLS_ERROR_MEMORY,
                                 STLS_REASON_OUT_OF_MEMORY,
                                 "digest of the policy");
}

static bool has_psk(const stls_context *context)
{
  return context->psk.client != NULL || context->psk.server != NULL;
}

static unsigned char *put_number(unsigned char *out, int64_t number)
{
  for (int i = 0; i < 8; i++)
    *out++ = (unsigned char)((uint64_t)number >> (8 * i));
  return out;
}
