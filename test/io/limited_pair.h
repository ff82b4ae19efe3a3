/* SPDX-License-Identifier: MIT */
/* limited_pair: a pair of which one side counts few records under a key. */
#ifndef STLS_TEST_LIMITED_PAIR_H
#define STLS_TEST_LIMITED_PAIR_H

#include <stdint.h>

#include "support/pair.h"

/* Runs the test with libssl's records on the side with the limit, and with direct
 * records, which have no libssl behind them that could count. */
void limited_pair_each_way(void (*test)(void));

/* An established pair of which this side is traced, and changes its keys after so
 * many records, from here on. */
test_pair limited_pair_open(pair_options *options, stls_role role,
                            uint64_t records);
stls_object *limited_pair_side(const test_pair *pair, stls_role role);

/* The KeyUpdates of that side, by stls_flow, and those of its own that ask for
 * one. */
extern int limited_pair_updates[2];
extern int limited_pair_requests;
/* How many records the peer's key had protected when the last one asked. */
extern uint64_t limited_pair_worn;

#endif
