/* SPDX-License-Identifier: MIT */
/* session_clock: a clock that tests move, in place of the C library's. */
#include "session_clock.h"

#include <sys/time.h>

time_t session_clock_ahead;

time_t time(time_t *out)
{
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec + session_clock_ahead;
  return now.tv_sec + session_clock_ahead;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
  struct timespec now;

  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec + session_clock_ahead;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}
