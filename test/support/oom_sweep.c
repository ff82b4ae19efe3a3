/* SPDX-License-Identifier: MIT */
/* oom_sweep: refuses one allocation after the other, and checks the result. */
#include "oom_sweep.h"

#include "check.h"
#include "heap.h"
#include "planted_errors.h"

/* Programs with LeakSanitizer have them (sanitizer/lsan_interface.h). */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

void oom_sweep_begin(size_t nth)
{
  heap_fail_at(nth);
}

bool oom_sweep_end(void)
{
  return heap_stop_failing();
}

void oom_sweep_begin_lossy(size_t nth)
{
  if (__lsan_disable != NULL) __lsan_disable();
  oom_sweep_begin(nth);
}

bool oom_sweep_end_lossy(void)
{
  const bool refused = oom_sweep_end();

  if (__lsan_enable != NULL) __lsan_enable();
  return refused;
}

void oom_sweep_expect(bool refused, stls_result got, stls_result want,
                      const char *label, size_t nth)
{
  bool is_fine = got == want;

  if (refused)
    is_fine = got == STLS_OK || got == STLS_ERROR_MEMORY ||
              got == STLS_ERROR_INPUT || got == STLS_ERROR_UNSUPPORTED ||
              got == STLS_ERROR_TLS || got == STLS_ERROR_CERTIFICATE;
  cr_expect(is_fine, "%s: allocation %zu: %s", label, nth,
            stls_result_name(got));
  planted_errors_expect(0, label);
}

bool oom_sweep_try(bool (*try)(const void *subject, size_t nth),
                   const void *subject, size_t nth, const char *label)
{
  const int max_tries = 20;
  size_t before = 0, after = 1;
  bool refused = false;

  for (int i = 0; i < max_tries && after > before; i++) {
    before = heap_live_blocks();
    refused = try(subject, nth);
    after = heap_live_blocks();
  }
  cr_expect_leq(after, before, "%s: allocation %zu: %zu blocks are left", label,
                nth, after - before);
  return refused;
}
