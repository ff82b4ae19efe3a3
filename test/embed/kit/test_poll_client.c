/* SPDX-License-Identifier: MIT */
/* test_poll_client: poll_client without a network, on fake_poll. */
#include <signal.h>
#include <stdint.h>

#include "client_cases.h"
#include "fake_poll.h"
#include "live_peer.h"
#include "program.h"
#include "support/check.h"
#include "support/expect.h"

TestSuite(test_poll_client, .init = client_cases_set_up,
          .fini = client_cases_tear_down);

static const client_under_test client = {
    .kit = {fake_poll_start, fake_poll_connect, fake_poll_end, fake_poll_now_ms,
            fake_poll_line},
    .arguments = "poll_client -a @ca.pem -g / server.example 4433",
    .printed = CLIENT_ANSWER,
    .truncated = 1,
    .late = 1,
    .no_connection = 1,
    .patience_ms = 20000, /* For the handshake, and for the answer. */
    .linger_ms = 12000,   /* 10 s for the last records, and then 2 s. */
    .needs_close_notify = true};

Test(test_poll_client, fetches)
{
  client_fetches(&client);
}

Test(test_poll_client, eof_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_EOF);
}

Test(test_poll_client, reset_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_RESET);
}

Test(test_poll_client, silence_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_SILENCE);
}

Test(test_poll_client, failing_writes)
{
  client_stands_failing_writes(&client);
}

Test(test_poll_client, gives_up)
{
  client_gives_up(&client);
}

Test(test_poll_client, rude_server)
{
  client_stands_rudeness(&client);
}

Test(test_poll_client, refused)
{
  client_is_refused(&client);
}

Test(test_poll_client, signal_at_every_byte)
{
  client_stands_interruptions(&client, SIGWINCH);
}
