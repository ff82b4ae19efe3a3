/* SPDX-License-Identifier: MIT */
/* message_check: compares the name of a record with its bytes. */
#ifndef STLS_LIB_MESSAGE_CHECK_H
#define STLS_LIB_MESSAGE_CHECK_H

#include "testing/record_cursor.h"
#include "testing/transcript.h"

/* Goes on to the bytes of a step of one direction. Returns what is wrong with its
 * message, static text; NULL if it can be right. */
const char *stls_message_check_next(struct stls_record_cursor *cursor,
                                    const stls_transcript_step *step);

#endif
