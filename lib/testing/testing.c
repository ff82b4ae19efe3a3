/* SPDX-License-Identifier: MIT */
/* testing: makes testing worlds, and sets their seed and clock. */
#include "testing/testing.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <sanstls/clock.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "testing/random_provider.h"

static stls_result check_time(int64_t unix_time, stls_error *err);
static stls_result load_new(stls_testing **out_testing, stls_error *err);
static stls_result load_default(stls_testing **out_testing, stls_error *err);
static void unload_default(void);

stls_result stls_testing_new(uint64_t seed, int64_t unix_time,
                             stls_testing **out_testing, stls_error *err)
{
  stls_error_queue_guard guard;
  stls_result result;

  if (out_testing == NULL) return stls_error_null(err, "out_testing");
  result = check_time(unix_time, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = load_new(out_testing, err);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) return result;
  stls_testing_reseed(*out_testing, seed);
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
  stls_testing_seek(testing, seed, 0);
}

void stls_testing_seek(stls_testing *testing, uint64_t seed, uint64_t drawn)
{
  if (testing != NULL) stls_random_streams_seek(&testing->streams, seed, drawn);
}

void stls_testing_set_time(stls_testing *testing, int64_t unix_time)
{
  if (testing == NULL) return;
  if (unix_time < STLS_CLOCK_FIRST) unix_time = STLS_CLOCK_FIRST;
  if (unix_time > STLS_CLOCK_LAST) unix_time = STLS_CLOCK_LAST;
  atomic_store(&testing->time, unix_time);
}

uint64_t stls_testing_seed(const stls_testing *testing)
{
  return testing == NULL ? 0 : stls_random_streams_look(&testing->streams).seed;
}

int64_t stls_testing_time(const stls_testing *testing)
{
  return testing == NULL ? 0 : atomic_load(&testing->time);
}

uint64_t stls_testing_num_drawn(const stls_testing *testing)
{
  return testing == NULL ? 0
                         : stls_random_streams_look(&testing->streams).drawn;
}

static stls_result check_time(int64_t unix_time, stls_error *err)
{
  if (unix_time >= STLS_CLOCK_FIRST && unix_time <= STLS_CLOCK_LAST)
    return STLS_OK;
  return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                         "unix_time %lld is not between %lld and %lld",
                         (long long)unix_time, (long long)STLS_CLOCK_FIRST,
                         (long long)STLS_CLOCK_LAST);
}

static stls_result load_new(stls_testing **out_testing, stls_error *err)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  stls_result result;

  if (libctx == NULL) return stls_error_memory(err);
  result = stls_random_provider_load(libctx, out_testing, err);
  if (result != STLS_OK) OSSL_LIB_CTX_free(libctx);
  return result;
}

static stls_result load_default(stls_testing **out_testing, stls_error *err)
{
  stls_result result = stls_random_provider_load(NULL, out_testing, err);

  /* With our reference, OpenSSL would not free the provider as the process ends. If
   * this fails, nothing else is the matter. */
  if (result == STLS_OK) (void)OPENSSL_atexit(unload_default);
  return result;
}

static void unload_default(void)
{
  stls_testing *testing = stls_random_provider_find(NULL);

  if (testing != NULL && testing->libctx == NULL)
    OSSL_PROVIDER_unload(testing->provider);
}
