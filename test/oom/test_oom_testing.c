/* SPDX-License-Identifier: MIT */
/* test_oom_testing: testing worlds, and descriptions, under allocation failure. */
#include <openssl/rand.h>
#include <sanstls/testing.h>

#include "lib/testing/configuration.h"
#include "support/expect.h"
#include "support/oom_sweep.h"

SUITE(oom_testing, .timeout = 240);

#define NOW INT64_C(1900000000)

/* Whether something is left behind is not asked: OpenSSL 3.0 itself leaves blocks of a
 * library context that cannot load its providers, or fill its table of names, which the
 * first fetch does. */
static void sweep(bool (*try)(const void *subject, size_t nth),
                  const void *subject, size_t step)
{
  if (check_quick()) step = step * 7 + 1;
  for (size_t nth = 1; try(subject, nth); nth += step) continue;
}

/* Nothing but memory can be missing. */
static void expect_memory(bool refused, stls_result result, const char *label,
                          size_t nth)
{
  oom_sweep_expect(refused, result, STLS_OK, label, nth);
  cr_expect(result == STLS_OK || result == STLS_ERROR_MEMORY, "%s, %zu: %s",
            label, nth, stls_result_name(result));
}

static bool try_new(const void *subject, size_t nth)
{
  const bool is_random = *(const bool *)subject;
  stls_testing *testing = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  oom_sweep_begin_lossy(nth);
  result = is_random ? stls_testing_new_random(0, &testing, &err)
                     : stls_testing_new(1, NOW, &testing, &err);
  refused = oom_sweep_end_lossy();
  /* Where OpenSSL does not say why it has no random bytes, that is what is told. */
  if (is_random)
    oom_sweep_expect(refused, result, STLS_OK, "new_random", nth);
  else
    expect_memory(refused, result, "new", nth);
  cr_expect_eq(testing != NULL, result == STLS_OK);
  cr_expect_eq(err.result, result);
  stls_testing_free(testing);
  return refused;
}

Test(oom_testing, a_world_is_made_or_not)
{
  static const bool kinds[] = {false, true};

  sweep(try_new, &kinds[0], 1);
  sweep(try_new, &kinds[1], 1);
}

static bool try_draw(const void *subject, size_t nth)
{
  stls_testing *testing = NULL;
  unsigned char bytes[8];
  bool refused, is_drawn;

  (void)subject;
  ASSERT_RETURNS(stls_testing_new(1, NOW, &testing, NULL), STLS_OK);
  oom_sweep_begin_lossy(nth);
  is_drawn =
      RAND_bytes_ex(stls_testing_libctx(testing), bytes, sizeof bytes, 0) == 1;
  refused = oom_sweep_end_lossy();
  /* Bytes that are not drawn do not count, and later ones are the first. */
  cr_expect(is_drawn || refused);
  cr_expect_eq(stls_testing_num_drawn(testing), is_drawn ? sizeof bytes : 0);
  stls_testing_free(testing);
  return refused;
}

Test(oom_testing, nothing_is_drawn_without_memory)
{
  sweep(try_draw, NULL, 1);
}

static bool try_context(const void *subject, size_t nth)
{
  stls_testing *testing = NULL;
  stls_context *context = NULL;
  const stls_role role = *(const stls_role *)subject;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  ASSERT_RETURNS(stls_testing_new(1, NOW, &testing, NULL), STLS_OK);
  oom_sweep_begin_lossy(nth);
  result = stls_testing_context(testing, role, &context, &err);
  refused = oom_sweep_end_lossy();
  oom_sweep_expect(refused, result, STLS_OK, "context", nth);
  cr_expect_eq(context != NULL, result == STLS_OK);
  stls_context_free(context);
  stls_testing_free(testing);
  return refused;
}

Test(oom_testing, a_context_is_made_or_not)
{
  static const stls_role roles[] = {STLS_CLIENT, STLS_SERVER};

  sweep(try_context, &roles[0], 23);
  sweep(try_context, &roles[1], 29);
}

/* --- descriptions --- */

static const char *get(void *data, const char *name)
{
  static const char *const values[][2] = {
      {"alpn", "h2 http/1.1"},
      {"credential", "ed25519"},
      {"trust", "ca"},
      {"verify-mode", "required"},
      {"psk", "somebody 000102030405060708090a0b0c0d0e0f"},
      {"groups", "P-256"},
  };

  (void)data;
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    if (strcmp(values[i][0], name) == 0) return values[i][1];
  return NULL;
}

static bool try_apply(const void *subject, size_t nth)
{
  stls_testing *testing = NULL;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  bool refused;

  (void)subject;
  ASSERT_RETURNS(stls_testing_new(1, NOW, &testing, NULL), STLS_OK);
  oom_sweep_begin_lossy(nth);
  result =
      stls_configuration_apply(testing, STLS_SERVER, get, NULL, &object, &err);
  refused = oom_sweep_end_lossy();
  oom_sweep_expect(refused, result, STLS_OK, "apply", nth);
  cr_expect_eq(object != NULL, result == STLS_OK);
  stls_object_free(object);
  stls_testing_free(testing);
  return refused;
}

Test(oom_testing, an_endpoint_is_made_or_not)
{
  sweep(try_apply, NULL, 31);
}

static bool count(void *data, const char *name, const char *value)
{
  (void)name;
  (void)value;
  *(size_t *)data += 1;
  return true;
}

static bool try_describe(const void *subject, size_t nth)
{
  stls_error err = STLS_ERROR_INIT;
  stls_result result;
  size_t num = 0;
  bool refused;

  oom_sweep_begin_lossy(nth);
  result = stls_configuration_describe(subject, count, &num, &err);
  refused = oom_sweep_end_lossy();
  expect_memory(refused, result, "describe", nth);
  /* More, where the context that it is compared with did without something. */
  if (result == STLS_OK) cr_expect_geq(num, 6u);
  return refused;
}

Test(oom_testing, an_endpoint_is_described_whole_or_not)
{
  stls_testing *testing = NULL;
  stls_object *object = NULL;

  ASSERT_RETURNS(stls_testing_new(1, NOW, &testing, NULL), STLS_OK);
  ASSERT_RETURNS(
      stls_configuration_apply(testing, STLS_SERVER, get, NULL, &object, NULL),
      STLS_OK);
  sweep(try_describe, object, 13);
  stls_object_free(object);
  stls_testing_free(testing);
}
