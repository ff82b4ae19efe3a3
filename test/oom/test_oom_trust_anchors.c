/* SPDX-License-Identifier: MIT */
/* test_oom_trust_anchors: a file of trust anchors under allocation failure. */
#include <sanstls/trust.h>

#include "support/data_files.h"
#include "support/expect.h"
#include "support/heap.h"
#include "support/oom_sweep.h"
#include "support/trust_sets.h"

SUITE(oom_trust_anchors, .timeout = 120);

static size_t count_adding(void);
static bool try_to_add(const void *subject, size_t nth);

Test(oom_trust_anchors, are_added_all_or_none)
{
  const size_t step = check_quick() ? 301 : 7;
  /* At the end, when everything is parsed, nothing is left out. */
  const size_t adding = 40;
  size_t num = count_adding();

  for (size_t nth = 1; nth <= num; nth += nth + adding > num ? 1 : step)
    (void)oom_sweep_try(try_to_add, NULL, nth, "add_file");
}

static size_t count_adding(void)
{
  size_t num = 0;

  /* The first time costs more. */
  for (int i = 0; i < 2; i++) {
    stls_trust *trust = trust_sets_new();
    num = heap_num_granted();
    ASSERT_RESULT(
        stls_trust_add_file(trust, data_file_path("both-cas.pem"), NULL),
        STLS_OK, "add_file");
    num = heap_num_granted() - num;
    stls_trust_free(trust);
  }
  return num;
}

static bool try_to_add(const void *subject, size_t nth)
{
  stls_trust *trust = trust_sets_new();
  stls_result result;
  bool refused;
  size_t num;

  (void)subject;
  oom_sweep_begin(nth);
  result = stls_trust_add_file(trust, data_file_path("both-cas.pem"), NULL);
  refused = oom_sweep_end();
  oom_sweep_expect(refused, result, STLS_OK, "add_file", nth);
  num = result == STLS_OK ? 2 : 0;
  cr_expect(trust_sets_have(trust, num, 0, num), "allocation %zu: %s after %s",
            nth, trust_sets_text(trust), stls_result_name(result));
  stls_trust_free(trust);
  return refused;
}
