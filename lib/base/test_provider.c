/* SPDX-License-Identifier: MIT */
/* test_provider: finds the provider of libsanstls-testing, and asks it the time. */
#include "base/test_provider.h"

#include <openssl/params.h>
#include <openssl/provider.h>
#include <string.h>

static int note_provider(OSSL_PROVIDER *provider, void *out_provider);

OSSL_PROVIDER *stls_test_provider_find(OSSL_LIB_CTX *libctx)
{
  OSSL_PROVIDER *found = NULL;

  /* A walk over all providers would activate those that a program never uses. */
  if (OSSL_PROVIDER_available(libctx, STLS_TEST_PROVIDER_NAME) != 1)
    return NULL;
  OSSL_PROVIDER_do_all(libctx, note_provider, &found);
  return found;
}

static int note_provider(OSSL_PROVIDER *provider, void *out_provider)
{
  OSSL_PROVIDER **found = out_provider;

  if (strcmp(OSSL_PROVIDER_get0_name(provider), STLS_TEST_PROVIDER_NAME) == 0)
    *found = provider;
  return 1;
}

int64_t stls_test_provider_time(void *provider)
{
  int64_t now = 0;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_int64(STLS_TEST_PROVIDER_TIME, &now),
      OSSL_PARAM_construct_end()};

  return OSSL_PROVIDER_get_params(provider, params) == 1 ? now : 0;
}
