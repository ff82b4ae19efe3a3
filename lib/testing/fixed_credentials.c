/* SPDX-License-Identifier: MIT */
/* fixed_credentials: makes credentials and trust from what the library contains. */
#include <sanstls/testing.h>
#include <string.h>

#include "base/error.h"
#include "testing/fixed_pem.h"

static const struct stls_fixed_pem *find(const char *name);

stls_result stls_testing_credential(stls_testing *testing, const char *name,
                                    stls_credential **out_credential,
                                    stls_error *err)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  const struct stls_fixed_pem *pem;

  if (testing == NULL) return stls_error_null(err, "testing");
  if (name == NULL) return stls_error_null(err, "name");
  if (out_credential == NULL) return stls_error_null(err, "out_credential");
  pem = find(name);
  if (pem == NULL)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_UNKNOWN_NAME,
                           "there is no credential \"%.64s\"", name);
  source.chain = pem->chain;
  source.chain_len = strlen(pem->chain);
  source.key = pem->key;
  source.key_len = strlen(pem->key);
  return stls_credential_new_pem(&source, stls_testing_libctx(testing), NULL,
                                 out_credential, err);
}

stls_result stls_testing_trust(stls_testing *testing, stls_trust **out_trust,
                               stls_error *err)
{
  stls_trust *trust = NULL;
  stls_result result;

  if (testing == NULL) return stls_error_null(err, "testing");
  if (out_trust == NULL) return stls_error_null(err, "out_trust");
  result = stls_trust_new(stls_testing_libctx(testing), NULL, &trust, err);
  if (result == STLS_OK)
    result = stls_trust_add_pem(trust, stls_fixed_pem_ca.chain,
                                strlen(stls_fixed_pem_ca.chain), err);
  if (result == STLS_OK)
    *out_trust = trust;
  else
    stls_trust_free(trust);
  return result;
}

size_t stls_testing_credential_count(void)
{
  size_t count = 0;

  while (stls_fixed_pem_credentials[count].name != NULL) count++;
  return count;
}

const char *stls_testing_credential_name(size_t index)
{
  return index < stls_testing_credential_count()
             ? stls_fixed_pem_credentials[index].name
             : NULL;
}

const char *stls_testing_chain_pem(const char *name)
{
  const struct stls_fixed_pem *pem = name == NULL ? NULL : find(name);

  if (name != NULL && strcmp(name, stls_fixed_pem_ca.name) == 0)
    pem = &stls_fixed_pem_ca;
  return pem == NULL ? NULL : pem->chain;
}

const char *stls_testing_key_pem(const char *name)
{
  const struct stls_fixed_pem *pem = name == NULL ? NULL : find(name);

  return pem == NULL ? NULL : pem->key;
}

static const struct stls_fixed_pem *find(const char *name)
{
  for (const struct stls_fixed_pem *pem = stls_fixed_pem_credentials;
       pem->name != NULL; pem++)
    if (strcmp(pem->name, name) == 0) return pem;
  return NULL;
}
