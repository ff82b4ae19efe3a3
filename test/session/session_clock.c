/* SPDX-License-Identifier: MIT */
/* session_clock: a clock that tests move, in place of the C library's. */
#include "session_clock.h"

#include <sanstls/clock.h>
#include <sys/time.h>

#include "support/expect.h"

time_t session_clock_ahead;
bool session_clock_is_set;

/* The functions of the options for which session_clock_open makes contexts. */
static void (*tune_client)(stls_context *context);
static void (*tune_server)(stls_context *context);

static void set_client_clock(stls_context *context);
static void set_server_clock(stls_context *context);
static int64_t show(void *user_data);
static time_t seconds_ahead(void);

time_t time(time_t *out)
{
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec + seconds_ahead();
  return now.tv_sec + seconds_ahead();
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
  struct timespec now;

  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec + seconds_ahead();
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

resumption session_clock_open(const pair_options *options)
{
  pair_options with_clock = *options;

  if (!session_clock_is_set) return resumption_open(options);
  tune_client = options->tune_client;
  tune_server = options->tune_server;
  with_clock.tune_client = set_client_clock;
  with_clock.tune_server = set_server_clock;
  return resumption_open(&with_clock);
}

static void set_client_clock(stls_context *context)
{
  if (tune_client != NULL) tune_client(context);
  ASSERT_RETURNS(stls_context_set_clock(context, show, NULL, NULL), STLS_OK);
}

static void set_server_clock(stls_context *context)
{
  if (tune_server != NULL) tune_server(context);
  ASSERT_RETURNS(stls_context_set_clock(context, show, NULL, NULL), STLS_OK);
}

static int64_t show(void *user_data)
{
  (void)user_data;
  return (int64_t)time(NULL) + session_clock_ahead;
}

static time_t seconds_ahead(void)
{
  return session_clock_is_set ? 0 : session_clock_ahead;
}
