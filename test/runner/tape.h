/* SPDX-License-Identifier: MIT */
/* tape: leaves the transcripts of a failing test in STLS_TRANSCRIPT_DIR. */
#ifndef STLS_TEST_TAPE_H
#define STLS_TEST_TAPE_H

#include <sanstls/testing.h>

/* The test that begins; what was recorded before is forgotten. Borrowed names. */
void tape_begin(const char *suite, const char *test);

/*
 * Records an object that was just made, if the variable is set: fixtures call it. From
 * then on a crash, too, saves what there is (crash.h); the call in which it comes is not
 * in it. Worlds
 * may be NULL: the transcript then has no seed, and cannot be replayed. `peer` is the
 * object's other end, NULL if that is none of this process.
 *
 * Where recording is refused, the test goes on without: it sets an observer of its own,
 * or has used the object.
 */
void tape_object(stls_object *object, stls_testing *testing, stls_object *peer,
                 stls_testing *peer_testing);

/* An assertion has failed: saves the connections that there are, and those that were
 * freed last, and says where. */
void tape_fail(void);

/* The test ends: saves the rest of the connections that tape_fail saved. */
void tape_end(void);

#endif
