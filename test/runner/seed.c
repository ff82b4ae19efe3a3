/* SPDX-License-Identifier: MIT */
/* seed: gives each test random bytes that follow from STLS_TEST_SEED and its name. */
#include "runner/seed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/error_queue.h"
#include "lib/testing/random_provider.h"

#define VARIABLE "STLS_TEST_SEED"
/* Not a name that the library knows. */
#define PROVIDER "sanstls-test-seed"

struct exception {
  const char *suite;
  const char *why;
};

static const struct exception exceptions[] = {
    {"testing_install", "seeds the default library context itself"},
    {"random", "is about the bytes that OpenSSL makes by default"}};

static stls_testing *world;
/* Of the test, and how many worlds it has made from it. */
static uint64_t test_seed;
static unsigned num_worlds;
/* Why there is none. */
static stls_error problem = STLS_ERROR_INIT;

static bool read_seed(const char *text, uint64_t *out_seed);
static uint64_t mix(uint64_t seed, const char *text);
static bool is_exception(const char *suite);
static bool install(void);

void seed_choose(void)
{
  const char *asked = getenv(VARIABLE);
  struct timespec now = {0, 0};
  char text[32];
  uint64_t seed;

  if (asked == NULL || read_seed(asked, &seed)) return;
  if (strcmp(asked, "random") != 0) {
    fprintf(stderr, VARIABLE "=%s is neither a number nor \"random\"\n", asked);
    exit(2);
  }
  /* Not by OpenSSL, which must not have drawn before it is seeded. */
  timespec_get(&now, TIME_UTC);
  seed = mix((uint64_t)now.tv_nsec, "") + (uint64_t)now.tv_sec;
  seed = mix(seed + (uint64_t)getpid(), "") >> 32;
  snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
  setenv(VARIABLE, text, 1);
}

void seed_test(const char *suite, const char *test)
{
  const char *asked = getenv(VARIABLE);
  uint64_t seed = 1;

  if (asked != NULL) (void)read_seed(asked, &seed);
  test_seed = mix(mix(mix(seed, suite), "."), test);
  num_worlds = 0;
  if (!is_exception(suite) && install()) stls_testing_reseed(world, test_seed);
}

stls_testing *seed_world_new(void)
{
  OSSL_LIB_CTX *libctx = OSSL_LIB_CTX_new();
  stls_error_queue_guard guard;
  stls_testing *made = NULL;
  stls_result result = STLS_ERROR_MEMORY;

  stls_error_queue_enter(&guard);
  if (libctx != NULL)
    result = stls_random_provider_load(libctx, PROVIDER, &made, NULL);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) {
    OSSL_LIB_CTX_free(libctx);
    return NULL;
  }
  stls_testing_reseed(made, mix(test_seed + ++num_worlds, "world"));
  return made;
}

const char *seed_text(void)
{
  static char text[sizeof problem.message + 64];
  const char *asked = getenv(VARIABLE);

  snprintf(
      text, sizeof text, VARIABLE "=%s%s%s", asked == NULL ? "1" : asked,
      problem.result == STLS_OK ? "" : " has no effect: ", problem.message);
  return text;
}

static bool read_seed(const char *text, uint64_t *out_seed)
{
  char *end = NULL;

  *out_seed = strtoull(text, &end, 10);
  return text[0] >= '0' && text[0] <= '9' && *end == '\0';
}

/* FNV-1a, whose beginning is a seed that is no multiple of another. */
static uint64_t mix(uint64_t seed, const char *text)
{
  uint64_t hash = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);

  for (; *text != '\0'; text++)
    hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
  return hash ^ (hash >> 29);
}

static bool is_exception(const char *suite)
{
  for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
    if (strcmp(exceptions[i].suite, suite) == 0) return true;
  return false;
}

/* Once in a process; children of a fork go on with it. */
static bool install(void)
{
  stls_error_queue_guard guard;

  if (world != NULL || problem.result != STLS_OK) return world != NULL;
  stls_error_queue_enter(&guard);
  if (stls_random_provider_load(NULL, PROVIDER, &world, &problem) != STLS_OK)
    world = NULL;
  stls_error_queue_leave(&guard);
  return world != NULL;
}
