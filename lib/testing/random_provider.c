/* SPDX-License-Identifier: MIT */
/* random_provider: gives a library context a world's random bytes, and shows its time. */
#include "testing/random_provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/randerr.h>
#include <sanstls/clock.h>
#include <time.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/test_provider.h"

#define ALGORITHM "SANSTLS-INSECURE-TESTING"
#define PROPERTIES "provider=" STLS_TEST_PROVIDER_NAME

/* One of the generators that OpenSSL makes: one for the library context, and two for
 * each thread. All of them draw from the sequence of the thread that calls. */
struct generator {
  stls_testing *testing;
  struct stls_random_stream *stream;
  bool is_ready;
};

static OSSL_provider_init_fn init_provider;
static stls_result refuse_used(stls_error *err);
static int64_t system_time(void);

stls_result stls_random_provider_load(OSSL_LIB_CTX *libctx, const char *name,
                                      stls_testing **out_testing,
                                      stls_error *err)
{
  OSSL_PROVIDER *provider = NULL;
  stls_testing *testing;

  /* It only takes the name, and refuses it once a byte was drawn. What the default
   * properties ask for, such as fips=yes, must not hide the algorithm. */
  if (RAND_set_DRBG_type(libctx, ALGORITHM, PROPERTIES ",-fips", NULL, NULL) !=
      1)
    return refuse_used(err);
  /* With its fallbacks, the library context has the same providers as before. */
  if (OSSL_PROVIDER_add_builtin(libctx, name, init_provider) == 1)
    provider = OSSL_PROVIDER_try_load(libctx, name, 1);
  if (provider == NULL) {
    /* A provider in the program itself needs nothing else. */
    stls_error_queue_clear();
    RAND_set_DRBG_type(libctx, NULL, NULL, NULL, NULL);
    return stls_error_memory(err);
  }
  testing = OSSL_PROVIDER_get0_provider_ctx(provider);
  testing->libctx = libctx;
  testing->provider = provider;
  *out_testing = testing;
  return STLS_OK;
}

stls_testing *stls_random_provider_find(OSSL_LIB_CTX *libctx)
{
  OSSL_PROVIDER *provider = stls_test_provider_find(libctx);

  return provider == NULL ? NULL : OSSL_PROVIDER_get0_provider_ctx(provider);
}

static stls_result refuse_used(stls_error *err)
{
  const unsigned long code = stls_error_queue_take();

  if (ERR_GET_REASON(code) != RAND_R_ALREADY_INSTANTIATED)
    return stls_error_memory(err);
  return stls_error_fail(
      err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_STATE,
      "random bytes were drawn before the library context was seeded");
}

/* --- the clock --- */

int64_t stls_testing_time(const stls_testing *testing)
{
  int64_t now;

  if (testing == NULL) return 0;
  now = atomic_load(&testing->time);
  if (now == 0) now = atomic_load(&testing->held_time);
  return now != 0 ? now : system_time();
}

int64_t stls_random_provider_hold_time(stls_testing *testing)
{
  if (atomic_fetch_add(&testing->num_holders, 1) == 0)
    atomic_store(&testing->held_time, system_time());
  return stls_testing_time(testing);
}

void stls_random_provider_release_time(stls_testing *testing)
{
  if (atomic_fetch_sub(&testing->num_holders, 1) == 1)
    atomic_store(&testing->held_time, 0);
}

static int64_t system_time(void)
{
  const int64_t now = (int64_t)time(NULL);

  if (now < STLS_CLOCK_FIRST) return STLS_CLOCK_FIRST;
  return now > STLS_CLOCK_LAST ? STLS_CLOCK_LAST : now;
}

/* --- generators --- */

static void *generator_new(void *testing, void *parent,
                           const OSSL_DISPATCH *parent_calls)
{
  struct generator *generator = stls_mem_zalloc(sizeof *generator);

  (void)parent;
  (void)parent_calls;
  if (generator == NULL) return NULL;
  generator->testing = testing;
  generator->stream = stls_random_streams_attach(&generator->testing->streams);
  if (generator->stream != NULL) return generator;
  stls_mem_free(generator);
  return NULL;
}

static void generator_free(void *data)
{
  struct generator *generator = data;

  if (generator == NULL) return;
  stls_random_streams_detach(&generator->testing->streams, generator->stream);
  stls_mem_free(generator);
}

static int generator_instantiate(void *data, unsigned strength, int resistance,
                                 const unsigned char *personal,
                                 size_t personal_len, const OSSL_PARAM *params)
{
  struct generator *generator = data;

  (void)strength;
  (void)resistance;
  (void)personal;
  (void)personal_len;
  (void)params;
  generator->is_ready = true;
  return 1;
}

static int generator_uninstantiate(void *data)
{
  struct generator *generator = data;

  generator->is_ready = false;
  return 1;
}

static int generator_generate(void *data, unsigned char *out, size_t out_len,
                              unsigned strength, int resistance,
                              const unsigned char *extra, size_t extra_len)
{
  struct generator *generator = data;

  (void)strength;
  (void)resistance;
  (void)extra;
  (void)extra_len;
  return stls_random_streams_draw(&generator->testing->streams, out, out_len);
}

/* What RAND_add and RAND_seed add changes nothing. */
static int generator_reseed(void *data, int resistance,
                            const unsigned char *entropy, size_t entropy_len,
                            const unsigned char *extra, size_t extra_len)
{
  (void)data;
  (void)resistance;
  (void)entropy;
  (void)entropy_len;
  (void)extra;
  (void)extra_len;
  return 1;
}

/* The streams have a lock of their own. */
static int generator_enable_locking(void *data)
{
  (void)data;
  return 1;
}

static int generator_lock(void *data)
{
  (void)data;
  return 1;
}

static void generator_unlock(void *data)
{
  (void)data;
}

static const OSSL_PARAM *generator_gettable_params(void *data, void *testing)
{
  static const OSSL_PARAM known[] = {
      OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, NULL),
      OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, NULL),
      OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, NULL), OSSL_PARAM_END};

  (void)data;
  (void)testing;
  return known;
}

static int generator_get_params(void *data, OSSL_PARAM *params)
{
  const struct generator *generator = data;
  const int state =
      generator->is_ready ? EVP_RAND_STATE_READY : EVP_RAND_STATE_UNINITIALISED;
  OSSL_PARAM *param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);

  if (param != NULL && OSSL_PARAM_set_int(param, state) != 1) return 0;
  param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
  if (param != NULL && OSSL_PARAM_set_uint(param, 256) != 1) return 0;
  param = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
  return param == NULL || OSSL_PARAM_set_size_t(param, SIZE_MAX / 2) == 1;
}

#define CALL(id, function) \
  { \
    id, (void (*)(void))(function) \
  }

static const OSSL_DISPATCH generator_calls[] = {
    CALL(OSSL_FUNC_RAND_NEWCTX, generator_new),
    CALL(OSSL_FUNC_RAND_FREECTX, generator_free),
    CALL(OSSL_FUNC_RAND_INSTANTIATE, generator_instantiate),
    CALL(OSSL_FUNC_RAND_UNINSTANTIATE, generator_uninstantiate),
    CALL(OSSL_FUNC_RAND_GENERATE, generator_generate),
    CALL(OSSL_FUNC_RAND_RESEED, generator_reseed),
    CALL(OSSL_FUNC_RAND_ENABLE_LOCKING, generator_enable_locking),
    CALL(OSSL_FUNC_RAND_LOCK, generator_lock),
    CALL(OSSL_FUNC_RAND_UNLOCK, generator_unlock),
    CALL(OSSL_FUNC_RAND_GETTABLE_CTX_PARAMS, generator_gettable_params),
    CALL(OSSL_FUNC_RAND_GET_CTX_PARAMS, generator_get_params),
    {0, NULL}};

/* --- the provider --- */

static const OSSL_ALGORITHM *provider_query(void *testing, int operation,
                                            int *no_cache)
{
  static const OSSL_ALGORITHM generators[] = {
      {ALGORITHM, PROPERTIES, generator_calls,
       "seeded random bytes, for tests"},
      {NULL, NULL, NULL, NULL}};

  (void)testing;
  *no_cache = 0;
  return operation == OSSL_OP_RAND ? generators : NULL;
}

static const OSSL_PARAM *provider_gettable_params(void *testing)
{
  static const OSSL_PARAM known[] = {
      OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_NAME, NULL, 0),
      OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, NULL),
      OSSL_PARAM_int64(STLS_TEST_PROVIDER_TIME, NULL), OSSL_PARAM_END};

  (void)testing;
  return known;
}

static int provider_get_params(void *data, OSSL_PARAM *params)
{
  stls_testing *testing = data;
  OSSL_PARAM *param = OSSL_PARAM_locate(params, STLS_TEST_PROVIDER_TIME);

  if (param != NULL &&
      OSSL_PARAM_set_int64(param, stls_testing_time(testing)) != 1)
    return 0;
  param = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_STATUS);
  if (param != NULL && OSSL_PARAM_set_int(param, 1) != 1) return 0;
  param = OSSL_PARAM_locate(params, OSSL_PROV_PARAM_NAME);
  return param == NULL ||
         OSSL_PARAM_set_utf8_ptr(param,
                                 "random bytes that follow from a seed,"
                                 " for tests") == 1;
}

static void provider_teardown(void *data)
{
  stls_testing *testing = data;

  stls_random_streams_clear(&testing->streams);
  stls_mem_free(testing);
}

static const OSSL_DISPATCH provider_calls[] = {
    CALL(OSSL_FUNC_PROVIDER_QUERY_OPERATION, provider_query),
    CALL(OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, provider_gettable_params),
    CALL(OSSL_FUNC_PROVIDER_GET_PARAMS, provider_get_params),
    CALL(OSSL_FUNC_PROVIDER_TEARDOWN, provider_teardown),
    {0, NULL}};

static int init_provider(const OSSL_CORE_HANDLE *handle,
                         const OSSL_DISPATCH *core_calls,
                         const OSSL_DISPATCH **out_calls, void **out_testing)
{
  stls_testing *testing = stls_mem_zalloc(sizeof *testing);

  (void)handle;
  (void)core_calls;
  if (testing == NULL) return 0;
  if (!stls_random_streams_init(&testing->streams)) {
    stls_mem_free(testing);
    return 0;
  }
  *out_calls = provider_calls;
  *out_testing = testing;
  return 1;
}
