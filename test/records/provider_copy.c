/* SPDX-License-Identifier: MIT */
/* provider_copy: a provider of any name that has all that OpenSSL's default one
 * has. */
#include "provider_copy.h"

#include <openssl/core_dispatch.h>

#include "support/check.h"

enum {
  /* OSSL_OP_STORE is 22. */
  MAX_OPERATIONS = 64
};

static size_t num_queries[MAX_OPERATIONS];

/* In a library context of its own, so that others are free of it. */
static const OSSL_PROVIDER *original(void)
{
  static OSSL_PROVIDER *provider;

  if (provider == NULL)
    provider = OSSL_PROVIDER_load(OSSL_LIB_CTX_new(), "default");
  return provider;
}

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache)
{
  const OSSL_ALGORITHM *algorithms =
      OSSL_PROVIDER_query_operation(original(), operation, no_cache);

  (void)context;
  if (operation < MAX_OPERATIONS) num_queries[operation]++;
  *no_cache = 1;
  return algorithms;
}

static int find_capabilities(void *context, const char *capability,
                             OSSL_CALLBACK *found, void *arg)
{
  (void)context;
  return OSSL_PROVIDER_get_capabilities(original(), capability, found, arg);
}

static int open_provider(const OSSL_CORE_HANDLE *handle,
                         const OSSL_DISPATCH *core, const OSSL_DISPATCH **out,
                         void **out_context)
{
  static const OSSL_DISPATCH functions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
      {OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))find_capabilities},
      {0, NULL}};

  (void)handle, (void)core;
  *out = functions;
  *out_context = OSSL_PROVIDER_get0_provider_ctx(original());
  return 1;
}

OSSL_PROVIDER *provider_copy_load(OSSL_LIB_CTX *libctx, const char *name)
{
  OSSL_PROVIDER *provider;

  cr_assert_eq(OSSL_PROVIDER_add_builtin(libctx, name, open_provider), 1);
  provider = OSSL_PROVIDER_load(libctx, name);
  cr_assert_not_null(provider);
  return provider;
}

size_t provider_copy_num_queries(int operation)
{
  return num_queries[operation];
}
