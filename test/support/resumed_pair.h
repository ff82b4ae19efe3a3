/* SPDX-License-Identifier: MIT */
/* resumed_pair: a pair that resumes what another began. */
#ifndef STLS_TEST_RESUMED_PAIR_H
#define STLS_TEST_RESUMED_PAIR_H

#include "pair.h"

/* Shakes hands and ends, and shakes hands again with the session of the first
 * time, which has to be resumed. */
test_pair again_open(const pair_options *options);

/* Two endpoints of these contexts, joined whole; nothing is done yet. The second
 * form offers a session. */
test_pair again_join(stls_context *client, stls_context *server);
test_pair again_rejoin(stls_context *client, stls_context *server,
                       stls_session *session);

/* Has the server write a byte, with which its tickets come: the first session,
 * the caller's; NULL for none. */
stls_session *again_session(test_pair *pair);

#endif
