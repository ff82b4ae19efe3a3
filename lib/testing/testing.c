/* SPDX-License-Identifier: MIT */
/* testing: makes testing worlds, and sets their seed and clock. */
#include "testing/testing.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <sanstls/clock.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"
#include "base/test_provider.h"
#include "testing/random_provider.h"

static stls_result check_arguments(int64_t unix_time,
                                   stls_testing **out_testing, stls_error *err);
static stls_result check_time(int64_t unix_time, stls_error *err);
static int64_t nearest_time(int64_t unix_time);
static stls_result load_new(stls_testing **out_testing, stls_error *err);
static stls_result load_default(stls_testing **out_testing, stls_error *err);
#if OPENSSL_VERSION_MAJOR < 4
static void unload_default(void);
#endif

stls_result stls_testing_new(uint64_t seed, int64_t unix_time,
                             stls_testing **out_testing, stls_error *err)
{
  const struct stls_random_seed number = {.number = seed};
  stls_result result = check_arguments(unix_time, out_testing, err);

  return result == STLS_OK
             ? stls_testing_make(&number, unix_time, out_testing, err)
             : result;
}

stls_result stls_testing_new_random(int64_t unix_time,
                                    stls_testing **out_testing, stls_error *err)
{
  struct stls_random_seed key;
  stls_result result = check_arguments(unix_time, out_testing, err);

  if (result != STLS_OK) return result;
  result = stls_random_seed_generate(&key, err);
  if (result == STLS_OK)
    result = stls_testing_make(&key, unix_time, out_testing, err);
  stls_mem_wipe(&key, sizeof key);
  return result;
}

stls_result stls_testing_make(const struct stls_random_seed *seed,
                              int64_t unix_time, stls_testing **out_testing,
                              stls_error *err)
{
  stls_error_queue_guard guard;
  stls_result result;

  stls_error_queue_enter(&guard);
  result = load_new(out_testing, err);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) return result;
  stls_random_streams_seek(&(*out_testing)->streams, seed, 0);
  stls_testing_set_time(*out_testing, unix_time);
  return STLS_OK;
}

stls_result stls_testing_install_insecure(uint64_t seed, int64_t unix_time,
                                          stls_testing **out_testing,
                                          stls_error *err)
{
  stls_error_queue_guard guard;
  stls_testing *testing;
  stls_result result = check_time(unix_time, err);

  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  testing = stls_random_provider_find(NULL);
  if (testing == NULL) result = load_default(&testing, err);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) return result;
  stls_testing_reseed(testing, seed);
  stls_testing_set_time(testing, unix_time);
  if (out_testing != NULL) *out_testing = testing;
  return STLS_OK;
}

void stls_testing_free(stls_testing *testing)
{
  stls_error_queue_guard guard;
  OSSL_LIB_CTX *libctx;

  /* That of the default library context is borrowed. */
  if (testing == NULL || testing->libctx == NULL) return;
  /* The provider ends, and frees the world, with its last reference. */
  libctx = testing->libctx;
  stls_error_queue_enter(&guard);
  OSSL_PROVIDER_unload(testing->provider);
  OSSL_LIB_CTX_free(libctx);
  stls_error_queue_leave(&guard);
}

OSSL_LIB_CTX *stls_testing_libctx(const stls_testing *testing)
{
  return testing == NULL ? NULL : testing->libctx;
}

void stls_testing_reseed(stls_testing *testing, uint64_t seed)
{
  const struct stls_random_seed number = {.number = seed};

  if (testing != NULL) stls_random_streams_seek(&testing->streams, &number, 0);
}

void stls_testing_seek(stls_testing *testing, uint64_t drawn)
{
  stls_random_streams_seek(&testing->streams, NULL, drawn);
}

void stls_testing_set_time(stls_testing *testing, int64_t unix_time)
{
  if (testing != NULL)
    atomic_store(&testing->time,
                 unix_time == 0 ? 0 : nearest_time(unix_time));
}

uint64_t stls_testing_copy_seed(const stls_testing *testing,
                                struct stls_random_seed *out)
{
  return stls_random_streams_look(&testing->streams, out);
}

uint64_t stls_testing_seed(const stls_testing *testing)
{
  struct stls_random_seed seed = {0};
  uint64_t number;

  if (testing != NULL) (void)stls_testing_copy_seed(testing, &seed);
  number = seed.number;
  stls_mem_wipe(&seed, sizeof seed);
  return number;
}

bool stls_testing_is_secret(const stls_testing *testing)
{
  struct stls_random_seed seed = {0};
  bool is_key;

  if (testing != NULL) (void)stls_testing_copy_seed(testing, &seed);
  is_key = seed.is_key;
  stls_mem_wipe(&seed, sizeof seed);
  return is_key;
}

uint64_t stls_testing_num_drawn(const stls_testing *testing)
{
  struct stls_random_seed seed;
  uint64_t drawn = 0;

  if (testing == NULL) return 0;
  drawn = stls_testing_copy_seed(testing, &seed);
  stls_mem_wipe(&seed, sizeof seed);
  return drawn;
}

static stls_result check_arguments(int64_t unix_time,
                                   stls_testing **out_testing, stls_error *err)
{
  return out_testing == NULL ? stls_error_null(err, "out_testing")
                             : check_time(unix_time, err);
}

static stls_result check_time(int64_t unix_time, stls_error *err)
{
  if (unix_time == 0 || unix_time == nearest_time(unix_time)) return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                         "unix_time %lld is not between %lld and %lld",
                         (long long)unix_time, (long long)STLS_CLOCK_FIRST,
                         (long long)STLS_CLOCK_LAST);
}

static int64_t nearest_time(int64_t unix_time)
{
  if (unix_time < STLS_CLOCK_FIRST) return STLS_CLOCK_FIRST;
  return unix_time > STLS_CLOCK_LAST ? STLS_CLOCK_LAST : unix_time;
}

static stls_result load_new(stls_testing **out_testing, stls_error *err)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  stls_result result;

  if (libctx == NULL) return stls_error_memory(err);
  result = stls_random_provider_load(libctx, STLS_TEST_PROVIDER_NAME,
                                     out_testing, err);
  if (result != STLS_OK) OSSL_LIB_CTX_free(libctx);
  return result;
}

static stls_result load_default(stls_testing **out_testing, stls_error *err)
{
  stls_result result = stls_random_provider_load(NULL, STLS_TEST_PROVIDER_NAME,
                                                 out_testing, err);

#if OPENSSL_VERSION_MAJOR < 4
  /* With our reference, OpenSSL would not free the provider as the process ends; 4.0
   * frees nothing then. If this fails, nothing else is the matter. */
  if (result == STLS_OK) (void)OPENSSL_atexit(unload_default);
#endif
  return result;
}

#if OPENSSL_VERSION_MAJOR < 4
static void unload_default(void)
{
  stls_testing *testing = stls_random_provider_find(NULL);

  if (testing != NULL && testing->libctx == NULL)
    OSSL_PROVIDER_unload(testing->provider);
}
#endif
