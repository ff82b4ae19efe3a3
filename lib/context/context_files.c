/* SPDX-License-Identifier: MIT */
/* context_files: creates contexts from files of certificates and keys. */
#include <sanstls/context.h>
#include <string.h>

#include "base/error.h"
#include "context/verify_policy.h"

static stls_result load_credential(const char *chain_path, const char *key_path,
                                   stls_credential **out_credential,
                                   stls_error *err);
static stls_result set_credential(stls_context *context,
                                  stls_credential *credential,
                                  const char *chain_path, stls_error *err);
static stls_result load_trust(const char *ca_path, stls_trust **out_trust,
                              stls_error *err);
static stls_result check_trust(const stls_trust *trust, const char *ca_path,
                               stls_error *err);
static stls_result new_client(stls_trust *trust, stls_context **out_context,
                              stls_error *err);

stls_result stls_context_new_server_from_files(const char *chain_path,
                                               const char *key_path,
                                               stls_context **out_context,
                                               stls_error *err)
{
  stls_credential *credential = NULL;
  stls_context *context = NULL;
  stls_result result;

  if (chain_path == NULL) return stls_error_null(err, "chain_path");
  if (out_context == NULL) return stls_error_null(err, "out_context");
  result = load_credential(chain_path, key_path, &credential, err);
  if (result == STLS_OK)
    result = stls_context_new_server(NULL, NULL, &context, err);
  if (result == STLS_OK)
    result = set_credential(context, credential, chain_path, err);
  stls_credential_free(credential);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}

stls_result stls_context_new_client_from_files(const char *ca_path,
                                               stls_context **out_context,
                                               stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result;

  if (out_context == NULL) return stls_error_null(err, "out_context");
  if (ca_path == NULL)
    return stls_context_new_client(NULL, NULL, out_context, err);
  result = load_trust(ca_path, &trust, err);
  if (result == STLS_OK) result = new_client(trust, out_context, err);
  stls_trust_free(trust);
  return result;
}

static stls_result load_credential(const char *chain_path, const char *key_path,
                                   stls_credential **out_credential,
                                   stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_error failure = STLS_ERROR_INIT;
  stls_result result;

  source.chain_file = chain_path;
  source.key_file = key_path;
  result =
      stls_credential_new_pem(&source, NULL, NULL, out_credential, &failure);
  if (result == STLS_OK) return STLS_OK;
  if (failure.own_reason == STLS_REASON_NO_PASSPHRASE)
    return stls_error_fail(err, result, STLS_REASON_NO_PASSPHRASE,
                           "%.200s: the private key is encrypted: load it with "
                           "stls_credential_new_pem and a passphrase",
                           key_path == NULL ? chain_path : key_path);
  stls_error_store(err, &failure);
  return result;
}

/* OpenSSL does not know which file it refuses. */
static stls_result set_credential(stls_context *context,
                                  stls_credential *credential,
                                  const char *chain_path, stls_error *err)
{
  stls_error failure = STLS_ERROR_INIT, named = STLS_ERROR_INIT;
  stls_result result =
      stls_context_set_credential(context, credential, &failure);

  if (result == STLS_OK) return STLS_OK;
  if (result == STLS_ERROR_INPUT) {
    (void)stls_error_fail(&named, result, failure.own_reason, "%.150s: %s",
                          chain_path, failure.message);
    memcpy(failure.message, named.message, sizeof failure.message);
  }
  stls_error_store(err, &failure);
  return result;
}

static stls_result load_trust(const char *ca_path, stls_trust **out_trust,
                              stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result = stls_trust_new(NULL, NULL, &trust, err);

  if (result == STLS_OK) result = stls_trust_add_file(trust, ca_path, err);
  if (result == STLS_OK) result = check_trust(trust, ca_path, err);
  if (result == STLS_OK)
    *out_trust = trust;
  else
    stls_trust_free(trust);
  return result;
}

/* A file may have CRLs alone, with which no server would be accepted. */
static stls_result check_trust(const stls_trust *trust, const char *ca_path,
                               stls_error *err)
{
  stls_trust_counts counts = STLS_TRUST_COUNTS_INIT;
  stls_result result = stls_trust_count(trust, &counts, err);

  if (result != STLS_OK || counts.x509 > 0) return result;
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NO_CERTIFICATE,
                         "%.200s: there is no certificate in it to trust",
                         ca_path);
}

static stls_result new_client(stls_trust *trust, stls_context **out_context,
                              stls_error *err)
{
  stls_context *context = NULL;
  stls_result result =
      stls_context_new_without_trust(STLS_CLIENT, NULL, NULL, &context, err);

  if (result == STLS_OK)
    result = stls_verify_policy_set_default_flags(context, err);
  if (result == STLS_OK) result = stls_context_set_trust(context, trust, err);
  if (result == STLS_OK)
    *out_context = context;
  else
    stls_context_free(context);
  return result;
}
