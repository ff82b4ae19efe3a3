/* SPDX-License-Identifier: MIT */
/* verify_policies: sets the certificate policies that chains may be valid under. */
#include <openssl/x509_vfy.h>
#include <sanstls/verify.h>

#include "base/string_list.h"
#include "context/context.h"
#include "context/setter.h"
#include "verify/policy_set.h"

stls_result stls_context_set_verify_policies(stls_context *context,
                                             const char *const *oids,
                                             size_t num_oids, stls_error *err)
{
  stls_result result = stls_setter_begin(context, STLS_ANY_ROLE, err);
  stls_string_list *set = NULL;

  if (result == STLS_OK)
    result = stls_policy_set_read(oids, num_oids, &set, err);
  if (result != STLS_OK) return result;
  /* The OIDs wait for a verification: OpenSSL gives up the old ones before it copies
   * new ones, and a call that fails has to leave what was. */
  if (set != NULL)
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context->ssl_ctx),
                                X509_V_FLAG_POLICY_CHECK);
  stls_string_list_free(context->verify_policies);
  context->verify_policies = set;
  return STLS_OK;
}

size_t stls_context_verify_policy_count(const stls_context *context)
{
  return context == NULL ? 0 : stls_string_list_count(context->verify_policies);
}

const char *stls_context_verify_policy_at(const stls_context *context,
                                          size_t index)
{
  return context == NULL
             ? NULL
             : stls_string_list_at(context->verify_policies, index, NULL);
}
