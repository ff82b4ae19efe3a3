/* SPDX-License-Identifier: MIT */
/* test_event_client: event_client without sockets, on fake_event. */
#include "../options.h"
#include "client_cases.h"
#include "fake_event.h"
#include "support/check.h"

TestSuite(test_event_client, .init = client_cases_set_up,
          .fini = client_cases_tear_down);

static const client_under_test client = {
    .kit = {fake_event_start, fake_event_connect, fake_event_end,
            fake_event_now_ms, fake_event_line},
    .arguments =
        "event_client --ca @ca.pem --connect 127.0.0.1:4433 "
        "https://server.example/",
    .printed = CLIENT_BODY,
    .truncated = EXIT_TRUNCATED,
    .late = EXIT_TIMEOUT,
    .no_connection = EXIT_CONNECT,
    .patience_ms = 10000,
    .linger_ms = 11000};

Test(test_event_client, fetches)
{
  client_fetches(&client);
}

Test(test_event_client, eof_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_EOF);
}

Test(test_event_client, reset_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_RESET);
}

Test(test_event_client, silence_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_SILENCE);
}

Test(test_event_client, failing_writes)
{
  client_stands_failing_writes(&client);
}

Test(test_event_client, gives_up)
{
  client_gives_up(&client);
}

Test(test_event_client, rude_server)
{
  client_stands_rudeness(&client);
}

Test(test_event_client, refused)
{
  client_is_refused(&client);
}

static const char many[] =
    "event_client --ca @ca.pem --count 10 --name server.example "
    "https://127.0.0.1:4433/";

Test(test_event_client, many_at_once)
{
  fake_event_start();
  client_fetches_many(&client, many);
}
