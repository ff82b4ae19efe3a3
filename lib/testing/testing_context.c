/* SPDX-License-Identifier: MIT */
/* testing_context: makes contexts in a world that can be used at once. */
#include "testing/testing_context.h"

#include <openssl/x509_vfy.h>

#include "base/error.h"

static stls_result set_trust(stls_testing *testing, stls_context *context,
                             stls_error *err);
static stls_result set_credential(stls_testing *testing, stls_context *context,
                                  stls_error *err);

stls_result stls_testing_context(stls_testing *testing, stls_role role,
                                 stls_context **out_context, stls_error *err)
{
  stls_context *context = NULL;
  stls_result result;

  if (testing == NULL) return stls_error_null(err, "testing");
  if (out_context == NULL) return stls_error_null(err, "out_context");
  result = stls_testing_context_new_bare(testing, role, &context, err);
  if (result == STLS_OK)
    result = role == STLS_CLIENT ? set_trust(testing, context, err)
                                 : set_credential(testing, context, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

/* As stls_context_new_client and stls_context_new_server, but for the system's
 * trust, which differs between machines. */
stls_result stls_testing_context_new_bare(stls_testing *testing, stls_role role,
                                          stls_context **out_context,
                                          stls_error *err)
{
  stls_context *context = NULL;
  stls_result result = stls_context_new_without_trust(
      role, stls_testing_libctx(testing), NULL, &context, err);

  if (result == STLS_OK)
    result = stls_context_set_verify_flags(context,
                                           stls_context_verify_flags(context) |
                                               X509_V_FLAG_PARTIAL_CHAIN |
                                               X509_V_FLAG_X509_STRICT,
                                           err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

static stls_result set_trust(stls_testing *testing, stls_context *context,
                             stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result = stls_testing_trust(testing, &trust, err);

  if (result == STLS_OK) result = stls_context_set_trust(context, trust, err);
  stls_trust_free(trust);
  return result;
}

static stls_result set_credential(stls_testing *testing, stls_context *context,
                                  stls_error *err)
{
  stls_credential *credential = NULL;
  stls_result result =
      stls_testing_credential(testing, "ecdsa", &credential, err);

  if (result == STLS_OK)
    result = stls_context_set_credential(context, credential, err);
  stls_credential_free(credential);
  return result;
}
