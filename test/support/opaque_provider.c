/* SPDX-License-Identifier: MIT */
/* opaque_provider: a provider that exports only a key's public part, as a token
 * does. */
#include "opaque_provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/provider.h>

#include "check.h"

#define PROPERTIES "provider=opaque"

/* What OpenSSL calls a dispatch entry. */
#define ENTRY(id, function) \
  { \
    id, (void (*)(void))(function) \
  }

/* The one key; key data point to it. */
static EVP_PKEY *the_key;
static OSSL_PROVIDER *opaque, *standard;
static int num_signatures;

static void *key_new(void *provctx)
{
  (void)provctx;
  return &the_key;
}

static void key_free(void *keydata)
{
  (void)keydata;
}

static int key_has(const void *keydata, int selection)
{
  (void)keydata;
  (void)selection;
  return 1;
}

/* What is imported does not matter: the key is in here already. */
static int key_import(void *keydata, int selection, const OSSL_PARAM params[])
{
  (void)keydata;
  (void)selection;
  (void)params;
  return 1;
}

static const OSSL_PARAM *key_types(int selection)
{
  static const OSSL_PARAM types[] = {
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
      OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, NULL, 0),
      OSSL_PARAM_END};

  (void)selection;
  return types;
}

static int key_export(void *keydata, int selection, OSSL_CALLBACK *callback,
                      void *arg)
{
  OSSL_PARAM *params = NULL;
  int done;

  (void)keydata;
  if ((selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY) != 0) return 0;
  if (EVP_PKEY_todata(the_key, EVP_PKEY_PUBLIC_KEY, &params) != 1) return 0;
  done = callback(params, arg);
  OSSL_PARAM_free(params);
  return done;
}

static int key_get_params(void *keydata, OSSL_PARAM params[])
{
  (void)keydata;
  return EVP_PKEY_get_params(the_key, params);
}

static const OSSL_PARAM *key_gettable(void *provctx)
{
  static const OSSL_PARAM gettable[] = {
      OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, NULL),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, NULL),
      OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, NULL),
      OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, NULL, 0),
      OSSL_PARAM_END};

  (void)provctx;
  return gettable;
}

static const char *key_operation(int operation)
{
  return operation == OSSL_OP_SIGNATURE ? "ECDSA" : "EC";
}

static void *sign_new(void *provctx, const char *propq)
{
  (void)provctx;
  (void)propq;
  return EVP_MD_CTX_new();
}

static void sign_free(void *ctx)
{
  EVP_MD_CTX_free(ctx);
}

static int sign_init(void *ctx, const char *digest, void *keydata,
                     const OSSL_PARAM params[])
{
  (void)keydata;
  (void)params;
  return EVP_DigestSignInit_ex(ctx, NULL, digest, NULL, NULL, the_key, NULL);
}

static int sign_all(void *ctx, unsigned char *out, size_t *out_len, size_t cap,
                    const unsigned char *data, size_t len)
{
  *out_len = cap;
  if (out != NULL) num_signatures++;
  return EVP_DigestSign(ctx, out, out_len, data, len);
}

static const OSSL_DISPATCH key_functions[] = {
    ENTRY(OSSL_FUNC_KEYMGMT_NEW, key_new),
    ENTRY(OSSL_FUNC_KEYMGMT_FREE, key_free),
    ENTRY(OSSL_FUNC_KEYMGMT_HAS, key_has),
    ENTRY(OSSL_FUNC_KEYMGMT_IMPORT, key_import),
    ENTRY(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, key_types),
    ENTRY(OSSL_FUNC_KEYMGMT_EXPORT, key_export),
    ENTRY(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, key_types),
    ENTRY(OSSL_FUNC_KEYMGMT_GET_PARAMS, key_get_params),
    ENTRY(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, key_gettable),
    ENTRY(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, key_operation),
    {0, NULL}};

static const OSSL_DISPATCH sign_functions[] = {
    ENTRY(OSSL_FUNC_SIGNATURE_NEWCTX, sign_new),
    ENTRY(OSSL_FUNC_SIGNATURE_FREECTX, sign_free),
    ENTRY(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, sign_init),
    ENTRY(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign_all),
    {0, NULL}};

static const OSSL_ALGORITHM keys[] = {
    {"EC:id-ecPublicKey:1.2.840.10045.2.1", PROPERTIES, key_functions, "EC"},
    {NULL, NULL, NULL, NULL}};

static const OSSL_ALGORITHM signatures[] = {
    {"ECDSA", PROPERTIES, sign_functions, "ECDSA"}, {NULL, NULL, NULL, NULL}};

static const OSSL_ALGORITHM *query(void *provctx, int operation, int *no_cache)
{
  (void)provctx;
  *no_cache = 0;
  if (operation == OSSL_OP_KEYMGMT) return keys;
  return operation == OSSL_OP_SIGNATURE ? signatures : NULL;
}

static int init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                const OSSL_DISPATCH **out, void **provctx)
{
  static const OSSL_DISPATCH functions[] = {
      ENTRY(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query), {0, NULL}};

  (void)in;
  *provctx = (void *)handle;
  *out = functions;
  return 1;
}

EVP_PKEY *opaque_provider_open(OSSL_LIB_CTX *libctx, EVP_PKEY *real)
{
  const OSSL_PARAM none[] = {OSSL_PARAM_END};
  EVP_PKEY_CTX *ctx;
  EVP_PKEY *key = NULL;

  the_key = real;
  num_signatures = 0;
  cr_assert_eq(OSSL_PROVIDER_add_builtin(libctx, "opaque", init), 1);
  standard = OSSL_PROVIDER_load(libctx, "default");
  opaque = OSSL_PROVIDER_load(libctx, "opaque");
  cr_assert(standard != NULL && opaque != NULL);
  ctx = EVP_PKEY_CTX_new_from_name(libctx, "EC", PROPERTIES);
  cr_assert_not_null(ctx);
  cr_assert_eq(EVP_PKEY_fromdata_init(ctx), 1);
  cr_assert_eq(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR,
                                 (OSSL_PARAM *)(uintptr_t)none),
               1);
  EVP_PKEY_CTX_free(ctx);
  return key;
}

void opaque_provider_close(void)
{
  OSSL_PROVIDER_unload(opaque);
  OSSL_PROVIDER_unload(standard);
}

int opaque_provider_num_signatures(void)
{
  return num_signatures;
}
