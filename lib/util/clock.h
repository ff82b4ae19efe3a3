/* SPDX-License-Identifier: MIT */
/* clock: returns the time, by the application's clock or the system's. */
#ifndef STLS_LIB_CLOCK_H
#define STLS_LIB_CLOCK_H

#include <sanstls/clock.h>
#include <stdint.h>

/* A clock by value. Zeroes are the system's. */
struct stls_clock {
  stls_clock_fn fn;
  void *user_data;
};

/* Returns the seconds since the epoch: those of the application within the
 * bounds of stls_clock_fn, or the system's. */
int64_t stls_clock_now(const struct stls_clock *clock);

/* Returns the system's time as libssl reads it: each of its versions uses
 * another function, and these may differ by a second for some milliseconds. */
int64_t stls_clock_libssl_now(void);

#endif
