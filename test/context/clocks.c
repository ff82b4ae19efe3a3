/* SPDX-License-Identifier: MIT */
/* clocks: the clocks of a client and of a server, which tests set. */
#include "clocks.h"

#include "support/expect.h"

int64_t clocks_client;
int64_t clocks_server;

void clocks_set(int64_t seconds)
{
  clocks_client = clocks_server = seconds;
}

void clocks_tune_client(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_clock(context, clocks_show, &clocks_client, NULL),
      STLS_OK);
}

void clocks_tune_server(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_clock(context, clocks_show, &clocks_server, NULL),
      STLS_OK);
}

int64_t clocks_show(void *user_data)
{
  const int64_t *seconds = user_data;

  return *seconds;
}

void clocks_use_no_tickets(stls_context *context)
{
  ASSERT_RETURNS(
      stls_context_set_options(
          context, stls_context_options(context) | STLS_OP_NO_TICKET, NULL),
      STLS_OK);
}
