/* SPDX-License-Identifier: MIT */
/* fuzz: the interface of the libFuzzer targets. */
#ifndef STLS_TEST_FUZZ_H
#define STLS_TEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One input, as libFuzzer calls it; 0 always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Stops the program where a promise is broken, which the fuzzer reports with
 * the input that did it. */
static inline void fuzz_expect(bool holds)
{
  if (!holds) __builtin_trap();
}

/* Reads every byte, so that a sanitizer sees a span that is not all there. */
static inline void fuzz_touch(const void *data, size_t len)
{
  const volatile uint8_t *bytes = data;

  for (size_t i = 0; i < len; i++) (void)bytes[i];
}

#endif
