/* SPDX-License-Identifier: MIT */
/* script: runs both ends of a scenario, in memory, and records one. */
#ifndef STLS_COMMAND_SCRIPT_H
#define STLS_COMMAND_SCRIPT_H

#include <sanstls/testing.h>

/*
 * Makes both ends as the description says (a transcript without steps), records the end
 * of `role`, runs the handshake, and then the script: words "END.DO" or "END.DO:WITH",
 * separated by blanks, where END is c or s:
 *
 *   write:TEXT, fill:N (N bytes), key_update, key_update_both (of the peer, too), close,
 *   unwrap, end (its transport ends), reject:ALERT, ask (for the client's certificate);
 *   and, before the handshake, cut:N (of what the other end sends N bytes arrive, then the
 *   transport ends).
 *
 * Between the words everything that was written arrives at once, and is read.
 * out_session: a client's session at the end, the caller's; NULL if it is not wanted.
 *
 * STLS_OK: *out_transcript is the caller's, however the connection ended.
 * STLS_ERROR_INPUT: the script has a word that does not exist.
 * STLS_ERROR_*: an end could not be made.
 */
stls_result script_run(const stls_transcript *description, const char *script,
                       stls_role role, stls_transcript **out_transcript,
                       char **out_session, stls_error *err);

#endif
