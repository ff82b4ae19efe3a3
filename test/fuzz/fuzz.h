/* SPDX-License-Identifier: MIT */
/* fuzz: the interface of the libFuzzer targets. */
#ifndef STLS_TEST_FUZZ_H
#define STLS_TEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For a loop over bytes: each comparison would be told to the fuzzer, which learns
 * nothing from it and takes most of its time for that. */
#ifdef __clang__
#define FUZZ_UNSEEN __attribute__((noinline, no_sanitize("coverage")))
#else
#define FUZZ_UNSEEN
#endif

/* One input, as libFuzzer calls it; 0 always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Stops the program where a promise is broken, which the fuzzer reports with
 * the input that did it. */
static inline void fuzz_expect(bool holds)
{
  if (!holds) __builtin_trap();
}

/* Reads every byte, so that a sanitizer sees a span that is not all there. */
FUZZ_UNSEEN static inline void fuzz_touch(const void *data, size_t len)
{
  const volatile uint8_t *bytes = data;

  for (size_t i = 0; i < len; i++) (void)bytes[i];
}

#endif
