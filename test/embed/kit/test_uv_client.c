/* SPDX-License-Identifier: MIT */
/* test_uv_client: uv_client without sockets, on fake_uv. */
#include "../options.h"
#include "client_cases.h"
#include "fake_uv.h"
#include "support/check.h"

TestSuite(test_uv_client, .init = client_cases_set_up,
          .fini = client_cases_tear_down);

static const client_under_test client = {
    .kit = {fake_uv_start, fake_uv_connect, fake_uv_end, fake_uv_now_ms,
            fake_uv_line},
    .arguments =
        "uv_client --ca @ca.pem --connect 127.0.0.1:4433 "
        "https://server.example/",
    .printed = CLIENT_BODY,
    .truncated = EXIT_TRUNCATED,
    .late = EXIT_TIMEOUT,
    .no_connection = EXIT_CONNECT,
    .patience_ms = 10000,
    .linger_ms = 11000};

Test(test_uv_client, fetches)
{
  client_fetches(&client);
}

Test(test_uv_client, eof_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_EOF);
}

Test(test_uv_client, reset_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_RESET);
}

Test(test_uv_client, silence_at_every_byte)
{
  client_stands_cuts(&client, FAKE_CUT_SILENCE);
}

Test(test_uv_client, failing_writes)
{
  client_stands_failing_writes(&client);
}

Test(test_uv_client, gives_up)
{
  client_gives_up(&client);
}

Test(test_uv_client, rude_server)
{
  client_stands_rudeness(&client);
}

Test(test_uv_client, refused)
{
  client_is_refused(&client);
}

static const char many[] =
    "uv_client --ca @ca.pem --count 10 --name server.example "
    "https://127.0.0.1:4433/";

Test(test_uv_client, many_at_once)
{
  fake_uv_start();
  client_fetches_many(&client, many);
  fake_uv_start();
  fake_uv_close_in_order();
  client_fetches_many(&client, many);
}
