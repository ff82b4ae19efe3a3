/* SPDX-License-Identifier: MIT */
/* clock: returns the time, by the application's clock or the system's. */
#include "util/clock.h"

#include <sys/time.h>
#include <time.h>

#include "base/error_queue.h"
#include "base/version.h"

int64_t stls_clock_now(const struct stls_clock *clock)
{
  stls_error_queue_guard guard;
  int64_t now;

  if (clock->fn == NULL) return (int64_t)time(NULL);
  /* The caller may be a callback of libssl, which would take an entry that is
   * left for its own failure. */
  stls_error_queue_enter(&guard);
  now = clock->fn(clock->user_data);
  stls_error_queue_leave(&guard);
  if (now < STLS_CLOCK_FIRST) return STLS_CLOCK_FIRST;
  return now > STLS_CLOCK_LAST ? STLS_CLOCK_LAST : now;
}

int64_t stls_clock_libssl_now(void)
{
  struct timeval now;

  if (!stls_version_openssl_at_least(3, 2)) return (int64_t)time(NULL);
  gettimeofday(&now, NULL);
  return (int64_t)now.tv_sec;
}
