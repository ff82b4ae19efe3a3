/* SPDX-License-Identifier: MIT */
/* test_player_flow: bytes each way, records, gates and pieces. */
#include "replay/player_flow.h"

#include <string.h>

#include "replay/steps.h"
#include "support/expect.h"

SUITE(player_flow, .timeout = 60);

static struct stls_player_flow flow;

static void build(const test_steps *steps)
{
  ASSERT_RETURNS(stls_player_flow_init(&flow, steps->steps, steps->num, NULL),
                 STLS_OK);
}

static const struct stls_player_stream *in(void)
{
  return &flow.streams[STLS_RECORDS_IN];
}

static const struct stls_player_stream *out(void)
{
  return &flow.streams[STLS_RECORDS_OUT];
}

/* A server: hello, flight of two records, Finished and a request together, reply. */
static void server(test_steps *steps)
{
  steps_in(steps, 22, 50, 1, "handshake client_hello");
  steps_call(steps, "handshake", STLS_WANT_READ);
  steps_out(steps, 22, 30, 2, "handshake server_hello");
  steps_out(steps, 23, 40, 3, "handshake finished");
  steps_in(steps, 23, 20, 4, "handshake finished");
  steps_join(steps);
  steps_in(steps, 23, 25, 5, "");
  steps_call(steps, "handshake", STLS_OK);
  steps_call(steps, "read", STLS_OK);
  steps_call(steps, "write", STLS_OK);
  steps_out(steps, 23, 35, 6, "");
}

Test(player_flow, joins_bytes_of_each_way)
{
  test_steps steps = {.num = 0};

  server(&steps);
  build(&steps);
  cr_expect_eq(in()->len, 95);
  cr_expect_eq(out()->len, 105);
  cr_expect_eq(in()->num_records, 3);
  cr_expect_eq(out()->num_records, 3);
  cr_expect_eq(in()->data[50], 23);
  cr_expect_str_eq(stls_player_flow_record_at(in(), 50)->message,
                   "handshake finished");
  cr_expect_eq(stls_player_flow_record_at(in(), 69)->begin, 50);
  cr_expect_eq(stls_player_flow_record_at(in(), 70)->line, 6);
  cr_expect_null(stls_player_flow_record_at(in(), 95));
  stls_player_flow_free(&flow);
}

Test(player_flow, waits_for_what_had_moved)
{
  test_steps steps = {.num = 0};

  server(&steps);
  build(&steps);
  cr_expect_eq(stls_player_flow_due(in(), 0, 0), 50);
  cr_expect_eq(stls_player_flow_due(in(), 50, 69), 50);
  cr_expect_eq(stls_player_flow_due(in(), 50, 70), 95);
  cr_expect_eq(stls_player_flow_due(out(), 0, 49), 0);
  cr_expect_eq(stls_player_flow_due(out(), 0, 50), 70);
  cr_expect_eq(stls_player_flow_due(out(), 70, 94), 70);
  cr_expect_eq(stls_player_flow_due(out(), 70, 95), 105);
  stls_player_flow_free(&flow);
}

Test(player_flow, waits_only_for_what_the_transport_took)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "write", STLS_OK);
  steps_out(&steps, 23, 100, 1, "");
  steps_other(&steps, STLS_STEP_KEPT, 60);
  steps_in(&steps, 23, 30, 2, "");
  steps_call(&steps, "write", STLS_OK);
  steps_out(&steps, 23, 20, 3, "");
  steps_in(&steps, 23, 30, 4, "");
  build(&steps);
  cr_expect_eq(stls_player_flow_due(in(), 0, 39), 0);
  cr_expect_eq(stls_player_flow_due(in(), 0, 40), 30);
  cr_expect_eq(stls_player_flow_due(in(), 0, 120), 60);
  cr_expect_eq(out()->taken, 120);
  stls_player_flow_free(&flow);
}

Test(player_flow, knows_the_ends)
{
  test_steps steps = {.num = 0};

  steps_call(&steps, "write", STLS_OK);
  steps_out(&steps, 23, 100, 1, "");
  steps_other(&steps, STLS_STEP_KEPT, 60);
  steps_other(&steps, STLS_STEP_EOF_OUT, 0);
  steps_in(&steps, 23, 30, 2, "");
  steps_other(&steps, STLS_STEP_EOF_IN, 0);
  build(&steps);
  cr_expect_eq(out()->end_line, 4);
  cr_expect_eq(out()->end_gate, 0);
  cr_expect_eq(out()->taken, 40);
  cr_expect_eq(in()->end_line, 6);
  cr_expect_eq(in()->end_gate, 40);
  stls_player_flow_free(&flow);
}

/* Of two records that came together, the first may be all that the program has. */
Test(player_flow, tells_what_came_too_early)
{
  test_steps steps = {.num = 0};

  server(&steps);
  build(&steps);
  cr_expect_eq(stls_player_flow_early(out(), 0, 70, 49), 0);
  cr_expect_eq(stls_player_flow_early(out(), 10, 70, 49), 10);
  cr_expect_eq(stls_player_flow_early(out(), 0, 70, 50), 70);
  cr_expect_eq(stls_player_flow_early(out(), 60, 80, 69), 70);
  cr_expect_eq(stls_player_flow_early(out(), 60, 105, 70), 105);
  stls_player_flow_free(&flow);
}

Test(player_flow, records_of_several_pieces)
{
  const unsigned char *record = steps_record(22, 90, 7);
  test_steps steps = {.num = 0};

  steps_bytes(&steps, STLS_STEP_RECORDS_IN, record, 3, "");
  steps_call(&steps, "handshake", STLS_WANT_READ);
  steps_bytes(&steps, STLS_STEP_RECORDS_IN, record + 3, 40, "");
  steps_bytes(&steps, STLS_STEP_RECORDS_IN, record + 43, 47,
              "handshake client_hello");
  steps_join(&steps);
  steps_in(&steps, 23, 10, 8, "");
  steps_call(&steps, "handshake", STLS_WANT_READ);
  steps_out(&steps, 22, 20, 9, "");
  build(&steps);
  cr_expect_eq(in()->num_records, 2);
  cr_expect_eq(in()->records[0].end, 90);
  cr_expect_eq(in()->records[0].line, 1);
  cr_expect_str_eq(in()->records[0].message, "handshake client_hello");
  cr_expect_eq(in()->records[1].line, 5);
  cr_expect_eq(stls_player_flow_early(out(), 0, 20, 89), 0);
  cr_expect_eq(stls_player_flow_early(out(), 0, 20, 90), 20);
  stls_player_flow_free(&flow);
}

Test(player_flow, what_is_no_record_is_one_a_step)
{
  test_steps steps = {.num = 0};

  steps_bytes(&steps, STLS_STEP_RECORDS_IN, "GET / HTTP/1.0", 14, "");
  steps_in(&steps, 23, 10, 1, "");
  steps_bytes(&steps, STLS_STEP_RECORDS_IN, "\x16\x03\x03\xff", 4, "");
  build(&steps);
  cr_expect_eq(in()->num_records, 3);
  cr_expect_eq(in()->records[0].end, 14);
  cr_expect_eq(in()->records[1].end, 24);
  cr_expect_eq(in()->records[2].end, 28);
  stls_player_flow_free(&flow);
}

Test(player_flow, pieces)
{
  test_steps steps = {.num = 0};

  server(&steps);
  build(&steps);
  cr_expect_eq(stls_player_flow_piece(in(), STLS_PIECES_RECORDED, 0, 0), 50);
  cr_expect_eq(stls_player_flow_piece(in(), STLS_PIECES_RECORDED, 0, 50), 95);
  cr_expect_eq(stls_player_flow_piece(out(), STLS_PIECES_RECORDED, 0, 0), 70);
  cr_expect_eq(stls_player_flow_piece(out(), STLS_PIECES_RECORDED, 0, 70), 105);
  cr_expect_eq(stls_player_flow_piece(in(), STLS_PIECES_RECORDS, 0, 50), 70);
  cr_expect_eq(stls_player_flow_piece(in(), STLS_PIECES_RECORDS, 0, 71), 95);
  cr_expect_eq(stls_player_flow_piece(in(), STLS_PIECES_BYTES, 0, 71), 72);
  cr_expect_eq(stls_player_flow_piece(in(), STLS_PIECES_WHOLE, 0, 71), 95);
  stls_player_flow_free(&flow);
}

/* The seed decides, and reaches short and long pieces; no piece is empty or passes the
 * end. */
Test(player_flow, seeded_pieces)
{
  test_steps steps = {.num = 0};
  bool differs = false;
  bool has_byte = false;
  bool has_long = false;

  for (int i = 0; i < 8; i++) steps_in(&steps, 23, 2000, i, "");
  build(&steps);
  for (size_t at = 0; at < in()->len; at++) {
    size_t end = stls_player_flow_piece(in(), STLS_PIECES_SEEDED, 1, at);
    cr_assert(end > at && end <= in()->len && end - at <= 4096);
    cr_assert_eq(end, stls_player_flow_piece(in(), STLS_PIECES_SEEDED, 1, at));
    differs |= end != stls_player_flow_piece(in(), STLS_PIECES_SEEDED, 2, at);
    has_byte |= end == at + 1;
    has_long |= end > at + 1000;
  }
  cr_expect(differs && has_byte && has_long);
  stls_player_flow_free(&flow);
}

Test(player_flow, nothing_at_all)
{
  test_steps steps = {.num = 0};

  build(&steps);
  cr_expect_eq(in()->len, 0);
  cr_expect_eq(stls_player_flow_due(in(), 0, 0), 0);
  cr_expect_eq(stls_player_flow_early(out(), 0, 0, 0), 0);
  stls_player_flow_free(&flow);
}
