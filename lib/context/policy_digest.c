/* SPDX-License-Identifier: MIT */
/* policy_digest: computes a digest of what a context verifies and negotiates. */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "context/policy_digest.h"

#include <openssl/x509_vfy.h>
#include <string.h>

#include <sanstls/verify.h>

#include "base/byte_reader.h"
#include "base/error.h"
#include "base/string_buffer.h"
#include "verify/trust.h"
#include "verify/trust_digest.h"

static stls_result digest_trust(const stls_context *context,
                                unsigned char out[STLS_SHA256_LEN],
                                stls_error *err);
static bool is_cached(const stls_context *context,
                      const unsigned char trust[STLS_SHA256_LEN]);
static stls_result digest(const stls_context *context,
                          const unsigned char trust[STLS_SHA256_LEN],
                          unsigned char out[STLS_SHA256_LEN], stls_error *err);
static void put_numbers(struct stls_string_buffer *policy,
                        const stls_context *context);
static void put_algorithms(struct stls_string_buffer *policy,
                           const stls_context *context);
static void put_list(struct stls_string_buffer *policy, char kind,
                     const stls_string_list *list);
static int purpose_of(const X509_VERIFY_PARAM *param);
static bool has_psk(const stls_context *context);
static void put_number(struct stls_string_buffer *policy, int64_t number);

stls_result stls_policy_digest_compute(const stls_context *context,
                                       unsigned char out[STLS_SHA256_LEN],
                                       stls_error *err)
{
  unsigned char trust[STLS_SHA256_LEN];
  stls_result result = digest_trust(context, trust, err);

  if (result != STLS_OK) return result;
  if (!is_cached(context, trust)) return digest(context, trust, out, err);
  memcpy(out, context->policy.digest, STLS_SHA256_LEN);
  return STLS_OK;
}

stls_result stls_policy_digest_cache(stls_context *context, stls_error *err)
{
  unsigned char trust[STLS_SHA256_LEN];
  stls_result result;

  /* Other threads may read the digest. */
  if (context->sealed) return STLS_OK;
  result = digest_trust(context, trust, err);
  if (result != STLS_OK || is_cached(context, trust)) return result;
  result = digest(context, trust, context->policy.digest, err);
  context->policy.is_known = result == STLS_OK;
  if (result != STLS_OK) return result;
  memcpy(context->policy.trust, trust, STLS_SHA256_LEN);
  /* Cannot fail: SSL_MAX_SID_CTX_LENGTH is 32. */
  SSL_CTX_set_session_id_context(context->ssl_ctx, context->policy.digest,
                                 STLS_SHA256_LEN);
  return STLS_OK;
}

stls_result stls_policy_digest_bind(stls_context *context, SSL *ssl,
                                    unsigned char out[STLS_SHA256_LEN],
                                    stls_error *err)
{
  stls_result result = stls_policy_digest_cache(context, err);

  if (result == STLS_OK) result = stls_policy_digest_compute(context, out, err);
  /* Cannot fail, as above. */
  if (result == STLS_OK) SSL_set_session_id_context(ssl, out, STLS_SHA256_LEN);
  return result;
}

bool stls_policy_digest_matches(const unsigned char policy[STLS_SHA256_LEN],
                                const SSL_SESSION *session)
{
  unsigned len = 0;
  const unsigned char *of = SSL_SESSION_get0_id_context(session, &len);

  return len == STLS_SHA256_LEN && memcmp(of, policy, STLS_SHA256_LEN) == 0;
}

/* Stores zeroes where the context has no trust. */
static stls_result digest_trust(const stls_context *context,
                                unsigned char out[STLS_SHA256_LEN],
                                stls_error *err)
{
  memset(out, 0, STLS_SHA256_LEN);
  return context->trust == NULL ? STLS_OK
                                : stls_trust_digest(context->trust, out, err);
}

/* Certificates may be added to the trust after the context was sealed. */
static bool is_cached(const stls_context *context,
                      const unsigned char trust[STLS_SHA256_LEN])
{
  return context->policy.is_known &&
         memcmp(context->policy.trust, trust, STLS_SHA256_LEN) == 0;
}

static stls_result digest(const stls_context *context,
                          const unsigned char trust[STLS_SHA256_LEN],
                          unsigned char out[STLS_SHA256_LEN], stls_error *err)
{
  struct stls_string_buffer policy = {0};
  bool done;

  put_numbers(&policy, context);
  stls_string_buffer_put(&policy, trust, STLS_SHA256_LEN);
  if (context->role == STLS_CLIENT)
    stls_string_buffer_put(&policy, context->credential_digest,
                           STLS_SHA256_LEN);
  put_list(&policy, 'c', context->expected_clients);
  put_list(&policy, 'p', context->verify_policies);
  put_algorithms(&policy, context);
  done = !policy.has_failed &&
         stls_sha256_with(context->sha256, policy.data, policy.len, out);
  stls_string_buffer_free(&policy);
  if (done) return STLS_OK;
  return stls_error_fail_openssl(err, STLS_ERROR_MEMORY,
                                 STLS_REASON_OUT_OF_MEMORY,
                                 "digest of the policy");
}

static void put_numbers(struct stls_string_buffer *policy,
                        const stls_context *context)
{
  const X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context->ssl_ctx);
  const unsigned long flags = stls_context_verify_flags(context);
  int mode = (int)context->verify_mode;

  /* A client treats both modes in the same way. */
  if (context->role == STLS_CLIENT && mode == STLS_VERIFY_OPTIONAL)
    mode = STLS_VERIFY_REQUIRED;
  put_number(policy, (int)context->role);
  put_number(policy,
             (int64_t)context->hostflags << 1 | context->post_handshake_auth);
  /* Two look-ups need not have the same keys. */
  put_number(policy, has_psk(context) ? context->psk.generation : 0);
  put_number(policy, 4 * (context->trust != NULL) +
                         8 * stls_context_check_hostname(context) +
                         16 * (int)context->stapling.mode + mode);
  put_number(policy, (int64_t)flags);
  put_number(policy, (flags & X509_V_FLAG_USE_CHECK_TIME) == 0
                         ? 0
                         : (int64_t)X509_VERIFY_PARAM_get_time(param));
  put_number(policy, X509_VERIFY_PARAM_get_depth(param));
  put_number(policy, X509_VERIFY_PARAM_get_auth_level(param));
  put_number(policy, purpose_of(param));
  put_number(policy, context->suite_b);
  put_number(policy, SSL_CTX_get_security_level(context->ssl_ctx));
  put_number(policy, SSL_CTX_get_min_proto_version(context->ssl_ctx));
  put_number(policy, SSL_CTX_get_max_proto_version(context->ssl_ctx));
}

/* Nothing for none. */
static void put_list(struct stls_string_buffer *policy, char kind,
                     const stls_string_list *list)
{
  const size_t count = stls_string_list_count(list);

  if (count > 0) stls_string_buffer_put(policy, &kind, 1);
  for (size_t i = 0; i < count; i++) {
    stls_string_buffer_puts(policy, stls_string_list_at(list, i, NULL));
    stls_string_buffer_put(policy, "", 1);
  }
}

/* What a handshake may negotiate: cipher suites by their numbers, the other
 * lists and DH parameters as what was set. */
static void put_algorithms(struct stls_string_buffer *policy,
                           const stls_context *context)
{
  const STACK_OF(SSL_CIPHER) *suites = SSL_CTX_get_ciphers(context->ssl_ctx);

  for (int i = 0; i < sk_SSL_CIPHER_num(suites); i++) {
    uint16_t id = SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(suites, i));
    uint8_t wire[sizeof id];
    stls_byte_reader_put(wire, id, sizeof wire);
    stls_string_buffer_put(policy, wire, sizeof wire);
  }
  for (size_t i = 0; i < STLS_NUM_LISTS; i++) {
    stls_string_buffer_put(policy, "", 1);
    if (context->lists[i] != NULL)
      stls_string_buffer_puts(policy, context->lists[i]);
  }
  if (!context->dh_params.is_set) return;
  stls_string_buffer_put(policy, "", 1);
  stls_string_buffer_put(policy, context->dh_params.digest, STLS_SHA256_LEN);
}

/* Only the application can set a purpose, through stls_context_ssl_ctx. */
static int purpose_of(const X509_VERIFY_PARAM *param)
{
#ifdef HAVE_X509_VERIFY_PARAM_GET_PURPOSE
  return X509_VERIFY_PARAM_get_purpose(param);
#else
  (void)param;
  return 0;
#endif
}

static bool has_psk(const stls_context *context)
{
  return context->psk.client != NULL || context->psk.server != NULL;
}

static void put_number(struct stls_string_buffer *policy, int64_t number)
{
  unsigned char bytes[8];

  for (int i = 0; i < 8; i++)
    bytes[i] = (unsigned char)((uint64_t)number >> (8 * i));
  stls_string_buffer_put(policy, bytes, sizeof bytes);
}
